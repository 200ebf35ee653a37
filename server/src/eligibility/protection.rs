//! 支援措置: who is under a measure, and who was shown where a household lives, and why.

use super::household::{self, AsOf};
use crate::access::user::{Actor, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::facts::{By, FactChange, announce, record};
use crate::on_tx;
use crate::row;
use crate::store::{Db, Lock, Tx};
use kokuho_shared::access::Action;
use kokuho_shared::api::household::{HouseholdView, ProtectionEdit, Revealed};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};

/// The longest reason that is kept.
const MOST_REASON: usize = 200;

/// Registers, extends or ends the measure of a member of a household.
pub async fn set(
    db: &Db,
    household_id: HouseholdId,
    fiscal_year: FiscalYear,
    wish: &ProtectionEdit,
    actor: Actor<'_>,
) -> Result<HouseholdView, ServiceError> {
    let user = actor.user;
    let reason = said("reason", &wish.reason)?;
    if let Some(until) = wish.until
        && until <= wish.from
    {
        let text = "終了日は開始日より後にしてください";
        return Err(ServiceError::invalid_at("until", text));
    }
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let now = tx.at();
    let as_of = AsOf {
        fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, user).await?;
    let member = |id| view.members.iter().any(|member| member.person_id == id);
    if !member(wish.person_id) {
        return Err(ServiceError::invalid_at(
            "person_id",
            "この世帯の人ではありません",
        ));
    }
    end(&mut tx, wish.person_id, now).await?;
    if let Some(until) = wish.until {
        let id = tx.take_ids("protection", 1).await?;
        let row = row! {
            id,
            person_id: wish.person_id,
            valid_from: wish.from,
            valid_until: until,
            recorded_at: now,
            recorded_by: user.login.clone(),
            reason: reason.to_owned(),
        };
        tx.insert("protection_fact", &[row]).await?;
    }
    // Other offices are told with the next record whether the place is guarded.
    let by = By::of(&user.login, now, &actor.clock);
    let change = record(&mut tx, household_id, "支援措置", by).await?;
    let news = FactChange::Protection {
        person: wish.person_id,
    };
    announce(&mut tx, change, news).await?;
    let entry =
        Entry::new(user, AuditAction::Protect, now).of_household(household_id, [wish.person_id]);
    let detail = match wish.until {
        Some(until) => format!("until {until}"),
        None => "ended".to_owned(),
    };
    entry.detail(detail).write(&mut tx).await?;
    let mut view = household::view_in(&mut tx, household_id, as_of).await?;
    tx.commit().await?;
    view.mask();
    Ok(view)
}

async fn end(tx: &mut Tx, person: PersonId, now: Instant) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE protection_fact SET superseded_at = $1 WHERE person_id = $2 AND superseded_at IS NULL";
    on_tx!(tx, connection => sqlx::query(SQL).bind(now.0).bind(person)
        .execute(connection).await?.rows_affected());
    Ok(())
}

fn said<'a>(field: &str, reason: &'a str) -> Result<&'a str, ServiceError> {
    let reason = reason.trim();
    let text = match reason.chars().count() {
        0 => "理由を入力してください",
        1..=MOST_REASON => return Ok(reason),
        _ => "理由は200字までにしてください",
    };
    Err(ServiceError::invalid_at(field, text))
}

/// Shows where a household lives. The reason is recorded before the answer is given.
pub async fn reveal(
    db: &Db,
    household_id: HouseholdId,
    fiscal_year: FiscalYear,
    reason: &str,
    actor: Actor<'_>,
) -> Result<Revealed, ServiceError> {
    let reason = said("reason", reason)?;
    let mut tx = db.write(Lock::Nothing).await?;
    let looks = Viewer {
        user: actor.user,
        at: Instant::LATEST,
    };
    let view = household::visible_in(&mut tx, household_id, fiscal_year, looks).await?;
    let onlooker = Viewer {
        at: actor.clock.now(),
        ..looks
    };
    revealed(&view, reason, onlooker).write(&mut tx).await?;
    tx.commit().await?;
    let open = |text: Option<&String>| text.cloned().unwrap_or_default();
    Ok(Revealed {
        postcode: open(view.postcode.open()),
        address: open(view.address.open()),
        ward: open(view.ward.open()),
    })
}

/// Who was shown where a household lives, and by what.
fn revealed(view: &HouseholdView, by: &str, onlooker: Viewer<'_>) -> Entry {
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(onlooker.user, AuditAction::Reveal, onlooker.at);
    entry.of_household(view.id, persons).detail(by)
}

/// 個別の発行: a paper that tells a guarded place leaves by hand, for a reason that is on record. Of any
/// other household no reason is wanted.
pub async fn reveal_by_paper(
    tx: &mut Tx,
    view: &HouseholdView,
    reason: &str,
    by: Viewer<'_>,
) -> Result<(), ServiceError> {
    if !view.is_guarded() {
        return Ok(());
    }
    by.user.check(Action::Protect)?;
    if reason.trim().is_empty() {
        let text = "支援措置の対象です。文書には居所が載ります。発行する理由を入力してください";
        return Err(ServiceError::invalid_at("reveal_reason", text));
    }
    revealed(view, said("reveal_reason", reason)?, by)
        .write(tx)
        .await
}

/// A paper that was issued is shown again: only to those who may be shown the place, and on record.
pub async fn reveal_paper(
    db: &Db,
    view: &HouseholdView,
    what: String,
    by: Viewer<'_>,
) -> Result<(), ServiceError> {
    by.user.check(Action::Protect)?;
    let mut tx = db.write(Lock::Nothing).await?;
    revealed(view, &what, by).write(&mut tx).await?;
    tx.commit().await
}

/// Whether somebody under a measure lives in a place, or with somebody who does.
pub async fn is_guarded_place(tx: &mut Tx, place: &str) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM guarded_place WHERE place = $1";
    let found: i64 = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(place).fetch_one(c).await?);
    Ok(found > 0)
}
