//! 個人番号: bound to a person only where all four basic items agree, kept sealed, and never shown.

pub mod routes;

use crate::access::keys::Keys;
use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::number::{NumberBinding, NumberState, NumberStatus};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::identity::IndividualNumber;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::linkage::matching::{Basics, FourItems, four_of_four};
use sqlx::FromRow;

/// The longest evidence that is kept.
const MOST_EVIDENCE: usize = 100;

/// Who asks, when, and with which keys.
pub struct Custodian<'a> {
    pub user: &'a User,
    pub clock: Clock,
    pub keys: &'a Keys,
}

#[derive(FromRow)]
struct Known {
    kana: String,
    birth_date: NaiveDate,
    sex: i64,
    address: String,
}

/// Whether each member has a number; never which.
pub async fn statuses(
    db: &Db,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    custodian: &Custodian<'_>,
) -> Result<Vec<NumberStatus>, ServiceError> {
    let mut tx = db.read().await?;
    let view = household::disclosed_in(&mut tx, household, fiscal_year, custodian.looks()).await?;
    let all = of_household(&mut tx, &view).await?;
    tx.commit().await?;
    Ok(all)
}

async fn of_household(
    tx: &mut Tx,
    view: &HouseholdView,
) -> Result<Vec<NumberStatus>, ServiceError> {
    const BOUND: &str = "SELECT COUNT(*) FROM individual_number WHERE person_id = $1";
    const REVIEW: &str = "SELECT differences FROM number_review \
        WHERE person_id = $1 AND settled_at IS NULL ORDER BY id DESC LIMIT 1";
    let mut all = Vec::new();
    for member in &view.members {
        let person_id = member.person_id;
        let bound: i64 =
            on_tx!(tx, c => sqlx::query_scalar(BOUND).bind(person_id).fetch_one(c).await?);
        let review: Option<String> =
            on_tx!(tx, c => sqlx::query_scalar(REVIEW).bind(person_id).fetch_optional(c).await?);
        let state = match (bound, &review) {
            (_, Some(_)) => NumberState::InReview,
            (0, None) => NumberState::Absent,
            _ => NumberState::Registered,
        };
        let differences =
            review.map_or_else(|| Ok(Vec::new()), |json| serde_json::from_str(&json))?;
        all.push(NumberStatus {
            person_id,
            state,
            differences,
        });
    }
    Ok(all)
}

impl Custodian<'_> {
    /// Who looks, and when. A difference in the address tells where somebody lives.
    fn looks(&self) -> Viewer<'_> {
        Viewer {
            user: self.user,
            at: Instant::LATEST,
        }
    }
}

