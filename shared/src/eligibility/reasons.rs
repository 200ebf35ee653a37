//! 取得事由・喪失事由 and the day each of them makes (法7条・8条).

use crate::assessment::household::LossGround;
use crate::calendar::age_attained_on;
pub use crate::law::parameters::{Age75Loss, DisabilityLoss};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 取得事由 (法7条). The event is the day on which it happened, never the day of the notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AcquisitionReason {
    /// 他の都道府県（国外）からの転入: 転入日.
    #[strum(message = "転入（他の都道府県・国外から）")]
    MovedInOtherPrefecture,
    /// 同じ都道府県の市町村からの転入: only our 適用 begins, the eligibility goes on.
    #[strum(message = "転入（同じ都道府県から）")]
    MovedInSamePrefecture,
    /// 出生: 出生日.
    #[strum(message = "出生")]
    Birth,
    /// 社保離脱: the day on which that insurance was lost, which is the day after the last of work.
    #[strum(message = "社保離脱")]
    LeftEmployeeInsurance,
    #[strum(message = "被扶養者でなくなった")]
    LeftDependency,
    #[strum(message = "国保組合離脱")]
    LeftNhiSociety,
    /// 生活保護の廃止・停止.
    #[strum(message = "生活保護廃止・停止")]
    PublicAssistanceEnded,
    /// 後期高齢者医療離脱: the last day in it.
    #[strum(message = "後期高齢者医療離脱")]
    LeftLateElderly,
    #[strum(message = "その他の適用除外の終了")]
    ExclusionLifted,
}

coded!(AcquisitionReason, named);

/// 喪失事由 (法8条).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LossReason {
    /// 社保加入（被扶養者を含む）: the day it was acquired.
    #[strum(message = "社保加入")]
    EmployeeInsuranceJoined,
    #[strum(message = "国保組合加入")]
    NhiSocietyJoined,
    #[strum(message = "生活保護開始")]
    PublicAssistanceStarted,
    #[strum(message = "死亡")]
    Death,
    /// 国外転出.
    #[strum(message = "転出（国外へ）")]
    MovedAbroad,
    /// 他の都道府県への転出: the day on which the old address ended.
    #[strum(message = "転出（他の都道府県へ）")]
    MovedOtherPrefecture,
    /// 同じ都道府県の市町村への転出: only our 適用 ends.
    #[strum(message = "転出（同じ都道府県へ）")]
    MovedSamePrefecture,
    #[strum(message = "在留資格の変更など")]
    ForeignIneligible,
    #[strum(message = "居所不明（職権）")]
    Absent,
    /// 後期高齢者医療の障害認定 (65–74).
    #[strum(message = "後期高齢者医療（障害認定）")]
    LateElderlyDisability,
    /// 75歳到達. The birth date gives the day.
    #[serde(rename = "age_75")]
    #[strum(serialize = "age_75", message = "75歳到達（後期高齢者医療）")]
    Age75,
}

coded!(LossReason, named);

impl AcquisitionReason {
    /// What the day of the event is called.
    pub fn event(self) -> &'static str {
        match self {
            AcquisitionReason::MovedInOtherPrefecture
            | AcquisitionReason::MovedInSamePrefecture => "転入日",
            AcquisitionReason::Birth => "出生日",
            AcquisitionReason::LeftEmployeeInsurance => "社保の資格喪失日（退職日の翌日）",
            AcquisitionReason::LeftDependency => "被扶養者でなくなった日",
            AcquisitionReason::LeftNhiSociety => "国保組合の資格喪失日",
            AcquisitionReason::PublicAssistanceEnded => "廃止・停止日",
            AcquisitionReason::LeftLateElderly => "後期高齢者医療の最後の日",
            AcquisitionReason::ExclusionLifted => "適用除外が終わった日",
        }
    }

    /// The code of the eligibility register.
    pub fn code(self) -> &'static str {
        match self {
            AcquisitionReason::MovedInOtherPrefecture
            | AcquisitionReason::MovedInSamePrefecture => "11",
            AcquisitionReason::LeftEmployeeInsurance | AcquisitionReason::LeftDependency => "12",
            AcquisitionReason::Birth => "13",
            AcquisitionReason::PublicAssistanceEnded => "14",
            _ => "19",
        }
    }
}

