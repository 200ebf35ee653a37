//! 届出: `POST /api/households/{id}/notices` and what has been accepted before.

use crate::assessment::facts::{EligibilityPeriod, MemberFacts};
use crate::calendar::FiscalYear;
use crate::eligibility::notification::{
    Effect, Event, Notification, NotificationError, Period, effect,
};
use crate::ids::PersonId;
use crate::law::parameters::EligibilityRules;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A notice of one household for some of its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationEdit {
    /// The year whose view is answered.
    pub fiscal_year: FiscalYear,
    /// The revision the clerk saw; another one since then refuses the notice.
    pub revision: i64,
    #[serde(flatten)]
    pub event: Event,
    /// The day on which it happened; for a void the acquisition that never was.
    pub event_on: NaiveDate,
    /// 転出: the first day in another prefecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_address_on: Option<NaiveDate>,
    /// 届出日.
    pub notified_on: NaiveDate,
    pub persons: Vec<PersonId>,
    /// 根拠書類など, for the record; no names.
    #[serde(default)]
    pub memo: String,
}

impl NotificationEdit {
    pub fn notice(&self) -> Notification {
        Notification {
            event: self.event,
            event_on: self.event_on,
            new_address_on: self.new_address_on,
        }
    }
}

/// A notice that was accepted, for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationView {
    pub person_id: PersonId,
    #[serde(flatten)]
    pub event: Event,
    pub event_on: NaiveDate,
    pub notified_on: NaiveDate,
    /// 届出期限 of 14 days.
    pub due_on: NaiveDate,
    pub recorded_by: String,
    pub memo: String,
}

impl NotificationView {
    /// Days past the term.
    pub fn late_days(&self) -> i64 {
        (self.notified_on - self.due_on).num_days().max(0)
    }
}

/// Who cannot be part of a notice, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}さん：{why}")]
pub struct NotificationRefusal {
    pub person_id: PersonId,
    pub name: String,
    pub why: NotificationError,
}

/// The members as they would be after a notice, by the same rule as on the server, from the
/// periods that the view shows.
pub fn preview(
    members: &[MemberFacts],
    edit: &NotificationEdit,
    rules: &EligibilityRules,
) -> Result<Vec<MemberFacts>, NotificationRefusal> {
    let mut after = members.to_vec();
    for member in &mut after {
        if !edit.persons.contains(&member.person_id) {
            continue;
        }
        let periods: Vec<Period> = member
            .earlier
            .iter()
            .chain(&member.eligibility)
            .map(|view| Period {
                acquired_on: view.acquired_on,
                lost_on: view.lost_on,
            })
            .collect();
        let effect = effect(&edit.notice(), member.birth_date, &periods, rules);
        let effect = effect.map_err(|why| NotificationRefusal {
            person_id: member.person_id,
            name: member.name.clone(),
            why,
        })?;
        put(member, effect);
    }
    Ok(after)
}

/// Puts an effect into a member.
fn put(member: &mut MemberFacts, effect: Effect) {
    match effect {
        Effect::Begins { from } => {
            member.earlier.extend(member.eligibility.take());
            member.eligibility = Some(EligibilityPeriod {
                acquired_on: from,
                lost_on: None,
                loss_ground: None,
            });
        }
        Effect::Ends {
            acquired_on,
            on,
            ground,
        } => {
            let mut all = member.earlier.iter_mut().chain(&mut member.eligibility);
            if let Some(period) = all.find(|period| period.acquired_on == acquired_on) {
                (period.lost_on, period.loss_ground) = (Some(on), Some(ground));
            }
        }
        Effect::Voided { acquired_on } => {
            member
                .earlier
                .retain(|period| period.acquired_on != acquired_on);
            if member
                .eligibility
                .is_some_and(|period| period.acquired_on == acquired_on)
            {
                member.eligibility = member.earlier.pop();
            }
        }
    }
}
