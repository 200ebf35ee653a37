//! 取込: the three files that bring a city in.

use serde::{Deserialize, Serialize};

/// Which of the three files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FileKind {
    /// 住基: residents and their households.
    #[strum(message = "住民・世帯（住基）")]
    Residents,
    /// 税: incomes of a calendar year.
    #[strum(message = "所得（税）")]
    Incomes,
    /// 資格台帳: who is insured, since when.
    #[strum(message = "資格台帳")]
    Eligibility,
}

coded!(FileKind, named);

/// `POST /api/imports?kind=…&file_name=…` answers with the number under which it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Started {
    pub job: u64,
}

/// `GET /api/imports/{job}/events`: one server-sent event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Progress {
    /// Reading and checking the lines.
    Reading {
        done: u64,
        total: u64,
    },
    /// Comparing with what is known and writing the differences.
    Writing {
        done: u64,
        total: u64,
    },
    Done {
        run: ImportRun,
    },
    Failed {
        problem: super::Problem,
    },
}

/// A finished import. Counts are lines and facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRun {
    pub id: i64,
    pub kind: FileKind,
    pub file_name: String,
    pub sha256: String,
    pub recorded_at: String,
    pub recorded_by: String,
    pub lines: i64,
    /// The control total of the file, e.g. the sum of all incomes.
    pub control_total: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
}
