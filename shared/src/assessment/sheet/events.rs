//! もしこうなったら: what happens in a life, as a change of the sheet.

use super::{Person, Sheet};
use crate::calendar::FiscalYear;
use crate::law::parameters::Ages;
use crate::money::Yen;
use chrono::NaiveDate;

/// What may happen; people are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeEvent {
    /// 会社都合の退職: joins on the day after, with a salary that counts in part.
    LostJob {
        person: usize,
        on: NaiveDate,
    },
    /// 自己都合の退職: joins on the day after.
    LeftJob {
        person: usize,
        on: NaiveDate,
    },
    /// 就職: insured by the employer from that day on.
    TookJob {
        person: usize,
        on: NaiveDate,
    },
    /// 転入 and 転出 of everybody.
    MovedIn {
        on: NaiveDate,
    },
    MovedOut {
        on: NaiveDate,
    },
    /// 結婚: somebody else belongs to the household.
    Married {
        on: NaiveDate,
        birth: NaiveDate,
        salary: Yen,
    },
    /// 出産, by one of the household.
    Born {
        person: usize,
        on: NaiveDate,
        multiple: bool,
    },
    Died {
        person: usize,
        on: NaiveDate,
    },
    /// A year in which the age has been reached, beside one in which it has not.
    Aged {
        person: usize,
        age: u32,
    },
}

/// Why something cannot happen in the sheet's year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("この人はいません")]
    NoSuchPerson,
    #[error("この年度（4月1日から翌年3月31日）の日付を入力してください")]
    OutsideYear,
}

/// The sheets to compare: without it and with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub without: Sheet,
    pub with: Sheet,
}

/// What the sheet becomes where the event happens.
pub fn apply(sheet: &Sheet, event: LifeEvent, ages: Ages) -> Result<Compared, EventError> {
    let mut compared = Compared {
        without: sheet.clone(),
        with: sheet.clone(),
    };
    let year = sheet.fiscal_year;
    if let Some(on) = day_of(event)
        && FiscalYear::of(on) != year
    {
        return Err(EventError::OutsideYear);
    }
    let persons = &mut compared.with.persons;
    match event {
        LifeEvent::LostJob { person, on } => {
            joined(of(persons, person)?, on);
            of(persons, person)?.left = Some(on);
        }
        LifeEvent::LeftJob { person, on } => joined(of(persons, person)?, on),
        LifeEvent::TookJob { person, on } => {
            // 法8条: lost on the day after another insurance began.
            lost(of(persons, person)?, on.succ_opt(), true);
        }
        LifeEvent::MovedIn { on } => {
            // A child that was born later joins on its own day.
            let insured = persons.iter_mut().filter(|person| person.insured);
            insured.for_each(|person| person.acquired = person.acquired.max(Some(on)));
        }
        LifeEvent::MovedOut { on } => {
            let insured = persons.iter_mut().filter(|person| person.insured);
            insured.for_each(|person| lost(person, Some(on), false));
        }
        LifeEvent::Married { on, birth, salary } => persons.push(Person {
            birth: Some(birth),
            acquired: Some(on),
            salary,
            ..Person::default()
        }),
        LifeEvent::Born {
            person,
            on,
            multiple,
        } => {
            let mother = of(persons, person)?;
            (mother.expected, mother.multiple) = (Some(on), multiple);
            let child = Person {
                birth: Some(on),
                acquired: Some(on),
                ..Person::default()
            };
            persons.push(child.clone());
            if multiple {
                persons.push(child);
            }
        }
        LifeEvent::Died { person, on } => {
            lost(of(persons, person)?, on.succ_opt(), false);
        }
        LifeEvent::Aged { person, age } => {
            let of_year = sheet.fiscal_year.0 - i32::try_from(age).unwrap_or(0);
            // Not reached before the end of the year, and reached before its beginning.
            let younger = NaiveDate::from_ymd_opt(of_year + 1, 5, 1);
            let older = NaiveDate::from_ymd_opt(of_year, 1, 1);
            of(&mut compared.without.persons, person)?.birth = younger;
            let person = of(&mut compared.with.persons, person)?;
            person.birth = older;
            if i32::try_from(age) == Ok(ages.insured_until) {
                (person.insured, person.moved_on) =
                    (false, NaiveDate::from_ymd_opt(sheet.fiscal_year.0, 1, 1));
            }
        }
    }
    Ok(compared)
}

