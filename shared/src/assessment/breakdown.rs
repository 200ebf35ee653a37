//! 内訳: what each part asks for in each span of months with the same facts, so that every line that is
//! shown adds up. It is read from the lines of the calculation and calculates nothing itself.

use crate::assessment::premium::months::Months;
use crate::explain::{Code, Explanation, Line};
use crate::law::parameters::{ByPart, Part};
use crate::money::Yen;

/// Ten-thousandths of a yen, in which a rest is counted.
const EXACT: i64 = 10_000;

/// 内訳の行. The order is that of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// 所得割.
    IncomeLevy,
    /// 資産割.
    AssetLevy,
    /// 均等割 before its reductions.
    PerCapita,
    /// 平等割 before its reductions.
    PerHousehold,
    /// 軽減: of law and of the city, with what their fractions of a yen make together.
    Reduction,
    /// 1円未満の余り of several periods together.
    Rests,
    /// 産前産後の免除.
    Maternity,
    /// 賦課限度額を超える額.
    AboveCap,
    /// 減免.
    Relief,
    /// 端数処理 by 条例.
    Rounding,
}

impl Item {
    pub const ALL: [Item; 10] = [
        Item::IncomeLevy,
        Item::AssetLevy,
        Item::PerCapita,
        Item::PerHousehold,
        Item::Reduction,
        Item::Rests,
        Item::Maternity,
        Item::AboveCap,
        Item::Relief,
        Item::Rounding,
    ];

    /// The item of a line with nothing below it; `None` of the months, which lead from a year's
    /// amount to that of a period.
    fn of(code: Code) -> Option<Item> {
        match code {
            Code::IncomeLevy
            | Code::IncomeLevyOfPerson
            | Code::IncomeLevyOfInvoluntary
            | Code::IncomeLevyOfHousehold => Some(Item::IncomeLevy),
            Code::AssetLevy => Some(Item::AssetLevy),
            Code::PerCapita | Code::PerCapitaOfPerson | Code::AdultPerCapita => {
                Some(Item::PerCapita)
            }
            Code::PerHousehold | Code::PerHouseholdUnit => Some(Item::PerHousehold),
            Code::Reduction
            | Code::PreschoolHalf
            | Code::ChildExempt
            | Code::SpecificHousehold
            | Code::LocalReduction
            | Code::Fraction => Some(Item::Reduction),
            Code::MonthsFraction => Some(Item::Rests),
            Code::MaternityRelief => Some(Item::Maternity),
            Code::CapCut => Some(Item::AboveCap),
            Code::FormerDependantRelief | Code::GrantedRelief => Some(Item::Relief),
            Code::PartRounding | Code::ProrationRounding | Code::TotalRounding => {
                Some(Item::Rounding)
            }
            Code::Total | Code::Provisional | Code::Part | Code::State | Code::MonthsCut => None,
        }
    }
}

/// A line: the amounts of one item together, with the unit in yen to which a rounding cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub item: Item,
    pub yen: Yen,
    pub unit: i64,
}

/// One part in one span of months. The entries make the annual amount; its twelfths make the subtotal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub months: Months,
    pub entries: Vec<Entry>,
    /// 年額, cut to the yen.
    pub annual: Yen,
    /// What the year's amount has below a yen, in ten-thousandths: only where components are added
    /// before they are cut.
    pub below: i64,
    /// 小計: annual amount × months ÷ 12, cut to the yen.
    pub subtotal: Yen,
    /// 余り of that division, in ten-thousandths of a twelfth.
    pub rest: i64,
}

impl Block {
    /// 月数.
    pub fn count(&self) -> i64 {
        i64::from(self.months.count_ones())
    }

    /// The year's amount in ten-thousandths of a yen.
    pub fn exact(&self) -> i64 {
        self.annual.0 * EXACT + self.below
    }
}

/// One part: its blocks, and what comes on and off their subtotals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSum {
    pub blocks: Vec<Block>,
    pub after: Vec<Entry>,
    /// 賦課月数.
    pub months: i64,
    pub amount: Yen,
}

/// The whole year of a household.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    pub parts: ByPart<PartSum>,
    /// 端数処理 of the total, which belongs to no part.
    pub rounding: Yen,
    /// To a multiple of so many yen.
    pub rounding_unit: i64,
    pub total: Yen,
}

impl Breakdown {
    pub fn of(explanation: &Explanation) -> Breakdown {
        let mut all = Breakdown::default();
        for (at, line) in explanation.lines.iter().enumerate() {
            match (line.code, line.part) {
                (Code::Total | Code::Provisional, _) => all.total = line.yen,
                (Code::Part, Some(part)) => all.parts.set(part, part_sum(explanation, at, line)),
                (Code::TotalRounding, _) => {
                    (all.rounding, all.rounding_unit) = (line.yen, line.inputs[0]);
                }
                _ => {}
            }
        }
        all
    }

