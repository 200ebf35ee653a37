//! What a piece of a file changes: facts to add and to end, and how many lines say nothing new.

use crate::store::Row;
use kokuho_shared::api::import::ImportRun;

/// Facts to write and the counts for the record.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) added: Vec<Row>,
    pub(super) superseded: Vec<i64>,
    new: i64,
    changed: i64,
    unchanged: i64,
}

impl Changes {
    pub(super) fn compare(&mut self, known: Option<i64>, same: bool, row: impl FnOnce() -> Row) {
        match known {
            Some(_) if same => self.unchanged += 1,
            Some(id) => {
                self.superseded.push(id);
                self.changed += 1;
                self.added.push(row());
            }
            None => {
                self.new += 1;
                self.added.push(row());
            }
        }
    }

    pub(super) fn count(&self, run: &mut ImportRun) {
        run.added += self.new;
        run.changed += self.changed;
        run.unchanged += self.unchanged;
    }
}
