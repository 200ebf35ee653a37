//! Exact fractions: slow, and never rounded unless somebody says so.

use std::ops::{Add, Mul, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    pub const ZERO: Fraction = Fraction {
        numerator: 0,
        denominator: 1,
    };

    pub fn new(numerator: i128, denominator: i128) -> Fraction {
        let (mut a, mut b) = (numerator.abs(), denominator.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.max(1) * denominator.signum();
        Fraction {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        }
    }

    pub fn whole(number: i64) -> Fraction {
        Fraction {
            numerator: i128::from(number),
            denominator: 1,
        }
    }

    /// Cut down to a multiple of `unit`.
    pub fn floor_to(self, unit: i64) -> i64 {
        let unit = i128::from(unit);
        let times = self.numerator.div_euclid(self.denominator * unit);
        i64::try_from(times * unit).unwrap_or(i64::MAX)
    }

    pub fn floor(self) -> Fraction {
        Fraction::whole(self.floor_to(1))
    }

    pub fn half_up(self) -> Fraction {
        (self + Fraction::new(1, 2)).floor()
    }

    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    pub fn or_zero(self) -> Fraction {
        if self.numerator < 0 {
            Fraction::ZERO
        } else {
            self
        }
    }

    /// Raised to a multiple of `unit`.
    pub fn ceil_to(self, unit: i64) -> Fraction {
        Fraction::whole(-((Fraction::ZERO - self).floor_to(unit)))
    }
}

impl Add for Fraction {
    type Output = Fraction;
    fn add(self, other: Fraction) -> Fraction {
        Fraction::new(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )
    }
}

impl Sub for Fraction {
    type Output = Fraction;
    fn sub(self, other: Fraction) -> Fraction {
        self + Fraction::new(-other.numerator, other.denominator)
    }
}

impl Mul for Fraction {
    type Output = Fraction;
    fn mul(self, other: Fraction) -> Fraction {
        Fraction::new(
            self.numerator * other.numerator,
            self.denominator * other.denominator,
        )
    }
}

impl std::iter::Sum for Fraction {
    fn sum<I: Iterator<Item = Fraction>>(parts: I) -> Fraction {
        parts.fold(Fraction::ZERO, Add::add)
    }
}
