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
    /// 世帯.
    HouseholdId
}
id! {
    /// 住民 (宛名).
    PersonId
}
