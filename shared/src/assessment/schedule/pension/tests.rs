use super::*;
use crate::figures;
use crate::law::pension::{ListDay, PensionRules};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn law() -> PensionRule {
    figures::pension()
        .unwrap()
        .of(day("2026-04-01"))
        .unwrap()
        .clone()
}

fn couple(head: &str, second: &str) -> Household {
    let mut members = vec![Member::new("1", day(head)), Member::new("2", day(second))];
    members[0].head = true;
    Household {
        members,
        ..Household::default()
    }
}

fn went_on(annual: i64, february: i64) -> Payments {
    let before = Before {
        february: Yen(february),
        annual: Yen(annual),
    };
    continuing(Yen(annual), before, JuneDeduction::February, &law())
}

fn pension() -> PensionFacts {
    PensionFacts {
        annual: Yen(1_200_000),
        care_each: Some(Yen(10_000)),
        account_transfer: false,
    }
}

fn found(household: &Household, facts: &PensionFacts, each: i64) -> Vec<Obstacle> {
    let rules = figures::assessor("27100", FiscalYear(2026)).unwrap().rules;
    let on = day("2026-07-01");
    obstacles(household, facts, Yen(each), &rules, &law(), on)
}

#[test]
fn what_april_deducts_is_paid_over_on_10_may_also_where_that_is_a_sunday() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let rules = figures::pension().unwrap();
    let first_due = |paid_on: &[&str], rules: &PensionRules| {
        let deducted: Vec<Instalment> = (DEDUCTED_FROM..)
            .zip(paid_on)
            .map(|(number, paid_on)| Instalment {
                number,
                amount: Yen(1_000),
                due_on: day(paid_on),
            })
            .collect();
        let due = assessor.first_due(&deducted, rules).unwrap();
        due.unwrap().to_string()
    };
    assert_eq!(
        first_due(&["2026-04-15", "2026-06-15"], &rules),
        "2026-05-10"
    );
    assert_eq!(first_due(&[], &rules), "2026-06-30");
    // Who is deducted from October on was asked in June before.
    assert_eq!(first_due(&["2026-10-15"], &rules), "2026-06-30");
    let mut moved = rules.clone();
    moved.remittance[0].value.when_closed = WhenClosed::NextOpen;
    assert_eq!(first_due(&["2026-04-15"], &moved), "2026-05-11");
}

#[test]
fn a_premium_is_deducted_only_where_every_condition_holds() {
    let both = couple("1958-01-10", "1960-01-10");
    assert_eq!(found(&both, &pension(), 14_000), []);
    let cases: [(Household, PensionFacts, i64, Obstacle); 8] = [
        (
            couple("1958-01-10", "1961-07-03"),
            pension(),
            14_000,
            Obstacle::YoungerInsured,
        ),
        (
            couple("1961-07-03", "1960-01-10"),
            pension(),
            14_000,
            Obstacle::HeadTooYoung,
        ),
        (
            couple("1952-04-01", "1960-01-10"),
            pension(),
            14_000,
            Obstacle::HeadTurns75,
        ),
        (
            {
                let mut away = both.clone();
                away.members[0].insured = false;
                away
            },
            pension(),
            14_000,
            Obstacle::HeadNotInsured,
        ),
        (
            both.clone(),
            PensionFacts {
                annual: Yen(179_999),
                ..pension()
            },
            0,
            Obstacle::PensionTooSmall,
        ),
        (
            both.clone(),
            PensionFacts {
                care_each: None,
                ..pension()
            },
            14_000,
            Obstacle::CareNotDeducted,
        ),
        // A sixth of 1,200,000 is 200,000: 100,000 together is half, one yen more is not.
        (both.clone(), pension(), 90_001, Obstacle::MoreThanHalf),
        (
            both.clone(),
            PensionFacts {
                account_transfer: true,
                ..pension()
            },
            14_000,
            Obstacle::AccountTransfer,
        ),
    ];
    for (household, facts, each, obstacle) in cases {
        let found = found(&household, &facts, each);
        assert!(found.contains(&obstacle), "{obstacle:?}: {found:?}");
        assert!(!obstacle.name().is_empty());
    }
    assert_eq!(found(&both, &pension(), 90_000), []);
    assert_eq!(
        found(&couple("1952-04-02", "1960-01-10"), &pension(), 14_000),
        []
    );
    assert_eq!(
        found(&couple("1958-01-10", "1961-07-02"), &pension(), 14_000),
        []
    );
}

