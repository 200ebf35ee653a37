//! 所得の計算: receipts of salary and public pensions become income (for the preview; the
//! tax file already brings income). Tables are data: `parameters/national/income.toml`.

use crate::law::LawError;
use crate::law::parameters::ValueState;
use crate::money::{Rounding, Yen};
use serde::{Deserialize, Serialize};

/// Every conversion table the installation knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomeTables {
    salary: Vec<SalaryTable>,
    pension: Vec<PensionTable>,
    adjustment: Vec<AdjustmentTable>,
}

/// 給与所得控除 (所得税法28条) as bands of receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SalaryTable {
    from_income_year: i32,
    until_income_year: i32,
    pub source: String,
    pub state: ValueState,
    bands: Vec<Band>,
}

/// 公的年金等控除 (所得税法35条4項) for both sides of 65.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PensionTable {
    from_income_year: i32,
    until_income_year: i32,
    pub source: String,
    pub state: ValueState,
    under_65: Vec<Band>,
    from_65: Vec<Band>,
    smaller_deduction: Vec<SmallerDeduction>,
}

/// 所得金額調整控除 (租税特別措置法41条の3の11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentTable {
    from_income_year: i32,
    until_income_year: i32,
    pub source: String,
    pub state: ValueState,
    special_over: i64,
    special_up_to: i64,
    special_percent: i64,
    both_limit_each: i64,
    both_minus: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    under: Option<i64>,
    fixed: Option<i64>,
    step: Option<i64>,
    #[serde(default)]
    percent: i64,
    #[serde(default)]
    minus: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmallerDeduction {
    over: i64,
    by: i64,
}

/// Salary and pension of one person after both conversions and the adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    pub salary_income_before: Yen,
    pub pension_income: Yen,
    pub adjustment: Yen,
    pub salary_income: Yen,
}

impl IncomeTables {
    /// 給与収入 → 給与所得 (before 所得金額調整控除) of a calendar year.
    pub fn salary_income(&self, income_year: i32, receipts: Yen) -> Result<Yen, LawError> {
        let table = self
            .salary
            .iter()
            .find(|table| (table.from_income_year..table.until_income_year).contains(&income_year))
            .ok_or(LawError::MissingYear {
                table: "給与所得",
                year: income_year,
            })?;
        Ok(convert(&table.bands, receipts, 0))
    }

    /// 公的年金等の収入 → 雑所得. `other_income` is 合計所得金額 without the pension.
    pub fn pension_income(
        &self,
        income_year: i32,
        receipts: Yen,
        age65: bool,
        other_income: Yen,
    ) -> Result<Yen, LawError> {
        let table = self
            .pension
            .iter()
            .find(|table| (table.from_income_year..table.until_income_year).contains(&income_year))
            .ok_or(LawError::MissingYear {
                table: "公的年金等",
                year: income_year,
            })?;
        let bands = if age65 {
            &table.from_65
        } else {
            &table.under_65
        };
        let smaller_by = table
            .smaller_deduction
            .iter()
            .filter(|step| other_income.0 > step.over)
            .map(|step| step.by)
            .max()
            .unwrap_or(0);
        Ok(convert(bands, receipts, smaller_by))
    }

    /// 所得金額調整控除. `special`: the condition for receipts over 8.5 million is met;
    /// `other_income`: every other income, which makes the deduction of a pension smaller.
    pub fn adjusted(
        &self,
        income_year: i32,
        salary_receipts: Yen,
        pension_receipts: Yen,
        age65: bool,
        special: bool,
        other_income: Yen,
    ) -> Result<Converted, LawError> {
        let table = self
            .adjustment
            .iter()
            .find(|table| (table.from_income_year..table.until_income_year).contains(&income_year))
            .ok_or(LawError::MissingYear {
                table: "所得金額調整控除",
                year: income_year,
            })?;
        let before = self.salary_income(income_year, salary_receipts)?;
        let first = if special {
            table.special(salary_receipts)
        } else {
            Yen::ZERO
        };
        let after_first = (before - first).or_zero();
        let without_pension = after_first + other_income;
        let pension = self.pension_income(income_year, pension_receipts, age65, without_pension)?;
        let adjustment = first + table.both(after_first, pension);
        let salary_income = (before - adjustment).or_zero();
        Ok(Converted {
            salary_income_before: before,
            pension_income: pension,
            adjustment,
            salary_income,
        })
    }
}

impl AdjustmentTable {
    /// 1項: a share of the receipts between the two limits, raised to the yen.
    fn special(&self, receipts: Yen) -> Yen {
        let share = (receipts.0.min(self.special_up_to) - self.special_over).max(0);
        Rounding::CeilTo(1)
            .divide(i128::from(share) * i128::from(self.special_percent), 100)
            .unwrap_or(Yen::ZERO)
    }

