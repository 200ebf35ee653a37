//! 利用者の管理: who may work here, as what and in which ward.

pub mod accounts;
mod edit;
mod requests;
pub mod sessions;
