//! 要処理: `GET /api/queue`, what waits for somebody, with its age.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why somebody stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum QueueKind {
    /// 住民でなくなったのに資格が続いている.
    Gone,
    /// 住民になったが資格の届出がない.
    NotReported,
    /// 75歳を過ぎたのに喪失が登録されていない.
    Past75,
    /// 75歳になる.
    Turns75,
    /// 70歳になる: 負担割合.
    Turns70,
    /// 65歳になる: 介護分が終わる.
    Turns65,
    /// 40歳になる: 介護分が始まる.
    Turns40,
    /// 所得が分からないか申告されていない.
    IncomeMissing,
    /// 決定の後に、保険料にかかわる事実が変わった.
    DecisionDue,
    /// 年度の決定が済んでいるのに、この世帯の決定がない.
    Undecided,
    /// 市内の施設の入所者で、前住所地が他市町村なのに加入している.
    HostInsured,
}

impl QueueKind {
    pub const ALL: [QueueKind; 11] = [
        QueueKind::HostInsured,
        QueueKind::DecisionDue,
        QueueKind::Undecided,
        QueueKind::Gone,
        QueueKind::NotReported,
        QueueKind::Past75,
        QueueKind::Turns75,
        QueueKind::Turns70,
        QueueKind::Turns65,
        QueueKind::Turns40,
        QueueKind::IncomeMissing,
    ];

    pub fn name(self) -> &'static str {
        match self {
            QueueKind::Gone => "転出・死亡したが資格が続いている人",
            QueueKind::NotReported => "住民になったが資格の届出がない人",
            QueueKind::Past75 => "75歳を過ぎたが喪失していない人",
            QueueKind::Turns75 => "75歳になる人（後期高齢者医療へ）",
            QueueKind::Turns70 => "70歳になる人（負担割合）",
            QueueKind::Turns65 => "65歳になる人（介護分が終わる）",
            QueueKind::Turns40 => "40歳になる人（介護分が始まる）",
            QueueKind::IncomeMissing => "所得が未申告または不明の人",
            QueueKind::DecisionDue => "決定の後に事実が変わった世帯（再決定）",
            QueueKind::Undecided => "今年度の決定がない加入者",
            QueueKind::HostInsured => "他市町村が保険者のはずの施設入所者（住所地特例）",
        }
    }

    /// What the day of an item is.
    pub fn day(self) -> &'static str {
        match self {
            QueueKind::Gone => "消除日",
            QueueKind::NotReported => "住民日",
            QueueKind::Past75
            | QueueKind::Turns75
            | QueueKind::Turns70
            | QueueKind::Turns65
            | QueueKind::Turns40 => "誕生日",
            QueueKind::IncomeMissing | QueueKind::Undecided => "資格取得日",
            QueueKind::DecisionDue => "変更の受付日",
            QueueKind::HostInsured => "入所日",
        }
    }
}

/// One person who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueItem {
    pub household_id: i64,
    pub household_number: String,
    pub person_id: i64,
    pub name: String,
    pub birth_date: NaiveDate,
    pub ward: String,
    /// The day that matters.
    pub on: NaiveDate,
    /// The year to be decided, where that is what is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<i32>,
}

/// Everybody who waits for the same reason, those who have waited longest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueGroup {
    pub kind: QueueKind,
    pub count: i64,
    /// At most two hundred.
    pub items: Vec<QueueItem>,
}
