//! 収入: what each person earned in the year before.

use crate::check::Check;
use crate::form::{Form, Person};
use crate::kinds::Kinds;
use crate::steps::{Step, StepHeading};
use crate::words::{nth, word};
use kokuho_shared::assessment::sheet::code::{DayField, FlagField, YenField};
use kokuho_ui::components::When;
use kokuho_ui::entry::YenEntry;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[component]
pub fn IncomeStep(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
    let of_year = move || {
        let year = form.fiscal_year.get().income_year();
        match lang.get() {
            Lang::Ja => format!(
                "{year}年1月から12月までの1年間の金額です。収入のない人は空欄のままにしてください。"
            ),
            Lang::En => format!(
                "Amounts of January to December {year}. Leave empty what somebody did not have."
            ),
            Lang::Easy => {
                format!("{year}年 1月から 12月までの お金です。ない 人は 書かなくて いいです。")
            }
        }
    };
    view! {
        <section class="step step-income" aria-labelledby="income-heading">
            <StepHeading step=Step::Income lang=lang />
            <p class="muted">{of_year}</p>
            <Check id="direct-income" value=form.direct
                label=word(lang, "収入ではなく所得で入力する", "Enter income after deductions instead of receipts", "「収入」ではなく「所得」で 書く") />
            <For each=move || form.persons.get() key=|person| person.key let:person>
                <IncomeFields form=form person=person lang=lang />
            </For>
        </section>
    }
}

/// 2人目（昭和60年4月2日）: with the birth, so that nobody has to count.
pub fn person_name(form: Form, person: Person, lang: Lang) -> String {
    let name = nth(lang, form.place(person.key));
    let birth = person.day(DayField::Birth).get();
    match (birth.filter(|_| !form.by_age.get()), lang) {
        (None, _) => name,
        (Some(day), Lang::En) => format!("{name} (born {})", format::date_in_english(day)),
        (Some(day), _) => format!("{name}（{}）", format::date(day, lang)),
    }
}

#[component]
fn IncomeFields(form: Form, person: Person, lang: RwSignal<Lang>) -> impl IntoView {
    let key = person.key;
    let id = move |field: &str| format!("m{key}-{field}");
    let receipts = Signal::derive(move || !form.direct.get());
    view! {
        <fieldset>
            <legend>{move || person_name(form, person, lang.get())}</legend>
            <div class="member-grid">
                <When holds=receipts>
                    <YenEntry id=id("salary") label=word(lang, "給与収入（年）", "Salary before deductions (year)", "会社から もらった お金（1年）") value=person.yen(YenField::Salary) lang=lang
                        help=word(lang, "源泉徴収票の「支払金額」", "Gross pay on the slip of the employer (gensen-choshu-hyo)", "源泉徴収票（会社の 紙）の「支払金額」") />
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
            <Check id=id("undeclared") value=person.flag(FlagField::Undeclared)
                label=word(lang, "所得の申告をしていない", "Income not declared", "収入を 市や 町に 知らせていない") />
            <Kinds person=person lang=lang />
        </fieldset>
    }
}
