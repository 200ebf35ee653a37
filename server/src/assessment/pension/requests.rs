//! 特別徴収の依頼と中止: what a supervisor asks of the pension body.

use super::stoppable;
use crate::access::user::{Actor, Viewer};
use crate::assessment::basis::Basis;
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::facts::tables::PENSIONS;
use crate::facts::{By, Change, FactChange, announce, record};
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::pension::{
    PensionCount, PensionList, PensionRow, PensionState, PensionStop,
};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

/// So many are listed.
const MOST: i64 = 500;
/// The longest reason that is kept.
const MOST_REASON: usize = 200;

#[derive(FromRow)]
struct Row {
    household_id: HouseholdId,
    household_number: String,
    name: String,
    state: String,
    payments: String,
    stopped_place: Option<i64>,
    obstacles: String,
    reason: String,
    code: String,
}

fn state_of(key: &str) -> Result<PensionState, ServiceError> {
    PensionState::of_key(key).ok_or_else(|| ServiceError::Internal(format!("pension state {key}")))
}

/// The cases of a year; those first that somebody must act on.
pub async fn list(
    db: &Db,
    fiscal_year: FiscalYear,
    ward: &str,
) -> Result<PensionList, ServiceError> {
    const COUNTS: &str = "SELECT c.state, COUNT(*) FROM pension_case c JOIN person_fact p ON p.person_id = c.person_id \
        AND p.superseded_at IS NULL WHERE c.fiscal_year = $1 AND ($2 = '' OR p.ward = $2) GROUP BY c.state";
    const ROWS: &str = "SELECT c.household_id, m.household_number, p.name, c.state, c.payments, c.stopped_place, \
        c.obstacles, c.reason, c.code FROM pension_case c \
        JOIN person_fact p ON p.person_id = c.person_id AND p.superseded_at IS NULL \
        JOIN membership_fact m ON m.person_id = c.person_id AND m.superseded_at IS NULL \
        WHERE c.fiscal_year = $1 AND ($2 = '' OR p.ward = $2) \
        ORDER BY CASE WHEN c.state = 'accepted' AND c.obstacles <> '' THEN 0 WHEN c.state = 'refused' THEN 1 \
        WHEN c.state = 'planned' THEN 2 WHEN c.state = 'excluded' THEN 4 ELSE 3 END, c.household_id LIMIT $3";
    let year = fiscal_year;
    let (counts, rows): (Vec<(String, i64)>, Vec<Row>) = on_db!(db, pool => (
        sqlx::query_as(COUNTS).bind(year).bind(ward).fetch_all(pool).await?,
        sqlx::query_as(ROWS).bind(year).bind(ward).bind(MOST).fetch_all(pool).await?,
    ));
    let mut by_state = Vec::new();
    for (state, households) in counts {
        let state = state_of(&state)?;
        by_state.push(PensionCount { state, households });
    }
    by_state.sort_by_key(|count| count.state);
    let row = |row: Row| {
        Ok(PensionRow {
            state: state_of(&row.state)?,
            payments: serde_json::from_str(&row.payments)?,
            household_id: row.household_id,
            household_number: row.household_number,
            name: row.name,
            stopped_place: row.stopped_place,
            obstacles: row.obstacles,
            reason: row.reason,
            code: row.code,
        })
    };
    Ok(PensionList {
        fiscal_year,
        counts: by_state,
        rows: rows
            .into_iter()
            .map(row)
            .collect::<Result<_, ServiceError>>()?,
    })
}

