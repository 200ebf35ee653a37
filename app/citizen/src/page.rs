//! The page: questions on the left, the answer on the right, both on one page.

use crate::form::{Form, Outcome, years_of};
use crate::member::MemberFields;
use crate::result::Outcomes;
use crate::words::word;
use kokuho_shared::assessment::income::IncomeTables;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::era;
use kokuho_shared::law::shipped::MUNICIPALITIES;
use kokuho_ui::components::{Field, described_by};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// A value in the address of the page, e.g. `?m=27100&y=2026&lang=en`.
fn asked(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search)
        .ok()?
        .get(name)
}

#[component]
pub fn Page() -> impl IntoView {
    let lang = RwSignal::new(if asked("lang").as_deref() == Some("en") {
        Lang::En
    } else {
        Lang::Ja
    });
    let form = Form::new(asked("m"), asked("y").and_then(|year| year.parse().ok()));
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
        let assessor = Assessor::shipped(&form.municipality.get(), form.fiscal_year.get());
        (assessor.map_err(|why| why.to_string()), true)
    });
    let tables = StoredValue::new(IncomeTables::shipped().map_err(|why| why.to_string()));
    let outcome: Memo<Outcome> = Memo::new(move |_| {
        assessor.with(|assessor| tables.with_value(|tables| form.outcome(assessor, tables)))
    });
    view! {
        <header class="citizen-header no-print">
            <p>{word(lang, "国民健康保険料の試算", "National Health Insurance estimate")}</p>
            <button type="button" class="button" id="language" lang=move || lang.get().of("en", "ja")
                on:click=move |_| lang.update(|lang| *lang = if *lang == Lang::Ja { Lang::En } else { Lang::Ja })>
                {move || lang.get().of("English", "日本語")}
            </button>
        </header>
        <main class="citizen-main">
            <h1>{word(lang, "今年度の保険料はいくら？", "How much is this year’s premium?")}</h1>
            <p>{word(lang,
                "概算です。入力した内容はどこにも送信されません。正式な金額は市区町村からの通知をご覧ください。",
                "An estimate. Nothing you enter is sent anywhere. The notice from your municipality is authoritative.")}</p>
            <div class="citizen-columns">
                <form class="no-print" on:submit=move |event| event.prevent_default()>
                    <Place form=form lang=lang />
                    <h2>{word(lang, "世帯の人", "People of the household")}</h2>
                    <p class="muted">{word(lang,
                        "世帯主と、国民健康保険に加入している人全員を入力してください。",
                        "Enter the head of the household and everybody who is insured in National Health Insurance.")}</p>
                    <label class="check">
                        <input id="direct-income" type="checkbox" prop:checked=move || form.direct.get()
                            on:change=move |event| form.direct.set(event_target_checked(&event)) />
                        {word(lang, "収入ではなく所得で入力する", "Enter income after deductions instead of receipts")}
                    </label>
                    <For each=move || form.persons.get() key=|person| person.key let:person>
                        <MemberFields form=form person=person lang=lang />
                    </For>
                    <div class="buttons">
                        <button type="button" class="button" id="add-member" on:click=move |_| form.add()>
                            {word(lang, "人を追加する", "Add a person")}
                        </button>
                    </div>
                </form>
                <Outcomes form=form outcome=outcome lang=lang />
            </div>
        </main>
        <footer class="citizen-footer">
            {word(lang,
                "退職・出産・旧被扶養者の軽減には届出が必要です。所得の減少や災害による減免は、この試算に含まれていません。",
                "Reductions for a lost job, childbirth and former dependants need a notice to the municipality. Reliefs for a fall of income or a disaster are not part of this estimate.")}
        </footer>
    }
}

/// Where and for which year.
#[component]
fn Place(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
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
            form.fiscal_year.set(years.first().copied().unwrap_or(2026));
        }
    };
    view! {
        <div class="member-grid">
            <Field id="municipality" label=word(lang, "市区町村", "Municipality")>
                <select id="municipality" class="select" aria-describedby=described_by("municipality")
                    prop:value=move || form.municipality.get() on:change=move |event| choose(event_target_value(&event))>
                    {prefectures.into_iter().map(|members| (members.first().copied(), members)).map(|(first, members)| view! {
                        <optgroup label=first.map(|of| word(lang, of.prefecture, of.prefecture_en))>
                            {members.into_iter().map(|of| view! {
                                <option value=of.code selected=move || form.municipality.get() == of.code>{word(lang, of.name, of.name_en)}</option>
                            }).collect_view()}
                        </optgroup>
                    }).collect_view()}
                </select>
            </Field>
            <Field id="fiscal-year" label=word(lang, "年度", "Fiscal year (from April)")>
                <select id="fiscal-year" class="select" aria-describedby=described_by("fiscal-year")
                    on:change=move |event| if let Ok(year) = event_target_value(&event).parse() { form.fiscal_year.set(year) }>
                    {move || years_of(&form.municipality.get()).into_iter().map(|year| view! {
                        <option value=year.to_string() selected=move || form.fiscal_year.get() == year>
                            {move || match lang.get() { Lang::Ja => era::fiscal_year(year), Lang::En => year.to_string() }}
                        </option>
                    }).collect_view()}
                </select>
            </Field>
        </div>
    }
}
