//! 提供の求め: what another office asks about a person, whether it is told, and how far the answer is.

use serde::{Deserialize, Serialize};

/// Who asks, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProvisionKind {
    /// 本市税務へ: 所得申告書の回答 (賦課 14, 15).
    #[strum(message = "本市税務：所得申告書の回答")]
    IncomeReport,
}

coded!(ProvisionKind, named);

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProvisionState {
    /// 承認待ち: somebody decides whether it is told.
    #[strum(message = "承認待ち")]
    Waiting,
    /// 送信待ち: decided, or of somebody unknown, and not sent yet.
    #[strum(message = "送信待ち")]
    Queued,
    /// 回答済み: the answer has left.
    #[strum(message = "回答済み")]
    Answered,
}

coded!(ProvisionState, named);

/// Whether it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProvisionDecision {
    /// What the other office asked for is sent.
    #[strum(message = "回答する")]
    Answer,
    /// The other office is told that it is not answered.
    #[strum(message = "回答しない")]
    Refuse,
}

coded!(ProvisionDecision, named);
