//! 通知書・納付書の作成: a letter for every decision of a yearly run, piece by piece.

use super::release;
use crate::access::user::User;
use crate::assessment::change_reasons::{self, Before};
use crate::assessment::decisions;
use crate::assessment::notice::{self, Envelope};
use crate::audit::AuditAction;
use crate::city::City;
use crate::collection::slips::{self, AllNewest};
use crate::correspondence;
use crate::correspondence::batches::{self, Batch};
use crate::correspondence::printing::RunPrinting;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::jobs::plan::{self, Plan, Reserve};
use crate::jobs::work::{JobOutcome, Report, Work};
use crate::jobs::{Finding, Job, Piece, progress, queue};
use crate::on_db;
use crate::store::{Db, Lock, Tx};
use crate::typesetting::Typesetting;
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::Decision;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::job::JobState;
use kokuho_shared::api::run::{LETTERS, LettersOutcome, RunKind, RunOutcome};
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use kokuho_shared::ids::{DecisionId, HouseholdId, RunId};
use std::collections::{HashMap, HashSet};

/// 一括印刷 of a run's notices, each with its slips.
pub const PRINTING: RunPrinting = RunPrinting {
    name: "年次賦課",
    is_own: |job| RunKind::of_key(&job.kind).is_some(),
    kinds: &[&notice::NOTICE],
};

/// 通知書・納付書の作成 as a work.
#[derive(Clone, Copy, Debug)]
pub struct Letters;

/// Plans the letters of a finished run, with the same pieces.
pub async fn plan(city: &City, run: RunId, user: &User) -> Result<Job, ServiceError> {
    let db = &city.db;
    let yearly = queue::find(db, run.job()).await?;
    if RunKind::of_key(&yearly.kind).is_none() || yearly.state != JobState::Done {
        let text = "年次賦課が完了してから通知書を作成してください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    if let Some(known) = progress::of_run(db, run, LETTERS).await? {
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
    let mut tx = db.write(Lock::Everything).await?;
    let today = city.clock.today();
    let plan = Plan {
        fiscal_year: yearly.fiscal_year,
        run: Some(run),
        slices: plan::again(&mut tx, run.job()).await?,
        reserve: vec![
            Reserve::on_paper(notice::counter(yearly.fiscal_year), 1),
            Reserve::on_paper(slips::counter(today), slips::SERIALS),
        ],
        ..Plan::default()
    };
    let job = plan::begin(&mut tx, &Letters, plan, user, today).await?;
    tx.commit().await?;
    Ok(job)
}

/// The decisions of a piece, and what their letters need.
pub struct Facts {
    decisions: Vec<Decision>,
    known: PieceContext,
}

/// Envelopes, and households without one.
#[derive(Default)]
pub struct Output {
    envelopes: Vec<Envelope>,
    findings: Vec<Finding>,
}

impl Work for Letters {
    type Facts = Facts;
    type Output = Output;
    type Rest = Vec<Batch>;

    fn key(&self) -> &'static str {
        LETTERS
    }

    fn name(&self) -> &'static str {
        "通知書・納付書の作成"
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        &[LETTERS]
    }

    fn audit_action(&self) -> AuditAction {
        AuditAction::Print
    }

    fn written_tables(&self) -> &'static [&'static str] {
        &["letter", "payment_slip"]
    }

    async fn read(&self, city: &City, job: &Job, piece: &Piece) -> Result<Facts, ServiceError> {
        let db = &city.db;
        let (first, last) = (piece.first, piece.last);
        let as_of = AsOf {
            fiscal_year: job.fiscal_year,
            valid_on: None,
            known_at: job.known_at,
        };
        let run = queue::find(db, job.run_id.job()).await?;
        let known = PieceContext {
            views: by_id(household::views(db, first, last, as_of).await?),
            slips: slips::newest(db, first, last, job.fiscal_year).await?,
            newest: decisions::previous(db, first, last, job.fiscal_year)
                .await?
                .into_values()
                .map(|each| each.id)
                .collect(),
            with_letters: decisions_with_letters(db, first, last).await?,
            before: Before::of(db, piece.span(), job.fiscal_year, run.known_at).await?,
        };
        let decisions = decisions::of_run(db, job.run_id, first, last).await?;
        Ok(Facts { decisions, known })
    }

    fn make(
        &self,
        city: &City,
        job: &Job,
        piece: &Piece,
        facts: Facts,
    ) -> Result<Output, ServiceError> {
        envelopes(&facts, job, piece, &city.press)
    }

    fn report(&self, made: &Output) -> Result<Report, ServiceError> {
        let slips = made.envelopes.iter();
        let slips: usize = slips.map(|envelope| envelope.slips.len()).sum();
        Ok(Report {
            findings: made.findings.clone(),
            outcome: String::new(),
            detail: format!("{} letters, {slips} slips", made.envelopes.len()),
        })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        job: &Job,
        _piece: &Piece,
        made: Output,
    ) -> Result<(), ServiceError> {
        let made = made.envelopes.iter();
        let notices = made.clone().map(|envelope| &envelope.notice);
        correspondence::write(tx, notices, job.known_at, &job.created_by).await?;
        let envelopes = made.map(Envelope::enclosed);
        slips::write(tx, envelopes, job.known_at).await
    }

    /// Forms the batches of printing, and adds everything up from the tables.
    async fn finish(
        &self,
        city: &City,
        job: &Job,
        _outcomes: Vec<String>,
    ) -> Result<JobOutcome<Vec<Batch>>, ServiceError> {
        let batches = PRINTING.form(&city.db, job.run_id).await?;
        let outcome = added_up(&city.db, job, batches.len()).await?;
        Ok(JobOutcome {
            outcome: serde_json::to_string(&outcome)?,
            rest: batches,
        })
    }

    async fn close(&self, tx: &mut Tx, job: &Job, rest: Vec<Batch>) -> Result<(), ServiceError> {
        batches::write(tx, job.run_id, &rest).await
    }
}

