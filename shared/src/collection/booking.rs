//! 調定 (自治法231条、自治令154条1項): a decided premium becomes entries of the ledger. A
//! correction books the difference to what stands there already, never anew.

use crate::assessment::outcome::Premium;
use crate::assessment::schedule::Schedule;
use crate::assessment::schedule::instalments::Instalment;
use crate::law::parameters::Part;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// 勘定: where an amount stands. Debits are positive, credits negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LedgerAccount {
    /// 収入未済: what the household owes of an instalment.
    #[strum(message = "収入未済")]
    Receivable,
    /// 調定額: what was levied, by part.
    #[strum(message = "調定額")]
    Levied,
    /// 収入額: what came in.
    #[strum(message = "収入額")]
    Received,
    /// 充当: what another claim was paid with.
    #[strum(message = "充当")]
    Offset,
    /// 過誤納: what the household gets back.
    #[strum(message = "過誤納")]
    Refundable,
    /// 仮受: what came in and belongs to nobody yet.
    #[strum(message = "仮受")]
    Suspense,
    #[strum(message = "不納欠損")]
    WrittenOff,
}

coded!(LedgerAccount, named);

/// One line of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub account: LedgerAccount,
    /// 期; 0 where the amount belongs to no instalment.
    pub instalment: u8,
    pub part: Option<Part>,
    /// 納期限 of the instalment.
    pub due_on: Option<NaiveDate>,
    /// Debit positive, credit negative; never zero.
    pub amount: Yen,
}

/// 調定の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JournalKind {
    /// 当初.
    #[strum(message = "当初調定")]
    Initial,
    #[strum(message = "増額")]
    Increase,
    #[strum(message = "減額")]
    Decrease,
    /// The same year's amount in other instalments or parts.
    #[strum(message = "期別・区分の変更")]
    Rearrangement,
}

coded!(JournalKind, named);

/// What the ledger holds of a household's year: debits by instalment, credits by part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    pub receivable: BTreeMap<u8, (Yen, Option<NaiveDate>)>,
    pub levied: BTreeMap<Part, Yen>,
    /// Whether anything was ever booked.
    pub any: bool,
}

impl Booked {
    /// Adds what 調定 has booked; receipts and refunds do not change what was levied.
    pub fn add(&mut self, entry: &LedgerEntry) {
        self.any = true;
        match (entry.account, entry.part) {
            (LedgerAccount::Receivable, _) => {
                let place = self.receivable.entry(entry.instalment).or_default();
                place.0 += entry.amount;
                place.1 = entry.due_on.or(place.1);
            }
            (LedgerAccount::Levied, Some(part)) => {
                *self.levied.entry(part).or_default() -= entry.amount;
            }
            _ => {}
        }
    }

    /// What a decision that is told on a day finds.
    pub fn schedule(&self, notice_on: NaiveDate) -> Schedule {
        let asked = self.receivable.iter();
        let asked = asked.filter_map(|(number, (amount, due_on))| {
            let due_on = due_on.filter(|_| *amount > Yen::ZERO)?;
            Some(Instalment {
                number: *number,
                amount: *amount,
                due_on,
            })
        });
        Schedule {
            notice_on,
            booked: asked.collect(),
            deducted: Vec::new(),
            provisional: None,
        }
    }

    pub fn total(&self) -> Yen {
        self.receivable.values().map(|(amount, _)| *amount).sum()
    }
}

/// A journal that is ready to be posted; its entries add up to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    pub kind: JournalKind,
    pub entries: Vec<LedgerEntry>,
}

/// Books a decided premium; `None` where the ledger already says the same.
///
/// Each instalment and each part gets the difference of its new amount to the sum of all that
/// was booked before, so that the sum of all journals is always the newest decision.
pub fn levy(premium: &Premium, instalments: &[Instalment], booked: &Booked) -> Option<Journal> {
    let mut entries = receivable(instalments, booked);
    entries.extend(levied(premium, booked));
    if entries.is_empty() {
        return None;
    }
    let kind = match premium.total.cmp(&booked.total()) {
        _ if !booked.any => JournalKind::Initial,
        std::cmp::Ordering::Greater => JournalKind::Increase,
        std::cmp::Ordering::Less => JournalKind::Decrease,
        std::cmp::Ordering::Equal => JournalKind::Rearrangement,
    };
    Some(Journal { kind, entries })
}

