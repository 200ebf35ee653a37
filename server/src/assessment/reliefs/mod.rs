//! 減免 (法77条): applied for by one person, decided by another, and a fact of the calculation from
//! then on. The rate is the city's table's and nobody's choice.

pub mod routes;

use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::eligibility::{edit, household};
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::bulk::Value;
use crate::store::{Db, Lock, Tx, due};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::relief::{ReliefApplication, ReliefCase, ReliefDecision, ReliefState};
use kokuho_shared::assessment::finder;
use kokuho_shared::assessment::household::{Relief, ReliefKind};
use kokuho_shared::assessment::relief_rules::{ReliefRule, ReliefRules, may_cover};
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::money::Yen;
use sqlx::FromRow;

/// The longest text that is kept.
const MOST_TEXT: usize = 500;

/// Who decides by which rules, where and when.
pub struct Desk<'a> {
    pub user: &'a User,
    pub rules: &'a ReliefRules,
    pub municipality: &'a str,
    pub clock: Clock,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    household_id: i64,
    fiscal_year: i64,
    rule: String,
    person_id: Option<i64>,
    applied_on: NaiveDate,
    from_month: NaiveDate,
    until_month: NaiveDate,
    measured: Option<i64>,
    grounds: String,
    evidence: String,
    state: String,
    created_by: String,
    decided_at: Option<i64>,
    decided_by: Option<String>,
    reason: String,
}

/// SELECT of what [`Row`] reads, and the rest of the statement.
macro_rules! cases {
    ($rest:literal) => {
        concat!(
            "SELECT id, household_id, fiscal_year, rule, person_id, applied_on, from_month, until_month, measured, \
             grounds, evidence, state, created_by, decided_at, decided_by, reason FROM relief_case ",
            $rest
        )
    };
}

impl Row {
    fn year(&self) -> i32 {
        i32::try_from(self.fiscal_year).unwrap_or(0)
    }

    fn state(&self) -> Result<ReliefState, ServiceError> {
        let unknown = || ServiceError::Internal(format!("relief state {}", self.state));
        ReliefState::of_key(&self.state).ok_or_else(unknown)
    }

    /// The rate of the city's table for what was measured.
    fn percent(&self, rule: &ReliefRule) -> Option<u8> {
        rule.percent(self.measured.unwrap_or(0))
    }

    fn relief(&self, rule: &ReliefRule) -> Option<Relief> {
        let person = self.person_id.map(|id| id.to_string());
        let months = (Month::of(self.from_month), Month::of(self.until_month));
        Some(finder::granted(rule, self.percent(rule)?, person, months))
    }

    fn view(
        &self,
        rule: Option<&ReliefRule>,
        saves: Option<Yen>,
    ) -> Result<ReliefCase, ServiceError> {
        let evidence: Vec<String> = serde_json::from_str(&self.evidence)?;
        let missing = rule.map_or(&[][..], |rule| rule.evidence.as_slice()).iter();
        let missing = missing.filter(|wanted| !evidence.contains(wanted));
        Ok(ReliefCase {
            id: self.id,
            rule: self.rule.clone(),
            name: rule.map_or_else(|| self.rule.clone(), |rule| rule.name.clone()),
            kind: rule.map_or(ReliefKind::Local, |rule| rule.kind),
            person_id: self.person_id,
            applied_on: self.applied_on,
            from: Month::of(self.from_month),
            until: Month::of(self.until_month),
            measured: self.measured,
            percent: rule.and_then(|rule| self.percent(rule)),
            grounds: self.grounds.clone(),
            missing: missing.cloned().collect(),
            evidence,
            state: self.state()?,
            created_by: self.created_by.clone(),
            decided_by: self.decided_by.clone(),
            decided_at: self.decided_at.map(|at| Instant(at).text()),
            reason: self.reason.clone(),
            saves,
        })
    }
}

/// The applications of a household's year, the newest first.
pub async fn of_household(
    db: &Db,
    (household, fiscal_year): (i64, i32),
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    let mut tx = db.write(Lock::Nothing).await?;
    let view = visible(&mut tx, household, fiscal_year, desk).await?;
    let cases = list(&mut tx, &view, desk).await?;
    tx.commit().await?;
    Ok(cases)
}