    /// 2項: only where both salary and pension income are positive.
    fn both(&self, salary: Yen, pension: Yen) -> Yen {
        if salary <= Yen::ZERO || pension <= Yen::ZERO {
            return Yen::ZERO;
        }
        let limit = self.both_limit_each;
        Yen(salary.0.min(limit) + pension.0.min(limit) - self.both_minus).or_zero()
    }
}

/// Income of the band that holds for the receipts; never below zero.
fn convert(bands: &[Band], receipts: Yen, smaller_deduction: i64) -> Yen {
    let holds = |band: &&Band| band.under.is_none_or(|under| receipts.0 < under);
    let Some(band) = bands.iter().find(holds) else {
        return Yen::ZERO;
    };
    if let Some(fixed) = band.fixed {
        return Yen(fixed);
    }
    let base = Rounding::FloorTo(band.step.unwrap_or(1)).apply(receipts);
    Rounding::FLOOR
        .divide(i128::from(base.0) * i128::from(band.percent), 100)
        .map_or(Yen::ZERO, |share| {
            Yen(share.0 - band.minus + smaller_deduction).or_zero()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    #[test]
    fn a_year_without_a_table_is_refused_and_never_takes_last_years() {
        let tables = figures::income_tables().unwrap();
        assert_eq!(
            tables.salary_income(2026, Yen(3_000_000)),
            Err(LawError::MissingYear {
                table: "給与所得",
                year: 2026
            })
        );
    }

    #[test]
    fn salary_income_never_falls_where_receipts_rise_by_a_step() {
        let tables = figures::income_tables().unwrap();
        for year in 2020..2026 {
            let mut before = Yen::ZERO;
            for receipts in (0..=12_000_000).step_by(1_000) {
                let income = tables.salary_income(year, Yen(receipts)).unwrap();
                assert!(income >= before, "{year}: {receipts}");
                before = income;
            }
        }
    }

    /// Every row by hand: 給与収入, 年金収入, whether 1項 holds, other income; 給与所得 before, the
    /// deduction, 年金の所得, 給与所得.
    #[test]
    fn the_adjustment_deductions_of_both_paragraphs_are_taken_from_the_salary() {
        let tables = figures::income_tables().unwrap();
        let rows = [
            // 1項: (9,000,001 - 8,500,000) x 10 % = 50,000.1, raised to the yen.
            (9_000_001, 0, true, 0, [7_050_001, 50_001, 0, 7_000_000]),
            (9_000_001, 0, false, 0, [7_050_001, 0, 0, 7_050_001]),
            // Receipts count up to ten million, and from 8.5 million on.
            (20_000_000, 0, true, 0, [18_050_000, 150_000, 0, 17_900_000]),
            (8_500_000, 0, true, 0, [6_550_000, 0, 0, 6_550_000]),
            (3_000_000, 0, true, 0, [2_020_000, 0, 0, 2_020_000]),
            // 2項: up to 100,000 of each, less 100,000.
            (
                1_000_000,
                1_500_000,
                false,
                0,
                [450_000, 100_000, 400_000, 350_000],
            ),
            (600_000, 1_500_000, false, 0, [50_000, 50_000, 400_000, 0]),
            (
                1_000_000,
                1_160_000,
                false,
                0,
                [450_000, 60_000, 60_000, 390_000],
            ),
            (580_000, 1_140_000, false, 0, [30_000, 0, 40_000, 30_000]),
            (0, 1_500_000, false, 0, [0, 0, 400_000, 0]),
            (1_000_000, 1_100_000, false, 0, [450_000, 0, 0, 450_000]),
            // Both, and a pension whose deduction shrinks with what is over ten million.
            (
                9_000_000,
                3_000_000,
                true,
                0,
                [7_050_000, 150_000, 1_900_000, 6_900_000],
            ),
            (
                9_000_000,
                3_000_000,
                true,
                2_960_000,
                [7_050_000, 150_000, 1_900_000, 6_900_000],
            ),
            (
                9_000_000,
                3_000_000,
                true,
                3_000_000,
                [7_050_000, 150_000, 1_900_000, 6_900_000],
            ),
            (
                9_000_000,
                3_000_000,
                true,
                3_000_001,
                [7_050_000, 150_000, 2_000_000, 6_900_000],
            ),
        ];
        for (salary, pension, special, other, expected) in rows {
            let found = tables.adjusted(2024, Yen(salary), Yen(pension), true, special, Yen(other));
            let found = found.unwrap();
            let got = [
                found.salary_income_before,
                found.adjustment,
                found.pension_income,
                found.salary_income,
            ];
            assert_eq!(
                got,
                expected.map(Yen),
                "{salary} {pension} {special} {other}"
            );
        }
        assert!(
            tables
                .adjusted(2026, Yen(0), Yen(0), true, false, Yen(0))
                .is_err()
        );
    }

    #[test]
    fn a_band_begins_with_its_first_yen() {
        let tables = figures::income_tables().unwrap();
        let salary = |receipts| tables.salary_income(2024, Yen(receipts)).unwrap();
        assert_eq!([550_999, 551_000].map(salary), [Yen(0), Yen(1_000)]);
    }
}
