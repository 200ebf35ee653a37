//! 発送前の点検: a yearly run is calculated a second time and compared with the year before.
//!
//! The second calculation was written from the law's text and shares nothing with the first but
//! types: what both say is right, or wrong for a reason that two readings share.

use super::second::{differs, said};
use crate::access::user::User;
use crate::assessment::basis::Basis;
use crate::assessment::decisions;
use crate::assessment::draft::{self, Previous};
use crate::audit::AuditAction;
use crate::city::City;
use crate::error::ServiceError;
use crate::figures;
use crate::jobs::plan::{self, Plan};
use crate::jobs::work::{JobOutcome, Report, Work};
use crate::jobs::{Job, Piece, queue};
use crate::store::{Db, Lock, Row, Tx};
use crate::{on_db, on_tx, row};
use kokuho_second::Difference;
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::Decision;
use kokuho_shared::api::job::JobState;
use kokuho_shared::api::review::{CauseTotal, CheckFinding, CheckOutcome, FindingKind};
use kokuho_shared::api::run::{CHECK, RunKind};
use kokuho_shared::assessment::household::{Household, IncomeStatus};
use kokuho_shared::assessment::premium::months;
use kokuho_shared::assessment::trial::change::{self, Assessed, Cause, Change};
use kokuho_shared::ids::{HouseholdId, JobId, RunId};
use kokuho_shared::law::review::ReviewRule;
use kokuho_shared::money::Yen;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// 発送前の点検 as a work.
#[derive(Clone, Copy, Debug)]
pub struct Check;

/// Plans the check of a finished run, with the same pieces. It can be made again.
pub async fn plan(city: &City, run: RunId, user: &User) -> Result<Job, ServiceError> {
    // It must not be released meanwhile.
    let mut tx = city.db.write(Lock::Everything).await?;
    let yearly = queue::find(&mut tx, run.job()).await?;
    if RunKind::of_key(&yearly.kind).is_none() || yearly.state != JobState::Done {
        let text = "年次賦課が完了してから点検してください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    if super::release::of_run(&mut tx, run).await?.is_some() {
        let text = "この年次賦課は承認済みです";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let plan = Plan {
        fiscal_year: yearly.fiscal_year,
        run: Some(run),
        known_at: Some(yearly.known_at),
        slices: plan::again(&mut tx, run.job()).await?,
        ..Plan::default()
    };
    let job = plan::begin(&mut tx, &Check, plan, user, city.clock.today()).await?;
    tx.commit().await?;
    Ok(job)
}

/// What a piece found; added up when the check is closed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    decisions: i64,
    sorts: BTreeMap<FindingKind, i64>,
    compared: i64,
    last_year_total: i64,
    this_year_total: i64,
    causes: BTreeMap<Cause, i64>,
}

impl Tally {
    fn compare(&mut self, change: &Change) {
        self.compared += 1;
        self.last_year_total += change.before.0;
        self.this_year_total += change.after.0;
        for step in &change.steps {
            *self.causes.entry(step.cause).or_default() += step.yen.0;
        }
    }

    fn add(&mut self, other: &Tally) {
        self.decisions += other.decisions;
        self.compared += other.compared;
        self.last_year_total += other.last_year_total;
        self.this_year_total += other.this_year_total;
        for (sort, count) in &other.sorts {
            *self.sorts.entry(*sort).or_default() += count;
        }
        for (cause, yen) in &other.causes {
            *self.causes.entry(*cause).or_default() += yen;
        }
    }

    fn outcome(&self) -> CheckOutcome {
        let of = |sort| self.sorts.get(&sort).copied().unwrap_or(0);
        let cause = |cause| CauseTotal {
            cause,
            yen: self.causes.get(&cause).copied().unwrap_or(0),
        };
        CheckOutcome {
            decisions: self.decisions,
            second: of(FindingKind::Second),
            anomalies: of(FindingKind::Anomaly),
            unknown_incomes: of(FindingKind::UnknownIncome),
            open_inquiries: of(FindingKind::OpenInquiry),
            compared: self.compared,
            last_year_total: self.last_year_total,
            this_year_total: self.this_year_total,
            causes: Cause::ALL.into_iter().map(cause).collect(),
        }
    }
}

/// What a piece is compared with.
struct PieceContext {
    basis: Basis,
    rule: ReviewRule,
    last_year: HashMap<HouseholdId, Previous>,
    /// Households with an open inquiry.
    waiting: HashSet<HouseholdId>,
}

