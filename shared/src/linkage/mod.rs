//! 情報連携: who may ask whom for what, what an answer says, and what becomes of an inquiry.

pub mod answer;
pub mod basis;
pub mod expected;
pub mod inquiry;
pub mod link_record;
pub mod matching;
