//! 学生特例: who studies elsewhere and still belongs to the household.

pub mod routes;

use super::facilities::Registrar;
use super::household;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::student::Student;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::student::{StudentEnd, Study, check};
use kokuho_shared::era;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

/// The longest name of a school or place that is kept.
const MOST_TEXT: usize = 100;

#[derive(FromRow)]
struct Row {
    person_id: PersonId,
    starts_on: NaiveDate,
    school: String,
    place: String,
    expected_end: NaiveDate,
    ended_on: Option<NaiveDate>,
    end_reason: String,
}

/// Everybody of a household who studies or studied elsewhere.
pub async fn of_household(tx: &mut Tx, view: &HouseholdView) -> Result<Vec<Student>, ServiceError> {
    const SQL: &str = "SELECT person_id, starts_on, school, place, expected_end, ended_on, end_reason FROM student_fact \
        WHERE person_id = $1 AND superseded_at IS NULL ORDER BY starts_on";
    let mut all = Vec::new();
    for member in &view.members {
        if member.left_on().is_some() {
            continue;
        }
        let rows: Vec<Row> = on_tx!(tx, c => sqlx::query_as(SQL).bind(member.person_id)
            .fetch_all(c).await?);
        all.extend(rows.into_iter().map(|row| Student {
            person_id: row.person_id,
            starts_on: row.starts_on,
            school: row.school,
            place: row.place,
            expected_end: row.expected_end,
            ended_on: row.ended_on,
            end_reason: StudentEnd::of_key(&row.end_reason),
        }));
    }
    Ok(all)
}

/// Registers, corrects or ends a study; one that began on the same day is replaced.
pub async fn set(
    db: &Db,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    wish: &Student,
    registrar: &Registrar<'_>,
) -> Result<Vec<Student>, ServiceError> {
    const OLD: &str = "UPDATE student_fact SET superseded_at = $1 \
        WHERE person_id = $2 AND starts_on = $3 AND superseded_at IS NULL";
    for (field, text) in [("school", &wish.school), ("place", &wish.place)] {
        if text.trim().is_empty() || text.chars().count() > MOST_TEXT {
            let text = format!("1文字から{MOST_TEXT}文字までにしてください");
            return Err(ServiceError::invalid_at(field, text));
        }
    }
    let study = Study {
        starts_on: wish.starts_on,
        expected_end: wish.expected_end,
        ended_on: wish.ended_on,
        end_reason: wish.end_reason,
    };
    check(&study, registrar.clock.today())
        .map_err(|why| ServiceError::invalid_at(why.field(), why.to_string()))?;
    let mut tx = db.write(Lock::Household(household)).await?;
    let view = household::disclosed_in(&mut tx, household, fiscal_year, registrar.looks()).await?;
    let person = wish.person_id;
    refuse_stranger(&mut tx, household, person).await?;
    refuse_second(&mut tx, wish).await?;
    let now = tx.at();
    on_tx!(&mut tx, c => sqlx::query(OLD).bind(now.0).bind(person).bind(wish.starts_on)
        .execute(c).await?.rows_affected());
    let row = row! {
        id: tx.take_ids("student_fact", 1).await?,
        person_id: person,
        starts_on: wish.starts_on,
        school: wish.school.trim().to_owned(),
        place: wish.place.trim().to_owned(),
        expected_end: wish.expected_end,
        ended_on: wish.ended_on,
        end_reason: wish.end_reason.map(StudentEnd::key).unwrap_or_default(),
        recorded_at: now,
        recorded_by: registrar.user.login.clone(),
    };
    tx.insert("student_fact", &[row]).await?;
    let entry =
        Entry::new(registrar.user, AuditAction::Update, now).of_household(household, [person]);
    entry
        .detail("study elsewhere".to_owned())
        .write(&mut tx)
        .await?;
    let all = of_household(&mut tx, &view).await?;
    tx.commit().await?;
    Ok(all)
}

/// Whoever moved away before the year still belongs to the household as it is known now.
async fn refuse_stranger(
    tx: &mut Tx,
    household: HouseholdId,
    person: PersonId,
) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM membership_fact WHERE household_id = $1 AND person_id = $2 AND superseded_at IS NULL";
    let count: i64 =
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(household).bind(person).fetch_one(c).await?);
    if count > 0 {
        return Ok(());
    }
    let text = "この世帯の人ではありません";
    Err(ServiceError::invalid_at("person_id", text))
}

/// A person has one open 学生特例 at most.
async fn refuse_second(tx: &mut Tx, wish: &Student) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT starts_on FROM student_fact WHERE person_id = $1 AND starts_on <> $2 AND superseded_at IS NULL \
        AND ended_on IS NULL LIMIT 1";
    let other: Option<NaiveDate> = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(wish.person_id).bind(wish.starts_on)
        .fetch_optional(c).await?);
    match other.filter(|_| wish.ended_on.is_none()) {
        None => Ok(()),
        Some(other) => {
            let text = format!(
                "{}からの学生特例が続いています。先に終わりを登録してください",
                era::format(other)
            );
            Err(ServiceError::invalid_at("starts_on", text))
        }
    }
}
