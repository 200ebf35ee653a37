//! A letter as it is stored, and the same letter set again.

use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_letters::Letter;
use kokuho_shared::api::Problem;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

#[derive(Clone, Debug, FromRow)]
pub struct StoredLetter {
    pub number: String,
    pub kind: String,
    pub household_id: HouseholdId,
    pub person_id: Option<PersonId>,
    pub fiscal_year: FiscalYear,
    pub issued_on: NaiveDate,
    pub issued_at: i64,
    pub issued_by: String,
    pub content: String,
    pub content_sha256: String,
    pub valid_until: Option<NaiveDate>,
    pub reply_by: Option<NaiveDate>,
    pub reminders: i64,
    pub state: String,
    pub closed_on: Option<NaiveDate>,
    pub remark: String,
}

/// SELECT of what [`Stored`] reads, and the rest of the statement.
macro_rules! stored {
    ($rest:literal) => {
        concat!(
            "SELECT number, kind, household_id, person_id, fiscal_year, issued_on, issued_at, issued_by, content, \
             content_sha256, valid_until, reply_by, reminders, state, closed_on, remark FROM letter ",
            $rest
        )
    };
}

impl StoredLetter {
    /// The letter as it was issued, or a refusal.
    pub fn letter(&self, press: &Typesetting) -> Result<Letter, ServiceError> {
        unchanged(&self.number, &self.content, &self.content_sha256, press)
    }
}

/// The letter of a number as it was issued: the same content, template and fonts, to the same addressee.
pub fn unchanged(
    number: &str,
    content: &str,
    sha256: &str,
    press: &Typesetting,
) -> Result<Letter, ServiceError> {
    let letter: Letter = serde_json::from_str(content)?;
    refuse_crossed(number, &letter)?;
    if press.hash(&letter)? == sha256 {
        return Ok(letter);
    }
    let text = "発行したときと内容・雛形・書体のどれかが違うため、同じ文書を作れません";
    Err(ServiceError::Conflict(Problem::new(text)))
}

/// 文書の取違え: what is stored under a number must be the letter of that number.
fn refuse_crossed(number: &str, letter: &Letter) -> Result<(), ServiceError> {
    if letter.number == number {
        return Ok(());
    }
    let text = "この番号の文書の内容が、別の文書のものです。責任者に知らせてください";
    Err(ServiceError::Conflict(Problem::new(text)))
}

pub async fn find(tx: &mut Tx, number: &str) -> Result<StoredLetter, ServiceError> {
    const SQL: &str = stored!("WHERE number = $1");
    let row: Option<StoredLetter> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(number).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("文書"))
}

/// Letters about the people of a household, the newest first.
pub async fn of_household(
    tx: &mut Tx,
    household: HouseholdId,
) -> Result<Vec<StoredLetter>, ServiceError> {
    const SQL: &str = stored!(
        "WHERE household_id = $1 AND person_id IS NOT NULL ORDER BY issued_at DESC, number DESC"
    );
    Ok(on_tx!(tx, c => sqlx::query_as(SQL).bind(household).fetch_all(c).await?))
}

/// What tells of a decision, a case or a receipt.
pub async fn of_subject(
    tx: &mut Tx,
    kind: &str,
    subject: impl Into<i64>,
) -> Result<Option<StoredLetter>, ServiceError> {
    const SQL: &str = stored!("WHERE kind = $1 AND subject_id = $2");
    Ok(
        on_tx!(tx, c => sqlx::query_as(SQL).bind(kind).bind(subject.into()).fetch_optional(c).await?),
    )
}

/// What somebody was asked of a year and should have answered before a day.
pub async fn unanswered(
    tx: &mut Tx,
    person: PersonId,
    kind: &str,
    fiscal_year: FiscalYear,
    before: NaiveDate,
) -> Result<Option<StoredLetter>, ServiceError> {
    const SQL: &str = stored!(
        "WHERE person_id = $1 AND kind = $2 AND fiscal_year = $3 AND state = 'open' AND reply_by < $4 \
         ORDER BY number DESC LIMIT 1"
    );
    Ok(
        on_tx!(tx, c => sqlx::query_as(SQL).bind(person).bind(kind).bind(fiscal_year)
        .bind(before).fetch_optional(c).await?),
    )
}

/// The open letter of a kind to a household with a remark, where there is one.
pub async fn open_with(
    tx: &mut Tx,
    household: HouseholdId,
    kind: &str,
    remark: &str,
) -> Result<Option<StoredLetter>, ServiceError> {
    const SQL: &str = stored!(
        "WHERE household_id = $1 AND kind = $2 AND remark = $3 AND state = 'open' ORDER BY number DESC LIMIT 1"
    );
    Ok(
        on_tx!(tx, c => sqlx::query_as(SQL).bind(household).bind(kind).bind(remark)
        .fetch_optional(c).await?),
    )
}
