//! The fields of one person.

use crate::form::{Form, Person};
use crate::kinds::Kinds;
use crate::words::{nth, word};
use kokuho_shared::assessment::sheet::code::{DayField, FlagField, YenField};
use kokuho_ui::components::{Button, When};
use kokuho_ui::entry::{DateEntry, YenEntry};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// A box to tick.
#[component]
pub fn Check(
    #[prop(into)] id: String,
    label: Signal<String>,
    value: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input id=id type="checkbox" prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event)) />
            {label}
        </label>
    }
}

#[component]
pub fn MemberFields(form: Form, person: Person, lang: RwSignal<Lang>) -> impl IntoView {
    let key = person.key;
    let place = move || {
        let persons = form.persons.get();
        let place = persons.iter().position(|other| other.key == key);
        place.map_or(0, |place| place + 1)
    };
    let id = move |field: &str| format!("m{key}-{field}");
    let legend = move || nth(lang.get(), place());
    let head = person.flag(FlagField::Head);
    let receipts = Signal::derive(move || !form.direct.get());
    let others = Signal::derive(move || !head.get());
    let removal = Signal::derive(move || match lang.get() {
        Lang::Ja => format!("{}人目を取り除く", place()),
        Lang::En => format!("Remove person {}", place()),
        Lang::Easy => format!("{}番目の 人を 消す", place()),
    });
    let required = Signal::derive(move || {
        Some(
            lang.get()
                .pick("※必須", "required", "※書いて ください")
                .to_owned(),
        )
    });
    view! {
        <fieldset>
            <legend>{legend}</legend>
            <div>
                <label class="check">
                    <input id=id("head") type="radio" name="head" prop:checked=move || head.get() on:change=move |_| form.set_head(key) />
                    {word(lang, "世帯主", "Head of the household", "世帯主（家の 代表の 人）")}
                </label>
                <Check id=id("insured") value=person.flag(FlagField::Insured)
                    label=word(lang, "国民健康保険に加入している", "Insured in National Health Insurance", "国民健康保険に 入っている") />
                <Check id=id("undeclared") value=person.flag(FlagField::Undeclared)
                    label=word(lang, "所得の申告をしていない", "Income not declared", "収入を 市や 町に 知らせていない") />
            </div>
            <div class="member-grid">
                <DateEntry id=id("birth") label=word(lang, "生年月日", "Date of birth", "生まれた日") value=person.day(DayField::Birth) lang=lang required=required />
                <When holds=receipts>
                    <YenEntry id=id("salary") label=word(lang, "給与収入（年）", "Salary before deductions (year)", "会社から もらった お金（1年）") value=person.yen(YenField::Salary) lang=lang
                        help=word(lang, "源泉徴収票の「支払金額」", "“支払金額” of the withholding slip", "源泉徴収票（会社の 紙）の「支払金額」") />
                    <YenEntry id=id("pension") label=word(lang, "公的年金の収入（年）", "Public pension (year)", "年金で もらった お金（1年）") value=person.yen(YenField::Pension) lang=lang
                        help=word(lang, "遺族年金・障害年金は除く", "without survivors’ and disability pensions", "遺族年金・障害年金は 入れません") />
                </When>
                <When holds=form.direct>
                    <YenEntry id=id("salary-income") label=word(lang, "給与所得", "Salary income (after deduction)", "給与所得") value=person.yen(YenField::SalaryIncome) lang=lang />
                    <YenEntry id=id("pension-income") label=word(lang, "公的年金等の雑所得", "Pension income (after deduction)", "年金の 所得") value=person.yen(YenField::PensionIncome) lang=lang />
                </When>
                <YenEntry id=id("other") label=word(lang, "その他の所得（事業など）", "Other income (business …)", "ほかの 所得（店など）") value=person.yen(YenField::Business) lang=lang signed=true
                    help=word(lang, "必要経費を引いた後の金額（赤字は −）", "after expenses (a loss with −)", "使った お金を 引いた 後（赤字は −）") />
            </div>
            <Kinds person=person lang=lang />
            <More person=person lang=lang />
            <When holds=others>
                <Button id=id("remove") label=removal class="button-plain" press=move |()| form.remove(key) />
            </When>
        </fieldset>
    }
}

/// What only some have: months that differ, and why.
#[component]
fn More(person: Person, lang: RwSignal<Lang>) -> impl IntoView {
    let key = person.key;
    let id = move |field: &str| format!("m{key}-{field}");
    let day = move |field| person.day(field);
    view! {
        <details class="more">
            <summary>{word(lang, "加入・脱退、退職、出産など（当てはまる人だけ）", "Joining or leaving, a lost job, childbirth (only if it applies)", "入った・やめた・仕事を やめた・赤ちゃん（ある 人だけ）")}</summary>
            <div class="member-grid">
                <DateEntry id=id("acquired") label=word(lang, "年度の途中で加入した日", "Joined within the year on", "国民健康保険に 入った日") value=day(DayField::Acquired) lang=lang />
                <DateEntry id=id("lost") label=word(lang, "年度の途中でやめた日（資格喪失日）", "Left within the year on", "国民健康保険を やめた日") value=day(DayField::Lost) lang=lang />
                <DateEntry id=id("left") label=word(lang, "会社都合などで退職した日", "Job lost through no wish of one’s own, on", "会社の 理由で 仕事を やめた日") value=day(DayField::Left) lang=lang />
                <DateEntry id=id("expected") label=word(lang, "出産予定日（出産した日）", "Expected (or actual) day of birth", "赤ちゃんが 生まれる日（生まれた日）") value=day(DayField::Expected) lang=lang />
                <DateEntry id=id("moved-on") label=word(lang, "国保から後期高齢者医療へ移った日（同じ世帯に残る人）", "Moved on from this insurance to that of the elderly on (stays in the household)", "75歳の 保険に かわった日（同じ 家の 人）") value=day(DayField::MovedOn) lang=lang />
                <DateEntry id=id("dependant") label=word(lang, "家族が後期高齢者医療に移り国保に入った日（65歳以上）", "Joined because the insured relative moved to the insurance of the elderly (from 65)", "家族が 75歳の 保険に かわって、自分が 入った日（65歳以上）") value=day(DayField::Dependant) lang=lang />
            </div>
            <When holds=Signal::derive(move || day(DayField::Lost).get().is_some())>
                <Check id=id("other-insurance") value=person.flag(FlagField::OtherInsurance)
                    label=word(lang, "会社の健康保険などに入った", "Joined another health insurance", "会社の 健康保険などに 入った") />
            </When>
            <When holds=Signal::derive(move || day(DayField::Expected).get().is_some())>
                <Check id=id("multiple") value=person.flag(FlagField::Multiple)
                    label=word(lang, "双子など（多胎）", "Twins or more", "双子・三つ子など") />
            </When>
        </details>
    }
}
