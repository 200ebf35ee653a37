//! A document as it will be stored: its letter, the hash that binds it, and its row.

use super::{Composed, Row};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::press::Press;
use crate::store::bulk::Value;
use chrono::NaiveDate;
use kokuho_letters::{Addressee, Content, Letter};
use kokuho_shared::api::document::{DocumentState, DocumentWish};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::text::fold_place;

/// Who issues it when, and in which renewal.
pub struct Source<'a> {
    pub issued_on: NaiveDate,
    pub issued_by: &'a str,
    pub run_id: Option<i64>,
}

pub struct Prepared {
    pub letter: Letter,
    pub row: Row,
    ward: String,
    postcode: String,
    place: String,
    run_id: Option<i64>,
}

/// The counter of a year's documents.
pub fn counter(today: NaiveDate) -> String {
    format!("document-{}", FiscalYear::of(today).0)
}

impl Prepared {
    pub fn new(
        (serial, wish): (i64, &DocumentWish),
        (view, person, addressee): (&HouseholdView, i64, Addressee),
        composed: Composed,
        (press, source): (&Press, &Source<'_>),
    ) -> Result<Prepared, ServiceError> {
        let year = FiscalYear::of(source.issued_on).0;
        let letter = Letter {
            number: format!("D{year}-{serial:07}"),
            addressee,
            sender: press.sender(),
            business_date: source.issued_on,
            fiscal_year: FiscalYear(year),
            content: Content::Document(composed.document),
        };
        letter.check()?;
        let row = Row {
            number: letter.number.clone(),
            kind: wish.kind.key().into(),
            household_id: view.id,
            person_id: person,
            fiscal_year: i64::from(wish.fiscal_year),
            issued_on: source.issued_on,
            issued_by: source.issued_by.to_owned(),
            content: serde_json::to_string(&letter)?,
            content_sha256: press.hash(&letter)?,
            valid_until: composed.valid_until,
            reply_by: composed.reply_by,
            reminders: composed.reminders,
            state: DocumentState::Open.key().into(),
            closed_on: None,
            remark: remark(wish),
        };
        Ok(Prepared {
            ward: view.mailing.ward.open().cloned().unwrap_or_default(),
            place: fold_place(&letter.addressee.address.concat()),
            postcode: letter.addressee.postcode.clone(),
            run_id: source.run_id,
            letter,
            row,
        })
    }

    /// The row of the table, in the order of [`COLUMNS`].
    pub fn values(&self, now: Instant) -> Vec<Value> {
        let row = &self.row;
        vec![
            Value::Text(row.number.clone()),
            Value::Text(row.kind.clone()),
            Value::Int(row.household_id),
            Value::Int(row.person_id),
            Value::Int(row.fiscal_year),
            Value::Date(row.issued_on),
            Value::Int(now.0),
            Value::Text(row.issued_by.clone()),
            Value::Text(row.content.clone()),
            Value::Text(row.content_sha256.clone()),
            Value::OptDate(row.valid_until),
            Value::OptDate(row.reply_by),
            Value::Int(row.reminders),
            Value::Text(row.state.clone()),
            Value::Text(row.remark.clone()),
            Value::OptInt(self.run_id),
            Value::Text(self.ward.clone()),
            Value::Text(self.postcode.clone()),
            Value::Text(self.place.clone()),
        ]
    }
}

pub const COLUMNS: &[&str] = &[
    "number",
    "kind",
    "household_id",
    "person_id",
    "fiscal_year",
    "issued_on",
    "issued_at",
    "issued_by",
    "content",
    "content_sha256",
    "valid_until",
    "reply_by",
    "reminders",
    "state",
    "remark",
    "run_id",
    "ward",
    "postcode",
    "place",
];

/// The remark, with the special reason of an application.
fn remark(wish: &DocumentWish) -> String {
    let (remark, reason) = (wish.remark.trim(), wish.application.special_reason.trim());
    match (remark, reason) {
        (remark, "") => remark.to_owned(),
        ("", reason) => format!("特別の事情：{reason}"),
        (remark, reason) => format!("{remark}　特別の事情：{reason}"),
    }
}

/// The head of the household, where papers go.
pub fn head_of(view: &HouseholdView) -> Result<Addressee, ServiceError> {
    let hidden = || ServiceError::Internal("a hidden address cannot be printed".into());
    let head = view.payer_member();
    let head = head.ok_or(ServiceError::NotFound("世帯主"))?;
    Ok(Addressee {
        name: head.name.clone(),
        postcode: view.mailing.postcode.open().cloned().ok_or_else(hidden)?,
        address: vec![view.mailing.address.open().cloned().ok_or_else(hidden)?],
    })
}
