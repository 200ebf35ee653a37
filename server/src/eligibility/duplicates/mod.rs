//! 資格重複: the cases of the federation's list, urged by letter, ended by the city or dismissed.

pub mod files;
pub mod routes;

use super::documents::{self, Issuer};
use super::edit::Editor;
use super::{household, notifications};
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::figures;
use crate::store::{Db, Lock, Tx};
use crate::{guarded, on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{Application, DocumentKind, DocumentWish};
use kokuho_shared::api::duplicate::{DuplicateAction, DuplicateStep, DuplicateView};
use kokuho_shared::api::notification::NotificationEdit;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::duplicate::{Acquired, Case, DuplicateState};
use kokuho_shared::eligibility::notification::Event;
use kokuho_shared::eligibility::reasons::LossReason;
use kokuho_shared::era;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

/// So many are listed, those of open cases first.
const MOST: i64 = 2_000;
/// The longest reason that is kept.
const MOST_REASON: usize = 200;

#[derive(FromRow)]
struct Row {
    id: i64,
    household_id: HouseholdId,
    household_number: String,
    person_id: PersonId,
    name: String,
    birth_date: NaiveDate,
    ward: String,
    acquired_on: Option<NaiveDate>,
    other_insurer: String,
    other_acquired_on: NaiveDate,
    state: String,
    seen: i64,
    first_list_on: NaiveDate,
    last_list_on: NaiveDate,
    due_on: Option<NaiveDate>,
    reason: String,
}

impl Row {
    fn state(&self) -> Result<DuplicateState, ServiceError> {
        let unknown = || ServiceError::Internal(format!("duplicate state {}", self.state));
        DuplicateState::of_key(&self.state).ok_or_else(unknown)
    }

    fn view(self) -> Result<DuplicateView, ServiceError> {
        Ok(DuplicateView {
            state: self.state()?,
            id: self.id,
            household_id: self.household_id,
            household_number: self.household_number,
            person_id: self.person_id,
            name: self.name,
            birth_date: self.birth_date,
            ward: self.ward,
            acquired_on: self.acquired_on,
            other_insurer: self.other_insurer,
            other_acquired_on: self.other_acquired_on,
            seen: self.seen,
            first_list_on: self.first_list_on,
            last_list_on: self.last_list_on,
            due_on: self.due_on,
            reason: self.reason,
        })
    }
}

/// SELECT of what [`Row`] reads, and the rest of the statement.
macro_rules! cases {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, m.household_id, m.household_number, p.person_id, p.name, p.birth_date, \
             CASE WHEN ", guarded!(both "m.household_id", "p.place"), " THEN '' ELSE p.ward END AS ward, \
             e.valid_from AS acquired_on, c.other_insurer, c.other_acquired_on, c.state, c.seen, c.first_list_on, \
             c.last_list_on, c.due_on, c.reason FROM duplicate_case c \
             JOIN person_fact p ON p.person_id = c.person_id AND p.superseded_at IS NULL \
             JOIN membership_fact m ON m.person_id = c.person_id AND m.superseded_at IS NULL \
             LEFT JOIN eligibility_fact e ON e.person_id = c.person_id AND e.superseded_at IS NULL AND e.valid_until IS NULL ",
            $rest
        )
    };
}

/// All cases, those first on which somebody can act, in one ward where the account is limited to it.
pub async fn list(
    db: &Db,
    ward: &str,
    today: NaiveDate,
) -> Result<Vec<DuplicateView>, ServiceError> {
    const SQL: &str = cases!(
        "WHERE ($1 = '' OR p.ward = $1) ORDER BY CASE WHEN c.state = 'candidate' \
         OR (c.state IN ('urged1', 'urged2') AND c.due_on < $3) THEN 0 WHEN c.state IN ('urged1', 'urged2') THEN 1 \
         WHEN c.state = 'detected' THEN 2 ELSE 3 END, c.first_list_on, c.id LIMIT $2"
    );
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(SQL).bind(ward).bind(MOST).bind(today).fetch_all(pool).await?);
    rows.into_iter().map(Row::view).collect()
}

async fn find(tx: &mut Tx, id: i64) -> Result<Row, ServiceError> {
    const SQL: &str = cases!("WHERE c.id = $1");
    let row: Option<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("資格重複の案件"))
}

