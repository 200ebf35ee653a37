//! 特例の事情: facts about a person that change single months of the premium, as a clerk or a
//! citizen states them.

use crate::assessment::household::{CareExempt, Involuntary, Maternity, Member};
use crate::calendar::{FiscalYear, Month, age_attained_on};
use crate::law::parameters::{CareExemptRule, CareLoss, National};
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// What is known of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Circumstances {
    /// 特例対象被保険者等 (令29条の7の2): 離職日, with a qualifying 離職理由.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub involuntary: Option<Involuntary>,
    /// 出産被保険者 (令29条の7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maternity: Option<Maternity>,
    /// 旧被扶養者 (条例): 資格取得日 as such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_dependant_since: Option<NaiveDate>,
    /// 介護保険適用除外施設 (介護保険法施行法11条).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care_exempt: Option<CareExempt>,
}

/// Why a circumstance does not apply; it names its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CircumstanceError {
    #[error("離職日に{0}歳以上の方は、非自発的失業者の軽減の対象になりません")]
    LeftTooOld(i32),
    #[error("離職日が生年月日より前です")]
    LeftBeforeBirth,
    #[error("{0}より前の出産は、産前産後の免除の対象になりません")]
    BirthTooEarly(NaiveDate),
    #[error("出産予定日が生年月日より前です")]
    BirthBeforeOwn,
    #[error("旧被扶養者の減免は、65歳以上75歳未満で国民健康保険に加入した方が対象です")]
    NotAFormerDependant,
}

/// Why a stay in a 介護保険適用除外施設 cannot be; apart from the others, because the estimator has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StayError {
    #[error("入所日が生年月日より前です")]
    BeforeBirth,
    #[error("退所日が入所日より前です")]
    LeftBefore,
}

impl StayError {
    /// The field, as it is named in a request.
    pub fn field(self) -> &'static str {
        match self {
            StayError::BeforeBirth => "care_exempt.entered_on",
            StayError::LeftBefore => "care_exempt.left_on",
        }
    }
}

impl CircumstanceError {
    /// The field, as it is named in a request.
    pub fn field(self) -> &'static str {
        match self {
            CircumstanceError::LeftTooOld(_) | CircumstanceError::LeftBeforeBirth => {
                "involuntary.left_on"
            }
            CircumstanceError::BirthTooEarly(_) | CircumstanceError::BirthBeforeOwn => {
                "maternity.expected_on"
            }
            CircumstanceError::NotAFormerDependant => "former_dependant_since",
        }
    }
}

impl Circumstances {
    pub fn is_empty(&self) -> bool {
        *self == Circumstances::default()
    }

    /// Refuses what would have no effect, so that nobody believes it had one.
    pub fn check(&self, birth: NaiveDate, national: &National) -> Result<(), CircumstanceError> {
        if let Some(Involuntary { left_on }) = self.involuntary {
            let age = national.involuntary.value.age_under;
            if left_on < birth {
                return Err(CircumstanceError::LeftBeforeBirth);
            }
            if attained(birth, age).is_none_or(|day| day <= left_on) {
                return Err(CircumstanceError::LeftTooOld(age));
            }
        }
        if let Some(Maternity { expected_on, .. }) = self.maternity {
            let first = national.maternity.value.births_from;
            if expected_on < birth {
                return Err(CircumstanceError::BirthBeforeOwn);
            }
            if expected_on < first {
                return Err(CircumstanceError::BirthTooEarly(first));
            }
        }
        if let Some(since) = self.former_dependant_since {
            let ages = national.ages.value;
            let from = attained(birth, ages.care_until);
            let until = attained(birth, ages.insured_until);
            let within =
                from.is_some_and(|day| day <= since) && until.is_some_and(|day| since < day);
            if !within {
                return Err(CircumstanceError::NotAFormerDependant);
            }
        }
        Ok(())
    }

    /// The days of a stay are in order. Whoever is not 40 yet or 65 already may be in a facility: the
    /// months say what it changes.
    pub fn check_stay(&self, birth: NaiveDate) -> Result<(), StayError> {
        match self.care_exempt {
            Some(stay) if stay.entered_on < birth => Err(StayError::BeforeBirth),
            Some(stay) if stay.left_on.is_some_and(|left| left < stay.entered_on) => {
                Err(StayError::LeftBefore)
            }
            _ => Ok(()),
        }
    }

    /// Puts the circumstances into the facts of an assessment.
    pub fn apply(&self, member: &mut Member) {
        member.involuntary = self.involuntary;
        member.maternity = self.maternity;
        member.former_dependant_since = self.former_dependant_since;
        member.care_exempt = self.care_exempt;
    }

