//! 試算: the same function as on the server, on the fields as they stand now.

use kokuho_shared::assessment::error::AssessmentError;
use kokuho_shared::assessment::facts::{MemberFacts, to_household};
use kokuho_shared::assessment::household::{Household, Relief};
use kokuho_shared::assessment::result::{Assessment, Assessor};
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::calendar::FiscalYear;

/// What was calculated, from what.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub household: Household,
    pub result: Result<Assessment, String>,
}

impl Preview {
    /// `obstacle`: why the rules cannot decide this household, whatever is typed.
    pub fn of(
        assessor: &Result<Assessor, String>,
        members: &[MemberFacts],
        reliefs: &[Relief],
        year: FiscalYear,
        schedule: Option<&Schedule>,
        obstacle: Option<&String>,
    ) -> Preview {
        // Without rates the year has no premium, but its members are shown.
        let household = match assessor {
            Ok(assessor) => assessor.household(members, reliefs),
            Err(_) => to_household(members, year, None).with_reliefs(reliefs),
        };
        let result = match assessor {
            _ if obstacle.is_some() => Err(obstacle.cloned().unwrap_or_default()),
            Ok(assessor) => assessor
                .assess_on(&household, schedule)
                .map_err(|why| error_text(&why, &household, members)),
            Err(why) => Err(why.clone()),
        };
        Preview { household, result }
    }
}

/// Names of those who take part in a calculation, in its order.
pub fn names(household: &Household, members: &[MemberFacts]) -> Vec<String> {
    let all = household.members.iter();
    all.map(|member| name_of(&member.id, members)).collect()
}

/// Somebody who has left the household meanwhile keeps the number.
fn name_of(id: &str, members: &[MemberFacts]) -> String {
    let found = members
        .iter()
        .find(|member| member.person_id.to_string() == id);
    found.map_or_else(|| id.to_owned(), |member| member.name.clone())
}

/// The reason in the words of this screen: a person instead of a place in a request.
fn error_text(why: &AssessmentError, household: &Household, members: &[MemberFacts]) -> String {
    let name = |place: usize| {
        let id = household
            .members
            .get(place)
            .map(|member| member.id.as_str());
        name_of(id.unwrap_or_default(), members)
    };
    match why {
        AssessmentError::LossBeforeAcquisition { member } => {
            format!("{}さんの資格喪失日が取得日より前です", name(*member))
        }
        AssessmentError::AcquiredBeforeBirth { member } => {
            format!("{}さんの資格取得日が生年月日より前です", name(*member))
        }
        AssessmentError::BornAfterYear { member } => {
            format!("{}さんはこの年度の後に生まれています", name(*member))
        }
        AssessmentError::Amount { member, .. } => {
            format!(
                "{}さんの所得に、0円以上1兆円以下でない金額があります",
                name(*member)
            )
        }
        other => other.to_string(),
    }
}
