//! 賦課決定: stored with everything that reproduces it, and booked with it.

use super::basis::Basis;
use super::draft::{Draft, PreparedDecision, Previous, is_provisional};
use super::encoding;
use super::pension;
use super::redecision;
use super::time_limit;
use crate::access::user::User;
use crate::assessment::run::second;
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::eligibility::edit::refuse_stale;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::ledger::book::{self, Posting};
use crate::store::{Db, Lock};
use crate::{on_db, on_tx};
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{Decide, Decision, DecisionSummary};
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::assessment::schedule::last_year::LastYear;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::collection::booking;
use kokuho_shared::ids::{DecisionId, HouseholdId, RunId};
use kokuho_shared::money::Yen;
use serde::Deserialize;
use sqlx::FromRow;
use std::collections::HashMap;
use std::sync::Arc;

/// 仮算定: last year's premium, which such a decision is a share of.
fn last_year(schedule: &str) -> Result<Option<LastYear>, ServiceError> {
    if !is_provisional(schedule) {
        return Ok(None);
    }
    let schedule: Schedule = serde_json::from_str(schedule)?;
    Ok(schedule.provisional)
}

const PREVIOUS: &str = "SELECT id, household_id, sequence, decided_at, parameters_sha256, rule_version, total, inputs, schedule \
    FROM decision WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 ORDER BY household_id, sequence";

/// The newest decisions of a year of the households with ids from `first` to `last`.
pub async fn previous(
    db: &Db,
    first: i64,
    last: i64,
    fiscal_year: FiscalYear,
) -> Result<HashMap<HouseholdId, Previous>, ServiceError> {
    let rows: Vec<Previous> = on_db!(db, pool => sqlx::query_as(PREVIOUS)
        .bind(first).bind(last).bind(fiscal_year).fetch_all(pool).await?);
    // In the order of their sequence: the newest stays.
    Ok(rows
        .into_iter()
        .map(|row| (row.household_id, row))
        .collect())
}

#[derive(FromRow)]
struct PremiumRow {
    household_id: HouseholdId,
    id: DecisionId,
    schedule: String,
    result: String,
}

/// 前年度の決定: the newest premiums of a year by household, for ids from `first` to `last`; none of a
/// household that has 仮算定 only.
pub async fn premiums(
    db: &Db,
    first: i64,
    last: i64,
    fiscal_year: FiscalYear,
) -> Result<HashMap<HouseholdId, Option<LastYear>>, ServiceError> {
    const SQL: &str = "SELECT household_id, id, schedule, result FROM decision \
        WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 ORDER BY household_id, sequence";
    let rows: Vec<PremiumRow> = on_db!(db, pool => sqlx::query_as(SQL)
        .bind(first).bind(last).bind(fiscal_year).fetch_all(pool).await?);
    let mut newest = HashMap::new();
    for row in rows {
        let premium = match is_provisional(&row.schedule) {
            true => None,
            false => Some(LastYear::of(row.id, &encoding::read(&row.result)?.premium)),
        };
        newest.insert(row.household_id, premium);
    }
    Ok(newest)
}

