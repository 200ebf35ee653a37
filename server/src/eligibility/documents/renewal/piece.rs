//! One piece of a renewal: reads everything of its households at once, and writes all or nothing.

use super::super::Subject;
use super::super::certificate;
use super::super::document_record::{Source, counter, head_of, prepare};
use super::super::paper_plan;
use crate::audit::AuditAction;
use crate::city::City;
use crate::correspondence::batches::{self, Batch};
use crate::correspondence::ending::void;
use crate::correspondence::{self, PreparedLetter};
use crate::eligibility::entitlement::bracket;
use crate::eligibility::entitlement::inputs::{self, EntitlementInputs};
use crate::eligibility::entitlement::reference_day::Day;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::jobs::work::{JobOutcome, Report, Work};
use crate::jobs::{Finding, Job, Piece};
use crate::on_tx;
use crate::store::{Db, Lock, Span, Tx};
use crate::typesetting::Typesetting;
use chrono::NaiveDate;
use kokuho_shared::api::document::{Application, DocumentKind, DocumentWish, PaperPlan};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::renewal::{RENEWAL, RenewalOutcome};
use kokuho_shared::ids::PersonId;
use sqlx::FromRow;
use std::collections::HashSet;

/// A paper of eligibility that somebody holds.
#[derive(Clone, FromRow)]
pub struct Held {
    number: String,
    person_id: PersonId,
    kind: String,
    valid_until: Option<NaiveDate>,
    remark: String,
}

/// What a piece will write.
#[derive(Default)]
pub struct Output {
    papers: Vec<PreparedLetter>,
    /// Numbers of papers that the new ones replace at once.
    void: Vec<String>,
    findings: Vec<Finding>,
    outcome: RenewalOutcome,
    /// Numbers of the papers that were known when it was composed.
    held: Vec<String>,
}

impl Output {
    /// Whoever got a paper at the counter meanwhile needs no second one.
    fn leave_out_newer(&mut self, now: &[Held]) {
        let known: HashSet<&str> = self.held.iter().map(String::as_str).collect();
        let newer: HashSet<PersonId> = now
            .iter()
            .filter(|held| !known.contains(held.number.as_str()))
            .map(|held| held.person_id)
            .collect();
        let before = self.papers.len();
        self.papers.retain(|paper| {
            paper
                .about
                .person_id
                .is_none_or(|person| !newer.contains(&person))
        });
        let notices = self
            .papers
            .iter()
            .filter(|paper| paper.about.kind == DocumentKind::EligibilityNotice.key())
            .count();
        let count = |many: usize| i64::try_from(many).unwrap_or(0);
        self.outcome.notices = count(notices);
        self.outcome.certificates = count(self.papers.len() - notices);
        self.outcome.kept += count(before - self.papers.len());
    }
}

/// 証の一斉更新 as a work.
#[derive(Clone, Copy, Debug)]
pub struct Renewal;

/// What the papers of a piece are composed from.
pub struct Facts {
    views: Vec<HouseholdView>,
    day: Day,
    known: EntitlementInputs,
    held: Vec<Held>,
}

impl Work for Renewal {
    type Facts = Facts;
    type Output = Output;
    type Rest = Vec<Batch>;

