//! A letter as it will be stored: what it says, to whom, what it is about, and the hash that binds it.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::row;
use crate::store::{Row, Tx};
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_letters::Letter;
use kokuho_shared::api::document::DocumentState;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId, RunId};
use kokuho_shared::text::fold_place;

/// What a letter is about, and how it goes.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// 文書の種類, as its room calls it. It is stored: never renamed.
    pub kind: &'static str,
    pub household_id: HouseholdId,
    /// Whom it is about, where that is one person.
    pub person_id: Option<PersonId>,
    /// What the letter is about (a decision, a case or a receipt: its kind says which). There is at most one for each.
    pub subject_id: Option<i64>,
    pub fiscal_year: FiscalYear,
    /// The run with which it is printed; of the counter none.
    pub run_id: Option<RunId>,
    pub ward: String,
    pub pages: i64,
    /// Slips in the same envelope, which `pages` counts too.
    pub enclosed: i64,
    pub valid_until: Option<NaiveDate>,
    pub reply_by: Option<NaiveDate>,
    /// How often it was asked for before.
    pub reminders: i64,
    pub remark: String,
}

pub struct PreparedLetter {
    pub letter: Letter,
    pub about: About,
    sha256: String,
}

impl PreparedLetter {
    /// Refused where amounts contradict or something cannot be set.
    pub fn new(
        letter: Letter,
        about: About,
        press: &Typesetting,
    ) -> Result<PreparedLetter, ServiceError> {
        letter.check()?;
        let sha256 = press.hash(&letter)?;
        Ok(PreparedLetter {
            letter,
            about,
            sha256,
        })
    }

    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    fn row(&self, at: Instant, by: &str) -> Result<Row, ServiceError> {
        let (letter, about) = (&self.letter, &self.about);
        Ok(row! {
            number: letter.number.clone(),
            kind: about.kind,
            household_id: about.household_id,
            person_id: about.person_id,
            subject_id: about.subject_id,
            fiscal_year: about.fiscal_year,
            run_id: about.run_id,
            issued_on: letter.business_date,
            issued_at: at,
            issued_by: by.to_owned(),
            ward: about.ward.clone(),
            postcode: letter.addressee.postcode.clone(),
            place: place_of(letter),
            pages: about.pages,
            enclosed: about.enclosed,
            content: serde_json::to_string(letter)?,
            content_sha256: self.sha256.clone(),
            valid_until: about.valid_until,
            reply_by: about.reply_by,
            reminders: about.reminders,
            state: DocumentState::Open.key(),
            remark: about.remark.clone(),
        })
    }
}

/// Writes letters of one moment that somebody issues.
pub async fn write(
    tx: &mut Tx,
    letters: impl IntoIterator<Item = &PreparedLetter>,
    at: Instant,
    by: &str,
) -> Result<(), ServiceError> {
    let rows = letters.into_iter().map(|letter| letter.row(at, by));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    tx.insert("letter", &rows).await
}

/// 居所 to which a letter is addressed, in the spelling in which places are compared.
pub fn place_of(letter: &Letter) -> String {
    fold_place(&letter.addressee.address.concat())
}
