//! Random notices through the routes against the rules alone: the same periods, and what was known
//! at any moment is still told.

use crate::both;
use crate::duplicates::{deliver, line};
use crate::office::Office;
use chrono::NaiveDate;
use kokuho_households::{Random, cases};
use kokuho_server::clock::Instant;
use kokuho_server::eligibility::household::{self, AsOf};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::notification::{NotificationEdit, preview};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use kokuho_shared::ids::HouseholdId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// First and last day of each period of each person.
type Periods = Vec<Vec<(String, Option<String>)>>;

fn periods(members: &[MemberFacts]) -> Periods {
    let of = |member: &MemberFacts| {
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
        fiscal_year: FiscalYear(2026),
        valid_on: None,
        known_at: at,
    };
    household::view(&office.db, HouseholdId(id), as_of)
        .await
        .unwrap()
}

fn notice(random: &mut Random, view: &HouseholdView) -> NotificationEdit {
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

/// 訂正: the last period of somebody begins on another day, with the periods that it must leave.
fn correction(random: &mut Random, view: &HouseholdView) -> Option<(Value, Periods)> {
    let place = random.below(u32::try_from(view.members.len()).unwrap());
    let place = usize::try_from(place).unwrap();
    let mut wanted = view.members.clone();
    let member = wanted.get_mut(place)?;
    let mut period = member.eligibility?;
    let later = chrono::Days::new(u64::from(1 + random.below(5)));
    period.acquired_on = period.acquired_on.checked_add_days(later)?;
    if period.lost_on.is_some_and(|lost| lost < period.acquired_on) {
        return None;
    }
    member.eligibility = Some(period);
    let edit = json!({"fiscal_year": 2026, "revision": view.revision, "reason": "訂正", "members": [{"person_id": member.person_id,
        "eligibility": period, "income": member.income, "income_status": member.income_status}]});
    Some((edit, periods(&wanted)))
}

both! {
    async fn any_notices_corrections_and_answers_leave_the_periods_that_the_rules_alone_make_and_every_moment_stays_known(office: Office) {
        office.with_city().await;
        let rules = figures::assessor("27213", FiscalYear(2026)).unwrap().parameters.eligibility.value;
        let (mut accepted, mut refused, mut corrected, mut lists) = (0, 0, 0, 0);
        let mut history: Vec<(Instant, Periods)> = Vec::new();
        for number in 0..cases(500, 5_000) {
            let mut random = Random::new(number);
            let id = office.household().await["id"].as_i64().unwrap();
            let before = known_at(&office, id, kokuho_server::clock::Clock::default().now()).await;
            // What a partner says changes nothing by itself, and none of it is lost.
            if number % 25 == 0 {
                let on = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(u64::from(number));
                let member = random.one_of(&before.members);
                let (number, birth) = (&member.resident_number, member.birth_date.to_string());
                let told = line(&on.to_string(), number, &birth, "2026-04-01");
                let name = format!("duplicates_{on}.csv");
                assert_eq!(deliver(&office, "2026-06-10", &name, &[told]).await, None);
                lists += 1;
                let now = kokuho_server::clock::Clock::default().now();
                assert_eq!(periods(&known_at(&office, id, now).await.members), periods(&before.members));
            }
            if random.below(5) == 0
                && let Some((edit, expected)) = correction(&mut random, &before)
            {
                let (status, answer) = office.send(Method::PUT, &format!("/api/households/{id}/facts"), edit).await;
                let now = kokuho_server::clock::Clock::default().now();
                let after = periods(&known_at(&office, id, now).await.members);
                let expected = if status == StatusCode::OK { expected } else { periods(&before.members) };
                assert_eq!(after, expected, "{status} {answer}");
                corrected += usize::from(status == StatusCode::OK);
                history.push((now, after));
                continue;
            }
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
        assert!(accepted > 5 && refused > 5 && corrected > 5, "{accepted} accepted, {refused} refused, {corrected} corrected");
        let id = office.household().await["id"].as_i64().unwrap();
        // No event is lost: each that was accepted is on record.
        let (_, notices) = office.get(&format!("/api/households/{id}/notices")).await;
        assert_eq!(notices.as_array().unwrap().len(), accepted);
        let (_, cases) = office.get("/api/duplicates").await;
        let seen: i64 = cases.as_array().unwrap().iter().map(|case| case["seen"].as_i64().unwrap()).sum();
        assert_eq!(seen, lists);
        for (at, then) in history {
            assert_eq!(periods(&known_at(&office, id, at).await.members), then, "{at:?}");
        }
    }
}
