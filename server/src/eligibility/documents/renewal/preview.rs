//! 発送の下見: what a run that issues papers would issue now, and what should be looked at before.

use super::super::income_reports::{self, IncomeReports};
use super::super::letters::{CERTIFICATE, INCOME_REPORT, NOTICE};
use super::{Renewal, added_up, planned};
use crate::city::City;
use crate::correspondence::LetterKind;
use crate::eligibility::findings;
use crate::error::ServiceError;
use crate::jobs::plan::Plan;
use crate::jobs::work::{Report, Work};
use crate::jobs::{progress, queue, trial};
use crate::store::Db;
use chrono::NaiveDate;
use kokuho_shared::api::document::DocumentKind;
use kokuho_shared::api::job::JobView;
use kokuho_shared::api::renewal::{PostCount, PostFinding, PostPreview};
use kokuho_shared::calendar::FiscalYear;
use std::collections::BTreeMap;

/// Of a renewal for a day.
pub async fn renewal(city: &City, from: NaiveDate) -> Result<PostPreview, ServiceError> {
    let mut tx = city.db.read().await?;
    let plan = planned(&mut tx, city, from).await?;
    tx.commit().await?;
    preview(city, &Renewal, &plan).await
}

/// Of 所得申告書 for a year.
pub async fn reports(city: &City, year: FiscalYear) -> Result<PostPreview, ServiceError> {
    let mut tx = city.db.read().await?;
    let plan = income_reports::planned(&mut tx, city, year).await?;
    tx.commit().await?;
    preview(city, &IncomeReports, &plan).await
}

async fn preview<W: Work>(city: &City, work: &W, plan: &Plan) -> Result<PostPreview, ServiceError> {
    let reports = trial::reports(work, city, plan).await?;
    let outcome = added_up(reports.iter().map(|report| &report.outcome))?;
    let kinds = vec![
        count(&CERTIFICATE, outcome.certificates),
        count(&NOTICE, outcome.notices),
        count(&INCOME_REPORT, outcome.reports),
    ];
    let mut found = findings::of_city(&city.db, plan.fiscal_year).await?;
    found.extend(left_out(&reports));
    Ok(PostPreview {
        households: outcome.households,
        letters: kinds.iter().map(|kind| kind.letters).sum(),
        kinds: kinds.into_iter().filter(|kind| kind.letters > 0).collect(),
        kept: outcome.kept,
        left_out: outcome.left_out,
        findings: found,
        last: last(&city.db, work.key()).await?,
    })
}

fn count(kind: &LetterKind, letters: i64) -> PostCount {
    let name = DocumentKind::of_key(kind.key).map_or("", DocumentKind::name);
    PostCount {
        kind: kind.key.into(),
        name: name.into(),
        mailing: kind.mailing().into(),
        letters,
    }
}

/// Why households would get nothing, and how many for each reason.
fn left_out(reports: &[Report]) -> Vec<PostFinding> {
    let mut reasons: BTreeMap<&str, i64> = BTreeMap::new();
    for finding in reports.iter().flat_map(|report| &report.findings) {
        *reasons.entry(&finding.reason).or_default() += 1;
    }
    let finding = |(reason, count): (&str, i64)| PostFinding {
        key: "left_out".into(),
        text: reason.into(),
        count,
    };
    reasons.into_iter().map(finding).collect()
}

/// The newest job of a kind.
async fn last(db: &Db, kind: &str) -> Result<Option<JobView>, ServiceError> {
    let jobs = queue::newest(db).await?;
    match jobs.iter().find(|job| job.kind == kind) {
        Some(job) => Ok(Some(progress::view(db, job).await?)),
        None => Ok(None),
    }
}
