//! 納付書: the slips of a household, and one of them issued again.

use crate::calendar::FiscalYear;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 納付書の状態.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SlipState {
    /// The newest of its instalment.
    #[strum(message = "有効")]
    Standing,
    /// 差替え: a newer one of the same instalment took its place; what is paid with it counts all the same.
    #[strum(message = "差替え済み")]
    Replaced,
    /// Nothing is owed of the instalment any more.
    #[strum(message = "無効")]
    Void,
}

coded!(SlipState, named);

/// One of `GET /api/households/{id}/slips`, the newest first. Its PDF is at `/api/slips/{number}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlipView {
    pub number: String,
    pub fiscal_year: FiscalYear,
    /// 期.
    pub instalment: i64,
    /// 再発行区分, from 0.
    pub reissues: i64,
    /// What it asks for.
    pub principal: Yen,
    /// 納期限.
    pub due_on: NaiveDate,
    /// 取扱期限: the last day on which it is taken.
    pub usable_until: NaiveDate,
    pub state: SlipState,
    /// The one that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// 収入未済 of the instalment.
    pub open: Yen,
}

/// `GET /api/households/{id}/slips`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdSlips {
    /// The latest 取扱期限 that one issued again today may have.
    pub latest_usable_until: NaiveDate,
    pub slips: Vec<SlipView>,
}

/// `POST /api/households/{id}/slips/{number}/reissue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlipReissue {
    /// 取扱期限 of the new one: not in the past, not before 納期限, within the days of the city.
    pub usable_until: NaiveDate,
    /// 支援措置: why a paper that tells a guarded place leaves, at most 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reveal_reason: String,
}
