//! 提供の求めの一覧: how many there are, and those that wait for somebody.

use super::stored::word;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use chrono::{Days, NaiveDate};
use kokuho_shared::api::provision::{ProvisionCount, ProvisionItem, ProvisionRequests};
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::provision::request::{ProvisionDecision, ProvisionKind, ProvisionState};
use sqlx::FromRow;

/// So many are listed; all are counted.
const MOST: i64 = 200;
/// After so many days a request is late.
const LATE_DAYS: u64 = 5;

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
    decision: Option<String>,
    reason: String,
    person_id: Option<PersonId>,
    household_id: Option<HouseholdId>,
    name: Option<String>,
    resident_number: String,
    income_year: i64,
    received_on: NaiveDate,
}

/// Counts of everything, and the requests that need somebody, in one ward where the account is limited to it.
pub async fn all(db: &Db, ward: &str, today: NaiveDate) -> Result<ProvisionRequests, ServiceError> {
    const COUNTS: &str = "SELECT r.kind, r.state, COUNT(*) AS count FROM provision_request r \
        LEFT JOIN person_fact p ON p.person_id = r.person_id AND p.superseded_at IS NULL \
        WHERE ($1 = '' OR p.ward = $1) GROUP BY r.kind, r.state ORDER BY r.kind, r.state";
    const ITEMS: &str = "SELECT r.id, r.kind, r.state, r.decision, r.reason, r.person_id, m.household_id, p.name, \
        r.resident_number, r.income_year, r.received_on \
        FROM provision_request r LEFT JOIN person_fact p ON p.person_id = r.person_id AND p.superseded_at IS NULL \
        LEFT JOIN membership_fact m ON m.person_id = r.person_id AND m.superseded_at IS NULL \
        WHERE ($1 = '' OR p.ward = $1) AND (r.state = 'waiting' OR (r.state = 'queued' AND r.received_on < $2)) \
        ORDER BY r.received_on, r.id LIMIT $3";
    let late = today
        .checked_sub_days(Days::new(LATE_DAYS))
        .unwrap_or(today);
    let counts: Vec<Counted> =
        on_db!(db, pool => sqlx::query_as(COUNTS).bind(ward).fetch_all(pool).await?);
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(ITEMS).bind(ward).bind(late).bind(MOST)
        .fetch_all(pool).await?);
    let count = |row: Counted| {
        Ok(ProvisionCount {
            kind: word(ProvisionKind::of_key, &row.kind)?,
            state: word(ProvisionState::of_key, &row.state)?,
            count: row.count,
        })
    };
    let counts = counts.into_iter().map(count);
    let items = rows.into_iter().map(|row| item(row, late));
    Ok(ProvisionRequests {
        counts: counts.collect::<Result<_, ServiceError>>()?,
        items: items.collect::<Result<_, ServiceError>>()?,
    })
}

fn item(row: Row, late: NaiveDate) -> Result<ProvisionItem, ServiceError> {
    let decision = row.decision.as_deref();
    let decision = decision.map(|decision| word(ProvisionDecision::of_key, decision));
    Ok(ProvisionItem {
        id: row.id,
        kind: word(ProvisionKind::of_key, &row.kind)?,
        state: word(ProvisionState::of_key, &row.state)?,
        decision: decision.transpose()?,
        reason: row.reason,
        person_id: row.person_id,
        household_id: row.household_id,
        name: row.name.unwrap_or_default(),
        resident_number: row.resident_number,
        income_year: row.income_year,
        received_on: row.received_on,
        late: row.received_on < late,
    })
}
