//! 所得申告書の一括発行 (賦課 3): everybody who has to declare and whose income is not known is asked, and who did
//! not answer in time is asked again; piece by piece over the city.

use super::document_record::{Source, counter, head_of, prepare};
use super::{Subject, forms, remind, renewal};
use crate::access::user::User;
use crate::audit::AuditAction;
use crate::city::City;
use crate::correspondence::batches::{self, Batch};
use crate::correspondence::ending::void;
use crate::correspondence::{self, PreparedLetter};
use crate::eligibility::assembly::DECLARES_FROM;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::figures;
use crate::jobs::plan::{self, Plan, Reserve, cut};
use crate::jobs::work::{JobOutcome, Report, Work};
use crate::jobs::{Finding, Job, Piece};
use crate::on_tx;
use crate::store::{Lock, Span, Tx};
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_shared::api::document::{Application, DocumentKind, DocumentWish};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::renewal::{INCOME_REPORTS, RenewalOutcome};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// 所得申告書の一括発行 as a work.
#[derive(Clone, Copy, Debug)]
pub struct IncomeReports;

/// Plans the letters of a year, and keeps as many numbers as there are people whose income is not known.
pub async fn planned(
    tx: &mut Tx,
    city: &City,
    fiscal_year: FiscalYear,
) -> Result<Plan, ServiceError> {
    figures::assessor(&city.code, fiscal_year)?;
    let today = city.clock.today();
    let people = unknown(tx, fiscal_year).await?;
    if people.is_empty() {
        let text = "所得が未申告または不明の人はいません";
        return Err(ServiceError::invalid_at("fiscal_year", text));
    }
    let households: Vec<HouseholdId> = people.keys().copied().collect();
    Ok(Plan {
        fiscal_year,
        slices: cut(&households, |id| people.get(&id).copied().unwrap_or(0)),
        reserve: vec![Reserve::on_paper(counter(today), 1)],
        ..Plan::default()
    })
}

/// Begins the letters of a year that were released.
pub async fn begin(
    tx: &mut Tx,
    city: &City,
    fiscal_year: FiscalYear,
    user: &User,
) -> Result<Job, ServiceError> {
    let plan = planned(tx, city, fiscal_year).await?;
    plan::begin(tx, &IncomeReports, plan, user, city.clock.today()).await
}

