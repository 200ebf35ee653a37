//! 資格: find a household, see and change its facts.

pub mod checks;
mod documents;
pub mod draft;
pub mod duplicates;
mod facilities;
mod fields;
pub mod found;
pub mod header;
pub mod household;
mod kinds;
pub mod member;
mod notice_list;
pub mod notices;
mod numbers;
pub mod open;
pub mod protection;
pub mod queue;
pub mod renewal;
pub mod save;
pub mod search;
mod special;
mod students;
mod timeline;
