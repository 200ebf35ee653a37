//! 対象範囲 (scope) of a route.

/// Of whom a route tells or whom it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only who asks: the own session.
    Own,
    /// No person: facilities, rules, how far work is.
    Office,
    /// Households that the account sees, by the ward in which they are.
    Ward,
    /// Everybody: for accounts of the whole city.
    City,
}
