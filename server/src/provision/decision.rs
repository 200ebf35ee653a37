//! 提供の可否: somebody decides whether a request is answered.

use super::stored::word;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::{Db, Lock};
use kokuho_shared::api::Problem;
use kokuho_shared::api::provision::DecideProvision;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::provision::request::{ProvisionDecision, ProvisionState};
use sqlx::FromRow;

/// The longest reason that is kept.
const MOST_REASON: usize = 200;

#[derive(FromRow)]
struct Found {
    state: String,
    person_id: Option<PersonId>,
    household_id: Option<HouseholdId>,
    ward: Option<String>,
}

/// Decides once; refused where it is decided already, and where a refusal has no reason.
pub async fn decide(
    db: &Db,
    id: i64,
    wish: &DecideProvision,
    user: &User,
) -> Result<(), ServiceError> {
    const FIND: &str = "SELECT r.state, r.person_id, m.household_id, p.ward FROM provision_request r \
        LEFT JOIN person_fact p ON p.person_id = r.person_id AND p.superseded_at IS NULL \
        LEFT JOIN membership_fact m ON m.person_id = r.person_id AND m.superseded_at IS NULL WHERE r.id = $1";
    const WRITE: &str = "UPDATE provision_request SET state = 'queued', decision = $1, reason = $2, decided_at = $3, \
        decided_by = $4 WHERE id = $5 AND state = 'waiting'";
    let reason = wish.reason.trim();
    if reason.chars().count() > MOST_REASON {
        let text = format!("理由は{MOST_REASON}文字までにしてください");
        return Err(ServiceError::invalid_at("reason", text));
    }
    let mut tx = db.write(Lock::Nothing).await?;
    let found: Option<Found> =
        on_tx!(&mut tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await?);
    let found = found.filter(|found| user.sees(found.ward.as_deref().unwrap_or_default()));
    let found = found.ok_or(ServiceError::NotFound("提供の求め"))?;
    let before = word(ProvisionState::of_key, &found.state)?;
    if before != ProvisionState::Waiting {
        let text = format!("「{}」の求めにはできない操作です", before.name());
        return Err(ServiceError::Conflict(Problem::new(text).at("decision")));
    }
    if reason.is_empty() && wish.decision == ProvisionDecision::Refuse {
        return Err(ServiceError::invalid_at("reason", "理由を入力してください"));
    }
    let at = tx.at();
    let written = on_tx!(&mut tx, c => sqlx::query(WRITE).bind(wish.decision.key()).bind(reason).bind(at.0)
        .bind(&user.login).bind(id).execute(c).await?.rows_affected());
    if written == 0 {
        let text = "この求めの状態が、いま変わりました。読み直してください";
        return Err(ServiceError::Conflict(Problem::new(text).at("decision")));
    }
    let entry = Entry::new(user, AuditAction::Inquire, at);
    let entry = Entry {
        household: found.household_id,
        persons: found.person_id.into_iter().collect(),
        ..entry
    };
    let detail = format!("provision_request {id} {}", wish.decision.key());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}
