//! 事故 of other cities in the calculation. Each has a removal of its mechanism under `incidents/`;
//! `cargo xtask bite` wants the test to fail with it.

use kokuho_shared::api::estimate::Estimate;
use kokuho_shared::assessment::error::AssessmentError;
use kokuho_shared::assessment::household::{Household, Member};
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::assessment::schedule::limit::last_decision_of;
use kokuho_shared::assessment::schedule::pension;
use kokuho_shared::assessment::trial::whatif;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use kokuho_shared::law::copayment::CopaymentRules;
use kokuho_shared::law::parameters::{JuneDeduction, Part};
use kokuho_shared::money::Yen;
use serde_json::{Value, json};

fn household(members: Value) -> Household {
    serde_json::from_value(json!({ "members": members })).unwrap()
}

fn osaka(year: i32) -> Assessor {
    figures::assessor("27100", FiscalYear(year)).unwrap()
}

fn total(members: Value) -> i64 {
    let assessment = osaka(2026).assess(&household(members));
    assessment.unwrap().premium.total.0
}

/// What the reduction is judged on.
fn test_income(income: Value) -> i64 {
    let members = json!([{"id": "A", "birth_date": "1970-05-05", "head": true, "income": income}]);
    let assessment = osaka(2026).assess(&household(members));
    assessment.unwrap().premium.test.test_income.0
}

#[test]
fn incident_a03_public_money_for_reductions_is_no_burden_of_the_other_payers() {
    let assessor = osaka(2026);
    let city: Vec<Household> = (0..40)
        .map(|number: i64| {
            household(json!([{"id": "A", "birth_date": "1980-05-05", "head": true,
                "income": {"other_income": number % 8 * 500_000}}]))
        })
        .collect();
    let rates = assessor.rules.rates.medical.unwrap();
    let required = Yen(5_500_000);
    let solved =
        whatif::solve(&city, &assessor.parameters, Part::Medical, rates, required).unwrap();
    // 7, 5 and 2割 of five households each: 20,669, 34,449 and 55,118 of 68,898 are left.
    assert_eq!(solved.compensated, Yen(5 * (48_229 + 34_449 + 13_780)));
    assert!(solved.reached && solved.levied + solved.compensated >= required);
    // With the next lower rate it would not be enough: nobody is levied more than is needed.
    assert!(solved.levied + solved.compensated < required + Yen(40 * 400));
}

#[test]
fn incident_a05_the_reduction_is_judged_before_the_pay_of_family_workers_is_deducted() {
    // 青色専従者給与 of 860,000 was deducted from 1,200,000.
    let owner = json!({"other_income": 340_000, "family_pay_deducted": 860_000});
    assert_eq!(test_income(owner), 1_200_000);
}

#[test]
fn incident_a06_what_a_family_worker_received_counts_with_its_owner_only() {
    assert_eq!(
        test_income(json!({"salary_income": 310_000, "family_pay_received": 310_000})),
        0
    );
}

#[test]
fn incident_a07_a_special_deduction_of_transfers_is_added_back_for_the_reduction() {
    let sold = json!({"other_income": 0, "transfer_special_deduction": 8_000_000});
    assert_eq!(test_income(sold), 8_000_000);
}

#[test]
fn incident_a08_the_window_of_preschool_children_moves_with_the_year() {
    // Born 2020-04-02: six on 1 April 2026, still 未就学児 in 2025, no more in 2026.
    let per_capita = |year: i32| {
        let members = json!([
            {"id": "A", "birth_date": "1970-05-05", "head": true, "income": {"other_income": 9_000_000}},
            {"id": "B", "birth_date": "2020-04-01"}
        ]);
        let assessor = osaka(year);
        let premium = assessor.assess(&household(members)).unwrap().premium;
        let medical = premium
            .parts
            .get(kokuho_shared::law::parameters::Part::Medical)
            .unwrap();
        let unit = assessor
            .parameters
            .rates
            .get(kokuho_shared::law::parameters::Part::Medical)
            .unwrap()
            .value
            .per_capita;
        (medical.per_capita.0, unit.0)
    };
    let (in_2025, unit_2025) = per_capita(2025);
    let (in_2026, unit_2026) = per_capita(2026);
    assert_eq!(
        (in_2025, in_2026),
        (unit_2025 + unit_2025 / 2, unit_2026 * 2)
    );
}

