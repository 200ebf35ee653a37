//! 収納: what a household owes and how that came about.

pub mod ledger;
