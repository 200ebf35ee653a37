//! 国保上の世帯主: on request an insured member takes the place of a head who is not insured. Letters
//! go to that member; premium and reductions stay the same.

pub mod routes;

use super::household;
use crate::access::user::{Actor, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::facts::By;
use crate::store::{Db, Lock, Tx};
use crate::{on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::student::PayerEdit;
use kokuho_shared::calendar::{FiscalYear, age_attained_on};
use kokuho_shared::ids::{HouseholdId, PersonId};

/// 成年 (民法4条).
const ADULT: u32 = 18;
/// The longest reason that is kept.
const MOST_REASON: usize = 200;

/// Sets or takes back; the day of the business is the day from which it holds.
pub async fn set(
    db: &Db,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    wish: &PayerEdit,
    actor: Actor<'_>,
) -> Result<HouseholdView, ServiceError> {
    let user = actor.user;
    let mut tx = db.write(Lock::Household(household)).await?;
    let (now, today) = (tx.at(), actor.clock.today());
    let onlooker = Viewer { user, at: now };
    // Who is insured is looked at today, whatever year is on the screen.
    let this = FiscalYear::of(today);
    let view = household::visible_in(&mut tx, household, this, onlooker).await?;
    let reason = wish.reason.trim();
    match wish.person_id {
        Some(person) => allowed(&view, person, wish, today)?,
        None if reason.is_empty() || reason.chars().count() > MOST_REASON => {
            let text = format!("元に戻す理由を{MOST_REASON}字までで入力してください");
            return Err(ServiceError::invalid_at("reason", text));
        }
        None => {}
    }
    end(&mut tx, household, now, reason).await?;
    if let Some(person) = wish.person_id {
        let by = By {
            login: &user.login,
            now,
            day: today,
        };
        begin(&mut tx, household, person, by).await?;
    }
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(user, AuditAction::Update, now).of_household(household, persons);
    let detail = match wish.person_id {
        Some(person) => format!("head for insurance {person}, consent and no arrears confirmed"),
        None => "head for insurance taken back".to_owned(),
    };
    entry.detail(detail).write(&mut tx).await?;
    let after = household::visible_in(&mut tx, household, fiscal_year, onlooker).await?;
    tx.commit().await?;
    Ok(after)
}

async fn end(
    tx: &mut Tx,
    household: HouseholdId,
    now: Instant,
    reason: &str,
) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE payer_fact SET superseded_at = $1, end_reason = $2 \
        WHERE household_id = $3 AND superseded_at IS NULL";
    on_tx!(tx, c => sqlx::query(SQL).bind(now.0).bind(reason).bind(household)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The member is the payer from the day of the business on.
async fn begin(
    tx: &mut Tx,
    household: HouseholdId,
    person: PersonId,
    by: By<'_>,
) -> Result<(), ServiceError> {
    let row = row! {
        id: tx.take_ids("payer_fact", 1).await?,
        household_id: household,
        person_id: person,
        since: by.day,
        recorded_at: by.now,
        recorded_by: by.login.to_owned(),
        end_reason: "",
    };
    tx.insert("payer_fact", &[row]).await
}

/// What cities ask for; each is a fact that somebody has seen.
fn allowed(
    view: &HouseholdView,
    person: PersonId,
    wish: &PayerEdit,
    today: NaiveDate,
) -> Result<(), ServiceError> {
    let head = view.members.iter().find(|member| member.head);
    if head.is_some_and(|head| head.period_on(today).is_some()) {
        let text =
            "住民票の世帯主が加入しているため、変更できません（擬制世帯主のときだけ変更できます）";
        return Err(ServiceError::invalid_at("person_id", text));
    }
    let member = view.members.iter().find(|one| one.person_id == person);
    let member = member.filter(|member| member.period_on(today).is_some());
    let member = member.ok_or_else(|| {
        ServiceError::invalid_at("person_id", "この世帯で加入している人を選んでください")
    })?;
    if age_attained_on(member.birth_date, ADULT).is_none_or(|adult| adult > today) {
        let text = "成年に達していない人は、国保上の世帯主になれません";
        return Err(ServiceError::invalid_at("person_id", text));
    }
    for (said, field, text) in [
        (
            wish.consent,
            "consent",
            "住民票の世帯主の同意を確かめてください",
        ),
        (
            wish.no_arrears,
            "no_arrears",
            "保険料に滞納がないことを確かめてください",
        ),
    ] {
        if !said {
            return Err(ServiceError::invalid_at(field, text));
        }
    }
    Ok(())
}
