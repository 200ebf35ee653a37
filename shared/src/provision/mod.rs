//! 情報提供: what other offices ask this one, and what becomes of it.

pub mod request;
