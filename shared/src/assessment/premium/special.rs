//! The year of a household whose months differ by more than who is liable: 特例対象被保険者等,
//! 産前産後, 旧被扶養者, a city's own reductions, or components added before the cap.

mod prepared;

use crate::assessment::error::AssessmentError;
use crate::assessment::outcome::PartResult;
use crate::assessment::premium::months::{self, Months};
use crate::assessment::premium::payer::Payer;
use crate::assessment::premium::state::{self, Annual, State};
use crate::assessment::premium::units::{EXACT, Share};
use crate::assessment::premium::workspace::Workspace;
use crate::assessment::relief::reduction::{self, Exact, Line, Lines, Relief, SCALE};
use crate::assessment::rules::Rules;
use crate::explain::{Code, Listen};
use crate::law::parameters::{MaternityCap, Part, Proration};
use crate::money::{Rounding, Yen};
pub(in crate::assessment) use prepared::{SpecialYear, concerns, prepare};

/// What one state of the household adds up to, in ten-thousandths of a yen.
struct Sums {
    /// Twelve times the year's amounts after cap and relief, in yen: the months' states.
    states: i64,
    /// Twelve times the sums before rounding and cap.
    whole: i128,
    /// Twelve times what comes off by 減免.
    relief: Relief,
    /// What the lines of the states show, in yen.
    shown: Yen,
    /// What they leave below a yen, in ten-thousandths of a twelfth.
    rest: i64,
}

/// Everything that one part is calculated from.
struct Year<'a> {
    part: Part,
    rules: &'a Rules,
    payers: &'a [Payer],
    special: &'a mut SpecialYear,
    liable: &'a mut Vec<Payer>,
    specific: months::Specific,
    /// The components are added before the cap, not capped month by month.
    components: bool,
    /// 産前産後 comes off each month's state, before its cap.
    frees_states: bool,
}

#[cold]
#[inline(never)]
pub(in crate::assessment) fn of_part<L: Listen>(
    part: Part,
    rules: &Rules,
    workspace: &mut Workspace,
    listener: &mut L,
) -> Result<PartResult, AssessmentError> {
    let all = workspace
        .payers
        .iter()
        .fold(0, |months, payer| months | payer.months(part));
    let mut result = PartResult {
        months: all.count_ones(),
        ..PartResult::default()
    };
    if all == 0 {
        return Ok(result);
    }
    let mut year = Year {
        part,
        rules,
        payers: &workspace.payers,
        special: &mut workspace.special,
        liable: &mut workspace.liable,
        specific: workspace.specific,
        components: false,
        frees_states: false,
    };
    let range = || AssessmentError::OutOfRange;
    let maternity = year.maternity(all).ok_or_else(range)?;
    let by_month = rules.options.maternity_cap == MaternityCap::ByMonth;
    year.components = match rules.options.proration {
        Proration::PerComponent => true,
        Proration::MonthState => maternity > 0 && !by_month,
    };
    year.frees_states = maternity > 0 && !year.components;
    let line = listener.open(Code::Part, Some(part), None);
    let (sums, first) = year.states(all, listener).ok_or_else(range)?;
    result.income_levy = first.income_levy;
    result.asset_levy = first.asset_levy;
    result.per_capita = first.per_capita;
    result.per_household = first.per_household;
    result.subtotal = first.subtotal;
    result.maternity_reduction = Yen(maternity);
    result.amount = if year.components {
        year.added(&sums, maternity, result.months, listener)
            .ok_or_else(range)?
    } else {
        year.of_states(&sums, listener)
    };
    listener.close(line, result.amount, &[i64::from(result.months)]);
    Ok(result)
}

impl<'a> Year<'a> {
    fn share(&self, month: u32) -> Share {
        state::share_in(self.specific, month)
    }

    fn tier(&self, month: u32) -> i64 {
        let tier = self.special.tiers.get(month as usize);
        i64::from(tier.copied().unwrap_or(0))
    }

