//! 所得申告書の回答 (賦課 4): what people wrote becomes their income, by the way of a clerk's edit.

use super::{Issuer, find, kind_of, refuse_anothers, shown};
use crate::audit::{AuditAction, Entry};
use crate::correspondence::StoredLetter;
use crate::correspondence::ending::{self, Ending};
use crate::eligibility::edit::{self, Editor};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::figures;
use crate::store::{Db, Lock};
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{DocumentKind, DocumentState, DocumentView, IncomeReply};
use kokuho_shared::api::household::{FactsEdit, MemberEdit};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::money::Yen;

/// Receipts above this are a typing error.
const MOST: Yen = Yen::MOST;

/// Takes the reply in: the income, the edit's reason and the document's end, or nothing.
pub async fn take_in(
    db: &Db,
    number: &str,
    reply: &IncomeReply,
    issuer: &Issuer<'_>,
) -> Result<DocumentView, ServiceError> {
    let household = household_of(db, number).await?;
    let mut tx = db.write(Lock::Household(household)).await?;
    let row = find(&mut tx, number).await?;
    let year = row.fiscal_year;
    let view = household::disclosed_in(&mut tx, household, year, issuer.looks()).await?;
    refuse(&row, reply, issuer)?;
    let member = view
        .members
        .iter()
        .find(|member| Some(member.person_id) == row.person_id);
    let member = member.ok_or_else(|| {
        ServiceError::Conflict(Problem::new("尋ねた人は、もうこの世帯の人ではありません"))
    })?;
    if member.income_status == IncomeStatus::Known {
        let text = "この人の所得は、税の情報などですでに分かっています。申告書の内容と違うときは、異動として入力してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("state")));
    }
    let edit = FactsEdit {
        fiscal_year: year,
        revision: view.revision,
        reason: format!("所得申告書 {number}"),
        members: vec![wanted(member, reply, issuer.municipality, year)?],
    };
    let editor = Editor {
        user: issuer.user,
        municipality: issuer.municipality,
        clock: issuer.clock,
    };
    let after = edit::edit_in(&mut tx, household, &edit, &editor).await?;
    let ending = Ending {
        state: DocumentState::Replied,
        on: reply.on,
        remark: &row.remark,
        reply_change: Some(after.revision),
    };
    ending::end(&mut tx, number, &ending).await?;
    let entry = Entry::new(issuer.user, AuditAction::Update, issuer.clock.now());
    let entry = entry.of_household(household, row.person_id);
    entry
        .detail(format!("document {number} replied"))
        .write(&mut tx)
        .await?;
    let after = find(&mut tx, number).await?;
    tx.commit().await?;
    shown(&after)
}

async fn household_of(db: &Db, number: &str) -> Result<HouseholdId, ServiceError> {
    let mut tx = db.read().await?;
    let row = find(&mut tx, number).await?;
    tx.commit().await?;
    Ok(row.household_id)
}

fn refuse(
    row: &StoredLetter,
    reply: &IncomeReply,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    if kind_of(row)? != DocumentKind::IncomeReport {
        return Err(ServiceError::invalid("所得申告書ではありません"));
    }
    if row.state == "void" {
        let text = "この申告書は無効です（差替え）。再度のお願いを出したときは、新しい文書番号で受け付けてください";
        return Err(ServiceError::Conflict(Problem::new(text).at("state")));
    }
    if row.state != "open" {
        let text = "この申告書の回答はもう受け付けています。読み直してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("state")));
    }
    refuse_anothers(row, reply.person_id)?;
    // Of a second request the first form may have come back on the days before.
    if (row.reminders == 0 && reply.on < row.issued_on) || reply.on > issuer.clock.today() {
        let text = "発行の日から業務日までの日にしてください";
        return Err(ServiceError::invalid_at("on", text));
    }
    let amounts = [
        ("salary_receipts", reply.salary_receipts),
        ("pension_receipts", reply.pension_receipts),
        ("other_income", reply.other_income),
    ];
    let wrong = amounts
        .iter()
        .find(|(_, yen)| *yen < Yen::ZERO || *yen > MOST);
    match wrong {
        Some((field, _)) => Err(ServiceError::invalid_at(
            field,
            "0円以上、1兆円以下にしてください",
        )),
        None => Ok(()),
    }
}

/// Receipts become incomes by the tables of their year, as for everybody else.
fn wanted(
    member: &MemberFacts,
    reply: &IncomeReply,
    municipality: &str,
    fiscal_year: FiscalYear,
) -> Result<MemberEdit, ServiceError> {
    let tables = figures::income_tables()?;
    let income_year = fiscal_year.income_year();
    let rules = figures::assessor(municipality, fiscal_year)?.rules;
    let incomes = tables.adjusted(
        income_year,
        reply.salary_receipts,
        reply.pension_receipts,
        rules.is_senior(member.birth_date),
        false,
        reply.other_income,
    )?;
    Ok(MemberEdit {
        person_id: member.person_id,
        eligibility: member.eligibility,
        income: Income {
            salary_receipts: Some(reply.salary_receipts),
            salary_income: incomes.salary_income,
            pension_receipts: Some(reply.pension_receipts),
            pension_income: incomes.pension_income,
            other_income: reply.other_income,
            ..Income::default()
        },
        income_status: IncomeStatus::Known,
        fixed_asset_tax: None,
        entered: None,
        circumstances: None,
    })
}