#[test]
fn incident_a09_a_casualty_loss_lowers_the_test_of_the_reduction_and_not_the_levy() {
    let levy = |loss: i64| {
        total(
            json!([{"id": "A", "birth_date": "1970-05-05", "head": true, "income": {"other_income": 5_000_000, "casualty_loss": loss}}]),
        )
    };
    assert_eq!(levy(0), levy(500_000));
    assert_eq!(
        test_income(json!({"other_income": 5_000_000, "casualty_loss": 500_000})),
        4_500_000
    );
}

#[test]
fn a_former_member_takes_half_of_the_unit_of_the_one_who_is_left() {
    let members = json!([
        {"id": "A", "birth_date": "1955-05-05", "head": true, "income": {"other_income": 5_000_000}},
        {"id": "B", "birth_date": "1948-05-01", "insured": false, "former_member": true, "specific_month": "2023-05"}
    ]);
    let alone = json!([{"id": "A", "birth_date": "1955-05-05", "head": true, "income": {"other_income": 5_000_000}}]);
    // Half of 平等割: 16,954 of medical, and of support 10,845 leaves 5,422.
    assert_eq!(total(alone) - total(members), 16_954 + 5_423);
}

#[test]
fn incident_a11_a_salary_that_the_deduction_swallows_still_makes_an_earner() {
    let members = json!([
        {"id": "A", "birth_date": "1970-05-05", "head": true, "income": {"salary_receipts": 600_000, "salary_income": 0}},
        {"id": "B", "birth_date": "1971-05-05", "income": {"salary_receipts": 1_500_000, "salary_income": 850_000}}
    ]);
    let premium = osaka(2026).assess(&household(members)).unwrap().premium;
    assert_eq!(
        (premium.test.earners, premium.test.thresholds.t70),
        (2, Yen(530_000))
    );
}

#[test]
fn incident_a12_nobody_is_counted_twice_as_an_earner() {
    let members = json!([{"id": "A", "birth_date": "1955-05-05", "head": true,
        "income": {"salary_receipts": 900_000, "salary_income": 250_000, "pension_receipts": 2_000_000, "pension_income": 900_000}}]);
    assert_eq!(
        osaka(2026)
            .assess(&household(members))
            .unwrap()
            .premium
            .test
            .earners,
        1
    );
}

#[test]
fn incident_a13_who_leaves_on_2_april_still_counts_on_the_day_of_the_test() {
    let members = json!([
        {"id": "A", "birth_date": "1970-05-05", "head": true, "income": {"other_income": 900_000}},
        {"id": "B", "birth_date": "1971-05-05", "lost_on": "2026-04-02", "loss_ground": "other"}
    ]);
    let premium = osaka(2026).assess(&household(members)).unwrap().premium;
    assert_eq!((premium.test.counted, premium.test.tier), (2, 50));
}

#[test]
fn incident_a16_two_heads_in_one_household_are_refused() {
    let members = json!([
        {"id": "A", "birth_date": "1970-05-05", "head": true},
        {"id": "B", "birth_date": "1971-05-05", "head": true}
    ]);
    assert_eq!(
        osaka(2026).assess(&household(members)),
        Err(AssessmentError::Heads(2))
    );
}

#[test]
fn incident_a17_who_is_no_former_dependant_gets_no_such_relief() {
    use kokuho_shared::assessment::premium::circumstances::Circumstances;
    let national = figures::national(kokuho_shared::calendar::FiscalYear(2026)).unwrap();
    let told = Circumstances {
        former_dependant_since: "2026-05-01".parse().ok(),
        ..Circumstances::default()
    };
    assert!(
        told.check("1980-05-05".parse().unwrap(), &national)
            .is_err()
    );
    assert!(told.check("1959-05-05".parse().unwrap(), &national).is_ok());
}

#[test]
fn incident_a18_receipts_become_incomes_by_the_table_of_their_year() {
    let tables = figures::income_tables().unwrap();
    let salary = |year: i32| tables.salary_income(year, Yen(1_500_000)).unwrap().0;
    assert_eq!((salary(2024), salary(2025)), (950_000, 850_000));
}

