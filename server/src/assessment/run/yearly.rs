//! 年次賦課 (本算定), 仮算定 and 月次賦課: the households of the city are decided and booked, piece by piece.
//!
//! All pieces look at the facts as they were known when the run was planned, and their ids were
//! kept then: whoever works on a piece, and however often it is begun, the same comes out.

use super::monthly;
use super::provisional;
use super::tally::Tally;
use crate::access::user::User;
use crate::assessment::basis::Basis;
use crate::assessment::decisions::{self, Source};
use crate::assessment::draft::{PreparedDecision, Previous};
use crate::assessment::encoding;
use crate::assessment::pension;
use crate::assessment::redecision;
use crate::assessment::totals;
use crate::audit::AuditAction;
use crate::city::City;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::jobs::plan::{self, Plan, Reserve, cut};
use crate::jobs::work::{JobOutcome, Report, Work};
use crate::jobs::{Finding, Job, Piece};
use crate::ledger::book::{self, Posting};
use crate::on_db;
use crate::store::{Lock, Row, Tx};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::run::RunKind;
use kokuho_shared::assessment::schedule::last_year::LastYear;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::collection::booking::{self, Booked};
use kokuho_shared::ids::{DecisionId, HouseholdId};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// 賦課の処理 of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Run(pub RunKind);

/// Runs look at each other's decisions.
const RUNS: &[&str] = &["yearly", "provisional", "monthly"];

/// Plans the run of a year. Refused without parameters or rates, without households, beside another, as
/// 仮算定 where the city has none or its days are past, and as 月次賦課 where nothing changed.
pub async fn plan(
    city: &City,
    kind: RunKind,
    fiscal_year: FiscalYear,
    user: &User,
) -> Result<Job, ServiceError> {
    let basis = Basis::of(&city.code, fiscal_year)?;
    match kind {
        RunKind::Provisional => provisional::refuse_without(&basis, city.clock)?,
        _ => basis
            .assessor
            .refuse_without_rates()
            .map_err(|why| ServiceError::invalid_at("fiscal_year", why.to_string()))?,
    }
    // No import is half-way when the moment is chosen at which facts are looked at.
    let mut tx = city.db.write(Lock::Everything).await?;
    let now = tx.at();
    let households = household::ids(&mut tx, now, fiscal_year).await?;
    if households.is_empty() {
        return Err(ServiceError::invalid_at(
            "fiscal_year",
            "世帯がありません。先に住基・税・資格台帳のファイルを取り込んでください",
        ));
    }
    let chosen = match kind {
        RunKind::Monthly => Some(monthly::households(&mut tx, fiscal_year, &households).await?),
        _ => None,
    };
    let wanted = |id: HouseholdId| i64::from(chosen.as_ref().is_none_or(|ids| ids.contains(&id)));
    let mut slices = cut(&households, wanted);
    for slice in &mut slices {
        slice.items = slice.numbers;
    }
    slices.retain(|slice| slice.items > 0);
    let plan = Plan {
        fiscal_year,
        slices,
        reserve: vec![Reserve::ids("decision"), Reserve::ids("journal")],
        ..Plan::default()
    };
    let job = plan::begin(&mut tx, &Run(kind), plan, user, city.clock.today()).await?;
    monthly::keep(&mut tx, job.id, chosen.into_iter().flatten()).await?;
    tx.commit().await?;
    Ok(job)
}

/// What stands about the households of a piece.
struct PieceContext {
    previous: HashMap<HouseholdId, Previous>,
    booked: HashMap<HouseholdId, Booked>,
    last_year: HashMap<HouseholdId, i64>,
    pensions: pension::PensionStatuses,
    /// 仮算定: last year's premiums with their parts; of the main run none.
    premiums: HashMap<HouseholdId, Option<LastYear>>,
}

/// What the households of a piece are decided on.
pub struct Facts {
    views: Vec<HouseholdView>,
    known: PieceContext,
    basis: Arc<Basis>,
    /// 月次賦課: those that the run is about.
    chosen: Option<BTreeSet<HouseholdId>>,
}

/// What a piece is about to write.
#[derive(Default)]
pub struct Output {
    made: Vec<PreparedDecision>,
    postings: Vec<Posting>,
    findings: Vec<Finding>,
    tally: Tally,
    chosen: Option<BTreeSet<HouseholdId>>,
}

impl Work for Run {
    type Facts = Facts;
    type Output = Output;
    type Rest = ();