struct PieceContext {
    views: HashMap<HouseholdId, HouseholdView>,
    slips: AllNewest,
    /// Decisions that no newer one replaces.
    newest: HashSet<DecisionId>,
    /// Decisions whose letter was issued at the counter.
    with_letters: HashSet<DecisionId>,
    /// What the households were told of the year before.
    before: Before,
}

impl PieceContext {
    /// 世帯番号, where somebody belongs to the household.
    fn number(&self, household: HouseholdId) -> String {
        let view = self.views.get(&household);
        view.map_or_else(String::new, |view| view.number.clone())
    }
}

fn by_id(views: Vec<HouseholdView>) -> HashMap<HouseholdId, HouseholdView> {
    views.into_iter().map(|view| (view.id, view)).collect()
}

async fn decisions_with_letters(
    db: &Db,
    first: i64,
    last: i64,
) -> Result<HashSet<DecisionId>, ServiceError> {
    const SQL: &str = "SELECT subject_id FROM letter \
        WHERE household_id BETWEEN $1 AND $2 AND kind = 'premium_notice' AND subject_id IS NOT NULL";
    let ids: Vec<DecisionId> =
        on_db!(db, pool => sqlx::query_scalar(SQL).bind(first).bind(last).fetch_all(pool).await?);
    Ok(ids.into_iter().collect())
}

fn envelopes(
    Facts { decisions, known }: &Facts,
    job: &Job,
    piece: &Piece,
    press: &Typesetting,
) -> Result<Output, ServiceError> {
    let mut made = Output::default();
    let Some(any) = decisions.first() else {
        return Ok(made);
    };
    // All of a run are of one city and year.
    let assessor = change_reasons::assessor(any)?;
    let common = Common {
        known,
        assessor: &assessor,
        job,
        piece,
        press,
    };
    for (slot, decision) in (0..).zip(decisions) {
        let id = decision.summary.id;
        if known.with_letters.contains(&id) {
            continue;
        }
        if !known.newest.contains(&id) {
            made.findings.push(Finding {
                household_id: decision.household_id,
                household_number: known.number(decision.household_id),
                reason: "年次賦課の後に別の決定が行われました。その決定の通知書が出ているか確かめ、世帯ごとに発行してください".into(),
            });
            continue;
        }
        match envelope(decision, slot, &common) {
            Ok(envelope) => made.envelopes.push(envelope),
            Err(ServiceError::Invalid(problem)) => made.findings.push(Finding {
                household_id: decision.household_id,
                household_number: known.number(decision.household_id),
                reason: problem.message,
            }),
            Err(other) => return Err(other),
        }
    }
    Ok(made)
}

