//! Records by account or household, the newest first.

use super::entry::Entry;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use kokuho_shared::api::audit::AuditRecord;
use kokuho_shared::ids::HouseholdId;

/// Which records are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub login: String,
    pub household: Option<HouseholdId>,
    /// Only records before this one.
    pub before: Option<i64>,
}

const PAGE: i64 = 200;

pub async fn search(db: &Db, wanted: &Wanted) -> Result<Vec<AuditRecord>, ServiceError> {
    const SQL: &str = "SELECT seq, content FROM audit_entry WHERE seq < $1 \
        AND ($2 = '' OR login = $2) AND ($3 = 0 OR household = $3) ORDER BY seq DESC LIMIT $4";
    let before = wanted.before.unwrap_or(i64::MAX);
    let household = wanted.household.unwrap_or_default();
    let rows: Vec<(i64, String)> = on_db!(db, pool => sqlx::query_as(SQL)
        .bind(before).bind(wanted.login.trim()).bind(household).bind(PAGE).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(seq, content)| record(seq, &content))
        .collect()
}

fn record(seq: i64, content: &str) -> Result<AuditRecord, ServiceError> {
    let entry: Entry = serde_json::from_str(content)?;
    Ok(AuditRecord {
        seq,
        at: Instant(entry.at).text(),
        login: entry.login,
        role: entry.role,
        what: entry.what.key().to_owned(),
        household: entry.household,
        persons: entry.persons,
        detail: entry.detail,
        channel: entry.channel,
        machine_user: entry.machine_user,
    })
}