/// The decisions of a piece, and what they are compared with.
pub struct Facts {
    decisions: Vec<Decision>,
    known: PieceContext,
}

/// What a piece found.
pub struct Output {
    tally: Tally,
    found: Vec<CheckFinding>,
}

impl Work for Check {
    type Facts = Facts;
    type Output = Output;
    type Rest = ();

    fn key(&self) -> &'static str {
        CHECK
    }

    fn name(&self) -> &'static str {
        "発送前の点検"
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        &[CHECK]
    }

    fn audit_action(&self) -> AuditAction {
        AuditAction::Decide
    }

    async fn read(&self, city: &City, job: &Job, piece: &Piece) -> Result<Facts, ServiceError> {
        let db = &city.db;
        let (first, last) = (piece.first, piece.last);
        let basis = Basis::of(&city.code, job.fiscal_year)?;
        let known = PieceContext {
            rule: *figures::review()?.of(basis.assessor.rules.fiscal_year)?,
            basis,
            last_year: decisions::previous(db, first, last, job.fiscal_year.before()).await?,
            waiting: waiting(db, first, last).await?,
        };
        let newest = decisions::previous(db, first, last, job.fiscal_year).await?;
        let mut decisions = decisions::of_run(db, job.run_id, first, last).await?;
        // One that was decided anew meanwhile is not sent with the run.
        decisions.retain(|decision| {
            let household = newest.get(&decision.household_id);
            household.is_none_or(|newest| newest.id == decision.summary.id)
        });
        Ok(Facts { decisions, known })
    }

    fn make(
        &self,
        _city: &City,
        _job: &Job,
        _piece: &Piece,
        facts: Facts,
    ) -> Result<Output, ServiceError> {
        let mut tally = Tally::default();
        let mut found = Vec::new();
        for decision in &facts.decisions {
            tally.decisions += 1;
            one(decision, &facts.known, &mut tally, &mut found)?;
        }
        for each in &found {
            *tally.sorts.entry(each.sort).or_default() += 1;
        }
        Ok(Output { tally, found })
    }

    fn report(&self, made: &Output) -> Result<Report, ServiceError> {
        Ok(Report {
            findings: Vec::new(),
            outcome: serde_json::to_string(&made.tally)?,
            detail: String::new(),
        })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        job: &Job,
        piece: &Piece,
        made: Output,
    ) -> Result<(), ServiceError> {
        if made.found.is_empty() {
            return Ok(());
        }
        let numbers = numbers(tx, job, piece).await?;
        let row = |found: CheckFinding| {
            let number = numbers.get(&found.household_id).cloned();
            row! {
                job_id: job.id,
                household_id: found.household_id,
                sort: found.sort.key(),
                household_number: number.unwrap_or_default(),
                amount: found.amount,
                reason: found.reason,
            }
        };
        let rows: Vec<Row> = made.found.into_iter().map(row).collect();
        tx.insert("check_finding", &rows).await
    }

    async fn finish(
        &self,
        _city: &City,
        _job: &Job,
        outcomes: Vec<String>,
    ) -> Result<JobOutcome<()>, ServiceError> {
        let mut sum = Tally::default();
        for text in outcomes {
            sum.add(&serde_json::from_str(&text)?);
        }
        let outcome = serde_json::to_string(&sum.outcome())?;
        Ok(JobOutcome { outcome, rest: () })
    }
}

fn finding(
    household_id: HouseholdId,
    sort: FindingKind,
    amount: i64,
    reason: String,
) -> CheckFinding {
    CheckFinding {
        sort,
        household_id,
        household_number: String::new(),
        amount,
        reason,
    }
}

