//! 取り込めないファイルと文字: `GET /api/files`, `GET /api/characters`.

use crate::ids::{HouseholdId, PersonId};
use serde::{Deserialize, Serialize};

/// What became of a file that could not be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TroubledState {
    /// It lies there and is tried again.
    Waiting,
    /// It was put aside.
    Rejected,
}

impl TroubledState {
    pub fn name(self) -> &'static str {
        match self {
            TroubledState::Waiting => "再試行中",
            TroubledState::Rejected => "取り込まず別置き",
        }
    }
}

/// A file that could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Troubled {
    pub name: String,
    /// When it first failed, and the last time.
    pub first_at: String,
    pub last_at: String,
    /// Since it first failed, in minutes.
    pub age_minutes: i64,
    pub tries: i64,
    pub state: TroubledState,
    pub reason: String,
    pub line: Option<i64>,
    pub column: Option<String>,
}

/// What was read although it is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileWarning {
    pub file_name: String,
    pub recorded_at: String,
    pub line: i64,
    pub column: String,
    pub message: String,
}

/// `GET /api/files`: the newest of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Troubles {
    pub files: Vec<Troubled>,
    pub warnings: Vec<FileWarning>,
}

/// Why a character is in the list of those that somebody looks at.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumMessage,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Rare {
    /// What it looks like only the city's own machines know.
    #[strum(message = "外字（利用者定義領域）")]
    UserArea,
    /// A radical where an ideograph is meant.
    #[strum(message = "部首の文字")]
    Radical,
    #[strum(message = "異体字セレクタ")]
    Variant,
    #[strum(message = "CP932 にない文字")]
    OutsideCp932,
    /// A sign that another system puts where it lost a character.
    #[strum(message = "失われた文字の疑い")]
    Lost,
}

coded!(Rare, named);

/// A character of somebody's name or address at which somebody has to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RareCharacter {
    /// With its variation selector, where it has one.
    pub character: String,
    /// `user_area`, `radical`, `variant`, `outside_cp932` or `lost`.
    pub sort: String,
    /// `name`, `kana` or `address`.
    pub field: String,
    pub person_id: PersonId,
    pub household_id: HouseholdId,
    pub name: String,
    /// What a partner without the character gets; `None` where it is given as it is.
    pub fallback: Option<String>,
    /// The letters' fonts do not have it: such a letter is set aside.
    pub no_glyph: bool,
}

/// `GET /api/characters`: how many there are, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RareCharacters {
    pub count: i64,
    pub items: Vec<RareCharacter>,
}
