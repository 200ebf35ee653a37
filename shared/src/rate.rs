//! 料率 (rates): read and shown as decimals, multiplied as exact integers.

use crate::money::{Rounding, Yen};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::str::FromStr;

/// One millionth of a fraction of one is the finest step a rate may have.
pub const PARTS_PER_UNIT: i64 = 1_000_000;

/// A rate as a fraction of one, for example 0.0751 = 7.51 %; from 0 up to and including 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    parts_per_million: i64,
}

/// Why a text is not a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    #[error("料率「{0}」は数字ではありません")]
    NotADecimal(String),
    #[error("料率「{0}」は 0 以上 1 以下ではありません")]
    OutOfRange(String),
    #[error("料率「{0}」は小数第7位以下があります")]
    TooFine(String),
}

impl Rate {
    pub const ZERO: Rate = Rate {
        parts_per_million: 0,
    };

    /// A rate of so many millionths; none outside 0 to 1.
    pub fn from_parts_per_million(parts_per_million: i64) -> Option<Rate> {
        let within = (0..=PARTS_PER_UNIT).contains(&parts_per_million);
        within.then_some(Rate { parts_per_million })
    }

    /// The rate in millionths, the form used inside the calculation.
    pub fn parts_per_million(self) -> i64 {
        self.parts_per_million
    }

    /// The rate as a decimal fraction of one, without trailing zeros.
    pub fn as_decimal(self) -> Decimal {
        Decimal::new(self.parts_per_million, 6).normalize()
    }

    /// `amount × rate`, rounded as named.
    #[inline]
    pub fn times(self, amount: Yen, rounding: Rounding) -> Option<Yen> {
        // The usual case, with a division by a constant.
        if rounding == Rounding::FLOOR
            && let Some(product) = amount.0.checked_mul(self.parts_per_million)
        {
            return Some(Yen(product.div_euclid(PARTS_PER_UNIT)));
        }
        let product = i128::from(amount.0) * i128::from(self.parts_per_million);
        rounding.divide(product, i128::from(PARTS_PER_UNIT))
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Rate, RateError> {
        let decimal =
            Decimal::from_str_exact(text).map_err(|_| RateError::NotADecimal(text.to_owned()))?;
        if decimal < Decimal::ZERO || decimal > Decimal::ONE {
            return Err(RateError::OutOfRange(text.to_owned()));
        }
        let millionths = decimal * Decimal::from(PARTS_PER_UNIT);
        if !millionths.fract().is_zero() {
            return Err(RateError::TooFine(text.to_owned()));
        }
        let parts_per_million =
            i64::try_from(millionths).map_err(|_| RateError::OutOfRange(text.to_owned()))?;
        Ok(Rate { parts_per_million })
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.as_decimal())
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rate, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_exactly_and_shown_as_it_was_written() {
        let rate: Rate = "0.08214".parse().unwrap();
        assert_eq!(rate.parts_per_million(), 82_140);
        assert_eq!(rate.as_decimal().to_string(), "0.08214");
    }

    #[test]
    fn the_integer_product_equals_the_decimal_product() {
        for text in ["0.095", "0.0306", "0.0028", "0.0001", "1"] {
            let rate: Rate = text.parse().unwrap();
            for amount in [0, 1, 99_999, 2_770_000, 999_999_999_999] {
                let decimal = (Decimal::from(amount) * rate.as_decimal()).floor();
                let expected = i64::try_from(decimal).unwrap();
                assert_eq!(
                    rate.times(Yen(amount), Rounding::FLOOR),
                    Some(Yen(expected))
                );
            }
        }
    }

    #[test]
    fn a_text_that_is_no_rate_is_refused_with_its_reason() {
        assert_eq!(
            "7.51".parse::<Rate>(),
            Err(RateError::OutOfRange("7.51".into()))
        );
        assert_eq!(
            "-0.1".parse::<Rate>(),
            Err(RateError::OutOfRange("-0.1".into()))
        );
        assert_eq!(
            "0.00000001".parse::<Rate>(),
            Err(RateError::TooFine("0.00000001".into()))
        );
        assert_eq!(
            "七".parse::<Rate>(),
            Err(RateError::NotADecimal("七".into()))
        );
    }
}