/// Everything that is planned leaves with the next courier; refused where nothing is.
pub async fn send(
    db: &Db,
    fiscal_year: FiscalYear,
    municipality: &str,
    Actor { user, clock }: Actor<'_>,
) -> Result<PensionList, ServiceError> {
    const PLANNED: &str = "SELECT c.household_id, c.payments FROM pension_case c WHERE c.fiscal_year = $1 AND c.state = 'planned' \
        AND NOT EXISTS (SELECT 1 FROM decision_due d WHERE d.household_id = c.household_id AND d.fiscal_year = c.fiscal_year) \
        ORDER BY c.household_id";
    const SQL: &str = "UPDATE pension_case SET state = 'queued', changed_at = $1 WHERE household_id = $2 AND fiscal_year = $3";
    let basis = Basis::of(municipality, fiscal_year)?;
    let open = stoppable(&basis, clock.today())?.unwrap_or(6);
    let mut tx = db.write(Lock::Everything).await?;
    let now = tx.at();
    let planned: Vec<(HouseholdId, String)> = on_tx!(&mut tx, c => sqlx::query_as(PLANNED).bind(fiscal_year)
        .fetch_all(c).await?);
    let (mut count, mut late) = (0, 0);
    for (household, payments) in planned {
        let payments: [i64; 6] = serde_json::from_str(&payments)?;
        // One that goes on from last year is taken already; another must still reach the pension body in time.
        let first = payments.iter().position(|payment| *payment > 0);
        if first.is_some_and(|first| first == 0 || first >= open) {
            count += 1;
            on_tx!(&mut tx, c => sqlx::query(SQL).bind(now.0).bind(household).bind(fiscal_year)
                .execute(c).await?.rows_affected());
        } else {
            late += 1;
            let reason = "特別徴収の依頼が支払に間に合わない";
            let change =
                record(&mut tx, household, reason, By::of(&user.login, now, &clock)).await?;
            announce(
                &mut tx,
                change,
                FactChange::Household {
                    id: household,
                    from_year: fiscal_year,
                },
            )
            .await?;
        }
    }
    let entry = Entry::new(user, AuditAction::Inquire, now);
    let detail = format!("pension deductions of {fiscal_year}: {count} asked for, {late} too late");
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    if count == 0 {
        let text = "依頼できる世帯がありません。要処理の世帯を決定し直してから依頼してください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    list(db, fiscal_year, &user.ward).await
}

#[derive(FromRow)]
struct Running {
    person_id: PersonId,
    state: String,
}

#[derive(FromRow)]
struct Listed {
    id: i64,
    listed_on: NaiveDate,
    annual: i64,
    care_each: Option<i64>,
}

/// 中止, or 口座振替への変更: the payments that can still be stopped are, and the year is decided again.
pub async fn stop(
    db: &Db,
    household_id: HouseholdId,
    wish: &PensionStop,
    municipality: &str,
    Actor { user, clock }: Actor<'_>,
) -> Result<PensionList, ServiceError> {
    const FIND: &str =
        "SELECT person_id, state FROM pension_case WHERE household_id = $1 AND fiscal_year = $2";
    const STOP: &str = "UPDATE pension_case SET state = $1, stopped_place = $2, reason = $3, changed_at = $4 \
        WHERE household_id = $5 AND fiscal_year = $6";
    let reason = wish.reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        let text = format!("理由を{MOST_REASON}字までで入力してください");
        return Err(ServiceError::invalid_at("reason", text));
    }
    let basis = Basis::of(municipality, wish.fiscal_year)?;
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let (now, year) = (tx.at(), wish.fiscal_year);
    let seen = Viewer { user, at: now };
    let view = household::visible_in(&mut tx, household_id, wish.fiscal_year, seen).await?;
    let found: Option<Running> = on_tx!(&mut tx, c => sqlx::query_as(FIND).bind(household_id).bind(year)
        .fetch_optional(c).await?);
    let running = found.ok_or(ServiceError::NotFound("特別徴収"))?;
    let after = match state_of(&running.state)? {
        PensionState::Sent | PensionState::Accepted => PensionState::StopQueued,
        PensionState::Planned | PensionState::Queued | PensionState::Excluded
            if wish.account_transfer =>
        {
            PensionState::Excluded
        }
        PensionState::Planned | PensionState::Queued => PensionState::Stopped,
        state => {
            let text = format!("「{}」の特別徴収は中止できません", state.name());
            return Err(ServiceError::Conflict(Problem::new(text)));
        }
    };
    let place = match after {
        PensionState::StopQueued => {
            let first = stoppable(&basis, clock.today())?.unwrap_or(6);
            i64::try_from(first).ok()
        }
        PensionState::Stopped => Some(0),
        _ => None,
    };
    let change = record(
        &mut tx,
        household_id,
        reason,
        By::of(&user.login, now, &clock),
    )
    .await?;
    if wish.account_transfer {
        chosen(&mut tx, running.person_id, change, now).await?;
    }
    on_tx!(&mut tx, c => sqlx::query(STOP).bind(after.key()).bind(place).bind(reason).bind(now.0)
        .bind(household_id).bind(year).execute(c).await?.rows_affected());
    announce(
        &mut tx,
        change,
        FactChange::Household {
            id: household_id,
            from_year: wish.fiscal_year,
        },
    )
    .await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(user, AuditAction::Update, now).of_household(household_id, persons);
    let detail = format!("pension deduction of {year}: {}", after.key());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    list(db, wish.fiscal_year, &user.ward).await
}

/// 口座振替 was chosen: a new fact of the same pension.
async fn chosen(
    tx: &mut Tx,
    person: PersonId,
    change: Change,
    at: Instant,
) -> Result<(), ServiceError> {
    const FIND: &str = "SELECT id, listed_on, annual, care_each FROM pension_fact WHERE person_id = $1 AND superseded_at IS NULL";
    let found: Option<Listed> =
        on_tx!(tx, c => sqlx::query_as(FIND).bind(person).fetch_optional(c).await?);
    let Some(fact) = found else {
        return Ok(());
    };
    let row = row! {
        id: 0,
        person_id: person,
        change_id: change.id,
        recorded_at: at,
        listed_on: fact.listed_on,
        annual: fact.annual,
        care_each: fact.care_each,
        account_transfer: true,
    };
    PENSIONS.write(tx, &[fact.id], vec![row], at.0).await?;
    Ok(())
}
