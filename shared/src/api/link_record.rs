//! 連携の状況: `GET /api/interchange`, and what somebody does about a record.

use crate::api::import::FileKind;
use crate::calendar::FiscalYear;
use crate::ids::HouseholdId;
use crate::linkage::link_record::{LinkKind, LinkState};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How many records of a kind are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkCount {
    pub kind: LinkKind,
    pub state: LinkState,
    pub count: i64,
}

/// A record that needs somebody: refused or late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkItem {
    pub id: i64,
    pub kind: LinkKind,
    pub state: LinkState,
    pub household_id: Option<HouseholdId>,
    pub name: String,
    pub queued_on: NaiveDate,
    pub code: String,
    pub message: String,
    pub income_year: Option<i64>,
    /// 5日以内の登録 (規則4条の2) has passed without an answer.
    pub late: bool,
}

/// 分割配信 of which files are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncompleteDelivery {
    pub kind: FileKind,
    pub delivery: String,
    pub parts: i64,
    pub arrived: i64,
}

impl IncompleteDelivery {
    /// As people read it.
    pub fn sentence(&self) -> String {
        format!(
            "{}の配信 {} は{}ファイルのうち{}ファイルしか届いていません",
            self.kind.name(),
            self.delivery,
            self.parts,
            self.arrived
        )
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkOverview {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<IncompleteDelivery>,
    pub counts: Vec<LinkCount>,
    /// At most two hundred, the oldest first.
    pub items: Vec<LinkItem>,
}

/// `POST /api/interchange/{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LinkAction {
    /// 再送する.
    Retry,
    /// 処理済みにする.
    Settle,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkDecision {
    pub action: LinkAction,
    /// Why, where it is settled.
    #[serde(default)]
    pub reason: String,
}

/// `POST /api/households/{id}/refresh`: asks the city's own offices for what they know now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refresh {
    pub kind: LinkKind,
    pub fiscal_year: FiscalYear,
}
