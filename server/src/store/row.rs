//! A row to write: each value stands beside the name of its column.

use crate::clock::Instant;
use crate::error::ServiceError;
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{DecisionId, HouseholdId, JobId, PersonId, RunId};
use kokuho_shared::money::Yen;
use std::borrow::Cow;

/// A value of a row. Each kind of column has one, so that nothing has a type in the database, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<Cow<'static, str>>),
    Bool(bool),
    Date(Option<NaiveDate>),
}

/// Values under the names of their columns; only [`row!`](crate::row) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    names: &'static [&'static str],
    values: Vec<Value>,
}

/// `row! { household_id: posting.household_id, id }`: a [`Row`], written like a struct. The names are columns;
/// what stands behind one is anything that is [`Into`] a [`Value`].
#[macro_export]
macro_rules! row {
    (@value $name:ident) => { $name };
    (@value $name:ident: $value:expr) => { $value };
    ($($name:ident $(: $value:expr)?),+ $(,)?) => {{
        static NAMES: &[&str] = &[$(stringify!($name)),+];
        let values = vec![$($crate::store::Value::from($crate::row!(@value $name $(: $value)?))),+];
        $crate::store::Row::of(NAMES, values)
    }};
}

impl Row {
    /// For [`row!`](crate::row), which writes as many names as values.
    #[doc(hidden)]
    pub fn of(names: &'static [&'static str], values: Vec<Value>) -> Row {
        Row { names, values }
    }

    /// In the order of the names.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    /// Puts another value under a name. A row that has no such name is an internal error.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<(), ServiceError> {
        let place = self.names.iter().position(|own| *own == name);
        let place = place.and_then(|place| self.values.get_mut(place));
        let lacking = || ServiceError::Internal(format!("a row of {:?} has no {name}", self.names));
        *place.ok_or_else(lacking)? = value.into();
        Ok(())
    }

    fn has(&self, names: &'static [&'static str]) -> bool {
        // Rows that one place in the code makes share their names: millions are not compared by letters.
        std::ptr::eq(self.names, names) || self.names == names
    }
}

/// The names that all rows have, in one order. A row with others is an internal error: its values would land
/// in columns of other names.
pub(super) fn columns(table: &str, rows: &[Row]) -> Result<&'static [&'static str], ServiceError> {
    let names = rows.first().map_or(&[][..], |row| row.names);
    match rows.iter().find(|row| !row.has(names)) {
        None => Ok(names),
        Some(other) => Err(ServiceError::Internal(format!(
            "{table}: a row of {:?} among rows of {names:?}",
            other.names
        ))),
    }
}

/// Numbers that always fit; of others the caller says what happens.
macro_rules! whole {
    ($($number:ty),+) => {
        $(impl From<$number> for Value {
            fn from(number: $number) -> Value {
                Value::Int(Some(i64::from(number)))
            }
        })+
    };
}
whole!(i64, i32, u8, u32);

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        Value::Int(number)
    }
}

impl From<Yen> for Value {
    fn from(amount: Yen) -> Value {
        Value::Int(Some(amount.0))
    }
}

impl From<Option<Yen>> for Value {
    fn from(amount: Option<Yen>) -> Value {
        Value::Int(amount.map(|yen| yen.0))
    }
}

impl From<FiscalYear> for Value {
    fn from(year: FiscalYear) -> Value {
        Value::from(year.0)
    }
}

macro_rules! ids {
    ($($Id:ident),+) => {
        $(impl From<$Id> for Value {
            fn from(id: $Id) -> Value {
                Value::from(id.0)
            }
        }

        impl From<Option<$Id>> for Value {
            fn from(id: Option<$Id>) -> Value {
                Value::Int(id.map(i64::from))
            }
        })+
    };
}
ids!(DecisionId, HouseholdId, JobId, PersonId, RunId);

impl From<Instant> for Value {
    fn from(at: Instant) -> Value {
        Value::from(at.0)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Some(Cow::Owned(text)))
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Value {
        Value::Text(Some(Cow::Borrowed(word)))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Value {
        Value::Text(text.map(Cow::Owned))
    }
}

impl From<Option<&'static str>> for Value {
    fn from(word: Option<&'static str>) -> Value {
        Value::Text(word.map(Cow::Borrowed))
    }
}

impl From<bool> for Value {
    fn from(holds: bool) -> Value {
        Value::Bool(holds)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Value {
        Value::Date(Some(day))
    }
}

impl From<Option<NaiveDate>> for Value {
    fn from(day: Option<NaiveDate>) -> Value {
        Value::Date(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_beside_the_name_that_it_was_written_with() {
        let due_on = NaiveDate::from_ymd_opt(2026, 6, 30);
        let mut row = row! {
            id: 0,
            fiscal_year: FiscalYear(2026),
            amount: Some(Yen(-5)),
            due_on,
            account: "receivable",
        };
        row.set("id", 1_007_i64).unwrap();
        assert_eq!(
            columns("entry", std::slice::from_ref(&row)).unwrap(),
            ["id", "fiscal_year", "amount", "due_on", "account"]
        );
        let written = [
            Value::Int(Some(1_007)),
            Value::Int(Some(2026)),
            Value::Int(Some(-5)),
            Value::Date(due_on),
            Value::Text(Some("receivable".into())),
        ];
        assert_eq!(row.values(), written);
    }

    #[test]
    fn a_name_that_a_row_does_not_have_gets_no_value() {
        let mut row = row! { id: 7, amount: 300 };
        let before = row.clone();
        assert!(row.set("yen", 400).is_err());
        assert_eq!(row, before);
    }

    #[test]
    fn a_row_with_other_names_or_in_another_order_is_refused() {
        let rows = |second| [row! { id: 7, amount: 300 }, second];
        assert!(columns("entry", &rows(row! { id: 8, amount: 400 })).is_ok());
        for other in [
            row! { amount: 400, id: 8 },
            row! { id: 8, yen: 400 },
            row! { id: 8 },
            row! { id: 8, amount: 400, part: "care" },
        ] {
            assert!(columns("entry", &rows(other)).is_err());
        }
        assert!(columns("entry", &[]).unwrap().is_empty());
    }
}
