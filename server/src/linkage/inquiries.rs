//! 照会: asked for a person and a purpose, answered from outside, adopted by a clerk.

use crate::access::keys::Keys;
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::eligibility::edit::{self, Editor};
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::store::bulk::Value;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use chrono::{Days, NaiveDate};
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::{FactsEdit, HouseholdView, MemberEdit, MemberView};
use kokuho_shared::api::inquiry::{InquiryView, InquiryWish, OpenInquiries, Settle, Settlement};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::shipped;
use kokuho_shared::linkage::answer::Answer;
use kokuho_shared::linkage::basis::{Bases, Dataset, Holder};
use kokuho_shared::linkage::inquiry::{Happening, InquiryState};
use serde::Deserialize;
use sqlx::FromRow;

/// Days within which an answer is expected.
const DAYS: u64 = 14;
/// The longest purpose or reason that is kept.
const MOST_TEXT: usize = 200;
/// So many of a list are shown.
const MOST: i64 = 500;

/// A row, with the person's name and the household that the person belongs to now: whoever sees
/// that household sees the inquiry.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    pub id: i64,
    pub household_id: i64,
    pub person_id: i64,
    pub name: String,
    dataset: String,
    holder: String,
    holder_code: String,
    pub fiscal_year: i64,
    purpose: String,
    law: String,
    item: String,
    pub state: String,
    created_at: i64,
    created_by: String,
    deadline: NaiveDate,
    differences: String,
    answer: Option<String>,
    closed_reason: String,
    everything: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, m.household_id, q.person_id, p.name, q.dataset, q.holder, q.holder_code, q.fiscal_year, q.purpose, \
             q.law, q.item, q.state, q.created_at, q.created_by, q.deadline, q.differences, q.answer, q.closed_reason, \
             COUNT(*) OVER () AS everything FROM inquiry q \
             JOIN person_fact p ON p.person_id = q.person_id AND p.superseded_at IS NULL \
             JOIN membership_fact m ON m.person_id = q.person_id AND m.superseded_at IS NULL ",
            $rest
        )
    };
}

impl Row {
    pub fn state(&self) -> Result<InquiryState, ServiceError> {
        InquiryState::of_key(&self.state)
            .ok_or_else(|| ServiceError::Internal(format!("state {}", self.state)))
    }

    /// What was asked, to ask it again.
    fn wish(&self) -> Result<InquiryWish, ServiceError> {
        let unknown = |what: &str| ServiceError::Internal(format!("inquiry {what}"));
        Ok(InquiryWish {
            person_id: self.person_id,
            dataset: Dataset::of_key(&self.dataset).ok_or_else(|| unknown("dataset"))?,
            holder: Holder::of_key(&self.holder).ok_or_else(|| unknown("holder"))?,
            holder_code: self.holder_code.clone(),
            fiscal_year: i32::try_from(self.fiscal_year).map_err(|_| unknown("year"))?,
            purpose: self.purpose.clone(),
        })
    }

    /// `keys` opens the answer, where it is to be shown.
    fn view(self, keys: Option<&Keys>) -> Result<InquiryView, ServiceError> {
        let unknown = |what: &str| ServiceError::Internal(format!("inquiry {what}"));
        let state = self.state()?;
        let answer = match (keys, &self.answer) {
            (Some(keys), Some(sealed)) => Some(opened(keys, self.id, sealed)?),
            _ => None,
        };
        Ok(InquiryView {
            id: self.id,
            household_id: self.household_id,
            person_id: self.person_id,
            name: self.name,
            dataset: Dataset::of_key(&self.dataset).ok_or_else(|| unknown("dataset"))?,
            holder: Holder::of_key(&self.holder).ok_or_else(|| unknown("holder"))?,
            holder_code: self.holder_code,
            fiscal_year: i32::try_from(self.fiscal_year).map_err(|_| unknown("year"))?,
            purpose: self.purpose,
            basis: format!("{} {}の項", self.law, self.item),
            state,
            created_at: Instant(self.created_at).text(),
            created_by: self.created_by,
            deadline: self.deadline,
            differences: serde_json::from_str(&self.differences)?,
            answer,
            closed_reason: self.closed_reason,
        })
    }
}

/// Where an answer is sealed: moved to another inquiry it cannot be opened.
pub fn place(id: i64) -> String {
    format!("inquiry_answer/{id}")
}

