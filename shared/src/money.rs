//! 円 (yen) and the named roundings of amounts.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount of money in whole yen. Negative amounts are corrections and cuts.
///
/// Amounts that come in are within ±[`Yen::MOST`]: sums and products of them never leave an `i64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Yen(pub i64);

impl Yen {
    pub const ZERO: Yen = Yen(0);
    /// The largest amount that is read, in either direction.
    pub const MOST: Yen = Yen(999_999_999_999);

    /// The amount, or zero where it is negative.
    pub fn or_zero(self) -> Yen {
        self.max(Yen::ZERO)
    }
}

impl<'de> Deserialize<'de> for Yen {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Yen, D::Error> {
        let amount = i64::deserialize(from)?;
        if amount.unsigned_abs() > Yen::MOST.0.unsigned_abs() {
            return Err(serde::de::Error::custom(
                "金額は ±999,999,999,999 円までです",
            ));
        }
        Ok(Yen(amount))
    }
}

impl Add for Yen {
    type Output = Yen;
    fn add(self, other: Yen) -> Yen {
        Yen(self.0 + other.0)
    }
}

impl Sub for Yen {
    type Output = Yen;
    fn sub(self, other: Yen) -> Yen {
        Yen(self.0 - other.0)
    }
}

impl Neg for Yen {
    type Output = Yen;
    fn neg(self) -> Yen {
        Yen(-self.0)
    }
}

impl AddAssign for Yen {
    fn add_assign(&mut self, other: Yen) {
        self.0 += other.0;
    }
}

impl SubAssign for Yen {
    fn sub_assign(&mut self, other: Yen) {
        self.0 -= other.0;
    }
}

impl Sum for Yen {
    fn sum<I: Iterator<Item = Yen>>(amounts: I) -> Yen {
        Yen(amounts.map(|amount| amount.0).sum())
    }
}

/// How a quotient becomes whole yen. Every rule names one of these at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// 切捨て: cut down to a multiple of the unit (in yen, at least 1).
    FloorTo(i64),
    /// 切上げ: raised to a multiple of the unit (in yen, at least 1).
    CeilTo(i64),
    /// 四捨五入: to the yen, one half upwards.
    HalfUp,
}

impl Rounding {
    pub const FLOOR: Rounding = Rounding::FloorTo(1);

    /// Rounds the exact quotient `numerator ÷ denominator`.
    ///
    /// `denominator` must be positive; a unit below 1 counts as 1. Returns `None`
    /// where the denominator is not positive or the result leaves the range of yen.
    #[inline]
    pub fn divide(self, numerator: i128, denominator: i128) -> Option<Yen> {
        if denominator <= 0 {
            return None;
        }
        // Nearly every quotient of the office fits; narrow division is several times faster.
        if let (Ok(narrow), Ok(by)) = (i64::try_from(numerator), i64::try_from(denominator))
            && let Some(yen) = self.divide_narrow(narrow, by)
        {
            return Some(yen);
        }
        let whole = match self {
            Rounding::FloorTo(unit) => {
                let unit = i128::from(unit.max(1));
                numerator.div_euclid(denominator.checked_mul(unit)?) * unit
            }
            Rounding::CeilTo(unit) => {
                let unit = i128::from(unit.max(1));
                -(-numerator).div_euclid(denominator.checked_mul(unit)?) * unit
            }
            Rounding::HalfUp => {
                (numerator.checked_mul(2)?.checked_add(denominator)?).div_euclid(denominator * 2)
            }
        };
        i64::try_from(whole).ok().map(Yen)
    }

    /// The same where everything fits; `None` where something may not.
    #[inline]
    fn divide_narrow(self, numerator: i64, denominator: i64) -> Option<Yen> {
        match self {
            Rounding::FloorTo(unit) => {
                let unit = unit.max(1);
                let times = numerator.div_euclid(denominator.checked_mul(unit)?);
                times.checked_mul(unit).map(Yen)
            }
            Rounding::CeilTo(_) => None,
            Rounding::HalfUp => {
                let doubled = numerator.checked_mul(2)?.checked_add(denominator)?;
                Some(Yen(doubled.div_euclid(denominator.checked_mul(2)?)))
            }
        }
    }

    /// Rounds a whole amount to the unit of this rounding.
    #[inline]
    pub fn apply(self, amount: Yen) -> Yen {
        match self {
            Rounding::FloorTo(unit) if unit > 1 => Yen(amount.0.div_euclid(unit) * unit),
            Rounding::FloorTo(_) => amount,
            Rounding::CeilTo(unit) => {
                let unit = unit.max(1);
                Yen(-((-amount.0).div_euclid(unit) * unit))
            }
            Rounding::HalfUp => amount,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn narrow_and_wide_division_agree(numerator: i64, denominator in 1i64..=2_000_000, unit in 1i64..=1_000) {
            for rounding in [Rounding::FloorTo(unit), Rounding::HalfUp] {
                if let Some(narrow) = rounding.divide_narrow(numerator, denominator) {
                    let (wide, by) = (i128::from(numerator), i128::from(denominator));
                    let expected = match rounding {
                        Rounding::HalfUp => (2 * wide + by).div_euclid(2 * by),
                        _ => wide.div_euclid(by * i128::from(unit)) * i128::from(unit),
                    };
                    proptest::prop_assert_eq!(i128::from(narrow.0), expected);
                }
            }
        }
    }

    #[test]
    fn an_amount_beyond_twelve_digits_is_refused_where_it_is_read() {
        let read = |text: &str| serde_json::from_str::<Yen>(text).ok();
        for (text, expected) in [
            ("999999999999", Some(Yen::MOST)),
            ("-999999999999", Some(-Yen::MOST)),
            ("1000000000000", None),
            ("-1000000000000", None),
            ("9223372036854775807", None),
            ("-9223372036854775808", None),
            ("9223372036854775808", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn each_rounding_treats_a_half_yen_by_its_name() {
        assert_eq!(Rounding::FLOOR.divide(34_990 * 5, 10), Some(Yen(17_495)));
        assert_eq!(Rounding::FLOOR.divide(11_191 * 5, 10), Some(Yen(5_595)));
        assert_eq!(Rounding::HalfUp.divide(11_191 * 5, 10), Some(Yen(5_596)));
        assert_eq!(
            Rounding::CeilTo(10).divide(23_720 * 7, 10),
            Some(Yen(16_610))
        );
        assert_eq!(
            Rounding::FloorTo(100).divide(129_999, 1),
            Some(Yen(129_900))
        );
    }

    #[test]
    fn negative_amounts_round_downwards_with_floor_and_upwards_with_ceil() {
        assert_eq!(Rounding::FloorTo(10).apply(Yen(-11)), Yen(-20));
        assert_eq!(Rounding::CeilTo(10).apply(Yen(-11)), Yen(-10));
        assert_eq!(Rounding::FLOOR.divide(-1, 2), Some(Yen(-1)));
    }

    #[test]
    fn a_denominator_that_is_not_positive_gives_no_amount() {
        assert_eq!(Rounding::FLOOR.divide(1, 0), None);
        assert_eq!(Rounding::HalfUp.divide(1, -3), None);
    }
}
