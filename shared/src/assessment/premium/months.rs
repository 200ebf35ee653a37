//! 月数: in which months of the year a member is charged. Bit 0 is April, bit 11 is March.

use crate::assessment::household::{CareExempt, LossGround, Member};
use crate::assessment::premium::circumstances::lost_on;
use crate::assessment::relief::Relief;
use crate::assessment::rules::Rules;
use crate::calendar::{FiscalYear, Month, age_attained_on, month_of_attaining, month_of_birthday};
use crate::law::parameters::LossOnFirst;
use chrono::{Datelike, NaiveDate};

/// A set of months of one fiscal year.
pub type Months = u16;

/// From the month of acquisition to the month before the loss, at most to the month before
/// the 75th birthday (法76条, 令29条の7). Acquired and lost in the same month = none.
pub fn insured(member: &Member, rules: &Rules) -> Months {
    if !member.insured {
        return 0;
    }
    let year = rules.fiscal_year;
    let last = period(
        member.acquired_on,
        member.lost_on,
        member.loss_ground,
        rules,
    );
    // Nearly everybody has one period only, and was born before the year.
    let mut months = last;
    for each in &member.earlier_periods {
        months |= period(
            each.acquired_on,
            Some(each.lost_on),
            each.loss_ground,
            rules,
        );
    }
    if member.birth_date > rules.april {
        months &= between(year.month_index(member.birth_date), 12);
    }
    // Nobody who is 75 only years later needs the exact month.
    let leaves = if year.0 - member.birth_date.year() + 1 < rules.ages.insured_until {
        12
    } else {
        month_of_birthday(member.birth_date, rules.ages.insured_until, year)
    };
    months & between(0, leaves)
}

/// The months of one 資格期間.
fn period(
    acquired_on: Option<NaiveDate>,
    lost_on: Option<NaiveDate>,
    ground: Option<LossGround>,
    rules: &Rules,
) -> Months {
    let year = rules.fiscal_year;
    let from = acquired_on.map_or(0, |day| year.month_index(day));
    let lost = lost_on.map_or(12, |day| year.month_index(loss_day(day, ground, rules)));
    between(from, lost)
}

/// 介護保険第2号: from the month in which 40 is attained to the month before that of 65, but for
/// the months of a stay in a 介護保険適用除外施設.
pub fn care(member: &Member, rules: &Rules) -> Months {
    let by_age = care_by_age(member, rules);
    match member.care_exempt {
        Some(stay) => by_age & !exempt(stay, rules),
        None => by_age,
    }
}

/// 介護保険適用除外施設: from the month of the loss to the month before that of leaving.
#[cold]
fn exempt(stay: CareExempt, rules: &Rules) -> Months {
    let year = rules.fiscal_year;
    let until = stay.left_on.map_or(12, |day| year.month_index(day));
    lost_on(stay, rules.care_exempt).map_or(0, |day| between(year.month_index(day), until))
}

pub(in crate::assessment) fn care_by_age(member: &Member, rules: &Rules) -> Months {
    let year = rules.fiscal_year;
    let years = year.0 - member.birth_date.year();
    // Far from both ages the year alone decides; near them the month does.
    if years > rules.ages.care_from && years + 2 < rules.ages.care_until {
        return between(0, 12);
    }
    if years + 1 < rules.ages.care_from || years > rules.ages.care_until {
        return 0;
    }
    let from = month_of_attaining(member.birth_date, rules.ages.care_from, year);
    between(
        from,
        month_of_attaining(member.birth_date, rules.ages.care_until, year),
    )
}

/// A loss by 法6条1–8号 on the first counts as one on the day before, where the city says so.
fn loss_day(lost: NaiveDate, ground: Option<LossGround>, rules: &Rules) -> NaiveDate {
    let previous = rules.options.loss_on_first == LossOnFirst::PreviousDay
        && ground == Some(LossGround::Art6)
        && lost.day() == 1;
    if previous {
        lost.pred_opt().unwrap_or(lost)
    } else {
        lost
    }
}

fn between(from: i32, until: i32) -> Months {
    let below = |month: i32| (1u16 << month.clamp(0, 12)) - 1;
    below(until) & !below(from)
}

/// 特定世帯 (half) and 特定継続世帯 (three quarters): months in which 平等割 is reduced because
/// one insured person is left with people who moved on to 後期高齢者医療 (令29条の7第2項8号).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Specific {
    pub half: Months,
    pub three_quarters: Months,
}

/// Looks at one member after the other, with the months in which each is insured.
#[derive(Default)]
pub struct SpecificSearch {
    once: Months,
    twice: Months,
    /// A former member is here, at most so long after its 特定月.
    half: Months,
    three_quarters: Months,
}

