//! 内部連携・連合会連携: what goes to and comes from the offices with which records are exchanged
//! every day, without an inquiry of its own.

use serde::{Deserialize, Serialize};

/// What is exchanged, with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LinkKind {
    /// 国保連合会へ: 被保険者異動情報 (資格 18, 19; 規則4条の2).
    #[strum(message = "国保連合会：被保険者異動情報")]
    Federation,
    /// 本市住基へ: 国民健康保険の資格の記載 (資格 20; 住基法7条10号).
    #[strum(message = "本市住基：国保資格の記載")]
    ResidentMark,
    /// 本市住基へ: 住基情報の照会 (資格 16, 17).
    #[strum(message = "本市住基：住基情報の照会")]
    ResidentsRequest,
    /// 本市税務へ: 地方税情報の照会 (賦課 12, 13).
    #[strum(message = "本市税務：地方税情報の照会")]
    IncomesRequest,
}

coded!(LinkKind, named);

/// How far a record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LinkState {
    #[strum(message = "送信待ち")]
    Queued,
    #[strum(message = "送信済み")]
    Sent,
    #[strum(message = "受理")]
    Accepted,
    /// エラー: the other office refused it.
    #[strum(message = "エラー")]
    Rejected,
    /// 処理済み: somebody has looked after it.
    #[strum(message = "処理済み")]
    Settled,
}

coded!(LinkState, named);
