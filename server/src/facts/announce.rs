//! What a change of facts changed, told once and in its own transaction.

use super::change::Change;
use crate::error::ServiceError;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use std::pin::Pin;

/// What changed: as one set for each change, never person by person where a file brought many.
#[derive(Clone, Copy, Debug)]
pub enum FactChange<'a> {
    /// 住基: people moved or changed their household, and households that somebody left.
    Moved {
        persons: &'a [PersonId],
        left: &'a [HouseholdId],
    },
    /// 住基: a whole file of residents is in.
    Residents,
    /// 税: a whole file of incomes is in.
    Incomes,
    /// 資格台帳: a whole file of 資格期間 is in.
    Eligibility,
    /// What is known of a household from a fiscal year on.
    Household {
        id: HouseholdId,
        from_year: FiscalYear,
    },
    /// A 資格期間 of somebody began, ended, was corrected or never was.
    Period {
        person: PersonId,
        acquired_on: NaiveDate,
    },
    /// 支援措置 of somebody began, was extended or ended.
    Protection { person: PersonId },
}

pub type Reaction<'a> = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send + 'a>>;

/// A room that does something about changes of facts.
pub trait Listener: Send + Sync {
    fn on_change<'a>(
        &'a self,
        tx: &'a mut Tx,
        change: Change,
        news: FactChange<'a>,
    ) -> Reaction<'a>;
}

/// Everybody who listens; a database carries them into its transactions (`rooms::told`).
pub struct Listeners(pub Vec<&'static dyn Listener>);

/// Tells a change to all listeners. Refused where none are attached: decisions that depend on the changed facts would
/// stay uncorrected.
pub async fn announce(
    tx: &mut Tx,
    change: Change,
    news: FactChange<'_>,
) -> Result<(), ServiceError> {
    let listeners = tx.attached::<Listeners>();
    let unheard = || ServiceError::Internal("no listeners are attached to the database".into());
    for listener in &listeners.ok_or_else(unheard)?.0 {
        listener.on_change(tx, change, news).await?;
    }
    Ok(())
}