/// Decides a household's premium of a year on the facts that the clerk saw, and books it.
pub async fn decide(
    db: &Db,
    household_id: HouseholdId,
    wish: Decide,
    user: &User,
    municipality: &str,
    clock: Clock,
) -> Result<Decision, ServiceError> {
    let basis = Arc::new(Basis::of(municipality, wish.fiscal_year)?);
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let now = tx.at();
    let as_of = AsOf {
        fiscal_year: wish.fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, user).await?;
    refuse_stale(&view, wish.revision)?;
    let booked = book::booked_in(&mut tx, household_id, wish.fiscal_year).await?;
    let pensions = pension::known_in(&mut tx, household_id, wish.fiscal_year, now).await?;
    let pension = pensions.get(&household_id);
    let draft = basis.draft_of_any_year(&view, booked.schedule(clock.today()), pension)?;
    match basis.refuse_closed(&draft, clock.today()) {
        Ok(()) if wish.adjustment.is_some() => {
            let text = "期間制限の内の年度です。法110条の2第2項の理由は要りません";
            return Err(ServiceError::invalid_at("adjustment", text));
        }
        Ok(()) => {}
        Err(why) => time_limit::adjusted(&wish, draft.total(), booked.total().0, why)?,
    }
    refuse_other_total(draft.total(), wish.preview_total)?;
    refuse_other_second(&draft, &basis)?;
    let rows: Vec<Previous> = on_tx!(&mut tx, connection => sqlx::query_as(PREVIOUS).bind(household_id)
        .bind(household_id).bind(wish.fiscal_year).fetch_all(connection).await?);
    let made = PreparedDecision {
        id: DecisionId(tx.take_ids("decision", 1).await?),
        household_id,
        sequence: rows.last().map_or(0, |row| row.sequence) + 1,
        run_id: RunId::NONE,
        revision: view.revision,
        basis: basis.clone(),
        draft,
    };
    let row = encoding::row(&made, now, &user.login);
    tx.insert("decision", &[row]).await?;
    redecision::settle(&mut tx, household_id, wish.fiscal_year, now).await?;
    pension::write(&mut tx, made.draft.case.as_slice(), now).await?;
    let assessment = &made.draft.assessment;
    if let Some(journal) = booking::levy(&assessment.premium, &assessment.instalments, &booked) {
        let id = tx.take_ids("journal", 1).await?;
        let source = Source {
            day: clock.today(),
            at: now,
            by: &user.login,
        };
        book::post(&mut tx, &[posting(&made, id, journal, &source)]).await?;
    }
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(user, AuditAction::Decide, now).of_household(household_id, persons);
    entry
        .detail(match &wish.adjustment {
            Some(reason) => format!("decision {}, Art. 110-2(2): {}", made.id, reason.trim()),
            None => format!("decision {}", made.id),
        })
        .write(&mut tx)
        .await?;
    let open: i64 = on_tx!(&mut tx, connection => sqlx::query_scalar(OPEN)
        .bind(made.id).fetch_one(connection).await?);
    tx.commit().await?;
    Ok(decision_view(made, now, &user.login, count(open)))
}

/// When and by whom something is booked.
pub struct Source<'a> {
    pub day: chrono::NaiveDate,
    pub at: Instant,
    pub by: &'a str,
}

/// The booking of a decision.
pub fn posting(
    made: &PreparedDecision,
    id: i64,
    journal: booking::Journal,
    source: &Source<'_>,
) -> Posting {
    Posting {
        household_id: made.household_id,
        id,
        fiscal_year: made.basis.fiscal_year,
        source: format!("decision {}", made.id),
        run_id: made.run_id,
        business_date: source.day,
        at: source.at,
        by: source.by.to_owned(),
        journal,
    }
}

fn refuse_other_total(total: i64, preview: i64) -> Result<(), ServiceError> {
    if total == preview {
        return Ok(());
    }
    let message = format!("試算 {preview}円 とサーバの計算 {total}円 が違います。決定していません");
    Err(ServiceError::Conflict(
        Problem::new(message).at("preview_total"),
    ))
}

/// 検算: nothing is decided on which the second calculation does not agree.
fn refuse_other_second(draft: &Draft, basis: &Basis) -> Result<(), ServiceError> {
    let premium = &draft.assessment.premium;
    let why = match second::differs(&draft.inputs, Yen(draft.total()), premium, basis) {
        Ok(None) => return Ok(()),
        Ok(Some(other)) => second::said(&other),
        Err(why) => why,
    };
    let text = format!(
        "計算と検算が違うため、決定していません（{why}）。システム管理者に知らせてください"
    );
    Err(ServiceError::Conflict(Problem::new(text)))
}

fn decision_view(made: PreparedDecision, at: Instant, by: &str, open: u32) -> Decision {
    Decision {
        summary: DecisionSummary {
            id: made.id,
            fiscal_year: made.basis.fiscal_year,
            decided_at: at.text(),
            decided_by: by.to_owned(),
            total: made.draft.total(),
            provisional: false,
            open_inquiries: open,
        },
        household_id: made.household_id,
        inputs: made.draft.inputs,
        parameters: made.basis.parameters.clone(),
        parameters_sha256: made.basis.parameters_sha256.to_owned(),
        rule_version: made.basis.rule_version,
        last_year: None,
        assessment: made.draft.assessment,
    }
}

/// A stored decision, its inputs and result still as text.
#[derive(FromRow)]
pub struct StoredDecision {
    pub id: DecisionId,
    pub household_id: HouseholdId,
    pub fiscal_year: FiscalYear,
    pub sequence: i64,
    pub run_id: RunId,
    pub decided_at: i64,
    pub decided_by: String,
    pub parameters: String,
    pub parameters_sha256: String,
    pub rule_version: i64,
    pub total: i64,
    pub inputs: String,
    pub schedule: String,
    pub result: String,
    pub open_inquiries: i64,
}