    fn key(&self) -> &'static str {
        self.0.key()
    }

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        RUNS
    }

    fn in_order(&self) -> bool {
        true
    }

    fn audit_action(&self) -> AuditAction {
        AuditAction::Decide
    }

    fn written_tables(&self) -> &'static [&'static str] {
        &["decision", "journal", "ledger_entry"]
    }

    async fn read(&self, city: &City, job: &Job, piece: &Piece) -> Result<Facts, ServiceError> {
        let db = &city.db;
        let (first, last) = (piece.first, piece.last);
        let as_of = AsOf {
            fiscal_year: job.fiscal_year,
            valid_on: None,
            known_at: job.known_at,
        };
        let mut views = household::views(db, first, last, as_of).await?;
        let chosen = match self.0 {
            RunKind::Monthly => Some(monthly::chosen(db, job.id, piece.span()).await?),
            _ => None,
        };
        let wanted = |id: HouseholdId| chosen.as_ref().is_none_or(|ids| ids.contains(&id));
        views.retain(|view| wanted(view.id));
        let mut known = PieceContext {
            previous: decisions::previous(db, first, last, job.fiscal_year).await?,
            booked: book::booked(db, first, last, job.fiscal_year).await?,
            last_year: totals::totals(db, first, last, job.fiscal_year.before()).await?,
            pensions: pension::known(db, piece.span(), job.fiscal_year, job.known_at).await?,
            premiums: match self.0 {
                RunKind::Provisional => {
                    decisions::premiums(db, first, last, job.fiscal_year.before()).await?
                }
                _ => HashMap::new(),
            },
        };
        known.previous.retain(|id, _| wanted(*id));
        Ok(Facts {
            views,
            known,
            basis: Arc::new(Basis::of(&city.code, job.fiscal_year)?),
            chosen,
        })
    }

    fn make(
        &self,
        _city: &City,
        job: &Job,
        piece: &Piece,
        facts: Facts,
    ) -> Result<Output, ServiceError> {
        let mut written = Output::default();
        written.tally.households = piece.items;
        // A household to which nobody belongs on any day of the year has no view.
        let seen = i64::try_from(facts.views.len()).unwrap_or(0);
        written.tally.not_insured = piece.items - seen;
        left_behind(&mut written, &facts.views, &facts.known);
        let origin = Origin {
            kind: self.0,
            job,
            piece,
        };
        for (slot, view) in (0..).zip(&facts.views) {
            one(&mut written, view, slot, origin, &facts)?;
        }
        written.chosen = facts.chosen;
        Ok(written)
    }

    fn report(&self, made: &Output) -> Result<Report, ServiceError> {
        Ok(Report {
            findings: made.findings.clone(),
            outcome: serde_json::to_string(&made.tally)?,
            detail: format!(
                "{} decisions, {} yen",
                made.tally.decided, made.tally.decided_total
            ),
        })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        job: &Job,
        piece: &Piece,
        made: Output,
    ) -> Result<(), ServiceError> {
        let row = |made| encoding::row(made, job.known_at, &job.created_by);
        let rows: Vec<Row> = made.made.iter().map(row).collect();
        tx.insert("decision", &rows).await?;
        let cases = made.made.iter().filter_map(|made| made.draft.case.clone());
        let cases: Vec<pension::Case> = cases.collect();
        pension::write(tx, &cases, job.known_at).await?;
        // 仮算定 settles nothing: what waits is waiting for 本算定.
        if self.0 != RunKind::Provisional {
            settle(tx, job, piece, &made).await?;
        }
        book::post(tx, &made.postings).await
    }

    /// Adds the pieces up, and asks the ledger what was booked.
    async fn finish(
        &self,
        city: &City,
        job: &Job,
        outcomes: Vec<String>,
    ) -> Result<JobOutcome<()>, ServiceError> {
        const BOOKED: &str = "SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM journal j JOIN ledger_entry e \
            ON e.household_id = j.household_id AND e.journal_id = j.id \
            WHERE j.run_id = $1 AND e.account = 'receivable'";
        let mut sum = Tally::default();
        for text in outcomes {
            sum.add(&serde_json::from_str(&text)?);
        }
        let booked: i64 = on_db!(&city.db, pool => sqlx::query_scalar(BOOKED).bind(job.run_id)
            .fetch_one(pool).await?);
        let outcome = serde_json::to_string(&sum.outcome(booked))?;
        Ok(JobOutcome { outcome, rest: () })
    }
}

