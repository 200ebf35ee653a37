//! 資格: people, their households and what is known of them.

pub mod edit;
pub mod household;
pub mod protection;
pub mod routes;
pub mod search;