/// Takes a step in a case: a letter, the loss, or its end for a reason.
pub async fn step(
    db: &Db,
    id: i64,
    wish: &DuplicateStep,
    issuer: &Issuer<'_>,
) -> Result<DuplicateView, ServiceError> {
    let household = {
        let mut tx = db.read().await?;
        find(&mut tx, id).await?.household_id
    };
    let mut tx = db.write(Lock::Household(household)).await?;
    let row = find(&mut tx, id).await?;
    let today = issuer.clock.today();
    let year = FiscalYear::of(today);
    household::disclosed_in(&mut tx, row.household_id, year, issuer.looks()).await?;
    let state = row.state()?;
    if state != wish.seen_state {
        let text = "この案件は表示した後に変わっています。読み直してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("seen_state")));
    }
    let case = Case {
        state,
        seen: row.seen,
        due_on: row.due_on,
    };
    let (now, reason) = match wish.action {
        DuplicateAction::Urge => (
            urge(&mut tx, &row, case, &wish.reason, issuer).await?,
            String::new(),
        ),
        DuplicateAction::Lose => (lose(&mut tx, &row, case, issuer).await?, String::new()),
        DuplicateAction::Dismiss => dismiss(case, &wish.reason)?,
    };
    keep(&mut tx, &row, now, &reason, issuer).await?;
    let after = find(&mut tx, id).await?.view()?;
    tx.commit().await?;
    Ok(after)
}

fn refused(why: &impl ToString) -> ServiceError {
    ServiceError::invalid_at("action", why.to_string())
}

async fn urge(
    tx: &mut Tx,
    row: &Row,
    case: Case,
    reason: &str,
    issuer: &Issuer<'_>,
) -> Result<Case, ServiceError> {
    let today = issuer.clock.today();
    if row.acquired_on.is_none() {
        return Err(refused(&"国保の資格は終わっています。勧奨は要りません"));
    }
    let rule = *figures::duplicates()?.of(today)?;
    let now = case.urged(today, &rule).map_err(|why| refused(&why))?;
    let wish = DocumentWish {
        fiscal_year: FiscalYear::of(today),
        kind: DocumentKind::LossUrging,
        person_id: row.person_id,
        facility_id: None,
        asked: None,
        application: Application::default(),
        remark: format!(
            "{}（資格取得日 {}）",
            row.other_insurer,
            era::format(row.other_acquired_on)
        ),
        reveal_reason: reason.trim().to_owned(),
    };
    let reply_by = now.due_on;
    documents::issue_in(tx, row.household_id, &wish, reply_by, issuer).await?;
    Ok(now)
}

/// 職権喪失: the loss is written like a reported one, with the case as its reason.
async fn lose(
    tx: &mut Tx,
    row: &Row,
    case: Case,
    issuer: &Issuer<'_>,
) -> Result<Case, ServiceError> {
    let today = issuer.clock.today();
    let acquired = Acquired {
        here: row
            .acquired_on
            .ok_or_else(|| refused(&"国保の資格は終わっています"))?,
        elsewhere: row.other_acquired_on,
    };
    let now = case.lost(today, acquired).map_err(|why| refused(&why))?;
    let year = FiscalYear::of(today);
    let view = household::visible_in(tx, row.household_id, year, issuer.looks()).await?;
    let edit = NotificationEdit {
        fiscal_year: year,
        revision: view.revision,
        event: Event::Lose(LossReason::EmployeeInsuranceJoined),
        event_on: row.other_acquired_on,
        new_address_on: None,
        notified_on: today,
        persons: vec![row.person_id],
        memo: format!("職権喪失（資格重複 案件{}、勧奨2回）", row.id),
    };
    let editor = Editor {
        user: issuer.user,
        municipality: issuer.municipality,
        clock: issuer.clock,
    };
    notifications::accept_in(tx, row.household_id, &edit, &editor).await?;
    Ok(now)
}

fn dismiss(case: Case, reason: &str) -> Result<(Case, String), ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        let text = format!("対象外とする理由を{MOST_REASON}字までで入力してください");
        return Err(ServiceError::invalid_at("reason", text));
    }
    if !case.state.is_open() {
        return Err(refused(&"この案件は終わっています"));
    }
    let now = Case {
        state: DuplicateState::Dismissed,
        due_on: None,
        ..case
    };
    Ok((now, reason.to_owned()))
}

async fn keep(
    tx: &mut Tx,
    row: &Row,
    now: Case,
    reason: &str,
    issuer: &Issuer<'_>,
) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE duplicate_case SET state = $1, due_on = $2, reason = $3, changed_at = $4, changed_by = $5 WHERE id = $6";
    let at = tx.at();
    on_tx!(tx, c => sqlx::query(SQL).bind(now.state.key()).bind(now.due_on).bind(reason).bind(at.0)
        .bind(&issuer.user.login).bind(row.id).execute(c).await?.rows_affected());
    let entry = Entry::new(issuer.user, AuditAction::Update, at);
    let entry = entry.of_household(row.household_id, [row.person_id]);
    let detail = format!("double enrolment {} {}", row.id, now.state.key());
    entry.detail(detail).write(tx).await
}