#[test]
fn a_pension_of_just_180_000_yen_bears_a_premium_and_every_obstacle_has_a_name() {
    let both = couple("1958-01-10", "1960-01-10");
    let small = |annual| PensionFacts {
        annual: Yen(annual),
        care_each: Some(Yen(1_000)),
        account_transfer: false,
    };
    assert_eq!(found(&both, &small(180_000), 1_000), []);
    assert_eq!(
        found(&both, &small(179_999), 1_000),
        [Obstacle::PensionTooSmall]
    );
    let all = [
        Obstacle::HeadNotInsured,
        Obstacle::HeadTooYoung,
        Obstacle::HeadTurns75,
        Obstacle::YoungerInsured,
        Obstacle::PensionTooSmall,
        Obstacle::CareNotDeducted,
        Obstacle::MoreThanHalf,
        Obstacle::AccountTransfer,
    ];
    let names: std::collections::HashSet<&str> = all.iter().map(|each| each.name()).collect();
    assert_eq!(names.len(), all.len());
    assert!(names.contains("年金の年額が18万円に満たない"));
}

#[test]
fn a_list_may_name_people_for_its_own_month() {
    let mut law = law();
    law.notices = vec![ListDay {
        month: 2,
        day: 10,
        first: 2,
    }];
    let first = |day_of: &str| first_deduction(day(day_of), &law);
    assert_eq!(first("2026-02-10"), "2026-02".parse().ok());
    assert_eq!(first("2026-02-11"), "2027-02".parse().ok());
}

#[test]
fn main_payments_are_hundreds_and_the_rest_goes_to_october() {
    let payments = went_on(86_500, 14_000);
    assert_eq!(payments.provisional, [Yen(14_000); 3]);
    assert_eq!(payments.main, [Yen(14_900), Yen(14_800), Yen(14_800)]);
}

/// 名古屋市「暫定賦課について」 (令和7年度まで) の計算例: 90,000円 last year, 14,000円 in February.
#[test]
fn a_city_may_set_june_and_august_so_that_the_year_is_taken_evenly() {
    let before = Before {
        february: Yen(14_000),
        annual: Yen(90_000),
    };
    let evenly = JuneDeduction::SixthOfLastYear;
    let payments = continuing(Yen(95_000), before, evenly, &law());
    assert_eq!(
        payments.provisional,
        [Yen(14_000), Yen(15_000), Yen(15_000)]
    );
    assert_eq!(payments.main, [Yen(17_000), Yen(17_000), Yen(17_000)]);
    let odd = Before {
        annual: Yen(90_599),
        ..before
    };
    let payments = continuing(Yen(95_000), odd, evenly, &law());
    assert_eq!(payments.provisional[1], Yen(15_000));
}

#[test]
fn payments_and_excess_make_the_premium_of_the_year() {
    for annual in (0..200_000).step_by(3_331) {
        for february in (0..40_000).step_by(7_777) {
            let payments = went_on(annual, february);
            assert_eq!(payments.total(), Yen(annual), "{annual} {february}");
            assert!(payments.main.iter().all(|each| *each >= Yen::ZERO));
        }
    }
    let much = went_on(10_000, 14_000);
    assert_eq!((much.main, much.excess), ([Yen::ZERO; 3], Yen(32_000)));
}

