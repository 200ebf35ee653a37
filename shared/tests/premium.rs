//! Two published households whose premium must come out to the yen.

use kokuho_shared::assessment::{household::Household, premium::*, rules::*};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::money::Yen;

const FLOOR: &str = r#"{"income_scope":"person","income_mode":"floor","reduced_unit":"floor_person","part_unit":1,"part_scope":"part","total_unit":1}"#;
const OSAKA: &str = r#"{"medical":{"income_rate":"0.095","per_capita":34990,"per_household":33908,"cap":660000},"support":{"income_rate":"0.0306","per_capita":11191,"per_household":10845,"cap":260000},"care":{"income_rate":"0.026","per_capita":18682,"per_household":0,"cap":170000},"child":{"income_rate":"0.0028","per_capita":1745,"per_capita_18plus":96,"per_household":0,"cap":30000}}"#;

fn assessed(members: &str, rates: &str) -> Result<Premium, AssessmentError> {
    let household: Household =
        serde_json::from_str(&format!(r#"{{"members":[{members}]}}"#)).unwrap();
    let national = National::shipped(FiscalYear(2026)).unwrap();
    let rates = serde_json::from_str(rates).unwrap();
    assess(
        &household,
        &national,
        &rates,
        &serde_json::from_str(FLOOR).unwrap(),
    )
}

#[test]
fn the_published_household_of_three_pays_645854_yen() {
    let members = r#"{"id":"A","birth_date":"1981-04-02","head":true,"income":{"salary_receipts":4500000,"salary_income":3160000}},{"id":"B","birth_date":"1985-04-02"},{"id":"C","birth_date":"2011-04-02"}"#;
    let premium = assessed(members, OSAKA).unwrap();
    let amounts: Vec<i64> = premium.parts.iter().map(|part| part.amount.0).collect();
    assert_eq!(amounts, [398_228, 127_956, 108_344, 11_326]);
    assert_eq!(premium.total, Yen(645_854));
}

#[test]
fn a_single_person_without_income_gets_seven_tenths_off() {
    let premium = assessed(r#"{"id":"A","birth_date":"1996-04-02","head":true}"#, OSAKA).unwrap();
    assert_eq!((premium.test.tier, premium.total), (70, Yen(27_830)));
}

#[test]
fn a_cap_above_the_national_cap_is_refused() {
    let above = OSAKA.replace("660000", "670001");
    let got = assessed(
        r#"{"id":"A","birth_date":"1996-04-02","head":true}"#,
        &above,
    );
    assert!(matches!(
        got,
        Err(AssessmentError::CapAboveNational {
            part: Part::Medical,
            ..
        })
    ));
}

#[test]
fn a_household_without_head_or_with_two_is_refused() {
    let none = assessed(r#"{"id":"A","birth_date":"1996-04-02"}"#, OSAKA);
    assert_eq!(none, Err(AssessmentError::Heads(0)));
    let one = r#"{"id":"A","birth_date":"1996-04-02","head":true}"#;
    assert_eq!(
        assessed(&format!("{one},{one}"), OSAKA),
        Err(AssessmentError::Heads(2))
    );
}