    fn key(&self) -> &'static str {
        RENEWAL
    }

    fn name(&self) -> &'static str {
        "証の一斉更新"
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        &[RENEWAL]
    }

    fn audit_action(&self) -> AuditAction {
        AuditAction::Print
    }

    fn written_tables(&self) -> &'static [&'static str] {
        &["letter"]
    }

    /// No paper may be issued between the second look and the writing.
    fn lock(&self) -> Lock {
        Lock::Everything
    }

    fn refuse_resuming(&self, job: &Job, today: NaiveDate) -> Result<(), ServiceError> {
        super::refuse_another_day(job, today)
    }

    async fn read(&self, city: &City, job: &Job, piece: &Piece) -> Result<Facts, ServiceError> {
        let from = job.for_day;
        let from =
            from.ok_or_else(|| ServiceError::Internal("a renewal without its day".into()))?;
        let span = piece.span();
        let as_of = AsOf {
            fiscal_year: job.fiscal_year,
            valid_on: None,
            known_at: job.known_at,
        };
        let views = household::views(&city.db, span.first, span.last, as_of).await?;
        let mut tx = city.db.read().await?;
        let day = Day::of(from, &city.code)?;
        let mut known = inputs::read(&mut tx, span, &day).await?;
        let held = held(&mut tx, span).await?;
        tx.commit().await?;
        unemployed(&city.db, &views, &day, job, &mut known).await?;
        Ok(Facts {
            views,
            day,
            known,
            held,
        })
    }

    fn make(
        &self,
        city: &City,
        job: &Job,
        piece: &Piece,
        facts: Facts,
    ) -> Result<Output, ServiceError> {
        let papers = Papers {
            job: job.clone(),
            first: piece.first_of(&counter(job.business_date))?,
            day: facts.day,
            press: city.press.clone(),
            facts: facts.known,
            held: facts.held,
        };
        papers.all(&facts.views)
    }

    async fn look_again(
        &self,
        tx: &mut Tx,
        _job: &Job,
        piece: &Piece,
        made: &mut Output,
    ) -> Result<(), ServiceError> {
        made.leave_out_newer(&held(tx, piece.span()).await?);
        Ok(())
    }

    fn report(&self, made: &Output) -> Result<Report, ServiceError> {
        Ok(Report {
            findings: made.findings.clone(),
            outcome: serde_json::to_string(&made.outcome)?,
            detail: format!("{} papers", made.papers.len()),
        })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        job: &Job,
        _piece: &Piece,
        made: Output,
    ) -> Result<(), ServiceError> {
        for number in &made.void {
            void(tx, number, job.business_date).await?;
        }
        correspondence::write(tx, &made.papers, job.known_at, &job.created_by).await
    }

    async fn finish(
        &self,
        city: &City,
        job: &Job,
        outcomes: Vec<String>,
    ) -> Result<JobOutcome<Vec<Batch>>, ServiceError> {
        super::finish(city, job, outcomes).await
    }

    async fn close(&self, tx: &mut Tx, job: &Job, rest: Vec<Batch>) -> Result<(), ServiceError> {
        batches::write(tx, job.run_id, &rest).await
    }
}

async fn held(tx: &mut Tx, households: Span) -> Result<Vec<Held>, ServiceError> {
    const SQL: &str = "SELECT d.number, d.person_id, d.kind, d.valid_until, d.remark FROM membership_fact m \
        JOIN document d ON d.person_id = m.person_id AND d.state = 'open' \
        AND d.kind IN ('eligibility_certificate', 'eligibility_notice') \
        WHERE m.household_id BETWEEN $1 AND $2 AND m.superseded_at IS NULL";
    let Span { first, last } = households;
    Ok(on_tx!(tx, c => sqlx::query_as(SQL).bind(first).bind(last).fetch_all(c).await?))
}

/// Which kind of paper somebody is to get, and why not the planned one.
struct Wanted<'a> {
    kind: DocumentKind,
    remark: &'a str,
}

struct Papers {
    job: Job,
    first: i64,
    day: Day,
    press: Typesetting,
    facts: EntitlementInputs,
    held: Vec<Held>,
}

impl Papers {
    fn all(&self, views: &[HouseholdView]) -> Result<Output, ServiceError> {
        let mut made = Output {
            held: self.held.iter().map(|held| held.number.clone()).collect(),
            ..Output::default()
        };
        for view in views {
            made.outcome.households += 1;
            let reasons = self.household(view, &mut made)?;
            if !reasons.is_empty() {
                made.outcome.left_out += 1;
                made.findings.push(Finding {
                    household_id: view.id,
                    household_number: view.number.clone(),
                    reason: reasons.join("。"),
                });
            }
        }
        Ok(made)
    }

