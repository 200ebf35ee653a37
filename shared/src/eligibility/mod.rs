//! 資格: who is insured, since when, with which papers, and what somebody bears.

pub mod bracket;
pub mod copayment;
pub mod duplicate;
pub mod facility;
pub mod notification;
pub mod papers;
pub mod reasons;
pub mod story;
pub mod student;
pub mod terms;
