//! 一括印刷 of a run's notices, each with its slips.

use crate::access::user::{Actor, User};
use crate::assessment::notice::NOTICE;
use crate::clock::Clock;
use crate::correspondence::batches::Batch;
use crate::correspondence::printing::{self, Kinds};
use crate::error::ServiceError;
use crate::jobs::queue;
use crate::press::Press;
use crate::store::Db;
use kokuho_shared::api::job::BatchView;
use kokuho_shared::api::run::RunKind;

const KINDS: Kinds = &[&NOTICE];

async fn refuse_other(db: &Db, run: i64) -> Result<(), ServiceError> {
    let kind = queue::find(db, run).await?.kind;
    RunKind::of_key(&kind).map_or(Err(ServiceError::NotFound("年次賦課")), |_| Ok(()))
}

/// Forms the batches of a run.
pub async fn form(db: &Db, run: i64) -> Result<Vec<Batch>, ServiceError> {
    printing::form(db, run, KINDS).await
}

/// The batches of a run that an account sees.
pub async fn list(db: &Db, run: i64, user: &User) -> Result<Vec<BatchView>, ServiceError> {
    refuse_other(db, run).await?;
    printing::list(db, run, user, KINDS).await
}

/// The document of a batch, without the letters that are left out of it.
pub async fn document(
    db: &Db,
    run: i64,
    number: i64,
    user: &User,
    press: &Press,
) -> Result<Vec<u8>, ServiceError> {
    refuse_other(db, run).await?;
    printing::document(db, run, number, user, press, KINDS).await
}

/// Notes that a batch was printed.
pub async fn printed(
    db: &Db,
    run: i64,
    number: i64,
    user: &User,
    clock: Clock,
) -> Result<BatchView, ServiceError> {
    refuse_other(db, run).await?;
    printing::printed(db, run, number, Actor { user, clock }, KINDS).await
}
