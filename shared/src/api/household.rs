//! 世帯: search, the household's facts as of two dates, and their editing.

use crate::assessment::household::{
    EarlierPeriod, Household, Income, IncomeStatus, LossGround, Member, Relief,
};
use crate::assessment::income::kinds::Entered;
use crate::assessment::premium::circumstances::Circumstances;
use crate::assessment::schedule::Schedule;
use crate::calendar::{FiscalYear, Month, age_attained_on};
use crate::guarded::Guarded;
use crate::law::shipped;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `POST /api/persons/search`: two keys are needed, and none of them stands in an address, which
/// others on the way write down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonSearch {
    /// Of a household, a resident or an insured person.
    #[serde(default)]
    pub number: String,
    /// 氏名, or the beginning of its カナ.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub birth_date: Option<NaiveDate>,
}

/// One person found by `POST /api/persons/search`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    pub household_id: i64,
    pub person_id: i64,
    pub household_number: String,
    pub resident_number: String,
    pub name: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub address: Guarded<String>,
    pub head: bool,
    pub insured: bool,
    /// 支援措置 of somebody in the household.
    #[serde(default)]
    pub protected: bool,
}

/// `GET /api/households/{id}?fiscal_year=…&as_of=…&known_at=…`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdView {
    pub id: i64,
    pub number: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub address: Guarded<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub postcode: Guarded<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub ward: Guarded<String>,
    /// 支援措置: somebody under a measure belongs or belonged to the household or lives in the place
    /// that is shown; every year and moment hides it.
    #[serde(default)]
    pub protected: bool,
    /// 支援措置: where letters go is guarded; they leave by hand, for a reason.
    #[serde(default)]
    pub by_hand: bool,
    /// Where letters go; it never leaves the server but on paper.
    #[serde(skip)]
    pub mailing: Mailing,
    pub fiscal_year: i32,
    pub members: Vec<MemberView>,
    /// The newest first.
    pub decisions: Vec<super::assessment::DecisionSummary>,
    /// What a decision of today may still ask for, in which instalments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Why the rules cannot decide this household's premium; empty = they can.
    #[serde(default)]
    pub obstacles: Vec<String>,
    /// Changes with each change of the household's facts; an edit must name the one it saw.
    pub revision: i64,
    /// 照会 whose answer is not settled: a decision made now is provisional.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub open_inquiries: i64,
    /// 減免 granted for the year.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reliefs: Vec<Relief>,
    /// 国保上の世帯主, where it is not the head of the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<i64>,
}

/// 送付先 (mailing address): where the one lives now to whom everything goes. It differs from the place that is
/// shown once the household has been left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailing {
    pub postcode: Guarded<String>,
    pub address: Guarded<String>,
    pub ward: Guarded<String>,
}

impl HouseholdView {
    /// The facts of an assessment of the year on the screen.
    pub fn facts(&self) -> Household {
        with_reliefs(to_household(&self.members, self.fiscal_year), &self.reliefs)
    }

    /// The one to whom everything goes: 国保上の世帯主, otherwise the head of the register.
    pub fn payer_member(&self) -> Option<&MemberView> {
        let is_payer = |member: &&MemberView| Some(member.person_id) == self.payer;
        let payer = self.members.iter().find(is_payer);
        payer.or_else(|| self.members.iter().find(|member| member.head))
    }

    /// Whether anybody of the household is under a measure (支援措置).
    pub fn is_protected(&self) -> bool {
        let of_member = |member: &MemberView| member.protected_until.is_some();
        self.protected || self.members.iter().any(of_member)
    }

    /// Whether what goes to the household, or tells where its people are, tells a guarded place.
    pub fn is_guarded(&self) -> bool {
        self.is_protected() || self.by_hand
    }

    /// Hides where the household lives, if the place is guarded.
    pub fn mask(&mut self) {
        if self.is_protected() {
            self.address.hide();
            self.postcode.hide();
            self.ward.hide();
        }
    }
}

/// `PUT /api/households/{id}/protection?fiscal_year=…`: registers or extends a measure until a
/// day, or ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProtectionEdit {
    pub person_id: i64,
    pub from: NaiveDate,
    /// None ends the measure.
    pub until: Option<NaiveDate>,
    pub reason: String,
}

