//! 期割: a year's premium becomes instalments with due dates.

use crate::assessment::schedule::SplitError;
use crate::calendar::{FiscalYear, Month, iso_date, last_day_of_month, this_or_next_business_day};
use crate::law::LawError;
use crate::law::parameters::{Holidays, InstalmentRules, RemainderTo};
use crate::money::{Rounding, Yen};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Numbers of 随時期 begin here; up to it they are those of the year's 期.
pub const LATE_FROM: u8 = 21;
/// 特別徴収: the six payments of a pension, April first, have the numbers from here on.
pub const DEDUCTED_FROM: u8 = 31;

/// 普通徴収の期割: each instalment is `annual ÷ periods` cut down to `unit` yen, and one
/// named instalment takes the rest. The instalments always add up to `annual`.
pub fn split(
    annual: Yen,
    periods: usize,
    unit: i64,
    remainder_to: RemainderTo,
) -> Result<Vec<Yen>, SplitError> {
    let mut amounts = vec![Yen::ZERO; periods];
    split_into(annual, &mut amounts, unit, remainder_to)?;
    Ok(amounts)
}

/// The same into memory that is there already; one instalment for each place.
pub fn split_into(
    annual: Yen,
    amounts: &mut [Yen],
    unit: i64,
    remainder_to: RemainderTo,
) -> Result<(), SplitError> {
    let count = i64::try_from(amounts.len()).map_err(|_| SplitError::NoPeriods)?;
    if annual < Yen::ZERO {
        return Err(SplitError::NegativeAnnual);
    }
    let bearer = match remainder_to {
        RemainderTo::First => amounts.first_mut(),
        RemainderTo::Last => amounts.last_mut(),
    };
    let bearer = bearer.ok_or(SplitError::NoPeriods)?;
    let each = Rounding::FloorTo(unit).apply(Yen(annual.0 / count));
    *bearer = annual - Yen(each.0 * (count - 1));
    let rest = match remainder_to {
        RemainderTo::First => amounts.get_mut(1..),
        RemainderTo::Last => amounts.get_mut(..amounts.len() - 1),
    };
    rest.into_iter().flatten().for_each(|amount| *amount = each);
    Ok(())
}

/// 納期限: the last day of the month, or the next open day where that day is closed.
pub fn due_on(month: NaiveDate, closed_days: &[NaiveDate]) -> Option<NaiveDate> {
    this_or_next_business_day(last_day_of_month(month)?, closed_days)
}

/// 期: its number, an amount and the day by which it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instalment {
    /// 期 of the municipality's year, from 1; from 21 on for 随時期, from 31 on for 特別徴収.
    pub number: u8,
    pub amount: Yen,
    pub due_on: NaiveDate,
}

/// 期の名, as it is printed: 第3期, 随時1期, 特別徴収10月.
pub fn name(number: u8) -> String {
    if let Some(payment) = number.checked_sub(DEDUCTED_FROM) {
        let month = 4 + 2 * u16::from(payment);
        return format!("特別徴収{}月", (month - 1) % 12 + 1);
    }
    match number.checked_sub(LATE_FROM) {
        None => format!("第{number}期"),
        Some(late) => format!("随時{}期", u16::from(late) + 1),
    }
}

/// The due dates of a municipality's year. Refused beyond the end of the table of 祝日.
pub fn due_dates(rules: &InstalmentRules, holidays: &Holidays) -> Result<Vec<NaiveDate>, LawError> {
    let due = rules.months.iter().map(|month| {
        let unreadable = || LawError::Unreadable(format!("instalments.months: {month}"));
        due_in(
            rules,
            holidays,
            month.parse::<Month>().map_err(|_| unreadable())?,
        )
    });
    due.collect()
}

/// 随時期: the due date in the month after the year, for those who join in its last month.
pub fn late_due_date(
    rules: &InstalmentRules,
    holidays: &Holidays,
    year: FiscalYear,
) -> Result<NaiveDate, LawError> {
    let april = year.after().april();
    let april = april.ok_or_else(|| LawError::Unreadable(format!("年度 {}", year.0)))?;
    due_in(rules, holidays, Month::of(april))
}

pub(in crate::assessment) fn due_in(
    rules: &InstalmentRules,
    holidays: &Holidays,
    month: Month,
) -> Result<NaiveDate, LawError> {
    let first = month.first_day();
    let closed = closed_days(rules, holidays, first.year())?;
    let day =
        due_on(first, &closed).ok_or_else(|| LawError::Unreadable(format!("納期限 {first}")))?;
    if !(holidays.valid_from..holidays.valid_until).contains(&day) {
        let (from, until) = (holidays.valid_from, holidays.valid_until);
        return Err(LawError::HolidaysUnknown { day, from, until });
    }
    Ok(day)
}

/// 閉庁日 of a year and the days around it, besides Saturdays and Sundays: 祝日 and 年末年始.
pub fn closed_days(
    rules: &InstalmentRules,
    holidays: &Holidays,
    year: i32,
) -> Result<Vec<NaiveDate>, LawError> {
    let mut closed = closing(rules, year)?;
    closed.extend(closing(rules, year + 1)?);
    closed.extend(holidays.day.iter().map(|holiday| holiday.on));
    Ok(closed)
}

/// 年末年始 around the beginning of a year.
fn closing(rules: &InstalmentRules, year: i32) -> Result<Vec<NaiveDate>, LawError> {
    let day = |year: i32, text: &str| {
        iso_date(&format!("{year}-{text}"))
            .ok_or_else(|| LawError::Unreadable(format!("instalments.closed: {text}")))
    };
    let from = day(year - 1, &rules.closed_from)?;
    let until = day(year, &rules.closed_until)?;
    Ok(from.iter_days().take_while(|day| *day <= until).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::parameters::RemainderTo;
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