/// Whoever was lost before stays so.
fn lost(person: &mut Person, on: Option<NaiveDate>, other_insurance: bool) {
    if person
        .lost
        .is_none_or(|before| on.is_some_and(|on| on < before))
    {
        (person.lost, person.other_insurance) = (on, other_insurance);
    }
}

/// Whoever is insured already stays so.
fn joined(person: &mut Person, left_on: NaiveDate) {
    if !person.insured {
        (person.insured, person.acquired) = (true, left_on.succ_opt());
    }
}

fn of(persons: &mut [Person], place: usize) -> Result<&mut Person, EventError> {
    persons.get_mut(place).ok_or(EventError::NoSuchPerson)
}

fn day_of(event: LifeEvent) -> Option<NaiveDate> {
    match event {
        LifeEvent::LostJob { on, .. }
        | LifeEvent::LeftJob { on, .. }
        | LifeEvent::TookJob { on, .. }
        | LifeEvent::MovedIn { on }
        | LifeEvent::MovedOut { on }
        | LifeEvent::Married { on, .. }
        | LifeEvent::Born { on, .. }
        | LifeEvent::Died { on, .. } => Some(on),
        LifeEvent::Aged { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, sheet, total};
    use super::*;
    use crate::figures;

    fn applied(sheet: &Sheet, event: LifeEvent) -> Result<Compared, EventError> {
        let national = figures::national(FiscalYear(2026)).unwrap();
        apply(sheet, event, national.ages.value)
    }

    fn both(sheet: &Sheet, event: LifeEvent) -> (i64, i64) {
        let compared = applied(sheet, event).unwrap();
        (
            total(&compared.without).unwrap(),
            total(&compared.with).unwrap(),
        )
    }

    #[test]
    fn whoever_leaves_a_job_joins_on_the_day_after_and_pays_less_if_it_was_lost() {
        let mut employed = sheet("1981-04-02", 5_000_000);
        employed.persons[0].insured = false;
        let on = day("2026-10-14");
        let left = both(&employed, LifeEvent::LeftJob { person: 0, on });
        assert_eq!(left, (0, 297_364));
        let lost = both(&employed, LifeEvent::LostJob { person: 0, on });
        // Half of 129,508, 41,558, 35,270 and 3,627.
        assert_eq!(lost, (0, 64_754 + 20_779 + 17_635 + 1_813));
    }

    #[test]
    fn moving_and_taking_a_job_charge_the_months_before_or_after() {
        let whole = sheet("1981-04-02", 5_000_000);
        let on = day("2026-10-15");
        assert_eq!(both(&whole, LifeEvent::MovedIn { on }), (594_729, 297_364));
        assert_eq!(both(&whole, LifeEvent::MovedOut { on }), (594_729, 297_364));
        // Insured by an employer from 30 September on: still charged for it, as the employer charges October.
        let taken = LifeEvent::TookJob {
            person: 0,
            on: day("2026-09-30"),
        };
        assert_eq!(both(&whole, taken).1, total_of_months(5));
    }

    #[test]
    fn a_loss_takes_the_place_of_a_later_one_only() {
        let after = |before: &str, on: &str| {
            let mut person = Person {
                lost: Some(day(before)),
                other_insurance: false,
                ..Person::default()
            };
            lost(&mut person, Some(day(on)), true);
            (person.lost, person.other_insurance)
        };
        let june = "2026-06-01";
        assert_eq!(after(june, "2026-05-01"), (Some(day("2026-05-01")), true));
        assert_eq!(after(june, june), (Some(day(june)), false));
        assert_eq!(after(june, "2026-07-01"), (Some(day(june)), false));
    }

    #[test]
    fn who_was_insured_or_lost_before_stays_so() {
        let insured = sheet("1981-04-02", 5_000_000);
        let on = day("2026-10-14");
        assert_eq!(
            both(&insured, LifeEvent::LeftJob { person: 0, on }),
            (594_729, 594_729)
        );
        let mut gone = insured.clone();
        gone.persons[0].lost = Some(day("2026-06-01"));
        let (before, after) = both(&gone, LifeEvent::MovedOut { on });
        assert_eq!(before, after);
        let born = applied(
            &insured,
            LifeEvent::Born {
                person: 0,
                on: day("2026-11-20"),
                multiple: false,
            },
        )
        .unwrap()
        .with;
        let moved = applied(&born, LifeEvent::MovedIn { on }).unwrap().with;
        assert_eq!(moved.persons[1].acquired, Some(day("2026-11-20")));
        let (birth, salary) = (day("1990-01-01"), Yen(3_000_000));
        let wedding = LifeEvent::Married { on, birth, salary };
        let couple = applied(&insured, wedding).unwrap().with;
        assert_eq!(couple.persons[1].salary, salary);
    }

    fn total_of_months(months: i64) -> i64 {
        // 366,248 + 117,814 + 100,062 + 10,605 a year.
        [366_248, 117_814, 100_062, 10_605]
            .iter()
            .map(|part| part * months / 12)
            .sum()
    }

    #[test]
    fn a_spouse_and_a_child_count_from_their_first_month() {
        let single = sheet("1981-04-02", 5_000_000);
        let married = LifeEvent::Married {
            on: day("2026-10-01"),
            birth: day("1985-04-02"),
            salary: Yen(0),
        };
        let (before, after) = both(&single, married);
        // Six months of the second person's levies: medical, support, care, child.
        assert!((after - before - (34_990 + 11_191 + 18_682 + 1_745 + 96) / 2).abs() <= 4);
        let born = LifeEvent::Born {
            person: 0,
            on: day("2026-11-20"),
            multiple: false,
        };
        let (before, after) = both(&single, born);
        assert!(after < before);
        let twins = LifeEvent::Born {
            person: 0,
            on: day("2026-11-20"),
            multiple: true,
        };
        assert_eq!(applied(&single, twins).unwrap().with.persons.len(), 3);
    }

    #[test]
    fn each_age_is_compared_by_whole_years() {
        let of = |age| {
            both(
                &sheet("1981-04-02", 5_000_000),
                LifeEvent::Aged { person: 0, age },
            )
        };
        assert_eq!(of(40), (594_729 - 100_062, 594_729));
        assert_eq!(of(65), (594_729, 594_729 - 100_062));
        assert_eq!(of(75), (594_729 - 100_062, 0));
        let (preschool, school) = of(6);
        assert_eq!(school - preschool, (34_990 + 11_191) / 2 + 1);
        let (minor, adult) = of(18);
        assert_eq!(adult - minor, 1_745 + 96);
    }

    #[test]
    fn what_lies_outside_the_year_or_belongs_to_nobody_is_refused() {
        let single = sheet("1981-04-02", 0);
        let died = |person, on| applied(&single, LifeEvent::Died { person, on });
        assert_eq!(died(0, day("2027-04-01")), Err(EventError::OutsideYear));
        assert_eq!(died(3, day("2027-03-31")), Err(EventError::NoSuchPerson));
        let gone = died(0, day("2026-04-30")).unwrap().with;
        // Died on the last of April: lost on 1 May, charged for April.
        assert_eq!(gone.persons[0].lost, Some(day("2026-05-01")));
        assert_eq!(
            both(
                &single,
                LifeEvent::Died {
                    person: 0,
                    on: day("2026-04-30")
                }
            ),
            (
                27_830 + 5_604,
                (20_669 / 12 + 6_610 / 12 + 5_604 / 12 + 551 / 12)
            )
        );
    }
}