    fn state(&self, month: u32) -> Option<State<'a>> {
        State::new(self.part, self.rules, self.tier(month), self.share(month))
    }

    /// Those liable in a month, as they are in it, and the months in which nothing differs.
    fn gather(&mut self, month: u32, rest: Months) -> Months {
        let share = self.share(month);
        let mut same = rest & state::months_with(share, self.specific);
        let tier = self.special.tiers[month as usize];
        for (other, its) in self.special.tiers.iter().enumerate() {
            if *its != tier {
                same &= !(1 << other);
            }
        }
        self.liable.clear();
        self.special.places.clear();
        let bit = 1 << month;
        let alike = |months: Months| {
            if months & bit != 0 { months } else { !months }
        };
        let dependants = self.special.of_payers.iter().any(|each| each.dependant);
        for granted in &self.special.granted {
            same &= alike(granted.months);
        }
        for (place, (payer, special)) in
            (0u16..).zip(self.payers.iter().zip(&self.special.of_payers))
        {
            same &= alike(payer.months(self.part));
            if dependants {
                // Who else is insured decides whether their 平等割 is brought down.
                same &= alike(payer.insured) & alike(special.brought_down);
            }
            if payer.months(self.part) & bit == 0 {
                continue;
            }
            same &= alike(special.involuntary);
            if self.frees_states || !self.special.granted.is_empty() {
                same &= alike(special.maternity);
            }
            let mut own = *payer;
            if special.involuntary & bit != 0 {
                own.involuntary = true;
                (own.income, own.base) = (special.income, special.base);
            }
            self.liable.push(own);
            self.special.places.push(place);
        }
        same
    }

    /// 産前産後: what each person is free of, cut to the yen person by person.
    fn maternity(&mut self, all: Months) -> Option<i64> {
        let free = &mut self.special.free;
        free.clear();
        free.resize(self.payers.len(), (0, 0));
        if self
            .special
            .of_payers
            .iter()
            .all(|each| each.maternity & all == 0)
        {
            return Some(0);
        }
        let mut rest = all;
        while rest != 0 {
            let month = rest.trailing_zeros();
            let same = self.gather(month, rest);
            for (payer, place) in self.liable.iter().zip(&self.special.places) {
                let place = usize::from(*place);
                let months = self.special.of_payers.get(place)?.maternity & same;
                if months != 0 {
                    let state =
                        State::new(self.part, self.rules, self.tier(month), self.share(month))?;
                    let own = own(&state, payer)?;
                    let free = self.special.free.get_mut(place)?;
                    free.0 += own * i128::from(months.count_ones());
                    free.1 += months.count_ones();
                }
            }
            rest &= !same;
        }
        let free = self.special.free.iter();
        i64::try_from(free.map(|(sum, _)| twelfth(*sum)).sum::<i128>()).ok()
    }

    /// Goes through the months state by state; also returns the lines of the first one.
    fn states<L: Listen>(&mut self, all: Months, listener: &mut L) -> Option<(Sums, Annual)> {
        let mut sums = Sums {
            states: 0,
            whole: 0,
            relief: Relief::default(),
            shown: Yen::ZERO,
            rest: 0,
        };
        let (mut rest, mut first) = (all, None);
        while rest != 0 {
            let month = rest.trailing_zeros();
            let same = self.gather(month, rest);
            let count = i64::from(same.count_ones());
            let line = listener.open(Code::State, Some(self.part), None);
            let state = self.state(month)?;
            let local = self
                .special
                .local
                .get(self.part)
                .copied()
                .unwrap_or_default();
            let lines = state.lines(self.liable, local, listener)?;
            if first.is_none() {
                first = Some(lines);
            }
            let lines = self.freed(&state, lines, month, listener)?;
            let relief = self.relief(&state, month)?;
            sums.whole += i128::from(lines.exact) * i128::from(count);
            sums.relief.add(&relief, i128::from(count));
            let mut exact = lines.exact;
            let annual = if self.components {
                let told = Yen(exact.div_euclid(EXACT));
                // Only where the city cuts person by person.
                let (off, unit) = (told - lines.subtotal, self.rules.rounding.part_unit);
                listener.leaf(Code::PartRounding, Some(self.part), None, off, &[unit]);
                told
            } else {
                let amount = state.cut(&lines, listener);
                let amount = self.relieved(amount, &relief, listener)?;
                sums.states += amount.0 * count;
                exact = amount.0 * EXACT;
                amount
            };
            let of_months = of_year(annual.0 * count);
            let inputs = [annual.0, count];
            listener.leaf(
                Code::MonthsCut,
                Some(self.part),
                None,
                of_months - annual,
                &inputs,
            );
            let left = exact.checked_mul(count)? - of_months.0 * 12 * EXACT;
            let inputs = [annual.0, count, i64::from(same), left];
            listener.close(line, of_months, &inputs);
            sums.shown += of_months;
            sums.rest += left;
            rest &= !same;
        }
        Some((sums, first?))
    }

    /// 産前産後 in a state: the lines without the own share of those who are free in the month.
    fn freed<L: Listen>(
        &self,
        state: &State<'_>,
        mut lines: Annual,
        month: u32,
        listener: &mut L,
    ) -> Option<Annual> {
        if !self.frees_states {
            return Some(lines);
        }
        for (payer, place) in self.liable.iter().zip(&self.special.places) {
            let special = self.special.of_payers.get(usize::from(*place))?;
            if special.maternity & (1 << month) == 0 {
                continue;
            }
            let own = i64::try_from(own(state, payer)?).ok()?;
            let told = Yen(own.div_euclid(EXACT));
            let person = Some(payer.index);
            listener.leaf(Code::MaternityRelief, Some(self.part), person, -told, &[]);
            lines.exact -= own;
            lines.subtotal -= told;
        }
        Some(lines)
    }

    /// 旧被扶養者: the own 所得割, and 均等割 and 平等割 down to the tier of the rule; then the
    /// reliefs on application, of what that leaves.
    fn relief(&mut self, state: &State<'_>, month: u32) -> Option<Relief> {
        let bit = 1 << month;
        let percent = i64::from(self.rules.former_dependant.percent);
        let down = State::new(self.part, self.rules, percent, self.share(month))?;
        let lower = self.tier(month) < percent;
        let scaled = |units: i64| i128::from(units) * (SCALE / i128::from(EXACT));
        let SpecialYear {
            of_payers,
            places,
            granted,
            lines,
            ..
        } = &mut *self.special;
        let mut relief = Relief::default();
        lines.clear();
        for (payer, place) in self.liable.iter().zip(&*places) {
            let special = of_payers.get(usize::from(*place))?;
            let levy = i128::from(state.own_levy(payer)?.0) * SCALE;
            let units = |state: &State<'_>| scaled(state.unit(payer).iter().sum::<i64>());
            let (mut levy_off, mut capita_off) = (0, 0);
            if special.dependant {
                levy_off = levy;
                if lower && special.brought_down & bit != 0 {
                    capita_off = units(state) - units(&down);
                }
            }
            relief.levy += levy_off;
            relief.capita += capita_off;
            // Whoever is free for a birth in the month has nothing left to be relieved of.
            let free = special.maternity & bit != 0;
            let left = if free {
                [0, 0]
            } else {
                [levy - levy_off, units(state) - capita_off]
            };
            lines.push(left.map(Line::whole));
        }
        let mut insured = self.payers.iter().zip(&*of_payers);
        let only = insured
            .all(|(payer, special)| payer.insured & bit == 0 || special.brought_down & bit != 0);
        if lower && only && !self.liable.is_empty() {
            relief.household = scaled(state.household() - down.household());
        }
        let household = scaled(state.household()) - relief.household;
        let mut lines = Lines {
            part: self.part,
            month,
            liable: self.liable,
            own: lines,
            household: Line::whole(household),
        };
        lines.take(granted, &mut relief);
        Some(relief)
    }

    /// A state's amount less the relief, never below zero, cut to the unit of the part.
    fn relieved<L: Listen>(&self, amount: Yen, relief: &Relief, listener: &mut L) -> Option<Yen> {
        let part = Some(self.part);
        let exact = Exact {
            sum: i128::from(amount.0) * SCALE,
            parts: SCALE,
        };
        let granted = &self.special.granted;
        let left = reduction::tell(self.part, exact, relief, granted, listener)?;
        let unit = self.rules.rounding.part_unit;
        let cut = Rounding::FloorTo(unit).apply(left);
        listener.leaf(Code::PartRounding, part, None, cut - left, &[unit]);
        Some(cut)
    }

    /// The months' states together.
    fn of_states<L: Listen>(&self, sums: &Sums, listener: &mut L) -> Yen {
        let part = Some(self.part);
        let whole = of_year(sums.states);
        let off = whole - sums.shown;
        listener.leaf(Code::MonthsFraction, part, None, off, &[sums.rest]);
        let unit = self.rules.rounding.proration_unit;
        let amount = Rounding::FloorTo(unit).apply(whole);
        listener.leaf(Code::ProrationRounding, part, None, amount - whole, &[unit]);
        amount
    }

    /// The components of the months added, less 産前産後, capped, less 旧被扶養者.
    fn added<L: Listen>(
        &self,
        sums: &Sums,
        maternity: i64,
        months: u32,
        listener: &mut L,
    ) -> Option<Yen> {
        let part = Some(self.part);
        let whole = yen(sums.whole)?;
        let off = whole - sums.shown;
        listener.leaf(Code::MonthsFraction, part, None, off, &[sums.rest]);
        for (payer, (free, months)) in self.payers.iter().zip(&self.special.free) {
            let own = Yen(i64::try_from(twelfth(*free)).ok()?);
            let (person, inputs) = (Some(payer.index), [i64::from(*months)]);
            listener.leaf(Code::MaternityRelief, part, person, -own, &inputs);
        }
        let cap = self.rules.rates.get(self.part)?.cap;
        let of_cap = match self.rules.options.proration {
            Proration::MonthState => i128::from(months),
            Proration::PerComponent => 12,
        };
        let twelve = 12 * i128::from(EXACT);
        let cap_twelfths = i128::from(cap.0) * i128::from(EXACT) * of_cap;
        let free = sums.whole - i128::from(maternity) * twelve;
        let capped = free.min(cap_twelfths);
        let (before, after) = (yen(free)?, yen(capped)?);
        let inputs = [before.0, yen(cap_twelfths)?.0];
        listener.leaf(Code::CapCut, part, None, after - before, &inputs);
        let exact = Exact {
            sum: capped * (SCALE / i128::from(EXACT)),
            parts: 12 * SCALE,
        };
        let granted = &self.special.granted;
        let left = reduction::tell(self.part, exact, &sums.relief, granted, listener)?;
        let unit = self.rules.rounding.part_unit;
        let amount = Rounding::FloorTo(unit).apply(left);
        listener.leaf(Code::PartRounding, part, None, amount - left, &[unit]);
        Some(amount)
    }
}

/// 所得割 and 均等割 of one person a year, in ten-thousandths of a yen.
fn own(state: &State<'_>, payer: &Payer) -> Option<i128> {
    let units: i64 = state.unit(payer).iter().sum();
    Some(i128::from(state.own_levy(payer)?.0) * i128::from(EXACT) + i128::from(units))
}

/// 月割, 円未満切捨て: whole yen of twelfths of a yen.
fn of_year(twelfths: i64) -> Yen {
    Yen(twelfths.div_euclid(12))
}

/// 円未満切捨て: whole yen of twelve times ten-thousandths.
fn twelfth(sum: i128) -> i128 {
    sum.div_euclid(12 * i128::from(EXACT))
}

fn yen(sum: i128) -> Option<Yen> {
    i64::try_from(twelfth(sum)).ok().map(Yen)
}
