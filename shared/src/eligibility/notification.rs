//! 届出: what an event makes of a person's eligibility, before anything is written (法9条).

use super::reasons::{AcquisitionReason, Loss, LossFacts, LossReason, birthday_75};
use crate::assessment::household::LossGround;
use crate::law::parameters::EligibilityRules;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "reason", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Event {
    /// 資格取得届.
    Acquire(AcquisitionReason),
    /// 資格喪失届.
    Lose(LossReason),
    /// 誤取得の取消し: the period never was.
    Void,
}

/// An event with its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    pub event: Event,
    /// The day on which it happened; for a void the acquisition that never was.
    pub event_on: NaiveDate,
    /// The first day of an address in another prefecture.
    pub new_address_on: Option<NaiveDate>,
}

/// A period of eligibility that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub acquired_on: NaiveDate,
    pub lost_on: Option<NaiveDate>,
}

/// What becomes of the periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Begins {
        from: NaiveDate,
    },
    Ends {
        /// The period that ends, by its first day.
        acquired_on: NaiveDate,
        on: NaiveDate,
        ground: LossGround,
    },
    Voided {
        acquired_on: NaiveDate,
    },
}

/// Why an event cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    #[error("届け出た日が生年月日（{0}）より前です")]
    BeforeBirth(NaiveDate),
    #[error("{0}から加入しています。取得の届出は要りません")]
    AlreadyInsured(NaiveDate),
    #[error("{0}から始まる資格期間があります。先にその期間を取り消すか、喪失日を確かめてください")]
    LaterPeriod(NaiveDate),
    #[error("75歳の誕生日（{0}）からは後期高齢者医療の対象です")]
    LateElderly(NaiveDate),
    #[error("この日に加入している期間がありません")]
    NotInsured,
    #[error("資格取得日（{0}）より前には喪失しません")]
    BeforeAcquisition(NaiveDate),
    #[error("この日から始まる資格期間がありません")]
    NoSuchPeriod,
    #[error("生年月日（{0}）からの加入です")]
    NotTheBirth(NaiveDate),
    #[error("まだ起きていません。起きてから届け出てください")]
    Ahead,
    #[error("75歳の誕生日は{0}です")]
    NotTheBirthday(NaiveDate),
    #[error("日付を計算できません")]
    OutOfRange,
}

/// What a notice makes of a person born on a day, with these periods.
pub fn effect(
    notice: &Notification,
    birth: NaiveDate,
    periods: &[Period],
    rules: &EligibilityRules,
) -> Result<Effect, NotificationError> {
    if notice.event_on < birth {
        return Err(NotificationError::BeforeBirth(birth));
    }
    match notice.event {
        Event::Acquire(AcquisitionReason::Birth) if notice.event_on != birth => {
            Err(NotificationError::NotTheBirth(birth))
        }
        Event::Acquire(reason) => begins(reason, notice.event_on, birth, periods),
        Event::Lose(reason) => ends(reason, notice, birth, periods, rules),
        Event::Void => {
            let found = periods
                .iter()
                .find(|period| period.acquired_on == notice.event_on);
            let period = found.ok_or(NotificationError::NoSuchPeriod)?;
            Ok(Effect::Voided {
                acquired_on: period.acquired_on,
            })
        }
    }
}

/// What has not happened yet is not accepted, but for what is known beforehand: a move that was
/// announced, and the 75th birthday.
pub fn is_ahead(notice: &Notification, today: NaiveDate) -> bool {
    let known = matches!(
        notice.event,
        Event::Lose(
            LossReason::Age75
                | LossReason::MovedAbroad
                | LossReason::MovedOtherPrefecture
                | LossReason::MovedSamePrefecture
        )
    );
    notice.event_on > today && !known
}

