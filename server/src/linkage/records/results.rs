//! 処理結果: what 国保連合会 and 本市住基 say of the records they got; and files of their registers
//! that answer a request.

use super::super::import::{self, Delivery};
use super::super::packed_number::number;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table;
use crate::on_tx;
use crate::store::{Lock, Tx};
use crate::transfer::rounds::FileTransfer;
use crate::transfer::spool::Spool;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::linkage::link_record::LinkKind;
use sqlx::FromRow;
use std::collections::HashSet;
use std::sync::Arc;

/// One line of a result.
struct ResultLine {
    line: u64,
    serial: i64,
    resident_number: String,
    accepted: bool,
    code: String,
    message: String,
}

#[derive(FromRow)]
struct Sent {
    state: String,
    resident_number: String,
}

/// A file of results, whole or not at all.
pub async fn take_in(
    courier: &FileTransfer,
    kind: LinkKind,
    name: &str,
    file: &Arc<Spool>,
) -> Result<(), ServiceError> {
    let told = courier.read(name, file, read).await?;
    let mut tx = courier.db.write(Lock::Nothing).await?;
    for each in &told {
        one(&mut tx, kind, each).await.map_err(|why| match why {
            ServiceError::Invalid(mut problem) => {
                problem.file = Some(name.to_owned());
                problem.line = Some(each.line);
                ServiceError::Invalid(problem)
            }
            other => other,
        })?;
    }
    let detail = format!("{} results of {}", told.len(), kind.key());
    let entry = Entry::by(
        "kokuho",
        "system",
        AuditAction::Inquire,
        courier.clock.now(),
    );
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}

fn read(courier: &FileTransfer, file: Source<'_>) -> Result<Vec<ResultLine>, FileError> {
    let layout = Layout::link("link_result", courier.layouts.as_deref())?;
    let mut told = Vec::new();
    table::scan(file, &layout, &mut |row| {
        let serial = row.digits("serial")?;
        told.push(ResultLine {
            line: row.line,
            serial: serial
                .parse()
                .map_err(|_| row.wrong("serial", "通番ではありません"))?,
            resident_number: row.digits("resident_number")?,
            accepted: row.code("result", &["0", "1"])? == "0",
            code: row.text("code")?.to_owned(),
            message: row.text("message")?.chars().take(200).collect(),
        });
        Ok(())
    })?;
    Ok(told)
}

/// What is settled already, or was accepted before, is left as it is.
async fn one(tx: &mut Tx, kind: LinkKind, told: &ResultLine) -> Result<(), ServiceError> {
    const FIND: &str = "SELECT x.state, p.resident_number FROM interchange x \
        JOIN person_fact p ON p.person_id = x.person_id AND p.superseded_at IS NULL \
        WHERE x.id = $1 AND x.kind = $2";
    const WRITE: &str = "UPDATE interchange SET state = $1, code = $2, message = $3 WHERE id = $4 AND state = 'sent'";
    let found: Option<Sent> = on_tx!(tx, c => sqlx::query_as(FIND).bind(told.serial).bind(kind.key())
        .fetch_optional(c).await?);
    let sent = found.filter(|sent| sent.state != "queued" && sent.state != "waiting");
    let sent =
        sent.ok_or_else(|| ServiceError::invalid_at("serial", "この通番の記録は送っていません"))?;
    let plain = |number: &str| number.trim_start_matches('0').to_owned();
    if plain(&sent.resident_number) != plain(&told.resident_number) {
        return Err(ServiceError::invalid_at(
            "resident_number",
            "送った人の宛名番号ではありません",
        ));
    }
    let state = if told.accepted {
        "accepted"
    } else {
        "rejected"
    };
    on_tx!(tx, c => sqlx::query(WRITE).bind(state).bind(&told.code).bind(&told.message)
        .bind(told.serial).execute(c).await?.rows_affected());
    Ok(())
}

/// A file of a register of the city: it comes in like one from the screen, and answers whoever was
/// asked for.
pub async fn register(
    courier: &FileTransfer,
    kind: FileKind,
    name: &str,
    file: Arc<Spool>,
) -> Result<(), ServiceError> {
    let delivery = Delivery {
        kind,
        file_name: name.to_owned(),
        file,
        by: "kokuho".into(),
        clock: courier.clock,
        layouts: courier.layouts.clone(),
        municipality: courier.municipality.clone(),
    };
    // The same answer as before: nothing is new, and that is an answer too.
    if !import::is_known(&courier.db, &delivery).await? {
        import::import(&courier.db, &delivery, &|_| {})
            .await
            .map_err(|why| match why {
                // Another file where one is expected is refused, not put away as taken in.
                ServiceError::Conflict(problem) => ServiceError::Invalid(problem),
                other => other,
            })?;
    }
    let numbers = numbers(&delivery).await?;
    let numbers = numbers.map_err(|why| ServiceError::Invalid(why.problem(name)))?;
    let request = match kind {
        FileKind::Residents => LinkKind::ResidentsRequest,
        _ => LinkKind::IncomesRequest,
    };
    let mut tx = courier.db.write(Lock::Nothing).await?;
    answered(&mut tx, request, &numbers).await?;
    tx.commit().await
}

/// Everybody in a file.
async fn numbers(delivery: &Delivery) -> Result<Result<HashSet<u64>, FileError>, ServiceError> {
    let (kind, file, layouts) = (
        delivery.kind,
        delivery.file.clone(),
        delivery.layouts.clone(),
    );
    let read = tokio::task::spawn_blocking(move || {
        let layout = Layout::load(kind, layouts.as_deref())?;
        let mut numbers = HashSet::new();
        table::scan(file.source(), &layout, &mut |row| {
            numbers.insert(number(&row.digits("resident_number")?));
            Ok(())
        })?;
        Ok(numbers)
    });
    read.await
        .map_err(|why| ServiceError::Internal(why.to_string()))
}

async fn answered(tx: &mut Tx, kind: LinkKind, numbers: &HashSet<u64>) -> Result<(), ServiceError> {
    const ASKED: &str = "SELECT x.id, p.resident_number FROM interchange x \
        JOIN person_fact p ON p.person_id = x.person_id AND p.superseded_at IS NULL \
        WHERE x.kind = $1 AND x.state = 'sent'";
    const DONE: &str = "UPDATE interchange SET state = 'accepted' WHERE id = $1 AND state = 'sent'";
    let asked: Vec<(i64, String)> =
        on_tx!(tx, c => sqlx::query_as(ASKED).bind(kind.key()).fetch_all(c).await?);
    for (id, _) in asked
        .iter()
        .filter(|(_, own)| numbers.contains(&number(own)))
    {
        on_tx!(tx, c => sqlx::query(DONE).bind(id).execute(c).await?.rows_affected());
    }
    Ok(())
}
