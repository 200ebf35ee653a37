//! 照会: `POST /api/households/{id}/inquiries`, the list of those that are open, and what becomes
//! of an answer.

use crate::calendar::FiscalYear;
use crate::ids::{HouseholdId, PersonId};
use crate::linkage::answer::InquiryAnswer;
use crate::linkage::basis::{Dataset, Holder};
use crate::linkage::inquiry::InquiryState;
use crate::linkage::matching::Difference;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One person, one kind of information, one purpose, one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InquiryWish {
    pub person_id: PersonId,
    pub dataset: Dataset,
    pub holder: Holder,
    /// 提供者の機関コード: a municipality's five digits, an insurer's number …
    pub holder_code: String,
    pub fiscal_year: FiscalYear,
    /// 照会の目的: why, for the record; no names.
    pub purpose: String,
}

/// An inquiry as the office sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InquiryView {
    /// 照会番号.
    pub id: i64,
    pub household_id: HouseholdId,
    pub person_id: PersonId,
    pub name: String,
    pub dataset: Dataset,
    pub holder: Holder,
    pub holder_code: String,
    pub fiscal_year: FiscalYear,
    pub purpose: String,
    /// 根拠: law and item.
    pub basis: String,
    pub state: InquiryState,
    /// RFC 3339.
    pub created_at: String,
    pub created_by: String,
    pub deadline: NaiveDate,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<InquiryAnswer>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closed_reason: String,
}

/// What becomes of an inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InquirySettlement {
    /// 採用: what the answer says becomes a fact.
    Adopt,
    /// 不採用.
    Reject,
    /// 再照会.
    Retry,
    /// 文書照会に切り替える.
    ToPaper,
    /// 取消し, before it was sent.
    Cancel,
}

/// `POST /api/inquiries/{id}/settlement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settle {
    pub settlement: InquirySettlement,
    /// The household's revision that the clerk saw; another one since then refuses an adoption.
    pub revision: i64,
    /// Why, where nothing is adopted; no names.
    #[serde(default)]
    pub reason: String,
}

/// `GET /api/inquiries`: those that wait for the office first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenInquiries {
    pub count: i64,
    /// At most five hundred.
    pub items: Vec<InquiryView>,
}

/// `GET /api/inquiries/counts`: how many are not settled. Nobody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InquiryCounts {
    /// Those for whose answer this office waits.
    pub awaited: i64,
    /// Those that wait for this office: an answer to be looked at, or something to be asked again.
    pub ours: i64,
}