#[test]
fn incident_a19_the_unit_of_the_last_rounding_is_the_citys() {
    let question = |unit: i64| {
        let question = json!({"as_of": {"fiscal_year": 2026}, "inputs": {"members": [{"id": "A", "birth_date": "1970-05-05", "head": true,
            "income": {"other_income": 1_234_567}}]}, "rates": {"medical": {"income_rate": "0.0777", "per_capita": 30_001, "per_household": 0, "cap": 660_000}},
            "rounding": {"income_mode": "floor", "income_scope": "person", "reduced_unit": "exact", "part_unit": 1, "part_scope": "part", "total_unit": unit}});
        let question: Estimate = serde_json::from_value(question).unwrap();
        question.answer().unwrap().total.0
    };
    assert_eq!(question(10), question(1) / 10 * 10);
    assert_ne!(question(1) % 10, 0);
}

#[test]
fn incident_a20_what_was_deducted_provisionally_is_part_of_the_years_premium() {
    let law = figures::pension()
        .unwrap()
        .of("2026-04-01".parse().unwrap())
        .unwrap()
        .clone();
    let before = pension::Before {
        february: Yen(14_000),
        annual: Yen(84_000),
    };
    // The premium of the year went down with the income: 仮徴収 went on as in February.
    let payments = pension::continuing(Yen(50_000), before, JuneDeduction::February, &law);
    assert_eq!(payments.main, [Yen(2_800), Yen(2_600), Yen(2_600)]);
    assert_eq!(payments.total(), Yen(50_000));
    // Below what was taken nothing more is deducted, and the rest is owed to the payer.
    let less = pension::continuing(Yen(40_000), before, JuneDeduction::February, &law);
    assert_eq!((less.main, less.excess), ([Yen(0); 3], Yen(2_000)));
}

#[test]
fn incident_a21_the_first_day_that_can_be_decided_back_to_is_the_laws() {
    let joined = Member {
        acquired_on: "2027-02-10".parse().ok(),
        ..Member::new("1", "1980-05-05".parse().unwrap())
    };
    let household = Household {
        members: vec![joined],
        ..Household::default()
    };
    let last = last_decision_of(&household, "2026-06-30".parse().unwrap(), 24).unwrap();
    assert_eq!(last.to_string(), "2029-02-10");
}

#[test]
fn incident_x02_a_figure_with_a_digit_lost_is_refused_before_it_is_used() {
    let rules = figures::copayment().unwrap();
    let whole = serde_json::to_value(&rules).unwrap();
    let mut tried = 0;
    for (place, rule) in whole["rule"].as_array().unwrap().iter().enumerate() {
        for (key, value) in rule["value"].as_object().unwrap() {
            let Some(yen) = value.as_i64() else { continue };
            let mut wrong = whole.clone();
            wrong["rule"][place]["value"][key] = json!(yen / 10);
            let wrong: CopaymentRules = serde_json::from_value(wrong).unwrap();
            assert!(wrong.check().is_err(), "{key} {}", yen / 10);
            tried += 1;
        }
    }
    assert!(tried >= 6, "{tried}");
}

#[test]
fn incident_a33_the_two_years_of_whom_a_pension_pays_begin_with_10_may() {
    let assessor = osaka(2024);
    let rules = figures::pension().unwrap();
    let last = |paid_on: &[&str]| {
        let deducted: Vec<Instalment> = paid_on
            .iter()
            .map(|paid_on| Instalment {
                number: DEDUCTED_FROM,
                amount: Yen(5_000),
                due_on: paid_on.parse().unwrap(),
            })
            .collect();
        let first_due = assessor.first_due(&deducted, &rules).unwrap().unwrap();
        let head = household(json!([{"id": "A", "birth_date": "1955-05-05", "head": true}]));
        let day = last_decision_of(&head, first_due, assessor.rules.decision_months);
        day.unwrap().to_string()
    };
    assert_eq!(last(&["2024-04-15", "2024-06-14"]), "2026-05-10");
    assert_eq!(last(&[]), "2026-07-01");
}
