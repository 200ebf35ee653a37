//! 照会の根拠: which information may be asked of which holder for which affairs (番号法19条8号),
//! as dated data. What stands in no row valid today is not asked.

use crate::law::LawError;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 特定個人情報の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Dataset {
    /// 地方税関係情報.
    LocalTax,
    /// 住民票関係情報: who is head, and the relation to the head.
    ResidentRelation,
    /// 医療保険給付関係情報.
    MedicalInsurance,
    /// 失業等給付関係情報.
    Unemployment,
}

impl Dataset {
    pub const ALL: [Dataset; 4] = [
        Dataset::LocalTax,
        Dataset::ResidentRelation,
        Dataset::MedicalInsurance,
        Dataset::Unemployment,
    ];

    /// The word in files and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Dataset::LocalTax => "local_tax",
            Dataset::ResidentRelation => "resident_relation",
            Dataset::MedicalInsurance => "medical_insurance",
            Dataset::Unemployment => "unemployment",
        }
    }

    pub fn of_key(key: &str) -> Option<Dataset> {
        Dataset::ALL
            .into_iter()
            .find(|dataset| dataset.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            Dataset::LocalTax => "地方税関係情報",
            Dataset::ResidentRelation => "住民票関係情報",
            Dataset::MedicalInsurance => "医療保険給付関係情報",
            Dataset::Unemployment => "失業等給付関係情報",
        }
    }
}

/// 情報提供者の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Holder {
    /// 市町村.
    Municipality,
    /// 医療保険者.
    MedicalInsurer,
    /// 後期高齢者医療広域連合.
    LateElderly,
    /// 厚生労働大臣.
    Minister,
}

impl Holder {
    pub const ALL: [Holder; 4] = [
        Holder::Municipality,
        Holder::MedicalInsurer,
        Holder::LateElderly,
        Holder::Minister,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Holder::Municipality => "municipality",
            Holder::MedicalInsurer => "medical_insurer",
            Holder::LateElderly => "late_elderly",
            Holder::Minister => "minister",
        }
    }

    pub fn of_key(key: &str) -> Option<Holder> {
        Holder::ALL.into_iter().find(|holder| holder.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            Holder::Municipality => "市町村",
            Holder::MedicalInsurer => "医療保険者",
            Holder::LateElderly => "後期高齢者医療広域連合",
            Holder::Minister => "厚生労働大臣",
        }
    }
}

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

    pub fn shipped() -> Result<Bases, LawError> {
        serde_json::from_str(crate::law::shipped::LINKAGE.json)
            .map_err(|why| LawError::Unreadable(why.to_string()))
    }
}
