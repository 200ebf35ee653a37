//! Rules of 国民健康保険 (National Health Insurance) as pure functions.
//!
//! No I/O, no clock, no database and no binary float: the same code runs in the
//! browser for a preview and on the server for the authoritative result.

#[macro_use]
mod coded;

pub mod access;
pub mod api;
pub mod assessment;
pub mod calendar;
pub mod collection;
#[cfg(feature = "columns")]
mod columns;
pub mod eligibility;
pub mod era;
pub mod explain;
pub mod figures;
pub mod guarded;
pub mod identity;
pub mod ids;
pub mod law;
pub mod linkage;
pub mod money;
pub mod provision;
pub mod rate;
pub mod text;
