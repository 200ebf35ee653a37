//! 世帯の異動: which household each line of the residents' file belongs to, and since when.
//!
//! A household here is one 納付義務者 (法76条): it follows its head. Whoever becomes a head begins
//! a household of its own, so that a change of the head inside a household, a split (世帯分離) and
//! a merger (世帯合併) are one thing: people leave a household on a day and belong to another one
//! from that day on. The household before stays as it was until then.

use super::known::{Earlier, KnownResident};
use super::residents_file::{Line, Resident};
use crate::exchange::FileError;
use crate::exchange::table::Table;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// A line that cannot be taken in: its place in the file, and the field.
#[derive(Debug)]
pub struct Refused {
    pub place: usize,
    pub field: &'static str,
    pub message: String,
}

impl Refused {
    pub fn at(self, table: &Table<'_>) -> FileError {
        match table.rows().nth(self.place) {
            Some(row) => row.wrong(self.field, self.message),
            None => FileError::new(self.message),
        }
    }
}

/// What a file's line becomes.
pub struct Planned {
    pub line: Resident,
    pub household_id: i64,
    /// Since when the person belongs to it.
    pub from: NaiveDate,
    /// It came from another household on that day.
    pub moved_in: bool,
    pub earlier: EarlierChanges,
}

impl Planned {
    /// Whether more has changed than a name or an address.
    pub fn concerns_premium(&self, known: &KnownResident) -> bool {
        let resident = &known.resident;
        let before = (
            known.household_id,
            known.from,
            known.moved_in,
            resident.head,
        );
        let after = (self.household_id, self.from, self.moved_in, self.line.head);
        before != after
            || (resident.birth_date, resident.until) != (self.line.birth_date, self.line.until)
            || !self.earlier.superseded.is_empty()
    }
}

/// What becomes of the person's households before.
#[derive(Default)]
pub struct EarlierChanges {
    pub superseded: Vec<i64>,
    pub added: Vec<Earlier>,
}

/// What is known, and where new households get their ids.
pub struct Moves<'a> {
    known: &'a HashMap<String, KnownResident>,
    earlier: &'a HashMap<i64, Vec<Earlier>>,
    /// People who live in the city, by the number of their household.
    living: HashMap<&'a str, Vec<&'a KnownResident>>,
    next_household: i64,
}