/// Binds a number. What differs keeps it unbound and stands in the review until it agrees.
pub async fn bind(
    db: &Db,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    wish: &NumberBinding,
    custodian: &Custodian<'_>,
) -> Result<Vec<NumberStatus>, ServiceError> {
    IndividualNumber::parse(&wish.number)
        .map_err(|why| ServiceError::invalid_at("number", why.to_string()))?;
    let number = kokuho_shared::text::half_width(wish.number.trim());
    let evidence = wish.evidence.trim();
    if evidence.is_empty() || evidence.chars().count() > MOST_EVIDENCE {
        let text = format!("確認した書類を{MOST_EVIDENCE}文字までで入力してください");
        return Err(ServiceError::invalid_at("evidence", text));
    }
    let mut tx = db.write(Lock::Household(household)).await?;
    let view = household::disclosed_in(&mut tx, household, fiscal_year, custodian.looks()).await?;
    if !view
        .members
        .iter()
        .any(|member| member.person_id == wish.person_id)
    {
        let text = "この世帯の人ではありません";
        return Err(ServiceError::invalid_at("person_id", text));
    }
    let (basics, address) = known(&mut tx, wish.person_id).await?;
    let known = FourItems {
        basics: &basics,
        address: &address,
    };
    let shown = FourItems {
        basics: &Basics {
            kana: wish.kana.clone(),
            birth_date: wish.birth_date,
            sex: wish.sex,
        },
        address: &wish.address,
    };
    let differing = four_of_four(known, shown);
    let place = format!("individual_number:{}", wish.person_id);
    let digest = custodian.keys.digest(number.as_bytes())?;
    refuse_anothers(&mut tx, &digest, wish.person_id).await?;
    let now = tx.at();
    if differing.is_empty() {
        let sealed = custodian.keys.seal(&place, number.as_bytes())?;
        let kept = Kept {
            sealed: &sealed,
            digest: &digest,
            evidence,
        };
        keep(&mut tx, wish.person_id, kept, custodian).await?;
    } else {
        let row = row! {
            id: tx.take_ids("number_review", 1).await?,
            person_id: wish.person_id,
            differences: serde_json::to_string(&differing)?,
            recorded_at: now,
            recorded_by: custodian.user.login.clone(),
            settled_by: "",
            reason: "",
        };
        tx.insert("number_review", &[row]).await?;
    }
    let what = if differing.is_empty() {
        "bound"
    } else {
        "in review"
    };
    let entry = Entry::new(custodian.user, AuditAction::Update, now)
        .of_household(household, [wish.person_id]);
    entry
        .detail(format!("individual number {what}"))
        .write(&mut tx)
        .await?;
    let all = of_household(&mut tx, &view).await?;
    tx.commit().await?;
    Ok(all)
}

async fn known(tx: &mut Tx, person: PersonId) -> Result<(Basics, String), ServiceError> {
    const SQL: &str = "SELECT kana, birth_date, sex, address FROM person_fact \
        WHERE person_id = $1 AND superseded_at IS NULL";
    let known: Option<Known> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(person).fetch_optional(c).await?);
    let known = known.ok_or(ServiceError::NotFound("住民"))?;
    let basics = Basics {
        kana: known.kana,
        birth_date: known.birth_date,
        sex: known.sex,
    };
    Ok((basics, known.address))
}

/// One number, one person.
async fn refuse_anothers(tx: &mut Tx, digest: &str, person: PersonId) -> Result<(), ServiceError> {
    const SQL: &str =
        "SELECT person_id FROM individual_number WHERE digest = $1 AND person_id <> $2";
    let other: Option<PersonId> = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(digest).bind(person)
        .fetch_optional(c).await?);
    match other {
        None => Ok(()),
        Some(_) => {
            let text = "この個人番号は、別の人に登録されています。どちらかが誤りです。責任者に知らせてください";
            Err(ServiceError::Conflict(Problem::new(text).at("number")))
        }
    }
}

/// A number as it is kept, and what showed it.
struct Kept<'a> {
    sealed: &'a str,
    digest: &'a str,
    evidence: &'a str,
}

async fn keep(
    tx: &mut Tx,
    person: PersonId,
    kept: Kept<'_>,
    custodian: &Custodian<'_>,
) -> Result<(), ServiceError> {
    const OLD: &str = "DELETE FROM individual_number WHERE person_id = $1";
    const SETTLED: &str = "UPDATE number_review SET settled_at = $1, settled_by = $2, reason = 'bound' \
        WHERE person_id = $3 AND settled_at IS NULL";
    let (now, login) = (tx.at(), &custodian.user.login);
    on_tx!(tx, c => sqlx::query(OLD).bind(person).execute(c).await?.rows_affected());
    let row = row! {
        person_id: person,
        sealed: kept.sealed.to_owned(),
        digest: kept.digest.to_owned(),
        evidence: kept.evidence.to_owned(),
        bound_at: now,
        bound_by: login.clone(),
    };
    tx.insert("individual_number", &[row]).await?;
    on_tx!(tx, c => sqlx::query(SETTLED).bind(now.0).bind(login).bind(person).execute(c).await?.rows_affected());
    Ok(())
}
