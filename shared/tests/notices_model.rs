//! Random sequences of notices against a calendar that knows of each day whether somebody is insured.

use chrono::{Days, NaiveDate};
use kokuho_households::{Random, cases};
use kokuho_shared::eligibility::notification::{Effect, Event, Notification, Period, effect};
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

const WORDS: usize = 18;
const BITS: usize = 64;

/// One bit for each day, and what follows the last of them.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Calendar {
    insured: [u64; WORDS],
    ever_after: bool,
}

/// The place of a day; days before the first are the first.
fn place(day: NaiveDate) -> usize {
    let nth = usize::try_from((day - first()).num_days().max(0)).unwrap();
    nth.min(usize::try_from(DAYS).unwrap())
}

/// The bits of a word that lie from a place on.
fn mask(word: usize, from: usize) -> u64 {
    match from.saturating_sub(word * BITS) {
        0 => u64::MAX,
        bits if bits < BITS => u64::MAX << bits,
        _ => 0,
    }
}

impl Calendar {
    const NEVER: Calendar = Calendar {
        insured: [0; WORDS],
        ever_after: false,
    };

    fn of(periods: &[Period]) -> Calendar {
        let mut calendar = Calendar::NEVER;
        for one in periods {
            let end = usize::try_from(DAYS).unwrap();
            let (from, until) = (place(one.acquired_on), one.lost_on.map_or(end, place));
            for (word, bits) in calendar.insured.iter_mut().enumerate() {
                let own = mask(word, from) & !mask(word, until);
                assert_eq!(*bits & own, 0, "a day is in two periods: {periods:?}");
                *bits |= own;
            }
            calendar.ever_after |= one.lost_on.is_none();
        }
        calendar
    }

    fn set(&mut self, from: NaiveDate, insured: bool) {
        let end = usize::try_from(DAYS).unwrap();
        for (word, bits) in self.insured.iter_mut().enumerate() {
            let own = mask(word, place(from)) & !mask(word, end);
            *bits = if insured { *bits | own } else { *bits & !own };
        }
        self.ever_after = insured;
    }

    /// This until a day, another from it on.
    fn then(self, from: NaiveDate, other: &Calendar) -> Calendar {
        let mut calendar = self;
        for (word, bits) in calendar.insured.iter_mut().enumerate() {
            let later = mask(word, place(from));
            *bits = (*bits & !later) | (other.insured.get(word).unwrap() & later);
        }
        calendar.ever_after = other.ever_after;
        calendar
    }
}

fn notice(random: &mut Random, periods: &[Period]) -> Notification {
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
    Notification {
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
    for number in 0..cases(100_000, 1_000_000) {
        let mut random = Random::new(number);
        let mut periods: Vec<Period> = Vec::new();
        let mut calendar = Calendar::NEVER;
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
                            let mut without = calendar;
                            without.set(acquired_on, false);
                            // What came after the voided period stays.
                            if let Some(after) = after {
                                without = without.then(after, &calendar);
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
            history.push((periods.clone(), calendar));
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
