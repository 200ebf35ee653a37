//! A letter as it will be stored: what it says, to whom, what it is about, and the hash that binds it.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::press::Press;
use crate::store::Tx;
use crate::store::bulk::Value;
use chrono::NaiveDate;
use kokuho_letters::Letter;
use kokuho_shared::api::document::DocumentState;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::text::fold_place;

/// What a letter is about, and how it goes.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// 文書の種類, as its room calls it. It is stored: never renamed.
    pub kind: &'static str,
    pub household_id: i64,
    /// Whom it is about, where that is one person.
    pub person_id: Option<i64>,
    /// What it tells of: a decision, a case, a receipt. Which of them, its kind says; each is told once.
    pub subject_id: Option<i64>,
    pub fiscal_year: FiscalYear,
    /// The run with which it is printed; of the counter none.
    pub run_id: Option<i64>,
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

pub struct Prepared {
    pub letter: Letter,
    pub about: About,
    sha256: String,
}

impl Prepared {
    /// Refused where amounts contradict or something cannot be set.
    pub fn new(letter: Letter, about: About, press: &Press) -> Result<Prepared, ServiceError> {
        letter.check()?;
        let sha256 = press.hash(&letter)?;
        Ok(Prepared {
            letter,
            about,
            sha256,
        })
    }

    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    fn row(&self, at: Instant, by: &str) -> Result<Vec<Value>, ServiceError> {
        let (letter, about) = (&self.letter, &self.about);
        Ok(vec![
            Value::Text(letter.number.clone()),
            Value::Word(about.kind),
            Value::Int(about.household_id),
            Value::OptInt(about.person_id),
            Value::OptInt(about.subject_id),
            Value::Int(i64::from(about.fiscal_year.0)),
            Value::OptInt(about.run_id),
            Value::Date(letter.business_date),
            Value::Int(at.0),
            Value::Text(by.to_owned()),
            Value::Text(about.ward.clone()),
            Value::Text(letter.addressee.postcode.clone()),
            Value::Text(place_of(letter)),
            Value::Int(about.pages),
            Value::Int(about.enclosed),
            Value::Text(serde_json::to_string(letter)?),
            Value::Text(self.sha256.clone()),
            Value::OptDate(about.valid_until),
            Value::OptDate(about.reply_by),
            Value::Int(about.reminders),
            Value::Word(DocumentState::Open.key()),
            Value::Text(about.remark.clone()),
        ])
    }
}

const LETTER: &[&str] = &[
    "number",
    "kind",
    "household_id",
    "person_id",
    "subject_id",
    "fiscal_year",
    "run_id",
    "issued_on",
    "issued_at",
    "issued_by",
    "ward",
    "postcode",
    "place",
    "pages",
    "enclosed",
    "content",
    "content_sha256",
    "valid_until",
    "reply_by",
    "reminders",
    "state",
    "remark",
];

/// Writes letters of one moment that somebody issues.
pub async fn write(
    tx: &mut Tx,
    letters: impl IntoIterator<Item = &Prepared>,
    at: Instant,
    by: &str,
) -> Result<(), ServiceError> {
    let rows = letters.into_iter().map(|letter| letter.row(at, by));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    tx.insert("letter", LETTER, &rows).await
}

/// 居所 to which a letter is addressed, in the spelling in which places are compared.
pub fn place_of(letter: &Letter) -> String {
    fold_place(&letter.addressee.address.concat())
}
