//! 監査記録 (audit): who saw or changed what, in a chain of hashes that shows any alteration.
//!
//! A change writes its record in its own transaction. A look is told before anything is shown, and is in the
//! database or in a file beside it within a second; while neither takes it, no person is shown. A
//! sealer numbers what has been written and closes it into batches; each batch holds the hash of the one
//! before it.

pub mod chain;
pub mod entry;
pub mod log;
mod parcel;
pub mod routes;
pub mod seal;
pub mod search;
mod spill;
mod trouble;
pub mod verify;
mod waiting;
mod writer;

pub use entry::Entry;
pub use kokuho_shared::api::audit::AuditAction;
pub use log::Log;
pub use waiting::{Health, MOST};
