//! The papers of a renewal in batches: certificates apart from notices.

use super::super::letters::{CERTIFICATE, INCOME_REPORT, NOTICE};
use super::issues_papers;
use crate::access::user::{Actor, User};
use crate::clock::Clock;
use crate::correspondence::batches::Batch;
use crate::correspondence::printing::{self, Kinds};
use crate::error::ServiceError;
use crate::jobs::queue;
use crate::press::Press;
use crate::store::Db;
use kokuho_shared::api::job::BatchView;

/// What such a job issues.
const KINDS: Kinds = &[&CERTIFICATE, &NOTICE, &INCOME_REPORT];

async fn refuse_other(db: &Db, run: i64) -> Result<(), ServiceError> {
    match issues_papers(&queue::find(db, run).await?) {
        true => Ok(()),
        false => Err(ServiceError::NotFound("証の一斉更新")),
    }
}

/// Forms the batches of a renewal.
pub async fn form(db: &Db, run: i64) -> Result<Vec<Batch>, ServiceError> {
    printing::form(db, run, KINDS).await
}

/// The batches of a renewal that an account sees.
pub async fn list(db: &Db, run: i64, user: &User) -> Result<Vec<BatchView>, ServiceError> {
    refuse_other(db, run).await?;
    printing::list(db, run, user, KINDS).await
}

/// The document of a batch, without what is left out of it.
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
