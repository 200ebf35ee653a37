//! What an office is told from outside of a few people who move at random, and which of their places are guarded.

use kokuho_households::Random;
use kokuho_shared::identity::insurer_check_digit;
use std::collections::BTreeSet;
use std::fmt::Write;

const PEOPLE: usize = 6;
const PLACES: usize = 7;

/// Where people live: each place is known by a word that nothing else has, and is written in two ways.
pub struct Place {
    pub town: String,
    pub ward: &'static str,
}

impl Place {
    pub fn written(&self, way: usize) -> String {
        match way {
            0 => format!("大阪市{}{}三丁目2番1号", self.ward, self.town),
            _ => format!("大阪市{}{}３－２－１", self.ward, self.town),
        }
    }
}

#[derive(Clone)]
pub struct Person {
    pub number: String,
    pub household: String,
    pub head: bool,
    pub place: usize,
    pub way: usize,
    pub until: Option<String>,
    /// The day of the last move, while the file still has to tell it.
    pub since: String,
    pub protected: bool,
}

/// What the office was told, from outside.
pub struct World {
    pub history: u32,
    pub people: Vec<Person>,
    pub places: Vec<Place>,
    pub households: u32,
}

impl World {
    pub fn new(history: u32) -> World {
        let person = |at: usize| Person {
            number: format!("7{history:05}{at:04}"),
            household: format!("8{history:05}{:04}", at / 2),
            head: at.is_multiple_of(2),
            place: at / 2,
            way: 0,
            until: None,
            since: String::new(),
            protected: false,
        };
        let place = |at: usize| Place {
            town: format!("隠{history}町印{at}"),
            ward: if at.is_multiple_of(2) {
                "中央区"
            } else {
                "北区"
            },
        };
        World {
            history,
            people: (0..PEOPLE).map(person).collect(),
            places: (0..PLACES).map(place).collect(),
            households: 100,
        }
    }

    pub fn new_household(&mut self) -> String {
        self.households += 1;
        format!("8{:05}{:04}", self.history, self.households)
    }

    pub fn residents(&self) -> String {
        let mut text = String::from(
            "宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日,世帯異動日\n",
        );
        let mut numbers = BTreeSet::new();
        for (at, one) in self.people.iter().enumerate() {
            let place = &self.places[one.place];
            let (head, relation) = if one.head {
                (1, "世帯主")
            } else {
                (0, "同居人")
            };
            let (address, ward) = (place.written(one.way), place.ward);
            let until = one.until.as_deref().unwrap_or_default();
            writeln!(text, "{},{},{head},{relation},試験　{at},シケン　{at},1980-01-{:02},1,540-0001,{address},{ward},2000-01-01,{until},{}",
                one.number, one.household, at + 1, one.since).unwrap();
            numbers.insert(&one.household);
        }
        writeln!(text, "#合計,{},{}", self.people.len(), numbers.len()).unwrap();
        text
    }

    pub fn incomes(&self) -> String {
        let mut text = String::from(
            "宛名番号,所得年,申告区分,給与収入,給与所得,年金収入,年金所得,その他所得,合計所得,譲渡特別控除,雑損失,専従者控除,専従者給与\n",
        );
        for one in &self.people {
            writeln!(text, "{},2025,1,,0,,0,0,0,0,0,0,0", one.number).unwrap();
        }
        writeln!(text, "#合計,{},0", self.people.len()).unwrap();
        text
    }

    pub fn eligibility(&self) -> String {
        let check = insurer_check_digit(&[0, 0, 2, 7, 9, 9, 9]);
        let mut text = String::from(
            "保険者番号,被保険者番号,枝番,世帯番号,宛名番号,世帯主宛名番号,資格取得日,取得事由,資格喪失日,喪失事由\n",
        );
        for (at, one) in self.people.iter().enumerate() {
            let head = &self.people[at - at % 2].number;
            let insured = format!("{:08}", self.history * 10 + u32::try_from(at / 2).unwrap());
            writeln!(
                text,
                "0027999{check},{insured},{:02},{},{},{head},2020-04-01,12,,",
                at % 2 + 1,
                one.household,
                one.number
            )
            .unwrap();
        }
        writeln!(text, "#合計,{},{}", self.people.len(), self.people.len()).unwrap();
        text
    }

    /// Towns where anybody lives who shares a household with somebody under a measure.
    pub fn guarded(&self) -> BTreeSet<&str> {
        let hidden: BTreeSet<&str> = self
            .people
            .iter()
            .filter(|one| one.protected)
            .map(|one| one.household.as_str())
            .collect();
        self.people
            .iter()
            .filter(|one| hidden.contains(one.household.as_str()))
            .map(|one| self.places[one.place].town.as_str())
            .collect()
    }

    /// Somebody leaves a household; whoever stays behind has a new head.
    pub fn leave(&mut self, at: usize, day: &str) {
        let left = self.people[at].household.clone();
        let was_head = self.people[at].head;
        self.people[at].household = String::new();
        let behind = |one: &&mut Person| one.household == left && one.until.is_none();
        if was_head && self.people.iter_mut().any(|mut one| behind(&mut one)) {
            let mut first = true;
            for one in self.people.iter_mut().filter(|one| one.household == left) {
                one.since = day.to_owned();
                one.head = first && one.until.is_none();
                first &= one.until.is_some();
            }
        }
    }

    /// Something happens; `false` where it cannot.
    pub fn happen(&mut self, random: &mut Random) -> bool {
        let at = below(random, self.people.len());
        let place = below(random, self.places.len());
        let day = format!("2026-05-{:02}", 1 + random.below(28));
        if self.people[at].until.is_some() {
            return false;
        }
        match random.below(8) {
            0 => {
                self.leave(at, &day);
                let household = self.new_household();
                let person = &mut self.people[at];
                (person.household, person.head, person.since) = (household, true, day);
                person.place = place;
            }
            1..3 => {
                let other = below(random, self.people.len());
                let into = self.people[other].household.clone();
                if other == at
                    || self.people[other].until.is_some()
                    || into == self.people[at].household
                {
                    return false;
                }
                let place = self.people[other].place;
                self.leave(at, &day);
                let person = &mut self.people[at];
                (person.household, person.head, person.since) = (into, false, day);
                person.place = place;
            }
            3..5 => {
                let household = self.people[at].household.clone();
                for one in self
                    .people
                    .iter_mut()
                    .filter(|one| one.household == household)
                {
                    one.place = place;
                }
            }
            5 => self.people[at].way = 1 - self.people[at].way,
            // Somebody of the household is registered at another place.
            6 => self.people[at].place = place,
            _ => {
                if random.below(4) > 0 || self.people[at].head {
                    return false;
                }
                self.people[at].until = Some("2026-06-01".into());
            }
        }
        true
    }
}

pub fn below(random: &mut Random, count: usize) -> usize {
    usize::try_from(random.below(u32::try_from(count).unwrap())).unwrap()
}
