//! Random sequences of notices against a calendar that knows of each day whether somebody is insured.

use chrono::{Days, NaiveDate};
use kokuho_households::{Random, cases};
use kokuho_shared::eligibility::notice::{Effect, Event, Notice, Period, effect};
use kokuho_shared::eligibility::reasons::{AcquisitionReason, LossReason};
use kokuho_shared::law::parameters::EligibilityRules;

const DAYS: u64 = 3 * 366;

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()
}

fn rules() -> EligibilityRules {
    EligibilityRules {
        age75_loss: Default::default(),
        disability_loss: Default::default(),
        certificate_until: "07-31".into(),
    }
}

/// One mark for each day, and what follows the last of them.
#[derive(Clone, PartialEq, Debug)]
struct Calendar {
    insured: Vec<bool>,
    ever_after: bool,
}

impl Calendar {
    fn of(periods: &[Period]) -> Calendar {
        let on = |day: NaiveDate| {
            let count = periods
                .iter()
                .filter(|one| one.acquired_on <= day && one.lost_on.is_none_or(|lost| day < lost))
                .count();
            assert!(count <= 1, "{day} is in {count} periods: {periods:?}");
            count == 1
        };
        Calendar {
            insured: (0..DAYS).map(|nth| on(first() + Days::new(nth))).collect(),
            ever_after: periods.iter().any(|one| one.lost_on.is_none()),
        }
    }

    fn set(&mut self, from: NaiveDate, insured: bool) {
        let place = usize::try_from((from - first()).num_days().max(0)).unwrap();
        self.insured
            .iter_mut()
            .skip(place)
            .for_each(|day| *day = insured);
        self.ever_after = insured;
    }
}

fn notice(random: &mut Random, periods: &[Period]) -> Notice {
    const BEGIN: [AcquisitionReason; 4] = [
        AcquisitionReason::LeftEmployeeInsurance,
        AcquisitionReason::MovedInOtherPrefecture,
        AcquisitionReason::PublicAssistanceEnded,
        AcquisitionReason::LeftDependency,
    ];
    const END: [LossReason; 5] = [
        LossReason::EmployeeInsuranceJoined,
        LossReason::PublicAssistanceStarted,
        LossReason::Death,
        LossReason::MovedOtherPrefecture,
        LossReason::MovedAbroad,
    ];
    let days = u32::try_from(DAYS - 10).unwrap();
    let day = first() + Days::new(u64::from(random.below(days)));
    let event = match random.below(10) {
        0..4 => Event::Acquire(*random.one_of(&BEGIN)),
        4..8 => Event::Lose(*random.one_of(&END)),
        _ => Event::Void,
    };
    // A void that finds its period, more often than not.
    let known = periods.get(usize::try_from(random.below(4)).unwrap());
    let event_on = match (event, known) {
        (Event::Void, Some(period)) => period.acquired_on,
        _ => day,
    };
    Notice {
        event,
        event_on,
        new_address_on: None,
    }
}

/// What the effect makes of the periods, as the office writes it.
fn written(periods: &mut Vec<Period>, effect: Effect) {
    match effect {
        Effect::Begins { from } => periods.push(Period {
            acquired_on: from,
            lost_on: None,
        }),
        Effect::Ends {
            acquired_on, on, ..
        } => {
            let period = periods
                .iter_mut()
                .find(|one| one.acquired_on == acquired_on);
            period.unwrap().lost_on = Some(on);
        }
        Effect::Voided { acquired_on } => periods.retain(|one| one.acquired_on != acquired_on),
    }
    periods.retain(|one| one.lost_on != Some(one.acquired_on));
    periods.sort_by_key(|one| one.acquired_on);
}

#[test]
fn after_any_notices_every_day_is_insured_once_or_not_at_all_as_the_calendar_says() {
    let birth = NaiveDate::from_ymd_opt(1980, 5, 5).unwrap();
    let (mut accepted, mut refused) = (0u64, 0u64);
    for number in 0..cases(2_000, 100_000) {
        let mut random = Random::new(number);
        let mut periods: Vec<Period> = Vec::new();
        let mut calendar = Calendar::of(&periods);
        let mut history: Vec<(Vec<Period>, Calendar)> = Vec::new();
        for _ in 0..12 {
            let notice = notice(&mut random, &periods);
            match effect(&notice, birth, &periods, &rules()) {
                Err(_) => refused += 1,
                Ok(effect) => {
                    accepted += 1;
                    match effect {
                        Effect::Begins { from } => calendar.set(from, true),
                        Effect::Ends { on, .. } => calendar.set(on, false),
                        Effect::Voided { acquired_on } => {
                            let period = periods.iter().find(|one| one.acquired_on == acquired_on);
                            let after = period.unwrap().lost_on;
                            let mut without = calendar.clone();
                            without.set(acquired_on, false);
                            // What came after the voided period stays.
                            if let Some(after) = after {
                                let place =
                                    usize::try_from((after - first()).num_days().max(0)).unwrap();
                                let rest =
                                    calendar.insured.get(place..).unwrap_or_default().to_vec();
                                without.insured.truncate(place);
                                without.insured.extend(rest);
                                without.ever_after = calendar.ever_after;
                            }
                            calendar = without;
                        }
                    }
                    written(&mut periods, effect);
                }
            }
            assert_eq!(
                Calendar::of(&periods),
                calendar,
                "case {number}: {notice:?} {periods:?}"
            );
            history.push((periods.clone(), calendar.clone()));
        }
        // What was known earlier stays what it was.
        for (periods, calendar) in history {
            assert_eq!(Calendar::of(&periods), calendar);
        }
    }
    assert!(
        accepted > refused / 20 && refused > 0,
        "{accepted} accepted, {refused} refused"
    );
}