/// `POST /api/households/{id}/address?fiscal_year=…`: asks where a protected household lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reveal {
    pub reason: String,
}

/// Where it lives; the reason is on record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revealed {
    pub postcode: String,
    pub address: String,
    pub ward: String,
}

/// One person of the household with the facts that matter in the fiscal year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberView {
    pub person_id: i64,
    pub resident_number: String,
    pub name: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    /// 支援措置: until when; it hides where the household lives until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected_until: Option<NaiveDate>,
    /// 続柄, as the resident register writes it.
    pub relation: String,
    pub head: bool,
    /// 世帯の異動: when this person belonged to this household and not to another one of the
    /// city; empty = ever since known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub belonged: Vec<Belonged>,
    /// 被保険者番号 with branch, where there is one.
    pub insured_number: Option<String>,
    pub eligibility: Option<EligibilityView>,
    /// Periods of the year before that one, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EligibilityView>,
    /// 特定月, where the member is a 特定同一世帯所属者: lost this insurance to 後期高齢者医療
    /// and has belonged to the household ever since.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "2024-06"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specific_month: Option<Month>,
    /// Incomes of the calendar year before the fiscal year.
    pub income: Income,
    pub income_status: IncomeStatus,
    /// 固定資産税額 of the year, for 資産割.
    #[serde(default, skip_serializing_if = "no_yen")]
    pub fixed_asset_tax: Yen,
    /// 所得の内訳 from which a clerk made the income, while it is that income; only where one household is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<Entered>,
    /// 特例の事情 that matter in the fiscal year.
    #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
    pub circumstances: Circumstances,
}

/// 世帯員であった期間: half-open; a day is only there where another household of the city comes
/// before or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Belonged {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Belonged {
    /// The part of a 資格 during which the person belonged here. Leaving for another household
    /// ends no 資格: its ground is none of 法6条.
    fn of(&self, period: EligibilityView) -> Option<EligibilityView> {
        let acquired_on = self
            .from
            .map_or(period.acquired_on, |from| from.max(period.acquired_on));
        let leaves = self
            .until
            .filter(|until| period.lost_on.is_none_or(|lost| *until < lost));
        let part = match leaves {
            Some(until) => EligibilityView {
                acquired_on,
                lost_on: Some(until),
                loss_ground: Some(LossGround::Other),
            },
            None => EligibilityView {
                acquired_on,
                ..period
            },
        };
        part.lost_on
            .is_none_or(|lost| lost > acquired_on)
            .then_some(part)
    }
}

impl MemberView {
    /// The day on which the person left this household for another one of the city.
    pub fn left_on(&self) -> Option<NaiveDate> {
        let last = self.belonged.iter().max_by_key(|belonged| belonged.from)?;
        last.until
    }

    /// The 資格 that holds on a day while the person belongs to the household.
    pub fn period_on(&self, on: NaiveDate) -> Option<EligibilityView> {
        if self.left_on().is_some_and(|left| left <= on) {
            return None;
        }
        let mut all = self.earlier.iter().chain(&self.eligibility).copied();
        all.find(|period| period.acquired_on <= on && period.lost_on.is_none_or(|lost| on < lost))
    }

    /// 特定同一世帯所属者 while it belongs to the household.
    pub fn is_former(&self) -> bool {
        self.specific_month.is_some() && self.left_on().is_none()
    }

    /// 資格 of the year while the person belonged to this household, in order.
    fn periods_here(&self) -> Vec<EligibilityView> {
        let periods = || self.earlier.iter().chain(&self.eligibility).copied();
        if self.belonged.is_empty() {
            return periods().collect();
        }
        let parts = periods().flat_map(|period| {
            let part = move |belonged: &Belonged| belonged.of(period);
            self.belonged.iter().filter_map(part)
        });
        let mut parts: Vec<EligibilityView> = parts.collect();
        parts.sort_by_key(|part| part.acquired_on);
        parts
    }
}

/// 資格: a half-open period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EligibilityView {
    pub acquired_on: NaiveDate,
    #[serde(default)]
    pub lost_on: Option<NaiveDate>,
    #[serde(default)]
    pub loss_ground: Option<LossGround>,
}

