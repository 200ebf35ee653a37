//! 連携ファイルの受渡し: the exchange folder, and what everybody needs who writes a file into it or takes one in.

use super::disk;
use super::incomes_file;
use super::spool::Spool;
use crate::access::keys::Keys;
use crate::clock::Clock;
use crate::error::{ServiceError, database_kind};
use crate::exchange::FileError;
use crate::exchange::source::Source;
use crate::store::Db;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone)]
pub struct Courier {
    pub db: Db,
    pub folder: PathBuf,
    pub layouts: Option<PathBuf>,
    pub keys: Keys,
    pub clock: Clock,
    pub municipality: String,
}

impl Courier {
    /// The year whose incomes other offices speak of today.
    pub(super) fn expected_year(&self) -> i32 {
        incomes_file::expected_year(self.clock.today())
    }

    /// A file appears whole, and is on the disk before anybody is told that it left.
    pub(super) async fn put_out(&self, name: &str, bytes: &[u8]) -> Result<(), ServiceError> {
        disk::put(&self.folder.join("out"), name, bytes.to_vec()).await
    }

    /// What `read` makes of a file, line by line, off the threads that answer pages.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        name: &str,
        file: &Arc<Spool>,
        read: impl FnOnce(&Courier, Source<'_>) -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let (own, file) = (self.clone(), file.clone());
        let read = tokio::task::spawn_blocking(move || read(&own, file.source())).await;
        let read = read.map_err(|why| ServiceError::Internal(why.to_string()))?;
        read.map_err(|why| refused(name, why))
    }
}

/// A file that is wrong, by its name.
pub(super) fn refused(name: &str, why: FileError) -> ServiceError {
    ServiceError::Invalid(why.problem(name))
}

/// Texts of errors may carry values of rows: only their sort is logged.
pub(super) fn log(error: &ServiceError) {
    let kind = match error {
        ServiceError::Database(cause) => database_kind(cause),
        _ => "other".to_owned(),
    };
    tracing::error!(kind, "courier");
}
