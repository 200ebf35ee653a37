//! 受渡しの巡回: the transfer folder, its periodic rounds, and what is needed to read and write files in it.

use super::arrivals;
use super::disk;
use super::inbox::Arrived;
use super::ports::{Incoming, Ports};
use super::spool::Spool;
use crate::access::keys::Keys;
use crate::clock::Clock;
use crate::error::{ServiceError, database_kind};
use crate::exchange::FileError;
use crate::exchange::source::Source;
use crate::store::Db;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often the folders are looked at.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub struct FileTransfer {
    pub db: Db,
    pub folder: PathBuf,
    pub layouts: Option<PathBuf>,
    pub keys: Keys,
    pub clock: Clock,
    pub municipality: String,
    pub ports: Ports,
}

impl FileTransfer {
    /// Works until it is dropped.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.round().await {
                log(&error);
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Everything that is to be done now. What fails stops nothing else; the first failure is told.
    pub async fn round(&self) -> Result<(), ServiceError> {
        for folder in ["out", "in", "in/done", "in/rejected"] {
            tokio::fs::create_dir_all(self.folder.join(folder))
                .await
                .map_err(|why| disk::failed(&why))?;
        }
        let mut all = vec![self.receive().await];
        for outbound in &self.ports.outbound {
            all.push(outbound.send(self).await);
        }
        all.into_iter().find(Result::is_err).unwrap_or(Ok(()))
    }

    /// One file of the folder, whole.
    pub async fn take_in(&self, name: &str) -> Result<(), ServiceError> {
        let path = self.folder.join("in").join(name);
        let sha256 = disk::hash_of(&path).await?;
        let name = name.to_owned();
        self.take(&Arrived { name, path }, &sha256).await
    }

    pub(super) async fn take(&self, file: &Arrived, digest: &str) -> Result<(), ServiceError> {
        let taken = self.take_whole(file, digest).await;
        taken.map_err(|why| why.of_file(&file.name))
    }

    async fn take_whole(&self, file: &Arrived, digest: &str) -> Result<(), ServiceError> {
        if arrivals::is_known(&self.db, digest).await? {
            return Ok(());
        }
        let unknown = || FileError::new("ファイル名が、受け取る情報の種類で始まっていません");
        let inbound = self.ports.of(&file.name);
        let inbound = inbound.ok_or_else(|| refused(&file.name, unknown()))?;
        let incoming = Incoming {
            name: file.name.clone(),
            sha256: digest.to_owned(),
            spool: Arc::new(spooled(&file.path).await?),
        };
        inbound.take_in(self, &incoming).await
    }

    /// A file appears whole, and is on the disk before anybody is told that it left.
    pub async fn put_out(&self, name: &str, bytes: &[u8]) -> Result<(), ServiceError> {
        disk::put(&self.folder.join("out"), name, bytes.to_vec()).await
    }

    /// What `read` makes of a file, line by line, off the threads that answer pages.
    pub async fn read<T: Send + 'static>(
        &self,
        name: &str,
        file: &Arc<Spool>,
        read: impl FnOnce(&FileTransfer, Source<'_>) -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let (own, file) = (self.clone(), file.clone());
        let read = tokio::task::spawn_blocking(move || read(&own, file.source())).await;
        let read = read.map_err(|why| ServiceError::Internal(why.to_string()))?;
        read.map_err(|why| refused(name, why))
    }
}

/// A file that is wrong, by its name.
pub fn refused(name: &str, why: FileError) -> ServiceError {
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

async fn spooled(path: &Path) -> Result<Spool, ServiceError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || Spool::of_file(&path)).await;
    read.map_err(|why| ServiceError::Internal(why.to_string()))?
}
