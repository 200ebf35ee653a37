//! 世帯: what is known of a household in a fiscal year, as of two dates.

use super::assembly::{HouseholdFacts, assemble, each};
use super::household_rows::{self, MemberRow};
use crate::access::user::{User, Viewer};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::together::{Answers, HouseholdQuery, Together};
use crate::store::{Db, Tx};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use std::sync::LazyLock;

/// Which state of the facts is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    pub fiscal_year: FiscalYear,
    /// Only members of this day; otherwise everybody who belonged to the household in the year.
    pub valid_on: Option<NaiveDate>,
    pub known_at: Instant,
}

/// The household for the screen. Decisions are added by the assessment.
pub async fn view(db: &Db, id: HouseholdId, as_of: AsOf) -> Result<HouseholdView, ServiceError> {
    let mut tx = db.read().await?;
    let view = view_in(&mut tx, id, as_of).await?;
    tx.commit().await?;
    Ok(view)
}

/// A household with a decision of the year to which nobody belongs any more: its last head alone,
/// not insured, so that a decision takes everything back.
fn emptied(as_of: AsOf, last: Option<MemberRow>) -> Result<HouseholdView, ServiceError> {
    let last = last.filter(|_| as_of.valid_on.is_none());
    let last = last.ok_or(ServiceError::NotFound("世帯"))?;
    let head = MemberRow { head: true, ..last };
    let (from, ..) = days(as_of)?;
    assemble(
        head.household_id,
        as_of.fiscal_year,
        from,
        std::slice::from_ref(&head),
        &HouseholdFacts::default(),
    )
}

/// The households with ids from `first` to `last`, in that order.
pub async fn views(
    db: &Db,
    first: i64,
    last: i64,
    as_of: AsOf,
) -> Result<Vec<HouseholdView>, ServiceError> {
    let asked = asked(HouseholdId(first), as_of)?;
    let mut tx = db.read().await?;
    let rows = household_rows::rows(&mut tx, &asked, last).await?;
    tx.commit().await?;
    each(as_of.fiscal_year, asked.days.0, rows)
}

/// One household inside a transaction.
pub async fn view_in(
    tx: &mut Tx,
    id: HouseholdId,
    as_of: AsOf,
) -> Result<HouseholdView, ServiceError> {
    static OF_ONE: LazyLock<Together> = LazyLock::new(|| Together::new(&TEXTS));
    let asked = asked(id, as_of)?;
    let mut answers = tx.ask(&OF_ONE, &asked).await?;
    view_of(tx, &mut answers, &asked, as_of).await
}

/// What a household is read from, to be asked together with what other rooms know of it.
pub const TEXTS: [&str; 9] = household_rows::OF_ONE;

/// The household that the answers to [`TEXTS`] tell of.
pub async fn view_of(
    tx: &mut Tx,
    answers: &mut Answers,
    asked: &HouseholdQuery,
    as_of: AsOf,
) -> Result<HouseholdView, ServiceError> {
    let rows = household_rows::rows_of_one(answers)?;
    let found = each(as_of.fiscal_year, asked.days.0, rows)?;
    if let Some(view) = found.into_iter().next() {
        return Ok(view);
    }
    let last = household_rows::last(tx, asked.household, as_of.fiscal_year, as_of.known_at).await?;
    emptied(as_of, last)
}

/// With what one household is asked about.
pub fn asked(id: HouseholdId, as_of: AsOf) -> Result<HouseholdQuery, ServiceError> {
    let (from, until, income_year) = days(as_of)?;
    Ok(HouseholdQuery {
        household: id,
        known_at: as_of.known_at.0,
        days: (from, until),
        income_year,
        fiscal_year: as_of.fiscal_year,
    })
}

/// What an account does not see does not exist for it: neither where the household is now, nor where it
/// was at the moment that is asked for.
pub async fn refuse_hidden(
    tx: &mut Tx,
    view: &HouseholdView,
    user: &User,
) -> Result<(), ServiceError> {
    if user.ward.is_empty() {
        return Ok(());
    }
    let then = view.ward.open().is_some_and(|ward| user.sees(ward));
    if then && sees(tx, view.id, user).await? {
        return Ok(());
    }
    Err(ServiceError::NotFound("世帯"))
}

