//! 納付書: which instalments get a new slip, and what is on it.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Reach, Row, Tx};
use crate::{on_any, on_db, on_tx, row};
use chrono::{Datelike, NaiveDate};
use kokuho_letters::{Content, Letter, PaymentSlip, SlipNumber};
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, RunId};
use kokuho_shared::money::Yen;
use sqlx::FromRow;
use std::collections::HashMap;

/// 業務 of a slip's number: 国民健康保険料.
const BUSINESS: u8 = 26;
/// Serials kept for a household: twelve instalments, those that are voided, and 随時期.
pub const SERIALS: i64 = 24;
const MOST_REISSUES: i64 = 9;

/// The newest slip of an instalment.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Newest {
    pub household_id: HouseholdId,
    pub instalment: i64,
    pub reissues: i64,
    pub principal: i64,
    pub due_on: NaiveDate,
    /// Whether it went out: at the counter, or in a printed batch.
    pub sent: bool,
}

/// By household.
pub type AllNewest = HashMap<HouseholdId, Vec<Newest>>;

const NEWEST: &str = "SELECT household_id, instalment, reissues, principal, due_on, \
    (p.run_id = 0 OR EXISTS (SELECT 1 FROM letter_sent s WHERE s.number = p.letter_number)) AS sent FROM payment_slip p \
    WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 AND reissues = (SELECT MAX(n.reissues) \
    FROM payment_slip n WHERE n.household_id = p.household_id AND n.fiscal_year = p.fiscal_year \
    AND n.instalment = p.instalment) ORDER BY household_id, instalment";

pub async fn newest(
    db: &Db,
    first: i64,
    last: i64,
    fiscal_year: FiscalYear,
) -> Result<AllNewest, ServiceError> {
    let rows: Vec<Newest> = on_db!(db, pool => sqlx::query_as(NEWEST).bind(first).bind(last)
        .bind(fiscal_year).fetch_all(pool).await?);
    Ok(by_household(rows))
}

pub async fn newest_in(
    tx: &mut Tx,
    household: HouseholdId,
    fiscal_year: FiscalYear,
) -> Result<Vec<Newest>, ServiceError> {
    let rows: Vec<Newest> = on_tx!(tx, connection => sqlx::query_as(NEWEST).bind(household).bind(household)
        .bind(fiscal_year).fetch_all(connection).await?);
    Ok(rows)
}

fn by_household(rows: Vec<Newest>) -> AllNewest {
    let mut all = AllNewest::new();
    for row in rows {
        all.entry(row.household_id).or_default().push(row);
    }
    all
}

/// A slip to be written. One with nothing to pay voids the one before and is not printed.
#[derive(Clone, Debug, FromRow)]
pub struct Slip {
    pub number: String,
    pub instalment: i64,
    pub reissues: i64,
    pub principal: i64,
    pub due_on: NaiveDate,
    /// 取扱期限.
    pub usable_until: NaiveDate,
}

/// The slips of a decision: of every instalment that has none yet that went out, or another amount or date.
pub fn of_decision(
    instalments: &[Instalment],
    before: &[Newest],
    issued_on: NaiveDate,
    first_serial: i64,
) -> Result<Vec<Slip>, ServiceError> {
    // Instalments deducted from a pension get no slip.
    let mut wanted: Vec<(i64, i64, NaiveDate)> = instalments
        .iter()
        .filter(|each| each.number < DEDUCTED_FROM)
        .map(|each| (i64::from(each.number), each.amount.0, each.due_on))
        .collect();
    let gone = before
        .iter()
        .filter(|slip| wanted.iter().all(|(number, ..)| *number != slip.instalment));
    let gone: Vec<_> = gone.map(|slip| (slip.instalment, 0, slip.due_on)).collect();
    wanted.extend(gone);
    let mut slips = Vec::new();
    for (instalment, amount, due_on) in wanted {
        let known = before.iter().find(|slip| slip.instalment == instalment);
        let same = match known {
            Some(slip) => {
                slip.principal == amount && slip.due_on == due_on && (slip.sent || amount == 0)
            }
            None => amount == 0,
        };
        if same {
            continue;
        }
        let reissues = known.map_or(0, |slip| slip.reissues + 1);
        if i64::try_from(slips.len()).is_ok_and(|made| made >= SERIALS) {
            let text = format!("1通に入る納付書は{SERIALS}枚までです");
            return Err(ServiceError::invalid_at("instalments", text));
        }
        let serial = first_serial + i64::try_from(slips.len()).unwrap_or(i64::MAX);
        slips.push(Slip {
            number: number(issued_on, serial, reissues)?.as_str().to_owned(),
            instalment,
            reissues,
            principal: amount,
            due_on,
            usable_until: due_on,
        });
    }
    Ok(slips)
}