impl LossReason {
    pub fn event(self) -> &'static str {
        match self {
            LossReason::EmployeeInsuranceJoined => "社保の資格取得日",
            LossReason::NhiSocietyJoined => "国保組合の資格取得日",
            LossReason::PublicAssistanceStarted => "保護の開始日",
            LossReason::Death => "死亡日",
            LossReason::MovedAbroad => "出国日",
            LossReason::MovedOtherPrefecture | LossReason::MovedSamePrefecture => {
                "転出日（住所がなくなった日）"
            }
            LossReason::ForeignIneligible => "在留資格が変わった日",
            LossReason::Absent => "居住がなくなったと認めた日",
            LossReason::LateElderlyDisability => "障害認定日",
            LossReason::Age75 => "75歳の誕生日",
        }
    }

    /// The code of the eligibility register.
    pub fn code(self) -> &'static str {
        match self {
            LossReason::MovedAbroad
            | LossReason::MovedOtherPrefecture
            | LossReason::MovedSamePrefecture => "21",
            LossReason::EmployeeInsuranceJoined => "22",
            LossReason::Death => "23",
            LossReason::LateElderlyDisability | LossReason::Age75 => "24",
            LossReason::PublicAssistanceStarted => "25",
            LossReason::NhiSocietyJoined | LossReason::ForeignIneligible | LossReason::Absent => {
                "29"
            }
        }
    }

    /// 法6条1–8号 or not: it decides the month of a loss on the first.
    pub fn ground(self) -> LossGround {
        match self {
            LossReason::EmployeeInsuranceJoined
            | LossReason::LateElderlyDisability
            | LossReason::Age75 => LossGround::Art6,
            _ => LossGround::Other,
        }
    }

    /// In words, how the day follows from the event.
    pub fn rule(self) -> &'static str {
        match self {
            LossReason::NhiSocietyJoined | LossReason::PublicAssistanceStarted => {
                "その日に喪失（法8条2項）"
            }
            LossReason::MovedOtherPrefecture => {
                "翌日に喪失。同じ日に他の都道府県に住所を得たときはその日（法8条1項）"
            }
            LossReason::MovedSamePrefecture => {
                "都道府県の資格は続き、この市の適用だけがその日に終わる（法11条）"
            }
            LossReason::Age75 => "75歳に達した日の翌日に喪失（法6条8号・8条1項）",
            _ => "翌日に喪失（法8条1項）",
        }
    }
}

/// What a loss makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// 資格喪失日; none where the eligibility goes on in the prefecture.
    pub lost_on: Option<NaiveDate>,
    /// 適用終了 only: the day on which our administration ends.
    pub administration_ends_on: Option<NaiveDate>,
}

impl Loss {
    /// The day from which the city no longer insures the person.
    pub fn ends_on(self) -> Option<NaiveDate> {
        self.lost_on.or(self.administration_ends_on)
    }
}

/// What else the day of a loss depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossFacts {
    /// The first day in another prefecture.
    pub new_address_on: Option<NaiveDate>,
    pub age75: Age75Loss,
    pub disability: DisabilityLoss,
}

impl AcquisitionReason {
    /// 資格取得日; none where the eligibility was acquired elsewhere in the prefecture.
    pub fn acquired_on(self, event_on: NaiveDate) -> Option<NaiveDate> {
        match self {
            AcquisitionReason::MovedInSamePrefecture => None,
            AcquisitionReason::LeftLateElderly => event_on.succ_opt(),
            _ => Some(event_on),
        }
    }

    /// The day from which the city insures the person.
    pub fn begins_on(self, event_on: NaiveDate) -> Option<NaiveDate> {
        self.acquired_on(event_on).or(Some(event_on))
    }
}

impl LossReason {
    /// 資格喪失日 of an event; for [`LossReason::Age75`] the event is the birthday itself.
    pub fn loss(self, event_on: NaiveDate, facts: LossFacts) -> Loss {
        let lost = |lost_on| Loss {
            lost_on,
            administration_ends_on: None,
        };
        let next = event_on.succ_opt();
        match self {
            LossReason::NhiSocietyJoined | LossReason::PublicAssistanceStarted => {
                lost(Some(event_on))
            }
            LossReason::MovedOtherPrefecture if facts.new_address_on == Some(event_on) => {
                lost(Some(event_on))
            }
            LossReason::MovedSamePrefecture => Loss {
                lost_on: None,
                administration_ends_on: Some(event_on),
            },
            LossReason::LateElderlyDisability if facts.disability == DisabilityLoss::SameDay => {
                lost(Some(event_on))
            }
            LossReason::Age75 if facts.age75 == Age75Loss::Birthday => lost(Some(event_on)),
            _ => lost(next),
        }
    }
}

/// 75歳の誕生日: the day after the age is attained; 1 March for 29 February in a common year.
pub fn birthday_75(birth: NaiveDate) -> Option<NaiveDate> {
    age_attained_on(birth, 75)?.succ_opt()
}