/// A household that lost its people keeps what was decided until somebody corrects it: told, so
/// that it does not stay a debt that nobody sees.
fn left_behind(written: &mut Output, views: &[HouseholdView], known: &PieceContext) {
    let seen: HashSet<HouseholdId> = views.iter().map(|view| view.id).collect();
    let mut gone: Vec<&Previous> = known
        .previous
        .values()
        .filter(|before| before.total > 0 && !seen.contains(&before.household_id))
        .collect();
    gone.sort_by_key(|before| before.household_id);
    for before in gone {
        written.tally.not_insured -= 1;
        written.tally.left_out += 1;
        written.findings.push(Finding {
            household_id: before.household_id,
            household_number: String::new(),
            reason: format!(
                "この世帯に属する人がいなくなりましたが、{}円の決定が残っています（決定 {}）。世帯を開いて決定すると取り消せます",
                before.total, before.id
            ),
        });
    }
}

/// The run that decides a household, and its piece in which the household is.
#[derive(Clone, Copy)]
struct Origin<'a> {
    kind: RunKind,
    job: &'a Job,
    piece: &'a Piece,
}

fn one(
    written: &mut Output,
    view: &HouseholdView,
    slot: i64,
    Origin { kind, job, piece }: Origin<'_>,
    Facts { known, basis, .. }: &Facts,
) -> Result<(), ServiceError> {
    let before = known.previous.get(&view.id);
    // Decided on newer facts than the run looks at.
    if before.is_some_and(|before| before.decided_at > job.known_at.0) {
        written.tally.unchanged += 1;
        return Ok(());
    }
    let nothing = Booked::default();
    let booked = known.booked.get(&view.id).unwrap_or(&nothing);
    let schedule = booked.schedule(job.business_date);
    let pension = known.pensions.get(&view.id);
    let draft = match kind {
        RunKind::Provisional if before.is_some() => {
            written.tally.unchanged += 1;
            return Ok(());
        }
        RunKind::Provisional => {
            let premium = known.premiums.get(&view.id);
            match provisional::schedule(view, basis, schedule, premium, pension) {
                Ok(Some(schedule)) => basis.provisional(view, schedule),
                Ok(None) => {
                    written.tally.not_asked += 1;
                    return Ok(());
                }
                Err(why) => Err(why),
            }
        }
        _ => basis.draft(view, schedule, pension),
    };
    let draft = match draft {
        Ok(draft) => draft,
        Err(ServiceError::Invalid(problem)) => {
            written.tally.left_out += 1;
            written.findings.push(Finding {
                household_id: view.id,
                household_number: view.number.clone(),
                reason: problem.message,
            });
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    if kind == RunKind::Provisional && draft.total() == 0 {
        written.tally.not_asked += 1;
        return Ok(());
    }
    let insured = draft.inputs.members.iter().any(|member| member.insured);
    if before.is_none() && !insured {
        written.tally.not_insured += 1;
        return Ok(());
    }
    // One from before there was a ledger is decided again, so that it is booked.
    let stands = booked.any || draft.total() == 0;
    if stands && before.is_some_and(|before| draft.repeats(before, basis)) {
        written.tally.unchanged += 1;
        return Ok(());
    }
    let replaced = booked.total().0;
    let last_year = known.last_year.get(&view.id).copied();
    // A share of last year's premium is no other premium.
    let last_year = last_year.filter(|_| kind == RunKind::Yearly);
    written.tally.decided(draft.total(), replaced, last_year);
    let made = PreparedDecision {
        id: DecisionId(piece.first_of("decision")? + slot),
        household_id: view.id,
        sequence: before.map_or(0, |before| before.sequence) + 1,
        run_id: job.run_id,
        revision: view.revision,
        basis: basis.clone(),
        draft,
    };
    let assessment = &made.draft.assessment;
    if let Some(journal) = booking::levy(&assessment.premium, &assessment.instalments, booked) {
        let source = Source {
            day: job.business_date,
            at: job.known_at,
            by: &job.created_by,
        };
        let id = piece.first_of("journal")? + slot;
        written
            .postings
            .push(decisions::posting(&made, id, journal, &source));
    }
    written.made.push(made);
    Ok(())
}

/// Clears `decision_due` for all households of the piece except those left out.
async fn settle(
    tx: &mut Tx,
    job: &Job,
    piece: &Piece,
    written: &Output,
) -> Result<(), ServiceError> {
    let chosen = written.chosen.as_ref();
    let seen = |id: &HouseholdId| chosen.is_none_or(|ids| ids.contains(id));
    let left_out = |id: &HouseholdId| {
        written
            .findings
            .iter()
            .any(|found| found.household_id == *id)
    };
    for id in redecision::waiting(tx, piece.span(), job.fiscal_year).await? {
        if seen(&id) && !left_out(&id) {
            redecision::settle(tx, id, job.fiscal_year, job.known_at).await?;
        }
    }
    Ok(())
}
