//! The rules of one assessment, made once from the parameters: small, copied, no text inside.

use crate::assessment::error::AssessmentError;
use crate::assessment::premium::units::{Reduction, Units};
use crate::calendar::FiscalYear;
use crate::law::parameters::*;
use crate::money::Yen;
use chrono::NaiveDate;

/// Steps that 基礎控除 may have.
const STEPS: usize = 4;

/// National and municipal rules of one fiscal year, ready for the calculation.
#[derive(Clone, Debug)]
pub struct Rules {
    pub fiscal_year: FiscalYear,
    pub april: NaiveDate,
    /// 1 April of the next year.
    pub end: NaiveDate,
    pub rates: ByPart<PartRates>,
    pub rounding: RoundingRules,
    pub options: Options,
    pub per_head: PerHead,
    pub test: ReductionTest,
    pub earner: Earner,
    pub senior_pension: SeniorPension,
    pub ages: Ages,
    pub reliefs: Reliefs,
    pub involuntary: InvoluntaryRule,
    pub maternity: MaternityRule,
    pub former_dependant: FormerDependantRule,
    pub care_exempt: CareExemptRule,
    pub notice_days: u64,
    pub decision_months: u32,
    /// By part, then by tier: none, then as in `reliefs.tiers`.
    units: [[Units; 4]; 4],
    deductions: [DeductionStep; STEPS],
    senior_by: NaiveDate,
    preschool_from: NaiveDate,
    child_from: NaiveDate,
}

impl Rules {
    /// The rules of a municipality's parameters.
    pub fn of(parameters: &Parameters) -> Result<Rules, AssessmentError> {
        let mut rates = ByPart::default();
        for (part, cited) in parameters.rates.iter() {
            rates.set(part, cited.value);
        }
        Rules::inline(
            &parameters.national,
            rates,
            parameters.rounding.value,
            parameters.options.value,
        )
    }

    /// The rules of rates that come with the question. Caps and units are checked.
    pub fn inline(
        national: &National,
        rates: ByPart<PartRates>,
        rounding: RoundingRules,
        options: Options,
    ) -> Result<Rules, AssessmentError> {
        for (part, rate) in rates.iter() {
            national.check_cap(part, rate.cap)?;
            let amounts = [
                rate.per_capita,
                rate.per_capita_18plus,
                rate.per_household,
                rate.cap,
            ];
            if amounts
                .iter()
                .any(|amount| *amount < Yen::ZERO || *amount > MOST)
            {
                return Err(AssessmentError::RateOutOfRange { part });
            }
        }
        let units = [
            ("part_unit", rounding.part_unit),
            ("total_unit", rounding.total_unit),
            ("income_base_unit", rounding.income_base_unit),
            ("proration_unit", rounding.proration_unit),
        ];
        if let Some((field, _)) = units
            .iter()
            .find(|(_, unit)| !(1..=1_000_000).contains(unit))
        {
            return Err(AssessmentError::Unit { field });
        }
        let year = national.fiscal_year;
        let born = |age: i32, month, day| {
            NaiveDate::from_ymd_opt(year.0 - age, month, day).ok_or(AssessmentError::OutOfRange)
        };
        let ages = national.ages.value;
        let mut deductions = [DeductionStep {
            up_to: i64::MIN,
            amount: 0,
        }; STEPS];
        let steps = &national.basic_deduction.value;
        if steps.len() > STEPS {
            return Err(AssessmentError::OutOfRange);
        }
        deductions[..steps.len()].copy_from_slice(steps);
        Ok(Rules {
            fiscal_year: year,
            april: born(0, 4, 1)?,
            end: born(-1, 4, 1)?,
            rates,
            rounding,
            options,
            per_head: national.per_head.value,
            test: national.reduction_test.value,
            earner: national.earner.value,
            senior_pension: national.senior_pension.value,
            ages,
            reliefs: national.reliefs.value,
            involuntary: national.involuntary.value,
            maternity: national.maternity.value,
            former_dependant: national.former_dependant.value,
            care_exempt: national.care_exempt.value,
            notice_days: national.payment_notice.value.days,
            decision_months: national.decision_limit.value.months,
            units: all_units(
                &rates,
                &national.reliefs.value,
                rounding.reduced_unit,
                options,
            ),
            deductions,
            senior_by: born(national.senior_pension.value.age, 1, 1)?,
            preschool_from: born(ages.preschool_under, 4, 2)?,
            child_from: born(ages.child_under, 4, 2)?,
        })
    }

    /// The same rules with one 基礎控除 for everybody, in yen, as in years before 2021.
    pub fn with_basic_deduction(mut self, amount: Yen) -> Rules {
        self.deductions = [DeductionStep {
            up_to: MOST.0 * 10,
            amount: amount.0,
        }; STEPS];
        self
    }

    /// What the reductions leave of the units of a part at a tier (per cent).
    pub(super) fn units(&self, part: Part, tier: i64) -> &Units {
        let by_tier = &self.units[part as usize];
        let [high, middle, low] = self.reliefs.tiers.map(i64::from);
        match tier {
            _ if tier == high => &by_tier[1],
            _ if tier == middle => &by_tier[2],
            _ if tier == low => &by_tier[3],
            _ => &by_tier[0],
        }
    }

    /// 基礎控除 (地方税法314条の2第2項) by 合計所得金額.
    pub fn basic_deduction(&self, total_income: Yen) -> Yen {
        basic_deduction(&self.deductions, total_income)
    }

    /// 65 on 31 December of the income year: born on or before 1 January of the year − 65.
    pub fn is_senior(&self, birth: NaiveDate) -> bool {
        birth <= self.senior_by
    }

    /// 未就学児: not yet six on the 2 April before the year.
    pub fn is_preschool(&self, birth: NaiveDate) -> bool {
        birth >= self.preschool_from
    }

    /// 18歳未満被保険者: until the 31 March on or after reaching 18.
    pub fn is_child(&self, birth: NaiveDate) -> bool {
        birth >= self.child_from
    }

    pub fn income_mode(&self, part: Part) -> IncomeMode {
        let own = self.rounding.income_mode_by_part.as_ref();
        let own = own.and_then(|modes| modes.get(part).copied());
        own.unwrap_or(self.rounding.income_mode)
    }
}

/// No unit, cap or income of the calculation may be larger: products stay far inside i64.
pub const MOST: Yen = Yen::MOST;

fn all_units(
    rates: &ByPart<PartRates>,
    reliefs: &Reliefs,
    reduced_unit: ReducedUnit,
    options: Options,
) -> [[Units; 4]; 4] {
    let [high, middle, low] = reliefs.tiers.map(i64::from);
    Part::ALL.map(|part| {
        [0, high, middle, low].map(|tier| {
            let specific_child = options.specific_household_child;
            let reduction = Reduction {
                part,
                tier,
                reliefs,
                reduced_unit,
                specific_child,
            };
            rates
                .get(part)
                .map(|rates| reduction.of(rates))
                .unwrap_or_default()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    #[test]
    fn a_ladder_of_the_basic_deduction_has_no_more_steps_than_there_is_room_for() {
        let parameters = figures::assessor("27100", FiscalYear(2026))
            .unwrap()
            .parameters;
        let with = |steps: usize| {
            let mut parameters = parameters.clone();
            let ladder = &mut parameters.national.basic_deduction.value;
            let last = *ladder.last().unwrap();
            ladder.resize(steps, last);
            Rules::of(&parameters)
        };
        assert!(with(STEPS).is_ok());
        assert_eq!(with(STEPS + 1).err(), Some(AssessmentError::OutOfRange));
    }
}
