//! 市区町村と年度: which rates. The place is asked and found by typing, never assumed.

use crate::figures::{MUNICIPALITIES, Shipped};
use crate::form::{Form, years_of};
use crate::steps::{Step, StepHeading};
use crate::words::word;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::{era, text};
use kokuho_ui::components::{Choice, Field, When, described_by, focus, typed};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// Every municipality once, by code, and so by prefecture.
fn known() -> Vec<&'static Shipped> {
    let mut known: Vec<_> = MUNICIPALITIES.iter().collect();
    known.dedup_by_key(|of| of.code);
    known
}

/// 泉佐野市（大阪府）, or `Izumisano (Osaka)`; empty where it is not known.
pub fn town_name(code: &str, lang: Lang) -> String {
    let found = MUNICIPALITIES.iter().find(|of| of.code == code);
    found.map(|of| name_of(of, lang)).unwrap_or_default()
}

fn name_of(of: &Shipped, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} ({})", of.name_en, of.prefecture_en),
        _ => format!("{}（{}）", of.name, of.prefecture),
    }
}

/// Whether a municipality is meant by what was typed so far.
fn meant(of: &Shipped, typed: &str) -> bool {
    let plain = text::half_width(typed).trim().to_lowercase();
    let names = [of.name, of.prefecture, of.code];
    let latin = [of.name_en, of.prefecture_en];
    names.iter().any(|name| name.contains(&plain))
        || latin
            .iter()
            .any(|name| name.to_lowercase().contains(&plain))
}

/// Takes a municipality, and a year of which its rates are known.
fn choose(form: Form, code: &str) {
    let years = years_of(code);
    form.municipality.set(code.to_owned());
    if !years.contains(&form.fiscal_year.get_untracked()) {
        let newest = years.first().copied();
        form.fiscal_year.set(newest.unwrap_or(FiscalYear(2026)));
    }
    focus("town-change");
}

#[component]
pub fn TownStep(form: Form, wrong: Signal<Option<String>>, lang: RwSignal<Lang>) -> impl IntoView {
    let asked = Signal::derive(move || form.municipality.with(String::is_empty));
    let chosen = Signal::derive(move || !asked.get());
    let change = move |_| {
        form.municipality.set(String::new());
        focus("town-filter");
    };
    view! {
        <section class="step step-town" aria-labelledby="town-heading">
            <StepHeading step=Step::Town lang=lang />
            <When holds=asked>
                <Towns form=form wrong=wrong lang=lang />
            </When>
            <When holds=chosen>
                <p class="town-chosen">
                    <b data-testid="town">{move || form.municipality.with(|code| town_name(code, lang.get()))}</b>
                    <button type="button" class="button" id="town-change" on:click=change>{word(lang, "変更する", "Change", "かえる")}</button>
                </p>
                <Year form=form lang=lang />
            </When>
        </section>
    }
}

/// A list that what is typed makes shorter.
#[component]
fn Towns(form: Form, wrong: Signal<Option<String>>, lang: RwSignal<Lang>) -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let typed = filter.get();
        let meant = known().into_iter().filter(|of| meant(of, &typed));
        meant.map(|of| of.code).collect::<Vec<_>>()
    });
    // Enter takes the only one that is left, or the one that is spelt out.
    let take = move |event: web_sys::KeyboardEvent| {
        if event.key() != "Enter" || event.is_composing() || filter.with_untracked(String::is_empty)
        {
            return;
        }
        event.prevent_default();
        let codes = found.get_untracked();
        let spelt = known()
            .into_iter()
            .find(|of| codes.contains(&of.code) && filter.with_untracked(|typed| of.name == typed));
        let only = codes.first().filter(|_| codes.len() == 1).copied();
        if let Some(code) = spelt.map(|of| of.code).or(only) {
            choose(form, code);
        }
    };
    let hint = Signal::derive(move || {
        let lang = lang.get();
        match found.with(Vec::len) {
            0 => lang
                .pick(
                    "見つかりません。漢字かローマ字で入力してください。この試算にないまちもあります。",
                    "Not found. Not every municipality is part of this estimator.",
                    "ありません。漢字か ローマ字で 書いて ください。ない まちも あります。",
                )
                .to_owned(),
            count => match lang {
                Lang::En => format!("{count} in the list. Type the name or the prefecture."),
                Lang::Easy => format!("{count}つ あります。名前か 県を 漢字か ローマ字で 書いて ください。"),
                Lang::Ja => format!("{count}件。市区町村名か都道府県名を漢字かローマ字で入力すると絞り込めます。"),
            },
        }
    });
    let item = move |code: &'static str| {
        view! {
            <li><button type="button" class="town" on:click=move |_| choose(form, code)>{move || town_name(code, lang.get())}</button></li>
        }
    };
    view! {
        <Field id="town-filter" label=word(lang, "市区町村を探す", "Find your municipality", "市や 町を さがす") hint=hint error=wrong>
            <input id="town-filter" type="text" class="input" autocomplete="off" aria-describedby=described_by("town-filter")
                prop:value=move || filter.get() on:input=move |event| filter.set(typed(&event)) on:keydown=take />
        </Field>
        <ul class="towns" aria-label=word(lang, "市区町村", "Municipalities", "市や 町")>
            {move || found.get().into_iter().map(item).collect_view()}
        </ul>
    }
}

#[component]
fn Year(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
    let years = Signal::derive(move || {
        let lang = lang.get();
        let word = |year: FiscalYear| (year.to_string(), year_name(year, lang));
        let years = form.municipality.with(|code| years_of(code));
        years.into_iter().map(word).collect()
    });
    let year = Signal::derive(move || form.fiscal_year.get().to_string());
    view! {
        <Choice id="fiscal-year" label=word(lang, "年度", "Fiscal year", "年度") options=years value=year
            choose=move |year: String| if let Ok(year) = year.parse() { form.fiscal_year.set(year) } />
    }
}

/// 令和8年度（2026年4月〜2027年3月）.
pub fn year_name(year: FiscalYear, lang: Lang) -> String {
    let (this, next) = (year, year.after());
    match lang {
        Lang::En => format!("{this} (April {this} to March {next})"),
        _ => format!("{}（{this}年4月〜{next}年3月）", era::fiscal_year(year)),
    }
}
