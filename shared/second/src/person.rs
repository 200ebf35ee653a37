//! One person: ages, months, income.

use super::fraction::Fraction;
use super::{SecondError, Year};
use chrono::{Datelike, Months, NaiveDate};
use kokuho_shared::assessment::household::*;
use kokuho_shared::law::parameters::*;

type Period = (Option<NaiveDate>, Option<NaiveDate>, Option<LossGround>);

/// All periods of a member in the year.
pub fn periods(member: &Member) -> Vec<Period> {
    let mut all = vec![(member.acquired_on, member.lost_on, member.loss_ground)];
    for earlier in &member.earlier_periods {
        all.push((
            earlier.acquired_on,
            Some(earlier.lost_on),
            earlier.loss_ground,
        ));
    }
    all
}

impl Year<'_> {
    /// Born on or after the 2 April `age` years before the year.
    pub fn younger(&self, member: &Member, age: i32) -> bool {
        NaiveDate::from_ymd_opt(self.number() - age, 4, 2)
            .is_some_and(|day| member.birth_date >= day)
    }

    /// 65 on 31 December of the income year; a birthday on 1 January counts.
    pub fn senior(&self, member: &Member) -> bool {
        let age = self.national.senior_pension.value.age;
        NaiveDate::from_ymd_opt(self.number() - age, 1, 1)
            .is_some_and(|day| member.birth_date <= day)
    }

    pub fn insured_on(&self, member: &Member, day: NaiveDate) -> bool {
        let mut in_any = false;
        for (acquired, lost, _) in periods(member) {
            let after = acquired.is_none_or(|acquired| day >= acquired);
            let before = lost.is_none_or(|lost| day < lost);
            in_any |= after && before;
        }
        member.insured && in_any && member.birth_date <= day
    }

    pub fn birthday(&self, member: &Member, age: i32) -> Result<NaiveDate, SecondError> {
        let year = member.birth_date.year() + age;
        let day = member
            .birth_date
            .with_year(year)
            .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1));
        day.ok_or(SecondError::Calendar)
    }

    /// Whether the member is charged in the month that begins on `first`.
    pub fn charged(
        &self,
        member: &Member,
        part: Part,
        first: NaiveDate,
    ) -> Result<bool, SecondError> {
        let next = first
            .checked_add_months(Months::new(1))
            .ok_or(SecondError::Calendar)?;
        let ages = self.national.ages.value;
        let mut in_any = false;
        for (acquired, lost, ground) in periods(member) {
            let lost = lost.map(|lost| {
                let moved = self.options.loss_on_first == LossOnFirst::PreviousDay
                    && ground == Some(LossGround::Art6)
                    && lost.day() == 1;
                if moved {
                    lost.pred_opt().unwrap_or(lost)
                } else {
                    lost
                }
            });
            let begun = acquired.is_none_or(|acquired| acquired < next);
            // The month of the loss is not charged: the loss must lie after this month.
            in_any |= begun && lost.is_none_or(|lost| lost >= next);
        }
        let born = member.birth_date < next;
        let young = self.birthday(member, ages.insured_until)? >= next;
        let attained = |age: i32| {
            self.birthday(member, age)?
                .pred_opt()
                .ok_or(SecondError::Calendar)
        };
        let care = attained(ages.care_from)? < next && attained(ages.care_until)? >= next;
        let care = care && !self.exempt_month(member, first);
        Ok(member.insured && in_any && born && young && (part != Part::Care || care))
    }

    /// 介護保険適用除外施設: whether the person is lost to the care insurance by the end of the
    /// month that begins on `first`, and has not come back to it by then.
    fn exempt_month(&self, member: &Member, first: NaiveDate) -> bool {
        let Some(stay) = member.care_exempt else {
            return false;
        };
        let month = |day: NaiveDate| (day.year(), day.month());
        let lost = match self.national.care_exempt.value.loss_on {
            CareLoss::SameDay => stay.entered_on,
            CareLoss::NextDay => stay.entered_on.succ_opt().unwrap_or(NaiveDate::MAX),
        };
        month(lost) <= month(first) && stay.left_on.is_none_or(|left| month(left) > month(first))
    }

    /// 特例対象被保険者等 in the month of a day: from the day after leaving to 31 March of the
    /// fiscal year after, month by month.
    pub fn involuntary_month(&self, member: &Member, day: NaiveDate) -> bool {
        let rule = self.national.involuntary.value;
        let Some(Involuntary { left_on }) = member.involuntary else {
            return false;
        };
        let attained = self.birthday(member, rule.age_under).ok();
        let young = attained
            .and_then(|birthday| birthday.pred_opt())
            .is_some_and(|attained| left_on < attained);
        let Some(after) = left_on.succ_opt() else {
            return false;
        };
        let january_to_march = i32::from(after.month() < 4);
        let last_year = after.year() - january_to_march + rule.fiscal_years_after + 1;
        let begins = (after.year(), after.month());
        let month = (day.year(), day.month());
        let may = member.insured || member.former_member;
        may && young && begins <= month && month <= (last_year, 3)
    }

    /// 産前産後: whether the month that begins on `first` lies around the birth.
    pub fn maternity_month(&self, member: &Member, first: NaiveDate) -> bool {
        let rule = self.national.maternity.value;
        let Some(birth) = member.maternity else {
            return false;
        };
        let number = |day: NaiveDate| day.year() * 12 + day.month() as i32;
        let before = if birth.multiple {
            rule.before_multiple
        } else {
            rule.before
        };
        let distance = number(first) - number(birth.expected_on);
        birth.expected_on >= rule.births_from
            && first >= rule.months_from
            && (-before..=rule.after).contains(&distance)
    }

    /// 旧被扶養者: whether the month lies in the first months since 資格取得.
    pub fn brought_down(&self, member: &Member, first: NaiveDate) -> bool {
        let number = |day: NaiveDate| day.year() * 12 + day.month() as i32;
        member.former_dependant_since.is_some_and(|since| {
            let passed = number(first) - number(since);
            (0..self.national.former_dependant.value.months).contains(&passed)
        })
    }

    /// What counts of 給与所得.
    pub fn salary(&self, income: i64, involuntary: bool) -> i64 {
        if !involuntary {
            return income;
        }
        let percent = i128::from(self.national.involuntary.value.salary_percent);
        (Fraction::whole(income) * Fraction::new(percent, 100)).floor_to(1)
    }

    pub fn base(&self, member: &Member, involuntary: bool) -> i64 {
        if member.income_status == IncomeStatus::Unknown {
            return 0;
        }
        let income = &member.income;
        let others = income.pension_income.0 + income.other_income.0;
        let full = income.salary_income.0 + others;
        let total = income.total_income.map_or(full, |total| total.0);
        let sum = self.salary(income.salary_income.0, involuntary) + others;
        let mut deduction = 0;
        for step in self.national.basic_deduction.value.iter().rev() {
            if total <= step.up_to {
                deduction = step.amount;
            }
        }
        Fraction::whole((sum - deduction).max(0)).floor_to(self.rounding.income_base_unit)
    }
}