    /// The spans of months that any part has, by their first month; a longer one before a shorter.
    pub fn periods(&self) -> Vec<Months> {
        let mut all: Vec<Months> = Vec::new();
        for (_, part) in self.parts.iter() {
            all.extend(part.blocks.iter().map(|block| block.months));
        }
        all.sort_by_key(|months| (months.trailing_zeros(), 12 - months.count_ones(), *months));
        all.dedup();
        all
    }

    /// The block of a part in a span of months.
    pub fn block(&self, part: Part, months: Months) -> Option<&Block> {
        let mut blocks = self.parts.get(part)?.blocks.iter();
        blocks.find(|block| block.months == months)
    }

    /// The first sum that does not hold, in words; there is none in what the calculation tells.
    pub fn contradiction(&self) -> Option<String> {
        let mut sum = self.rounding;
        for (part, each) in self.parts.iter() {
            if let Some(what) = each.contradiction() {
                return Some(format!("{}の{what}", part.name()));
            }
            sum += each.amount;
        }
        let wrong = sum != self.total;
        wrong.then(|| "区分ごとの保険料の合計が年間保険料と一致しません".to_owned())
    }

    /// What is charged by item, as it is prorated: each amount within a yen of its exact share, and
    /// all of them together the total.
    pub fn charged(&self) -> Vec<Charged> {
        let mut all = Vec::new();
        for (part, sum) in self.parts.iter() {
            sum.charged(part, &mut all);
        }
        all
    }
}

/// An item of a part in yen of the year, as it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charged {
    pub part: Part,
    pub item: Item,
    pub yen: Yen,
}

impl PartSum {
    fn contradiction(&self) -> Option<String> {
        if self.blocks.is_empty() {
            return None;
        }
        let sum = |entries: &[Entry]| entries.iter().map(|entry| entry.yen).sum::<Yen>();
        for block in &self.blocks {
            if sum(&block.entries) != block.annual {
                return Some("内訳の合計が年額と一致しません".to_owned());
            }
            if block.exact() * block.count() != block.subtotal.0 * 12 * EXACT + block.rest {
                return Some("年額の月割が小計と一致しません".to_owned());
            }
        }
        let rests: i64 = self.blocks.iter().map(|block| block.rest).sum();
        let told = self.after.iter().filter(|entry| entry.item == Item::Rests);
        if Yen(rests.div_euclid(12 * EXACT)) != told.map(|entry| entry.yen).sum() {
            return Some("余りの合計が一致しません".to_owned());
        }
        let subtotals: Yen = self.blocks.iter().map(|block| block.subtotal).sum();
        let wrong = subtotals + sum(&self.after) != self.amount;
        wrong.then(|| "小計の合計が保険料額と一致しません".to_owned())
    }

    fn charged(&self, part: Part, all: &mut Vec<Charged>) {
        let twelfths = |item: Item| {
            let of_block = |block: &Block| {
                let entries = block.entries.iter().filter(|entry| entry.item == item);
                entries.map(|entry| entry.yen.0).sum::<i64>() * block.count()
            };
            self.blocks.iter().map(of_block).sum::<i64>()
        };
        // Cutting the running sum, not each amount, leaves no yen over.
        let (mut running, mut shown) = (0, Yen::ZERO);
        let mut add = |item, yen: Yen| {
            if yen != Yen::ZERO {
                all.push(Charged { part, item, yen });
            }
        };
        for item in Item::ALL {
            running += twelfths(item);
            let until = Yen(running.div_euclid(12));
            add(item, until - shown);
            shown = until;
        }
        if self.blocks.is_empty() {
            add(Item::IncomeLevy, self.amount);
            return;
        }
        let after = self.after.iter().filter(|entry| entry.item != Item::Rests);
        let after: Vec<&Entry> = after.collect();
        let off: Yen = after.iter().map(|entry| entry.yen).sum();
        // Where components have something below a yen, their sum may be larger by so much.
        add(Item::Rests, self.amount - off - shown);
        after.iter().for_each(|entry| add(entry.item, entry.yen));
    }
}

fn part_sum(explanation: &Explanation, at: usize, line: &Line) -> PartSum {
    let mut part = PartSum {
        months: line.inputs[0],
        amount: line.yen,
        ..PartSum::default()
    };
    for (child, below) in explanation.children(at) {
        match (below.code, Item::of(below.code)) {
            (Code::State, _) => part.blocks.push(block(explanation, child, below)),
            (_, Some(item)) => add(&mut part.after, item, below),
            _ => {}
        }
    }
    part.after.sort_by_key(|entry| entry.item);
    part
}