fn begins(
    reason: AcquisitionReason,
    event_on: NaiveDate,
    birth: NaiveDate,
    periods: &[Period],
) -> Result<Effect, NotificationError> {
    let from = reason
        .begins_on(event_on)
        .ok_or(NotificationError::OutOfRange)?;
    let birthday = birthday_75(birth).ok_or(NotificationError::OutOfRange)?;
    if from >= birthday {
        return Err(NotificationError::LateElderly(birthday));
    }
    for period in periods {
        if period.acquired_on > from {
            return Err(NotificationError::LaterPeriod(period.acquired_on));
        }
        if period.lost_on.is_none_or(|lost| lost > from) {
            return Err(NotificationError::AlreadyInsured(period.acquired_on));
        }
        // Lost on the day it began: a second one of that day could not be told from it.
        if period.acquired_on == from {
            return Err(NotificationError::LaterPeriod(period.acquired_on));
        }
    }
    Ok(Effect::Begins { from })
}

fn ends(
    reason: LossReason,
    notice: &Notification,
    birth: NaiveDate,
    periods: &[Period],
    rules: &EligibilityRules,
) -> Result<Effect, NotificationError> {
    if reason == LossReason::Age75 {
        let birthday = birthday_75(birth).ok_or(NotificationError::OutOfRange)?;
        if notice.event_on != birthday {
            return Err(NotificationError::NotTheBirthday(birthday));
        }
    }
    let on = loss(reason, notice, rules)
        .ends_on()
        .ok_or(NotificationError::OutOfRange)?;
    let running = |period: &&Period| period.lost_on.is_none_or(|lost| lost > notice.event_on);
    let period = periods
        .iter()
        .find(running)
        .ok_or(NotificationError::NotInsured)?;
    if on < period.acquired_on {
        return Err(NotificationError::BeforeAcquisition(period.acquired_on));
    }
    if let Some(later) = periods
        .iter()
        .find(|later| later.acquired_on > period.acquired_on)
    {
        return Err(NotificationError::LaterPeriod(later.acquired_on));
    }
    Ok(Effect::Ends {
        acquired_on: period.acquired_on,
        on,
        ground: reason.ground(),
    })
}

