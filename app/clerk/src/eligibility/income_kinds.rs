//! 所得の内訳: incomes by kind are netted here as in the tax file, and put into the fields of the calculation.

use crate::case::checks;
use crate::case::draft::MemberDraft;
use crate::figures;
use kokuho_shared::assessment::household::Income;
use kokuho_shared::assessment::income::kinds::Entered;
use kokuho_shared::assessment::sheet::Person;
use kokuho_shared::assessment::sheet::code::{YEN, YenField};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::PersonId;
use kokuho_shared::money::Yen;
use kokuho_ui::entry::YenEntry;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::income_kinds::{CARRIED, COMPREHENSIVE, Row, SEPARATE};
use leptos::prelude::*;

/// What is typed for one kind.
type Typed = (YenField, RwSignal<Yen>);

const BUSINESS: Row = (
    YenField::Business,
    true,
    "事業所得（営業等・農業）",
    "Business",
    "事業",
);

/// What stands in fields of its own already.
fn is_kind(field: YenField) -> bool {
    !matches!(
        field,
        YenField::FamilyPayDeducted | YenField::FamilyPayReceived | YenField::FixedAssetTax
    )
}

fn rows() -> impl Iterator<Item = Row> {
    let all = COMPREHENSIVE.into_iter().chain(SEPARATE).chain(CARRIED);
    std::iter::once(BUSINESS).chain(all.filter(|(field, ..)| is_kind(*field)))
}

#[component]
pub fn Kinds(draft: MemberDraft, fiscal_year: FiscalYear) -> impl IntoView {
    let person = draft.known.person_id;
    let opened = RwSignal::new(false);
    let asked = draft.clone();
    view! {
        <details class="kinds" data-testid="kinds" on:toggle=move |_| opened.set(true)>
            <summary>"所得の内訳・控除・固定資産税"</summary>
            <Show when=move || opened.get()>
                <Aside draft=asked.clone() />
                <Calculator draft=asked.clone() fiscal_year=fiscal_year person=person />
            </Show>
        </details>
    }
}

/// What only the levy or only the test of the reduction sees.
#[component]
fn Aside(draft: MemberDraft) -> impl IntoView {
    let person = draft.known.person_id;
    let id = move |end: &str| checks::id(person, end);
    view! {
        <div class="member-entry">
            <YenEntry id=id("special-deduction") label=checks::label("special-deduction") value=draft.transfer_special_deduction
                help="軽減判定では引く前の額で見ます".to_owned() />
            <YenEntry id=id("casualty-loss") label=checks::label("casualty-loss") value=draft.casualty_loss
                help="軽減判定だけで引きます".to_owned() />
            <YenEntry id=id("family-deducted") label=checks::label("family-deducted") value=draft.family_pay_deducted
                help="軽減判定では足し戻します".to_owned() />
            <YenEntry id=id("family-received") label=checks::label("family-received") value=draft.family_pay_received
                help="給与所得のうち、軽減判定に入れない額".to_owned() />
            <YenEntry id=id("asset-tax") label=checks::label("asset-tax") value=draft.fixed_asset_tax
                help="資産割のある市区町村だけ".to_owned() />
        </div>
    }
}

/// The kinds, and what they come to.
#[component]
fn Calculator(draft: MemberDraft, fiscal_year: FiscalYear, person: PersonId) -> impl IntoView {
    let entered = draft.entered.get_untracked().unwrap_or(Entered {
        salary_income: draft.salary_income.get_untracked(),
        pension_income: draft.pension_income.get_untracked(),
        kinds: Default::default(),
    });
    let mut known = Person {
        kinds: entered.kinds,
        ..Person::default()
    };
    let mut of = |field| {
        let place = YEN.iter().find(|(known, ..)| *known == field);
        place.map_or(Yen::ZERO, |(_, _, of)| *of(&mut known))
    };
    let typed: Vec<Typed> = rows()
        .map(|(field, ..)| (field, RwSignal::new(of(field))))
        .collect();
    let before = [entered.salary_income, entered.pension_income].map(RwSignal::new);
    let fields = rows()
        .zip(typed.clone())
        .map(|((field, signed, ja, ..), (_, value))| {
            let id = checks::id(person, &format!("kind-{}", field as u8));
            view! { <YenEntry id=id label=ja.to_owned() value=value signed=signed /> }
        });
    let fields = fields.collect_view();
    let kept = draft.entered;
    let netted = Memo::new(move |_| {
        let kept = kept.with(Option::is_some);
        netted(&typed, before, fiscal_year, kept)
    });
    let said = move || match netted.get() {
        None => String::new(),
        Some(Err(why)) => why,
        Some(Ok((_, income))) => format!(
            "給与所得 {}、年金所得 {}、その他の所得 {}、合計所得 {}",
            format::yen(income.salary_income, Lang::Ja),
            format::yen(income.pension_income, Lang::Ja),
            format::yen(income.other_income, Lang::Ja),
            format::yen(income.total_income.unwrap_or_default(), Lang::Ja)
        ),
    };
    let put = move |_| {
        if let Some(Ok((entered, income))) = netted.get_untracked() {
            draft.entered.set(Some(entered));
            draft.salary_income.set(income.salary_income);
            draft.pension_income.set(income.pension_income);
            draft.other_income.set(income.other_income);
            draft
                .total_income
                .set(income.total_income.unwrap_or_default());
            let special = income.transfer_special_deduction;
            draft.transfer_special_deduction.set(special);
            draft.casualty_loss.set(income.casualty_loss);
        }
    };
    view! {
        <h4>"内訳から計算（損益通算・繰越控除）"</h4>
        <p class="muted">"申告書の金額を、赤字は − を付けて入力してください。入力した内訳は所得とともに保存されます。"</p>
        <div class="member-entry">
            <YenEntry id=checks::id(person, "kind-salary") label="給与所得（通算前）" value=before[0] />
            <YenEntry id=checks::id(person, "kind-pension") label="年金所得（通算前）" value=before[1] />
            {fields}
        </div>
        <p role="status" data-testid="netted">{said}</p>
        <button type="button" class="button" on:click=put>"所得の欄に入れる"</button>
    }
}

/// `None` while no kind is typed, unless kinds are kept that are taken back now.
fn netted(
    typed: &[Typed],
    [salary, pension]: [RwSignal<Yen>; 2],
    fiscal_year: FiscalYear,
    kept: bool,
) -> Option<Result<(Entered, Income), String>> {
    let mut person = Person::default();
    for (field, value) in typed {
        if let Some((_, _, of)) = YEN.iter().find(|(known, ..)| known == field) {
            *of(&mut person) = value.get();
        }
    }
    let entered = Entered {
        salary_income: salary.get(),
        pension_income: pension.get(),
        kinds: person.kinds,
    };
    if person == Person::default() && !kept {
        return None;
    }
    let law = figures::kinds().and_then(|rules| rules.of(fiscal_year.income_year()).copied());
    let made = law.map(|law| (entered, entered.income(&law)));
    Some(made.map_err(|why| why.to_string()))
}
