//! 支援措置: who is under a measure, and who was shown where a household lives, and why.

use super::household::{self, AsOf};
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::bulk::Value;
use crate::store::{Db, Lock, Tx};
use kokuho_shared::api::household::{HouseholdView, ProtectionEdit, Revealed};

/// The longest reason that is kept.
const MOST_REASON: usize = 200;

/// Registers, extends or ends the measure of a member of a household.
pub async fn set(
    db: &Db,
    household_id: i64,
    edit: &ProtectionEdit,
    user: &User,
    (clock, fiscal_year): (Clock, i32),
) -> Result<HouseholdView, ServiceError> {
    let reason = said(&edit.reason)?;
    if let Some(until) = edit.until
        && until <= edit.from
    {
        let text = "終了日は開始日より後にしてください";
        return Err(ServiceError::invalid_at("until", text));
    }
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let now = clock.now();
    let as_of = AsOf {
        fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&view, user)?;
    let member = |id| view.members.iter().any(|member| member.person_id == id);
    if !member(edit.person_id) {
        return Err(ServiceError::invalid_at(
            "person_id",
            "この世帯の人ではありません",
        ));
    }
    end(&mut tx, edit.person_id, now).await?;
    if let Some(until) = edit.until {
        let id = tx.take_ids("protection", 1).await?;
        let row = vec![
            Value::Int(id),
            Value::Int(edit.person_id),
            Value::Date(edit.from),
            Value::Date(until),
            Value::Int(now.0),
            Value::Text(user.login.clone()),
            Value::Text(reason.to_owned()),
        ];
        tx.insert("protection_fact", PROTECTION, &[row]).await?;
    }
    let entry = Entry::new(user, What::Protect, now).of_household(household_id, [edit.person_id]);
    let detail = match edit.until {
        Some(until) => format!("until {until}"),
        None => "ended".to_owned(),
    };
    entry.detail(detail).write(&mut tx).await?;
    let mut view = household::view_in(&mut tx, household_id, as_of).await?;
    tx.commit().await?;
    view.mask();
    Ok(view)
}

const PROTECTION: &[&str] = &[
    "id",
    "person_id",
    "valid_from",
    "valid_until",
    "recorded_at",
    "recorded_by",
    "reason",
];

async fn end(tx: &mut Tx, person: i64, now: Instant) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE protection_fact SET superseded_at = $1 WHERE person_id = $2 AND superseded_at IS NULL";
    on_tx!(tx, connection => sqlx::query(SQL).bind(now.0).bind(person)
        .execute(connection).await?.rows_affected());
    Ok(())
}

fn said(reason: &str) -> Result<&str, ServiceError> {
    let reason = reason.trim();
    let text = match reason.chars().count() {
        0 => "理由を入力してください",
        1..=MOST_REASON => return Ok(reason),
        _ => "理由は200字までにしてください",
    };
    Err(ServiceError::invalid_at("reason", text))
}

/// Shows where a household lives. The reason is recorded before the answer is given.
pub async fn reveal(
    db: &Db,
    household_id: i64,
    reason: &str,
    user: &User,
    (clock, fiscal_year): (Clock, i32),
) -> Result<Revealed, ServiceError> {
    let reason = said(reason)?;
    let now = clock.now();
    let as_of = AsOf {
        fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view(db, household_id, as_of).await?;
    household::refuse_hidden(&view, user)?;
    let mut tx = db.write(Lock::Nothing).await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(user, What::Reveal, now).of_household(household_id, persons);
    entry.detail(reason).write(&mut tx).await?;
    tx.commit().await?;
    let open = |text: Option<&String>| text.cloned().unwrap_or_default();
    Ok(Revealed {
        postcode: open(view.postcode.open()),
        address: open(view.address.open()),
        ward: open(view.ward.open()),
    })
}