/// The day a loss makes in a municipality.
pub fn loss(reason: LossReason, notice: &Notification, rules: &EligibilityRules) -> Loss {
    reason.loss(
        notice.event_on,
        LossFacts {
            new_address_on: notice.new_address_on,
            age75: rules.age75_loss,
            disability: rules.disability_loss,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rules() -> EligibilityRules {
        EligibilityRules {
            age75_loss: Default::default(),
            disability_loss: Default::default(),
            certificate_until: "07-31".into(),
        }
    }

    fn notice(event: Event, event_on: &str) -> Notification {
        Notification {
            event,
            event_on: day(event_on),
            new_address_on: None,
        }
    }

    fn period(from: &str, until: Option<&str>) -> Period {
        Period {
            acquired_on: day(from),
            lost_on: until.map(day),
        }
    }

    #[test]
    fn an_event_that_cannot_be_is_refused_with_its_reason() {
        use AcquisitionReason::LeftEmployeeInsurance as Left;
        use LossReason::{Age75, EmployeeInsuranceJoined as Joined};
        let birth = day("1951-06-15");
        let running = [period("2020-04-01", None)];
        let ended = [period("2020-04-01", Some("2025-04-01"))];
        let both = [ended[0], period("2026-01-01", None)];
        let table = [
            (
                Event::Acquire(Left),
                "1951-06-14",
                &ended[..],
                NotificationError::BeforeBirth(birth),
            ),
            (
                Event::Acquire(Left),
                "2026-05-01",
                &running[..],
                NotificationError::AlreadyInsured(day("2020-04-01")),
            ),
            (
                Event::Acquire(Left),
                "2025-06-01",
                &both[..],
                NotificationError::LaterPeriod(day("2026-01-01")),
            ),
            (
                Event::Acquire(Left),
                "2026-06-15",
                &ended[..],
                NotificationError::LateElderly(day("2026-06-15")),
            ),
            (
                Event::Lose(Joined),
                "2026-05-01",
                &ended[..],
                NotificationError::NotInsured,
            ),
            (
                Event::Lose(Joined),
                "2019-05-01",
                &running[..],
                NotificationError::BeforeAcquisition(day("2020-04-01")),
            ),
            (
                Event::Lose(Joined),
                "2025-03-01",
                &both[..],
                NotificationError::LaterPeriod(day("2026-01-01")),
            ),
            (
                Event::Lose(Age75),
                "2026-06-14",
                &running[..],
                NotificationError::NotTheBirthday(day("2026-06-15")),
            ),
            (
                Event::Acquire(AcquisitionReason::Birth),
                "1951-06-16",
                &ended[..],
                NotificationError::NotTheBirth(birth),
            ),
            (
                Event::Void,
                "2020-04-02",
                &running[..],
                NotificationError::NoSuchPeriod,
            ),
        ];
        for (event, on, periods, wanted) in table {
            let got = effect(&notice(event, on), birth, periods, &rules());
            assert_eq!(got, Err(wanted), "{event:?} {on}");
        }
    }

    #[test]
    fn the_loss_of_75_falls_on_the_birthday_and_that_of_a_job_on_the_day_after() {
        let running = [period("2020-04-01", None)];
        let of = |reason, on| {
            effect(
                &notice(Event::Lose(reason), on),
                day("1951-06-15"),
                &running,
                &rules(),
            )
        };
        let ends = |on: &str| {
            Ok(Effect::Ends {
                acquired_on: day("2020-04-01"),
                on: day(on),
                ground: LossGround::Art6,
            })
        };
        assert_eq!(of(LossReason::Age75, "2026-06-15"), ends("2026-06-15"));
        assert_eq!(
            of(LossReason::EmployeeInsuranceJoined, "2026-06-01"),
            ends("2026-06-02")
        );
    }

    #[test]
    fn after_a_period_that_ended_on_its_first_day_none_begins_on_that_day() {
        let empty = Period {
            acquired_on: day("2026-07-22"),
            lost_on: Some(day("2026-07-22")),
        };
        let joins = |on: &str| {
            let notice = Notification {
                event: Event::Acquire(AcquisitionReason::ALL[0]),
                event_on: day(on),
                new_address_on: None,
            };
            effect(&notice, day("1980-01-01"), &[empty], &rules())
        };
        let again = joins("2026-07-22");
        assert_eq!(
            again,
            Err(NotificationError::LaterPeriod(day("2026-07-22")))
        );
        assert!(joins("2026-07-23").is_ok());
    }

    /// Puts an effect into the periods.
    fn put(periods: &mut Vec<Period>, effect: Effect) {
        match effect {
            Effect::Begins { from } => periods.push(Period {
                acquired_on: from,
                lost_on: None,
            }),
            Effect::Ends {
                acquired_on, on, ..
            } => {
                let found = periods
                    .iter_mut()
                    .find(|period| period.acquired_on == acquired_on);
                found.unwrap().lost_on = Some(on);
            }
            Effect::Voided { acquired_on } => {
                periods.retain(|period| period.acquired_on != acquired_on)
            }
        }
        periods.sort_by_key(|period| period.acquired_on);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn whatever_is_reported_no_two_periods_of_a_person_overlap(
            events in prop::collection::vec((0usize..22, 0i64..1500, prop::bool::ANY), 1..25),
        ) {
            let birth = day("1950-01-01");
            let mut periods: Vec<Period> = Vec::new();
            for (which, days, elsewhere) in events {
                let event = match which {
                    0..9 => Event::Acquire(AcquisitionReason::ALL[which]),
                    9..20 => Event::Lose(LossReason::ALL[which - 9]),
                    _ => Event::Void,
                };
                let event_on = day("2022-01-01") + chrono::Duration::days(days);
                let new_address_on = elsewhere.then_some(event_on);
                let notice = Notification { event, event_on, new_address_on };
                if let Ok(effect) = effect(&notice, birth, &periods, &rules()) {
                    put(&mut periods, effect);
                }
                for pair in periods.windows(2) {
                    let lost = pair[0].lost_on;
                    prop_assert!(lost.is_some_and(|lost| lost <= pair[1].acquired_on), "{periods:?}");
                }
                prop_assert!(periods.iter().all(|period| period.lost_on.is_none_or(|lost| lost >= period.acquired_on)));
            }
        }
    }
}
