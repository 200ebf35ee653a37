//! 賦課決定: stored with everything that reproduces it.

use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::eligibility::edit::refuse_stale;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{Decide, Decision, DecisionSummary};
use kokuho_shared::api::household::to_household;
use kokuho_shared::assessment::result::{Assessor, RULE_VERSION};
use kokuho_shared::law::shipped;
use sqlx::FromRow;

/// Decides a household's premium of a year on the facts that the clerk saw.
pub async fn decide(
    db: &Db,
    household_id: i64,
    wish: Decide,
    user: &User,
    municipality: &str,
    clock: Clock,
) -> Result<Decision, ServiceError> {
    let assessor = Assessor::shipped(municipality, wish.fiscal_year)?;
    let document = shipped::find(municipality, assessor.rules.fiscal_year)?.document;
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let now = clock.now();
    let as_of = AsOf {
        fiscal_year: wish.fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&view, user)?;
    refuse_stale(&view, wish.revision)?;
    if let Some(obstacle) = view.obstacles.first() {
        return Err(ServiceError::invalid_at("members", obstacle.clone()));
    }
    let inputs = to_household(&view.members, wish.fiscal_year);
    let assessment = assessor.assess(&inputs)?;
    let total = assessment.premium.total.0;
    if total != wish.preview_total {
        let message = format!(
            "試算 {}円 とサーバの計算 {total}円 が違います。決定していません",
            wish.preview_total
        );
        return Err(ServiceError::Conflict(
            Problem::new(message).at("preview_total"),
        ));
    }
    let decision = Decision {
        summary: DecisionSummary {
            id: tx.take_ids("decision", 1).await?,
            fiscal_year: wish.fiscal_year,
            decided_at: now.text(),
            decided_by: user.login.clone(),
            total,
        },
        household_id,
        inputs,
        parameters: assessor.parameters.id(),
        parameters_sha256: document.sha256.to_owned(),
        rule_version: RULE_VERSION,
        assessment,
    };
    store(&mut tx, &decision, now, view.revision).await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(user, What::Decide, now).of_household(household_id, persons);
    entry
        .detail(format!("decision {}", decision.summary.id))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(decision)
}

async fn store(
    tx: &mut Tx,
    decision: &Decision,
    now: Instant,
    revision: i64,
) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO decision (id, household_id, fiscal_year, decided_at, decided_by, revision, \
        parameters, parameters_sha256, rule_version, total, inputs, result) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let inputs = serde_json::to_string(&decision.inputs)?;
    let result = serde_json::to_string(&decision.assessment)?;
    let summary = &decision.summary;
    on_tx!(tx, connection => sqlx::query(SQL)
        .bind(summary.id).bind(decision.household_id).bind(i64::from(summary.fiscal_year)).bind(now.0)
        .bind(&summary.decided_by).bind(revision).bind(&decision.parameters).bind(&decision.parameters_sha256)
        .bind(i64::from(decision.rule_version)).bind(summary.total).bind(inputs).bind(result)
        .execute(connection).await?.rows_affected());
    Ok(())
}

/// A stored decision, its inputs and result still as text.
#[derive(FromRow)]
pub struct Stored {
    pub id: i64,
    pub household_id: i64,
    pub fiscal_year: i64,
    pub decided_at: i64,
    pub decided_by: String,
    pub parameters: String,
    pub parameters_sha256: String,
    pub rule_version: i64,
    pub total: i64,
    pub inputs: String,
    pub result: String,
}

/// One decision, of a household that the account sees.
pub async fn find(db: &Db, id: i64, user: &User) -> Result<Decision, ServiceError> {
    const SQL: &str = "SELECT id, household_id, fiscal_year, decided_at, decided_by, parameters, parameters_sha256, \
        rule_version, total, inputs, result FROM decision WHERE id = $1";
    let stored: Option<Stored> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    let stored = stored.ok_or(ServiceError::NotFound("賦課決定"))?;
    let ward = household::ward(db, stored.household_id).await?;
    if !user.sees(ward.as_deref().unwrap_or_default()) {
        return Err(ServiceError::NotFound("賦課決定"));
    }
    Ok(Decision {
        summary: DecisionSummary {
            id: stored.id,
            fiscal_year: i32::try_from(stored.fiscal_year).unwrap_or(0),
            decided_at: Instant(stored.decided_at).text(),
            decided_by: stored.decided_by,
            total: stored.total,
        },
        household_id: stored.household_id,
        inputs: serde_json::from_str(&stored.inputs)?,
        parameters: stored.parameters,
        parameters_sha256: stored.parameters_sha256,
        rule_version: u32::try_from(stored.rule_version).unwrap_or(0),
        assessment: serde_json::from_str(&stored.result)?,
    })
}

/// The household's decisions of a year, the newest first.
pub async fn list(
    db: &Db,
    household: i64,
    year: i32,
    known: Instant,
) -> Result<Vec<DecisionSummary>, ServiceError> {
    const SQL: &str = "SELECT id, decided_at, decided_by, total FROM decision \
        WHERE household_id = $1 AND fiscal_year = $2 AND decided_at <= $3 ORDER BY id DESC";
    let rows: Vec<(i64, i64, String, i64)> = on_db!(db, pool => sqlx::query_as(SQL)
        .bind(household).bind(i64::from(year)).bind(known.0).fetch_all(pool).await?);
    let summaries = rows
        .into_iter()
        .map(|(id, at, decided_by, total)| DecisionSummary {
            id,
            fiscal_year: year,
            decided_at: Instant(at).text(),
            decided_by,
            total,
        });
    Ok(summaries.collect())
}
