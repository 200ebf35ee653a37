//! What both pages share: entry fields, explanations, pictures and words. Knows the results of
//! `shared`, and neither the server nor any screen.

pub mod chart;
pub mod components;
pub mod csv;
pub mod entry;
pub mod explanation;
pub mod format;
pub mod i18n;
pub mod income_kinds;
pub mod premium;
pub mod refusal;