/// What the envelopes of a piece have in common.
struct Common<'a> {
    known: &'a PieceContext,
    assessor: &'a Assessor,
    job: &'a Job,
    piece: &'a Piece,
    press: &'a Typesetting,
}

fn envelope(decision: &Decision, slot: i64, common: &Common<'_>) -> Result<Envelope, ServiceError> {
    let Common {
        known,
        assessor,
        job,
        piece,
        press,
    } = *common;
    let household = decision.household_id;
    let view = known
        .views
        .get(&household)
        .ok_or_else(|| ServiceError::invalid("世帯に属する人がいません"))?;
    // Households under 支援措置 are left out of batch printing.
    if view.is_guarded() {
        let text = "支援措置の対象者がいるため、一括印刷から除きました。世帯ごとに発行してください";
        return Err(ServiceError::invalid(text));
    }
    let number = notice::number(
        job.fiscal_year,
        piece.first_of(&notice::counter(job.fiscal_year))? + slot,
    );
    let replaced = known.before.replaced(decision, view, assessor)?;
    let letter = notice::compose(decision, view, replaced, number, press, job.business_date)?;
    let before = known.slips.get(&household).map_or(&[][..], Vec::as_slice);
    let serial = piece.first_of(&slips::counter(job.business_date))? + slot * slips::SERIALS;
    let instalments = &decision.assessment.instalments;
    let slips = slips::of_decision(instalments, before, job.business_date, serial)?;
    let about = notice::about(decision, view, Some(job.run_id));
    Envelope::new(letter, slips, about, press)
}

async fn added_up(db: &Db, job: &Job, batches: usize) -> Result<LettersOutcome, ServiceError> {
    const MADE: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(l.pages), 0) AS BIGINT), \
        CAST(COALESCE(SUM(d.total), 0) AS BIGINT) FROM letter l JOIN decision d ON d.id = l.subject_id \
        WHERE l.run_id = $1 AND l.kind = 'premium_notice'";
    const SLIPS: &str =
        "SELECT COUNT(*) FROM payment_slip s WHERE s.run_id = $1 AND s.principal > 0";
    // What the households' newest slips asked for when the letters were made, also those that a
    // correction left as they were; what the counter issues meanwhile is its own matter.
    const OWED: &str = "SELECT CAST(COALESCE(SUM(p.principal), 0) AS BIGINT) FROM payment_slip p \
        JOIN letter l ON l.run_id = $1 AND l.kind = 'premium_notice' AND l.household_id = p.household_id WHERE p.fiscal_year = $2 \
        AND p.issued_at <= $3 AND p.reissues = (SELECT MAX(n.reissues) FROM payment_slip n \
        WHERE n.household_id = p.household_id AND n.fiscal_year = p.fiscal_year AND n.instalment = p.instalment \
        AND n.issued_at <= $4)";
    // What the pension bodies take of the same households, as the ledger has it.
    const DEDUCTED: &str = "SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM ledger_entry e \
        JOIN journal j ON j.household_id = e.household_id AND j.id = e.journal_id \
        JOIN letter l ON l.run_id = $1 AND l.kind = 'premium_notice' AND l.household_id = e.household_id \
        WHERE j.fiscal_year = $2 AND e.account = 'receivable' AND e.instalment >= $3 AND j.posted_at <= $4";
    let run = job.run_id;
    let ((letters, pages, decided), slips, owed, deducted): ((i64, i64, i64), i64, i64, i64) = on_db!(db, pool => (
        sqlx::query_as(MADE).bind(run).fetch_one(pool).await?,
        sqlx::query_scalar(SLIPS).bind(run).fetch_one(pool).await?,
        sqlx::query_scalar(OWED).bind(run).bind(job.fiscal_year).bind(job.known_at.0)
            .bind(job.known_at.0).fetch_one(pool).await?,
        sqlx::query_scalar(DEDUCTED).bind(run).bind(job.fiscal_year).bind(i64::from(DEDUCTED_FROM))
            .bind(job.known_at.0).fetch_one(pool).await?,
    ));
    Ok(LettersOutcome {
        letters,
        slips,
        slips_total: owed,
        deducted_total: deducted,
        decided_total: decided,
        pages,
        batches: i64::try_from(batches).unwrap_or(i64::MAX),
        left_out: progress::view(db, job).await?.findings,
    })
}
