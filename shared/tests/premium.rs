//! Households whose premium must come out to the yen, and facts that are refused.

use kokuho_shared::api::estimate::{Answer, Estimate, EstimateError};
use kokuho_shared::assessment::error::AssessmentError;
use kokuho_shared::assessment::facts::{MemberFacts, to_household};
use kokuho_shared::assessment::household::{Household, Involuntary, Maternity, Member};
use kokuho_shared::assessment::premium;
use kokuho_shared::assessment::rules::{MOST, Rules};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::explain::Code;
use kokuho_shared::figures::{self, MUNICIPALITIES};
use kokuho_shared::ids::PersonId;
use kokuho_shared::law::LawError;
use kokuho_shared::law::parameters::{ByPart, MaternityCap, Part, PartRates};
use kokuho_shared::money::Yen;
use serde_json::{Value, json};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn asked(municipality: &str, year: i32, members: Value) -> Result<Answer, EstimateError> {
    let question = json!({"municipality": municipality, "as_of": {"fiscal_year": year}, "inputs": {"members": members}});
    serde_json::from_value::<Estimate>(question)
        .unwrap()
        .answer()
}

fn refused(municipality: &str, year: i32, members: Value) -> AssessmentError {
    match asked(municipality, year, members) {
        Err(EstimateError::Assessment(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn head() -> Value {
    json!([{"id": "A", "birth_date": "1996-04-02", "head": true}])
}

fn three() -> Value {
    json!([
        {"id": "A", "birth_date": "1981-04-02", "head": true, "income": {"salary_receipts": 4500000, "salary_income": 3160000}},
        {"id": "B", "birth_date": "1985-04-02"},
        {"id": "C", "birth_date": "2011-04-02"}
    ])
}

#[test]
fn the_published_household_of_three_in_izumisano_pays_645854_yen() {
    let answer = asked("泉佐野市", 2026, three()).unwrap();
    let amounts: Vec<i64> = answer.parts.iter().map(|(_, part)| part.amount.0).collect();
    assert_eq!(amounts, [398_228, 127_956, 108_344, 11_326]);
    assert_eq!(answer.total, Yen(645_854));
    assert_eq!(
        answer
            .instalments
            .iter()
            .map(|each| each.amount)
            .sum::<Yen>(),
        answer.total
    );
}

#[test]
fn the_published_households_of_meguro_pay_its_own_care_rate() {
    let couple = json!([
        {"id": "A", "birth_date": "1981-04-02", "head": true, "income": {"salary_receipts": 5_000_000, "salary_income": 3_560_000}},
        {"id": "B", "birth_date": "1986-04-02"}
    ]);
    assert_eq!(
        asked("目黒区", 2026, couple.clone()).unwrap().total,
        Yen(574_455)
    );
    // 千代田区 is one of the wards with the uniform rates.
    let uniform = asked("13101", 2026, couple.clone()).unwrap().total;
    assert_eq!(uniform, asked("13102", 2026, couple.clone()).unwrap().total);
    assert!(uniform > Yen(574_455));
    // Its care rate of the year before is not known: nothing takes its place.
    assert_eq!(
        refused("目黒区", 2025, couple).to_string(),
        "目黒区の2025年度の料率は登録されていません"
    );
}

#[test]
fn the_due_dates_of_osaka_step_over_weekends_and_the_new_year() {
    let due: Vec<String> = asked("大阪市", 2026, head())
        .unwrap()
        .instalments
        .iter()
        .map(|each| each.due_on.to_string())
        .collect();
    assert_eq!(
        due,
        [
            "2026-06-30",
            "2026-07-31",
            "2026-08-31",
            "2026-09-30",
            "2026-11-02",
            "2026-11-30",
            "2027-01-04",
            "2027-02-01",
            "2027-03-01",
            "2027-03-31"
        ]
    );
}

#[test]
fn a_single_person_without_income_gets_seven_tenths_off() {
    let answer = asked("27100", 2026, head()).unwrap();
    assert_eq!((answer.test.tier, answer.total), (70, Yen(27_830)));
}

#[test]
fn months_before_acquisition_and_from_the_loss_on_are_not_charged() {
    let whole = asked("27100", 2026, head()).unwrap().parts.medical.unwrap();
    let mut part = head();
    part[0]["acquired_on"] = json!("2026-07-10");
    part[0]["lost_on"] = json!("2026-12-01");
    part[0]["loss_ground"] = json!("art6_1_8");
    let medical = asked("27100", 2026, part.clone())
        .unwrap()
        .parts
        .medical
        .unwrap();
    // A loss on the first counts as one on 30 November: July to October.
    assert_eq!(
        (medical.months, medical.amount),
        (4, Yen(whole.amount.0 * 4 / 12))
    );
    part[0]["loss_ground"] = json!("other");
    assert_eq!(
        asked("27100", 2026, part)
            .unwrap()
            .parts
            .medical
            .unwrap()
            .months,
        5
    );
}

#[test]
fn a_year_or_city_without_parameters_is_refused_by_name() {
    assert_eq!(
        refused("大阪市", 2031, head()).to_string(),
        "大阪市の2031年度の料率は登録されていません"
    );
    assert_eq!(
        refused("横浜市", 2024, head()).to_string(),
        "横浜市の2024年度の料率は登録されていません"
    );
}

#[test]
fn a_household_without_head_or_with_two_is_refused() {
    assert_eq!(refused("27100", 2026, json!([])), AssessmentError::Heads(0));
    let two = json!([{"id": "A", "birth_date": "1996-04-02", "head": true}, {"id": "B", "birth_date": "1996-04-02", "head": true}]);
    assert_eq!(refused("27100", 2026, two), AssessmentError::Heads(2));
}

#[test]
fn a_negative_amount_is_refused_with_its_field() {
    for amount in [-1i64, -999_999_999_999] {
        let members = json!([{"id": "A", "birth_date": "1996-04-02", "head": true, "income": {"other_income": amount}}]);
        let field = "income.other_income";
        assert_eq!(
            refused("27100", 2026, members),
            AssessmentError::Amount { member: 0, field }
        );
    }
}

fn inline(cap: i64, unit: i64) -> Result<Answer, EstimateError> {
    let question = json!({
        "as_of": {"fiscal_year": 2026}, "inputs": {"members": head()},
        "rates": {"medical": {"income_rate": "0.095", "per_capita": 34990, "per_household": 33908, "cap": cap}},
        "rounding": {"income_scope": "person", "income_mode": "floor", "reduced_unit": "floor_person",
                     "part_unit": unit, "part_scope": "part", "total_unit": 1}
    });
    serde_json::from_value::<Estimate>(question)
        .unwrap()
        .answer()
}

#[test]
fn a_cap_above_the_national_cap_and_a_unit_of_zero_are_refused() {
    assert!(inline(670_000, 1).is_ok());
    let above = LawError::CapAboveNational {
        part: Part::Medical,
        cap: Yen(670_001),
        national: Yen(670_000),
    };
    assert_eq!(
        inline(670_001, 1).unwrap_err(),
        EstimateError::Assessment(AssessmentError::Law(above))
    );
    let unit = AssessmentError::Unit { field: "part_unit" };
    assert_eq!(
        inline(670_000, 0).unwrap_err(),
        EstimateError::Assessment(unit)
    );
}

#[test]
fn a_question_with_both_a_municipality_and_rates_is_refused() {
    let question = json!({"municipality": "27100", "as_of": {"fiscal_year": 2026}, "inputs": {"members": head()}, "rates": {}});
    let question: Estimate = serde_json::from_value(question).unwrap();
    assert_eq!(question.answer().unwrap_err(), EstimateError::Source);
}

/// A household of one as the office sees it, with an eligibility period.
fn seen(birth: &str, acquired: &str, lost: Option<&str>, ground: &str) -> Vec<MemberFacts> {
    let member = json!({
        "person_id": 1, "resident_number": "1", "name": "見辺", "kana": "ミベ", "birth_date": birth,
        "relation": "世帯主", "head": true, "insured_number": null,
        "eligibility": {"acquired_on": acquired, "lost_on": lost, "loss_ground": lost.map(|_| ground)},
        "income": {"pension_income": 900_000, "pension_receipts": 2_000_000}, "income_status": "known"
    });
    vec![serde_json::from_value(member).unwrap()]
}

fn months_of(members: &[MemberFacts]) -> u32 {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let assessed = assessor
        .assess(&to_household(members, FiscalYear(2026), Some(75)))
        .unwrap();
    assessed.premium.parts.medical.unwrap().months
}

#[test]
fn turning_75_on_the_first_of_a_month_is_no_loss_by_another_insurance_on_the_first() {
    for lost in [None, Some("2026-10-01"), Some("2026-10-02")] {
        assert_eq!(
            months_of(&seen("1951-10-01", "2020-04-01", lost, "art6_1_8")),
            6,
            "{lost:?}"
        );
    }
}

#[test]
fn a_loss_on_the_first_of_the_next_year_by_another_insurance_leaves_march_free() {
    assert_eq!(
        months_of(&seen(
            "1961-10-01",
            "2020-04-01",
            Some("2027-04-01"),
            "art6_1_8"
        )),
        11
    );
    assert_eq!(
        months_of(&seen(
            "1961-10-01",
            "2020-04-01",
            Some("2027-04-01"),
            "other"
        )),
        12
    );
    assert_eq!(
        months_of(&seen(
            "1961-10-01",
            "2020-04-01",
            Some("2027-04-02"),
            "art6_1_8"
        )),
        12
    );
}

#[test]
fn a_former_member_counts_for_the_reduction_and_halves_the_household_levy() {
    let mut members = seen("1956-05-05", "2020-04-01", None, "other");
    members[0].head = false;
    members[0].income.pension_income = Yen::ZERO;
    members[0].income.pension_receipts = Some(Yen(780_000));
    let mut older = seen("1948-05-01", "2000-04-01", None, "other").remove(0);
    older.person_id = PersonId(2);
    older.eligibility = None;
    members.push(older);
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let total = |members: &[MemberFacts]| {
        assessor
            .assess(&to_household(members, FiscalYear(2026), Some(75)))
            .unwrap()
            .premium
            .total
    };
    assert_eq!(total(&members), Yen(74_218));
    members[1].specific_month = Some("2023-04".parse().unwrap());
    assert_eq!(total(&members), Yen(35_198));
}

#[test]
fn who_joins_within_the_year_pays_in_the_instalments_from_the_next_month_on() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let due = |acquired: &str| {
        let household = to_household(
            &seen("1961-10-01", acquired, None, "other"),
            FiscalYear(2026),
            Some(75),
        );
        let instalments = assessor.assess(&household).unwrap().instalments;
        instalments
            .iter()
            .map(|each| each.due_on.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(due("2026-04-01").len(), 10);
    assert_eq!(
        due("2026-12-15"),
        ["2027-02-01", "2027-03-01", "2027-03-31"]
    );
    assert_eq!(due("2027-03-10"), ["2027-04-30"]);
}

#[test]
fn contradictory_days_and_people_who_cannot_be_told_apart_are_refused_with_their_place() {
    let two = |second: Value| {
        let mut members = head();
        members.as_array_mut().unwrap().push(second);
        refused("27100", 2026, members)
    };
    let born = |birth: &str| json!({"id": "B", "birth_date": birth});
    assert_eq!(
        two(born("2027-04-01")),
        AssessmentError::BornAfterYear { member: 1 }
    );
    assert_eq!(
        two(json!({"id": "A", "birth_date": "2000-01-01"})),
        AssessmentError::SameId { member: 1 }
    );
    let early = json!({"id": "B", "birth_date": "2026-06-01", "acquired_on": "2026-05-31"});
    assert_eq!(
        two(early),
        AssessmentError::AcquiredBeforeBirth { member: 1 }
    );
    let former =
        json!({"id": "B", "birth_date": "1948-05-01", "insured": false, "former_member": true});
    assert_eq!(
        two(former),
        AssessmentError::SpecificMonthMissing { member: 1 }
    );
}

#[test]
fn a_unit_smaller_than_the_step_of_ceil10_is_never_reduced_below_zero() {
    let question = json!({
        "as_of": {"fiscal_year": 2026}, "inputs": {"members": head(), "reduction": {"mode": "given", "tier": 70}},
        "rates": {"medical": {"income_rate": "0", "per_capita": 5, "per_household": 0, "cap": 670_000}},
        "rounding": {"income_scope": "person", "income_mode": "floor", "reduced_unit": "ceil10",
                     "part_unit": 1, "part_scope": "part", "total_unit": 1}
    });
    let question: Estimate = serde_json::from_value(question).unwrap();
    assert_eq!(question.answer().unwrap().total, Yen::ZERO);
}

#[test]
fn municipalities_with_a_uniform_rate_have_the_same_rates_and_caps() {
    // 中野 and 江戸川 always; 千代田 until 2025, 目黒 in its care rate of 2026.
    let is_apart = |code: &str, year: i32| match code {
        "13114" | "13123" => true,
        "13101" => year < 2026,
        "13110" => year >= 2026,
        _ => false,
    };
    let uniform = |prefix: &str, first_year: i32| {
        let of = MUNICIPALITIES
            .iter()
            .filter(move |shipped| shipped.fiscal_year.0 >= first_year);
        let of = of.filter(|shipped| {
            shipped.code.starts_with(prefix) && !is_apart(shipped.code, shipped.fiscal_year.0)
        });
        of.map(|shipped| (shipped.fiscal_year.0, shipped.parameters().unwrap()))
            .collect::<Vec<_>>()
    };
    for (all, least) in [
        (uniform("27", 2024), 43 * 3),
        (uniform("131", 2025), 19 + 20),
    ] {
        assert_eq!(all.len(), least);
        for (year, parameters) in &all {
            let (_, first) = all.iter().find(|(other, _)| other == year).unwrap();
            for (part, cited) in parameters.rates.iter() {
                let (own, of_first) = (cited.value, first.rates.get(part).unwrap().value);
                let name = &parameters.municipality.name;
                assert_eq!(
                    own.income_rate, of_first.income_rate,
                    "{name} {year} {part:?}"
                );
                assert_eq!(
                    own.per_household, of_first.per_household,
                    "{name} {year} {part:?}"
                );
                assert_eq!(own.cap, of_first.cap, "{name} {year} {part:?}");
                // 泉佐野市 prints the two units of the child part with another share.
                let units = |rates: PartRates| rates.per_capita + rates.per_capita_18plus;
                assert_eq!(units(own), units(of_first), "{name} {year} {part:?}");
            }
        }
    }
}

#[test]
fn a_year_that_was_not_found_is_refused_and_never_taken_from_another() {
    let missing = [
        ("27100", 2023),
        ("27100", 2027),
        ("13104", 2024),
        ("40130", 2023),
        ("14100", 2024),
        ("03302", 2024),
    ];
    for (code, year) in missing {
        assert!(
            figures::parameters(code, FiscalYear(year)).is_err(),
            "{code} {year}"
        );
    }
}

#[test]
fn who_is_left_by_a_certified_disability_pays_half_of_the_household_levy_from_then_on() {
    let couple = json!([
        {"id": "A", "birth_date": "1958-01-10", "head": true, "lost_on": "2026-07-16", "loss_ground": "art6_1_8",
         "specific_month": "2026-07", "income": {"other_income": 9_000_000}},
        {"id": "B", "birth_date": "1960-01-10"}
    ]);
    let answer = asked("27100", 2026, couple).unwrap();
    let halves = answer
        .explanation
        .iter()
        .filter(|line| line.part == Some(Part::Medical));
    let halves: Vec<i64> = halves
        .filter(|line| line.code == Code::SpecificHousehold)
        .map(|line| line.yen.0)
        .collect();
    assert_eq!(halves, [-16_954]);
}

#[test]
fn a_unit_below_zero_or_beyond_what_is_calculated_with_is_refused() {
    let parameters = figures::assessor("27100", FiscalYear(2026))
        .unwrap()
        .parameters;
    let with = |per_capita: Yen| {
        let mut rates = parameters.rates.clone();
        let medical = rates.medical.as_mut().unwrap();
        medical.value.per_capita = per_capita;
        let mut plain = ByPart::default();
        for (part, cited) in rates.iter() {
            plain.set(part, cited.value);
        }
        let (rounding, options) = (parameters.rounding.value, parameters.options.value);
        Rules::inline(&parameters.national, plain, rounding, options).err()
    };
    let refused = Some(AssessmentError::RateOutOfRange {
        part: Part::Medical,
    });
    assert_eq!(with(Yen(0)), None);
    assert_eq!(with(MOST), None);
    assert_eq!(with(Yen(-1)), refused);
    assert_eq!(with(MOST + Yen(1)), refused);
}

#[test]
fn a_couple_that_leaves_before_june_is_asked_once_and_one_that_comes_in_november_from_december_on()
{
    let couple = |acquired: Option<&str>, lost: Option<&str>| {
        json!([
            {"id": "A", "birth_date": "1981-04-02", "head": true, "acquired_on": acquired, "lost_on": lost, "income": {"other_income": 2_000_000}},
            {"id": "B", "birth_date": "1985-04-02", "acquired_on": acquired, "lost_on": lost}
        ])
    };
    let days = |members: Value| -> Vec<String> {
        let answer = asked("27100", 2026, members).unwrap();
        let days = answer
            .instalments
            .iter()
            .map(|each| each.due_on.to_string());
        days.collect()
    };
    assert_eq!(days(couple(None, Some("2026-05-15"))), ["2026-06-30"]);
    assert_eq!(days(couple(None, Some("2026-06-15"))), ["2026-06-30"]);
    assert_eq!(days(couple(None, Some("2026-07-15"))).len(), 10);
    let winter = days(couple(Some("2026-11-10"), None));
    assert_eq!(
        winter,
        ["2027-01-04", "2027-02-01", "2027-03-01", "2027-03-31"]
    );
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let due = assessor.due_dates();
    assert_eq!(
        (due.len(), due[0], due[9]),
        (10, day("2026-06-30"), day("2027-03-31"))
    );
}

#[test]
fn who_is_insured_in_the_months_of_the_birth_only_pays_the_unit_of_the_household() {
    let members = json!([{"id": "A", "birth_date": "1993-04-02", "head": true, "income": {"other_income": 3_000_000},
        "acquired_on": "2026-08-01", "lost_on": "2026-12-01", "maternity": {"expected_on": "2026-09-10"}}]);
    let answer = asked("27100", 2026, members).unwrap();
    let medical = answer.parts.medical.unwrap();
    assert_eq!((medical.months, medical.amount), (4, Yen(33_908 * 4 / 12)));
    assert_eq!(answer.parts.child.unwrap().amount, Yen::ZERO);
}

#[test]
fn what_a_birth_takes_off_the_year_is_told_with_its_months() {
    let mut parameters = figures::assessor("27100", FiscalYear(2026))
        .unwrap()
        .parameters;
    parameters.options.value.maternity_cap = MaternityCap::ByYear;
    let rules = Rules::of(&parameters).unwrap();
    let mut head = Member::new("A", day("1993-04-02"));
    head.head = true;
    head.maternity = Some(Maternity {
        expected_on: day("2026-09-10"),
        multiple: false,
    });
    let household = Household {
        members: vec![head],
        ..Household::default()
    };
    let (_, explanation) = premium::assess(&household, &rules).unwrap();
    let mut lines = explanation.lines.iter();
    let line = lines
        .find(|line| line.code == Code::MaternityRelief)
        .unwrap();
    // A third of 均等割, of which 7割 is off.
    assert_eq!((line.yen, line.inputs[0]), (Yen(-(10_497 / 3)), 4));
}

#[test]
fn a_birth_frees_each_month_before_its_cap() {
    // Rich until September, then alone without income; the child is born in November.
    let couple = json!([
        {"id": "A", "birth_date": "1991-04-02", "head": true, "lost_on": "2026-10-02", "loss_ground": "art6_1_8",
         "income": {"other_income": 12_000_000}},
        {"id": "B", "birth_date": "1993-04-02", "maternity": {"expected_on": "2026-11-15"}}
    ]);
    let answer = asked("27100", 2026, couple).unwrap();
    let amount = |part| answer.parts.get(part).unwrap().amount;
    let all = [Part::Medical, Part::Support, Part::Child].map(amount);
    assert_eq!(all, [Yen(352_785), Yen(137_287), Yen(15_306)]);
}

#[test]
fn nobody_pays_before_birth() {
    let with_baby = json!([
        {"id": "A", "birth_date": "1991-04-02", "head": true, "income": {"other_income": 9_000_000}},
        {"id": "B", "birth_date": "2026-10-10"}
    ]);
    let answer = asked("27100", 2026, with_baby).unwrap();
    let states = answer
        .explanation
        .iter()
        .filter(|line| line.part == Some(Part::Medical) && line.code == Code::State);
    let months: Vec<_> = states.map(|line| line.inputs["months"]).collect();
    assert_eq!((months, answer.test.counted), (vec![6, 6], 1));
}

#[test]
fn periods_that_overlap_or_end_before_they_begin_are_refused_and_ones_that_meet_are_not() {
    let member = |earlier: Value, acquired: &str| json!([{"id": "A", "birth_date": "1990-05-05", "head": true, "acquired_on": acquired, "earlier_periods": earlier}]);
    let period = |from: &str, to: &str| json!({"acquired_on": from, "lost_on": to});
    let backwards = member(json!([period("2026-06-10", "2026-06-09")]), "2026-08-01");
    let meant = AssessmentError::LossBeforeAcquisition { member: 0 };
    assert_eq!(refused("27100", 2026, backwards), meant);
    let overlap = AssessmentError::PeriodsOverlap { member: 0 };
    let twice = json!([
        period("2026-04-10", "2026-06-10"),
        period("2026-06-09", "2026-07-01")
    ]);
    assert_eq!(refused("27100", 2026, member(twice, "2026-08-01")), overlap);
    let into = json!([period("2026-04-10", "2026-06-10")]);
    assert_eq!(refused("27100", 2026, member(into, "2026-06-09")), overlap);
    let meet = json!([
        period("2026-05-10", "2026-05-10"),
        period("2026-05-10", "2026-06-10")
    ]);
    assert!(asked("27100", 2026, member(meet, "2026-06-10")).is_ok());
}

#[test]
fn a_birth_before_november_2023_frees_nobody_and_one_on_the_first_does() {
    let reduction = |day: &str| {
        let members = json!([{"id": "A", "birth_date": "1995-05-05", "head": true, "maternity": {"expected_on": day}}]);
        let answer = asked("40130", 2024, members.clone()).map(|answer| answer.parts);
        assert!(answer.is_ok());
        let question = json!({"as_of": {"fiscal_year": 2023}, "inputs": {"members": members},
            "rates": {"medical": {"income_rate": "0.09", "per_capita": 36000, "per_household": 0, "cap": 650000}},
            "rounding": {"income_scope": "person", "income_mode": "floor", "reduced_unit": "floor_person",
                "part_unit": 1, "part_scope": "part", "total_unit": 1}});
        let answer = serde_json::from_value::<Estimate>(question)
            .unwrap()
            .answer();
        answer.unwrap().parts.medical.unwrap().maternity_reduction
    };
    // 7割 of 36,000 leaves 10,800: January alone is free.
    assert_eq!(reduction("2023-11-01"), Yen(900));
    assert_eq!(reduction("2023-10-31"), Yen(0));
}

#[test]
fn the_half_of_preschool_children_is_told_where_it_is_and_the_exemption_in_the_child_part() {
    let members = json!([{"id": "A", "birth_date": "1990-05-05", "head": true}, {"id": "B", "birth_date": "2023-05-05"}]);
    let answer = asked("27100", 2026, members).unwrap();
    let told = |code: Code| {
        let lines = answer.explanation.iter().filter(|line| line.code == code);
        lines.map(|line| line.part.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told(Code::PreschoolHalf), [Part::Medical, Part::Support]);
    assert_eq!(told(Code::ChildExempt), [Part::Child]);
}

#[test]
fn own_levies_are_of_those_liable_in_the_first_month_of_a_part() {
    let household: Household = serde_json::from_value(json!({"members": [
        {"id": "A", "birth_date": "1970-05-05", "head": true, "income": {"other_income": 1_430_000}},
        {"id": "B", "birth_date": "1986-07-20", "income": {"other_income": 1_430_000}},
        {"id": "C", "birth_date": "1990-07-20", "acquired_on": "2026-07-01", "income": {"other_income": 1_430_000}}]}))
    .unwrap();
    let rules = figures::assessor("27100", FiscalYear(2026)).unwrap().rules;
    let of = |part| premium::own_levies(&household, &rules, part);
    assert_eq!(of(Part::Medical), [(0, Yen(95_000)), (1, Yen(95_000))]);
    // 40 is attained only in July.
    assert_eq!(of(Part::Care), [(0, Yen(26_000))]);
}

#[test]
fn who_leaves_the_household_on_the_day_of_the_test_is_no_former_member_of_it() {
    let tier = |left: &str| {
        let members = json!([{"id": "A", "birth_date": "1960-05-05", "head": true, "income": {"other_income": 900_000}},
            {"id": "B", "birth_date": "1950-05-05", "insured": false, "former_member": true, "specific_month": "2025-05",
             "left_household_on": left}]);
        asked("27100", 2026, members).unwrap().test.counted
    };
    assert_eq!((tier("2026-04-01"), tier("2026-04-02")), (1, 2));
}

#[test]
fn instalments_are_named_by_their_number_and_late_ones_by_theirs() {
    let names = [1, 10, 20, 21, 22].map(kokuho_shared::assessment::schedule::instalments::name);
    assert_eq!(names, ["第1期", "第10期", "第20期", "随時1期", "随時2期"]);
}

/// Somebody of 45 with a salary who lost a job on a day, beside somebody of 43 without income.
fn lost_a_job(left_on: Option<&str>, acquired_on: Option<&str>) -> Household {
    let mut head = Member::new("1", day("1981-04-02"));
    head.head = true;
    head.income.salary_receipts = Some(Yen(20_000_000));
    head.income.salary_income = Yen(18_050_000);
    head.acquired_on = acquired_on.map(day);
    head.involuntary = left_on.map(|left_on| Involuntary {
        left_on: day(left_on),
    });
    let mut second = Member::new("2", day("1983-05-02"));
    second.acquired_on = acquired_on.map(day);
    Household {
        members: vec![head, second],
        ..Household::default()
    }
}

#[test]
fn months_before_a_lost_job_reach_the_cap_and_those_after_it_do_not_lift_it() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let of = |left_on| assessor.assess(&lost_a_job(left_on, None)).unwrap().premium;
    let (before, after) = (of(None), of(Some("2026-03-31")));
    let both = of(Some("2026-09-30"));
    for (part, result) in both.parts.iter() {
        let [before, after] =
            [&before, &after].map(|premium| premium.parts.get(part).unwrap().amount.0);
        assert!(after < before);
        assert_eq!(result.amount.0, (6 * before + 6 * after) / 12, "{part:?}");
    }
}

#[test]
fn a_job_lost_by_somebody_without_care_levy_reduces_that_of_the_others_from_then_on() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let mut household = lost_a_job(Some("2026-09-30"), None);
    household.members[0].birth_date = day("1992-04-02");
    household.members[0].income.salary_receipts = Some(Yen(2_684_000));
    household.members[0].income.salary_income = Yen(1_800_000);
    let premium = assessor.assess(&household).unwrap().premium;
    let care = premium.parts.get(Part::Care).unwrap();
    // 18,682 without a reduction to September, with 5割 from October on: (6 x 18,682 + 6 x 9,341) / 12.
    assert_eq!((care.months, care.amount), (12, Yen(14_011)));
}

#[test]
fn the_test_of_a_household_is_that_of_its_first_charged_month() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let joined = lost_a_job(Some("2026-09-30"), Some("2026-10-01"));
    let test = assessor.assess(&joined).unwrap().premium.test;
    // 30 hundredths of the salary, although in April nobody had lost a job.
    assert_eq!(test.test_income, Yen(18_050_000 * 30 / 100));
}

#[test]
fn a_result_names_a_relief_for_childbirth_only_where_there_is_one() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let mut household = lost_a_job(None, None);
    let told = |household: &Household| {
        let premium = assessor.assess(household).unwrap().premium;
        serde_json::to_value(premium).unwrap()["parts"]["medical"]["maternity_reduction"].clone()
    };
    assert_eq!(told(&household), serde_json::Value::Null);
    household.members[1].maternity = Some(Maternity {
        expected_on: day("2026-08-10"),
        multiple: false,
    });
    assert!(told(&household).as_i64().unwrap() > 0);
}
