//! Why a premium or its instalments cannot be computed.

use crate::law::LawError;
use crate::law::parameters::Part;

/// Why a premium cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssessmentError {
    #[error("世帯主がちょうど1人必要です (現在 {0} 人)")]
    Heads(usize),
    #[error("members[{member}].{field}: 0 以上 1兆円以下の金額にしてください")]
    Amount { member: usize, field: &'static str },
    #[error("members[{member}].lost_on: 資格喪失日が取得日より前です")]
    LossBeforeAcquisition { member: usize },
    #[error("members[{member}].earlier_periods: 資格期間が重なっています")]
    PeriodsOverlap { member: usize },
    #[error("members[{member}].acquired_on: 資格取得日が生年月日より前です")]
    AcquiredBeforeBirth { member: usize },
    #[error("members[{member}].birth_date: 年度の後に生まれた人が含まれています")]
    BornAfterYear { member: usize },
    #[error("members[{member}].specific_month: 特定同一世帯所属者には特定月が必要です")]
    SpecificMonthMissing { member: usize },
    #[error("members[{member}].id: 同じ id の人が2人います")]
    SameId { member: usize },
    #[error("reduction.tier: 軽減割合は 0・20・50・70 のどれかにしてください (現在 {0})")]
    Tier(u8),
    #[error("reliefs[{relief}].{field}: 減免の内容が正しくありません")]
    Relief { relief: usize, field: &'static str },
    #[error("rates.{}: 金額は 0 以上 1兆円以下にしてください", .part.key())]
    RateOutOfRange { part: Part },
    #[error("local_reductions.{}: 0 以上 1兆円以下の金額にしてください", .part.key())]
    LocalReduction { part: Part },
    #[error("rounding.{field}: 端数の単位は 1 以上 100万以下にしてください")]
    Unit { field: &'static str },
    #[error(transparent)]
    Law(#[from] LawError),
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    #[error("日付または金額が計算できる範囲にありません")]
    OutOfRange,
}

/// Why instalments cannot be named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(transparent)]
    Law(#[from] LawError),
    #[error("通知の日が計算できる範囲にありません")]
    Calendar,
    #[error("この市のこの年度に仮算定はありません")]
    NoProvisional,
    #[error("仮算定の納期が過ぎているか、通知から納期限までの日数が足りません")]
    ProvisionalOver,
}

/// Why a year's premium cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    #[error("期数は1以上にしてください")]
    NoPeriods,
    #[error("年額が負の金額です")]
    NegativeAnnual,
}
