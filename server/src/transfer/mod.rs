//! ファイルの受渡し (transfer): everything that comes and goes as a file, in a folder or over HTTP. A file is taken in
//! whole or not at all, and once; one that is wrong is put aside with the reason. Rooms bring what they take in
//! (`Inbound`) and what they send (`Outbound`).
//!
//! Below the exchange folder: `out/` for what leaves, `in/` for what comes; what was taken in moves to `in/done/`, what
//! was refused, or failed three times, to `in/rejected/` with the reason beside it.

pub mod arrivals;
pub mod deliveries;
mod disk;
pub mod expected_files;
pub mod http_transfer;
mod inbox;
pub mod ports;
pub mod rounds;
pub mod spool;
pub mod troubles;

pub use ports::{Carrying, Inbound, Incoming, Outbound, Ports};
pub use rounds::FileTransfer;
