//! 通知書・納付書の作成: a letter for every decision of a yearly run, piece by piece.

use super::changed::{self, Before};
use super::notice::{self, Envelope, LETTER};
use super::slips::{self, AllNewest};
use super::{decisions, printing, release};
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::Clock;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::jobs::{Finding, Job, Piece, batches, progress, queue};
use crate::on_db;
use crate::press::Press;
use crate::store::bulk::Value;
use crate::store::{Db, Lock};
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::Decision;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::job::{JobKind, JobState, LettersOutcome, RunOutcome};
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use std::collections::{HashMap, HashSet};

/// Plans the letters of a finished run, with the same pieces.
pub async fn plan(db: &Db, run: i64, user: &User, clock: Clock) -> Result<Job, ServiceError> {
    let yearly = queue::find(db, run).await?;
    if !yearly.kind.decides() || yearly.state != JobState::Done {
        let text = "年次賦課が完了してから通知書を作成してください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    if let Some(known) = progress::of_run(db, run, JobKind::Letters).await? {
        let text = format!(
            "この年次賦課の通知書は処理番号 {} で作成しています",
            known.id
        );
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    release::refuse_without(db, run).await?;
    let outcome: RunOutcome = serde_json::from_str(&yearly.outcome)?;
    if !outcome.balances() {
        let text = "決定額と台帳の調定額が一致しないため、通知書を作成しません";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let pieces = queue::pieces(db, run).await?;
    let count: i64 = pieces.iter().map(|piece| piece.households).sum();
    let mut tx = db.write(Lock::Everything).await?;
    let (now, today) = (tx.at(), clock.today());
    let many = usize::try_from(count).unwrap_or(0);
    let serials = usize::try_from(slips::SERIALS).unwrap_or(0);
    let id = tx.take_ids("job", 1).await?;
    let job = Job::new(
        JobKind::Letters,
        yearly.fiscal_year,
        (id, run),
        user,
        (now, today),
    );
    let counter = notice::counter(yearly.fiscal_year);
    let (mut letter, mut slip) = (
        tx.take_numbers(&counter, many).await?,
        tx.take_numbers(&slips::counter(today), many * serials)
            .await?,
    );
    let mut own = Vec::with_capacity(pieces.len());
    for piece in pieces {
        own.push(Piece {
            job_id: job.id,
            first_letter: letter,
            first_slip: slip,
            attempts: 0,
            ..piece
        });
        letter += piece.households;
        slip += piece.households * slips::SERIALS;
    }
    queue::add(&mut tx, &job, &own).await?;
    let entry = Entry::new(user, What::Print, now);
    entry
        .detail(format!("letters of run {run}"))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(job)
}

/// Does one piece; `false` where another worker has taken it meanwhile.
pub async fn piece(
    db: &Db,
    job: &Job,
    piece: &Piece,
    worker: &str,
    press: &Press,
    clock: Clock,
) -> Result<bool, ServiceError> {
    let (first, last) = (piece.first_household, piece.last_household);
    let as_of = AsOf {
        fiscal_year: job.fiscal_year,
        valid_on: None,
        known_at: job.known_at,
    };
    let run = queue::find(db, job.run_id).await?;
    let known = Known {
        views: by_id(household::views(db, first, last, as_of).await?),
        slips: slips::newest(db, first, last, job.fiscal_year).await?,
        newest: decisions::previous(db, first, last, job.fiscal_year)
            .await?
            .into_values()
            .map(|each| each.id)
            .collect(),
        told: told(db, first, last).await?,
        before: Before::of(db, (first, last), job.fiscal_year, run.known_at).await?,
    };
    let decisions = decisions::of_run(db, job.run_id, first, last).await?;
    let (worked, owned) = (press.clone(), (job.clone(), piece.clone()));
    // Hashing what is printed takes the processor for a while.
    let work = move || envelopes(&decisions, &known, &owned.0, &owned.1, &worked);
    let made = tokio::task::spawn_blocking(work).await;
    let made = made.map_err(|error| ServiceError::Internal(error.to_string()))??;
    write(db, job, piece, worker, made, clock).await
}

struct Known {
    views: HashMap<i64, HouseholdView>,
    slips: AllNewest,
    /// Decisions that no newer one replaces.
    newest: HashSet<i64>,
    /// Decisions whose letter was issued at the counter.
    told: HashSet<i64>,
    /// What the households were told of the year before.
    before: Before,
}

impl Known {
    /// 世帯番号, where somebody belongs to the household.
    fn number(&self, household: i64) -> String {
        let view = self.views.get(&household);
        view.map_or_else(String::new, |view| view.number.clone())
    }
}

fn by_id(views: Vec<HouseholdView>) -> HashMap<i64, HouseholdView> {
    views.into_iter().map(|view| (view.id, view)).collect()
}

async fn told(db: &Db, first: i64, last: i64) -> Result<HashSet<i64>, ServiceError> {
    const SQL: &str = "SELECT decision_id FROM letter WHERE household_id BETWEEN $1 AND $2";
    let ids: Vec<i64> =
        on_db!(db, pool => sqlx::query_scalar(SQL).bind(first).bind(last).fetch_all(pool).await?);
    Ok(ids.into_iter().collect())
}

/// Envelopes with the hash of their notice, and households without one.
type Made = (Vec<(Envelope, String)>, Vec<Finding>);

fn envelopes(
    decisions: &[Decision],
    known: &Known,
    job: &Job,
    piece: &Piece,
    press: &Press,
) -> Result<Made, ServiceError> {
    let (mut made, mut findings) = (Vec::new(), Vec::new());
    let Some(any) = decisions.first() else {
        return Ok((made, findings));
    };
    // All of a run are of one city and year.
    let assessor = changed::assessor(any)?;
    for (slot, decision) in (0..).zip(decisions) {
        let id = decision.summary.id;
        if known.told.contains(&id) {
            continue;
        }
        if !known.newest.contains(&id) {
            findings.push(Finding {
                household_id: decision.household_id,
                household_number: known.number(decision.household_id),
                reason: "年次賦課の後に別の決定が行われました。その決定の通知書が出ているか確かめ、世帯ごとに発行してください".into(),
            });
            continue;
        }
        match envelope(decision, (known, &assessor), job, (piece, slot), press) {
            Ok(envelope) => made.push(envelope),
            Err(ServiceError::Invalid(problem)) => findings.push(Finding {
                household_id: decision.household_id,
                household_number: known.number(decision.household_id),
                reason: problem.message,
            }),
            Err(other) => return Err(other),
        }
    }
    Ok((made, findings))
}

fn envelope(
    decision: &Decision,
    (known, assessor): (&Known, &Assessor),
    job: &Job,
    (piece, slot): (&Piece, i64),
    press: &Press,
) -> Result<(Envelope, String), ServiceError> {
    let household = decision.household_id;
    let view = known
        .views
        .get(&household)
        .ok_or_else(|| ServiceError::invalid("世帯に属する人がいません"))?;
    // Nobody's hiding place goes through a print shop.
    if view.is_guarded() {
        let text = "支援措置の対象者がいるため、一括印刷から除きました。世帯ごとに発行してください";
        return Err(ServiceError::invalid(text));
    }
    let number = notice::number(job.fiscal_year, piece.first_letter + slot);
    let replaced = known.before.replaced(decision, view, assessor)?;
    let letter = notice::compose(decision, (view, replaced), number, press, job.business_date)?;
    letter.check().map_err(ServiceError::from)?;
    let before = known.slips.get(&household).map_or(&[][..], Vec::as_slice);
    let serial = piece.first_slip + slot * slips::SERIALS;
    let instalments = &decision.assessment.instalments;
    let slips = slips::of_decision(instalments, before, job.business_date, serial)?;
    let hash = press.hash(&letter)?;
    let envelope = Envelope {
        letter,
        slips,
        household_id: household,
        ward: view.mailing.ward.open().cloned().unwrap_or_default(),
        decision_id: decision.summary.id,
        run_id: job.run_id,
    };
    Ok((envelope, hash))
}

async fn write(
    db: &Db,
    job: &Job,
    piece: &Piece,
    worker: &str,
    (made, findings): Made,
    clock: Clock,
) -> Result<bool, ServiceError> {
    let source = (job.known_at, job.created_by.as_str());
    let letters = made
        .iter()
        .map(|(envelope, hash)| envelope.row(hash, source));
    let letters = letters.collect::<Result<Vec<_>, _>>()?;
    let slips: Vec<Vec<Value>> = made
        .iter()
        .flat_map(|(envelope, _)| envelope.slip_rows(job.known_at))
        .collect();
    let mut tx = db.write(Lock::Nothing).await?;
    if !queue::done(&mut tx, piece, worker, &findings, String::new()).await? {
        return Ok(false);
    }
    tx.insert("letter", LETTER, &letters).await?;
    tx.insert("payment_slip", slips::SLIP, &slips).await?;
    let entry = Entry::by(&job.created_by, &job.created_role, What::Print, clock.now());
    let detail = format!(
        "letters of run {} piece {}: households {} to {}, {} letters, {} slips",
        job.run_id,
        piece.number,
        piece.first_household,
        piece.last_household,
        letters.len(),
        slips.len()
    );
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Forms the batches of printing, adds everything up from the tables, and closes the job.
pub async fn finish(db: &Db, job: &Job) -> Result<(), ServiceError> {
    const LETTERS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(l.pages), 0) AS BIGINT), \
        CAST(COALESCE(SUM(d.total), 0) AS BIGINT) FROM letter l JOIN decision d ON d.id = l.decision_id \
        WHERE l.run_id = $1";
    const SLIPS: &str =
        "SELECT COUNT(*) FROM payment_slip s WHERE s.run_id = $1 AND s.principal > 0";
    // What the households' newest slips asked for when the letters were made, also those that a
    // correction left as they were; what the counter issues meanwhile is its own matter.
    const OWED: &str = "SELECT CAST(COALESCE(SUM(p.principal), 0) AS BIGINT) FROM payment_slip p \
        JOIN letter l ON l.run_id = $1 AND l.household_id = p.household_id WHERE p.fiscal_year = $2 \
        AND p.issued_at <= $3 AND p.reissues = (SELECT MAX(n.reissues) FROM payment_slip n \
        WHERE n.household_id = p.household_id AND n.fiscal_year = p.fiscal_year AND n.instalment = p.instalment \
        AND n.issued_at <= $4)";
    // What the pension bodies take of the same households, as the ledger has it.
    const DEDUCTED: &str = "SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM ledger_entry e \
        JOIN journal j ON j.household_id = e.household_id AND j.id = e.journal_id \
        JOIN letter l ON l.run_id = $1 AND l.household_id = e.household_id \
        WHERE j.fiscal_year = $2 AND e.account = 'receivable' AND e.instalment >= $3 AND j.posted_at <= $4";
    db.analyze(&["letter", "payment_slip"]).await;
    let batches = printing::form(db, job.run_id).await?;
    let run = job.run_id;
    let ((letters, pages, decided), slips, owed, deducted): ((i64, i64, i64), i64, i64, i64) = on_db!(db, pool => (
        sqlx::query_as(LETTERS).bind(run).fetch_one(pool).await?,
        sqlx::query_scalar(SLIPS).bind(run).fetch_one(pool).await?,
        sqlx::query_scalar(OWED).bind(run).bind(i64::from(job.fiscal_year)).bind(job.known_at.0)
            .bind(job.known_at.0).fetch_one(pool).await?,
        sqlx::query_scalar(DEDUCTED).bind(run).bind(i64::from(job.fiscal_year)).bind(i64::from(DEDUCTED_FROM))
            .bind(job.known_at.0).fetch_one(pool).await?,
    ));
    let outcome = LettersOutcome {
        letters,
        slips,
        slips_total: owed,
        deducted_total: deducted,
        decided_total: decided,
        pages,
        batches: i64::try_from(batches.len()).unwrap_or(0),
        left_out: progress::view(db, job).await?.findings,
    };
    let mut tx = db.write(Lock::Nothing).await?;
    if queue::close(&mut tx, job.id, &serde_json::to_string(&outcome)?).await? {
        batches::write(&mut tx, run, &batches).await?;
    }
    tx.commit().await
}