/// How many people of each household have no known income of the year before.
async fn unknown(
    tx: &mut Tx,
    fiscal_year: FiscalYear,
) -> Result<BTreeMap<HouseholdId, i64>, ServiceError> {
    const SQL: &str = "SELECT m.household_id, COUNT(*) FROM membership_fact m WHERE m.superseded_at IS NULL \
        AND NOT EXISTS (SELECT 1 FROM income_fact i WHERE i.person_id = m.person_id AND i.income_year = $1 \
        AND i.superseded_at IS NULL AND i.status = 'known') GROUP BY m.household_id ORDER BY m.household_id";
    let rows: Vec<(HouseholdId, i64)> = on_tx!(tx, c => sqlx::query_as(SQL).bind(i64::from(fiscal_year.income_year()))
        .fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}

/// A report that was asked for and has not come back.
#[derive(Clone, FromRow)]
struct Asked {
    number: String,
    person_id: PersonId,
    issued_on: NaiveDate,
    reply_by: Option<NaiveDate>,
    reminders: i64,
}

/// What is known about the people of a piece, besides the facts.
pub struct PieceContext {
    asked: HashMap<PersonId, Asked>,
    /// Those of whom another office is asked.
    inquired: HashSet<PersonId>,
}

#[derive(Default)]
pub struct Output {
    /// With the number of the report that a second request replaces.
    reports: Vec<(PreparedLetter, Option<String>)>,
    findings: Vec<Finding>,
    outcome: RenewalOutcome,
}

/// The people of a piece, and what is known about them.
pub struct Facts {
    views: Vec<HouseholdView>,
    known: PieceContext,
}

impl Work for IncomeReports {
    type Facts = Facts;
    type Output = Output;
    type Rest = Vec<Batch>;

    fn key(&self) -> &'static str {
        INCOME_REPORTS
    }

    fn name(&self) -> &'static str {
        "所得申告書の一括発行"
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        &[INCOME_REPORTS]
    }

    fn audit_action(&self) -> AuditAction {
        AuditAction::Print
    }

    fn written_tables(&self) -> &'static [&'static str] {
        &["letter"]
    }

    /// No form may be issued at the counter between the second look and the writing.
    fn lock(&self) -> Lock {
        Lock::Everything
    }

    fn refuse_resuming(&self, job: &Job, today: NaiveDate) -> Result<(), ServiceError> {
        renewal::refuse_another_day(job, today)
    }

    async fn read(&self, city: &City, job: &Job, piece: &Piece) -> Result<Facts, ServiceError> {
        let span = piece.span();
        let as_of = AsOf {
            fiscal_year: job.fiscal_year,
            // People who have left the household, or died, are not asked there.
            valid_on: Some(job.business_date),
            known_at: job.known_at,
        };
        let views = household::views(&city.db, span.first, span.last, as_of).await?;
        let mut tx = city.db.read().await?;
        let known = known(&mut tx, span, job).await?;
        tx.commit().await?;
        Ok(Facts { views, known })
    }

    fn make(
        &self,
        city: &City,
        job: &Job,
        piece: &Piece,
        facts: Facts,
    ) -> Result<Output, ServiceError> {
        let first = piece.first_of(&counter(job.business_date))?;
        all(&facts, job, first, &city.press)
    }

    async fn look_again(
        &self,
        tx: &mut Tx,
        job: &Job,
        piece: &Piece,
        made: &mut Output,
    ) -> Result<(), ServiceError> {
        made.leave_out_newer(&known(tx, piece.span(), job).await?);
        Ok(())
    }

    fn report(&self, made: &Output) -> Result<Report, ServiceError> {
        Ok(Report {
            findings: made.findings.clone(),
            outcome: serde_json::to_string(&made.outcome)?,
            detail: format!("{} letters", made.reports.len()),
        })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        job: &Job,
        _piece: &Piece,
        made: Output,
    ) -> Result<(), ServiceError> {
        let replaced = made.reports.iter();
        for number in replaced.filter_map(|(_, replaced)| replaced.as_deref()) {
            void(tx, number, job.business_date).await?;
        }
        let reports = made.reports.iter().map(|(report, _)| report);
        correspondence::write(tx, reports, job.known_at, &job.created_by).await
    }

    async fn finish(
        &self,
        city: &City,
        job: &Job,
        outcomes: Vec<String>,
    ) -> Result<JobOutcome<Vec<Batch>>, ServiceError> {
        renewal::finish(city, job, outcomes).await
    }

    async fn close(&self, tx: &mut Tx, job: &Job, rest: Vec<Batch>) -> Result<(), ServiceError> {
        batches::write(tx, job.run_id, &rest).await
    }
}

async fn known(tx: &mut Tx, span: Span, job: &Job) -> Result<PieceContext, ServiceError> {
    const ASKED: &str = "SELECT d.number, d.person_id, d.issued_on, d.reply_by, d.reminders FROM membership_fact m \
        JOIN document d ON d.person_id = m.person_id AND d.state = 'open' AND d.kind = 'income_report' \
        AND d.fiscal_year = $1 WHERE m.household_id BETWEEN $2 AND $3 AND m.superseded_at IS NULL ORDER BY d.number";
    const INQUIRED: &str = "SELECT person_id FROM inquiry WHERE household_id BETWEEN $1 AND $2 \
        AND dataset = 'local_tax' AND closed_at IS NULL";
    let asked: Vec<Asked> = on_tx!(tx, c => sqlx::query_as(ASKED).bind(job.fiscal_year)
        .bind(span.first).bind(span.last).fetch_all(c).await?);
    let inquired: Vec<PersonId> = on_tx!(tx, c => sqlx::query_scalar(INQUIRED).bind(span.first).bind(span.last)
        .fetch_all(c).await?);
    Ok(PieceContext {
        asked: asked
            .into_iter()
            .map(|each| (each.person_id, each))
            .collect(),
        inquired: inquired.into_iter().collect(),
    })
}

