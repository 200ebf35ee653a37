//! One change of facts: its number, its moment, and the year whose incomes it is about.

/// Writes facts of one change.
pub struct Writer {
    pub change: i64,
    pub at: i64,
    pub income_year: i64,
}
