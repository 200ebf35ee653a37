//! The fields of one person.

use crate::form::{Form, Person};
use crate::words::word;
use kokuho_ui::entry::{DateEntry, YenEntry};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[component]
pub fn MemberFields(form: Form, person: Person, lang: RwSignal<Lang>) -> impl IntoView {
    let key = person.key;
    let id = move |field: &str| format!("m{key}-{field}");
    let place = move || {
        form.persons
            .get()
            .iter()
            .position(|other| other.key == key)
            .map_or(0, |place| place + 1)
    };
    let legend = move || match lang.get() {
        Lang::Ja => format!("{}人目", place()),
        Lang::En => format!("Person {}", place()),
    };
    let is_head = move || form.head.get() == key;
    let required = Signal::derive(move || Some(lang.get().of("※必須", "required").to_owned()));
    view! {
        <fieldset>
            <legend>{legend}</legend>
            <div>
                <label class="check">
                    <input id=id("head") type="radio" name="head" prop:checked=is_head on:change=move |_| form.head.set(key) />
                    {word(lang, "世帯主", "Head of the household")}
                </label>
                <label class="check">
                    <input id=id("insured") type="checkbox" prop:checked=move || person.insured.get()
                        on:change=move |event| person.insured.set(event_target_checked(&event)) />
                    {word(lang, "国民健康保険に加入している", "Insured in National Health Insurance")}
                </label>
                <label class="check">
                    <input id=id("undeclared") type="checkbox" prop:checked=move || person.undeclared.get()
                        on:change=move |event| person.undeclared.set(event_target_checked(&event)) />
                    {word(lang, "所得の申告をしていない", "Income not declared")}
                </label>
            </div>
            <div class="member-grid">
                <DateEntry id=id("birth") label=word(lang, "生年月日", "Date of birth") value=person.birth lang=lang required=required />
                <Show when=move || form.direct.get()
                    fallback=move || view! {
                        <YenEntry id=id("salary") label=word(lang, "給与収入（年）", "Salary before deductions (year)") value=person.salary lang=lang
                            help=word(lang, "源泉徴収票の「支払金額」", "“支払金額” of the withholding slip") />
                        <YenEntry id=id("pension") label=word(lang, "公的年金の収入（年）", "Public pension (year)") value=person.pension lang=lang
                            help=word(lang, "遺族年金・障害年金は除く", "without survivors’ and disability pensions") />
                    }>
                    <YenEntry id=id("salary-income") label=word(lang, "給与所得", "Salary income (after deduction)") value=person.salary_income lang=lang />
                    <YenEntry id=id("pension-income") label=word(lang, "公的年金等の雑所得", "Pension income (after deduction)") value=person.pension_income lang=lang />
                </Show>
                <YenEntry id=id("other") label=word(lang, "その他の所得（事業など）", "Other income (business …)") value=person.other lang=lang
                    help=word(lang, "必要経費を引いた後の金額", "after expenses") />
            </div>
            <More person=person lang=lang />
            <Show when=move || !is_head()>
                <button type="button" class="button button-plain" on:click=move |_| form.remove(key)>
                    {move || match lang.get() {
                        Lang::Ja => format!("{}人目を取り除く", place()),
                        Lang::En => format!("Remove person {}", place()),
                    }}
                </button>
            </Show>
        </fieldset>
    }
}

/// What only some have: months that differ, and why.
#[component]
fn More(person: Person, lang: RwSignal<Lang>) -> impl IntoView {
    let key = person.key;
    let id = move |field: &str| format!("m{key}-{field}");
    view! {
        <details class="more">
            <summary>{word(lang, "加入・脱退、退職、出産など（当てはまる人だけ）", "Joining or leaving, a lost job, childbirth (only if it applies)")}</summary>
            <div class="member-grid">
                <DateEntry id=id("acquired") label=word(lang, "年度の途中で加入した日", "Joined within the year on") value=person.acquired lang=lang />
                <DateEntry id=id("lost") label=word(lang, "年度の途中でやめた日（資格喪失日）", "Left within the year on") value=person.lost lang=lang />
                <DateEntry id=id("left") label=word(lang, "会社都合などで退職した日", "Job lost through no wish of one’s own, on") value=person.left lang=lang />
                <DateEntry id=id("expected") label=word(lang, "出産予定日（出産した日）", "Expected (or actual) day of birth") value=person.expected lang=lang />
                <DateEntry id=id("moved-on") label=word(lang, "国保から後期高齢者医療へ移った日（同じ世帯に残る人）", "Moved on from this insurance to that of the elderly on (stays in the household)") value=person.moved_on lang=lang />
                <DateEntry id=id("dependant") label=word(lang, "家族が後期高齢者医療に移り国保に入った日（65歳以上）", "Joined because the insured relative moved to the insurance of the elderly (from 65)") value=person.dependant lang=lang />
            </div>
            <Show when=move || person.lost.get().is_some()>
                <label class="check">
                    <input id=id("other-insurance") type="checkbox" prop:checked=move || person.other_insurance.get()
                        on:change=move |event| person.other_insurance.set(event_target_checked(&event)) />
                    {word(lang, "会社の健康保険などに入った", "Joined another health insurance")}
                </label>
            </Show>
            <Show when=move || person.expected.get().is_some()>
                <label class="check">
                    <input id=id("multiple") type="checkbox" prop:checked=move || person.multiple.get()
                        on:change=move |event| person.multiple.set(event_target_checked(&event)) />
                    {word(lang, "双子など（多胎）", "Twins or more")}
                </label>
            </Show>
        </details>
    }
}
