//! 世帯の異動: which household each line of the residents' file belongs to, and since when.
//!
//! A household here is one 納付義務者 (法76条): it follows its head. Whoever becomes a head begins
//! a household of its own, so that a change of the head inside a household, a split (世帯分離) and
//! a merger (世帯合併) are one thing: people leave a household on a day and belong to another one
//! from that day on. The household before stays as it was until then.

use super::current_facts::{CurrentResident, CurrentResidents, Earlier};
use super::packed_number::number;
use super::residents_file::{Line, Resident};
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use chrono::NaiveDate;
use kokuho_shared::ids::{HouseholdId, PersonId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A line that cannot be taken in, and the field.
#[derive(Clone, Debug)]
pub struct LineError {
    pub line: u64,
    pub field: &'static str,
    pub message: String,
}

impl LineError {
    pub fn at(self, layout: &Layout) -> FileError {
        FileError::new(self.message)
            .at_line(self.line)
            .at_column(layout.column(self.field))
    }
}

/// What a file's line becomes.
pub struct Planned {
    pub line: Resident,
    pub household_id: HouseholdId,
    /// Since when the person belongs to it.
    pub from: NaiveDate,
    /// It came from another household on that day.
    pub moved_in: bool,
    pub earlier: EarlierChanges,
}

impl Planned {
    /// Whether more has changed than a name or an address.
    pub fn concerns_premium(&self, known: &CurrentResident) -> bool {
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

/// People of the file's households who live in the city, by the number of their household: each with
/// the own number.
pub type Living = HashMap<String, Vec<String>>;

/// The household of a number in the file.
#[derive(Clone, Copy)]
struct Found {
    id: HouseholdId,
    /// Its head has moved away; a line of somebody who still lives here takes precedence.
    gone: bool,
    line: u32,
    /// Since when its head has been the head.
    since: NaiveDate,
}

/// Where the households of a file's numbers are, found in one reading of it and used in the next.
pub struct Moves {
    households: HashMap<u64, Found>,
    next_household: i64,
    /// Households whose head leaves, dies or is head no more, and the line that says so.
    left: HashMap<HouseholdId, u64>,
    /// New heads of whose household not everybody is in the file, those who live here first.
    left_out: BTreeMap<(bool, u64), LineError>,
}

impl Moves {
    pub fn new(next_household: i64) -> Moves {
        Moves {
            households: HashMap::new(),
            next_household,
            left: HashMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// The numbers of which a line makes somebody the head who was none: who lives there must be known.
    pub fn new_heads(lines: &[Line], known: &CurrentResidents) -> Vec<String> {
        let heads = lines
            .iter()
            .map(|line| &line.resident)
            .filter(|one| one.head);
        let new = heads.filter(|one| !known.get(&one.resident_number).is_some_and(is_head));
        new.map(|one| one.household_number.clone()).collect()
    }

    /// The first reading: what these lines say of households. `file` is everybody in the file.
    pub fn note(
        &mut self,
        lines: &[Line],
        known: &CurrentResidents,
        living: &Living,
        file: &HashSet<u64>,
    ) {
        for line in lines {
            let one = &line.resident;
            let known = known.get(&one.resident_number);
            let was_head = known.filter(|known| is_head(known) && known.resident.until.is_none());
            if let Some(known) = was_head {
                let number = &known.resident.household_number;
                let stays = one.head && one.until.is_none() && *number == one.household_number;
                if !stays {
                    self.left.insert(known.household_id, line.line);
                }
            }
            if one.head {
                self.head(line, known, living, file);
            }
        }
    }

    fn head(
        &mut self,
        line: &Line,
        known: Option<&CurrentResident>,
        living: &Living,
        file: &HashSet<u64>,
    ) {
        let one = &line.resident;
        let (key, gone) = (number(&one.household_number), one.until.is_some());
        if let Some(before) = self.households.get(&key) {
            if gone || !before.gone {
                return;
            }
            self.left_out.remove(&(true, u64::from(before.line)));
        }
        let id = match known.filter(|known| is_head(known)) {
            Some(known) => known.household_id,
            None => {
                // The file must say what became of everybody else.
                let others = living.get(&one.household_number).into_iter().flatten();
                let mut absent = others.filter(|other| !file.contains(&number(other)));
                if let Some(other) = absent.next() {
                    let message = format!(
                        "世帯主が変わりましたが、世帯員（宛名番号 {other}）の行がありません。世帯の全員を載せてください"
                    );
                    let refused = refused(line.line, "head", message);
                    self.left_out.insert((gone, line.line), refused);
                }
                self.next_household += 1;
                HouseholdId(self.next_household - 1)
            }
        };
        let same = known.filter(|known| is_head(known));
        let found = Found {
            id,
            gone,
            line: u32::try_from(line.line).unwrap_or(u32::MAX),
            since: since(line)
                .or(same.map(|known| known.from))
                .unwrap_or(one.since),
        };
        self.households.insert(key, found);
    }

    /// Households of which the file must have everybody who lives there.
    pub fn left(&self) -> Vec<HouseholdId> {
        let mut left: Vec<HouseholdId> = self.left.keys().copied().collect();
        left.sort_unstable();
        left
    }

    /// A head who leaves, dies or is no longer head does not take members along: the file must say
    /// what became of everybody who lived with it. `behind` are those who are not in the file.
    pub fn refuse_behind(&self, behind: &[(HouseholdId, String)]) -> Result<(), LineError> {
        let places = behind
            .iter()
            .filter_map(|(household, number)| Some((*self.left.get(household)?, number)));
        match places.min() {
            None => Ok(()),
            Some((line, number)) => {
                let message = format!(
                    "世帯主が世帯を離れましたが、残る世帯員（宛名番号 {number}）の行がありません。世帯の全員を載せてください"
                );
                Err(refused(line, "resident_number", message))
            }
        }
    }

    /// A new head of a number that is known: the file must say what became of everybody else.
    pub fn refuse_left_out(&self) -> Result<(), LineError> {
        match self.left_out.values().next() {
            None => Ok(()),
            Some(first) => Err(first.clone()),
        }
    }

    /// The second reading: the lines that say something new; the rest is counted.
    pub fn plan(
        &self,
        lines: Vec<Line>,
        known: &CurrentResidents,
        earlier: &HashMap<PersonId, Vec<Earlier>>,
    ) -> Result<(Vec<Planned>, i64), LineError> {
        let mut planned = Vec::new();
        let mut unchanged = 0;
        for mut line in lines {
            let known = known.get(&line.resident.resident_number);
            let found = self
                .households
                .get(&number(&line.resident.household_number));
            let staying = known.filter(|known| stays(known, &line, found));
            let household_id = match (staying, found) {
                (Some(known), _) => known.household_id,
                (None, Some(found)) => found.id,
                (None, None) => {
                    return Err(refused(line.line, "head", "世帯に世帯主がいません".into()));
                }
            };
            let Some(known) = known else {
                planned.push(newcomer(line, household_id));
                continue;
            };
            if known.household_id == household_id && !known.moved_in {
                // Without another household before, the day is no move.
                line.household_since = None;
            }
            if known.household_id == household_id && says(known, &line) {
                unchanged += 1;
                continue;
            }
            let before = earlier.get(&known.person_id);
            let before = before.map_or(&[][..], Vec::as_slice);
            let staying = staying.is_some();
            planned.push(change(known, before, line, household_id, staying)?);
        }
        Ok((planned, unchanged))
    }
}

fn is_head(known: &CurrentResident) -> bool {
    known.resident.head
}

fn change(
    known: &CurrentResident,
    before: &[Earlier],
    line: Line,
    household_id: HouseholdId,
    staying: bool,
) -> Result<Planned, LineError> {
    let moves = known.household_id != household_id;
    let mut resident = line.resident;
    let returned = known
        .resident
        .until
        .is_some_and(|until| until < resident.since);
    if line.household_since.is_none() && moves && !returned {
        return Err(refused(line.line, "household_since", no_day(known)));
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
        return Err(refused(line.line, "household_since", message));
    }
    if staying {
        // The household before keeps its head.
        resident.head = known.resident.head;
        resident.relation.clone_from(&known.resident.relation);
    }
    let changes = cut(known, before, moves || returned, from);
    let kept = before.len() + changes.added.len() > changes.superseded.len();
    Ok(Planned {
        line: resident,
        household_id,
        from,
        moved_in: kept || given.is_some() || keeps,
        earlier: changes,
    })
}

/// The households before, once the newest begins on `from`: what reaches into it is cut, and the
/// one that was the newest until now joins them where the person has left it.
fn cut(known: &CurrentResident, before: &[Earlier], left: bool, from: NaiveDate) -> EarlierChanges {
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

fn newcomer(line: Line, household_id: HouseholdId) -> Planned {
    let given = since(&line);
    Planned {
        from: given.unwrap_or(line.resident.since),
        moved_in: given.is_some(),
        line: line.resident,
        household_id,
        earlier: EarlierChanges::default(),
    }
}

/// Whether the line says what is known; a day that it leaves open stays as it is.
fn says(known: &CurrentResident, line: &Line) -> bool {
    let same_day = line
        .household_since
        .is_none_or(|day| day.max(line.resident.since) == known.from);
    same_day && known.resident == line.resident
}

/// Whoever has left the city stays in the household that was left, unless the line says that this
/// was already the one of the head whom the number has now.
fn stays(known: &CurrentResident, line: &Line, found: Option<&Found>) -> bool {
    let left = line.resident.until.is_some()
        && known.resident.household_number == line.resident.household_number;
    // A day on which the person was gone already says nothing of the next head.
    let was_here = |day: &NaiveDate| line.resident.until.is_some_and(|until| *day < until);
    let under_this_head = || {
        let day = since(line).filter(was_here);
        day.zip(found)
            .is_some_and(|(day, found)| found.since <= day)
    };
    left && !under_this_head()
}

/// 世帯異動日, where it says more than 住民日.
fn since(line: &Line) -> Option<NaiveDate> {
    line.household_since
        .filter(|day| *day > line.resident.since)
}

fn no_day(known: &CurrentResident) -> String {
    format!(
        "世帯（これまで {}）または世帯主が変わっていますが、世帯異動日がありません。月割の保険料に必要です",
        known.resident.household_number
    )
}

fn refused(line: u64, field: &'static str, message: String) -> LineError {
    LineError {
        line,
        field,
        message,
    }
}

#[cfg(test)]
mod tests;