fn receivable(instalments: &[Instalment], booked: &Booked) -> Vec<LedgerEntry> {
    let mut wanted: BTreeMap<u8, (Yen, Option<NaiveDate>)> = instalments
        .iter()
        .map(|each| (each.number, (each.amount, Some(each.due_on))))
        .collect();
    // An instalment that is no longer asked for goes back to nothing.
    for (number, (_, due_on)) in &booked.receivable {
        wanted.entry(*number).or_insert((Yen::ZERO, *due_on));
    }
    let difference = |(number, (amount, due_on)): (u8, (Yen, Option<NaiveDate>))| {
        let before = booked
            .receivable
            .get(&number)
            .map_or(Yen::ZERO, |(amount, _)| *amount);
        LedgerEntry {
            account: LedgerAccount::Receivable,
            instalment: number,
            part: None,
            due_on,
            amount: amount - before,
        }
    };
    let entries = wanted.into_iter().map(difference);
    entries.filter(|entry| entry.amount != Yen::ZERO).collect()
}

fn levied(premium: &Premium, booked: &Booked) -> Vec<LedgerEntry> {
    let wanted = by_part(premium);
    let entries = Part::ALL.into_iter().map(|part| {
        let now = wanted.get(&part).copied().unwrap_or_default();
        let before = booked.levied.get(&part).copied().unwrap_or_default();
        LedgerEntry {
            account: LedgerAccount::Levied,
            instalment: 0,
            part: Some(part),
            due_on: None,
            amount: before - now,
        }
    });
    entries.filter(|entry| entry.amount != Yen::ZERO).collect()
}

/// What each part brings in. The rounding of the total is cut from the largest part, so that the
/// parts add up to what the household owes.
fn by_part(premium: &Premium) -> BTreeMap<Part, Yen> {
    let mut parts: BTreeMap<Part, Yen> = premium
        .parts
        .iter()
        .map(|(part, result)| (part, result.amount))
        .collect();
    let cut = premium.total - parts.values().copied().sum();
    if let Some(largest) = parts.values_mut().max() {
        *largest += cut;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::outcome::PartResult;
    use crate::assessment::premium::tier::TierTest;
    use crate::law::parameters::ByPart;
    use proptest::prelude::*;

    fn premium(parts: &[(Part, i64)], unit: i64) -> Premium {
        let mut by_part = ByPart::default();
        let mut sum = 0;
        for (part, amount) in parts {
            let result = PartResult {
                amount: Yen(*amount),
                ..PartResult::default()
            };
            by_part.set(*part, result);
            sum += amount;
        }
        Premium {
            test: TierTest::default(),
            parts: by_part,
            total: Yen(sum / unit * unit),
        }
    }

    fn instalments(total: Yen, from: u8) -> Vec<Instalment> {
        let day = NaiveDate::from_ymd_opt(2026, 6, 30).unwrap();
        let count = usize::from(11 - from);
        let amounts = crate::assessment::schedule::instalments::split(
            total,
            count,
            10,
            crate::law::parameters::RemainderTo::First,
        )
        .unwrap();
        let numbered = amounts.into_iter().zip(from..);
        numbered
            .map(|(amount, number)| Instalment {
                number,
                amount,
                due_on: day,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn after_any_corrections_the_ledger_says_what_the_newest_decision_says(
            years in prop::collection::vec((0i64..700_000, 0i64..300_000, prop::sample::select(vec![1i64, 10, 100]), 1u8..=10), 1..6),
        ) {
            let mut booked = Booked::default();
            for (medical, care, unit, from) in years {
                let premium = premium(&[(Part::Medical, medical), (Part::Care, care)], unit);
                let instalments = instalments(premium.total, from);
                if let Some(journal) = levy(&premium, &instalments, &booked) {
                    prop_assert_eq!(journal.entries.iter().map(|entry| entry.amount).sum::<Yen>(), Yen::ZERO);
                    prop_assert!(journal.entries.iter().all(|entry| entry.amount != Yen::ZERO));
                    journal.entries.iter().for_each(|entry| booked.add(entry));
                }
                prop_assert_eq!(booked.total(), premium.total);
                prop_assert_eq!(booked.levied.values().copied().sum::<Yen>(), premium.total);
                for each in &instalments {
                    let open = booked.receivable.get(&each.number).map_or(Yen::ZERO, |(amount, _)| *amount);
                    prop_assert_eq!(open, each.amount);
                }
                prop_assert_eq!(levy(&premium, &instalments, &booked), None);
            }
        }
    }

    #[test]
    fn the_first_booking_is_named_initial_and_later_ones_by_their_direction() {
        let mut booked = Booked::default();
        let mut kinds = Vec::new();
        for amount in [100_000, 120_000, 90_000] {
            let premium = premium(&[(Part::Medical, amount)], 1);
            let journal = levy(&premium, &instalments(premium.total, 1), &booked).unwrap();
            journal.entries.iter().for_each(|entry| booked.add(entry));
            kinds.push(journal.kind);
        }
        let premium = premium(&[(Part::Medical, 80_000), (Part::Care, 10_000)], 1);
        kinds.push(
            levy(&premium, &instalments(premium.total, 1), &booked)
                .unwrap()
                .kind,
        );
        use JournalKind::*;
        assert_eq!(kinds, [Initial, Increase, Decrease, Rearrangement]);
    }
}
