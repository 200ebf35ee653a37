//! 試算票: what somebody says of a household to have its premium estimated, and how it becomes facts.

pub mod code;
pub mod events;

use super::household::{
    Household, Income, IncomeStatus, Involuntary, LossGround, Maternity, Member,
};
use super::result::Assessor;
use super::rules::Rules;
use crate::assessment::income::kinds::Kinds;
use crate::assessment::income::tables::IncomeTables;
use crate::assessment::premium::circumstances::{CircumstanceError, Circumstances};
use crate::calendar::{FiscalYear, Month, age_attained_on};
use crate::law::LawError;
use crate::law::income_kinds::KindRules;
use crate::law::parameters::Ages;
use crate::money::Yen;
use chrono::NaiveDate;

/// A household as its people describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// 団体コード of the municipality.
    pub municipality: String,
    pub fiscal_year: FiscalYear,
    /// Incomes are given instead of receipts.
    pub direct: bool,
    pub persons: Vec<Person>,
}

/// One person of the sheet. Amounts in yen, of the calendar year before the fiscal year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub birth: Option<NaiveDate>,
    pub head: bool,
    pub insured: bool,
    /// 未申告.
    pub undeclared: bool,
    /// 給与収入 and 公的年金等の収入.
    pub salary: Yen,
    pub pension: Yen,
    /// 給与所得 and 雑所得 of pensions, where incomes are given.
    pub salary_income: Yen,
    pub pension_income: Yen,
    /// 所得金額調整控除 of receipts over 8.5 million: a child under 23, or 特別障害者.
    pub special_adjustment: bool,
    /// Every other kind; `business` also holds what is only called "other".
    pub kinds: Kinds,
    /// 専従者給与・控除 that was deducted, and 専従者給与 inside the salary.
    pub family_pay_deducted: Yen,
    pub family_pay_received: Yen,
    /// 固定資産税額, where there is an 資産割.
    pub fixed_asset_tax: Yen,
    /// Joined or left within the year.
    pub acquired: Option<NaiveDate>,
    pub lost: Option<NaiveDate>,
    /// Left for another insurance, not by moving away.
    pub other_insurance: bool,
    /// 離職日 of a job lost by no wish of one's own.
    pub left: Option<NaiveDate>,
    /// 出産予定日 or 出産日.
    pub expected: Option<NaiveDate>,
    pub multiple: bool,
    /// 旧被扶養者 since.
    pub dependant: Option<NaiveDate>,
    /// Moved on to 後期高齢者医療 and stays in the household.
    pub moved_on: Option<NaiveDate>,
}

impl Default for Person {
    fn default() -> Person {
        Person {
            birth: None,
            head: false,
            insured: true,
            undeclared: false,
            salary: Yen::ZERO,
            pension: Yen::ZERO,
            salary_income: Yen::ZERO,
            pension_income: Yen::ZERO,
            special_adjustment: false,
            kinds: Kinds::default(),
            family_pay_deducted: Yen::ZERO,
            family_pay_received: Yen::ZERO,
            fixed_asset_tax: Yen::ZERO,
            acquired: None,
            lost: None,
            other_insurance: true,
            left: None,
            expected: None,
            multiple: false,
            dependant: None,
            moved_on: None,
        }
    }
}

/// Why a sheet has no premium yet; people are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("{place}人目の生年月日がありません", place = .0 + 1)]
    BirthMissing(usize),
    /// What was said of a job, a birth or an insurance has no effect.
    #[error("{place}人目：{why}", place = .0 + 1, why = .1)]
    NoEffect(usize, CircumstanceError),
    #[error(transparent)]
    Law(#[from] LawError),
}

/// The tables by which receipts and kinds become income.
#[derive(Clone, Debug)]
pub struct Tables {
    pub income: IncomeTables,
    pub kinds: KindRules,
}

impl Sheet {
    /// The facts of the sheet's year; refused where a date of birth is missing or something that
    /// was said has no effect.
    pub fn household(&self, tables: &Tables, assessor: &Assessor) -> Result<Household, SheetError> {
        let national = &assessor.parameters.national;
        for (place, person) in self.persons.iter().enumerate() {
            let birth = person.birth.ok_or(SheetError::BirthMissing(place))?;
            let checked = person.circumstances().check(birth, national);
            checked.map_err(|why| SheetError::NoEffect(place, why))?;
        }
        let members = self.persons.iter().enumerate();
        let members =
            members.map(|(place, person)| person.member(place, self, tables, &assessor.rules));
        Ok(Household {
            members: members.collect::<Result<_, _>>()?,
            ..Household::default()
        })
    }
}

