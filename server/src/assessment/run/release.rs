//! 発送の承認: letters of a yearly run are made after somebody else has looked at its check.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::jobs::{Job, progress, queue};
use crate::on_any;
use crate::row;
use crate::store::{Db, Lock, Reach};
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::JobState;
use kokuho_shared::api::review::{CheckOutcome, Release, ReleaseRun};
use kokuho_shared::api::run::{CHECK, RunKind, RunOutcome};
use kokuho_shared::ids::RunId;
use sqlx::FromRow;

#[derive(FromRow)]
struct ReleaseRow {
    released_by: String,
    released_at: i64,
    note: String,
}

/// The release of a run, where there is one.
pub async fn of_run(
    reach: impl Into<Reach<'_>>,
    run: RunId,
) -> Result<Option<Release>, ServiceError> {
    const SQL: &str = "SELECT released_by, released_at, note FROM run_release WHERE run_id = $1";
    let row: Option<ReleaseRow> =
        on_any!(reach.into(), c => sqlx::query_as(SQL).bind(run).fetch_optional(c).await?);
    Ok(row.map(|row| Release {
        released_by: row.released_by,
        released_at: Instant(row.released_at).text(),
        note: row.note,
    }))
}

/// Refuses letters of a run that is not released.
pub async fn refuse_without(reach: impl Into<Reach<'_>>, run: RunId) -> Result<(), ServiceError> {
    match of_run(reach, run).await? {
        Some(_) => Ok(()),
        None => Err(conflict(
            "発送前の点検と、年次賦課を始めた人とは別の係長の承認が済んでから作成できます",
        )),
    }
}

fn conflict(text: impl Into<String>) -> ServiceError {
    ServiceError::Conflict(Problem::new(text))
}

/// Releases a run: its sums agree, the second calculation agrees with every decision, and whoever
/// releases it did not start it.
pub async fn release(
    db: &Db,
    run: RunId,
    wish: &ReleaseRun,
    user: &User,
) -> Result<Release, ServiceError> {
    // No check and no other release may begin meanwhile.
    let mut tx = db.write(Lock::Everything).await?;
    let yearly = queue::find(&mut tx, run.job()).await?;
    if RunKind::of_key(&yearly.kind).is_none() {
        return Err(ServiceError::NotFound("年次賦課"));
    }
    if let Some(known) = of_run(&mut tx, run).await? {
        return Err(conflict(format!("{} が承認済みです", known.released_by)));
    }
    let check = progress::of_run(&mut tx, run, CHECK).await?;
    let check = check.filter(|check| check.state == JobState::Done);
    let check = check.ok_or_else(|| conflict("発送前の点検が済んでいません"))?;
    refuse_unsound(&yearly, &check, wish)?;
    if yearly.created_by == user.login {
        return Err(conflict(
            "年次賦課を始めた本人は承認できません。別の係長が承認してください",
        ));
    }
    let now = tx.at();
    let row = row! {
        run_id: run,
        check_job: check.id,
        started_by: yearly.created_by.clone(),
        released_by: user.login.clone(),
        released_at: now,
        note: wish.note.trim().to_owned(),
    };
    tx.insert("run_release", &[row]).await?;
    let entry = Entry::new(user, AuditAction::Decide, now);
    entry
        .detail(format!("release of run {run} after check {}", check.id))
        .write(&mut tx)
        .await?;
    let released = of_run(&mut tx, run).await?;
    tx.commit().await?;
    released.ok_or(ServiceError::NotFound("承認"))
}

fn refuse_unsound(yearly: &Job, check: &Job, wish: &ReleaseRun) -> Result<(), ServiceError> {
    let outcome: Option<RunOutcome> = yearly.read_outcome()?;
    if !outcome.is_some_and(|outcome| outcome.balances()) {
        return Err(conflict(
            "決定額と台帳の調定額が一致しないため、承認できません",
        ));
    }
    let checked: CheckOutcome = check.read_outcome()?.unwrap_or_default();
    if !checked.agrees() {
        return Err(conflict(format!(
            "検算と違う決定が{}件あるため、承認できません",
            checked.second
        )));
    }
    if checked.to_look_at() > 0 && wish.note.trim().is_empty() {
        let text = "確かめた内容を入力してください";
        return Err(ServiceError::invalid_at("note", text));
    }
    Ok(())
}
