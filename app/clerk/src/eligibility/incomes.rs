//! 所得の入力: whether the income is known comes first; 給与所得 and 年金所得 follow from the receipts as they are typed.

use crate::case::checks;
use crate::case::draft::MemberDraft;
use crate::figures;
use chrono::NaiveDate;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::assessment::income::tables::Converted;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::LawError;
use kokuho_shared::money::Yen;
use kokuho_ui::components::{Field, described_by};
use kokuho_ui::entry::YenEntry;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[component]
pub fn Incomes(draft: MemberDraft, fiscal_year: FiscalYear) -> impl IntoView {
    let person = draft.known.person_id;
    let id = move |end: &str| checks::id(person, end);
    let status = draft.status;
    let made = made_of_receipts(&draft, fiscal_year);
    let (salary, pension) = (draft.salary_income, draft.pension_income);
    follow(made, draft.salary_receipts, salary, |made| {
        made.salary_income
    });
    follow(made, draft.pension_receipts, pension, |made| {
        made.pension_income
    });
    let salary_help = beside(made, draft.salary_receipts, salary, |made| {
        made.salary_income
    });
    let pension_help = beside(made, draft.pension_receipts, pension, |made| {
        made.pension_income
    });
    view! {
        <Field id=id("status") label="所得の申告".to_owned()>
            <select id=id("status") class="select" aria-describedby=described_by(&id("status"))
                on:change=move |event| status.set(IncomeStatus::of_key(&event_target_value(&event)).unwrap_or_default())>
                {IncomeStatus::ALL.into_iter().map(|value| view! {
                    <option value=value.key() selected=move || status.get() == value>{value.name()}</option>
                }).collect_view()}
            </select>
        </Field>
        <NotCounted draft=draft.clone() />
        <div class="member-entry income-pairs">
            <YenEntry id=id("salary-receipts") label=checks::label("salary-receipts") value=draft.salary_receipts />
            <YenEntry id=id("salary-income") label=checks::label("salary-income") value=salary help=salary_help />
            <YenEntry id=id("pension-receipts") label=checks::label("pension-receipts") value=draft.pension_receipts />
            <YenEntry id=id("pension-income") label=checks::label("pension-income") value=pension help=pension_help />
            <YenEntry id=id("other-income") label=checks::label("other-income") value=draft.other_income />
            <YenEntry id=id("total-income") label=checks::label("total-income") value=draft.total_income
                help="空欄＝3つの所得の合計".to_owned() />
        </div>
    }
}

type Made = Memo<Result<Converted, LawError>>;

/// What the receipts in the fields come to, 所得金額調整控除 of both kinds of income taken off.
fn made_of_receipts(draft: &MemberDraft, year: FiscalYear) -> Made {
    let tables = StoredValue::new(figures::income_tables());
    let birth = draft.known.birth_date;
    let (salary, pension, other) = (
        draft.salary_receipts,
        draft.pension_receipts,
        draft.other_income,
    );
    Memo::new(move |_| {
        let (salary, pension, other) = (salary.get(), pension.get(), other.get());
        tables.with_value(|tables| {
            let tables = tables.as_ref().map_err(Clone::clone)?;
            let senior = is_senior(birth, year)?;
            tables.adjusted(year.income_year(), salary, pension, senior, false, other)
        })
    })
}

/// Whether somebody is 65 at the end of the year of the incomes (租税特別措置法41条の15の3).
fn is_senior(birth: NaiveDate, year: FiscalYear) -> Result<bool, LawError> {
    let age = figures::national(year)?.senior_pension.value.age;
    Ok(NaiveDate::from_ymd_opt(year.0 - age, 1, 1).is_some_and(|latest| birth <= latest))
}

/// The income follows its receipts once these are typed, and as long as it is what they come to: what else is typed may
/// change 所得金額調整控除 and the deduction of a pension. Typed over, it stays until its receipts change again.
fn follow(made: Made, receipts: RwSignal<Yen>, income: RwSignal<Yen>, of: fn(&Converted) -> Yen) {
    Effect::new(move |before: Option<Followed>| {
        let now = Followed {
            receipts: receipts.get(),
            made: made.get().ok().map(|made| of(&made)),
        };
        if let Some(before) = before {
            let followed =
                before.receipts != Yen::ZERO && before.made == Some(income.get_untracked());
            let typed = before.receipts != now.receipts;
            if let Some(made) = now.made.filter(|_| typed || followed) {
                income.set(made);
            }
        }
        now
    });
}

/// Receipts, and the income that they come to.
struct Followed {
    receipts: Yen,
    made: Option<Yen>,
}

/// Says where an income is another than its receipts come to.
fn beside(
    made: Made,
    receipts: RwSignal<Yen>,
    income: RwSignal<Yen>,
    of: fn(&Converted) -> Yen,
) -> Signal<String> {
    Signal::derive(move || {
        if receipts.get() == Yen::ZERO {
            return String::new();
        }
        match made.get() {
            Ok(made) if of(&made) == income.get() => "収入から計算しました".to_owned(),
            Ok(made) => format!("収入から計算すると {}", format::yen(of(&made), Lang::Ja)),
            Err(why) => why.to_string(),
        }
    })
}

/// An income that does not count says so, with the way to make it count.
#[component]
fn NotCounted(draft: MemberDraft) -> impl IntoView {
    let status = draft.status;
    let typed = Memo::new(move |_| {
        let incomes = [
            draft.salary_income,
            draft.pension_income,
            draft.other_income,
        ];
        incomes.iter().any(|income| income.get() != Yen::ZERO)
    });
    let why = move || match status.get() {
        IncomeStatus::Unknown if typed.get() => {
            Some("所得の申告が「不明」のため、この所得は保険料の計算に入りません。")
        }
        IncomeStatus::Undeclared if typed.get() => {
            Some("所得の申告が「未申告」のため、この世帯は軽減の判定を受けられません。")
        }
        _ => None,
    };
    move || {
        why().map(|why| {
            view! {
                <div class="notice notice-warning" role="status" data-testid="not-counted">
                    <p>{why}</p>
                    <button type="button" class="button" on:click=move |_| status.set(IncomeStatus::Known)>"「申告済」にする"</button>
                </div>
            }
        })
    }
}
