//! One piece of a renewal: reads everything of its households at once, and writes all or nothing.

use super::super::known::{self, Known};
use super::super::papers::{self, Day};
use super::super::prepared::{COLUMNS, Prepared, Source, head_of};
use super::super::printed;
use super::super::ratio::year_of;
use crate::audit::{Entry, What};
use crate::clock::Clock;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::jobs::{Finding, Job, Piece, queue};
use crate::on_tx;
use crate::press::Press;
use crate::store::bulk::Value;
use crate::store::{Db, Lock, Tx};
use chrono::NaiveDate;
use kokuho_shared::api::document::{Application, DocumentKind, DocumentWish, PaperPlan};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::job::RenewalOutcome;
use sqlx::FromRow;

/// A paper of eligibility that somebody holds.
#[derive(Clone, FromRow)]
struct Held {
    number: String,
    person_id: i64,
    kind: String,
    valid_until: Option<NaiveDate>,
}

/// What a piece will write.
#[derive(Default)]
struct Made {
    papers: Vec<Prepared>,
    /// Numbers of papers that the new ones replace at once.
    void: Vec<String>,
    findings: Vec<Finding>,
    outcome: RenewalOutcome,
}

/// Does one piece; `false` where another worker has taken it meanwhile.
pub async fn piece(
    db: &Db,
    job: &Job,
    piece: &Piece,
    worker: &str,
    (press, municipality): (&Press, &str),
    clock: Clock,
) -> Result<bool, ServiceError> {
    let from = job.for_day;
    let from = from.ok_or_else(|| ServiceError::Internal("a renewal without its day".into()))?;
    let range = (piece.first_household, piece.last_household);
    let as_of = AsOf {
        fiscal_year: job.fiscal_year,
        valid_on: None,
        known_at: job.known_at,
    };
    let views = household::views(db, range.0, range.1, as_of).await?;
    let mut tx = db.write(Lock::Nothing).await?;
    let facts = known::read(&mut tx, range, (from, year_of(from)?)).await?;
    let held = held(&mut tx, range).await?;
    tx.commit().await?;
    let work = Work {
        job: job.clone(),
        first: piece.first_letter,
        from,
        municipality: municipality.to_owned(),
        press: press.clone(),
        facts,
        held,
    };
    // Hashing what is printed takes the processor for a while.
    let made = tokio::task::spawn_blocking(move || work.all(&views)).await;
    let made = made.map_err(|error| ServiceError::Internal(error.to_string()))??;
    write(db, job, piece, worker, made, clock).await
}

async fn held(tx: &mut Tx, (first, last): (i64, i64)) -> Result<Vec<Held>, ServiceError> {
    const SQL: &str = "SELECT d.number, d.person_id, d.kind, d.valid_until FROM membership_fact m \
        JOIN document d ON d.person_id = m.person_id AND d.state = 'open' \
        AND d.kind IN ('eligibility_certificate', 'eligibility_notice') \
        WHERE m.household_id BETWEEN $1 AND $2 AND m.superseded_at IS NULL";
    Ok(on_tx!(tx, c => sqlx::query_as(SQL).bind(first).bind(last).fetch_all(c).await?))
}

struct Work {
    job: Job,
    first: i64,
    from: NaiveDate,
    municipality: String,
    press: Press,
    facts: Known,
    held: Vec<Held>,
}