fn opened(keys: &Keys, id: i64, sealed: &str) -> Result<Answer, ServiceError> {
    let bytes = keys.open(&place(id), sealed)?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Puts an inquiry into the queue. What stands in no row of the law valid today is not asked, and
/// nothing is asked twice while the answer is still open.
pub async fn ask(
    db: &Db,
    household_id: i64,
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
        .bind(wish.dataset.key()).bind(wish.holder.key()).bind(code).bind(i64::from(wish.fiscal_year))
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
async fn queue(
    tx: &mut Tx,
    view: &HouseholdView,
    wish: &InquiryWish,
    user: &User,
    clock: Clock,
) -> Result<i64, ServiceError> {
    let (now, today) = (tx.at(), clock.today());
    let bases = Bases::shipped()?;
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
    let row = vec![
        Value::Int(id),
        Value::Int(view.id),
        Value::Int(wish.person_id),
        Value::Word(wish.dataset.key()),
        Value::Word(wish.holder.key()),
        Value::Text(wish.holder_code.trim().to_owned()),
        Value::Int(i64::from(wish.fiscal_year)),
        Value::Text(wish.purpose.trim().to_owned()),
        Value::Text(basis.law.clone()),
        Value::Text(basis.item.clone()),
        Value::Text(basis.affairs.clone()),
        Value::Bool(view.is_guarded()),
        Value::Word(InquiryState::Queued.key()),
        Value::Int(now.0),
        Value::Text(user.login.clone()),
        Value::Date(deadline),
        Value::Text("[]".into()),
        Value::Text(String::new()),
    ];
    tx.insert("inquiry", COLUMNS, &[row]).await?;
    let entry = Entry::new(user, What::Inquire, now).of_household(view.id, [wish.person_id]);
    let detail = format!("inquiry {id} {}", wish.dataset.key());
    entry.detail(detail).write(tx).await?;
    Ok(id)
}

const COLUMNS: &[&str] = &[
    "id",
    "household_id",
    "person_id",
    "dataset",
    "holder",
    "holder_code",
    "fiscal_year",
    "purpose",
    "law",
    "item",
    "affairs",
    "undisclosed",
    "state",
    "created_at",
    "created_by",
    "deadline",
    "differences",
    "closed_reason",
];

fn said<'a>(field: &str, text: &'a str) -> Result<&'a str, ServiceError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ServiceError::invalid_at(field, "理由を入力してください")),
        1..=MOST_TEXT => Ok(text),
        _ => Err(ServiceError::invalid_at(field, "200字までにしてください")),
    }
}

/// Inquiries of a household, the newest first, with their answers.
pub async fn of_household(
    db: &Db,
    household: i64,
    keys: &Keys,
) -> Result<Vec<InquiryView>, ServiceError> {
    const SQL: &str = select!("WHERE m.household_id = $1 ORDER BY q.id DESC LIMIT $2");
    let rows: Vec<Row> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(household).bind(MOST).fetch_all(pool).await?);
    rows.into_iter().map(|row| row.view(Some(keys))).collect()
}

/// Open inquiries of the city or a ward: those that wait for the office first, then the oldest;
/// their answers are not shown here.
pub async fn open(db: &Db, ward: &str) -> Result<OpenInquiries, ServiceError> {
    const SQL: &str = select!(
        "WHERE q.state NOT IN ('adopted', 'rejected', 'on_paper', 'cancelled', 'repeated') AND ($1 = '' OR p.ward = $1) \
         ORDER BY CASE WHEN q.state IN ('queued', 'sent', 'manual_pending') THEN 1 ELSE 0 END, q.id LIMIT $2"
    );
    let rows: Vec<Row> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(ward).bind(MOST).fetch_all(pool).await?);
    let count = rows.first().map_or(0, |row| row.everything);
    let items = rows.into_iter().map(|row| row.view(None));
    Ok(OpenInquiries {
        count,
        items: items.collect::<Result<_, _>>()?,
    })
}

/// The household to which the person of an inquiry belongs now.
async fn household_of(db: &Db, id: i64) -> Result<i64, ServiceError> {
    const SQL: &str = "SELECT m.household_id FROM inquiry q \
        JOIN membership_fact m ON m.person_id = q.person_id AND m.superseded_at IS NULL WHERE q.id = $1";
    let found: Option<i64> =
        on_db!(db, pool => sqlx::query_scalar(SQL).bind(id).fetch_optional(pool).await?);
    found.ok_or(ServiceError::NotFound("照会"))
}

