//! The parts of a premium, and values that each of them has.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// 賦課の4区分: 基礎, 後期高齢者支援金等, 介護納付金, 子ども・子育て支援納付金 (令29条の7第1項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Part {
    Medical,
    Support,
    Care,
    Child,
}

impl Part {
    pub const ALL: [Part; 4] = [Part::Medical, Part::Support, Part::Care, Part::Child];

    /// The short Japanese name that notices use.
    pub fn name(self) -> &'static str {
        match self {
            Part::Medical => "医療分",
            Part::Support => "支援金分",
            Part::Care => "介護分",
            Part::Child => "子ども分",
        }
    }

    /// The key of the part in parameters and results.
    pub fn key(self) -> &'static str {
        match self {
            Part::Medical => "medical",
            Part::Support => "support",
            Part::Care => "care",
            Part::Child => "child",
        }
    }
}

/// One value for each part that is levied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByPart<T> {
    #[serde(default = "none")]
    pub medical: Option<T>,
    #[serde(default = "none")]
    pub support: Option<T>,
    #[serde(default = "none")]
    pub care: Option<T>,
    #[serde(default = "none")]
    pub child: Option<T>,
}

/// JSON leaves out the parts without a value; in packed bytes every field has its place.
impl<T: Serialize> Serialize for ByPart<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let whole = !to.is_human_readable();
        let mut fields = to.serialize_struct("ByPart", 4)?;
        for part in Part::ALL {
            let value = self.get(part);
            if whole || value.is_some() {
                fields.serialize_field(part.key(), &value)?;
            }
        }
        fields.end()
    }
}

fn none<T>() -> Option<T> {
    None
}

impl<T> Default for ByPart<T> {
    fn default() -> ByPart<T> {
        ByPart {
            medical: None,
            support: None,
            care: None,
            child: None,
        }
    }
}

impl<T> ByPart<T> {
    pub fn get(&self, part: Part) -> Option<&T> {
        match part {
            Part::Medical => self.medical.as_ref(),
            Part::Support => self.support.as_ref(),
            Part::Care => self.care.as_ref(),
            Part::Child => self.child.as_ref(),
        }
    }

    pub fn set(&mut self, part: Part, value: T) {
        match part {
            Part::Medical => self.medical = Some(value),
            Part::Support => self.support = Some(value),
            Part::Care => self.care = Some(value),
            Part::Child => self.child = Some(value),
        }
    }

    /// The parts that have a value, in the order of the decree.
    pub fn iter(&self) -> impl Iterator<Item = (Part, &T)> + '_ {
        Part::ALL
            .into_iter()
            .filter_map(|part| self.get(part).map(|value| (part, value)))
    }
}
