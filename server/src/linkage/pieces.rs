//! A file in pieces: read and checked on a thread of its own, handed on some lines at a time.

use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::table::{self, Row, Whole};
use crate::transfer::spool::Spool;
use std::sync::Arc;
use tokio::sync::mpsc;

/// So many lines are in memory at once, and in one statement: those who look get their turn between statements.
const LINES: usize = 100;

/// How one line is read.
type Parse<T> = dyn Fn(&Row<'_>) -> Result<T, FileError> + Send + Sync;

/// A file and how its lines are read. The same each time it is read.
pub struct Lines<T> {
    pub spool: Arc<Spool>,
    pub layout: Arc<Layout>,
    pub parse: Arc<Parse<T>>,
}

impl<T> Clone for Lines<T> {
    fn clone(&self) -> Lines<T> {
        Lines {
            spool: self.spool.clone(),
            layout: self.layout.clone(),
            parse: self.parse.clone(),
        }
    }
}

impl<T: Send + 'static> Lines<T> {
    /// Reads the whole file and shows each line to `check`, which may look at all of them together.
    pub async fn check<C: Send + 'static>(
        &self,
        mut check: C,
        mut each: impl FnMut(&mut C, &Row<'_>, T) -> Result<(), FileError> + Send + 'static,
    ) -> Result<Result<(Whole, C), FileError>, ServiceError> {
        let own = self.clone();
        let read = tokio::task::spawn_blocking(move || {
            let whole = table::scan(own.spool.source(), &own.layout, &mut |row| {
                each(&mut check, row, (own.parse)(row)?)
            })?;
            Ok((whole, check))
        });
        read.await
            .map_err(|why| ServiceError::Internal(why.to_string()))
    }

    /// The lines of the file piece by piece; one piece is read while another is written.
    pub fn pieces(&self) -> mpsc::Receiver<Result<Vec<T>, FileError>> {
        let (sender, receiver) = mpsc::channel(1);
        let own = self.clone();
        tokio::task::spawn_blocking(move || {
            let mut piece = Vec::with_capacity(LINES);
            // The receiver was dropped: stop reading.
            let gone = || FileError::new("");
            let read = table::scan(own.spool.source(), &own.layout, &mut |row| {
                piece.push((own.parse)(row)?);
                if piece.len() < LINES {
                    return Ok(());
                }
                let full = std::mem::replace(&mut piece, Vec::with_capacity(LINES));
                sender.blocking_send(Ok(full)).map_err(|_| gone())
            });
            // Send errors are ignored: the receiver was dropped.
            let _ = match read {
                Ok(_) if piece.is_empty() => Ok(()),
                Ok(_) => sender.blocking_send(Ok(piece)),
                Err(why) => sender.blocking_send(Err(why)),
            };
        });
        receiver
    }
}