fn block(explanation: &Explanation, at: usize, state: &Line) -> Block {
    let [annual, count, months, rest] = state.inputs;
    let mut entries = Vec::new();
    let below = explanation.lines.iter().enumerate().skip(at + 1);
    for (place, line) in below.take_while(|(_, line)| line.depth > state.depth) {
        let leaf = explanation.children(place).next().is_none();
        if let Some(item) = Item::of(line.code).filter(|_| leaf) {
            add(&mut entries, item, line);
        }
    }
    entries.sort_by_key(|entry| entry.item);
    let exact = (state.yen.0 * 12 * EXACT).saturating_add(rest);
    Block {
        months: Months::try_from(months).unwrap_or_default(),
        entries,
        annual: Yen(annual),
        below: exact.checked_div(count).unwrap_or_default() - annual * EXACT,
        subtotal: state.yen,
        rest,
    }
}

fn add(entries: &mut Vec<Entry>, item: Item, line: &Line) {
    let unit = if item == Item::Rounding {
        line.inputs[0]
    } else {
        0
    };
    match entries.iter_mut().find(|entry| entry.item == item) {
        Some(entry) => {
            entry.yen += line.yen;
            entry.unit = entry.unit.max(unit);
        }
        None => entries.push(Entry {
            item,
            yen: line.yen,
            unit,
        }),
    }
}

/// The spans of a set of months as calendar months: April to May is `(4, 5)`.
pub fn spans(months: Months) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    let calendar = |index: u32| (index + 3) % 12 + 1;
    for index in (0..12).filter(|index| months & (1 << index) != 0) {
        let follows = index > 0 && months & (1 << (index - 1)) != 0;
        match all.last_mut().filter(|_| follows) {
            Some(last) => last.1 = calendar(index),
            None => all.push((calendar(index), calendar(index))),
        }
    }
    all
}

/// `4〜5月・8月（3か月）`.
pub fn months_name(months: Months) -> String {
    let span = |(from, to): (u32, u32)| match from == to {
        true => format!("{from}月"),
        false => format!("{from}〜{to}月"),
    };
    let spans: Vec<String> = spans(months).into_iter().map(span).collect();
    format!("{}（{}か月）", spans.join("・"), months.count_ones())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::household::{Household, Member};
    use crate::calendar::FiscalYear;
    use crate::figures;

    #[test]
    fn months_are_named_by_their_spans() {
        assert_eq!(months_name(0b11), "4〜5月（2か月）");
        assert_eq!(months_name(0xfff), "4〜3月（12か月）");
        assert_eq!(months_name(0b1000_0001_0011), "4〜5月・8月・3月（4か月）");
    }

    fn joined_in_october() -> Breakdown {
        let mut head = Member::new("a", "1990-04-02".parse().unwrap());
        head.head = true;
        head.income.salary_income = Yen(3_200_000);
        let mut second = Member::new("b", "1990-04-02".parse().unwrap());
        second.acquired_on = "2026-10-15".parse().ok();
        second.income.salary_income = Yen(1_000_000);
        let household = Household {
            members: vec![head, second],
            ..Household::default()
        };
        let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
        Breakdown::of(&assessor.assess(&household).unwrap().explanation)
    }

    #[test]
    fn somebody_who_joins_within_the_year_makes_a_second_block_and_every_sum_holds() {
        let breakdown = joined_in_october();
        assert_eq!(breakdown.contradiction(), None);
        let periods: Vec<String> = breakdown.periods().into_iter().map(months_name).collect();
        assert_eq!(periods, ["4〜9月（6か月）", "10〜3月（6か月）"]);
        let medical = breakdown.parts.get(Part::Medical).unwrap();
        let [first, second] = medical.blocks.as_slice() else {
            panic!("{medical:?}");
        };
        let of = |block: &Block, item| {
            let mut entries = block.entries.iter();
            entries.find(|entry| entry.item == item).unwrap().yen
        };
        assert_eq!(
            of(second, Item::PerCapita).0,
            2 * of(first, Item::PerCapita).0
        );
        assert_eq!(first.subtotal.0, first.annual.0 / 2);
        assert!(second.annual > first.annual);
    }

    #[test]
    fn a_changed_amount_is_found() {
        let mut breakdown = joined_in_october();
        let mut part = breakdown.parts.get(Part::Medical).unwrap().clone();
        part.blocks[0].entries[0].yen += Yen(1);
        breakdown.parts.set(Part::Medical, part);
        let found = breakdown.contradiction().unwrap();
        assert!(
            found.contains("医療分") && found.contains("年額"),
            "{found}"
        );
    }

    #[test]
    fn what_is_charged_makes_the_total_without_a_line_for_what_is_left_over() {
        let breakdown = joined_in_october();
        let charged = breakdown.charged();
        let sum: Yen = charged.iter().map(|each| each.yen).sum();
        assert_eq!(sum + breakdown.rounding, breakdown.total);
        assert!(charged.iter().all(|each| each.item != Item::Rests));
    }
}
