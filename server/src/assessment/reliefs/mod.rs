//! 減免 (法77条): applied for by one person, decided by another, and a fact of the calculation from
//! then on. The rate is that of the city's table and cannot be chosen.

mod apply;
mod decide;
mod notice;
pub mod routes;

pub use apply::apply;
pub use decide::decide;
pub use notice::issue;

use crate::access::user::{User, Viewer};
use crate::clock::{Clock, Instant};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::figures;
use crate::on_tx;
use crate::store::{Db, Tx};
use chrono::NaiveDate;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::relief::{ReliefCase, ReliefState};
use kokuho_shared::assessment::household::{Relief, ReliefKind};
use kokuho_shared::assessment::relief::rules::{ReliefRule, ReliefRules};
use kokuho_shared::assessment::trial::finder;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::calendar::Month;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::money::Yen;
use sqlx::FromRow;

/// Who decides by which rules, where and when.
pub struct Desk<'a> {
    pub user: &'a User,
    pub rules: &'a ReliefRules,
    pub municipality: &'a str,
    pub clock: Clock,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    household_id: HouseholdId,
    fiscal_year: FiscalYear,
    rule: String,
    person_id: Option<PersonId>,
    applied_on: NaiveDate,
    from_month: NaiveDate,
    until_month: NaiveDate,
    measured: Option<i64>,
    grounds: String,
    evidence: String,
    state: String,
    created_by: String,
    decided_at: Option<i64>,
    decided_by: Option<String>,
    reason: String,
}

/// SELECT of what [`Row`] reads, and the rest of the statement.
macro_rules! cases {
    ($rest:literal) => {
        concat!(
            "SELECT id, household_id, fiscal_year, rule, person_id, applied_on, from_month, until_month, measured, \
             grounds, evidence, state, created_by, decided_at, decided_by, reason FROM relief_case ",
            $rest
        )
    };
}

impl Row {
    fn state(&self) -> Result<ReliefState, ServiceError> {
        let unknown = || ServiceError::Internal(format!("relief state {}", self.state));
        ReliefState::of_key(&self.state).ok_or_else(unknown)
    }

    /// The rate of the city's table for what was measured.
    fn percent(&self, rule: &ReliefRule) -> Option<u8> {
        rule.percent(self.measured.unwrap_or(0))
    }

    fn relief(&self, rule: &ReliefRule) -> Option<Relief> {
        let person = self.person_id.map(|id| id.to_string());
        let (from, until) = (Month::of(self.from_month), Month::of(self.until_month));
        let percent = self.percent(rule)?;
        Some(finder::granted(rule, percent, person, from, until))
    }

    fn view(
        &self,
        rule: Option<&ReliefRule>,
        saves: Option<Yen>,
    ) -> Result<ReliefCase, ServiceError> {
        let evidence: Vec<String> = serde_json::from_str(&self.evidence)?;
        let missing = rule.map_or(&[][..], |rule| rule.evidence.as_slice()).iter();
        let missing = missing.filter(|wanted| !evidence.contains(wanted));
        Ok(ReliefCase {
            id: self.id,
            rule: self.rule.clone(),
            name: rule.map_or_else(|| self.rule.clone(), |rule| rule.name.clone()),
            kind: rule.map_or(ReliefKind::Local, |rule| rule.kind),
            person_id: self.person_id,
            applied_on: self.applied_on,
            from: Month::of(self.from_month),
            until: Month::of(self.until_month),
            measured: self.measured,
            percent: rule.and_then(|rule| self.percent(rule)),
            grounds: self.grounds.clone(),
            missing: missing.cloned().collect(),
            evidence,
            state: self.state()?,
            created_by: self.created_by.clone(),
            decided_by: self.decided_by.clone(),
            decided_at: self.decided_at.map(|at| Instant(at).text()),
            reason: self.reason.clone(),
            saves,
        })
    }
}

/// The applications of a household's year, the newest first.
pub async fn of_household(
    db: &Db,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    let mut tx = db.read().await?;
    let view = visible(&mut tx, household, fiscal_year, desk).await?;
    let cases = list(&mut tx, &view, desk).await?;
    tx.commit().await?;
    Ok(cases)
}

async fn visible(
    tx: &mut Tx,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    desk: &Desk<'_>,
) -> Result<HouseholdView, ServiceError> {
    let looks = Viewer {
        user: desk.user,
        at: Instant::LATEST,
    };
    household::visible_in(tx, household, fiscal_year, looks).await
}

async fn list(
    tx: &mut Tx,
    view: &HouseholdView,
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    const SQL: &str = cases!("WHERE household_id = $1 AND fiscal_year = $2 ORDER BY id DESC");
    let rows: Vec<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(view.id)
        .bind(view.fiscal_year).fetch_all(c).await?);
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let rule = desk
            .rules
            .find(desk.municipality, row.applied_on, &row.rule);
        // What was granted is told as it was, whatever the table says today.
        let relief = match granted(tx, row.id).await? {
            None => rule.and_then(|rule| row.relief(rule)),
            granted => granted,
        };
        let saves = relief
            .as_ref()
            .and_then(|relief| saves(view, &row, relief, desk));
        let mut case = row.view(rule, saves)?;
        case.percent = relief.map(|relief| relief.percent);
        cases.push(case);
    }
    Ok(cases)
}

/// The relief that a case was granted and that still holds.
async fn granted(tx: &mut Tx, case: i64) -> Result<Option<Relief>, ServiceError> {
    const SQL: &str = "SELECT relief FROM relief_fact WHERE case_id = $1 AND superseded_at IS NULL";
    let text: Option<String> =
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(case).fetch_optional(c).await?);
    let read = |text: String| serde_json::from_str(&text);
    Ok(text.map(read).transpose()?)
}

/// What an application would save or does, as things are now.
fn saves(view: &HouseholdView, row: &Row, relief: &Relief, desk: &Desk<'_>) -> Option<Yen> {
    let assessor = figures::assessor(desk.municipality, view.fiscal_year).ok()?;
    let mut with = assessor.household(&view.members, &view.reliefs);
    let mut without = with.clone();
    match row.state().ok()? {
        ReliefState::Granted => {
            let place = without.reliefs.iter().position(|known| known == relief)?;
            without.reliefs.remove(place);
        }
        ReliefState::Applied => with.reliefs.push(relief.clone()),
        _ => return None,
    }
    let total = |household| Some(assessor.assess(household).ok()?.premium.total);
    Some(total(&without)? - total(&with)?)
}

async fn find(tx: &mut Tx, id: i64) -> Result<Row, ServiceError> {
    const SQL: &str = cases!("WHERE id = $1");
    let row: Option<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("減免の申請"))
}
