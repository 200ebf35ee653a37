//! 連携の状況: what is on its way, and what was refused.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::{Db, Lock};
use crate::transfer::deliveries;
use crate::{on_db, on_tx};
use chrono::{Days, NaiveDate};
use kokuho_shared::api::Problem;
use kokuho_shared::api::link_record::{
    LinkAction, LinkCount, LinkDecision, LinkItem, LinkOverview,
};
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::linkage::link_record::{LinkKind, LinkState};
use sqlx::FromRow;

/// So many are listed; all are counted.
const MOST: i64 = 200;
/// 規則4条の2: registered with the federation within so many days.
const DUE_DAYS: u64 = 5;
/// The longest reason that is kept.
const MOST_REASON: usize = 200;

#[derive(FromRow)]
struct Counted {
    kind: String,
    state: String,
    count: i64,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    kind: String,
    state: String,
    household_id: Option<HouseholdId>,
    name: Option<String>,
    queued_on: NaiveDate,
    code: String,
    message: String,
    income_year: Option<i64>,
}

fn kind(key: &str) -> Result<LinkKind, ServiceError> {
    LinkKind::of_key(key).ok_or_else(|| ServiceError::Internal(format!("kind {key}")))
}

fn state(key: &str) -> Result<LinkState, ServiceError> {
    LinkState::of_key(key).ok_or_else(|| ServiceError::Internal(format!("state {key}")))
}

/// Counts of everything, and the records that need somebody, in one ward where the account is
/// limited to it.
pub async fn all(db: &Db, ward: &str, today: NaiveDate) -> Result<LinkOverview, ServiceError> {
    const COUNTS: &str = "SELECT x.kind, x.state, COUNT(*) AS count FROM interchange x \
        LEFT JOIN person_fact p ON p.person_id = x.person_id AND p.superseded_at IS NULL \
        WHERE ($1 = '' OR p.ward = $1) GROUP BY x.kind, x.state ORDER BY x.kind, x.state";
    const ITEMS: &str = "SELECT x.id, x.kind, x.state, m.household_id, p.name, x.queued_on, x.code, x.message, x.income_year \
        FROM interchange x LEFT JOIN person_fact p ON p.person_id = x.person_id AND p.superseded_at IS NULL \
        LEFT JOIN membership_fact m ON m.person_id = x.person_id AND m.superseded_at IS NULL \
        WHERE ($1 = '' OR p.ward = $1) AND (x.state = 'rejected' \
        OR (x.state IN ('queued', 'sent') AND x.queued_on < $2)) ORDER BY x.queued_on, x.id LIMIT $3";
    let late = today.checked_sub_days(Days::new(DUE_DAYS)).unwrap_or(today);
    let counts: Vec<Counted> =
        on_db!(db, pool => sqlx::query_as(COUNTS).bind(ward).fetch_all(pool).await?);
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(ITEMS).bind(ward).bind(late).bind(MOST)
        .fetch_all(pool).await?);
    let count = |row: Counted| {
        Ok(LinkCount {
            kind: kind(&row.kind)?,
            state: state(&row.state)?,
            count: row.count,
        })
    };
    let item = |row: Row| {
        Ok(LinkItem {
            id: row.id,
            kind: kind(&row.kind)?,
            state: state(&row.state)?,
            household_id: row.household_id,
            name: row.name.unwrap_or_default(),
            queued_on: row.queued_on,
            code: row.code,
            message: row.message,
            income_year: row.income_year,
            late: row.queued_on < late,
        })
    };
    Ok(LinkOverview {
        incomplete: deliveries::incomplete(db).await?,
        counts: counts
            .into_iter()
            .map(count)
            .collect::<Result<_, ServiceError>>()?,
        items: rows
            .into_iter()
            .map(item)
            .collect::<Result<_, ServiceError>>()?,
    })
}

#[derive(FromRow)]
struct Found {
    state: String,
    person_id: PersonId,
    household_id: Option<HouseholdId>,
    ward: Option<String>,
}

/// What somebody does about a record.
pub async fn decide(
    db: &Db,
    id: i64,
    decision: &LinkDecision,
    user: &User,
    clock: Clock,
) -> Result<(), ServiceError> {
    const FIND: &str = "SELECT x.state, x.person_id, m.household_id, p.ward FROM interchange x \
        LEFT JOIN person_fact p ON p.person_id = x.person_id AND p.superseded_at IS NULL \
        LEFT JOIN membership_fact m ON m.person_id = x.person_id AND m.superseded_at IS NULL WHERE x.id = $1";
    const WRITE: &str = "UPDATE interchange SET state = $1, message = CASE WHEN $2 = '' THEN message ELSE $2 END, settled_by = $3 \
        WHERE id = $4 AND state = $5";
    let reason = decision.reason.trim();
    if reason.chars().count() > MOST_REASON {
        let text = format!("理由は{MOST_REASON}文字までにしてください");
        return Err(ServiceError::invalid_at("reason", text));
    }
    let mut tx = db.write(Lock::Nothing).await?;
    let found: Option<Found> =
        on_tx!(&mut tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await?);
    let found = found.filter(|found| user.sees(found.ward.as_deref().unwrap_or_default()));
    let found = found.ok_or(ServiceError::NotFound("連携の記録"))?;
    let before = state(&found.state)?;
    let after = after(before, decision.action).ok_or_else(|| {
        let text = format!("「{}」の記録にはできない操作です", before.name());
        ServiceError::Conflict(Problem::new(text).at("action"))
    })?;
    if reason.is_empty() && decision.action == LinkAction::Settle {
        return Err(ServiceError::invalid_at("reason", "理由を入力してください"));
    }
    let written = on_tx!(&mut tx, c => sqlx::query(WRITE).bind(after.key()).bind(reason)
        .bind(&user.login).bind(id).bind(before.key()).execute(c).await?.rows_affected());
    if written == 0 {
        let text = "この記録の状態が、いま変わりました。読み直してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("action")));
    }
    let entry = Entry::new(user, AuditAction::Inquire, clock.now());
    let entry = match found.household_id {
        Some(household) => entry.of_household(household, [found.person_id]),
        None => entry,
    };
    entry
        .detail(format!("interchange {id} {}", after.key()))
        .write(&mut tx)
        .await?;
    tx.commit().await
}

fn after(before: LinkState, action: LinkAction) -> Option<LinkState> {
    match (action, before) {
        (LinkAction::Retry, LinkState::Rejected | LinkState::Sent) => Some(LinkState::Queued),
        (LinkAction::Settle, LinkState::Rejected | LinkState::Sent) => Some(LinkState::Settled),
        _ => None,
    }
}
