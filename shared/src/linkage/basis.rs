//! 照会の根拠: which information may be asked of which holder for which affairs (番号法19条8号),
//! as dated data. What stands in no row valid today is not asked.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 特定個人情報の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Dataset {
    #[strum(message = "地方税関係情報")]
    LocalTax,
    /// 住民票関係情報: who is head, and the relation to the head.
    #[strum(message = "住民票関係情報")]
    ResidentRelation,
    #[strum(message = "医療保険給付関係情報")]
    MedicalInsurance,
    #[strum(message = "失業等給付関係情報")]
    Unemployment,
}

coded!(Dataset, named);

/// 情報提供者の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Holder {
    #[strum(message = "市町村")]
    Municipality,
    #[strum(message = "医療保険者")]
    MedicalInsurer,
    #[strum(message = "後期高齢者医療広域連合")]
    LateElderly,
    #[strum(message = "厚生労働大臣")]
    Minister,
}

coded!(Holder, named);

/// One row: valid on days of a half-open period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub law: String,
    pub item: String,
    /// 事務.
    pub affairs: String,
    pub holder: Holder,
    pub dataset: Dataset,
    pub source: String,
    pub state: crate::law::parameters::ValueState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bases {
    pub row: Vec<Basis>,
}

impl Bases {
    /// The row under which a holder may be asked on a day.
    pub fn of(&self, holder: Holder, dataset: Dataset, day: NaiveDate) -> Option<&Basis> {
        self.row.iter().find(|row| {
            (row.holder, row.dataset) == (holder, dataset) && (row.from..row.until).contains(&day)
        })
    }

    /// Whoever may be asked for anything on a day.
    pub fn on(&self, day: NaiveDate) -> impl Iterator<Item = &Basis> {
        self.row
            .iter()
            .filter(move |row| (row.from..row.until).contains(&day))
    }
}
