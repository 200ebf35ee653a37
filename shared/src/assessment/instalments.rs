//! 期割: a year's premium becomes instalments with due dates.

use crate::calendar::{last_day_of_month, this_or_next_business_day};
use crate::money::{Rounding, Yen};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 端数期: the instalment that takes what the unit leaves over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemainderTo {
    First,
    Last,
}

/// Why a year's premium cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    #[error("期数は1以上にしてください")]
    NoPeriods,
    #[error("年額が負の金額です")]
    NegativeAnnual,
}

/// 普通徴収の期割: each instalment is `annual ÷ periods` cut down to `unit` yen, and one
/// named instalment takes the rest. The instalments always add up to `annual`.
pub fn split(
    annual: Yen,
    periods: usize,
    unit: i64,
    remainder_to: RemainderTo,
) -> Result<Vec<Yen>, SplitError> {
    let count = i64::try_from(periods).map_err(|_| SplitError::NoPeriods)?;
    if count == 0 {
        return Err(SplitError::NoPeriods);
    }
    if annual < Yen::ZERO {
        return Err(SplitError::NegativeAnnual);
    }
    let each = Rounding::FloorTo(unit).apply(Yen(annual.0 / count));
    let mut amounts = vec![each; periods];
    let bearer = match remainder_to {
        RemainderTo::First => 0,
        RemainderTo::Last => periods - 1,
    };
    amounts[bearer] += annual - Yen(each.0 * count);
    Ok(amounts)
}

/// 特別徴収の本徴収 (施行規則32条の20): October, December and February.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PensionMain {
    pub october: Yen,
    pub december: Yen,
    pub february: Yen,
}

/// A third of what the provisional payments left, cut to 100 yen; October takes the rest.
/// Where the provisional payments already exceed the year, nothing is deducted.
pub fn pension_main(annual: Yen, provisional_total: Yen) -> PensionMain {
    let rest = (annual - provisional_total).or_zero();
    let each = Rounding::FloorTo(100).apply(Yen(rest.0 / 3));
    PensionMain {
        october: rest - each - each,
        december: each,
        february: each,
    }
}

/// 納期限: the last day of the month, or the next open day where that day is closed.
pub fn due_on(month: NaiveDate, closed_days: &[NaiveDate]) -> Option<NaiveDate> {
    this_or_next_business_day(last_day_of_month(month)?, closed_days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn instalments_add_up_to_the_year_and_none_is_negative(
            annual in 0i64..=1_200_000, periods in 1usize..=12, unit in prop::sample::select(vec![1i64, 10, 100, 1000]), last: bool,
        ) {
            let bearer = if last { RemainderTo::Last } else { RemainderTo::First };
            let amounts = split(Yen(annual), periods, unit, bearer).unwrap();
            prop_assert_eq!(amounts.len(), periods);
            prop_assert_eq!(amounts.iter().copied().sum::<Yen>(), Yen(annual));
            prop_assert!(amounts.iter().all(|amount| *amount >= Yen::ZERO));
        }
    }

    #[test]
    fn a_split_without_periods_or_of_a_negative_year_is_refused() {
        assert_eq!(
            split(Yen(1), 0, 1, RemainderTo::First),
            Err(SplitError::NoPeriods)
        );
        assert_eq!(
            split(Yen(-1), 1, 1, RemainderTo::First),
            Err(SplitError::NegativeAnnual)
        );
    }
}
