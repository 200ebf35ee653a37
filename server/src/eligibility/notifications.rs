//! 届出の受付: an event becomes periods of eligibility; what was known before stays known.

use super::change::Writer;
use super::edit::{self, Editor};
use super::household::{self, AsOf};
use super::insured_number::{Number, number_of};
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::facts::tables::ELIGIBILITIES;
use crate::facts::{By, FactChange, announce, record};
use crate::figures;
use crate::store::{self, Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use chrono::{Datelike, NaiveDate};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::notification::{NotificationEdit, NotificationView};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::schedule::instalments::closed_days;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::notification::{
    Effect, Event, NotificationError, Period, effect, is_ahead,
};
use kokuho_shared::eligibility::terms::notification_due;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::law::LawError;
use kokuho_shared::law::parameters::Parameters;
use serde_json::json;
use sqlx::FromRow;

/// The longest memo that is kept.
const MOST_MEMO: usize = 200;

/// Accepts a notice for all its persons, or for none.
pub async fn accept(
    db: &Db,
    id: HouseholdId,
    wanted: &NotificationEdit,
    editor: &Editor<'_>,
) -> Result<HouseholdView, ServiceError> {
    let mut tx = db.write(Lock::Household(id)).await?;
    let after = accept_in(&mut tx, id, wanted, editor).await?;
    tx.commit().await?;
    Ok(after)
}

/// The same inside a transaction that holds the household.
pub async fn accept_in(
    tx: &mut Tx,
    id: HouseholdId,
    wanted: &NotificationEdit,
    editor: &Editor<'_>,
) -> Result<HouseholdView, ServiceError> {
    let memo = checked(wanted, editor)?;
    let year = wanted.fiscal_year;
    let parameters = figures::parameters(editor.municipality, year)?;
    let due_on = due_on(wanted.event_on, &parameters)?;
    // Read once the household is held, so that what another editor has just saved is seen.
    let now = tx.at();
    let as_of = AsOf {
        fiscal_year: wanted.fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let seen = household::view_in(tx, id, as_of).await?;
    household::refuse_hidden(tx, &seen, editor.user).await?;
    edit::refuse_stale(&seen, wanted.revision)?;
    let reason = if memo.is_empty() { "届出" } else { memo };
    let change = record(
        tx,
        id,
        reason,
        By::of(&editor.user.login, now, &editor.clock),
    )
    .await?;
    let acceptance = Acceptance {
        writer: Writer {
            change: change.id,
            at: now.0,
            income_year: i64::from(wanted.fiscal_year.income_year()),
        },
        wanted,
        parameters: &parameters,
        household: id,
        due_on,
    };
    for (place, person) in wanted.persons.iter().enumerate() {
        let member = seen
            .members
            .iter()
            .find(|member| member.person_id == *person);
        let member = member.ok_or_else(|| {
            let text = format!("{person} はこの世帯の人ではありません");
            ServiceError::invalid_at(&format!("persons[{place}]"), text)
        })?;
        let period = acceptance.person(tx, place, member).await?;
        let news = FactChange::Period {
            person: *person,
            acquired_on: period,
        };
        announce(tx, change, news).await?;
    }
    let first = FiscalYear::of(wanted.event_on).min(wanted.fiscal_year);
    let news = FactChange::Household {
        id,
        from_year: first,
    };
    announce(tx, change, news).await?;
    let persons = wanted.persons.iter().copied();
    let entry = Entry::new(editor.user, AuditAction::Update, now).of_household(id, persons);
    entry
        .detail(format!("notice, change {}", change.id))
        .write(tx)
        .await?;
    household::view_in(tx, id, as_of).await
}

/// Refuses what no household could be asked; returns the memo.
fn checked<'a>(wanted: &'a NotificationEdit, editor: &Editor<'_>) -> Result<&'a str, ServiceError> {
    if wanted.persons.is_empty() {
        return Err(ServiceError::invalid_at(
            "persons",
            "届出の対象となる人を選んでください",
        ));
    }
    let mut persons = wanted.persons.clone();
    persons.sort_unstable();
    persons.dedup();
    if persons.len() != wanted.persons.len() {
        return Err(ServiceError::invalid_at(
            "persons",
            "同じ人が2回選ばれています",
        ));
    }
    if wanted.notified_on > editor.clock.today() {
        return Err(ServiceError::invalid_at(
            "notified_on",
            "届出日が業務日より後です",
        ));
    }
    if is_ahead(&wanted.notice(), editor.clock.today()) {
        return Err(ServiceError::invalid_at(
            "event_on",
            NotificationError::Ahead.to_string(),
        ));
    }
    if wanted
        .new_address_on
        .is_some_and(|day| day < wanted.event_on)
    {
        let text = "新しい住所の日が転出日より前です";
        return Err(ServiceError::invalid_at("new_address_on", text));
    }
    let memo = wanted.memo.trim();
    if memo.chars().count() > MOST_MEMO {
        return Err(ServiceError::invalid_at(
            "memo",
            "備考は200字までにしてください",
        ));
    }
    Ok(memo)
}

fn due_on(event_on: NaiveDate, parameters: &Parameters) -> Result<NaiveDate, ServiceError> {
    let out_of_range = || ServiceError::invalid_at("event_on", "この日の届出期限を計算できません");
    if !(1900..=2200).contains(&event_on.year()) {
        return Err(out_of_range());
    }
    let holidays = figures::holidays().map_err(|why: LawError| ServiceError::from(why))?;
    let closed = closed_days(&parameters.instalments.value, &holidays, event_on.year())?;
    notification_due(event_on, &closed).ok_or_else(out_of_range)
}

struct Acceptance<'a> {
    writer: Writer,
    wanted: &'a NotificationEdit,
    parameters: &'a Parameters,
    household: HouseholdId,
    due_on: NaiveDate,
}

/// A current period with what identifies it.
#[derive(FromRow)]
struct Row {
    id: i64,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    insurer_number: String,
    insured_number: String,
    branch: String,
    acquired_reason: String,
}

impl Row {
    fn number(&self) -> Number {
        Number {
            insurer: self.insurer_number.clone(),
            insured: self.insured_number.clone(),
            branch: self.branch.clone(),
        }
    }
}

const PERIODS: &str = "SELECT id, valid_from, valid_until, insurer_number, insured_number, branch, acquired_reason \
    FROM eligibility_fact WHERE person_id = $1 AND superseded_at IS NULL ORDER BY valid_from";

impl Acceptance<'_> {
    /// Returns the first day of the period that is another one now.
    async fn person(
        &self,
        tx: &mut Tx,
        place: usize,
        member: &MemberFacts,
    ) -> Result<NaiveDate, ServiceError> {
        let person = member.person_id;
        let rows: Vec<Row> = on_tx!(tx, connection => sqlx::query_as(PERIODS).bind(person)
            .fetch_all(connection).await?);
        let period = |row: &Row| Period {
            acquired_on: row.valid_from,
            lost_on: row.valid_until,
        };
        let periods: Vec<Period> = rows.iter().map(period).collect();
        let rules = &self.parameters.eligibility.value;
        let effect = effect(&self.wanted.notice(), member.birth_date, &periods, rules);
        let effect = effect.map_err(|why| {
            let text = format!("{}さん：{why}", member.name);
            ServiceError::invalid_at(&format!("persons[{place}]"), text)
        })?;
        let period = match effect {
            Effect::Begins { from } => {
                self.begin(tx, person, from, &rows).await?;
                from
            }
            Effect::Ends {
                acquired_on, on, ..
            } => {
                let ended = Period {
                    acquired_on,
                    lost_on: Some(on),
                };
                self.end(tx, person, ended, &rows).await?;
                acquired_on
            }
            Effect::Voided { acquired_on } => {
                let voided = Period {
                    acquired_on,
                    lost_on: None,
                };
                self.end(tx, person, voided, &rows).await?;
                acquired_on
            }
        };
        self.note(tx, person).await?;
        Ok(period)
    }

    async fn begin(
        &self,
        tx: &mut Tx,
        person: PersonId,
        from: NaiveDate,
        own: &[Row],
    ) -> Result<(), ServiceError> {
        let own: Vec<Number> = own.iter().map(Row::number).collect();
        let number = number_of(tx, self.household, &own).await?;
        let Event::Acquire(reason) = self.wanted.event else {
            return Err(ServiceError::Internal(
                "an acquisition without its reason".into(),
            ));
        };
        let period = Period {
            acquired_on: from,
            lost_on: None,
        };
        let reasons = Reasons {
            acquired: reason.code(),
            lost: "",
        };
        let row = self.row(person, period, number, reasons);
        ELIGIBILITIES
            .write(tx, &[], vec![row], self.writer.at)
            .await?;
        Ok(())
    }

    /// Ends the knowledge of a period; with a day of loss it is known anew with that day.
    async fn end(
        &self,
        tx: &mut Tx,
        person: PersonId,
        period: Period,
        rows: &[Row],
    ) -> Result<(), ServiceError> {
        let found = rows.iter().find(|row| row.valid_from == period.acquired_on);
        let old = found.ok_or(ServiceError::NotFound("資格"))?;
        let Event::Lose(reason) = self.wanted.event else {
            ELIGIBILITIES
                .write(tx, &[old.id], Vec::new(), self.writer.at)
                .await?;
            return Ok(());
        };
        let number = old.number();
        let reasons = Reasons {
            acquired: &old.acquired_reason,
            lost: reason.code(),
        };
        let row = self.row(person, period, number, reasons);
        ELIGIBILITIES
            .write(tx, &[old.id], vec![row], self.writer.at)
            .await?;
        Ok(())
    }

    fn row(
        &self,
        person: PersonId,
        period: Period,
        number: Number,
        reasons: Reasons<'_>,
    ) -> store::Row {
        row! {
            id: 0,
            person_id: person,
            change_id: self.writer.change,
            valid_from: period.acquired_on,
            valid_until: period.lost_on,
            recorded_at: self.writer.at,
            insurer_number: number.insurer,
            insured_number: number.insured,
            branch: number.branch,
            acquired_reason: reasons.acquired.to_owned(),
            lost_reason: reasons.lost.to_owned(),
        }
    }

    /// What was reported, for one person.
    async fn note(&self, tx: &mut Tx, person: PersonId) -> Result<(), ServiceError> {
        let (kind, reason) = words(self.wanted.event)?;
        let row = row! {
            id: 0,
            change_id: self.writer.change,
            household_id: self.household,
            person_id: person,
            kind,
            reason,
            event_on: self.wanted.event_on,
            new_address_on: self.wanted.new_address_on,
            notified_on: self.wanted.notified_on,
            due_on: self.due_on,
        };
        self.writer.insert(tx, "notice", row).await
    }
}