impl Person {
    fn circumstances(&self) -> Circumstances {
        let multiple = self.multiple;
        Circumstances {
            involuntary: self.left.map(|left_on| Involuntary { left_on }),
            maternity: self.expected.map(|expected_on| Maternity {
                expected_on,
                multiple,
            }),
            former_dependant_since: self.dependant,
            care_exempt: None,
        }
    }

    fn member(
        &self,
        place: usize,
        sheet: &Sheet,
        tables: &Tables,
        rules: &Rules,
    ) -> Result<Member, SheetError> {
        let birth = self.birth.ok_or(SheetError::BirthMissing(place))?;
        let mut member = Member {
            head: self.head,
            insured: self.insured,
            income: self.income(sheet, rules.is_senior(birth), tables)?,
            income_status: if self.undeclared {
                IncomeStatus::Undeclared
            } else {
                IncomeStatus::Known
            },
            fixed_asset_tax: self.fixed_asset_tax,
            ..Member::new((place + 1).to_string(), birth)
        };
        self.circumstances().apply(&mut member);
        self.period(&mut member, sheet.fiscal_year, rules.ages);
        if let Some(last) = self.moved_on.and_then(|day| day.pred_opt()) {
            member.insured = false;
            member.former_member = true;
            member.specific_month = Some(Month::of(last));
        }
        Ok(member)
    }

    fn income(&self, sheet: &Sheet, senior: bool, tables: &Tables) -> Result<Income, LawError> {
        let year = sheet.fiscal_year.income_year();
        let law = tables.kinds.of(year)?;
        let mut known = Income {
            family_pay_deducted: self.family_pay_deducted,
            family_pay_received: self.family_pay_received,
            ..Income::default()
        };
        if sheet.direct {
            known.salary_income = self.salary_income;
            known.pension_income = self.pension_income;
        } else {
            // Every other income makes the deduction of a pension smaller.
            let other = self.kinds.income(Income::default(), law).total_income;
            let converted = tables.income.adjusted(
                year,
                self.salary,
                self.pension,
                senior,
                self.special_adjustment,
                other.unwrap_or_default(),
            )?;
            known.salary_receipts = Some(self.salary);
            known.pension_receipts = Some(self.pension);
            known.salary_income = converted.salary_income;
            known.pension_income = converted.pension_income;
        }
        Ok(self.kinds.income(known, law))
    }

