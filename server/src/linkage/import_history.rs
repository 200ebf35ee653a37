//! The record of imports that are done.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use kokuho_shared::api::import::{FileKind, ImportRun};
use sqlx::FromRow;

#[derive(FromRow)]
struct RunRow {
    id: i64,
    kind: String,
    file_name: Option<String>,
    sha256: Option<String>,
    recorded_at: i64,
    recorded_by: String,
    lines: i64,
    control_total: i64,
    added: i64,
    changed: i64,
    unchanged: i64,
}

/// Finished imports, the newest first.
pub async fn newest(db: &Db) -> Result<Vec<ImportRun>, ServiceError> {
    const SQL: &str = "SELECT id, kind, file_name, sha256, recorded_at, recorded_by, lines, control_total, added, \
        changed, unchanged FROM change_record WHERE kind <> 'edit' ORDER BY id DESC LIMIT 100";
    let rows: Vec<RunRow> = on_db!(db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    let runs = rows.into_iter().filter_map(|row| {
        let kind = FileKind::ALL
            .into_iter()
            .find(|kind| kind.key() == row.kind)?;
        Some(ImportRun {
            id: row.id,
            kind,
            file_name: row.file_name.unwrap_or_default(),
            sha256: row.sha256.unwrap_or_default(),
            recorded_at: Instant(row.recorded_at).text(),
            recorded_by: row.recorded_by,
            lines: row.lines,
            control_total: row.control_total,
            added: row.added,
            changed: row.changed,
            unchanged: row.unchanged,
        })
    });
    Ok(runs.collect())
}