/// `PUT /api/households/{id}/facts`: all members as they should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactsEdit {
    pub fiscal_year: i32,
    /// The revision the clerk saw; another one since then refuses the edit.
    pub revision: i64,
    /// Why the facts change, for the record.
    pub reason: String,
    pub members: Vec<MemberEdit>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberEdit {
    pub person_id: i64,
    pub eligibility: Option<EligibilityView>,
    pub income: Income,
    pub income_status: IncomeStatus,
    /// Absent leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_asset_tax: Option<Yen>,
    /// 所得の内訳 of which the income is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<Entered>,
    /// Absent leaves them as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circumstances: Option<Circumstances>,
}

fn no_yen(amount: &Yen) -> bool {
    *amount == Yen::ZERO
}

/// The household with its reliefs.
pub fn with_reliefs(household: Household, reliefs: &[Relief]) -> Household {
    household.with_reliefs(reliefs)
}

/// 75歳到達 ends the months by itself, whichever of the two days the register writes: it is
/// no loss on the first of a month that another insurance brings.
fn is_by_age(birth: NaiveDate, lost: NaiveDate, age: u32) -> bool {
    let birthday = age_attained_on(birth, age).and_then(|day| day.succ_opt());
    birthday.is_some_and(|day| lost == day || day.succ_opt() == Some(lost))
}

/// The facts of an assessment from the members of a household. The browser's preview and the
/// server's decision both come through here.
///
/// Somebody who is neither insured in the year nor the head takes no part in it.
pub fn to_household(members: &[MemberView], fiscal_year: i32) -> Household {
    let national = shipped::national(FiscalYear(fiscal_year)).ok();
    to_household_until(
        members,
        fiscal_year,
        national.map(|national| national.ages.value.insured_until),
    )
}

/// Periods of the year that ended before the last one.
fn earlier(periods: &[EligibilityView], april: NaiveDate) -> Vec<EarlierPeriod> {
    let ended = periods.iter().filter_map(|period| {
        let lost_on = period.lost_on.filter(|lost| *lost > april)?;
        Some(EarlierPeriod {
            acquired_on: Some(period.acquired_on).filter(|day| *day > april),
            lost_on,
            loss_ground: period.loss_ground,
        })
    });
    ended.collect()
}

/// The same where the age at which one leaves is known already.
pub fn to_household_until(
    members: &[MemberView],
    fiscal_year: i32,
    insured_until: Option<i32>,
) -> Household {
    let year = FiscalYear(fiscal_year);
    let next = FiscalYear(fiscal_year.saturating_add(1));
    let (Some(april), Some(end)) = (year.april(), next.april()) else {
        return Household::default();
    };
    let age = insured_until.and_then(|age| u32::try_from(age).ok());
    let leaves_by_age = |birth, lost| age.is_some_and(|age| is_by_age(birth, lost, age));
    let in_year = |period: &EligibilityView| {
        period.acquired_on < end && period.lost_on.is_none_or(|lost| lost > april)
    };
    let member = |view: &MemberView| {
        let mut periods = view.periods_here();
        periods.retain(in_year);
        let period = periods.pop();
        let specific_month = view.specific_month;
        let former = specific_month.is_some() && period.is_none();
        (view.head || period.is_some() || former).then(|| Member {
            involuntary: view.circumstances.involuntary,
            maternity: view.circumstances.maternity,
            former_dependant_since: view.circumstances.former_dependant_since,
            care_exempt: view.circumstances.care_exempt,
            earlier_periods: earlier(&periods, april),
            head: view.head,
            insured: period.is_some(),
            acquired_on: period
                .map(|period| period.acquired_on)
                .filter(|day| *day > april),
            lost_on: period
                .and_then(|period| period.lost_on)
                // A loss on the first of the next year may count as one on 31 March.
                .filter(|day| *day <= end && !leaves_by_age(view.birth_date, *day)),
            former_member: former,
            specific_month,
            left_household_on: view.left_on(),
            loss_ground: period.and_then(|period| period.loss_ground),
            income: view.income,
            income_status: view.income_status,
            fixed_asset_tax: view.fixed_asset_tax,
            ..Member::new(view.person_id.to_string(), view.birth_date)
        })
    };
    Household {
        members: members.iter().filter_map(member).collect(),
        ..Household::default()
    }
}
