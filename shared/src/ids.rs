//! Ids of rows: one type for each kind, so that one cannot be taken for another.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An id is its number wherever it is stored, sent or shown.
macro_rules! id {
    ($(#[$doc:meta])* $Id:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $Id(pub i64);

        impl fmt::Display for $Id {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(to)
            }
        }

        impl FromStr for $Id {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<$Id, ParseIntError> {
                text.parse().map($Id)
            }
        }

        /// As one of any keys.
        impl From<$Id> for i64 {
            fn from(id: $Id) -> i64 {
                id.0
            }
        }

        #[cfg(feature = "columns")]
        crate::columns::id_column!($Id);
    };
}

id! {
    /// 賦課決定.
    DecisionId
}
id! {
    /// 処理: a work over the whole city.
    JobId
}
id! {
    /// A job to which others and what is printed belong; it has the number of that job.
    RunId
}
id! {
    /// 世帯.
    HouseholdId
}
id! {
    /// 住民 (宛名).
    PersonId
}

impl RunId {
    /// Of what is made at the counter.
    pub const NONE: RunId = RunId(0);

    /// The run that a job is.
    pub fn of(job: JobId) -> RunId {
        RunId(job.0)
    }

    /// The job that the run is.
    pub fn job(self) -> JobId {
        JobId(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn an_id_is_its_number_in_json_as_a_key_and_as_text() {
        let totals = BTreeMap::from([(HouseholdId(7), PersonId(8))]);
        let text = serde_json::to_string(&totals).unwrap();
        assert_eq!(text, r#"{"7":8}"#);
        let read: BTreeMap<HouseholdId, PersonId> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, totals);
        assert_eq!("7".parse(), Ok(HouseholdId(7)));
        assert_eq!(format!("{:07}", RunId(7)), "0000007");
    }
}
