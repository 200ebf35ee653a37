//! 保険料決定通知書: one for each decision, bound to what it says and to whom.

use super::decisions;
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::press::Press;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_letters::{Addressee, AssessmentNotice, Content, Letter};
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{Decision, IssuedLetter};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::calendar::FiscalYear;
use sqlx::FromRow;

#[derive(FromRow)]
struct Stored {
    number: String,
    household_id: i64,
    issued_at: i64,
    issued_by: String,
    content: String,
    content_sha256: String,
}

/// Who issues, with what, and when.
pub struct Issuer<'a> {
    pub user: &'a User,
    pub press: &'a Press,
    pub clock: Clock,
}

/// Issues the notice of a decision; a second time gives the first one back.
pub async fn issue(db: &Db, id: i64, issuer: &Issuer<'_>) -> Result<IssuedLetter, ServiceError> {
    let decision = decisions::find(db, id, issuer.user).await?;
    let mut tx = db.write(Lock::Household(decision.household_id)).await?;
    if let Some(known) = of_decision(&mut tx, id).await? {
        return Ok(summary(&known));
    }
    let now = issuer.clock.now();
    let as_of = AsOf {
        fiscal_year: decision.summary.fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let view = household::view_in(&mut tx, decision.household_id, as_of).await?;
    let number = next_number(&mut tx, decision.summary.fiscal_year).await?;
    let letter = letter(&decision, &view, number, issuer)?;
    // Set once before it is stored: what cannot be printed is not issued.
    let hash = issuer.press.hash(&letter)?;
    issuer.press.print(letter.clone()).await?;
    let stored = Stored {
        number: letter.number.clone(),
        household_id: decision.household_id,
        issued_at: now.0,
        issued_by: issuer.user.login.clone(),
        content: serde_json::to_string(&letter)?,
        content_sha256: hash,
    };
    store(&mut tx, &stored, id, letter.business_date).await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry =
        Entry::new(issuer.user, What::Print, now).of_household(decision.household_id, persons);
    entry
        .detail(format!("letter {}", stored.number))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(summary(&stored))
}

fn summary(stored: &Stored) -> IssuedLetter {
    IssuedLetter {
        number: stored.number.clone(),
        issued_at: Instant(stored.issued_at).text(),
        issued_by: stored.issued_by.clone(),
        content_sha256: stored.content_sha256.clone(),
    }
}

fn letter(
    decision: &Decision,
    view: &HouseholdView,
    number: String,
    issuer: &Issuer<'_>,
) -> Result<Letter, ServiceError> {
    let head = view
        .members
        .iter()
        .find(|member| member.head)
        .ok_or(ServiceError::NotFound("世帯主"))?;
    let name_of = |id: &String| {
        let member = view
            .members
            .iter()
            .find(|member| member.person_id.to_string() == *id);
        member.map_or_else(String::new, |member| member.name.clone())
    };
    let people = decision
        .inputs
        .members
        .iter()
        .map(|member| name_of(&member.id))
        .collect();
    let notice = AssessmentNotice::of(
        &decision.assessment,
        view.number.clone(),
        head.name.clone(),
        people,
    );
    Ok(Letter {
        number,
        addressee: Addressee {
            name: head.name.clone(),
            postcode: view.postcode.clone(),
            address: vec![view.address.clone()],
        },
        sender: issuer.press.sender(),
        business_date: issuer.clock.today(),
        fiscal_year: FiscalYear(decision.summary.fiscal_year),
        content: Content::AssessmentNotice(notice),
    })
}

/// 文書番号: the fiscal year and a number that nobody else has.
async fn next_number(tx: &mut Tx, year: i32) -> Result<String, ServiceError> {
    let next = tx.take_ids(&format!("letter-{year}"), 1).await?;
    Ok(format!("{year}-{next:06}"))
}

async fn of_decision(tx: &mut Tx, decision: i64) -> Result<Option<Stored>, ServiceError> {
    const SQL: &str = "SELECT number, household_id, issued_at, issued_by, content, content_sha256 FROM letter \
        WHERE decision_id = $1";
    Ok(
        on_tx!(tx, connection => sqlx::query_as(SQL).bind(decision).fetch_optional(connection).await?),
    )
}

async fn store(
    tx: &mut Tx,
    stored: &Stored,
    decision: i64,
    day: NaiveDate,
) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO letter (number, household_id, decision_id, business_date, issued_at, issued_by, \
        content, content_sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on_tx!(tx, connection => sqlx::query(SQL).bind(&stored.number).bind(stored.household_id).bind(decision).bind(day)
        .bind(stored.issued_at).bind(&stored.issued_by).bind(&stored.content).bind(&stored.content_sha256)
        .execute(connection).await?.rows_affected());
    Ok(())
}

/// The PDF of an issued letter: the same as when it was issued, or none.
pub async fn pdf(
    db: &Db,
    number: &str,
    issuer: &Issuer<'_>,
) -> Result<(Vec<u8>, i64), ServiceError> {
    const SQL: &str = "SELECT number, household_id, issued_at, issued_by, content, content_sha256 FROM letter \
        WHERE number = $1";
    let stored: Option<Stored> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(number).fetch_optional(pool).await?);
    let stored = stored.ok_or(ServiceError::NotFound("文書"))?;
    let ward = household::ward(db, stored.household_id).await?;
    if !issuer.user.sees(ward.as_deref().unwrap_or_default()) {
        return Err(ServiceError::NotFound("文書"));
    }
    let letter: Letter = serde_json::from_str(&stored.content)?;
    if issuer.press.hash(&letter)? != stored.content_sha256 {
        let text = "発行したときと内容・雛形・書体のどれかが違うため、同じ文書を作れません";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    Ok((issuer.press.print(letter).await?, stored.household_id))
}
