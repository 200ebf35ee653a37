//! The page: questions on the left, the answer on the right, both on one page.

use crate::events::Means;
use crate::figures;
use crate::figures::MUNICIPALITIES;
use crate::form::{Form, Outcome, blank, outcome, years_of};
use crate::keep;
use crate::member::{Check, MemberFields};
use crate::result::Outcomes;
use crate::words::word;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_ui::components::{Button, Choice, Field, described_by};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// A value in the address of the page, e.g. `?m=27100&y=2026&lang=en`.
fn asked(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search)
        .ok()?
        .get(name)
}

/// The language that the address asks for.
fn language() -> Lang {
    match asked("lang").as_deref() {
        Some("en") => Lang::En,
        Some("easy") => Lang::Easy,
        _ => Lang::Ja,
    }
}

const LANGUAGES: [(Lang, &str); 3] = [
    (Lang::Ja, "日本語"),
    (Lang::Easy, "やさしい日本語"),
    (Lang::En, "English"),
];

#[component]
pub fn Page() -> impl IntoView {
    let lang = RwSignal::new(language());
    // A code in the address comes first; a place that the address names is a new beginning.
    let named = asked("m");
    let kept = keep::brought().or_else(|| keep::kept().filter(|_| named.is_none()));
    let again = kept.is_some();
    let year = asked("y").and_then(|year| year.parse().ok());
    let form = Form::new(&kept.unwrap_or_else(|| blank(named, year)));
    Effect::new(move |_| {
        let lang = lang.get();
        document().set_title(lang.of(
            "国民健康保険料の試算",
            "National Health Insurance premium estimate",
        ));
        if let Some(root) = document().document_element() {
            // The attribute can always be set on the root element.
            let _ = root.set_attribute("lang", lang.code());
        }
    });
    let assessor = Memo::new_owning(move |_| {
        let assessor = figures::assessor(&form.municipality.get(), form.fiscal_year.get());
        (assessor.map_err(|why| why.to_string()), true)
    });
    let tables = StoredValue::new(figures::sheet_tables().map_err(|why| why.to_string()));
    let means = Means { assessor, tables };
    let sheet = Memo::new(move |_| form.sheet());
    let outcome: Memo<Outcome> = Memo::new(move |_| {
        assessor.with(|assessor| {
            tables.with_value(|tables| sheet.with(|sheet| outcome(sheet, assessor, tables)))
        })
    });
    view! {
        <header class="citizen-header no-print">
            <p>{word(lang, "国民健康保険料の試算", "National Health Insurance estimate", "国民健康保険の お金を 計算する")}</p>
            <Languages lang=lang />
        </header>
        <main class="citizen-main">
            <h1>{word(lang, "今年度の保険料はいくら？", "How much is this year’s premium?", "今年度の 保険料は いくら？")}</h1>
            <p>{word(lang,
                "概算です。入力した内容はどこにも送信されません。正式な金額は市区町村からの通知をご覧ください。",
                "An estimate. Nothing you enter is sent anywhere. The notice from your municipality is authoritative.",
                "だいたいの お金です。書いた ことは どこにも 送りません。本当の お金は 市や 町からの 手紙を 見て ください。")}</p>
            {again.then(|| view! {
                <p class="notice notice-info no-print" data-testid="again">{word(lang,
                    "保存した内容、または読み取った内容を表示しています。",
                    "What was saved or read is shown.",
                    "前に 書いた ことが 出ています。")}</p>
            })}
            <div class="citizen-columns">
                <Questions form=form lang=lang />
                <Outcomes form=form sheet=sheet outcome=outcome means=means lang=lang />
            </div>
        </main>
        <footer class="citizen-footer">
            {word(lang,
                "退職・出産・旧被扶養者の軽減には届出が必要です。所得の減少や災害による減免と市独自の軽減・減免は、この試算に含まれていません。",
                "Reductions for a lost job, childbirth and former dependants need a notice to the municipality. Reliefs for a fall of income or a disaster and those of the municipality’s own are not part of this estimate.",
                "仕事を やめた 人・赤ちゃんが 生まれる 人の 割引は、市や 町に 知らせて ください。収入が へった 人や 災害の 割引、市や 町だけの 割引は、ここには ありません。")}
        </footer>
    }
}