    /// First and last calendar month in which each has its effect while the person is insured, in
    /// the order of the fields: salary reduced, free for a birth, units brought down, no care
    /// levy (without an end while the stay has none, and nothing where it ends in its first month).
    pub fn spans(&self, national: &National) -> [Option<(Month, Option<Month>)>; 4] {
        let left = self.involuntary.and_then(|each| {
            let after = each.left_on.succ_opt()?;
            let years = national.involuntary.value.fiscal_years_after + 1;
            let end = FiscalYear(FiscalYear::of(after).0 + years).april()?;
            Some((Month::of(after), Month::of(end.pred_opt()?)))
        });
        let birth = self.maternity.and_then(|each| {
            let rule = national.maternity.value;
            let before = if each.multiple {
                rule.before_multiple
            } else {
                rule.before
            };
            let first = moved(each.expected_on, -before)?;
            let earliest = Month::of(rule.months_from);
            Some((first.max(earliest), moved(each.expected_on, rule.after)?))
        });
        let since = self.former_dependant_since.and_then(|day| {
            let months = national.former_dependant.value.months;
            Some((Month::of(day), moved(day, months - 1)?))
        });
        let stay = self.care_exempt.and_then(|stay| {
            let first = Month::of(lost_on(stay, national.care_exempt.value)?);
            let last = stay.left_on.and_then(|left| moved(left, -1));
            last.is_none_or(|last| first <= last)
                .then_some((first, last))
        });
        let ended = [left, birth, since].map(|span| span.map(|(from, to)| (from, Some(to))));
        let [left, birth, since] = ended;
        [left, birth, since, stay]
    }
}

/// 介護保険適用除外施設: the day from which the person is no 第2号被保険者; none beyond the calendar.
pub fn lost_on(stay: CareExempt, rule: CareExemptRule) -> Option<NaiveDate> {
    match rule.loss_on {
        CareLoss::SameDay => Some(stay.entered_on),
        CareLoss::NextDay => stay.entered_on.succ_opt(),
    }
}

/// The month so many months after a day's.
fn moved(day: NaiveDate, months: i32) -> Option<Month> {
    let first = Month::of(day).first_day();
    let count = Months::new(months.unsigned_abs());
    let there = if months < 0 {
        first.checked_sub_months(count)
    } else {
        first.checked_add_months(count)
    };
    there.map(Month::of)
}

fn attained(birth: NaiveDate, age: i32) -> Option<NaiveDate> {
    age_attained_on(birth, u32::try_from(age).ok()?)
}

/// Which circumstance a stored fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    Involuntary,
    Maternity,
    FormerDependant,
    CareExempt,
}

coded!(Kind);

/// A circumstance with its day: 離職日, 出産予定日, 資格取得日 or 入所日.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    pub kind: Kind,
    pub on: NaiveDate,
    /// 多胎.
    pub multiple: bool,
    /// 退所日.
    pub until: Option<NaiveDate>,
}

impl Circumstances {
    /// Those of a person's facts that reach into a fiscal year; `Err` where two births or two
    /// stays do, of which the rules know only one.
    pub fn of_year(facts: &[Fact], national: &National) -> Result<Circumstances, Circumstances> {
        let of = |kind| facts.iter().filter(move |fact| fact.kind == kind);
        // The earliest in force lasts to the end of the year: a later one adds nothing to it.
        let left = of(Kind::Involuntary).filter(|fact| reaches(fact, national));
        let mut births = of(Kind::Maternity).filter(|fact| reaches(fact, national));
        let since = of(Kind::FormerDependant).filter(|fact| reaches(fact, national));
        let mut stays = of(Kind::CareExempt).filter(|fact| reaches(fact, national));
        let found = Circumstances {
            involuntary: left
                .map(|fact| fact.on)
                .min()
                .map(|left_on| Involuntary { left_on }),
            maternity: births.next().map(|fact| Maternity {
                expected_on: fact.on,
                multiple: fact.multiple,
            }),
            former_dependant_since: since.map(|fact| fact.on).max(),
            care_exempt: stays.next().map(|fact| CareExempt {
                entered_on: fact.on,
                left_on: fact.until,
            }),
        };
        if births.next().is_some() || stays.next().is_some() {
            Err(found)
        } else {
            Ok(found)
        }
    }

    /// The same as facts.
    pub fn facts(&self) -> impl Iterator<Item = Fact> {
        let fact = |kind, on, multiple| Fact {
            kind,
            on,
            multiple,
            until: None,
        };
        let left = self
            .involuntary
            .map(|each| fact(Kind::Involuntary, each.left_on, false));
        let birth = self.maternity;
        let birth = birth.map(|each| fact(Kind::Maternity, each.expected_on, each.multiple));
        let since = self.former_dependant_since;
        let since = since.map(|day| fact(Kind::FormerDependant, day, false));
        let stay = self.care_exempt.map(|stay| Fact {
            until: stay.left_on,
            ..fact(Kind::CareExempt, stay.entered_on, false)
        });
        [left, birth, since, stay].into_iter().flatten()
    }
}

/// Whether a fact changes a month of the year.
fn reaches(fact: &Fact, national: &National) -> bool {
    let year = national.fiscal_year;
    match fact.kind {
        Kind::Involuntary => fact.on.succ_opt().is_some_and(|after| {
            let passed = year.0 - FiscalYear::of(after).0;
            (0..=national.involuntary.value.fiscal_years_after).contains(&passed)
        }),
        Kind::Maternity => {
            let rule = national.maternity.value;
            let before = if fact.multiple {
                rule.before_multiple
            } else {
                rule.before
            };
            let month = year.month_index(fact.on);
            month + rule.after >= 0 && month - before < 12
        }
        Kind::FormerDependant => year.month_index(fact.on) < 12,
        Kind::CareExempt => {
            let ended = fact.until.is_some_and(|left| year.month_index(left) <= 0);
            year.month_index(fact.on) < 12 && !ended
        }
    }
}

#[cfg(test)]
mod tests;
