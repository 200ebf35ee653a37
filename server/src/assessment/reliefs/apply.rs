//! 減免の申請: what the city's rules allow to be applied for.

use super::{Desk, list, visible};
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::on_tx;
use crate::row;
use crate::store::{Db, Lock, Tx};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::relief::{ReliefApplication, ReliefCase, ReliefState};
use kokuho_shared::assessment::relief::rules::{ReliefRule, may_cover};
use kokuho_shared::ids::{HouseholdId, PersonId};

/// The longest text that is kept.
const MOST_TEXT: usize = 500;

/// 申請の受付.
pub async fn apply(
    db: &Db,
    household: HouseholdId,
    wish: &ReliefApplication,
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    let mut tx = db.write(Lock::Household(household)).await?;
    let view = visible(&mut tx, household, wish.fiscal_year, desk).await?;
    let rule = desk
        .rules
        .find(desk.municipality, wish.applied_on, &wish.rule);
    let rule = rule.ok_or_else(|| {
        ServiceError::invalid_at("rule", "その申請日に使える減免の基準ではありません")
    })?;
    check(&view, wish, rule, desk.clock.today())?;
    refuse_second(&mut tx, household, wish).await?;
    let now = tx.at();
    let id = tx.take_ids("relief_case", 1).await?;
    let row = row! {
        id,
        household_id: household,
        fiscal_year: wish.fiscal_year,
        rule: wish.rule.clone(),
        person_id: wish.person_id,
        applied_on: wish.applied_on,
        from_month: wish.from.first_day(),
        until_month: wish.until.first_day(),
        measured: wish.measured,
        grounds: wish.grounds.trim().to_owned(),
        evidence: serde_json::to_string(&wish.evidence)?,
        state: ReliefState::Applied.key(),
        created_at: now,
        created_by: desk.user.login.clone(),
        reason: "",
    };
    tx.insert("relief_case", &[row]).await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(desk.user, AuditAction::Update, now).of_household(household, persons);
    let entry = entry.detail(format!("relief {id} {} applied for", wish.rule));
    entry.write(&mut tx).await?;
    let cases = list(&mut tx, &view, desk).await?;
    tx.commit().await?;
    Ok(cases)
}

/// The same relief is not applied for twice in the same months.
async fn refuse_second(
    tx: &mut Tx,
    household: HouseholdId,
    wish: &ReliefApplication,
) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM relief_case WHERE household_id = $1 AND fiscal_year = $2 AND rule = $3 \
        AND COALESCE(person_id, 0) = $4 AND state IN ('applied', 'granted') AND from_month <= $5 AND until_month >= $6";
    let known: i64 = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(household).bind(wish.fiscal_year)
        .bind(&wish.rule).bind(wish.person_id.unwrap_or_default()).bind(wish.until.first_day()).bind(wish.from.first_day())
        .fetch_one(c).await?);
    if known == 0 {
        return Ok(());
    }
    let text = "同じ月の同じ減免が、もう申請または承認されています";
    Err(ServiceError::Conflict(Problem::new(text).at("rule")))
}

fn check(
    view: &HouseholdView,
    wish: &ReliefApplication,
    rule: &ReliefRule,
    today: NaiveDate,
) -> Result<(), ServiceError> {
    let wrong = |field: &str, text: String| Err(ServiceError::invalid_at(field, text));
    if wish.applied_on > today {
        return wrong("applied_on", "申請日が業務日より後です".into());
    }
    let known = |id: PersonId| view.members.iter().any(|member| member.person_id == id);
    match (rule.personal, wish.person_id) {
        (true, Some(id)) if known(id) => {}
        (true, _) => return wrong("person_id", "この世帯の人を選んでください".into()),
        (false, Some(_)) => return wrong("person_id", "世帯全体の減免です".into()),
        (false, None) => {}
    }
    let span = may_cover(rule, wish.fiscal_year, wish.applied_on);
    let (first, last) =
        span.ok_or_else(|| ServiceError::invalid_at("fiscal_year", "扱えない年度です"))?;
    if wish.from.first_day() < first {
        let text = match rule.retroactive {
            true => "年度より前の月は減免できません",
            false => "申請した月より前の月は減免できません",
        };
        return wrong("from", text.into());
    }
    if wish.until < wish.from || wish.until.first_day() > last {
        return wrong(
            "until",
            "始まりの月から年度の終わりまでの月にしてください".into(),
        );
    }
    let measured = wish
        .measured
        .is_some_and(|percent| (0..=100).contains(&percent));
    if !rule.measure.is_empty() && !measured {
        return wrong(
            "measured",
            format!("{}を0から100で入力してください", rule.measure),
        );
    }
    if wish.grounds.trim().is_empty() || wish.grounds.chars().count() > MOST_TEXT {
        return wrong(
            "grounds",
            format!("事情を{MOST_TEXT}字までで入力してください"),
        );
    }
    if let Some(other) = wish
        .evidence
        .iter()
        .find(|shown| !rule.evidence.contains(shown))
    {
        return wrong(
            "evidence",
            format!("「{other}」はこの減免の証明書類ではありません"),
        );
    }
    Ok(())
}
