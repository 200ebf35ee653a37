//! 世帯の異動: each month of somebody who moves inside the city is charged in one household.

use chrono::NaiveDate;
use kokuho_shared::assessment::facts::{Belonged, EligibilityPeriod, MemberFacts, to_household};
use kokuho_shared::assessment::household::{Income, IncomeStatus, LossGround};
use kokuho_shared::assessment::premium::circumstances::Circumstances;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use kokuho_shared::ids::PersonId;
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Somebody of 45 years, insured from a day on, as seen by one household.
fn member(acquired_on: NaiveDate, lost_on: Option<NaiveDate>, belonged: Belonged) -> MemberFacts {
    MemberFacts {
        person_id: PersonId(1),
        resident_number: "1".into(),
        name: "名".into(),
        kana: String::new(),
        birth_date: day("1980-06-02"),
        protected_until: None,
        relation: "世帯主".into(),
        head: true,
        belonged: vec![belonged],
        insured_number: None,
        eligibility: Some(EligibilityPeriod {
            acquired_on,
            lost_on,
            loss_ground: lost_on.map(|_| LossGround::Other),
        }),
        earlier: Vec::new(),
        specific_month: None,
        income: Income::default(),
        income_status: IncomeStatus::Known,
        fixed_asset_tax: Yen::ZERO,
        entered: None,
        circumstances: Circumstances::default(),
    }
}

fn months(member: &MemberFacts, assessor: &Assessor) -> u32 {
    let household = to_household(std::slice::from_ref(member), FiscalYear(2026), Some(75));
    let premium = assessor.assess(&household).unwrap().premium;
    premium
        .parts
        .get(Part::Medical)
        .map_or(0, |part| part.months)
}

#[test]
fn on_whatever_day_somebody_moves_the_months_of_both_households_are_those_of_the_year() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let april = day("2026-04-01");
    let periods = [
        (day("2019-01-01"), None, 12),
        (day("2026-07-10"), None, 9),
        (day("2019-01-01"), Some(day("2026-11-20")), 7),
        (day("2026-06-30"), Some(day("2026-12-01")), 6),
    ];
    for (acquired, lost, whole) in periods {
        for moved in april.iter_days().take(365) {
            let left = Belonged {
                from: None,
                until: Some(moved),
            };
            let joined = Belonged {
                from: Some(moved),
                until: None,
            };
            let of = |belonged| months(&member(acquired, lost, belonged), &assessor);
            assert_eq!(of(left) + of(joined), whole, "{acquired} {lost:?} {moved}");
        }
    }
}

#[test]
fn who_moves_on_leaves_the_tier_of_the_old_household_and_its_test_day_as_they_were() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let left = Belonged {
        from: None,
        until: Some(day("2026-08-15")),
    };
    let stays = MemberFacts {
        person_id: PersonId(2),
        head: false,
        belonged: Vec::new(),
        ..member(day("2019-01-01"), None, left)
    };
    let leaves = member(day("2019-01-01"), None, left);
    let with = assessor
        .assess(&to_household(
            &[leaves.clone(), stays],
            FiscalYear(2026),
            Some(75),
        ))
        .unwrap();
    assert_eq!(with.premium.test.counted, 2);
    assert_eq!(leaves.left_on(), Some(day("2026-08-15")));
}
