//! 発行した文書: everything that a household was sent or handed, and printing it again.

use crate::calendar::FiscalYear;
use crate::ids::PersonId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 文書の状態, as somebody at the counter asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IssuedState {
    /// Made by a run, and not printed with it yet.
    #[strum(message = "印刷待ち")]
    Planned,
    /// Printed with its run, and on its way.
    #[strum(message = "印刷済み")]
    Printed,
    /// Handed out or sent singly.
    #[strum(message = "発行済み")]
    Issued,
    #[strum(message = "回答あり")]
    Replied,
    #[strum(message = "返納")]
    Returned,
    #[strum(message = "亡失・き損")]
    Lost,
    #[strum(message = "無効")]
    Void,
    #[strum(message = "宛先不明で返戻")]
    Undeliverable,
    /// 差替え: a newer slip of the same instalment took its place.
    #[strum(message = "差替え済み")]
    Replaced,
}

coded!(IssuedState, named);

/// One letter, document or slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdLetter {
    /// 文書番号 or 納付書番号.
    pub number: String,
    /// The key of its kind, and what it is called.
    pub kind: String,
    pub name: String,
    pub fiscal_year: FiscalYear,
    /// 期, of a slip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment: Option<i64>,
    pub issued_on: NaiveDate,
    pub issued_by: String,
    pub issued_by_name: String,
    /// 宛名.
    pub addressee: String,
    /// Whom it is about, where that is one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    pub state: IssuedState,
    /// How often it was printed again.
    pub reprints: i64,
    /// Whether the caller may open it: it may tell a guarded place (支援措置).
    pub may_open: bool,
    /// The address of its PDF.
    pub pdf: String,
}

/// `GET /api/households/{id}/letters`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdLetters {
    pub total: i64,
    /// From 1; fifty on each.
    pub page: i64,
    pub letters: Vec<HouseholdLetter>,
}

/// `POST /api/letters/{number}/reprints`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reprint {
    /// Why, at most 200 characters; may be empty.
    #[serde(default)]
    pub reason: String,
}
