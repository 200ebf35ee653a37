//! 減免の決定: by somebody else than who accepted the application, at the rate of the city's table.

use super::{Desk, Row, find, list, visible};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::facts::{By, FactChange, announce, record};
use crate::figures;
use crate::on_tx;
use crate::row;
use crate::store::{Db, Lock, Tx};
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::relief::{ReliefCase, ReliefDecision, ReliefState};
use kokuho_shared::assessment::household::IncomeStatus;

/// 決定: granted, refused, withdrawn, or ended afterwards.
pub async fn decide(
    db: &Db,
    case: i64,
    wish: &ReliefDecision,
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    const SET: &str = "UPDATE relief_case SET state = $1, decided_at = $2, decided_by = $3, reason = $4 \
        WHERE id = $5 AND state = $6";
    let mut tx = db.read().await?;
    let household = find(&mut tx, case).await?.household_id;
    tx.commit().await?;
    let mut tx = db.write(Lock::Household(household)).await?;
    let row = find(&mut tx, case).await?;
    let view = visible(&mut tx, row.household_id, row.fiscal_year, desk).await?;
    let from = row.state()?;
    refuse_step(&row, from, wish, desk)?;
    let now = tx.at();
    let reason = wish.reason.trim();
    let changed = on_tx!(&mut tx, c => sqlx::query(SET).bind(wish.state.key()).bind(now.0)
        .bind(&desk.user.login).bind(reason).bind(row.id).bind(from.key())
        .execute(c).await?.rows_affected());
    if changed != 1 {
        return Err(moved_on());
    }
    match wish.state {
        ReliefState::Granted => grant(&mut tx, &row, &view, desk, now).await?,
        ReliefState::Ended => end(&mut tx, &row, reason, desk, now).await?,
        _ => {}
    }
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(desk.user, AuditAction::Decide, now).of_household(view.id, persons);
    let entry = entry.detail(format!("relief {} {}", row.id, wish.state.key()));
    entry.write(&mut tx).await?;
    let view = visible(&mut tx, row.household_id, row.fiscal_year, desk).await?;
    let cases = list(&mut tx, &view, desk).await?;
    tx.commit().await?;
    Ok(cases)
}

fn moved_on() -> ServiceError {
    let text = "この申請はもう処理されています。読み直してください";
    ServiceError::Conflict(Problem::new(text).at("state"))
}

fn refuse_step(
    row: &Row,
    from: ReliefState,
    wish: &ReliefDecision,
    desk: &Desk<'_>,
) -> Result<(), ServiceError> {
    use ReliefState::{Applied, Ended, Granted, Refused, Withdrawn};
    match (from, wish.state) {
        (Applied, Granted | Refused | Withdrawn) | (Granted, Ended) => {}
        _ => return Err(moved_on()),
    }
    if wish.state != Granted && wish.reason.trim().is_empty() {
        return Err(ServiceError::invalid_at("reason", "理由を入力してください"));
    }
    if wish.state != Withdrawn && row.created_by == desk.user.login {
        let text = "申請を受け付けた本人は決定できません。別の係長が決定してください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    Ok(())
}

/// The relief becomes a fact, at the rate of the city's table and with every piece of evidence.
async fn grant(
    tx: &mut Tx,
    row: &Row,
    view: &HouseholdView,
    desk: &Desk<'_>,
    now: Instant,
) -> Result<(), ServiceError> {
    let rule = desk
        .rules
        .find(desk.municipality, row.applied_on, &row.rule);
    let rule = rule.ok_or(ServiceError::NotFound("減免の基準"))?;
    if !rule.is_known() {
        let text = "この市の減免割合の表が登録されていないため、承認できません（市の基準を登録してください）";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let relief = row.relief(rule).ok_or_else(|| {
        let text = "減免割合の表では、この割合に減免がありません";
        ServiceError::Conflict(Problem::new(text))
    })?;
    let case = row.view(Some(rule), None)?;
    if let Some(missing) = case.missing.first() {
        let text = format!("証明書類がそろっていません: {missing}");
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let undeclared = view
        .members
        .iter()
        .any(|member| member.income_status == IncomeStatus::Undeclared);
    if undeclared {
        let text = "所得が未申告の人がいる世帯は減免できません。先に所得申告書を受け付けてください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let assessor = figures::assessor(desk.municipality, view.fiscal_year)?;
    let mut household = assessor.household(&view.members, &view.reliefs);
    household.reliefs.push(relief.clone());
    assessor.accept(&household)?;
    let change = change(tx, row, &format!("減免の承認（{}）", rule.name), desk, now).await?;
    let values = row! {
        id: tx.take_ids("relief_fact", 1).await?,
        household_id: row.household_id,
        fiscal_year: row.fiscal_year,
        case_id: row.id,
        change_id: change,
        relief: serde_json::to_string(&relief)?,
        recorded_at: now,
    };
    tx.insert("relief_fact", &[values]).await
}

/// 取消し: the fact is no longer so, as if it had never been granted.
async fn end(
    tx: &mut Tx,
    row: &Row,
    reason: &str,
    desk: &Desk<'_>,
    now: Instant,
) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT id FROM relief_fact WHERE case_id = $1 AND superseded_at IS NULL";
    let ids: Vec<i64> = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(row.id).fetch_all(c).await?);
    tx.supersede("relief_fact", &ids, now.0).await?;
    change(tx, row, &format!("減免の取消し（{reason}）"), desk, now).await?;
    Ok(())
}

/// A change of the household's facts: its decision of the year is due again.
async fn change(
    tx: &mut Tx,
    row: &Row,
    reason: &str,
    desk: &Desk<'_>,
    now: Instant,
) -> Result<i64, ServiceError> {
    let by = By::of(&desk.user.login, now, &desk.clock);
    let change = record(tx, row.household_id, reason, by).await?;
    announce(
        tx,
        change,
        FactChange::Household {
            id: row.household_id,
            from_year: row.fiscal_year,
        },
    )
    .await?;
    Ok(change.id)
}