impl<'a> Moves<'a> {
    pub fn new(
        known: &'a HashMap<String, KnownResident>,
        earlier: &'a HashMap<i64, Vec<Earlier>>,
        next_household: i64,
    ) -> Moves<'a> {
        let mut living: HashMap<&str, Vec<&KnownResident>> = HashMap::new();
        for person in known.values().filter(|one| one.resident.until.is_none()) {
            let number = person.resident.household_number.as_str();
            living.entry(number).or_default().push(person);
        }
        Moves {
            known,
            earlier,
            living,
            next_household,
        }
    }

    /// The lines that say something new; the rest is counted.
    pub fn plan(&mut self, lines: Vec<Line>) -> Result<(Vec<Planned>, i64), Refused> {
        self.refuse_left_behind(&lines)?;
        let households = self.households(&lines)?;
        let mut planned = Vec::new();
        let mut unchanged = 0;
        for (place, mut line) in lines.into_iter().enumerate() {
            let known = self.known.get(&line.resident.resident_number);
            let number = &line.resident.household_number;
            let household_id = match known {
                // Whoever has left the city stays in the household that was left.
                Some(known) if stays(known, &line.resident) => known.household_id,
                _ => *households
                    .get(number)
                    .ok_or_else(|| refused(place, "head", "世帯に世帯主がいません".into()))?,
            };
            let Some(known) = known else {
                planned.push(newcomer(line, household_id));
                continue;
            };
            if known.household_id == household_id && !known.moved_in {
                // A day without another household before it moves nobody.
                line.household_since = None;
            }
            if known.household_id == household_id && says(known, &line) {
                unchanged += 1;
                continue;
            }
            planned.push(self.change(known, (place, line), household_id)?);
        }
        Ok((planned, unchanged))
    }

    /// The household of each number in the file, by its head.
    fn households(&mut self, lines: &[Line]) -> Result<HashMap<String, i64>, Refused> {
        let numbers = lines
            .iter()
            .map(|line| line.resident.resident_number.as_str());
        let numbers: HashSet<&str> = numbers.collect();
        let mut households = HashMap::new();
        // Somebody who lives here comes before a head who died.
        let heads = |gone: bool| {
            let lines = lines.iter().map(|line| &line.resident).enumerate();
            lines.filter(move |(_, one)| one.head && one.until.is_some() == gone)
        };
        for (place, head) in heads(false).chain(heads(true)) {
            if households.contains_key(&head.household_number) {
                continue;
            }
            let known = self.known.get(&head.resident_number);
            let id = match known.filter(|known| known.resident.head) {
                Some(known) => known.household_id,
                None => {
                    self.refuse_left_out(place, head, &numbers)?;
                    self.next_household += 1;
                    self.next_household - 1
                }
            };
            households.insert(head.household_number.clone(), id);
        }
        Ok(households)
    }

    /// A head who leaves, dies or is head no more takes nobody along by itself: the file must say
    /// what became of everybody who lived with it.
    fn refuse_left_behind(&self, lines: &[Line]) -> Result<(), Refused> {
        let mut in_file: HashSet<&str> = HashSet::new();
        let mut left: HashMap<i64, usize> = HashMap::new();
        for (place, line) in lines.iter().enumerate() {
            let line = &line.resident;
            in_file.insert(&line.resident_number);
            let known = self.known.get(&line.resident_number);
            let was_head = known.filter(|one| one.resident.head && one.resident.until.is_none());
            if let Some(known) = was_head {
                let number = &known.resident.household_number;
                let stays = line.head && line.until.is_none() && *number == line.household_number;
                if !stays {
                    left.insert(known.household_id, place);
                }
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        let mut behind: Vec<(usize, &str)> = Vec::new();
        for one in self.living.values().flatten() {
            let number = one.resident.resident_number.as_str();
            let place = left.get(&one.household_id);
            behind.extend(
                place
                    .filter(|_| !in_file.contains(number))
                    .map(|place| (*place, number)),
            );
        }
        match behind.into_iter().min() {
            None => Ok(()),
            Some((place, number)) => {
                let message = format!(
                    "世帯主が世帯を離れましたが、残る世帯員（宛名番号 {number}）の行がありません。世帯の全員を載せてください"
                );
                Err(refused(place, "resident_number", message))
            }
        }
    }

    /// A new head of a number that is known: the file must say what became of everybody else.
    fn refuse_left_out(
        &self,
        place: usize,
        head: &Resident,
        in_file: &HashSet<&str>,
    ) -> Result<(), Refused> {
        let living = self.living.get(head.household_number.as_str());
        let mut numbers = living
            .into_iter()
            .flatten()
            .map(|other| other.resident.resident_number.as_str());
        match numbers.find(|number| !in_file.contains(number)) {
            None => Ok(()),
            Some(number) => {
                let message = format!(
                    "世帯主が変わりましたが、世帯員（宛名番号 {number}）の行がありません。世帯の全員を載せてください"
                );
                Err(refused(place, "head", message))
            }
        }
    }

    fn change(
        &self,
        known: &KnownResident,
        (place, line): (usize, Line),
        household_id: i64,
    ) -> Result<Planned, Refused> {
        let moves = known.household_id != household_id;
        let mut resident = line.resident;
        let returned = known
            .resident
            .until
            .is_some_and(|until| until < resident.since);
        if line.household_since.is_none() && moves && !returned {
            return Err(refused(place, "household_since", no_day(known)));
        }
        let keeps = line.household_since.is_none() && !returned && known.moved_in;
        let given = line.household_since.filter(|day| *day > resident.since);
        let from = if keeps {
            known.from
        } else {
            given.unwrap_or(resident.since)
        };
        if resident.until.is_some_and(|until| until < from) {
            let message = "世帯異動日が消除日より後です".into();
            return Err(refused(place, "household_since", message));
        }
        if stays(known, &resident) {
            // The household before keeps its head.
            resident.head = known.resident.head;
            resident.relation.clone_from(&known.resident.relation);
        }
        let before = self.earlier.get(&known.person_id);
        let before = before.map_or(&[][..], Vec::as_slice);
        let changes = cut(known, before, (moves || returned, from));
        let kept = before.len() + changes.added.len() > changes.superseded.len();
        Ok(Planned {
            line: resident,
            household_id,
            from,
            moved_in: kept || given.is_some() || keeps,
            earlier: changes,
        })
    }
}

/// The households before, once the newest begins on `from`: what reaches into it is cut, and the
/// one that was the newest until now joins them where the person has left it.
fn cut(
    known: &KnownResident,
    before: &[Earlier],
    (left, from): (bool, NaiveDate),
) -> EarlierChanges {
    let mut changes = EarlierChanges::default();
    let current = left.then(|| known.as_earlier(from));
    for one in before.iter().cloned().chain(current) {
        // Next to the newest: its end is the day of the move, also where that is corrected.
        let next = !left && one.until == known.from;
        let until = if next { from } else { one.until.min(from) };
        if one.id.is_some() && until == one.until {
            continue;
        }
        changes.superseded.extend(one.id);
        if one.from < until {
            changes.added.push(Earlier { until, ..one });
        }
    }
    changes
}

fn newcomer(line: Line, household_id: i64) -> Planned {
    let given = line.household_since;
    let given = given.filter(|day| *day > line.resident.since);
    Planned {
        from: given.unwrap_or(line.resident.since),
        moved_in: given.is_some(),
        line: line.resident,
        household_id,
        earlier: EarlierChanges::default(),
    }
}

/// Whether the line says what is known; a day that it leaves open stays as it is.
fn says(known: &KnownResident, line: &Line) -> bool {
    let same_day = line
        .household_since
        .is_none_or(|day| day.max(line.resident.since) == known.from);
    same_day && known.resident == line.resident
}

fn stays(known: &KnownResident, line: &Resident) -> bool {
    line.until.is_some() && known.resident.household_number == line.household_number
}

fn no_day(known: &KnownResident) -> String {
    format!(
        "世帯（これまで {}）または世帯主が変わっていますが、世帯異動日がありません。月割の保険料に必要です",
        known.resident.household_number
    )
}

fn refused(place: usize, field: &'static str, message: String) -> Refused {
    Refused {
        place,
        field,
        message,
    }
}

#[cfg(test)]
mod tests;