/// Whether the account sees a household where it is now.
pub async fn sees(tx: &mut Tx, id: HouseholdId, user: &User) -> Result<bool, ServiceError> {
    Ok(ward_in(tx, id).await?.is_some_and(|ward| user.sees(&ward)))
}

/// A household that the account does not see, or that is not there, is not found.
pub async fn refuse_unseen(db: &Db, id: HouseholdId, user: &User) -> Result<(), ServiceError> {
    let mut tx = db.read().await?;
    let seen = sees(&mut tx, id, user).await?;
    tx.commit().await?;
    if seen {
        Ok(())
    } else {
        Err(ServiceError::NotFound("世帯"))
    }
}

/// A household of a year inside a transaction, for an account that sees it.
pub async fn visible_in(
    tx: &mut Tx,
    id: HouseholdId,
    fiscal_year: FiscalYear,
    onlooker: Viewer<'_>,
) -> Result<HouseholdView, ServiceError> {
    let as_of = AsOf {
        fiscal_year,
        valid_on: None,
        known_at: onlooker.at,
    };
    let view = view_in(tx, id, as_of).await?;
    refuse_hidden(tx, &view, onlooker.user).await?;
    Ok(view)
}

/// The same where the answer tells where the household lives: of one under 支援措置 only for those
/// who may be shown it.
pub async fn disclosed_in(
    tx: &mut Tx,
    id: HouseholdId,
    fiscal_year: FiscalYear,
    onlooker: Viewer<'_>,
) -> Result<HouseholdView, ServiceError> {
    let view = visible_in(tx, id, fiscal_year, onlooker).await?;
    if view.is_guarded() && !onlooker.user.role.may(Action::Protect) {
        return Err(ServiceError::Forbidden);
    }
    Ok(view)
}

/// Every household that is known at a moment or has a decision of the year, in order: one that
/// lost its people still owes what was decided.
pub async fn ids(
    tx: &mut Tx,
    known_at: Instant,
    fiscal_year: FiscalYear,
) -> Result<Vec<HouseholdId>, ServiceError> {
    const SQL: &str = "SELECT household_id FROM membership WHERE recorded_at <= $1 \
        AND (superseded_at IS NULL OR superseded_at > $2) AND (valid_until IS NULL OR NOT moved_out OR valid_until > $4) \
        UNION SELECT household_id FROM decision WHERE fiscal_year = $3 ORDER BY household_id";
    let april = fiscal_year.april();
    Ok(
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(known_at.0).bind(known_at.0)
        .bind(fiscal_year).bind(april).fetch_all(c).await?),
    )
}

/// SQL: 行政区 of a household as it is known now; of one that nobody belongs to, that of who did. The two tables of the
/// view `membership` are asked apart, so that each is read by the household's key wherever the text stands.
macro_rules! ward_of {
    ($household:literal) => {
        concat!(
            "SELECT p.ward FROM (SELECT person_id, head, superseded_at, 0 AS moved_out FROM membership_fact \
               WHERE household_id = ",
            $household,
            " UNION ALL SELECT person_id, head, superseded_at, 1 FROM earlier_membership_fact WHERE household_id = ",
            $household,
            ") m JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL \
             ORDER BY CASE WHEN m.superseded_at IS NULL THEN 0 ELSE 1 END, m.moved_out, m.head DESC, \
             p.birth_date, p.person_id LIMIT 1"
        )
    };
}
pub(super) use ward_of;

/// 行政区 of a household.
pub async fn ward_in(tx: &mut Tx, id: HouseholdId) -> Result<Option<String>, ServiceError> {
    const SQL: &str = ward_of!("$1");
    Ok(on_tx!(tx, c => sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await?))
}

fn days(as_of: AsOf) -> Result<(NaiveDate, NaiveDate, i64), ServiceError> {
    let wrong = || {
        ServiceError::invalid_at(
            "fiscal_year",
            format!("{}年度は扱えません", as_of.fiscal_year),
        )
    };
    if !(2000..=2100).contains(&as_of.fiscal_year.0) {
        return Err(wrong());
    }
    let income_year = i64::from(as_of.fiscal_year.income_year());
    match as_of.valid_on {
        Some(day) => Ok((day, day.succ_opt().ok_or_else(wrong)?, income_year)),
        None => {
            let april = as_of.fiscal_year.april().ok_or_else(wrong)?;
            let end = as_of.fiscal_year.after().april().ok_or_else(wrong)?;
            Ok((april, end, income_year))
        }
    }
}
