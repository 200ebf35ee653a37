//! 事実 (facts): what the city knows of its people, when it is true and when it became known. Whoever changes facts
//! records the change and announces it once; rooms that have to do something about it hear of it in the same
//! transaction.

pub mod announce;
pub mod change;
pub mod incomes;
pub mod tables;

pub use announce::{FactChange, Listener, Listeners, Reaction, announce};
pub use change::{By, Change, record};
pub use tables::FactTable;
