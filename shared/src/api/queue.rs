//! 要処理: `GET /api/queue` and `GET /api/queue?kind=…`, what waits for somebody, with its age.

use crate::calendar::FiscalYear;
use crate::ids::{HouseholdId, PersonId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why somebody stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum QueueKind {
    /// 市内の施設の入所者で、前住所地が他市町村なのに加入している.
    #[strum(message = "他市町村が保険者のはずの施設入所者（住所地特例）")]
    HostInsured,
    /// 決定の後に、保険料にかかわる事実が変わった.
    #[strum(message = "決定の後に事実が変わった世帯（再決定）")]
    DecisionDue,
    /// 年度の決定が済んでいるのに、この世帯の決定がない.
    #[strum(message = "今年度の決定がない加入者")]
    Undecided,
    /// 住民でなくなったのに資格が続いている.
    #[strum(message = "転出・死亡したが資格が続いている人")]
    Gone,
    /// 住民になったが資格の届出がない.
    #[strum(message = "住民になったが資格の届出がない人")]
    NotReported,
    /// 75歳を過ぎたのに喪失が登録されていない.
    #[strum(message = "75歳を過ぎたが喪失していない人")]
    Past75,
    /// 75歳になる.
    #[strum(message = "75歳になる人（後期高齢者医療へ）")]
    Turns75,
    /// 70歳になる: 負担割合.
    #[strum(message = "70歳になる人（負担割合）")]
    Turns70,
    /// 65歳になる: 介護分が終わる.
    #[strum(message = "65歳になる人（介護分が終わる）")]
    Turns65,
    /// 40歳になる: 介護分が始まる.
    #[strum(message = "40歳になる人（介護分が始まる）")]
    Turns40,
    /// 所得が分からないか申告されていない.
    #[strum(message = "所得が未申告または不明の人")]
    IncomeMissing,
    /// 申告書・照会の回答の期限を過ぎた.
    #[strum(message = "申告書・照会の回答が期限までに届いていない人（再度のお願い）")]
    ReplyOverdue,
    /// 在留期間の満了が近いか過ぎた.
    #[strum(message = "在留期間の満了が近い人・過ぎた人")]
    StayEnding,
    /// 支援措置の期間が終わる.
    #[strum(message = "支援措置の期間が終わる人（更新の確認）")]
    ProtectionEnding,
    /// 学生特例: 卒業の予定が近いか過ぎた.
    #[strum(message = "学生特例の卒業予定が近い人・過ぎた人")]
    StudentEnding,
    /// 国保上の世帯主を戻す.
    #[strum(message = "国保上の世帯主を戻す世帯（世帯主の加入・本人の喪失）")]
    PayerInvalid,
    /// 証の有効期限が近い.
    #[strum(message = "証の有効期限が近い人")]
    PaperEnding,
    /// 有効な証がない.
    #[strum(message = "有効な証がない加入者")]
    PaperMissing,
    /// 18歳になる: 子ども分の均等割は、その年度の末まで.
    #[strum(message = "18歳になる人（子ども分は年度末まで）")]
    Turns18,
    /// 6歳になる: 未就学児の軽減は、その年度の末まで.
    #[strum(message = "6歳になる人（未就学児の軽減は年度末まで）")]
    Turns6,
}

coded!(QueueKind, named);

impl QueueKind {
    /// What the day of an item is.
    pub fn day(self) -> &'static str {
        match self {
            QueueKind::Gone => "消除日",
            QueueKind::NotReported => "住民日",
            QueueKind::Past75
            | QueueKind::Turns75
            | QueueKind::Turns70
            | QueueKind::Turns65
            | QueueKind::Turns40
            | QueueKind::Turns18
            | QueueKind::Turns6 => "誕生日",
            QueueKind::IncomeMissing | QueueKind::Undecided | QueueKind::PaperMissing => {
                "資格取得日"
            }
            QueueKind::PaperEnding => "有効期限",
            QueueKind::ReplyOverdue => "回答の期限",
            QueueKind::StayEnding => "満了日",
            QueueKind::ProtectionEnding => "期間の終わり",
            QueueKind::StudentEnding => "卒業予定日",
            QueueKind::PayerInvalid => "変更の日",
            QueueKind::DecisionDue => "変更の受付日",
            QueueKind::HostInsured => "入所日",
        }
    }
}

/// One person who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueItem {
    pub household_id: HouseholdId,
    pub household_number: String,
    pub person_id: PersonId,
    pub name: String,
    pub birth_date: NaiveDate,
    pub ward: String,
    /// The day that matters.
    pub on: NaiveDate,
    /// The year to be decided, where that is what is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<FiscalYear>,
    /// 担当: who has taken it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// `POST /api/queue/claims`: take something up, or lay it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueClaim {
    pub kind: QueueKind,
    pub household_id: HouseholdId,
    pub person_id: PersonId,
    pub take: bool,
}

/// Everybody who waits for the same reason, those who have waited longest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueGroup {
    pub kind: QueueKind,
    pub count: i64,
    /// At most two hundred beside the other lists, all where one list is asked for.
    pub items: Vec<QueueItem>,
}

/// One of `GET /api/queue/counts`: how many wait for a reason. Nobody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueCount {
    pub kind: QueueKind,
    pub count: i64,
    /// 担当: those among them whom the one who asks has taken up.
    pub own: i64,
}

impl QueueGroup {
    /// The same without anybody's name, for the one with a login.
    pub fn counted(&self, login: &str) -> QueueCount {
        let items = self.items.iter();
        let own = items.filter(|item| item.owner.as_deref() == Some(login));
        QueueCount {
            kind: self.kind,
            count: self.count,
            own: i64::try_from(own.count()).unwrap_or(i64::MAX),
        }
    }
}
