//! 所得の種類 (令29条の7第2項4号・27条の2第3項1号): what is netted with what, which losses are carried, and
//! what the levy and the test of the reduction see of it.

use crate::assessment::household::Income;
use crate::law::income_kinds::KindRule;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// Incomes of a calendar year by kind, in yen; losses of the year are negative, losses that were
/// carried over from years before are positive amounts. Salary and pension stand in [`Income`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kinds {
    /// 事業・不動産: a loss is netted with everything comprehensive (所得税法69条).
    pub business: Yen,
    pub real_estate: Yen,
    /// 配当 and 利子 taxed comprehensively, 雑所得 other than pensions.
    pub dividends: Yen,
    pub miscellaneous: Yen,
    /// 総合課税の譲渡: gains before the special deduction.
    pub short_gains: Yen,
    pub long_gains: Yen,
    /// 一時所得 before the special deduction.
    pub temporary: Yen,
    pub forestry: Yen,
    /// 分離 長期・短期譲渡 of land and buildings, before their special deduction.
    pub land_long: Yen,
    pub land_short: Yen,
    pub land_special_deduction: Yen,
    /// 土地等の事業所得等.
    pub land_business: Yen,
    /// 上場株式等: dividends taxed separately, gains or losses of the year.
    pub listed_dividends: Yen,
    pub listed_gains: Yen,
    /// 一般株式等.
    pub other_shares: Yen,
    /// 先物取引.
    pub futures: Yen,
    /// 純損失, 上場株式等 and 先物 losses of years before; those of this year are not among them.
    pub net_loss_carried: Yen,
    pub listed_loss_carried: Yen,
    pub futures_loss_carried: Yen,
    /// 雑損失の繰越控除.
    pub casualty_loss: Yen,
}

/// 所得の内訳: kinds as somebody typed them, with 給与所得 and 年金所得 before anything was netted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entered {
    pub salary_income: Yen,
    pub pension_income: Yen,
    pub kinds: Kinds,
}

impl Entered {
    /// What it comes to.
    pub fn income(&self, law: &KindRule) -> Income {
        let known = Income {
            salary_income: self.salary_income,
            pension_income: self.pension_income,
            ..Income::default()
        };
        self.kinds.income(known, law)
    }

    /// Whether an income is what this comes to: an income that was changed since is of another origin.
    pub fn makes(&self, income: &Income, law: &KindRule) -> bool {
        let seen = |income: &Income| {
            let three = income.salary_income + income.pension_income + income.other_income;
            (
                income.salary_income,
                income.pension_income,
                income.other_income,
                income.total_income.unwrap_or(three),
                income.transfer_special_deduction,
                income.casualty_loss,
            )
        };
        seen(&self.income(law)) == seen(income)
    }
}

/// The greater of an amount and nothing.
fn positive(amount: i64) -> i64 {
    amount.max(0)
}

impl Kinds {
    /// The figures of an assessment. `salary` and `pension` come with their receipts in `known`.
    pub fn income(&self, known: Income, law: &KindRule) -> Income {
        let netted = self.netted(known.salary_income.0, known.pension_income.0, law);
        let Netted {
            salary,
            pension,
            comprehensive,
            forestry,
        } = netted;
        let separate = self.separate();
        let total = salary + pension + comprehensive + forestry + separate.before;
        // 純損失の繰越 goes against what is comprehensive, then 山林.
        let mut carried = self.net_loss_carried.0;
        let mut less = |amount: i64| {
            let left = positive(amount - carried);
            carried = positive(carried - amount);
            left
        };
        let comprehensive = less(comprehensive);
        let salary = less(salary);
        let pension = less(pension);
        let forestry = less(forestry);
        let other = comprehensive + forestry + separate.after;
        Income {
            salary_income: Yen(salary),
            pension_income: Yen(pension),
            other_income: Yen(other),
            total_income: Some(Yen(total)),
            transfer_special_deduction: Yen(separate.special),
            casualty_loss: self.casualty_loss,
            ..known
        }
    }

    /// 専従者給与・控除 as the reduction test adds it back: what the owner would have more without it. A loss
    /// that the pay made is none there. `own` is the income that these kinds make.
    pub fn added_back(&self, known: Income, own: &Income, law: &KindRule) -> Yen {
        let without = Kinds {
            business: self.business + known.family_pay_deducted,
            ..*self
        };
        let sum =
            |income: &Income| income.salary_income + income.pension_income + income.other_income;
        sum(&without.income(known, law)) - sum(own)
    }