/// 照会 of a decision's household that were open when it was decided.
macro_rules! open_inquiries {
    () => {
        "(SELECT COUNT(*) FROM inquiry i WHERE i.person_id IN (SELECT m.person_id FROM membership_fact m \
          WHERE m.household_id = decision.household_id AND m.superseded_at IS NULL) \
          AND i.created_at <= decision.decided_at \
          AND (i.closed_at IS NULL OR i.closed_at > decision.decided_at)) AS open_inquiries"
    };
}

const OPEN: &str = concat!("SELECT ", open_inquiries!(), " FROM decision WHERE id = $1");

fn count(inquiries: i64) -> u32 {
    u32::try_from(inquiries).unwrap_or(0)
}

/// SELECT of what [`Stored`] reads, and the rest of the statement.
macro_rules! stored {
    ($rest:literal) => {
        concat!(
            "SELECT id, household_id, fiscal_year, sequence, run_id, decided_at, decided_by, parameters, \
             parameters_sha256, rule_version, total, inputs, schedule, result, ",
            open_inquiries!(),
            " FROM decision ",
            $rest
        )
    };
}

/// Stored decisions after one, in order.
pub async fn after(
    db: &Db,
    id: DecisionId,
    at_most: i64,
) -> Result<Vec<StoredDecision>, ServiceError> {
    const SQL: &str = stored!("WHERE id > $1 ORDER BY id LIMIT $2");
    Ok(on_db!(db, pool => sqlx::query_as(SQL).bind(id).bind(at_most).fetch_all(pool).await?))
}

/// One decision, of a household that the account sees.
pub async fn find(db: &Db, id: DecisionId, user: &User) -> Result<Decision, ServiceError> {
    const SQL: &str = stored!("WHERE id = $1");
    let stored: Option<StoredDecision> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    let stored = stored.ok_or(ServiceError::NotFound("賦課決定"))?;
    let seen = household::refuse_unseen(db, stored.household_id, user).await;
    seen.map_err(|_| ServiceError::NotFound("賦課決定"))?;
    read(stored)
}

/// The decisions of a run of the households with ids from `first` to `last`.
pub async fn of_run(
    db: &Db,
    run: RunId,
    first: i64,
    last: i64,
) -> Result<Vec<Decision>, ServiceError> {
    const SQL: &str = stored!(
        "WHERE household_id BETWEEN $1 AND $2 AND run_id = $3 ORDER BY household_id, sequence"
    );
    let rows: Vec<StoredDecision> = on_db!(db, pool => sqlx::query_as(SQL)
        .bind(first).bind(last).bind(run).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

fn read(stored: StoredDecision) -> Result<Decision, ServiceError> {
    let last_year = last_year(&stored.schedule)?;
    Ok(Decision {
        summary: DecisionSummary {
            id: stored.id,
            fiscal_year: stored.fiscal_year,
            decided_at: Instant(stored.decided_at).text(),
            decided_by: stored.decided_by,
            total: stored.total,
            provisional: last_year.is_some(),
            open_inquiries: count(stored.open_inquiries),
        },
        household_id: stored.household_id,
        inputs: serde_json::from_str(&stored.inputs)?,
        parameters: stored.parameters,
        parameters_sha256: stored.parameters_sha256,
        rule_version: u32::try_from(stored.rule_version).unwrap_or(0),
        last_year,
        assessment: encoding::read(&stored.result)?,
    })
}

/// One household's decisions of a year, the newest first (`store::together::Asked`).
pub const OF_ONE: &str = concat!(
    "SELECT id, fiscal_year, decided_at, decided_by, total, provisional, ",
    open_inquiries!(),
    " FROM decision WHERE household_id = $1 AND fiscal_year = $6 AND decided_at <= $2 ORDER BY id DESC"
);

#[derive(Deserialize, FromRow)]
pub struct SummaryRow {
    id: DecisionId,
    fiscal_year: FiscalYear,
    decided_at: i64,
    decided_by: String,
    total: i64,
    provisional: bool,
    open_inquiries: i64,
}

impl SummaryRow {
    pub fn summary(self) -> DecisionSummary {
        DecisionSummary {
            id: self.id,
            fiscal_year: self.fiscal_year,
            decided_at: Instant(self.decided_at).text(),
            decided_by: self.decided_by,
            total: self.total,
            provisional: self.provisional,
            open_inquiries: count(self.open_inquiries),
        }
    }
}