pub(super) fn number(
    issued_on: NaiveDate,
    serial: i64,
    reissues: i64,
) -> Result<SlipNumber, ServiceError> {
    if reissues > MOST_REISSUES {
        let text = format!("同じ期の納付書は{MOST_REISSUES}回までしか再発行できません");
        return Err(ServiceError::invalid_at("instalments", text));
    }
    let year = u8::try_from(issued_on.year().rem_euclid(100)).unwrap_or(0);
    let number = u64::try_from(serial)
        .ok()
        .zip(u8::try_from(reissues).ok())
        .and_then(|(serial, reissues)| SlipNumber::of(BUSINESS, year, serial, reissues));
    number.ok_or_else(|| ServiceError::Internal(format!("slip serial {serial}")))
}

/// The counter of serials of the year in which slips are issued.
pub fn counter(issued_on: NaiveDate) -> String {
    format!("slip-{}", issued_on.year())
}

/// The slips of one envelope, and of whom, of what year and with which letter they are.
pub struct Enclosed<'a> {
    pub slips: &'a [Slip],
    pub household_id: HouseholdId,
    pub fiscal_year: FiscalYear,
    pub letter: &'a str,
    /// The run with which they are printed; 0 of the counter.
    pub run_id: RunId,
}

/// Writes the slips of envelopes that leave at one moment.
pub async fn write(
    tx: &mut Tx,
    envelopes: impl IntoIterator<Item = Enclosed<'_>>,
    at: Instant,
) -> Result<(), ServiceError> {
    let mut rows = Vec::new();
    for envelope in envelopes {
        rows.extend(envelope.slips.iter().map(|slip| row(slip, &envelope, at)));
    }
    tx.insert("payment_slip", &rows).await
}

fn row(slip: &Slip, of: &Enclosed<'_>, at: Instant) -> Row {
    row! {
        number: slip.number.clone(),
        household_id: of.household_id,
        fiscal_year: of.fiscal_year,
        instalment: slip.instalment,
        letter_number: of.letter.to_owned(),
        run_id: of.run_id,
        reissues: slip.reissues,
        principal: slip.principal,
        due_on: slip.due_on,
        usable_until: slip.usable_until,
        issued_at: at,
    }
}

/// The slips that were issued with one letter; those that void another are left out.
pub async fn of_letter(
    reach: impl Into<Reach<'_>>,
    letter: &str,
) -> Result<Vec<Slip>, ServiceError> {
    const SQL: &str = "SELECT number, instalment, reissues, principal, due_on, usable_until FROM payment_slip \
        WHERE letter_number = $1 AND principal > 0 ORDER BY instalment";
    Ok(on_any!(reach.into(), c => sqlx::query_as(SQL).bind(letter).fetch_all(c).await?))
}

/// The page of a slip, sent with a notice to the same person.
pub fn page(slip: &Slip, notice: &Letter) -> Result<Letter, ServiceError> {
    let household_number = match &notice.content {
        Content::AssessmentNotice(content) => content.household_number.clone(),
        Content::PaymentSlip(content) => content.household_number.clone(),
        Content::Document(content) => {
            let none = || ServiceError::Internal(format!("slip {}: of no household", slip.number));
            content.household_number.clone().ok_or_else(none)?
        }
    };
    Ok(Letter {
        number: slip.number.clone(),
        content: content(slip, household_number, notice.addressee.name.clone())?,
        ..notice.clone()
    })
}