impl SpecificSearch {
    /// Somebody who turns 75 in the year is a former member from the birthday's month on, and
    /// whoever leaves the household is none from that month on.
    pub fn see(&mut self, member: &Member, insured: Months, rules: &Rules) {
        self.twice |= self.once & insured;
        self.once |= insured;
        let year = rules.fiscal_year;
        let here = member
            .left_household_on
            .map_or(!0, |left| between(0, year.month_index(left)));
        self.half |= after_75(member, rules) & here;
        let Some(month) = member.specific_month.map(Month::first_day) else {
            return;
        };
        let month = year.month_index(month);
        if member.insured {
            // 障害認定: lost to 後期高齢者医療 within the year, and stays in the household.
            self.half |= between(month, 12) & here;
        } else if member.former_member {
            let until = |months: i32| between(0, month + 1 + months) & here;
            self.half |= until(rules.reliefs.specific_months);
            self.three_quarters |= until(rules.reliefs.specific_continuing_months);
        }
    }

    pub fn found(&self) -> Specific {
        let single = self.once & !self.twice;
        Specific {
            half: single & self.half,
            three_quarters: single & self.three_quarters & !self.half,
        }
    }
}

/// The months from the 75th birthday on, of somebody insured who has it inside the year.
fn after_75(member: &Member, rules: &Rules) -> Months {
    let years = rules.fiscal_year.0 - member.birth_date.year();
    // The birthday lies in the year only for those born 74 or 75 years before it began.
    if !member.insured || years > rules.ages.insured_until || years + 1 < rules.ages.insured_until {
        return 0;
    }
    let birthday = month_of_birthday(
        member.birth_date,
        rules.ages.insured_until,
        rules.fiscal_year,
    );
    // Who had left for another insurance before did not move on to 後期高齢者医療 from here.
    let day = u32::try_from(rules.ages.insured_until)
        .ok()
        .and_then(|age| age_attained_on(member.birth_date, age)?.succ_opt());
    let stayed = member
        .lost_on
        .is_none_or(|lost| day.is_some_and(|day| lost >= day));
    if (0..12).contains(&birthday) && stayed {
        between(birthday, 12)
    } else {
        0
    }
}

/// 特例対象被保険者等 (令29条の7の2): from the month of the day after leaving to the March of the
/// fiscal year after the one of that day, for whoever attains the age only later. Decided by
/// dates alone: the benefit's own period and a new job change nothing. Of a 特定同一世帯所属者 only
/// the reduction test looks at it.
pub fn involuntary(member: &Member, rules: &Rules) -> Months {
    let Some(left_on) = member.involuntary.map(|given| given.left_on) else {
        return 0;
    };
    let rule = rules.involuntary;
    let attained = u32::try_from(rule.age_under)
        .ok()
        .and_then(|age| age_attained_on(member.birth_date, age));
    let Some(after) = left_on.succ_opt() else {
        return 0;
    };
    let may = member.insured || member.former_member;
    if !may || attained.is_none_or(|attained| attained <= left_on) {
        return 0;
    }
    let years = FiscalYear::of(after).0 + rule.fiscal_years_after + 1 - rules.fiscal_year.0;
    between(rules.fiscal_year.month_index(after), years * 12)
}

/// 産前産後: the months around the birth that are free of the person's own levies.
pub fn maternity(member: &Member, rules: &Rules) -> Months {
    let rule = rules.maternity;
    let Some(birth) = member.maternity else {
        return 0;
    };
    if birth.expected_on < rule.births_from {
        return 0;
    }
    let before = if birth.multiple {
        rule.before_multiple
    } else {
        rule.before
    };
    let month = rules.fiscal_year.month_index(birth.expected_on);
    let earliest = rules.fiscal_year.month_index(rule.months_from);
    between((month - before).max(earliest), month + rule.after + 1)
}

/// 旧被扶養者: the months in which 均等割 and 平等割 are brought down.
pub fn former_dependant(member: &Member, rules: &Rules) -> Months {
    member.former_dependant_since.map_or(0, |since| {
        let month = rules.fiscal_year.month_index(since);
        between(month, month + rules.former_dependant.months)
    })
}

/// 減免: the months of the year that one covers.
pub(in crate::assessment) fn relief(relief: &Relief, rules: &Rules) -> Months {
    let index = |month: Month| {
        let index = rules.fiscal_year.month_index(month.first_day());
        index.clamp(0, 12)
    };
    let below = |month: i32| (1u16 << month) - 1;
    let first = index(relief.from);
    let end = match rules.fiscal_year.month_index(relief.until.first_day()) {
        last if last < 0 => 0,
        last => (last + 1).min(12),
    };
    below(end) & !below(first)
}
