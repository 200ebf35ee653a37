//! 読み方: the lines of an explanation as people read them, without levels that say nothing new.

use crate::explain::{Code, Explanation, Line};

/// A line to be shown, with its place in the explanation and its depth on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    pub at: usize,
    pub depth: u8,
    /// What names the line; another than its own where a level above it was left out.
    pub code: Code,
    pub line: &'a Line,
}

impl Explanation {
    /// What is shown directly below a line: a level with one line alone is left out, and so is the
    /// period of a part that has the same facts all year.
    pub fn shown_below(&self, at: usize) -> Vec<Shown<'_>> {
        let depth = self.lines.get(at).map_or(0, |line| line.depth);
        let mut all = Vec::new();
        for (child, line) in self.children(at) {
            let (place, found) = self.only(child, line);
            if found.code == Code::State && self.children(at).nth(1).is_none() && all_year(found) {
                return self.shown_below(place);
            }
            let named = if place == child {
                line.code
            } else {
                self.named(child, line)
            };
            all.push(Shown {
                at: place,
                depth: depth + 1,
                code: named,
                line: found,
            });
        }
        all
    }

    /// All lines in reading order, from the first one on.
    pub fn shown(&self) -> Vec<Shown<'_>> {
        let mut all = Vec::new();
        if let Some(line) = self.lines.first() {
            all.push(Shown {
                at: 0,
                depth: 0,
                code: line.code,
                line,
            });
            self.add_below(0, 1, &mut all);
        }
        all
    }

    fn add_below<'a>(&'a self, at: usize, depth: u8, all: &mut Vec<Shown<'a>>) {
        for each in self.shown_below(at) {
            let place = each.at;
            all.push(Shown { depth, ..each });
            self.add_below(place, depth.saturating_add(1), all);
        }
    }

    /// The line, or the only one below it that makes all of it.
    fn only<'a>(&'a self, at: usize, line: &'a Line) -> (usize, &'a Line) {
        let mut below = self.children(at);
        match (below.next(), below.next()) {
            (Some((place, child)), None) if holds_its_child(line.code) => (place, child),
            _ => (at, line),
        }
    }

    /// 均等割 of one person is called 均等割; a special 所得割 keeps its own name.
    fn named(&self, at: usize, line: &Line) -> Code {
        let child = self.children(at).next().map(|(_, child)| child.code);
        match child {
            Some(Code::IncomeLevyOfInvoluntary | Code::IncomeLevyOfHousehold) => {
                child.unwrap_or(line.code)
            }
            _ => line.code,
        }
    }
}

fn holds_its_child(code: Code) -> bool {
    matches!(
        code,
        Code::IncomeLevy | Code::PerCapita | Code::PerHousehold
    )
}

fn all_year(state: &Line) -> bool {
    state.inputs[1] == 12
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Listen, Writer};
    use crate::law::parameters::Part;
    use crate::money::Yen;

    #[test]
    fn a_level_with_one_line_alone_and_the_period_of_a_whole_year_are_left_out() {
        let part = Some(Part::Medical);
        let mut writer = Writer::default();
        let total = writer.open(Code::Total, None, None);
        let medical = writer.open(Code::Part, part, None);
        let state = writer.open(Code::State, part, None);
        let levy = writer.open(Code::IncomeLevy, part, None);
        writer.leaf(Code::IncomeLevyOfPerson, part, Some(0), Yen(700), &[]);
        writer.close(levy, Yen(700), &[]);
        let household = writer.open(Code::PerHousehold, part, None);
        writer.leaf(Code::PerHouseholdUnit, part, None, Yen(500), &[]);
        writer.leaf(Code::Reduction, part, None, Yen(-200), &[500, 40, 1]);
        writer.close(household, Yen(300), &[]);
        writer.close(state, Yen(1_000), &[1_000, 12, 0xfff]);
        writer.close(medical, Yen(1_000), &[12]);
        writer.close(total, Yen(1_000), &[]);
        let shown: Vec<(u8, Code)> = writer
            .explanation
            .shown()
            .iter()
            .map(|each| (each.depth, each.code))
            .collect();
        let expected = [
            (0, Code::Total),
            (1, Code::Part),
            (2, Code::IncomeLevy),
            (2, Code::PerHousehold),
            (3, Code::PerHouseholdUnit),
            (3, Code::Reduction),
        ];
        assert_eq!(shown, expected);
    }
}
