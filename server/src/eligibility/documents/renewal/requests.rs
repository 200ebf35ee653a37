//! 一斉更新・一括発行の申請と承認: the count that was looked at is confirmed, and somebody else releases it.

use super::super::income_reports::{self, IncomeReports};
use super::{Renewal, preview};
use crate::access::user::User;
use crate::city::City;
use crate::error::ServiceError;
use crate::jobs::Job;
use crate::jobs::requests::{self, Asked};
use crate::jobs::work::Work;
use crate::store::Lock;
use kokuho_shared::api::Problem;
use kokuho_shared::api::renewal::{
    INCOME_REPORTS, PostPreview, RENEWAL, RunRequest, StartRenewal, StartReports,
};
use kokuho_shared::calendar::FiscalYear;

/// Asks for a renewal, with the count that was looked at.
pub async fn renewal(
    city: &City,
    wish: &StartRenewal,
    user: &User,
) -> Result<RunRequest, ServiceError> {
    let counted = preview::renewal(city, wish.from).await?;
    refuse_other_count(&counted, wish.letters)?;
    let asked = Asked {
        kind: RENEWAL,
        name: Renewal.name(),
        fiscal_year: FiscalYear::of(wish.from),
        for_day: Some(wish.from),
        letters: wish.letters,
    };
    requests::ask(&city.db, asked, user).await
}

/// The same of 所得申告書.
pub async fn reports(
    city: &City,
    wish: &StartReports,
    user: &User,
) -> Result<RunRequest, ServiceError> {
    let counted = preview::reports(city, wish.fiscal_year).await?;
    refuse_other_count(&counted, wish.letters)?;
    let asked = Asked {
        kind: INCOME_REPORTS,
        name: IncomeReports.name(),
        fiscal_year: wish.fiscal_year,
        for_day: None,
        letters: wish.letters,
    };
    requests::ask(&city.db, asked, user).await
}

fn refuse_other_count(counted: &PostPreview, letters: i64) -> Result<(), ServiceError> {
    if counted.letters == letters {
        return Ok(());
    }
    let text = format!(
        "発行する文書は、今は{}通です（確かめた件数は{letters}通）。件数を確かめ直してください",
        counted.letters
    );
    Err(ServiceError::Conflict(Problem::new(text).at("letters")))
}

/// Releases what somebody else asked for: counted again, and begun in the same transaction.
pub async fn release(city: &City, id: i64, note: &str, user: &User) -> Result<Job, ServiceError> {
    let mut tx = city.db.read().await?;
    let request = requests::find(&mut tx, id).await?;
    tx.commit().await?;
    requests::refuse_own(&request, user)?;
    let counted = match request.for_day {
        Some(from) => preview::renewal(city, from).await?,
        None => preview::reports(city, request.fiscal_year).await?,
    };
    refuse_other_count(&counted, request.letters)?;
    let mut tx = city.db.write(Lock::Everything).await?;
    let request = requests::find(&mut tx, id).await?;
    let job = match request.for_day {
        Some(from) => super::begin(&mut tx, city, from, user).await?,
        None => income_reports::begin(&mut tx, city, request.fiscal_year, user).await?,
    };
    requests::release(&mut tx, &request, job.id, note, user).await?;
    tx.commit().await?;
    Ok(job)
}
