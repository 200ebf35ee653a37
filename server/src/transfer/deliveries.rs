//! 分割配信: which files of a delivery are here, and which are still missing.

use crate::error::ServiceError;
use crate::exchange::table::DeliveryPart;
use crate::store::{Db, Tx};
use crate::{on_db, on_tx, row};
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::api::link_record::IncompleteDelivery;
use sqlx::FromRow;

/// Notes a part with its import; one that is here already, or that contradicts the others, is
/// refused with the whole file.
pub async fn note(
    tx: &mut Tx,
    kind: FileKind,
    part: &DeliveryPart,
    change: i64,
) -> Result<(), ServiceError> {
    const OTHERS: &str =
        "SELECT part, parts FROM delivery_part WHERE kind = $1 AND delivery = $2 ORDER BY part";
    let others: Vec<(i64, i64)> = on_tx!(tx, c => sqlx::query_as(OTHERS).bind(kind.key()).bind(&part.delivery)
        .fetch_all(c).await?);
    if let Some((_, parts)) = others.iter().find(|(_, parts)| *parts != part.parts) {
        return Err(ServiceError::invalid(format!(
            "配信 {} は全部で{parts}ファイルのはずですが、このファイルは{}ファイルとしています",
            part.delivery, part.parts
        )));
    }
    if others.iter().any(|(known, _)| *known == part.part) {
        let text = format!(
            "配信 {} の{}番目のファイルは取込済みです",
            part.delivery, part.part
        );
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let row = row! {
        kind: kind.key(),
        delivery: part.delivery.clone(),
        part: part.part,
        parts: part.parts,
        change_id: change,
    };
    tx.insert("delivery_part", &[row]).await
}

#[derive(FromRow)]
struct Row {
    kind: String,
    delivery: String,
    parts: i64,
    arrived: i64,
}

const INCOMPLETE: &str = "SELECT kind, delivery, MAX(parts) AS parts, COUNT(*) AS arrived FROM delivery_part \
    GROUP BY kind, delivery HAVING COUNT(*) < MAX(parts) ORDER BY kind, delivery";

fn views(rows: Vec<Row>) -> Vec<IncompleteDelivery> {
    let told = rows.into_iter().filter_map(|row| {
        let kind = FileKind::ALL
            .into_iter()
            .find(|kind| kind.key() == row.kind)?;
        Some(IncompleteDelivery {
            kind,
            delivery: row.delivery,
            parts: row.parts,
            arrived: row.arrived,
        })
    });
    told.collect()
}

/// Deliveries of which files are missing.
pub async fn incomplete(db: &Db) -> Result<Vec<IncompleteDelivery>, ServiceError> {
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(INCOMPLETE).fetch_all(pool).await?);
    Ok(views(rows))
}

/// Refuses what stands on the files of a delivery while one of them is missing.
pub async fn refuse_incomplete(db: &Db) -> Result<(), ServiceError> {
    match incomplete(db).await?.first() {
        None => Ok(()),
        Some(missing) => {
            let text = format!("{}。届いてから始めてください", missing.sentence());
            Err(ServiceError::Conflict(Problem::new(text)))
        }
    }
}
