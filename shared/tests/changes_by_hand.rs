//! What changes within the year (assessment.md 8.4), worked by hand: a new head, a corrected income,
//! and who leaves before the first instalment. The tables are described in `docs/GOLDEN.md`.

use chrono::NaiveDate;
use kokuho_shared::assessment::facts::{MemberFacts, to_household};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::result::{Assessment, Assessor};
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use serde_json::{Value, json};

const CHANGES: &str = include_str!("golden/hand/changes.yaml");
const HEADS: &str = include_str!("golden/hand/heads/premium.yaml");

fn cases(table: &str) -> Vec<Value> {
    let file: Value = serde_saphyr::from_str(table).unwrap();
    assert_eq!(file["schema"], "golden-v1");
    file["cases"].as_array().unwrap().clone()
}

/// The changes of a kind; a rule has at least five.
fn changes(kind: &str) -> Vec<Value> {
    let mut found = cases(CHANGES);
    found.retain(|case| case["kind"] == kind);
    assert!(found.len() >= 5, "{kind}: {}", found.len());
    found
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn day(value: &Value) -> NaiveDate {
    text(value).parse().unwrap()
}

fn assessor(case: &Value) -> Assessor {
    let year = case["as_of"]["fiscal_year"].as_i64().unwrap();
    figures::assessor(
        text(&case["municipality"]),
        FiscalYear(i32::try_from(year).unwrap()),
    )
    .unwrap()
}

/// What came out, by the keys of `expected`; an instalment as its number, yen and day.
fn told(assessment: &Assessment) -> Value {
    let mut told = serde_json::to_value(assessment.premium).unwrap();
    let instalments = assessment.instalments.iter();
    told["instalments"] = instalments
        .map(|each| json!([each.number, each.amount, each.due_on]))
        .collect();
    told
}

/// Notes where the keys that are expected differ, also inside nested maps.
fn compare(path: &str, expected: &Value, got: &Value, wrong: &mut Vec<String>) {
    if let Some(map) = expected.as_object() {
        for (key, wanted) in map {
            compare(&format!("{path}.{key}"), wanted, &got[key], wrong);
        }
    } else if expected != got {
        wrong.push(format!("{path}: expected {expected}, got {got}"));
    }
}

/// Takes each decision of the cases after the other, upon what the one before asks for.
fn decide(kind: &str) {
    let mut wrong = Vec::new();
    for case in changes(kind) {
        let assessor = assessor(&case);
        let mut booked: Vec<Instalment> = Vec::new();
        for decision in list(&case["decisions"]) {
            let facts = json!({"members": decision["members"]});
            let household: Household = serde_json::from_value(facts).unwrap();
            let schedule = Schedule {
                booked,
                ..Schedule::first(day(&decision["notice_on"]))
            };
            let assessment = assessor.assess_on(&household, Some(&schedule)).unwrap();
            let path = format!("{} {}", text(&case["id"]), schedule.notice_on);
            let got = told(&assessment);
            compare(&path, &decision["expected"], &got, &mut wrong);
            booked = assessment.instalments;
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_corrected_income_leaves_what_is_due_and_changes_the_instalments_that_are_still_open() {
    decide("correction");
}

#[test]
fn who_leaves_in_april_or_may_is_asked_for_the_share_of_april_in_june() {
    decide("leaver");
}

/// A person as the office sees them in the household before or after the change of its head;
/// `None` for whoever is not in it.
fn view(case: &Value, number: usize, side: &str) -> Option<MemberFacts> {
    let person = &case["people"][number];
    let head = person[side].as_str()? == "head";
    let on = &case["changed_on"];
    let belonged = match side {
        "after" => json!([{"from": on}]),
        // Who dies or leaves the city is in no household afterwards.
        _ if person["after"].is_null() => json!([]),
        _ => json!([{"until": on}]),
    };
    let view = json!({
        "person_id": number, "resident_number": "", "name": "", "kana": "", "relation": "",
        "birth_date": person["birth_date"], "head": head, "belonged": belonged,
        "insured_number": null, "eligibility": person["eligibility"],
        "specific_month": person["specific_month"], "income": person["income"],
        "income_status": "known"
    });
    Some(serde_json::from_value(view).unwrap())
}

#[test]
fn a_change_of_the_head_makes_two_assessments_that_share_the_months_of_the_year() {
    let heads = cases(HEADS);
    let mut wrong = Vec::new();
    for case in changes("head") {
        let assessor = assessor(&case);
        let year = assessor.rules.fiscal_year.0;
        let mut months = 0;
        for side in ["before", "after"] {
            let numbers = 0..list(&case["people"]).len();
            let views: Vec<MemberFacts> = numbers
                .filter_map(|number| view(&case, number, side))
                .collect();
            let assessment = assessor
                .assess(&to_household(&views, FiscalYear(year), Some(75)))
                .unwrap();
            let id = format!("{}-{side}", text(&case["id"]));
            let worked = heads.iter().find(|worked| worked["id"] == id).unwrap();
            compare(&id, &worked["expected"], &told(&assessment), &mut wrong);
            months += assessment.premium.parts.medical.unwrap().months;
        }
        assert_eq!(months, 12, "{}", case["id"]);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
