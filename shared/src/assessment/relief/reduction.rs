//! 減免 of a state: what 旧被扶養者 and reliefs on application take off, line by line.

use crate::assessment::household::Household;
use crate::assessment::premium::months::{self, Months};
use crate::assessment::premium::payer::Payer;
use crate::assessment::premium::units::EXACT;
use crate::assessment::relief::{MOST, ReliefKind};
use crate::assessment::rules::Rules;
use crate::explain::{Code, Listen};
use crate::law::parameters::Part;
use crate::money::Yen;

/// Parts of a yen in which reliefs are counted: per cent of ten-thousandths.
pub(in crate::assessment) const SCALE: i128 = EXACT as i128 * 100;

/// A relief on application, as a state needs it.
#[derive(Clone, Copy, Debug)]
pub(in crate::assessment) struct Granted {
    pub months: Months,
    /// Bit of the place of a part.
    parts: u8,
    kind: ReliefKind,
    percent: i128,
    levy: bool,
    capita: bool,
    household: bool,
    /// Index of the only member whose lines it takes from.
    person: Option<u16>,
}

/// Those of a household, in their order.
pub(in crate::assessment) fn prepare(
    household: &Household,
    rules: &Rules,
    granted: &mut Vec<Granted>,
) {
    granted.clear();
    for relief in &household.reliefs {
        let mut members = household.members.iter();
        let person = relief.person.as_ref().and_then(|id| {
            let place = members.position(|member| member.id == *id)?;
            u16::try_from(place).ok()
        });
        let parts = Part::ALL.into_iter().filter(|part| relief.covers(*part));
        granted.push(Granted {
            months: months::relief(relief, rules),
            parts: parts.fold(0, |all, part| all | 1 << part as u8),
            kind: relief.kind,
            percent: i128::from(relief.percent),
            levy: relief.income_levy,
            capita: relief.per_capita,
            household: relief.per_household,
            person,
        });
    }
}

/// What comes off a state a year, in [`SCALE`]ths of a yen.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::assessment) struct Relief {
    /// 旧被扶養者: 所得割, 均等割 and 平等割.
    pub levy: i128,
    pub capita: i128,
    pub household: i128,
    /// By the place of the relief.
    pub granted: [i128; MOST],
}

impl Relief {
    pub fn dependants(&self) -> i128 {
        self.levy + self.capita + self.household
    }

    pub fn add(&mut self, other: &Relief, times: i128) {
        self.levy += other.levy * times;
        self.capita += other.capita * times;
        self.household += other.household * times;
        for (own, more) in self.granted.iter_mut().zip(other.granted) {
            *own += more * times;
        }
    }

    fn inputs(&self) -> [i64; 3] {
        let whole = |exact: i128| i64::try_from(exact / SCALE).unwrap_or(i64::MAX);
        [whole(self.levy), whole(self.capita), whole(self.household)]
    }
}

/// One line of a state, in [`SCALE`]ths of a yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::assessment) struct Line {
    whole: i128,
    left: i128,
}

impl Line {
    /// A line from which nothing was taken yet.
    pub fn whole(amount: i128) -> Line {
        Line {
            whole: amount,
            left: amount,
        }
    }

    /// Takes so many per cent of the line off, at most what is left of it; returns what was taken.
    fn take(&mut self, percent: i128) -> i128 {
        let taken = (self.whole * percent / 100).min(self.left);
        self.left -= taken;
        taken
    }
}

/// The lines of a state from which reliefs on application take: each only what is left of it.
pub(in crate::assessment) struct Lines<'a> {
    pub part: Part,
    pub month: u32,
    pub liable: &'a [Payer],
    /// 所得割 and 均等割 by place of the liable.
    pub own: &'a mut [[Line; 2]],
    /// 平等割.
    pub household: Line,
}

impl Lines<'_> {
    pub fn take(&mut self, granted: &[Granted], relief: &mut Relief) {
        for (each, sum) in granted.iter().zip(&mut relief.granted) {
            if each.months & (1 << self.month) == 0 || each.parts & (1 << self.part as u8) == 0 {
                continue;
            }
            let wanted = [each.levy, each.capita];
            for (payer, lines) in self.liable.iter().zip(self.own.iter_mut()) {
                if each.person.is_some_and(|person| person != payer.index) {
                    continue;
                }
                for (line, wanted) in lines.iter_mut().zip(wanted) {
                    *sum += if wanted { line.take(each.percent) } else { 0 };
                }
            }
            if each.household && !self.liable.is_empty() {
                *sum += self.household.take(each.percent);
            }
        }
    }
}

/// What reliefs come off.
#[derive(Clone, Copy, Debug)]
pub(in crate::assessment) struct Exact {
    /// In parts of a yen.
    pub sum: i128,
    /// Into how many parts a yen is cut, in the sum and in the reliefs.
    pub parts: i128,
}

/// Tells one relief after the other: each takes from what the one before has left, never below
/// zero. Returns what is left.
pub(in crate::assessment) fn tell<L: Listen>(
    part: Part,
    exact: Exact,
    relief: &Relief,
    granted: &[Granted],
    listener: &mut L,
) -> Option<Yen> {
    let yen = |sum: i128| i64::try_from(sum.div_euclid(exact.parts)).ok().map(Yen);
    // A city's own reduction may be larger than the sum.
    let mut left = exact.sum.max(0);
    let raised = yen(left)? - yen(exact.sum)?;
    listener.leaf(Code::PartRounding, Some(part), None, raised, &[]);
    let mut step = |off: i128, code, person, inputs: &[i64]| -> Option<()> {
        let after = (left - off).max(0);
        let told = yen(after)? - yen(left)?;
        left = after;
        listener.leaf(code, Some(part), person, told, inputs);
        Some(())
    };
    if relief.dependants() != 0 {
        let inputs = relief.inputs();
        step(
            relief.dependants(),
            Code::FormerDependantRelief,
            None,
            &inputs,
        )?;
    }
    for (each, off) in granted.iter().zip(relief.granted) {
        if off != 0 {
            let inputs = [each.kind as i64, i64::try_from(each.percent).ok()?];
            step(off, Code::GrantedRelief, each.person, &inputs)?;
        }
    }
    yen(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_states_reliefs_are_added_as_often_as_it_has_months() {
        let mut granted = [0; MOST];
        granted[1] = 7;
        let state = Relief {
            levy: 2,
            capita: 3,
            household: 5,
            granted,
        };
        let mut year = state;
        year.add(&state, 4);
        assert_eq!((year.levy, year.capita, year.household), (10, 15, 25));
        assert_eq!(year.granted[..3], [0, 35, 0]);
        assert_eq!(year.dependants(), 50);
    }

    #[test]
    fn what_comes_off_is_told_in_whole_yen() {
        let relief = Relief {
            levy: 7 * SCALE + SCALE - 1,
            capita: 5 * SCALE,
            ..Relief::default()
        };
        assert_eq!(relief.inputs(), [7, 5, 0]);
    }

    #[test]
    fn a_relief_takes_no_more_than_is_left_of_a_line() {
        let mut line = Line::whole(1_000);
        let left = |left| Line { whole: 1_000, left };
        assert_eq!((line.take(60), line), (600, left(400)));
        assert_eq!((line.take(60), line), (400, left(0)));
        assert_eq!(line.take(60), 0);
    }
}