    /// The months of the year: who joined only after it or left before it is not insured in it.
    fn period(&self, member: &mut Member, year: FiscalYear, ages: Ages) {
        let (Some(april), Some(end)) = (year.april(), year.after().april()) else {
            return;
        };
        let (acquired, lost) = (self.acquired, self.lost);
        if acquired.is_some_and(|day| day >= end) || lost.is_some_and(|day| day <= april) {
            member.insured = false;
        }
        member.acquired_on = acquired.filter(|day| *day > april);
        // Turning 75 ends the months by itself. A loss on 1 April after the year may count as one on
        // 31 March.
        let by_age = u32::try_from(ages.insured_until)
            .ok()
            .and_then(|age| age_attained_on(member.birth_date, age)?.succ_opt());
        member.lost_on = lost.filter(|day| *day <= end && Some(*day) != by_age);
        member.loss_ground = member.lost_on.map(|_| {
            if self.other_insurance {
                LossGround::Art6
            } else {
                LossGround::Other
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    pub fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A head of household with a salary.
    pub fn sheet(birth: &str, salary: i64) -> Sheet {
        Sheet {
            municipality: "27100".into(),
            fiscal_year: FiscalYear(2026),
            direct: false,
            persons: vec![Person {
                birth: Some(day(birth)),
                head: true,
                salary: Yen(salary),
                ..Person::default()
            }],
        }
    }

    pub fn total(sheet: &Sheet) -> Result<i64, SheetError> {
        let assessor = figures::assessor(&sheet.municipality, sheet.fiscal_year).unwrap();
        let tables = figures::sheet_tables().unwrap();
        let household = sheet.household(&tables, &assessor)?;
        Ok(assessor.assess(&household).unwrap().premium.total.0)
    }

    #[test]
    fn a_sheet_gives_the_worked_amounts_of_the_city() {
        assert_eq!(total(&sheet("1981-04-02", 5_000_000)), Ok(594_729));
        let mut lost = sheet("1981-04-02", 5_000_000);
        lost.persons[0].left = Some(day("2026-03-31"));
        assert_eq!(total(&lost), Ok(209_963));
        let mut late = sheet("1981-04-02", 5_000_000);
        late.persons[0].acquired = Some(day("2026-10-15"));
        assert_eq!(total(&late), Ok(297_364));
    }

    #[test]
    fn a_loss_of_business_lowers_the_salary_and_a_gain_of_land_counts_besides() {
        let salary = |kinds: Kinds| {
            let mut sheet = sheet("1981-04-02", 4_500_000);
            sheet.persons[0].kinds = kinds;
            total(&sheet).unwrap()
        };
        let mut direct = sheet("1981-04-02", 0);
        direct.direct = true;
        // 4,500,000 of receipts are 3,160,000 of income.
        direct.persons[0].salary_income = Yen(3_160_000 - 1_000_000);
        assert_eq!(
            Ok(salary(Kinds {
                business: Yen(-1_000_000),
                ..Kinds::default()
            })),
            total(&direct)
        );
        direct.persons[0].salary_income = Yen(3_160_000);
        direct.persons[0].kinds.land_long = Yen(700_000);
        assert_eq!(
            Ok(salary(Kinds {
                land_long: Yen(2_000_000),
                land_special_deduction: Yen(1_300_000),
                ..Kinds::default()
            })),
            total(&direct)
        );
    }

    fn members(sheet: &Sheet) -> Vec<Member> {
        let assessor = figures::assessor(&sheet.municipality, sheet.fiscal_year).unwrap();
        let tables = figures::sheet_tables().unwrap();
        sheet.household(&tables, &assessor).unwrap().members
    }

    #[test]
    fn a_person_becomes_a_member_with_everything_that_was_said() {
        let mut two = sheet("1981-04-02", 0);
        two.persons.push(Person {
            birth: Some(day("1985-04-02")),
            undeclared: true,
            fixed_asset_tax: Yen(7),
            family_pay_deducted: Yen(8),
            family_pay_received: Yen(9),
            ..Person::default()
        });
        let all = members(&two);
        let second = &all[1];
        assert_eq!((all[0].id.as_str(), second.id.as_str()), ("1", "2"));
        assert_eq!(all[0].income_status, IncomeStatus::Known);
        assert_eq!(second.income_status, IncomeStatus::Undeclared);
        assert_eq!(second.fixed_asset_tax, Yen(7));
        assert_eq!(second.income.family_pay_deducted, Yen(8));
        assert_eq!(second.income.family_pay_received, Yen(9));
    }

    #[test]
    fn a_person_is_insured_in_the_months_of_the_year_that_were_said() {
        let of = |birth: &str, acquired: Option<&str>, lost: Option<&str>| {
            let mut one = sheet(birth, 0);
            one.persons[0].acquired = acquired.map(day);
            one.persons[0].lost = lost.map(day);
            let member = members(&one).remove(0);
            let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
            (
                member.insured,
                text(member.acquired_on),
                text(member.lost_on),
            )
        };
        let some = |text: &str| Some(text.to_owned());
        let born = "1981-04-02";
        assert_eq!(of(born, None, None), (true, None, None));
        assert_eq!(of(born, Some("2026-04-01"), None), (true, None, None));
        let second = of(born, Some("2026-04-02"), None);
        assert_eq!(second, (true, some("2026-04-02"), None));
        assert!(!of(born, Some("2027-04-01"), None).0);
        assert!(!of(born, None, Some("2026-04-01")).0);
        let lost = of(born, None, Some("2026-04-02"));
        assert_eq!(lost, (true, None, some("2026-04-02")));
        let after = of(born, None, Some("2027-04-01"));
        assert_eq!(after, (true, None, some("2027-04-01")));
        assert_eq!(of(born, None, Some("2027-04-02")), (true, None, None));
        // Who turns 75 in October leaves by age; a loss before it is one of its own.
        let old = "1951-10-10";
        assert_eq!(of(old, None, Some("2026-10-10")), (true, None, None));
        let before = of(old, None, Some("2026-10-09"));
        assert_eq!(before, (true, None, some("2026-10-09")));
    }

    #[test]
    fn a_missing_date_of_birth_is_named_by_its_person() {
        let mut two = sheet("1981-04-02", 0);
        two.persons.push(Person::default());
        assert_eq!(total(&two), Err(SheetError::BirthMissing(1)));
        assert_eq!(
            SheetError::BirthMissing(1).to_string(),
            "2人目の生年月日がありません"
        );
    }
}
