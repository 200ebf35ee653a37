//! 情報連携: the files that other offices deliver, and what they are asked.

mod answer;
mod arrivals;
mod follow;
pub mod imports;
pub mod inquiries;
mod links;
pub mod open;
mod outcome;
mod runs;
mod troubles;
