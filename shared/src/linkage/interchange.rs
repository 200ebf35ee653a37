//! 内部連携・連合会連携: what goes to and comes from the offices with which records are exchanged
//! every day, without an inquiry of its own.

use serde::{Deserialize, Serialize};

/// What is exchanged, with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LinkKind {
    /// 国保連合会へ: 被保険者異動情報 (資格 18, 19; 規則4条の2).
    Federation,
    /// 本市住基へ: 国民健康保険の資格の記載 (資格 20; 住基法7条10号).
    ResidentMark,
    /// 本市住基へ: 住基情報の照会 (資格 16, 17).
    ResidentsRequest,
    /// 本市税務へ: 地方税情報の照会 (賦課 12, 13).
    IncomesRequest,
    /// 本市税務へ: 所得申告書の回答 (賦課 14, 15).
    IncomeReport,
}

impl LinkKind {
    pub const ALL: [LinkKind; 5] = [
        LinkKind::Federation,
        LinkKind::ResidentMark,
        LinkKind::ResidentsRequest,
        LinkKind::IncomesRequest,
        LinkKind::IncomeReport,
    ];

    /// The name in the database and of its files.
    pub fn key(self) -> &'static str {
        match self {
            LinkKind::Federation => "federation",
            LinkKind::ResidentMark => "resident_mark",
            LinkKind::ResidentsRequest => "residents_request",
            LinkKind::IncomesRequest => "incomes_request",
            LinkKind::IncomeReport => "income_report",
        }
    }

    pub fn of_key(key: &str) -> Option<LinkKind> {
        LinkKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            LinkKind::Federation => "国保連合会：被保険者異動情報",
            LinkKind::ResidentMark => "本市住基：国保資格の記載",
            LinkKind::ResidentsRequest => "本市住基：住基情報の照会",
            LinkKind::IncomesRequest => "本市税務：地方税情報の照会",
            LinkKind::IncomeReport => "本市税務：所得申告書の回答",
        }
    }
}

/// How far a record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LinkState {
    /// 承認待ち: the other office asked, and somebody decides.
    Waiting,
    /// 送信待ち.
    Queued,
    /// 送信済み.
    Sent,
    /// 受理.
    Accepted,
    /// エラー: the other office refused it.
    Rejected,
    /// 処理済み: somebody has looked after it.
    Settled,
}

impl LinkState {
    pub const ALL: [LinkState; 6] = [
        LinkState::Waiting,
        LinkState::Queued,
        LinkState::Sent,
        LinkState::Accepted,
        LinkState::Rejected,
        LinkState::Settled,
    ];

    pub fn key(self) -> &'static str {
        match self {
            LinkState::Waiting => "waiting",
            LinkState::Queued => "queued",
            LinkState::Sent => "sent",
            LinkState::Accepted => "accepted",
            LinkState::Rejected => "rejected",
            LinkState::Settled => "settled",
        }
    }

    pub fn of_key(key: &str) -> Option<LinkState> {
        LinkState::ALL.into_iter().find(|state| state.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            LinkState::Waiting => "承認待ち",
            LinkState::Queued => "送信待ち",
            LinkState::Sent => "送信済み",
            LinkState::Accepted => "受理",
            LinkState::Rejected => "エラー",
            LinkState::Settled => "処理済み",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_states_are_found_again_by_their_keys() {
        for kind in LinkKind::ALL {
            assert_eq!(LinkKind::of_key(kind.key()), Some(kind));
        }
        for state in LinkState::ALL {
            assert_eq!(LinkState::of_key(state.key()), Some(state));
        }
    }
}
