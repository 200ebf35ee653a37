//! 利用者: accounts, passwords and sessions. Roles and a second factor come in here.

pub mod accounts;
pub mod routes;
pub mod sessions;
