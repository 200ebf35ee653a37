//! 世帯の収納状況: what was booked, told as a story.

use super::book::EntryRow;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use chrono::NaiveDate;
use kokuho_shared::api::ledger::{InstalmentBalance, JournalView, LedgerView};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::collection::booking::{JournalKind, LedgerAccount, LedgerEntry};
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::money::Yen;
use sqlx::FromRow;
use std::collections::{BTreeMap, HashMap};

#[derive(FromRow)]
struct JournalRow {
    id: i64,
    kind: String,
    source: String,
    business_date: NaiveDate,
    posted_at: i64,
    posted_by: String,
}

#[derive(FromRow)]
struct LineRow {
    journal_id: i64,
    #[sqlx(flatten)]
    row: EntryRow,
}

/// A household's ledger of a year, oldest journal first.
pub async fn of_household(
    db: &Db,
    household: HouseholdId,
    fiscal_year: FiscalYear,
) -> Result<LedgerView, ServiceError> {
    const JOURNALS: &str = "SELECT id, kind, source, business_date, posted_at, posted_by FROM journal \
        WHERE household_id = $1 AND fiscal_year = $2 ORDER BY posted_at, id";
    const LINES: &str = "SELECT e.journal_id, e.household_id, e.account, e.instalment, e.part, e.due_on, e.amount \
        FROM journal j JOIN ledger_entry e ON e.household_id = j.household_id AND e.journal_id = j.id \
        WHERE j.household_id = $1 AND j.fiscal_year = $2 ORDER BY e.journal_id, e.line";
    let year = fiscal_year;
    let (journals, lines): (Vec<JournalRow>, Vec<LineRow>) = on_db!(db, pool => (
        sqlx::query_as(JOURNALS).bind(household).bind(year).fetch_all(pool).await?,
        sqlx::query_as(LINES).bind(household).bind(year).fetch_all(pool).await?,
    ));
    let mut by_journal: HashMap<i64, Vec<LedgerEntry>> = HashMap::new();
    for line in &lines {
        let entries = by_journal.entry(line.journal_id).or_default();
        entries.push(line.row.entry()?);
    }
    let entries = by_journal.values().flatten().copied();
    let instalments = instalments(entries);
    let journals = journals
        .into_iter()
        .map(|row| view(row, &by_journal))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(LedgerView {
        fiscal_year,
        levied: instalments.iter().map(|each| each.levied).sum(),
        open: instalments.iter().map(|each| each.open).sum(),
        instalments,
        journals,
    })
}

/// What is owed of each instalment; debits of 収入未済 are levied, credits come from elsewhere.
fn instalments(entries: impl Iterator<Item = LedgerEntry>) -> Vec<InstalmentBalance> {
    let mut all: BTreeMap<u8, InstalmentBalance> = BTreeMap::new();
    for entry in entries.filter(|entry| entry.account == LedgerAccount::Receivable) {
        let place = all
            .entry(entry.instalment)
            .or_insert_with(|| InstalmentBalance {
                number: entry.instalment,
                due_on: entry.due_on,
                levied: Yen::ZERO,
                open: Yen::ZERO,
            });
        place.levied += entry.amount;
        place.open += entry.amount;
        place.due_on = entry.due_on.or(place.due_on);
    }
    all.into_values().collect()
}

fn view(
    row: JournalRow,
    entries: &HashMap<i64, Vec<LedgerEntry>>,
) -> Result<JournalView, ServiceError> {
    let kind = JournalKind::of_key(&row.kind)
        .ok_or_else(|| ServiceError::Internal(format!("journal kind {}", row.kind)))?;
    let entries = entries.get(&row.id).cloned().unwrap_or_default();
    let owed = entries
        .iter()
        .filter(|entry| entry.account == LedgerAccount::Receivable);
    Ok(JournalView {
        id: row.id,
        kind,
        source: row.source,
        business_date: row.business_date,
        posted_at: Instant(row.posted_at).text(),
        posted_by: row.posted_by,
        amount: owed.map(|entry| entry.amount).sum(),
        entries,
    })
}