/// Adopts an answer, or does something else with an inquiry. What is adopted and the state of the
/// inquiry are written together.
pub async fn settle(
    db: &Db,
    id: i64,
    wish: &Settle,
    editor: &Editor<'_>,
    keys: &Keys,
) -> Result<i64, ServiceError> {
    const SQL: &str = select!("WHERE q.id = $1");
    let household_id = household_of(db, id).await?;
    let mut tx = db.write(Lock::Household(household_id)).await?;
    let row: Option<Row> =
        on_tx!(&mut tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    let row = row.ok_or(ServiceError::NotFound("照会"))?;
    let now = tx.at();
    let as_of = AsOf {
        fiscal_year: i32::try_from(row.fiscal_year).unwrap_or(0),
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, household_id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, editor.user).await?;
    let (happening, needs_reason) = match wish.settlement {
        Settlement::Adopt => (Happening::Adopt, false),
        Settlement::Reject => (Happening::Reject, true),
        Settlement::Retry => (Happening::Retry, false),
        Settlement::ToPaper => (Happening::ToPaper, true),
        Settlement::Cancel => (Happening::Cancel, false),
    };
    let reason = if needs_reason {
        said("reason", &wish.reason)?
    } else {
        wish.reason.trim()
    };
    let state = row.state()?;
    let after = state.after(happening).ok_or_else(|| {
        let text = format!("「{}」の照会にはできない操作です", state.name());
        ServiceError::Conflict(Problem::new(text).at("settlement"))
    })?;
    if happening == Happening::Adopt {
        edit::refuse_stale(&view, wish.revision)?;
        adopt(&mut tx, &row, &view, editor, keys).await?;
    }
    if happening == Happening::Retry {
        let again = row.wish()?;
        queue(&mut tx, &view, &again, editor.user, editor.clock).await?;
    }
    close(&mut tx, &row, after, (now, &editor.user.login, reason)).await?;
    let entry =
        Entry::new(editor.user, What::Inquire, now).of_household(household_id, [row.person_id]);
    entry
        .detail(format!("inquiry {id} {}", after.key()))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(household_id)
}

/// Writes what an answer says into the facts of the person, by the same way as a clerk's edit.
async fn adopt(
    tx: &mut Tx,
    row: &Row,
    view: &HouseholdView,
    editor: &Editor<'_>,
    keys: &Keys,
) -> Result<(), ServiceError> {
    let sealed = row.answer.as_ref();
    let sealed =
        sealed.ok_or_else(|| ServiceError::Internal("an answer without content".into()))?;
    let answer = opened(keys, row.id, sealed)?;
    let member = view
        .members
        .iter()
        .find(|member| member.person_id == row.person_id);
    let member = member.ok_or_else(|| {
        let text = "照会した人は、もうこの世帯の人ではありません";
        ServiceError::Conflict(Problem::new(text).at("settlement"))
    })?;
    let Some(wanted) = wanted(member, &answer, view.fiscal_year)? else {
        return Ok(());
    };
    let edit = FactsEdit {
        fiscal_year: view.fiscal_year,
        revision: view.revision,
        reason: format!("照会 {} の回答（{}）", row.id, dataset_name(row)),
        members: vec![wanted],
    };
    edit::edit_in(tx, view.id, &edit, editor).await?;
    Ok(())
}

fn dataset_name(row: &Row) -> &'static str {
    Dataset::of_key(&row.dataset).map_or("", Dataset::name)
}

/// The member with what the answer says; none where it changes nothing.
fn wanted(
    member: &MemberView,
    answer: &Answer,
    fiscal_year: i32,
) -> Result<Option<MemberEdit>, ServiceError> {
    let refused = |text: String| ServiceError::Conflict(Problem::new(text).at("settlement"));
    let told = answer.circumstances(member.circumstances);
    let told = told.map_err(|why| refused(why.to_string()))?;
    // What has no effect on this person stays an information.
    let national = shipped::national(FiscalYear(fiscal_year))?;
    let takes = told.check(member.birth_date, &national).is_ok();
    let mut edit = MemberEdit {
        person_id: member.person_id,
        eligibility: member.eligibility,
        income: member.income,
        income_status: member.income_status,
        fixed_asset_tax: None,
        entered: None,
        circumstances: Some(if takes { told } else { member.circumstances }),
    };
    if let Answer::LocalTax(told) = answer {
        if told.income_year != i64::from(fiscal_year) - 1 {
            let year = told.income_year;
            return Err(refused(format!(
                "{year}年の所得の回答です。{fiscal_year}年度の所得には採用できません"
            )));
        }
        let Some((income, status)) = told.income(&member.income) else {
            let text = "所得の一部が回答されていません。足りない所得を確かめて、異動として入力してください";
            return Err(refused(text.to_owned()));
        };
        (edit.income, edit.income_status) = (income, status);
    }
    let same = (edit.income, edit.income_status) == (member.income, member.income_status)
        && edit.circumstances == Some(member.circumstances);
    Ok((!same).then_some(edit))
}

/// Closes an inquiry, unless an answer has come in the same moment.
async fn close(
    tx: &mut Tx,
    row: &Row,
    after: InquiryState,
    (now, login, reason): (Instant, &str, &str),
) -> Result<(), ServiceError> {
    const CLOSED: &str = "UPDATE inquiry SET state = $1, closed_at = $2, closed_by = $3, closed_reason = $4 \
        WHERE id = $5 AND state = $6";
    let closed = on_tx!(tx, c => sqlx::query(CLOSED).bind(after.key()).bind(now.0).bind(login).bind(reason)
        .bind(row.id).bind(&row.state).execute(c).await?.rows_affected());
    if closed == 1 {
        return Ok(());
    }
    let text = "この照会の状態が、いま変わりました。回答を確かめてください";
    Err(ServiceError::Conflict(Problem::new(text).at("settlement")))
}

/// 照会 of one household's people that are not settled (`store::together::Asked`).
pub const OPEN_OF_ONE: &str = "SELECT COUNT(*) AS count FROM inquiry WHERE state NOT IN \
    ('adopted', 'rejected', 'on_paper', 'cancelled', 'repeated') AND person_id IN \
    (SELECT person_id FROM membership_fact WHERE household_id = $1 AND superseded_at IS NULL)";

#[derive(Deserialize, FromRow)]
pub struct Count {
    pub count: i64,
}