    /// The papers of one household; returns why somebody got none.
    fn household(
        &self,
        view: &HouseholdView,
        made: &mut Output,
    ) -> Result<Vec<String>, ServiceError> {
        let mut reasons = Vec::new();
        let plans = paper_plan::plan(&self.facts, view, &self.day)?;
        for plan in plans.iter().filter(|plan| !plan.kinds.is_empty()) {
            let wanted = self.wanted(plan);
            if self.holds(plan, wanted.kind) {
                made.outcome.kept += 1;
                continue;
            }
            if self.facts.gone.contains(&plan.person_id) {
                reasons.push("転出・死亡した人の資格が続いています。届出を確かめてください".into());
                continue;
            }
            // Households under 支援措置 are left out of batch printing.
            if view.is_guarded() {
                let text = "支援措置の対象者がいるため、一斉更新から除きました。世帯ごとに交付してください";
                return Ok(vec![text.to_owned()]);
            }
            // As many numbers are kept as there are people; each paper takes the next.
            let serial = self.first + i64::try_from(made.papers.len()).unwrap_or(0);
            match self.paper(view, plan.person_id, wanted, serial) {
                Ok(paper) => self.add(paper, plan.person_id, made),
                Err(ServiceError::Invalid(problem)) => reasons.push(problem.message),
                // The facts changed after the run was planned.
                Err(ServiceError::NotFound(what)) => {
                    let text = "が処理の途中で変わりました。世帯を開いて交付してください";
                    reasons.push(format!("{what}{text}"));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(reasons)
    }

    /// The planned kind; whoever has asked for a certificate for a reason keeps one (法9条2項).
    fn wanted(&self, plan: &PaperPlan) -> Wanted<'_> {
        let planned = plan.kinds.first().copied();
        let planned = planned.unwrap_or(DocumentKind::EligibilityCertificate);
        let asked = self.held.iter().find(|held| {
            held.person_id == plan.person_id
                && held.kind == DocumentKind::EligibilityCertificate.key()
                && !held.remark.is_empty()
        });
        match asked {
            Some(held) => Wanted {
                kind: DocumentKind::EligibilityCertificate,
                remark: &held.remark,
            },
            None => Wanted {
                kind: planned,
                remark: "",
            },
        }
    }

    /// Whether such a paper is in somebody's hands and still holds on the day.
    fn holds(&self, plan: &PaperPlan, kind: DocumentKind) -> bool {
        let mut held = self.held.iter();
        held.any(|held| {
            held.person_id == plan.person_id
                && held.kind == kind.key()
                && held.valid_until.is_none_or(|until| until >= self.day.on)
        })
    }

    fn paper(
        &self,
        view: &HouseholdView,
        person: PersonId,
        wanted: Wanted<'_>,
        serial: i64,
    ) -> Result<PreparedLetter, ServiceError> {
        let mut members = view.members.iter();
        let member = members.find(|member| member.person_id == person);
        let member = member.ok_or(ServiceError::NotFound("被保険者"))?;
        let wish = DocumentWish {
            fiscal_year: self.job.fiscal_year,
            kind: wanted.kind,
            person_id: person,
            facility_id: None,
            asked: None,
            application: Application::default(),
            remark: wanted.remark.to_owned(),
            reveal_reason: String::new(),
        };
        let (today, press) = (self.job.business_date, &self.press);
        let subject = Subject { view, member };
        let composed = certificate::compose(&self.facts, &wish, subject, today, &self.day, press)?;
        let source = Source {
            serial,
            issued_on: today,
            run_id: Some(self.job.run_id),
        };
        prepare(&wish, subject, head_of(view)?, composed, press, &source)
    }

    /// A paper that ends before the new one holds ends by itself; any other is replaced.
    fn add(&self, paper: PreparedLetter, person: PersonId, made: &mut Output) {
        let replaced = self.held.iter().filter(|held| {
            held.person_id == person && held.valid_until.is_none_or(|until| until >= self.day.on)
        });
        made.void.extend(replaced.map(|held| held.number.clone()));
        if paper.about.kind == DocumentKind::EligibilityNotice.key() {
            made.outcome.notices += 1;
        } else {
            made.outcome.certificates += 1;
        }
        made.papers.push(paper);
    }
}

/// 特例対象被保険者等 of the households, and those within the line of 2割軽減.
async fn unemployed(
    db: &Db,
    views: &[HouseholdView],
    day: &Day,
    job: &Job,
    facts: &mut EntitlementInputs,
) -> Result<(), ServiceError> {
    let as_of = AsOf {
        fiscal_year: day.levy,
        valid_on: None,
        known_at: job.known_at,
    };
    for view in views {
        let special = bracket::special(view, day)?;
        if special.is_empty() {
            continue;
        }
        facts.special.extend(special);
        match household::view(db, view.id, as_of).await {
            Ok(before) if bracket::unemployed_low(&before, day) => {
                facts.low.insert(view.id);
            }
            // There was no such household in the year that decides.
            Ok(_) | Err(ServiceError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}