async fn visible(
    tx: &mut Tx,
    household: i64,
    fiscal_year: i32,
    desk: &Desk<'_>,
) -> Result<HouseholdView, ServiceError> {
    let looks = (desk.user, desk.clock.now());
    household::visible_in(tx, household, fiscal_year, looks).await
}

async fn list(
    tx: &mut Tx,
    view: &HouseholdView,
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    const SQL: &str = cases!("WHERE household_id = $1 AND fiscal_year = $2 ORDER BY id DESC");
    let rows: Vec<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(view.id)
        .bind(i64::from(view.fiscal_year)).fetch_all(c).await?);
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let rule = desk
            .rules
            .find(desk.municipality, row.applied_on, &row.rule);
        // What was granted is told as it was, whatever the table says today.
        let relief = match granted(tx, row.id).await? {
            None => rule.and_then(|rule| row.relief(rule)),
            granted => granted,
        };
        let saves = relief
            .as_ref()
            .and_then(|relief| saves(view, &row, relief, desk));
        let mut case = row.view(rule, saves)?;
        case.percent = relief.map(|relief| relief.percent);
        cases.push(case);
    }
    Ok(cases)
}

/// The relief that a case was granted and that still holds.
async fn granted(tx: &mut Tx, case: i64) -> Result<Option<Relief>, ServiceError> {
    const SQL: &str = "SELECT relief FROM relief_fact WHERE case_id = $1 AND superseded_at IS NULL";
    let text: Option<String> =
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(case).fetch_optional(c).await?);
    let read = |text: String| serde_json::from_str(&text);
    Ok(text.map(read).transpose()?)
}

/// What an application would save or does, as things are now.
fn saves(view: &HouseholdView, row: &Row, relief: &Relief, desk: &Desk<'_>) -> Option<Yen> {
    let assessor = Assessor::shipped(desk.municipality, view.fiscal_year).ok()?;
    let (mut with, mut without) = (view.facts(), view.facts());
    match row.state().ok()? {
        ReliefState::Granted => {
            let place = without.reliefs.iter().position(|known| known == relief)?;
            without.reliefs.remove(place);
        }
        ReliefState::Applied => with.reliefs.push(relief.clone()),
        _ => return None,
    }
    let total = |household| Some(assessor.assess(household).ok()?.premium.total);
    Some(total(&without)? - total(&with)?)
}

/// 申請の受付.
pub async fn apply(
    db: &Db,
    household: i64,
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
    let now = desk.clock.now();
    let id = tx.take_ids("relief_case", 1).await?;
    let row = vec![
        Value::Int(id),
        Value::Int(household),
        Value::Int(i64::from(wish.fiscal_year)),
        Value::Text(wish.rule.clone()),
        Value::OptInt(wish.person_id),
        Value::Date(wish.applied_on),
        Value::Date(wish.from.first_day()),
        Value::Date(wish.until.first_day()),
        Value::OptInt(wish.measured),
        Value::Text(wish.grounds.trim().to_owned()),
        Value::Text(serde_json::to_string(&wish.evidence)?),
        Value::Word(ReliefState::Applied.key()),
        Value::Int(now.0),
        Value::Text(desk.user.login.clone()),
        Value::Text(String::new()),
    ];
    tx.insert("relief_case", COLUMNS, &[row]).await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(desk.user, What::Update, now).of_household(household, persons);
    let entry = entry.detail(format!("relief {id} {} applied for", wish.rule));
    entry.write(&mut tx).await?;
    let cases = list(&mut tx, &view, desk).await?;
    tx.commit().await?;
    Ok(cases)
}