fn one(
    decision: &Decision,
    known: &PieceContext,
    tally: &mut Tally,
    found: &mut Vec<CheckFinding>,
) -> Result<(), ServiceError> {
    let (household, total) = (decision.household_id, decision.summary.total);
    let differs = match &decision.last_year {
        Some(last_year) => {
            let rules = &known.basis.assessor.parameters.instalments.value;
            let (count, unit) = (rules.provisional, rules.provisional_unit);
            let (first, part) = (Yen(total), None);
            let second = kokuho_second::provisional(last_year.total, count, unit);
            Ok((first != second).then_some(Difference {
                part,
                first,
                second,
            }))
        }
        None => differs(
            &decision.inputs,
            Yen(total),
            &decision.assessment.premium,
            &known.basis,
        ),
    };
    match differs {
        Ok(None) => {}
        Ok(Some(other)) => {
            let amount = other.first - other.second;
            found.push(finding(
                household,
                FindingKind::Second,
                amount.0,
                said(&other),
            ));
        }
        Err(why) => found.push(finding(
            household,
            FindingKind::Second,
            0,
            format!("検算できません: {why}"),
        )),
    }
    // 仮算定 looks at nothing but last year's premium.
    if decision.last_year.is_some() {
        return Ok(());
    }
    let unknown = unknown(&decision.inputs, &known.basis);
    if unknown > 0 {
        let reason = format!("所得が分からない人が{unknown}人います");
        found.push(finding(household, FindingKind::UnknownIncome, 0, reason));
    }
    if known.waiting.contains(&household) {
        let reason = "回答待ちの照会があります。この決定は暫定です".to_owned();
        found.push(finding(household, FindingKind::OpenInquiry, 0, reason));
    }
    let before = known.last_year.get(&household);
    let before = before.filter(|before| !draft::is_provisional(&before.schedule));
    if let Some(before) = before {
        let inputs: Household = serde_json::from_str(&before.inputs)?;
        let last = Assessed {
            household: &inputs,
            total: Yen(before.total),
        };
        let this = Assessed {
            household: &decision.inputs,
            total: Yen(total),
        };
        let change = change::explain(last, this, 1, &known.basis.assessor);
        tally.compare(&change);
        if known.rule.lists(change.before, change.after) {
            let reason = format!(
                "前年度 {}円 → {total}円: {}",
                before.total,
                change.sentence()
            );
            let amount = total - before.total;
            found.push(finding(household, FindingKind::Anomaly, amount, reason));
        }
    }
    Ok(())
}

/// People whose income the year's premium needs and is not known.
fn unknown(inputs: &Household, basis: &Basis) -> usize {
    let counts = |member: &&kokuho_shared::assessment::household::Member| {
        let looked_at = member.head || months::insured(member, &basis.assessor.rules) != 0;
        looked_at && member.income_status != IncomeStatus::Known
    };
    inputs.members.iter().filter(counts).count()
}

async fn waiting(db: &Db, first: i64, last: i64) -> Result<HashSet<HouseholdId>, ServiceError> {
    const SQL: &str = "SELECT DISTINCT household_id FROM inquiry \
        WHERE household_id BETWEEN $1 AND $2 AND closed_at IS NULL";
    let ids: Vec<HouseholdId> =
        on_db!(db, pool => sqlx::query_scalar(SQL).bind(first).bind(last).fetch_all(pool).await?);
    Ok(ids.into_iter().collect())
}

/// 世帯番号 of the households of a piece: the head's, of whoever belongs there or belonged there last.
async fn numbers(
    tx: &mut Tx,
    job: &Job,
    piece: &Piece,
) -> Result<HashMap<HouseholdId, String>, ServiceError> {
    const SQL: &str = "SELECT household_id, household_number FROM membership \
        WHERE household_id BETWEEN $1 AND $2 AND recorded_at <= $3 AND (superseded_at IS NULL OR superseded_at > $3) \
        ORDER BY household_id, moved_out DESC, head, valid_from";
    let rows: Vec<(HouseholdId, String)> = on_tx!(tx, c => sqlx::query_as(SQL).bind(piece.first).bind(piece.last)
        .bind(job.known_at.0).fetch_all(c).await?);
    // The last of a household stays.
    Ok(rows.into_iter().collect())
}

/// The most households that one answer lists.
const LISTED: i64 = 500;

#[derive(FromRow)]
struct FindingRow {
    household_id: HouseholdId,
    household_number: String,
    amount: i64,
    reason: String,
}

/// The households that a check lists for one reason, the largest amount first, after so many.
pub async fn findings(
    db: &Db,
    job: JobId,
    sort: FindingKind,
    after: u32,
) -> Result<Vec<CheckFinding>, ServiceError> {
    const SQL: &str = "SELECT household_id, household_number, amount, reason FROM check_finding \
        WHERE job_id = $1 AND sort = $2 ORDER BY ABS(amount) DESC, household_number, household_id LIMIT $3 OFFSET $4";
    let rows: Vec<FindingRow> = on_db!(db, pool => sqlx::query_as(SQL).bind(job)
        .bind(sort.key()).bind(LISTED).bind(i64::from(after)).fetch_all(pool).await?);
    let finding = |row: FindingRow| CheckFinding {
        sort,
        household_id: row.household_id,
        household_number: row.household_number,
        amount: row.amount,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(finding).collect())
}
