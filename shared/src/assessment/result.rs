//! 賦課の結果: everything a household's premium consists of, for preview and decision alike.

use crate::assessment::error::AssessmentError;
use crate::assessment::error::ScheduleError;
use crate::assessment::facts::MemberFacts;
use crate::assessment::facts::to_household;
use crate::assessment::household::Household;
use crate::assessment::outcome::Premium;
use crate::assessment::premium;
use crate::assessment::premium::months::{self, Months};
use crate::assessment::relief::Relief;
use crate::assessment::rules::Rules;
use crate::assessment::schedule::Schedule;
use crate::assessment::schedule::instalments::LATE_FROM;
use crate::assessment::schedule::instalments::{self, Instalment};
use crate::assessment::schedule::pension;
use crate::assessment::schedule::provisional;
use crate::calendar::Month;
use crate::explain::Explanation;
use crate::law::LawError;
use crate::law::parameters::{Holidays, Parameters};
use crate::law::pension::PensionRules;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The version of the rules in this code; a stored decision names the one it was made with.
pub const RULE_VERSION: u32 = 1;

/// Premium, explanation and instalments of one household and fiscal year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub premium: Premium,
    pub explanation: Explanation,
    pub instalments: Vec<Instalment>,
}

/// A municipality's parameters, ready to assess many households.
#[derive(Clone, Debug)]
pub struct Assessor {
    pub parameters: Parameters,
    pub rules: Rules,
    due: Vec<NaiveDate>,
    holidays: Holidays,
    /// 随時期 of those who join in the last month.
    late: Result<NaiveDate, LawError>,
}

impl Assessor {
    pub fn new(parameters: Parameters, holidays: Holidays) -> Result<Assessor, AssessmentError> {
        let rules = Rules::of(&parameters)?;
        let due = instalments::due_dates(&parameters.instalments.value, &holidays)?;
        let late =
            instalments::late_due_date(&parameters.instalments.value, &holidays, rules.fiscal_year);
        Ok(Assessor {
            parameters,
            rules,
            due,
            holidays,
            late,
        })
    }

    /// The facts of an assessment of the year, from the members of a household and its reliefs.
    pub fn household(&self, members: &[MemberFacts], reliefs: &[Relief]) -> Household {
        let until = Some(self.rules.ages.insured_until);
        to_household(members, self.rules.fiscal_year, until).with_reliefs(reliefs)
    }

    /// 納期限 of the year, in order.
    pub fn due_dates(&self) -> &[NaiveDate] {
        &self.due
    }

    /// 支払日 of pensions in the year, April first.
    pub fn pay_days(&self, day: u32) -> Result<[NaiveDate; 6], LawError> {
        let rules = &self.parameters.instalments.value;
        pension::pay_days(self.rules.fiscal_year, day, rules, &self.holidays)
    }

    /// 最初の納期 of a debtor's year (法110条の2): of whom a pension pays the day on which the first
    /// deduction is paid over, where it is the earlier one. `None` without any.
    pub fn first_due(
        &self,
        deducted: &[Instalment],
        rules: &PensionRules,
    ) -> Result<Option<NaiveDate>, LawError> {
        let ordinary = self.due.first().copied();
        let paid = deducted.iter().filter(|each| each.amount > Yen::ZERO);
        let Some(paid_on) = paid.map(|each| each.due_on).min() else {
            return Ok(ordinary);
        };
        let remittance = rules.remittance(paid_on)?;
        let own = &self.parameters.instalments.value;
        let remitted = pension::remitted_on(paid_on, remittance, own, &self.holidays)?;
        Ok(Some(ordinary.map_or(remitted, |due| due.min(remitted))))
    }

    /// The premium of a whole year in the instalments of the year, as if it were told before the
    /// first of them: for estimates. What a schedule needs is no part of the citizen's page.
    pub fn assess(&self, household: &Household) -> Result<Assessment, AssessmentError> {
        let (premium, explanation) = self.premium(household)?;
        let charged = self.charged(household);
        Ok(Assessment {
            premium,
            explanation,
            instalments: self.split_year(premium.total, charged)?,
        })
    }

    /// The one function behind preview, decision and verification.
    pub fn assess_on(
        &self,
        household: &Household,
        schedule: Option<&Schedule>,
    ) -> Result<Assessment, AssessmentError> {
        let Some(schedule) = schedule else {
            return self.assess(household);
        };
        if let Some(last_year) = &schedule.provisional {
            return provisional::assess(last_year, self, schedule);
        }
        let (premium, explanation) = self.premium(household)?;
        let charged = self.charged(household);
        Ok(Assessment {
            premium,
            explanation,
            instalments: self.split_on(premium.total, charged, schedule)?,
        })
    }

