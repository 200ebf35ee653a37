//! 調定 of many households at once, and what stands in the ledger before it.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Row, Tx};
use crate::{on_db, on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::collection::booking::{Booked, Journal, LedgerAccount, LedgerEntry};
use kokuho_shared::ids::{HouseholdId, RunId};
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use serde::Deserialize;
use sqlx::FromRow;
use std::collections::HashMap;

/// A journal with its place in the ledger.
pub struct Posting {
    pub household_id: HouseholdId,
    pub id: i64,
    pub fiscal_year: FiscalYear,
    /// What it is made from; a second posting from the same is refused by the database.
    pub source: String,
    pub run_id: RunId,
    pub business_date: NaiveDate,
    pub at: Instant,
    pub by: String,
    pub journal: Journal,
}

/// So many journals are posted in one statement while somebody looks.
const SHORT: usize = 30;

/// Posts journals: a header and all its entries, or nothing.
pub async fn post(tx: &mut Tx, mut postings: &[Posting]) -> Result<(), ServiceError> {
    while !postings.is_empty() {
        let at_once = tx.at_once(postings.len(), SHORT).await;
        let (now, then) = postings.split_at(at_once);
        post_at_once(tx, now).await?;
        postings = then;
    }
    Ok(())
}

async fn post_at_once(tx: &mut Tx, postings: &[Posting]) -> Result<(), ServiceError> {
    let mut entries = Vec::with_capacity(postings.len() * 14);
    let mut journals = Vec::with_capacity(postings.len());
    for posting in postings {
        let sum: Yen = posting
            .journal
            .entries
            .iter()
            .map(|entry| entry.amount)
            .sum();
        if sum != Yen::ZERO {
            let message = format!("journal {} does not add up", posting.id);
            return Err(ServiceError::Internal(message));
        }
        let numbered = posting.journal.entries.iter().zip(1..);
        entries.extend(numbered.map(|(entry, line)| entry_row(posting, entry, line)));
        journals.push(header(posting));
    }
    // PostgreSQL checks the entries of a statement against their headers; SQLite, which sees one
    // row at a time, checks a header against the entries that are there.
    if tx.checks_statements() {
        tx.insert("journal", &journals).await?;
        tx.insert_at_once("ledger_entry", &entries).await
    } else {
        tx.insert("ledger_entry", &entries).await?;
        tx.insert("journal", &journals).await
    }
}

fn entry_row(posting: &Posting, entry: &LedgerEntry, line: i64) -> Row {
    row! {
        household_id: posting.household_id,
        journal_id: posting.id,
        line,
        account: entry.account.key(),
        instalment: entry.instalment,
        part: entry.part.map_or("", Part::key),
        due_on: entry.due_on,
        amount: entry.amount,
    }
}

fn header(posting: &Posting) -> Row {
    let entries = i64::try_from(posting.journal.entries.len()).unwrap_or(i64::MAX);
    row! {
        household_id: posting.household_id,
        id: posting.id,
        fiscal_year: posting.fiscal_year,
        kind: posting.journal.kind.key(),
        source: posting.source.clone(),
        run_id: posting.run_id,
        business_date: posting.business_date,
        posted_at: posting.at,
        posted_by: posting.by.clone(),
        entries,
    }
}

#[derive(Deserialize, FromRow)]
pub struct EntryRow {
    pub household_id: HouseholdId,
    pub account: String,
    pub instalment: i64,
    pub part: String,
    pub due_on: Option<NaiveDate>,
    pub amount: i64,
}

impl EntryRow {
    pub fn entry(&self) -> Result<LedgerEntry, ServiceError> {
        let unknown =
            || ServiceError::Internal(format!("ledger: {} {}", self.account, self.instalment));
        Ok(LedgerEntry {
            account: LedgerAccount::of_key(&self.account).ok_or_else(unknown)?,
            instalment: u8::try_from(self.instalment).map_err(|_| unknown())?,
            part: Part::ALL.into_iter().find(|part| part.key() == self.part),
            due_on: self.due_on,
            amount: Yen(self.amount),
        })
    }
}

/// Only 調定 counts here: receipts do not change what was levied.
macro_rules! booked {
    ($households:literal, $year:literal) => {
        concat!(
            "SELECT e.household_id, e.account, e.instalment, e.part, e.due_on, e.amount FROM journal j \
             JOIN ledger_entry e ON e.household_id = j.household_id AND e.journal_id = j.id WHERE j.household_id ",
            $households,
            " AND j.fiscal_year = ",
            $year,
            " AND j.kind IN ('initial', 'increase', 'decrease', 'rearrangement') \
             ORDER BY e.household_id, e.journal_id, e.line"
        )
    };
}
const BOOKED: &str = booked!("BETWEEN $1 AND $2", "$3");
/// What is booked of one household's year (`store::together::Asked`).
pub const OF_ONE: &str = booked!("= $1", "$6");

/// What is booked of a year for the households with ids from `first` to `last`.
pub async fn booked(
    db: &Db,
    first: i64,
    last: i64,
    fiscal_year: FiscalYear,
) -> Result<HashMap<HouseholdId, Booked>, ServiceError> {
    let rows: Vec<EntryRow> = on_db!(db, pool => sqlx::query_as(BOOKED)
        .bind(first).bind(last).bind(fiscal_year).fetch_all(pool).await?);
    by_household(&rows)
}

/// The same for one household, inside a transaction that holds it.
pub async fn booked_in(
    tx: &mut Tx,
    household: HouseholdId,
    fiscal_year: FiscalYear,
) -> Result<Booked, ServiceError> {
    let rows: Vec<EntryRow> = on_tx!(tx, connection => sqlx::query_as(BOOKED)
        .bind(household).bind(household).bind(fiscal_year).fetch_all(connection).await?);
    of_one(&rows)
}

/// What the rows of one household book.
pub fn of_one(rows: &[EntryRow]) -> Result<Booked, ServiceError> {
    let mut booked = Booked::default();
    for row in rows {
        booked.add(&row.entry()?);
    }
    Ok(booked)
}

fn by_household(rows: &[EntryRow]) -> Result<HashMap<HouseholdId, Booked>, ServiceError> {
    let mut all: HashMap<HouseholdId, Booked> = HashMap::new();
    for row in rows {
        all.entry(row.household_id).or_default().add(&row.entry()?);
    }
    Ok(all)
}
