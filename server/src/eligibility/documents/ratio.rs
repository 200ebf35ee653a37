//! 負担割合 of a household: what is known of the year that decides it, and what follows.

use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use crate::store::facts::IncomeRow;
use chrono::NaiveDate;
use kokuho_shared::api::household::{HouseholdView, MemberView};
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::eligibility::copayment::{Copayment, Person};
use kokuho_shared::eligibility::papers::{
    Known, Undecided, basis_income, income_year, judge_known,
};
use kokuho_shared::eligibility::terms::age_70;
use kokuho_shared::law::national::National;
use kokuho_shared::law::shipped;
use kokuho_shared::money::Yen;
use sqlx::FromRow;

#[derive(FromRow)]
pub struct Figures {
    pub taxable_income: Option<i64>,
    pub receipts: Option<i64>,
    pub tax: Option<String>,
}

/// Whether somebody has come into the age of the ratio, without regard to its end: 資格 ends with it.
pub fn is_senior(birth: NaiveDate, on: NaiveDate) -> bool {
    age_70(birth).is_some_and(|age| age.ratio_from <= on)
}

/// 負担割合 of the household in the month of a day.
pub async fn ratios(
    tx: &mut Tx,
    view: &HouseholdView,
    on: NaiveDate,
) -> Result<Result<Copayment, Undecided>, ServiceError> {
    let month = Month::of(on);
    let rule = *shipped::copayment()?.of(month)?;
    let year = income_year(on, &rule);
    let levy = i32::try_from(year + 1).unwrap_or_default();
    let counts = |member: &&MemberView| {
        let insured = member.period_on(on).is_some() && is_senior(member.birth_date, on);
        insured || member.is_former()
    };
    let counted: Vec<&MemberView> = view.members.iter().filter(counts).collect();
    let national = shipped::national(FiscalYear(levy))?;
    let mut known = Vec::new();
    for member in counted {
        known.push(known_of(tx, member, (on, year), &national).await?);
    }
    Ok(judge_known(&known, month, &rule))
}

async fn known_of(
    tx: &mut Tx,
    member: &MemberView,
    (on, year): (NaiveDate, i64),
    national: &National,
) -> Result<Known, ServiceError> {
    let (income, status) = income(tx, member.person_id, year).await?;
    let figures = figures(tx, member.person_id, year).await?;
    Ok(Known {
        person: Person {
            id: member.person_id.to_string(),
            birth_date: member.birth_date,
            insured: member.period_on(on).is_some(),
            former_member: member.is_former(),
            taxable_income: Yen::ZERO,
            basis_income: basis_income(&income, national),
            receipts: Yen::ZERO,
            head_on_dec31: false,
            children_under16: 0,
            children_16_18: 0,
        },
        income_known: status == IncomeStatus::Known,
        taxable_income: figures
            .as_ref()
            .and_then(|found| found.taxable_income)
            .map(Yen),
        receipts: figures.as_ref().and_then(|found| found.receipts).map(Yen),
    })
}

pub(super) async fn income(
    tx: &mut Tx,
    person: i64,
    year: i64,
) -> Result<(Income, IncomeStatus), ServiceError> {
    const SQL: &str = "SELECT id, person_id, income_year, status, salary_receipts, salary_income, pension_receipts, \
        pension_income, other_income, total_income, transfer_special_deduction, casualty_loss, family_pay_deducted, \
        family_pay_received FROM income_fact WHERE person_id = $1 AND income_year = $2 AND superseded_at IS NULL";
    let row: Option<IncomeRow> = on_tx!(tx, c => sqlx::query_as(SQL).bind(person).bind(year)
        .fetch_optional(c).await?);
    Ok(match row {
        Some(row) => (row.line().income, row.line().status),
        None => (Income::default(), IncomeStatus::Unknown),
    })
}

pub async fn figures(tx: &mut Tx, person: i64, year: i64) -> Result<Option<Figures>, ServiceError> {
    const SQL: &str = "SELECT taxable_income, receipts, tax FROM copayment_fact \
        WHERE person_id = $1 AND income_year = $2 AND superseded_at IS NULL";
    Ok(on_tx!(tx, c => sqlx::query_as(SQL).bind(person).bind(year).fetch_optional(c).await?))
}
