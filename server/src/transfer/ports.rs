//! 受け取る・送り出すもの: what rooms take in and send.

use super::rounds::FileTransfer;
use super::spool::Spool;
use crate::error::ServiceError;
use std::pin::Pin;
use std::sync::Arc;

/// A file that came in, whole.
pub struct Incoming {
    pub name: String,
    pub sha256: String,
    pub spool: Arc<Spool>,
}

pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send + 'a>>;

/// A sort of files that come in.
pub trait Inbound: Send + Sync {
    /// What the names of such files begin with.
    fn begins(&self) -> &[&'static str];
    /// Takes one in, whole or not at all.
    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a>;
}

/// Something that leaves as files, or falls due, and is looked at every few seconds.
pub trait Outbound: Send + Sync {
    fn send<'a>(&'a self, courier: &'a FileTransfer) -> Carrying<'a>;
}

/// Everything that rooms take in and send (`rooms::ports`).
#[derive(Clone, Default)]
pub struct Ports {
    pub inbound: Vec<&'static dyn Inbound>,
    pub outbound: Vec<&'static dyn Outbound>,
}

impl Ports {
    /// Who takes a file in, by its name; the longest beginning that fits says it.
    pub fn of(&self, name: &str) -> Option<&'static dyn Inbound> {
        let fitting = self.inbound.iter().filter_map(|inbound| {
            let begins = inbound.begins().iter();
            let fits = begins.filter(|begin| name.starts_with(**begin));
            let longest = fits.map(|begin| begin.len()).max()?;
            Some((longest, *inbound))
        });
        fitting
            .max_by_key(|(longest, _)| *longest)
            .map(|(_, inbound)| inbound)
    }
}