    /// Before the rates of a year are set it can be asked for provisionally only.
    pub fn refuse_without_rates(&self) -> Result<(), LawError> {
        match self.parameters.rates.iter().next() {
            Some(_) => Ok(()),
            None => Err(LawError::RatesNotYet),
        }
    }

    /// Refuses facts on which no premium can stand; those of a year without rates come in all the same.
    pub fn accept(&self, household: &Household) -> Result<(), AssessmentError> {
        if self.refuse_without_rates().is_err() {
            return Ok(());
        }
        self.premium(household).map(|_| ())
    }

    fn premium(&self, household: &Household) -> Result<(Premium, Explanation), AssessmentError> {
        self.refuse_without_rates()?;
        premium::assess(household, &self.rules)
    }

    /// The months in which somebody is charged.
    fn charged(&self, household: &Household) -> Months {
        let members = household.members.iter();
        members.fold(0, |all, member| all | months::insured(member, &self.rules))
    }

    /// The instalments of the year and their days, for whoever is charged in these months: those
    /// who join within the year pay from the next month on, and those who leave before the first
    /// instalment in that one (where it can still be asked for, from `earliest` on).
    fn asked_from(&self, charged: Months, earliest: Option<NaiveDate>) -> Vec<(u8, NaiveDate)> {
        let months = self.parameters.instalments.value.months.iter();
        let index = |month: &String| {
            let month = month.parse::<Month>().ok()?;
            u32::try_from(self.rules.fiscal_year.month_index(month.first_day())).ok()
        };
        let joined = charged != 0 && charged & 1 == 0;
        let first_month = charged.trailing_zeros();
        let after =
            |month: &String| !joined || index(month).is_some_and(|index| index > first_month);
        let all = (1u8..).zip(months).zip(&self.due);
        // What 仮算定 asks for is never a part of 本算定.
        let all = all.skip(usize::from(self.parameters.instalments.value.provisional));
        let mut all = all.filter(|((_, month), _)| after(month)).peekable();
        let left = |month: &String| {
            let later = index(month).and_then(|index| charged.checked_shr(index));
            charged != 0 && later == Some(0)
        };
        let alone = all.peek().is_some_and(|((_, month), due_on)| {
            left(month) && earliest.is_none_or(|earliest| **due_on >= earliest)
        });
        let many = if alone { 1 } else { usize::MAX };
        all.take(many)
            .map(|((number, _), due_on)| (number, *due_on))
            .collect()
    }

    /// 仮算定: the first instalments, as far as they can still be asked for. Refused where the city has
    /// none, or where their days are past.
    pub fn split_provisional(
        &self,
        total: Yen,
        schedule: &Schedule,
    ) -> Result<Vec<Instalment>, AssessmentError> {
        let rules = &self.parameters.instalments.value;
        if rules.provisional == 0 {
            return Err(ScheduleError::NoProvisional.into());
        }
        let notice_days = self.rules.notice_days;
        let earliest = schedule.earliest(notice_days);
        let earliest = earliest.ok_or(ScheduleError::Calendar)?;
        let first = (1u8..).zip(&self.due).take(rules.provisional.into());
        let open = first.filter(|(_, due_on)| **due_on >= earliest);
        let open: Vec<(u8, NaiveDate)> = open.map(|(number, due_on)| (number, *due_on)).collect();
        if open.is_empty() {
            return Err(ScheduleError::ProvisionalOver.into());
        }
        Ok(schedule.split(total, &open, rules, &self.holidays, notice_days)?)
    }

    pub(super) fn split_on(
        &self,
        total: Yen,
        charged: Months,
        schedule: &Schedule,
    ) -> Result<Vec<Instalment>, AssessmentError> {
        let rules = &self.parameters.instalments.value;
        let notice_days = self.rules.notice_days;
        let asked = self.asked_from(charged, schedule.earliest(notice_days));
        Ok(schedule.split(total, &asked, rules, &self.holidays, notice_days)?)
    }

    fn split_year(&self, total: Yen, charged: Months) -> Result<Vec<Instalment>, AssessmentError> {
        let rules = &self.parameters.instalments.value;
        let mut asked = self.asked_from(charged, None);
        if asked.is_empty() {
            asked.push((LATE_FROM, self.late.clone()?));
        }
        let amounts = instalments::split(total, asked.len(), rules.unit, rules.remainder_to);
        let amounts = amounts.map_err(ScheduleError::from)?;
        let all = amounts.into_iter().zip(asked);
        let instalment = |(amount, (number, due_on))| Instalment {
            number,
            amount,
            due_on,
        };
        Ok(all.map(instalment).collect())
    }
}