#[test]
fn whoever_begins_within_the_first_half_is_estimated_by_last_years_premium() {
    let law = law();
    let begun = |first| begun_in(first, Yen(100_000), &law);
    assert_eq!(begun(4), Some([Yen(16_668), Yen(16_666), Yen(16_666)]));
    assert_eq!(begun(6), Some([Yen(0), Yen(16_667), Yen(16_666)]));
    assert_eq!(begun(8), Some([Yen(0), Yen(0), Yen(16_667)]));
    assert_eq!(begun(10), None);
}

#[test]
fn the_day_of_the_list_decides_the_first_deduction() {
    let table = [
        ("2026-02-10", "2026-06"),
        ("2026-02-11", "2026-08"),
        ("2026-04-11", "2026-10"),
        ("2026-05-31", "2026-10"),
        ("2026-06-01", "2026-12"),
        ("2026-08-11", "2027-02"),
        ("2026-10-11", "2027-04"),
        ("2026-12-10", "2027-04"),
        ("2026-12-11", "2027-06"),
    ];
    for (listed, first) in table {
        let month: Month = first.parse().unwrap();
        assert_eq!(
            first_deduction(day(listed), &law()),
            Some(month),
            "{listed}"
        );
    }
    let months = payment_months(FiscalYear(2026)).unwrap();
    let wanted = [
        "2026-04", "2026-06", "2026-08", "2026-10", "2026-12", "2027-02",
    ];
    assert_eq!(months, wanted.map(|text| text.parse().unwrap()));
}

#[test]
fn a_year_of_payments_follows_from_when_the_deduction_began() {
    let law = law();
    let yen = |payments: [Yen; 6]| payments.map(|payment| payment.0);
    let nothing = Before::default();
    // Half of the year from October on, four twelfths from December on, two from February on.
    assert_eq!(
        yen(payments(
            Yen(86_501),
            3,
            nothing,
            JuneDeduction::February,
            &law
        )),
        [0, 0, 0, 14_451, 14_400, 14_400]
    );
    assert_eq!(
        yen(payments(
            Yen(86_500),
            4,
            nothing,
            JuneDeduction::February,
            &law
        )),
        [0, 0, 0, 0, 14_434, 14_400]
    );
    assert_eq!(
        yen(payments(
            Yen(86_500),
            5,
            nothing,
            JuneDeduction::February,
            &law
        )),
        [0, 0, 0, 0, 0, 14_417]
    );
    assert_eq!(
        payments(Yen(86_501), 2, nothing, JuneDeduction::February, &law),
        payments(Yen(86_501), 3, nothing, JuneDeduction::February, &law)
    );
    let goes_on = Before {
        february: Yen(14_000),
        annual: Yen(90_000),
    };
    assert_eq!(
        yen(payments(
            Yen(86_500),
            0,
            goes_on,
            JuneDeduction::February,
            &law
        )),
        [14_000, 14_000, 14_000, 14_900, 14_800, 14_800]
    );
    let begun = Before {
        february: Yen(0),
        annual: Yen(100_000),
    };
    assert_eq!(
        yen(payments(
            Yen(120_000),
            1,
            begun,
            JuneDeduction::February,
            &law
        )),
        [0, 16_667, 16_666, 29_067, 28_800, 28_800]
    );
}

#[test]
fn a_pension_is_paid_on_the_15th_or_the_open_day_before() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let days = assessor.pay_days(15).unwrap();
    let wanted = [
        "2026-04-15",
        "2026-06-15",
        "2026-08-14",
        "2026-10-15",
        "2026-12-15",
        "2027-02-15",
    ];
    assert_eq!(days, wanted.map(day));
    let paid = instalments(
        &[Yen(0), Yen(0), Yen(0), Yen(5), Yen(4), Yen(4)],
        &days,
        Some(5),
    );
    let told: Vec<(u8, i64)> = paid
        .iter()
        .map(|each| (each.number, each.amount.0))
        .collect();
    assert_eq!(told, [(34, 5), (35, 4)]);
}
