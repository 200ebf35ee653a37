//! Why a figure of the law cannot be had.

use crate::law::parameters::Part;
use crate::money::Yen;
use chrono::NaiveDate;

/// Why a figure of the law cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    #[error("{year}年分の{table}の表がありません")]
    MissingYear { table: &'static str, year: i32 },
    #[error("{municipality}の{year}年度の料率は登録されていません")]
    MissingMunicipality { municipality: String, year: i32 },
    #[error("この年度の料率がまだ登録されていません。仮算定だけができます")]
    RatesNotYet,
    #[error("パラメータを読めません: {0}")]
    Unreadable(String),
    #[error("{}は、この年度には賦課されません", .part.name())]
    PartNotLevied { part: Part },
    #[error("{}の賦課限度額 {}円が国の限度額 {}円を超えています", .part.name(), .cap.0, .national.0)]
    CapAboveNational { part: Part, cap: Yen, national: Yen },
    #[error("祝日の表は {from} から {until} の前日までです。{day} の開庁日は判定できません")]
    HolidaysUnknown {
        day: NaiveDate,
        from: NaiveDate,
        until: NaiveDate,
    },
}
