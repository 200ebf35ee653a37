//! 賦課の下見: what is known before a year is decided.

use crate::eligibility::{findings, household};
use crate::error::ServiceError;
use crate::jobs::{progress, queue};
use crate::on_tx;
use crate::store::Db;
use kokuho_shared::api::renewal::{PostFinding, RunPreview};
use kokuho_shared::api::run::RunKind;
use kokuho_shared::calendar::FiscalYear;

/// Of a run of a kind for a year.
pub async fn of(db: &Db, kind: RunKind, year: FiscalYear) -> Result<RunPreview, ServiceError> {
    const DECIDED: &str =
        "SELECT COUNT(DISTINCT household_id) FROM decision WHERE fiscal_year = $1";
    let mut tx = db.read().await?;
    let now = tx.at();
    let households = household::ids(&mut tx, now, year).await?.len();
    let decided: i64 =
        on_tx!(&mut tx, c => sqlx::query_scalar(DECIDED).bind(year).fetch_one(c).await?);
    tx.commit().await?;
    let mut found = findings::of_city(db, year).await?;
    if decided > 0 && kind != RunKind::Monthly {
        let text = format!(
            "{year}年度はすでに決定しています。始めると、額の変わる世帯だけが改めて決定されます"
        );
        found.insert(
            0,
            PostFinding {
                key: "decided".into(),
                text,
                count: decided,
            },
        );
    }
    let jobs = queue::newest(db).await?;
    let of_year = |job: &&crate::jobs::Job| job.kind == kind.key() && job.fiscal_year == year;
    let last = match jobs.iter().find(of_year) {
        Some(job) => Some(progress::view(db, job).await?),
        None => None,
    };
    Ok(RunPreview {
        households: i64::try_from(households).unwrap_or(i64::MAX),
        decided,
        findings: found,
        last,
    })
}
