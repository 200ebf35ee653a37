//! What a clerk makes of an inquiry: its answer adopted or refused, asked again, left to paper or given up.

use super::list::{self, InquiryRow};
use super::queue::{queue, said};
use crate::access::keys::Keys;
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::eligibility::edit::{self, Editor};
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::figures;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::{FactsEdit, HouseholdView, MemberEdit};
use kokuho_shared::api::inquiry::{InquirySettlement, Settle};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::linkage::answer::InquiryAnswer;
use kokuho_shared::linkage::inquiry::{Happening, InquiryState};

/// The household to which the person of an inquiry belongs now.
async fn household_of(db: &Db, id: i64) -> Result<HouseholdId, ServiceError> {
    const SQL: &str = "SELECT m.household_id FROM inquiry q \
        JOIN membership_fact m ON m.person_id = q.person_id AND m.superseded_at IS NULL WHERE q.id = $1";
    let found: Option<HouseholdId> =
        on_db!(db, pool => sqlx::query_scalar(SQL).bind(id).fetch_optional(pool).await?);
    found.ok_or(ServiceError::NotFound("照会"))
}

/// Adopts an answer, or does something else with an inquiry. What is adopted and the state of the
/// inquiry are written together.
pub async fn settle(
    db: &Db,
    id: i64,
    wish: &Settle,
    editor: &Editor<'_>,
    keys: &Keys,
) -> Result<HouseholdId, ServiceError> {
    let household_id = household_of(db, id).await?;
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let row = list::find(&mut tx, id).await?;
    let now = tx.at();
    let as_of = AsOf {
        fiscal_year: row.fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, editor.user).await?;
    let (happening, reason) = happening_of(wish)?;
    let state = row.state()?;
    let after = state.after(happening).ok_or_else(|| {
        let text = format!("「{}」の照会にはできない操作です", state.name());
        ServiceError::Conflict(Problem::new(text).at("settlement"))
    })?;
    if happening == Happening::Adopt {
        edit::refuse_stale(&view, wish.revision)?;
        adopt(&mut tx, &row, &view, editor, keys).await?;
    }
    if happening == Happening::Retry {
        let again = row.wish()?;
        queue(&mut tx, &view, &again, editor.user, editor.clock).await?;
    }
    let closing = Closing {
        state: after,
        at: now,
        login: &editor.user.login,
        reason,
    };
    close(&mut tx, &row, &closing).await?;
    let entry = Entry::new(editor.user, AuditAction::Inquire, now)
        .of_household(household_id, [row.person_id]);
    entry
        .detail(format!("inquiry {id} {}", after.key()))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(household_id)
}

/// What a clerk wants to happen, and the reason, which some of it needs.
fn happening_of(wish: &Settle) -> Result<(Happening, &str), ServiceError> {
    let (happening, needs_reason) = match wish.settlement {
        InquirySettlement::Adopt => (Happening::Adopt, false),
        InquirySettlement::Reject => (Happening::Reject, true),
        InquirySettlement::Retry => (Happening::Retry, false),
        InquirySettlement::ToPaper => (Happening::ToPaper, true),
        InquirySettlement::Cancel => (Happening::Cancel, false),
    };
    let reason = if needs_reason {
        said("reason", &wish.reason)?
    } else {
        wish.reason.trim()
    };
    Ok((happening, reason))
}

/// Writes what an answer says into the facts of the person, by the same way as a clerk's edit.
async fn adopt(
    tx: &mut Tx,
    row: &InquiryRow,
    view: &HouseholdView,
    editor: &Editor<'_>,
    keys: &Keys,
) -> Result<(), ServiceError> {
    let answer = row.opened(keys)?;
    let answer =
        answer.ok_or_else(|| ServiceError::Internal("an answer without content".into()))?;
    let member = view
        .members
        .iter()
        .find(|member| member.person_id == row.person_id);
    let member = member.ok_or_else(|| {
        let text = "照会した人は、もうこの世帯の人ではありません";
        ServiceError::Conflict(Problem::new(text).at("settlement"))
    })?;
    let Some(wanted) = wanted(member, &answer, view.fiscal_year)? else {
        return Ok(());
    };
    let edit = FactsEdit {
        fiscal_year: view.fiscal_year,
        revision: view.revision,
        reason: format!("照会 {} の回答（{}）", row.id, row.dataset_name()),
        members: vec![wanted],
    };
    edit::edit_in(tx, view.id, &edit, editor).await?;
    Ok(())
}

/// The member with what the answer says; none where it changes nothing.
fn wanted(
    member: &MemberFacts,
    answer: &InquiryAnswer,
    fiscal_year: FiscalYear,
) -> Result<Option<MemberEdit>, ServiceError> {
    let refused = |text: String| ServiceError::Conflict(Problem::new(text).at("settlement"));
    let told = answer.circumstances(member.circumstances);
    let told = told.map_err(|why| refused(why.to_string()))?;
    // What has no effect on this person stays an information.
    let national = figures::national(fiscal_year)?;
    let takes = told.check(member.birth_date, &national).is_ok();
    let mut edit = MemberEdit {
        person_id: member.person_id,
        eligibility: member.eligibility,
        income: member.income,
        income_status: member.income_status,
        fixed_asset_tax: None,
        entered: None,
        circumstances: Some(if takes { told } else { member.circumstances }),
    };
    if let InquiryAnswer::LocalTax(told) = answer {
        if told.income_year != i64::from(fiscal_year.income_year()) {
            let year = told.income_year;
            return Err(refused(format!(
                "{year}年の所得の回答です。{fiscal_year}年度の所得には採用できません"
            )));
        }
        let Some((income, status)) = told.income(&member.income) else {
            let text = "所得の一部が回答されていません。足りない所得を確かめて、異動として入力してください";
            return Err(refused(text.to_owned()));
        };
        (edit.income, edit.income_status) = (income, status);
    }
    let same = (edit.income, edit.income_status) == (member.income, member.income_status)
        && edit.circumstances == Some(member.circumstances);
    Ok((!same).then_some(edit))
}

/// How an inquiry ends, when, by whom and why.
struct Closing<'a> {
    state: InquiryState,
    at: Instant,
    login: &'a str,
    reason: &'a str,
}

/// Closes an inquiry, unless an answer has come in the same moment.
async fn close(tx: &mut Tx, row: &InquiryRow, closing: &Closing<'_>) -> Result<(), ServiceError> {
    const CLOSED: &str = "UPDATE inquiry SET state = $1, closed_at = $2, closed_by = $3, closed_reason = $4 \
        WHERE id = $5 AND state = $6";
    let closed = on_tx!(tx, c => sqlx::query(CLOSED).bind(closing.state.key()).bind(closing.at.0)
        .bind(closing.login).bind(closing.reason).bind(row.id).bind(&row.state).execute(c).await?.rows_affected());
    if closed == 1 {
        return Ok(());
    }
    let text = "この照会の状態が、いま変わりました。回答を確かめてください";
    Err(ServiceError::Conflict(Problem::new(text).at("settlement")))
}
