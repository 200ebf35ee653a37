//! 世帯: search, the household's facts as of two dates, and their editing.

use crate::assessment::facts::{EligibilityPeriod, MemberFacts};
use crate::assessment::household::{Income, IncomeStatus, Relief};
use crate::assessment::income::kinds::Entered;
use crate::assessment::premium::circumstances::Circumstances;
use crate::assessment::schedule::Schedule;
use crate::calendar::FiscalYear;
use crate::guarded::Guarded;
use crate::ids::{HouseholdId, PersonId};
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `POST /api/persons/search`: two keys are needed, and none of them stands in an address, which
/// others on the way write down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonSearch {
    /// Any that is printed: of a household, a person, a slip, a letter, an inquiry.
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
    pub household_id: HouseholdId,
    pub person_id: PersonId,
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
    /// The number that was asked for; none where a name and a birth date were.
    #[serde(default)]
    pub matched: Option<MatchedNumber>,
}

/// 一致した番号: what kind of number somebody was found by, and its spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchedNumber {
    /// As it is called on paper: 納付書番号.
    pub label: String,
    pub number: String,
}

/// `GET /api/households/{id}?fiscal_year=…&as_of=…&known_at=…`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdView {
    pub id: HouseholdId,
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
    pub fiscal_year: FiscalYear,
    pub members: Vec<MemberFacts>,
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
    pub payer: Option<PersonId>,
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
    /// The one to whom everything goes: 国保上の世帯主, otherwise the head of the register.
    pub fn payer_member(&self) -> Option<&MemberFacts> {
        let is_payer = |member: &&MemberFacts| Some(member.person_id) == self.payer;
        let payer = self.members.iter().find(is_payer);
        payer.or_else(|| self.members.iter().find(|member| member.head))
    }

    /// Whether anybody of the household is under a measure (支援措置).
    pub fn is_protected(&self) -> bool {
        let of_member = |member: &MemberFacts| member.protected_until.is_some();
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
    pub person_id: PersonId,
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

/// `PUT /api/households/{id}/facts`: all members as they should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactsEdit {
    pub fiscal_year: FiscalYear,
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
    pub person_id: PersonId,
    pub eligibility: Option<EligibilityPeriod>,
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
