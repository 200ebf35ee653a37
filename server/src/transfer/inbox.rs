//! 受信箱: every file that lies there is taken in, refused, or put aside after its third try; a
//! failure of one does not delay the others.

use super::disk;
use super::rounds::{FileTransfer, log};
use super::troubles::{self, Failure, TRIES, Tried, Verdict};
use crate::error::{ServiceError, database_kind};
use crate::exchange::layout::Format;
use kokuho_shared::api::Problem;
use std::path::PathBuf;

/// A file that lies there. Its name is for people: the path has the bytes of the folder.
pub(super) struct Arrived {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl FileTransfer {
    /// Takes in every answer's file that lies there, in the order of their names; none stops another.
    pub(super) async fn receive(&self) -> Result<(), ServiceError> {
        let mut files = Vec::new();
        let mut entries = tokio::fs::read_dir(self.folder.join("in"))
            .await
            .map_err(|why| disk::failed(&why))?;
        while let Some(entry) = entries
            .next_entry()
            .await
            .map_err(|why| disk::failed(&why))?
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            // A file that is still being written begins with a dot.
            let ending = name.rsplit('.').next().unwrap_or_default();
            if Format::ENDINGS.contains(&ending) && !name.starts_with('.') {
                let path = entry.path();
                files.push(Arrived { name, path });
            }
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        for file in files {
            if let Err(why) = self.receive_one(&file).await {
                tracing::error!(file = file.name, "answer");
                log(&why);
            }
        }
        Ok(())
    }

    async fn receive_one(&self, file: &Arrived) -> Result<(), ServiceError> {
        let hashed = disk::hash_of(&file.path).await;
        let sha256 = hashed.as_deref().unwrap_or_default();
        let Err(why) = self.take(file, sha256).await else {
            self.put_away(file, sha256, "done", None).await?;
            return troubles::settle(&self.db, &file.name).await;
        };
        if !file.path.exists() {
            return Ok(());
        }
        let tried = Tried {
            name: &file.name,
            sha256,
        };
        let note = async |problem: &Problem, counts, rejected| {
            let verdict = Verdict { counts, rejected };
            troubles::note(&self.db, &tried, problem, verdict).await
        };
        match Failure::of(&why) {
            Failure::File(problem) => {
                let away = self
                    .put_away(file, sha256, "rejected", Some(&problem))
                    .await;
                note(&problem, true, away.is_ok()).await?;
                away
            }
            // The database may be back in a moment: the file stays, and the others are not delayed.
            Failure::Unknown if self.db.is_usable().await => {
                let problem = problem(&why);
                if note(&problem, true, false).await? >= TRIES {
                    self.put_away(file, sha256, "rejected", Some(&problem))
                        .await?;
                    note(&problem, false, true).await?;
                }
                Err(why)
            }
            Failure::Unknown | Failure::Passing => {
                // Where even this cannot be written, the log has it.
                let _ = note(&problem(&why), false, false).await;
                Err(why)
            }
        }
    }

    async fn put_away(
        &self,
        file: &Arrived,
        sha256: &str,
        to: &str,
        why: Option<&Problem>,
    ) -> Result<(), ServiceError> {
        let folder = self.folder.join("in").join(to);
        let target = disk::kept_as(&folder, &file.name, sha256, self.clock);
        if let (Some(problem), Some(name)) = (why, target.file_name()) {
            let reason = format!("{}.reason.txt", name.to_string_lossy());
            disk::put(&folder, &reason, reason_text(problem).into_bytes()).await?;
            tracing::warn!(file = file.name, "answer refused");
        }
        disk::shift(&file.path, &target).await
    }
}

/// What is said of a failure that is not the file's own.
fn problem(why: &ServiceError) -> Problem {
    match why {
        ServiceError::Database(cause) => Problem::new(format!("{why}（{}）", database_kind(cause))),
        _ => why.problem(),
    }
}

/// The reason as people read it beside the file.
fn reason_text(problem: &Problem) -> String {
    let line = problem
        .line
        .map(|line| format!("{line}行目 "))
        .unwrap_or_default();
    let column = problem
        .column
        .as_deref()
        .map(|column| format!("「{column}」 "))
        .unwrap_or_default();
    format!(
        "{line}{column}{}\n何も取り込んでいません\n",
        problem.message
    )
}
