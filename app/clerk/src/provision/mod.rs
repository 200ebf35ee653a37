//! 情報提供: what other offices ask this one.

pub mod requests;
