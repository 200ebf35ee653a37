//! A document as it will be stored.

use super::{Composed, Subject};
use crate::correspondence::{About, PreparedLetter};
use crate::error::ServiceError;
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_letters::{Addressee, Content, Letter};
use kokuho_shared::api::document::DocumentWish;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::RunId;

/// With which number it is issued, when, and in which renewal.
pub struct Source {
    pub serial: i64,
    pub issued_on: NaiveDate,
    pub run_id: Option<RunId>,
}

/// The counter of a year's documents.
pub fn counter(today: NaiveDate) -> String {
    format!("document-{}", FiscalYear::of(today))
}

/// A paper, question or form of a person, with the number that is kept for it.
pub fn prepare(
    wish: &DocumentWish,
    subject: Subject<'_>,
    addressee: Addressee,
    composed: Composed,
    press: &Typesetting,
    source: &Source,
) -> Result<PreparedLetter, ServiceError> {
    let view = subject.view;
    let year = FiscalYear::of(source.issued_on);
    let letter = Letter {
        number: format!("D{year}-{:07}", source.serial),
        addressee,
        sender: press.sender(),
        business_date: source.issued_on,
        fiscal_year: year,
        content: Content::Document(composed.document),
    };
    let about = About {
        kind: wish.kind.key(),
        household_id: view.id,
        person_id: Some(subject.member.person_id),
        fiscal_year: wish.fiscal_year,
        run_id: source.run_id,
        ward: view.mailing.ward.open().cloned().unwrap_or_default(),
        pages: 1,
        valid_until: composed.valid_until,
        reply_by: composed.reply_by,
        reminders: composed.reminders,
        remark: remark(wish),
        ..About::default()
    };
    PreparedLetter::new(letter, about, press)
}

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
        barcode: !view.is_guarded(),
    })
}
