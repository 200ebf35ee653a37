//! Requests and answers between the browser and the server, one file per kind of work.
//!
//! Every failed request answers with [`Problem`].

pub mod access;
pub mod arrival;
pub mod assessment;
pub mod audit;
pub mod document;
pub mod duplicate;
pub mod estimate;
pub mod facility;
pub mod files;
pub mod household;
pub mod import;
pub mod inquiry;
pub mod issued;
pub mod job;
pub mod ledger;
pub mod link_record;
pub mod notification;
pub mod number;
pub mod pension;
pub mod provision;
pub mod queue;
pub mod relief;
pub mod renewal;
pub mod review;
pub mod run;
pub mod session;
pub mod slip;
pub mod student;
pub mod timeline;
pub mod whatif;

use serde::{Deserialize, Serialize};

/// Why a request was refused: text for people, in Japanese, and where to look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    pub message: String,
    /// The field that is wrong, as a path into the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line of the file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Problem {
    pub fn new(message: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            ..Problem::default()
        }
    }

    pub fn at(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }
}

/// A count that is not written where it is zero.
fn is_zero<T: Default + PartialEq>(count: &T) -> bool {
    *count == T::default()
}