/// What a slip says, to whoever pays for a household.
pub fn content(
    slip: &Slip,
    household_number: String,
    payer: String,
) -> Result<Content, ServiceError> {
    let wrong = |what: &str| ServiceError::Internal(format!("slip {}: {what}", slip.number));
    let number = SlipNumber::try_from(slip.number.clone()).map_err(|_| wrong("number"))?;
    Ok(Content::PaymentSlip(PaymentSlip {
        slip_number: number,
        household_number,
        payer,
        revenue_item: "国民健康保険料".into(),
        instalment: u8::try_from(slip.instalment).map_err(|_| wrong("instalment"))?,
        principal: Yen(slip.principal),
        fee: Yen::ZERO,
        late_charge: Yen::ZERO,
        due_on: slip.due_on,
        usable_until: Some(slip.usable_until),
        reissues: u8::try_from(slip.reissues).map_err(|_| wrong("reissues"))?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn instalment(number: u8, amount: i64) -> Instalment {
        Instalment {
            number,
            amount: Yen(amount),
            due_on: day("2026-06-30"),
        }
    }

    fn newest(slips: &[Slip]) -> Vec<Newest> {
        let of = |slip: &Slip| Newest {
            household_id: HouseholdId(1),
            instalment: slip.instalment,
            reissues: slip.reissues,
            principal: slip.principal,
            due_on: slip.due_on,
            sent: true,
        };
        slips.iter().map(of).collect()
    }

    #[test]
    fn a_letter_takes_no_more_serials_than_are_kept_for_it() {
        let many = |count: u8| {
            let all: Vec<Instalment> = (1..=count).map(|number| instalment(number, 100)).collect();
            of_decision(&all, &[], day("2026-06-10"), 1000)
        };
        assert_eq!(many(24).unwrap().len(), 24);
        assert!(matches!(many(25), Err(ServiceError::Invalid(_))));
    }

    #[test]
    fn only_instalments_that_changed_get_another_slip_and_one_that_is_gone_is_voided() {
        let today = day("2026-06-10");
        let first = of_decision(
            &[instalment(1, 5_000), instalment(2, 4_000)],
            &[],
            today,
            1000,
        );
        let first = first.unwrap();
        assert_eq!(
            first.iter().map(|slip| slip.principal).collect::<Vec<_>>(),
            [5_000, 4_000]
        );
        let second = of_decision(&[instalment(1, 6_000)], &newest(&first), today, 2000).unwrap();
        let told: Vec<_> = second
            .iter()
            .map(|slip| (slip.instalment, slip.reissues, slip.principal))
            .collect();
        assert_eq!(told, [(1, 1, 6_000), (2, 1, 0)]);
        assert!(
            of_decision(
                &[instalment(1, 5_000), instalment(2, 4_000)],
                &newest(&first),
                today,
                3000
            )
            .unwrap()
            .is_empty()
        );
    }

    #[test]
    fn a_slip_number_has_business_year_serial_reissue_and_check_digit() {
        let slips = of_decision(&[instalment(1, 5_000)], &[], day("2026-06-10"), 1234).unwrap();
        assert_eq!(slips[0].number.len(), 16);
        assert!(slips[0].number.starts_with("262600000012340"));
        SlipNumber::try_from(slips[0].number.clone()).unwrap();
    }

    #[test]
    fn a_slip_that_never_went_out_is_issued_again_with_the_next_letter() {
        let all = [instalment(1, 5_000), instalment(2, 5_000)];
        let first = of_decision(&all, &[], day("2026-06-10"), 1000).unwrap();
        let mut known = newest(&first);
        assert!(
            of_decision(&all, &known, day("2026-06-20"), 2000)
                .unwrap()
                .is_empty()
        );
        known[1].sent = false;
        let again = of_decision(&all, &known, day("2026-06-20"), 2000).unwrap();
        let told: Vec<_> = again
            .iter()
            .map(|slip| (slip.instalment, slip.reissues))
            .collect();
        assert_eq!(told, [(2, 1)]);
    }

    #[test]
    fn the_tenth_reissue_is_refused() {
        let known = Newest {
            household_id: HouseholdId(1),
            instalment: 1,
            reissues: 9,
            principal: 1,
            due_on: day("2026-06-30"),
            sent: true,
        };
        let error = of_decision(&[instalment(1, 5_000)], &[known], day("2026-06-10"), 1000);
        assert!(error.unwrap_err().to_string().contains("9回"));
    }
}