fn all(
    Facts { views, known }: &Facts,
    job: &Job,
    first: i64,
    press: &Typesetting,
) -> Result<Output, ServiceError> {
    let mut made = Output::default();
    for view in views {
        made.outcome.households += 1;
        let insured = view.members.iter().any(runs);
        let mut wanted: Vec<&MemberFacts> = view.members.iter().collect();
        wanted.retain(|member| insured && asks(member, job));
        // Households under 支援措置 are left out of batch printing.
        if view.is_guarded() && !wanted.is_empty() {
            let text =
                "支援措置の対象者がいるため、一括発行から除きました。世帯ごとに発行してください";
            made.leave_out(view, text.to_owned());
            continue;
        }
        for member in wanted {
            let serial = first + i64::try_from(made.reports.len()).unwrap_or(0);
            match report(Subject { view, member }, known, job, serial, press) {
                Ok(Some(report)) => made.reports.push(report),
                Ok(None) => made.outcome.kept += 1,
                Err(ServiceError::Invalid(problem)) => made.leave_out(view, problem.message),
                Err(ServiceError::NotFound(what)) => {
                    made.leave_out(
                        view,
                        format!("{what}が分かりません。世帯を開いて発行してください"),
                    );
                }
                Err(other) => return Err(other),
            }
        }
    }
    Ok(made)
}

fn runs(member: &MemberFacts) -> bool {
    let period = member.eligibility.as_ref();
    period.is_some_and(|period| period.lost_on.is_none())
}

/// Whoever the reduction test looks at has to say what nobody else says: the insured, the head, and
/// 特定同一世帯所属者 beside them.
fn asks(member: &MemberFacts, job: &Job) -> bool {
    let looked_at = runs(member) || member.head || member.specific_month.is_some();
    let grown = NaiveDate::from_ymd_opt(job.fiscal_year.0 - DECLARES_FROM, 1, 1);
    looked_at
        && member.income_status != IncomeStatus::Known
        && grown.is_some_and(|grown| member.birth_date <= grown)
}

/// The letter, and the one that it replaces; none where an answer is awaited.
fn report(
    subject: Subject<'_>,
    known: &PieceContext,
    job: &Job,
    serial: i64,
    press: &Typesetting,
) -> Result<Option<(PreparedLetter, Option<String>)>, ServiceError> {
    let Subject { view, member } = subject;
    let today = job.business_date;
    let asked = known.asked.get(&member.person_id);
    let waits = asked.is_some_and(|asked| asked.reply_by.is_none_or(|day| day >= today));
    if waits || known.inquired.contains(&member.person_id) {
        return Ok(None);
    }
    let wish = DocumentWish {
        fiscal_year: job.fiscal_year,
        kind: DocumentKind::IncomeReport,
        person_id: member.person_id,
        facility_id: None,
        asked: None,
        application: Application::default(),
        remark: String::new(),
        reveal_reason: String::new(),
    };
    let mut composed = forms::compose(&wish, subject, "", today, None)?;
    if let Some(asked) = asked {
        remind(&mut composed, asked.issued_on, asked.reminders);
    }
    let source = Source {
        serial,
        issued_on: today,
        run_id: Some(job.run_id),
    };
    let prepared = prepare(&wish, subject, head_of(view)?, composed, press, &source)?;
    Ok(Some((prepared, asked.map(|asked| asked.number.clone()))))
}

impl Output {
    /// Whoever was asked at the counter meanwhile, or has answered what was overdue, needs no letter.
    fn leave_out_newer(&mut self, now: &PieceContext) {
        let before = self.reports.len();
        self.reports.retain(|(report, replaced)| {
            let asked = report
                .about
                .person_id
                .and_then(|person| now.asked.get(&person));
            asked.map(|asked| &asked.number) == replaced.as_ref()
        });
        let count = |many: usize| i64::try_from(many).unwrap_or(0);
        let reminded = self
            .reports
            .iter()
            .filter(|(_, replaced)| replaced.is_some());
        self.outcome.reports = count(self.reports.len());
        self.outcome.reminded = count(reminded.count());
        self.outcome.kept += count(before - self.reports.len());
    }

    /// A household is told once, with every reason.
    fn leave_out(&mut self, view: &HouseholdView, reason: String) {
        let last = self.findings.last_mut();
        if let Some(last) = last.filter(|last| last.household_id == view.id) {
            last.reason = format!("{}。{reason}", last.reason);
            return;
        }
        self.outcome.left_out += 1;
        self.findings.push(Finding {
            household_id: view.id,
            household_number: view.number.clone(),
            reason,
        });
    }
}