#[component]
fn Languages(lang: RwSignal<Lang>) -> impl IntoView {
    let button = move |(each, name): (Lang, &'static str)| {
        view! {
            <button type="button" class="button" lang=each.code() aria-pressed=move || (lang.get() == each).to_string()
                on:click=move |_| lang.set(each)>{name}</button>
        }
    };
    view! {
        <div class="languages" role="group" aria-label="言語 / Language">
            {LANGUAGES.into_iter().map(button).collect_view()}
        </div>
    }
}

/// The left side: everything that is asked.
#[component]
fn Questions(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
    view! {
        <form class="no-print" on:submit=move |event| event.prevent_default()>
            <CityAndYear form=form lang=lang />
            <h2>{word(lang, "世帯の人", "People of the household", "家の 人")}</h2>
            <p class="muted">{word(lang,
                "世帯主と、国民健康保険に加入している人全員を入力してください。",
                "Enter the head of the household and everybody who is insured in National Health Insurance.",
                "世帯主（家の 代表の 人）と、国民健康保険に 入っている 人を ぜんぶ 書いて ください。")}</p>
            <Check id="direct-income" value=form.direct
                label=word(lang, "収入ではなく所得で入力する", "Enter income after deductions instead of receipts", "「収入」ではなく「所得」で 書く") />
            <For each=move || form.persons.get() key=|person| person.key let:person>
                <MemberFields form=form person=person lang=lang />
            </For>
            <div class="buttons">
                <Button id="add-member" label=word(lang, "人を追加する", "Add a person", "人を ふやす") press=move |()| form.add() />
            </div>
        </form>
    }
}

/// Where and for which year.
#[component]
fn CityAndYear(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
    let mut known: Vec<_> = MUNICIPALITIES.iter().collect();
    // They come by code, and so by prefecture.
    known.dedup_by_key(|of| of.code);
    let prefectures: Vec<_> = known
        .chunk_by(|one, next| one.prefecture == next.prefecture)
        .map(<[_]>::to_vec)
        .collect();
    let choose = move |code: String| {
        let years = years_of(&code);
        form.municipality.set(code);
        if !years.contains(&form.fiscal_year.get_untracked()) {
            form.fiscal_year
                .set(years.first().copied().unwrap_or(FiscalYear(2026)));
        }
    };
    let years = Signal::derive(move || {
        let lang = lang.get();
        let word = |year: FiscalYear| match lang {
            Lang::En => (year.to_string(), year.to_string()),
            _ => (year.to_string(), era::fiscal_year(year)),
        };
        let years = years_of(&form.municipality.get());
        years.into_iter().map(word).collect()
    });
    let year = Signal::derive(move || form.fiscal_year.get().to_string());
    view! {
        <div class="member-grid">
            <Field id="municipality" label=word(lang, "市区町村", "Municipality", "住んでいる 市や 町")>
                <select id="municipality" class="select" aria-describedby=described_by("municipality")
                    prop:value=move || form.municipality.get() on:change=move |event| choose(event_target_value(&event))>
                    {prefectures.into_iter().map(|members| (members.first().copied(), members)).map(|(first, members)| view! {
                        <optgroup label=first.map(|of| word(lang, of.prefecture, of.prefecture_en, of.prefecture))>
                            {members.into_iter().map(|of| view! {
                                <option value=of.code selected=move || form.municipality.get() == of.code>{word(lang, of.name, of.name_en, of.name)}</option>
                            }).collect_view()}
                        </optgroup>
                    }).collect_view()}
                </select>
            </Field>
            <Choice id="fiscal-year" label=word(lang, "年度", "Fiscal year (from April)", "年度（4月から）") options=years value=year
                choose=move |year: String| if let Ok(year) = year.parse() { form.fiscal_year.set(year) } />
        </div>
    }
}
