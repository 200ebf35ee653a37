//! Random notices through the routes against the rules alone: the same periods, and what was known
//! at any moment is still told.

use crate::both;
use crate::office::Office;
use kokuho_households::{Random, cases};
use kokuho_server::clock::Instant;
use kokuho_server::eligibility::household::{self, AsOf};
use kokuho_shared::api::household::{HouseholdView, MemberView};
use kokuho_shared::api::notice::{NoticeEdit, preview};
use kokuho_shared::assessment::result::Assessor;
use reqwest::{Method, StatusCode};
use serde_json::json;

/// First and last day of each period of each person.
type Periods = Vec<Vec<(String, Option<String>)>>;

fn periods(members: &[MemberView]) -> Periods {
    let of = |member: &MemberView| {
        let all = member.earlier.iter().chain(&member.eligibility);
        all.map(|one| {
            (
                one.acquired_on.to_string(),
                one.lost_on.map(|day| day.to_string()),
            )
        })
        .collect()
    };
    members.iter().map(of).collect()
}

async fn known_at(office: &Office, id: i64, at: Instant) -> HouseholdView {
    let as_of = AsOf {
        fiscal_year: 2026,
        valid_on: None,
        known_at: at,
    };
    household::view(&office.db, id, as_of).await.unwrap()
}

fn notice(random: &mut Random, view: &HouseholdView) -> NoticeEdit {
    let begin = [
        "left_employee_insurance",
        "public_assistance_ended",
        "moved_in_other_prefecture",
    ];
    let end = [
        "employee_insurance_joined",
        "public_assistance_started",
        "moved_other_prefecture",
    ];
    let day = format!(
        "2026-{:02}-{:02}",
        4 + random.below(2),
        1 + random.below(30)
    );
    let (kind, reason) = match random.below(10) {
        0..4 => ("acquire", *random.one_of(&begin)),
        4..8 => ("lose", *random.one_of(&end)),
        _ => ("void", ""),
    };
    let member = random.one_of(&view.members);
    let on = match (kind, member.eligibility) {
        ("void", Some(period)) => period.acquired_on.to_string(),
        _ => day,
    };
    let mut wish = json!({"fiscal_year": 2026, "revision": view.revision, "kind": kind, "event_on": on,
        "notified_on": "2026-06-10", "persons": [member.person_id], "memo": ""});
    if kind != "void" {
        wish["reason"] = reason.into();
    }
    serde_json::from_value(wish).unwrap()
}

both! {
    async fn any_notices_leave_the_periods_that_the_rules_alone_make_and_every_moment_stays_known(office: Office) {
        office.with_city().await;
        let rules = Assessor::shipped("27213", 2026).unwrap().parameters.eligibility.value;
        let (mut accepted, mut refused) = (0, 0);
        let mut history: Vec<(Instant, Periods)> = Vec::new();
        for number in 0..cases(40, 500) {
            let mut random = Random::new(number);
            let id = office.household().await["id"].as_i64().unwrap();
            let before = known_at(&office, id, kokuho_server::clock::Clock::default().now()).await;
            let wish = notice(&mut random, &before);
            let expected = preview(&before.members, &wish, &rules);
            let body = serde_json::to_value(&wish).unwrap();
            let (status, answer) = office.send(Method::POST, &format!("/api/households/{id}/notices"), body).await;
            let now = kokuho_server::clock::Clock::default().now();
            let after = known_at(&office, id, now).await;
            match status {
                StatusCode::OK => {
                    accepted += 1;
                    assert_eq!(periods(&after.members), periods(&expected.unwrap()), "{wish:?}");
                }
                _ => {
                    refused += 1;
                    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
                    assert_eq!(periods(&after.members), periods(&before.members), "{wish:?}");
                }
            }
            history.push((now, periods(&after.members)));
        }
        assert!(accepted > 5 && refused > 5, "{accepted} accepted, {refused} refused");
        let id = office.household().await["id"].as_i64().unwrap();
        for (at, then) in history {
            assert_eq!(periods(&known_at(&office, id, at).await.members), then, "{at:?}");
        }
    }
}
