//! 特別徴収 from pensions as dated figures.

use super::LawError;
use super::parameters::Cited;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Who is deducted, and how amounts are cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PensionRule {
    /// Everybody insured of the household is of this age, and nobody reaches the other.
    pub age_from: u32,
    pub age_until: u32,
    /// 年額 of the pension from which it is deducted.
    pub least_pension: i64,
    /// Payments of a pension a year.
    pub pension_payments: i64,
    /// What is below it goes to the first payment of 本徴収.
    pub unit: i64,
    /// Parts of last year's premium of which 仮徴収 of a newcomer takes two each (12, or 1 to 12 by the city).
    pub provisional_divisor: i64,
    /// By which day the pension body names people (規則32条の11・32条の17), in the order of the year.
    pub notices: Vec<ListDay>,
}

/// A day of the year, and the month of the first deduction of whom a list names until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListDay {
    pub month: u32,
    pub day: u32,
    pub first: u32,
}

/// 支払日 of a pension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentDay {
    /// Of the even months, or the last open day before it.
    pub day: u32,
    /// Days before a payment by which it is asked for or stopped.
    pub request_days: u64,
}

/// 納入: when the pension body pays over what it has deducted (介護保険法137条1項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remittance {
    /// Of the month after the payment.
    pub day: u32,
    pub when_closed: WhenClosed,
}

/// Where a day goes that falls on a closed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenClosed {
    Stays,
    NextOpen,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PensionRules {
    pub rule: Vec<Cited<PensionRule>>,
    pub payment: Vec<Cited<PaymentDay>>,
    pub remittance: Vec<Cited<Remittance>>,
}

impl PensionRules {
    /// The rule of a day; a day without one is refused.
    pub fn of(&self, day: NaiveDate) -> Result<&PensionRule, LawError> {
        on(&self.rule, day)
    }

    /// When pensions are paid on a day; a day without a rule is refused.
    pub fn payment(&self, day: NaiveDate) -> Result<&PaymentDay, LawError> {
        on(&self.payment, day)
    }

    /// When what is deducted on a day is paid over; a day without a rule is refused.
    pub fn remittance(&self, day: NaiveDate) -> Result<&Remittance, LawError> {
        on(&self.remittance, day)
    }
}

fn on<T>(all: &[Cited<T>], day: NaiveDate) -> Result<&T, LawError> {
    let found = all
        .iter()
        .find(|cited| cited.from <= day && day < cited.until);
    found
        .map(|cited| &cited.value)
        .ok_or(LawError::MissingYear {
            table: "特別徴収",
            year: crate::calendar::FiscalYear::of(day).0,
        })
}