    /// 損益通算 in the order of 所得税法施行令198条: a loss of business goes against what is ordinary (salary and
    /// pension too), then transfers, 一時 and forestry; one of transfers against 一時, then the
    /// ordinary and forestry; one of forestry against the ordinary, transfers and 一時.
    fn netted(&self, mut salary: i64, mut pension: i64, law: &KindRule) -> Netted {
        let ordinary = self.business.0 + self.real_estate.0;
        let ordinary = ordinary + positive(self.dividends.0) + positive(self.miscellaneous.0);
        let (mut of_business, mut ordinary) = (positive(-ordinary), positive(ordinary));
        let (mut short, mut long, mut of_transfers) = self.transfers(law.special_deduction);
        let mut temporary = positive(self.temporary.0 - law.special_deduction);
        let mut forestry = positive(self.forestry.0);
        let mut of_forestry = positive(-self.forestry.0);
        against(&mut of_business, [&mut salary, &mut pension]);
        against(&mut of_transfers, [&mut temporary]);
        against(&mut of_business, [&mut short, &mut long, &mut temporary]);
        against(
            &mut of_transfers,
            [&mut ordinary, &mut salary, &mut pension],
        );
        against(&mut of_business, [&mut forestry]);
        against(&mut of_transfers, [&mut forestry]);
        against(&mut of_forestry, [&mut ordinary, &mut salary, &mut pension]);
        against(&mut of_forestry, [&mut short, &mut long, &mut temporary]);
        // 2分の1 of 長期譲渡 and 一時所得 (所得税法22条2項2号).
        let halved = (long + temporary).div_euclid(law.divisor.max(1));
        Netted {
            salary,
            pension,
            comprehensive: ordinary + short + halved,
            forestry,
        }
    }

    /// 総合課税の譲渡: short and long gains netted with each other, less their special deduction, first
    /// off the short ones; and a loss.
    fn transfers(&self, special: i64) -> (i64, i64, i64) {
        let (short, long) = (self.short_gains.0, self.long_gains.0);
        let together = short + long;
        if together <= 0 {
            return (0, 0, -together);
        }
        let (short, long) = match (short, long) {
            (..0, _) => (0, together),
            (_, ..0) => (together, 0),
            gains => gains,
        };
        let of_short = special.min(short);
        let of_long = (special - of_short).min(long);
        (short - of_short, long - of_long, 0)
    }

    fn separate(&self) -> Separate {
        // Losses of land are netted among themselves only.
        let (long, short) = (self.land_long.0, self.land_short.0);
        let land = positive(long + short);
        let special = self.land_special_deduction.0.clamp(0, land);
        // 上場株式等: a loss of the year, then one carried over, against gains and then dividends.
        let listed_loss = positive(-self.listed_gains.0);
        let gains = positive(self.listed_gains.0);
        let dividends = positive(self.listed_dividends.0 - listed_loss);
        let carried = self.listed_loss_carried.0;
        let gains_left = positive(gains - carried);
        let carried = positive(carried - gains);
        let dividends_left = positive(dividends - carried);
        let futures = positive(self.futures.0);
        let futures_left = positive(futures - self.futures_loss_carried.0);
        let others = positive(self.other_shares.0) + positive(self.land_business.0);
        Separate {
            before: land + gains + dividends + futures + others,
            after: land - special + gains_left + dividends_left + futures_left + others,
            special,
        }
    }
}

/// Takes a loss off amounts, one after the other.
fn against<const N: usize>(loss: &mut i64, amounts: [&mut i64; N]) {
    for amount in amounts {
        let taken = (*loss).min(*amount);
        *loss -= taken;
        *amount -= taken;
    }
}

/// What is left after 損益通算.
struct Netted {
    salary: i64,
    pension: i64,
    /// The rest of 総合課税.
    comprehensive: i64,
    forestry: i64,
}

/// 分離課税: before and after carried losses and special deductions.
struct Separate {
    before: i64,
    after: i64,
    special: i64,
}

#[cfg(test)]
mod tests;
