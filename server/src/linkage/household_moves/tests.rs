//! Random moves against a model that knows of each person and day only who the head was.

use super::*;
use kokuho_shared::ids::{HouseholdId, PersonId};
use proptest::prelude::*;

const PERSONS: usize = 5;
const NUMBERS: usize = 3;

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap()
}

/// A head and since when it has been one without a break: one 納付義務者 as such.
type Reign = (usize, NaiveDate);

/// What everybody is told to be on a day: the number of each, and the head of each number.
#[derive(Clone, Debug)]
struct Step {
    days: i64,
    numbers: Vec<usize>,
    heads: Vec<usize>,
}

fn step() -> impl Strategy<Value = Step> {
    let numbers = prop::collection::vec(0..NUMBERS, PERSONS);
    let heads = prop::collection::vec(0..PERSONS, NUMBERS);
    (1..40i64, numbers, heads).prop_map(|(days, numbers, heads)| Step {
        days,
        numbers,
        heads,
    })
}

impl Step {
    /// The head of a person's number: the one that was drawn, as far as it lives there.
    fn head_of(&self, person: usize) -> usize {
        let here: Vec<usize> = (0..PERSONS)
            .filter(|other| self.numbers[*other] == self.numbers[person])
            .collect();
        here[self.heads[self.numbers[person]] % here.len()]
    }
}

#[derive(Default)]
struct Office {
    known: HashMap<String, CurrentResident>,
    earlier: HashMap<PersonId, Vec<Earlier>>,
    next: i64,
}

impl Office {
    fn take_in(&mut self, lines: Vec<Line>) {
        let first = 1000 * (self.next + 1);
        let mut moves = Moves::new(first);
        let file = lines
            .iter()
            .map(|line| number(&line.resident.resident_number));
        let file: HashSet<u64> = file.collect();
        let mut living = Living::new();
        for one in self.known.values().map(|known| &known.resident) {
            let numbers = living.entry(one.household_number.clone()).or_default();
            numbers.push(one.resident_number.clone());
        }
        for piece in lines.chunks(2) {
            moves.note(piece, &self.known, &living, &file);
        }
        moves.refuse_behind(&[]).unwrap();
        moves.refuse_left_out().unwrap();
        let before = std::mem::take(&mut self.earlier);
        let (planned, _) = moves.plan(lines, &self.known, &before).unwrap();
        self.earlier = before;
        for plan in planned {
            let number = plan.line.resident_number.clone();
            let person_id: PersonId = number.parse().unwrap();
            let rows = self.earlier.entry(person_id).or_default();
            rows.retain(|row| !plan.earlier.superseded.contains(&row.id.unwrap()));
            for added in plan.earlier.added {
                self.next += 1;
                rows.push(Earlier {
                    id: Some(self.next),
                    ..added
                });
            }
            rows.sort_by_key(|row| row.from);
            let known = CurrentResident {
                person_fact: 0,
                membership_fact: 0,
                person_id,
                household_id: plan.household_id,
                from: plan.from,
                moved_in: plan.moved_in,
                resident: plan.line,
            };
            self.known.insert(number, known);
        }
        self.next += 1;
    }

    /// The only household of a person on a day.
    fn household_on(&self, person: usize, day: NaiveDate) -> HouseholdId {
        let known = &self.known[&person.to_string()];
        let rows = &self.earlier[&known.person_id];
        let mut found: Vec<HouseholdId> = rows
            .iter()
            .filter(|row| row.from <= day && day < row.until)
            .map(|row| row.household_id)
            .collect();
        found.extend((known.from <= day).then_some(known.household_id));
        assert_eq!(found.len(), 1, "person {person} on {day}");
        found[0]
    }
}

fn line(person: usize, step: &Step, since: Option<NaiveDate>) -> Line {
    let head = step.head_of(person) == person;
    Line {
        line: 0,
        resident: Resident {
            resident_number: person.to_string(),
            household_number: step.numbers[person].to_string(),
            head,
            relation: if head { "世帯主" } else { "世帯員" }.into(),
            name: "名".into(),
            kana: String::new(),
            birth_date: start(),
            sex: 1,
            postcode: String::new(),
            address: "住所".into(),
            ward: String::new(),
            since: start(),
            until: None,
        },
        household_since: since,
    }
}

/// 消除: somebody lives with a head, who leaves on a day; later both lines say since when the one
/// who has gone from the city belonged to the household of the next head.
#[test]
fn whoever_has_left_the_city_belongs_to_the_head_of_the_day_that_the_line_names() {
    let day = |day: i64| start() + chrono::TimeDelta::days(day);
    let lived_together = Step {
        days: 0,
        numbers: vec![0, 0, 0, 2, 2],
        heads: vec![0, 0, 0],
    };
    let next_head = Step {
        numbers: vec![1, 0, 0, 2, 2],
        heads: vec![0, 0, 0],
        ..lived_together.clone()
    };
    // The day on the line of whoever has gone, and whether that was under the next head of day 50.
    for (given, under_next) in [
        (None, false),
        (Some(20), false),
        (Some(50), true),
        (Some(60), true),
        (Some(70), false),
    ] {
        let mut office = Office::default();
        office.take_in(
            (0..3)
                .map(|person| line(person, &lived_together, None))
                .collect(),
        );
        let before = office.known["2"].household_id;
        let mut lines = vec![
            line(0, &next_head, Some(day(50))),
            line(1, &next_head, Some(day(50))),
            line(2, &next_head, given.map(day)),
        ];
        lines[2].resident.until = Some(day(70));
        office.take_in(lines);
        let (next, gone) = (
            office.known["1"].household_id,
            office.known["2"].household_id,
        );
        assert_ne!(next, before);
        assert_eq!(gone, if under_next { next } else { before }, "{given:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn everybody_belongs_to_one_household_on_every_day_and_each_household_has_one_head(
        steps in prop::collection::vec(step(), 1..8),
    ) {
        let mut office = Office::default();
        let mut history: Vec<Vec<(NaiveDate, Reign)>> = vec![Vec::new(); PERSONS];
        let mut reigns: HashMap<usize, NaiveDate> = HashMap::new();
        let mut day = start();
        for (place, step) in steps.iter().enumerate() {
            if place > 0 {
                day += chrono::TimeDelta::days(step.days);
            }
            let heads: HashSet<usize> = (0..PERSONS).map(|person| step.head_of(person)).collect();
            reigns.retain(|head, _| heads.contains(head));
            for head in &heads {
                reigns.entry(*head).or_insert(day);
            }
            let mut lines = Vec::new();
            for (person, known) in history.iter_mut().enumerate() {
                let head = step.head_of(person);
                let reign = (head, reigns[&head]);
                let moved = known.last().is_none_or(|(_, before)| *before != reign);
                lines.push(line(person, step, Some(day).filter(|_| moved)));
                if moved {
                    known.push((day, reign));
                }
            }
            office.take_in(lines);
        }
        // One household for each reign, one reign for each household.
        let mut households: HashMap<Reign, HouseholdId> = HashMap::new();
        for (person, known) in history.iter().enumerate() {
            for (place, (from, reign)) in known.iter().enumerate() {
                let until = known.get(place + 1).map_or(day, |(next, _)| next.pred_opt().unwrap());
                for on in [*from, until] {
                    let found = office.household_on(person, on);
                    prop_assert_eq!(*households.entry(*reign).or_insert(found), found);
                }
            }
        }
        let distinct: HashSet<HouseholdId> = households.values().copied().collect();
        prop_assert_eq!(distinct.len(), households.len());
    }
}