impl Work {
    fn day(&self) -> Day<'_> {
        Day {
            on: self.from,
            municipality: &self.municipality,
        }
    }

    fn all(&self, views: &[HouseholdView]) -> Result<Made, ServiceError> {
        let mut made = Made::default();
        let mut serial = self.first;
        for view in views {
            made.outcome.households += 1;
            let reasons = self.household(view, serial, &mut made)?;
            if !reasons.is_empty() {
                made.outcome.left_out += 1;
                made.findings.push(Finding {
                    household_id: view.id,
                    household_number: view.number.clone(),
                    reason: reasons.join("。"),
                });
            }
            serial += i64::try_from(view.members.len()).unwrap_or(0);
        }
        Ok(made)
    }

    /// The papers of one household; returns why somebody got none.
    fn household(
        &self,
        view: &HouseholdView,
        first: i64,
        made: &mut Made,
    ) -> Result<Vec<String>, ServiceError> {
        let mut reasons = Vec::new();
        let plans = papers::plan(&self.facts, view, self.day())?;
        let insured = plans.iter().filter(|plan| !plan.kinds.is_empty());
        for (slot, plan) in (0..).zip(insured) {
            if self.holds(plan) {
                made.outcome.kept += 1;
                continue;
            }
            // Nobody's hiding place goes through a print shop.
            if view.is_protected() {
                let text = "支援措置の対象者がいるため、一斉更新から除きました。世帯ごとに交付してください";
                return Ok(vec![text.to_owned()]);
            }
            match self.paper(view, plan, first + slot) {
                Ok(paper) => self.add(paper, plan, made),
                Err(ServiceError::Invalid(problem)) => reasons.push(problem.message),
                Err(other) => return Err(other),
            }
        }
        Ok(reasons)
    }

    /// Whether the planned paper is in somebody's hands and still holds on the day.
    fn holds(&self, plan: &PaperPlan) -> bool {
        let mut held = self.held.iter();
        held.any(|held| {
            held.person_id == plan.person_id
                && plan.kinds.iter().any(|kind| kind.key() == held.kind)
                && held.valid_until.is_none_or(|until| until >= self.from)
        })
    }

    fn paper(
        &self,
        view: &HouseholdView,
        plan: &PaperPlan,
        serial: i64,
    ) -> Result<Prepared, ServiceError> {
        let member = view
            .members
            .iter()
            .find(|member| member.person_id == plan.person_id);
        let member = member.ok_or(ServiceError::NotFound("被保険者"))?;
        let kind = plan.kinds.first().copied();
        let wish = DocumentWish {
            fiscal_year: self.job.fiscal_year,
            kind: kind.ok_or(ServiceError::NotFound("証"))?,
            person_id: plan.person_id,
            facility_id: None,
            application: Application::default(),
            remark: String::new(),
        };
        let dates = (self.job.business_date, self.day());
        let composed = printed::compose(&self.facts, &wish, (view, member), (dates, &self.press))?;
        let source = Source {
            issued_on: self.job.business_date,
            issued_by: &self.job.created_by,
            run_id: Some(self.job.id),
        };
        let whom = (view, plan.person_id, head_of(view)?);
        Prepared::new((serial, &wish), whom, composed, (&self.press, &source))
    }

    /// A paper that ends before the new one holds ends by itself; any other is replaced.
    fn add(&self, paper: Prepared, plan: &PaperPlan, made: &mut Made) {
        let replaced = self.held.iter().filter(|held| {
            held.person_id == plan.person_id
                && held.valid_until.is_none_or(|until| until >= self.from)
        });
        made.void.extend(replaced.map(|held| held.number.clone()));
        match plan.kinds.first() {
            Some(DocumentKind::EligibilityNotice) => made.outcome.notices += 1,
            _ => made.outcome.certificates += 1,
        }
        made.papers.push(paper);
    }
}

async fn write(
    db: &Db,
    job: &Job,
    piece: &Piece,
    worker: &str,
    made: Made,
    clock: Clock,
) -> Result<bool, ServiceError> {
    const VOID: &str =
        "UPDATE document SET state = 'void', closed_on = $1 WHERE number = $2 AND state = 'open'";
    let rows: Vec<Vec<Value>> = made
        .papers
        .iter()
        .map(|paper| paper.values(job.known_at))
        .collect();
    let mut tx = db.write(Lock::Nothing).await?;
    let outcome = serde_json::to_string(&made.outcome)?;
    if !queue::done(&mut tx, piece, worker, &made.findings, outcome).await? {
        return Ok(false);
    }
    for number in &made.void {
        on_tx!(&mut tx, c => sqlx::query(VOID).bind(job.business_date).bind(number)
            .execute(c).await?.rows_affected());
    }
    tx.insert("document", COLUMNS, &rows).await?;
    let entry = Entry::by(&job.created_by, &job.created_role, What::Print, clock.now());
    let detail = format!(
        "papers of renewal {} piece {}: {} papers",
        job.id,
        piece.number,
        rows.len()
    );
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    Ok(true)
}
