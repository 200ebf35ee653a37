//! The day for which papers are planned, and its rules.

use crate::error::ServiceError;
use crate::figures;
use chrono::NaiveDate;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::{FiscalYear, Month, age_attained_on};
use kokuho_shared::eligibility::papers::income_year;
use kokuho_shared::eligibility::terms::YearlyDay;
use kokuho_shared::law::bracket::BracketRule;
use kokuho_shared::law::copayment::CopaymentRule;
use kokuho_shared::law::national::National;

/// For which day papers are planned, and the rules of that day, read once.
pub struct Day {
    pub on: NaiveDate,
    pub municipality: String,
    /// The year whose incomes decide what somebody bears.
    pub income_year: i64,
    /// 年度 that assesses these incomes.
    pub levy: FiscalYear,
    pub copayment: CopaymentRule,
    pub bracket: BracketRule,
    pub national: National,
    pub yearly: YearlyDay,
}

impl Day {
    /// Refused where the city or the law has no rules for the day.
    pub fn of(on: NaiveDate, municipality: &str) -> Result<Day, ServiceError> {
        let month = Month::of(on);
        let copayment = *figures::copayment()?.of(month)?;
        let year = income_year(on, &copayment);
        let unreadable = || ServiceError::Internal(format!("income year {year}"));
        let levy = FiscalYear::of_income(year).ok_or_else(unreadable)?;
        let parameters = figures::parameters(municipality, FiscalYear::of(on))?;
        let text = &parameters.eligibility.value.certificate_until;
        let yearly = text.split_once('-').and_then(|(month, day)| {
            Some(YearlyDay {
                month: month.parse().ok()?,
                day: day.parse().ok()?,
            })
        });
        let unreadable =
            || ServiceError::Internal(format!("eligibility.certificate_until: {text}"));
        Ok(Day {
            on,
            municipality: municipality.to_owned(),
            income_year: year,
            levy,
            copayment,
            bracket: *figures::brackets()?.of(month)?,
            national: figures::national(levy)?,
            yearly: yearly.ok_or_else(unreadable)?,
        })
    }
}

/// Whether somebody is insured on a day, without regard to a loss that nobody has recorded yet: 資格
/// ends with the 75th birthday whoever notes it.
pub fn holds_on(member: &MemberFacts, day: &Day) -> bool {
    let age = u32::try_from(day.national.ages.value.insured_until).ok();
    let attained = age.and_then(|age| age_attained_on(member.birth_date, age));
    member.period_on(day.on).is_some() && attained.is_none_or(|attained| attained >= day.on)
}