/// The same relief is not applied for twice in the same months.
async fn refuse_second(
    tx: &mut Tx,
    household: i64,
    wish: &ReliefApplication,
) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM relief_case WHERE household_id = $1 AND fiscal_year = $2 AND rule = $3 \
        AND COALESCE(person_id, 0) = $4 AND state IN ('applied', 'granted') AND from_month <= $5 AND until_month >= $6";
    let known: i64 = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(household).bind(i64::from(wish.fiscal_year))
        .bind(&wish.rule).bind(wish.person_id.unwrap_or(0)).bind(wish.until.first_day()).bind(wish.from.first_day())
        .fetch_one(c).await?);
    if known == 0 {
        return Ok(());
    }
    let text = "同じ月の同じ減免が、もう申請または承認されています";
    Err(ServiceError::Conflict(Problem::new(text).at("rule")))
}

const COLUMNS: &[&str] = &[
    "id",
    "household_id",
    "fiscal_year",
    "rule",
    "person_id",
    "applied_on",
    "from_month",
    "until_month",
    "measured",
    "grounds",
    "evidence",
    "state",
    "created_at",
    "created_by",
    "reason",
];

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
    let known = |id: i64| view.members.iter().any(|member| member.person_id == id);
    match (rule.personal, wish.person_id) {
        (true, Some(id)) if known(id) => {}
        (true, _) => return wrong("person_id", "この世帯の人を選んでください".into()),
        (false, Some(_)) => return wrong("person_id", "世帯全体の減免です".into()),
        (false, None) => {}
    }
    let span = may_cover(rule, FiscalYear(wish.fiscal_year), wish.applied_on);
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

/// 決定: granted, refused, withdrawn, or ended afterwards.
pub async fn decide(
    db: &Db,
    case: i64,
    wish: &ReliefDecision,
    desk: &Desk<'_>,
) -> Result<Vec<ReliefCase>, ServiceError> {
    const SET: &str = "UPDATE relief_case SET state = $1, decided_at = $2, decided_by = $3, reason = $4 \
        WHERE id = $5 AND state = $6";
    let mut tx = db.write(Lock::Nothing).await?;
    let household = find(&mut tx, case).await?.household_id;
    tx.commit().await?;
    let mut tx = db.write(Lock::Household(household)).await?;
    let row = find(&mut tx, case).await?;
    let view = visible(&mut tx, row.household_id, row.year(), desk).await?;
    let from = row.state()?;
    refuse_step(&row, from, wish, desk)?;
    let now = desk.clock.now();
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
    let entry = Entry::new(desk.user, What::Decide, now).of_household(view.id, persons);
    let entry = entry.detail(format!("relief {} {}", row.id, wish.state.key()));
    entry.write(&mut tx).await?;
    let view = visible(&mut tx, row.household_id, row.year(), desk).await?;
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

async fn find(tx: &mut Tx, id: i64) -> Result<Row, ServiceError> {
    const SQL: &str = cases!("WHERE id = $1");
    let row: Option<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("減免の申請"))
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
    let undeclared = view.members.iter().any(|member| {
        member.income_status == kokuho_shared::assessment::household::IncomeStatus::Undeclared
    });
    if undeclared {
        let text = "所得が未申告の人がいる世帯は減免できません。先に所得申告書を受け付けてください";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    let mut facts = view.facts();
    facts.reliefs.push(relief.clone());
    Assessor::shipped(desk.municipality, view.fiscal_year)?.assess(&facts)?;
    let change = change(tx, row, &format!("減免の承認（{}）", rule.name), desk, now).await?;
    let values = vec![
        Value::Int(tx.take_ids("relief_fact", 1).await?),
        Value::Int(row.household_id),
        Value::Int(row.fiscal_year),
        Value::Int(row.id),
        Value::Int(change),
        Value::Text(serde_json::to_string(&relief)?),
        Value::Int(now.0),
    ];
    let columns = &[
        "id",
        "household_id",
        "fiscal_year",
        "case_id",
        "change_id",
        "relief",
        "recorded_at",
    ];
    tx.insert("relief_fact", columns, &[values]).await
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
    let by = (desk.user.login.as_str(), now);
    let id = edit::record(tx, row.household_id, reason, by).await?;
    let change = due::Change {
        id,
        day: desk.clock.today(),
    };
    due::after_edit(tx, change, row.household_id, row.year()).await?;
    Ok(id)
}
