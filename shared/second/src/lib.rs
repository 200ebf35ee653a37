//! 検算: a literal second calculation of the year's premium (令29条の7).
//!
//! Written from the text of the rule, day by day and month by month, in exact fractions. It
//! shares with `kokuho-shared` only the types of facts, numbers and dates, and the dated
//! figures of the law; none of its calculations. Two results that differ stop a release.

mod fraction;
mod part;
mod person;
mod tier;

use chrono::{Months, NaiveDate};
use fraction::Fraction;
use kokuho_shared::api::estimate::Estimate;
use kokuho_shared::assessment::household::*;
use kokuho_shared::figures;
use kokuho_shared::law::LawError;
use kokuho_shared::law::parameters::*;
use kokuho_shared::money::Yen;

/// Why there is no second result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondError {
    #[error(transparent)]
    Law(#[from] LawError),
    #[error("rates and rounding are needed inline")]
    NoRates,
    #[error("a date is outside the calendar")]
    Calendar,
}

/// The second result: the amount of each part that is levied, and of the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    pub parts: ByPart<Yen>,
    pub total: Yen,
}

/// An amount that the first calculation has otherwise; of the year where no part is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    pub part: Option<Part>,
    pub first: Yen,
    pub second: Yen,
}

impl Second {
    /// The first amount in which the other calculation differs: `of` gives its parts.
    pub fn difference(&self, total: Yen, of: impl Fn(Part) -> Yen) -> Option<Difference> {
        for part in Part::ALL {
            let (first, second) = (of(part), self.parts.get(part).copied().unwrap_or_default());
            if first != second {
                let part = Some(part);
                return Some(Difference {
                    part,
                    first,
                    second,
                });
            }
        }
        (total != self.total).then_some(Difference {
            part: None,
            first: total,
            second: self.total,
        })
    }
}

/// The result of a question that brings its rates.
pub fn of_question(question: &Estimate) -> Result<Second, SecondError> {
    let (Some(rates), Some(rounding)) = (question.rates, question.rounding) else {
        return Err(SecondError::NoRates);
    };
    let mut national = figures::national(question.as_of.fiscal_year)?;
    if let Some(amount) = question.inputs.basic_deduction {
        national.basic_deduction.value = vec![DeductionStep {
            up_to: i64::MAX,
            amount: amount.0,
        }];
    }
    let household = Household {
        reduction: question.inputs.reduction,
        local_reductions: question.inputs.local_reductions,
        reliefs: question.inputs.reliefs.clone(),
        members: question.inputs.members.clone(),
    };
    let options = question.options.unwrap_or_default();
    premium(&household, &national, &rates, &rounding, &options)
}

/// The year's premium of a household.
pub fn premium(
    household: &Household,
    national: &National,
    rates: &ByPart<PartRates>,
    rounding: &RoundingRules,
    options: &Options,
) -> Result<Second, SecondError> {
    let year = Year {
        household,
        national,
        rounding,
        options,
    };
    let (mut sum, mut parts) = (0, ByPart::default());
    for (part, rate) in rates.iter() {
        let amount = year.of_part(part, rate)?;
        sum += amount;
        parts.set(part, Yen(amount));
    }
    let total = Yen(Fraction::whole(sum).floor_to(rounding.total_unit));
    Ok(Second { parts, total })
}

/// 仮算定: what the provisional instalments of a year ask for together, after last year's premium: a
/// twelfth for each, what is below the unit left out.
pub fn provisional(last_year: Yen, instalments: u8, unit: i64) -> Yen {
    let mut sum = Fraction::whole(0);
    for _ in 0..instalments {
        sum = sum + Fraction::whole(last_year.0) * Fraction::new(1, 12);
    }
    Yen(sum.floor_to(unit))
}

struct Year<'a> {
    household: &'a Household,
    national: &'a National,
    rounding: &'a RoundingRules,
    options: &'a Options,
}

impl Year<'_> {
    fn number(&self) -> i32 {
        self.national.fiscal_year.0
    }

    fn day(&self, month: u32, day: u32) -> Result<NaiveDate, SecondError> {
        NaiveDate::from_ymd_opt(self.number(), month, day).ok_or(SecondError::Calendar)
    }

    fn first_of(&self, month: u32) -> Result<NaiveDate, SecondError> {
        self.day(4, 1)?
            .checked_add_months(Months::new(month))
            .ok_or(SecondError::Calendar)
    }

    /// The months of a part, one after the other, then what is done with their sum.
    fn of_part(&self, part: Part, rate: &PartRates) -> Result<i64, SecondError> {
        let twelve = |sum: Fraction| sum * Fraction::new(1, 12);
        let (mut charged_months, mut states) = (0, Fraction::ZERO);
        let (mut sums, mut reliefs) = (Fraction::ZERO, Fraction::ZERO);
        let mut free = vec![Fraction::ZERO; self.household.members.len()];
        for month in 0..12 {
            let first = self.first_of(month)?;
            let tier = i64::from(self.tier(first)?);
            let quarters = self.quarters(part, first)?;
            let in_month = part::InMonth {
                year: self,
                part,
                rate,
                first,
                tier,
                quarters,
            };
            let charged = in_month.charged()?;
            if charged.is_empty() {
                continue;
            }
            charged_months += 1;
            let sum = in_month.sum(&charged)?;
            let relief = in_month.relief(&charged)? + in_month.granted(&charged)?;
            let mut of_state = sum;
            if self.options.maternity_cap == MaternityCap::ByMonth {
                for member in &charged {
                    if self.maternity_month(member, first) {
                        of_state = of_state - in_month.own(member)?;
                    }
                }
            }
            let capped =
                Fraction::whole(of_state.floor_to(self.rounding.part_unit).min(rate.cap.0));
            let left = (capped - relief).or_zero();
            states = states + Fraction::whole(left.floor_to(self.rounding.part_unit));
            (sums, reliefs) = (sums + sum, reliefs + relief);
            for (member, free) in self.household.members.iter().zip(&mut free) {
                let liable = charged.iter().any(|other| std::ptr::eq(*other, member));
                if liable && self.maternity_month(member, first) {
                    *free = *free + in_month.own(member)?;
                }
            }
        }
        let free: i64 = free.into_iter().map(|sum| twelve(sum).floor_to(1)).sum();
        let components = self.options.proration == Proration::PerComponent;
        let plain = twelve(states).floor_to(self.rounding.proration_unit);
        let by_month = self.options.maternity_cap == MaternityCap::ByMonth;
        if !components && (free == 0 || by_month) {
            return Ok(plain);
        }
        let months = if components { 12 } else { charged_months };
        let cap = Fraction::whole(rate.cap.0) * Fraction::new(months, 12);
        let sum = twelve(sums) - Fraction::whole(free);
        let capped = if (cap - sum).is_negative() { cap } else { sum };
        let left = (capped - twelve(reliefs)).or_zero();
        Ok(left.floor_to(self.rounding.part_unit))
    }
}
