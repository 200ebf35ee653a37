//! Asking: an inquiry is queued under the law of the day, and no two of the same are open at once.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::figures;
use crate::on_tx;
use crate::row;
use crate::store::{Db, Lock, Tx};
use chrono::Days;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::inquiry::InquiryWish;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::linkage::inquiry::InquiryState;

/// Days within which an answer is expected.
const DAYS: u64 = 14;
/// The longest purpose or reason that is kept.
const MOST_TEXT: usize = 200;

/// Puts an inquiry into the queue. What stands in no row of the law valid today is not asked, and
/// nothing is asked twice while the answer is still open.
pub async fn ask(
    db: &Db,
    household_id: HouseholdId,
    wish: &InquiryWish,
    user: &User,
    clock: Clock,
) -> Result<i64, ServiceError> {
    const SAME: &str = "SELECT state FROM inquiry WHERE person_id = $1 AND dataset = $2 AND holder = $3 AND holder_code = $4 \
        AND fiscal_year = $5";
    let code = wish.holder_code.trim();
    said("purpose", &wish.purpose)?;
    if code.is_empty() || code.len() > 16 || !code.chars().all(|each| each.is_ascii_alphanumeric())
    {
        return Err(ServiceError::invalid_at(
            "holder_code",
            "提供者コードは16桁までの英数字で入力してください",
        ));
    }
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let as_of = AsOf {
        fiscal_year: wish.fiscal_year,
        valid_on: None,
        known_at: Instant::LATEST,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, user).await?;
    if !view
        .members
        .iter()
        .any(|member| member.person_id == wish.person_id)
    {
        return Err(ServiceError::invalid_at(
            "person_id",
            "この世帯の人ではありません",
        ));
    }
    let states: Vec<String> = on_tx!(&mut tx, c => sqlx::query_scalar(SAME).bind(wish.person_id)
        .bind(wish.dataset.key()).bind(wish.holder.key()).bind(code).bind(wish.fiscal_year)
        .fetch_all(c).await?);
    let open = |state: &String| InquiryState::of_key(state).is_some_and(InquiryState::is_open);
    if states.iter().any(open) {
        let text = "同じ照会の回答を待っているか、確認していません";
        return Err(ServiceError::Conflict(Problem::new(text).at("dataset")));
    }
    let id = queue(&mut tx, &view, wish, user, clock).await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds the inquiry, under the law of today.
pub(super) async fn queue(
    tx: &mut Tx,
    view: &HouseholdView,
    wish: &InquiryWish,
    user: &User,
    clock: Clock,
) -> Result<i64, ServiceError> {
    let (now, today) = (tx.at(), clock.today());
    let bases = figures::bases()?;
    let basis = bases.of(wish.holder, wish.dataset, today).ok_or_else(|| {
        let text = format!(
            "{}に{}を照会できる根拠がありません",
            wish.holder.name(),
            wish.dataset.name()
        );
        ServiceError::invalid_at("dataset", text)
    })?;
    let deadline = today.checked_add_days(Days::new(DAYS)).unwrap_or(today);
    let id = tx.take_ids("inquiry", 1).await?;
    let row = row! {
        id,
        household_id: view.id,
        person_id: wish.person_id,
        dataset: wish.dataset.key(),
        holder: wish.holder.key(),
        holder_code: wish.holder_code.trim().to_owned(),
        fiscal_year: wish.fiscal_year,
        purpose: wish.purpose.trim().to_owned(),
        law: basis.law.clone(),
        item: basis.item.clone(),
        affairs: basis.affairs.clone(),
        undisclosed: view.is_guarded(),
        state: InquiryState::Queued.key(),
        created_at: now,
        created_by: user.login.clone(),
        deadline,
        differences: "[]",
        closed_reason: "",
    };
    tx.insert("inquiry", &[row]).await?;
    let entry = Entry::new(user, AuditAction::Inquire, now).of_household(view.id, [wish.person_id]);
    let detail = format!("inquiry {id} {}", wish.dataset.key());
    entry.detail(detail).write(tx).await?;
    Ok(id)
}

/// The text of a purpose or a reason.
pub(super) fn said<'a>(field: &str, text: &'a str) -> Result<&'a str, ServiceError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ServiceError::invalid_at(field, "理由を入力してください")),
        1..=MOST_TEXT => Ok(text),
        _ => Err(ServiceError::invalid_at(field, "200字までにしてください")),
    }
}