/// Kind and reason as they are stored: the words of the request.
fn words(event: Event) -> Result<(String, String), ServiceError> {
    let value = serde_json::to_value(event)?;
    let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Ok((word("kind"), word("reason")))
}

/// 取得事由 and 喪失事由 of a period, as codes.
struct Reasons<'a> {
    acquired: &'a str,
    lost: &'a str,
}

#[derive(FromRow)]
struct Accepted {
    person_id: PersonId,
    kind: String,
    reason: String,
    event_on: NaiveDate,
    notified_on: NaiveDate,
    due_on: NaiveDate,
    recorded_by: String,
    memo: String,
}

/// Notices of a household, the newest first.
pub async fn list(db: &Db, household: HouseholdId) -> Result<Vec<NotificationView>, ServiceError> {
    const SQL: &str = "SELECT n.person_id, n.kind, n.reason, n.event_on, n.notified_on, n.due_on, c.recorded_by, \
        c.reason AS memo FROM notice n JOIN change_record c ON c.id = n.change_id WHERE n.household_id = $1 \
        ORDER BY n.id DESC";
    let rows: Vec<Accepted> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(household).fetch_all(pool).await?);
    rows.into_iter()
        .map(|row| {
            let event = if row.reason.is_empty() {
                json!({"kind": row.kind})
            } else {
                json!({"kind": row.kind, "reason": row.reason})
            };
            Ok(NotificationView {
                person_id: row.person_id,
                event: serde_json::from_value(event)?,
                event_on: row.event_on,
                notified_on: row.notified_on,
                due_on: row.due_on,
                recorded_by: row.recorded_by,
                memo: row.memo,
            })
        })
        .collect()
}
