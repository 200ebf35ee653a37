//! 担当: who has taken up something that waits. A note for colleagues: it locks nothing.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::{Db, Lock};
use crate::{on_db, on_tx};
use kokuho_shared::api::queue::{QueueClaim, QueueItem, QueueKind};
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;
use std::collections::HashMap;

#[derive(FromRow)]
struct Claim {
    household_id: HouseholdId,
    person_id: PersonId,
    login: String,
}

/// Names whoever has taken up the items of a kind.
pub async fn name(db: &Db, kind: QueueKind, items: &mut [QueueItem]) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT household_id, person_id, login FROM queue_claim WHERE kind = $1";
    if items.is_empty() {
        return Ok(());
    }
    let rows: Vec<Claim> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(kind.key()).fetch_all(pool).await?);
    let owners: HashMap<(HouseholdId, PersonId), String> = rows
        .into_iter()
        .map(|claim| ((claim.household_id, claim.person_id), claim.login))
        .collect();
    for item in items {
        item.owner = owners.get(&(item.household_id, item.person_id)).cloned();
    }
    Ok(())
}

/// Takes something up, or lays it down again. Taking up what a colleague has makes one the owner.
pub async fn claim(
    db: &Db,
    wish: &QueueClaim,
    user: &User,
    clock: Clock,
) -> Result<(), ServiceError> {
    const TAKE: &str = "INSERT INTO queue_claim (kind, household_id, person_id, login, claimed_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (kind, household_id, person_id) DO UPDATE SET login = excluded.login, claimed_at = excluded.claimed_at";
    const LAY: &str =
        "DELETE FROM queue_claim WHERE kind = $1 AND household_id = $2 AND person_id = $3";
    let mut tx = db.write(Lock::Nothing).await?;
    let (kind, household, person) = (wish.kind.key(), wish.household_id, wish.person_id);
    if wish.take {
        on_tx!(&mut tx, c => sqlx::query(TAKE).bind(kind).bind(household).bind(person)
            .bind(&user.login).bind(clock.now().0).execute(c).await?.rows_affected());
    } else {
        on_tx!(&mut tx, c => sqlx::query(LAY).bind(kind).bind(household).bind(person)
            .execute(c).await?.rows_affected());
    }
    let entry =
        Entry::new(user, AuditAction::Update, clock.now()).of_household(household, [person]);
    let done = if wish.take { "taken up" } else { "laid down" };
    entry
        .detail(format!("{done} in the queue"))
        .write(&mut tx)
        .await?;
    tx.commit().await
}
