//! 個人番号の登録: `/api/households/{id}/my-number`. A number goes to the server and never back.

use crate::ids::PersonId;
use crate::linkage::matching::Difference;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is known of a person's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NumberState {
    Registered,
    Absent,
    /// 保留: what was told of the person differed.
    InReview,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberStatus {
    pub person_id: PersonId,
    pub state: NumberState,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// `PUT`: a number with the four basic items as they stand on what was shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberBinding {
    pub person_id: PersonId,
    pub number: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    /// 1 男, 2 女.
    pub sex: i64,
    pub address: String,
    /// 確認した書類.
    pub evidence: String,
}
