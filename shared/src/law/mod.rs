//! 法令の数値 (figures of the law): dated, each with its source and state.

use serde::Deserialize;

/// Whether a figure was seen in its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueState {
    Verified,
    Unverified,
}

/// Why a figure of the law cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    #[error("{year}年分の{table}の表がありません")]
    MissingYear { table: &'static str, year: i32 },
    #[error("パラメータを読めません: {0}")]
    Unreadable(String),
}
