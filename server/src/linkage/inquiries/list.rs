//! Inquiries as they are kept and shown, with their answers where these may be seen.

use crate::access::keys::Keys;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Tx};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::api::inquiry::{InquiryCounts, InquiryView, InquiryWish, OpenInquiries};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::linkage::answer::InquiryAnswer;
use kokuho_shared::linkage::basis::{Dataset, Holder};
use kokuho_shared::linkage::inquiry::InquiryState;
use sqlx::FromRow;

/// So many of a list are shown.
const MOST: i64 = 500;

/// A row, with the person's name and the household that the person belongs to now: whoever sees
/// that household sees the inquiry.
#[derive(Clone, Debug, FromRow)]
pub struct InquiryRow {
    pub id: i64,
    pub household_id: HouseholdId,
    pub person_id: PersonId,
    pub name: String,
    dataset: String,
    holder: String,
    holder_code: String,
    pub fiscal_year: FiscalYear,
    purpose: String,
    law: String,
    item: String,
    pub state: String,
    created_at: i64,
    created_by: String,
    deadline: NaiveDate,
    differences: String,
    answer: Option<String>,
    closed_reason: String,
    everything: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, m.household_id, q.person_id, p.name, q.dataset, q.holder, q.holder_code, q.fiscal_year, q.purpose, \
             q.law, q.item, q.state, q.created_at, q.created_by, q.deadline, q.differences, q.answer, q.closed_reason, \
             COUNT(*) OVER () AS everything FROM inquiry q \
             JOIN person_fact p ON p.person_id = q.person_id AND p.superseded_at IS NULL \
             JOIN membership_fact m ON m.person_id = q.person_id AND m.superseded_at IS NULL ",
            $rest
        )
    };
}

impl InquiryRow {
    pub fn state(&self) -> Result<InquiryState, ServiceError> {
        InquiryState::of_key(&self.state)
            .ok_or_else(|| ServiceError::Internal(format!("state {}", self.state)))
    }

    /// What was asked, to ask it again.
    pub(super) fn wish(&self) -> Result<InquiryWish, ServiceError> {
        let unknown = |what: &str| ServiceError::Internal(format!("inquiry {what}"));
        Ok(InquiryWish {
            person_id: self.person_id,
            dataset: Dataset::of_key(&self.dataset).ok_or_else(|| unknown("dataset"))?,
            holder: Holder::of_key(&self.holder).ok_or_else(|| unknown("holder"))?,
            holder_code: self.holder_code.clone(),
            fiscal_year: self.fiscal_year,
            purpose: self.purpose.clone(),
        })
    }

    /// What was answered; none where nothing came.
    pub(super) fn opened(&self, keys: &Keys) -> Result<Option<InquiryAnswer>, ServiceError> {
        let Some(sealed) = &self.answer else {
            return Ok(None);
        };
        let bytes = keys.open(&seal_context(self.id), sealed)?;
        Ok(Some(serde_json::from_slice(&bytes)?))
    }

    pub(super) fn dataset_name(&self) -> &'static str {
        Dataset::of_key(&self.dataset).map_or("", Dataset::name)
    }

    /// `keys` opens the answer, where it is to be shown.
    fn view(self, keys: Option<&Keys>) -> Result<InquiryView, ServiceError> {
        let unknown = |what: &str| ServiceError::Internal(format!("inquiry {what}"));
        let state = self.state()?;
        let answer = match keys {
            Some(keys) => self.opened(keys)?,
            None => None,
        };
        Ok(InquiryView {
            id: self.id,
            household_id: self.household_id,
            person_id: self.person_id,
            name: self.name,
            dataset: Dataset::of_key(&self.dataset).ok_or_else(|| unknown("dataset"))?,
            holder: Holder::of_key(&self.holder).ok_or_else(|| unknown("holder"))?,
            holder_code: self.holder_code,
            fiscal_year: self.fiscal_year,
            purpose: self.purpose,
            basis: format!("{} {}の項", self.law, self.item),
            state,
            created_at: Instant(self.created_at).text(),
            created_by: self.created_by,
            deadline: self.deadline,
            differences: serde_json::from_str(&self.differences)?,
            answer,
            closed_reason: self.closed_reason,
        })
    }
}

/// Where an answer is sealed: moved to another inquiry it cannot be opened.
pub fn seal_context(id: i64) -> String {
    format!("inquiry_answer/{id}")
}

/// One inquiry, read by whoever settles it.
pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<InquiryRow, ServiceError> {
    const SQL: &str = select!("WHERE q.id = $1");
    let row: Option<InquiryRow> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("照会"))
}

/// Inquiries of a household, the newest first, with their answers.
pub async fn of_household(
    db: &Db,
    household: HouseholdId,
    keys: &Keys,
) -> Result<Vec<InquiryView>, ServiceError> {
    const SQL: &str = select!("WHERE m.household_id = $1 ORDER BY q.id DESC LIMIT $2");
    let rows: Vec<InquiryRow> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(household).bind(MOST).fetch_all(pool).await?);
    rows.into_iter().map(|row| row.view(Some(keys))).collect()
}

#[derive(FromRow)]
struct StateCount {
    state: String,
    count: i64,
}

/// How many inquiries of the city or a ward are open, by who has to do something.
pub async fn counts(db: &Db, ward: &str) -> Result<InquiryCounts, ServiceError> {
    const SQL: &str = "SELECT q.state, COUNT(*) AS count FROM inquiry q \
        JOIN person_fact p ON p.person_id = q.person_id AND p.superseded_at IS NULL \
        WHERE q.state NOT IN ('adopted', 'rejected', 'on_paper', 'cancelled', 'repeated') AND ($1 = '' OR p.ward = $1) \
        GROUP BY q.state";
    let rows: Vec<StateCount> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(ward).fetch_all(pool).await?);
    let mut counts = InquiryCounts {
        awaited: 0,
        ours: 0,
    };
    for StateCount { state, count } in rows {
        let known = InquiryState::of_key(&state);
        let known =
            known.ok_or_else(|| ServiceError::Internal(format!("inquiry state {state}")))?;
        match known.waits_for_us() {
            true => counts.ours += count,
            false => counts.awaited += count,
        }
    }
    Ok(counts)
}

/// Open inquiries of the city or a ward: those that wait for the office first, then the oldest;
/// their answers are not shown here.
pub async fn open(db: &Db, ward: &str) -> Result<OpenInquiries, ServiceError> {
    const SQL: &str = select!(
        "WHERE q.state NOT IN ('adopted', 'rejected', 'on_paper', 'cancelled', 'repeated') AND ($1 = '' OR p.ward = $1) \
         ORDER BY CASE WHEN q.state IN ('queued', 'sent', 'manual_pending') THEN 1 ELSE 0 END, q.id LIMIT $2"
    );
    let rows: Vec<InquiryRow> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(ward).bind(MOST).fetch_all(pool).await?);
    let count = rows.first().map_or(0, |row| row.everything);
    let items = rows.into_iter().map(|row| row.view(None));
    Ok(OpenInquiries {
        count,
        items: items.collect::<Result<_, _>>()?,
    })
}
