//! The papers of a renewal in batches: certificates apart from notices, by ward and postal code.

use super::super::unchanged;
use super::{issues_papers, sort};
use crate::access::user::User;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::jobs::batches::{self, AT_ONCE, Batch, Content, LeftOut, Ordered};
use crate::jobs::queue;
use crate::press::Press;
use crate::store::Db;
use crate::{guarded_all, on_db};
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::DocumentKind;
use kokuho_shared::api::job::BatchView;

/// What such a job issues.
const KINDS: [DocumentKind; 3] = [
    DocumentKind::EligibilityCertificate,
    DocumentKind::EligibilityNotice,
    DocumentKind::IncomeReport,
];

/// Forms the batches of a renewal.
pub async fn form(db: &Db, run: i64) -> Result<Vec<Batch>, ServiceError> {
    const SQL: &str = "SELECT number, ward, postcode, CAST(1 AS BIGINT) AS pages, CAST(0 AS BIGINT) AS slips FROM document \
        WHERE run_id = $1 AND kind = $2 AND (ward, postcode, number) > ($3, $4, $5) \
        ORDER BY ward, postcode, number LIMIT $6";
    let mut formed: Vec<Batch> = Vec::new();
    for kind in KINDS {
        let (mut ward, mut postcode, mut number) = (String::new(), String::new(), String::new());
        loop {
            let papers: Vec<Ordered> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(kind.key())
                .bind(&ward).bind(&postcode).bind(&number).bind(AT_ONCE).fetch_all(pool).await?);
            let Some(last) = papers.last() else { break };
            (ward, postcode, number) = (
                last.ward.clone(),
                last.postcode.clone(),
                last.number.clone(),
            );
            batches::gather(&mut formed, &papers, sort(kind));
        }
    }
    Ok(formed)
}

/// Papers that hold no longer, whose person is no longer insured or has moved, or whose household
/// has changed or came under a measure (支援措置) since.
async fn left_out(db: &Db, run: i64) -> Result<Vec<LeftOut>, ServiceError> {
    const SQL: &str = concat!(
        "SELECT d.number, CASE WHEN d.kind IN ('eligibility_notice', 'income_report') THEN 'ordinary' \
          ELSE 'registered' END AS sort, \
        d.ward, d.postcode FROM document d WHERE d.run_id = $1 AND (d.state <> 'open' \
        OR (d.kind <> 'income_report' AND NOT EXISTS (SELECT 1 FROM eligibility_fact e WHERE e.person_id = d.person_id \
          AND e.superseded_at IS NULL AND e.valid_until IS NULL)) \
        OR NOT EXISTS (SELECT 1 FROM membership_fact m WHERE m.person_id = d.person_id AND m.superseded_at IS NULL \
          AND m.household_id = d.household_id) \
        OR EXISTS (SELECT 1 FROM membership_fact m JOIN person_fact p ON p.person_id = m.person_id \
          AND p.superseded_at IS NULL AND p.recorded_at > d.issued_at \
          WHERE m.household_id = d.household_id AND m.superseded_at IS NULL) \
        OR ",
        guarded_all!(both "d.household_id", "d.place"),
        ") ORDER BY d.number"
    );
    if !issues_papers(&queue::find(db, run).await?) {
        return Err(ServiceError::NotFound("証の一斉更新"));
    }
    Ok(on_db!(db, pool => sqlx::query_as(SQL).bind(run).fetch_all(pool).await?))
}

/// The batches of a renewal that an account sees.
pub async fn list(db: &Db, run: i64, user: &User) -> Result<Vec<BatchView>, ServiceError> {
    batches::list(db, run, user, &left_out(db, run).await?).await
}

/// The document of a batch, without what is left out of it.
pub async fn document(
    db: &Db,
    run: i64,
    number: i64,
    user: &User,
    press: &Press,
) -> Result<Vec<u8>, ServiceError> {
    const SQL: &str = "SELECT number, content, content_sha256 FROM document WHERE run_id = $1 AND kind = $2 AND ward = $3 \
        AND (postcode, number) >= ($4, $5) AND (postcode, number) <= ($6, $7) ORDER BY postcode, number";
    let batch = batches::find(list(db, run, user).await?, number)?;
    let mut pages = Vec::new();
    for kind in KINDS.into_iter().filter(|kind| sort(*kind) == batch.sort) {
        let papers: Vec<Content> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(kind.key())
            .bind(&batch.ward).bind(&batch.first_postcode).bind(&batch.first_letter)
            .bind(&batch.last_postcode).bind(&batch.last_letter).fetch_all(pool).await?);
        for stored in papers {
            if batch.left_out.contains(&stored.number) {
                continue;
            }
            let content = (stored.content.as_str(), stored.content_sha256.as_str());
            pages.push(unchanged(&stored.number, content, press)?);
        }
    }
    if pages.is_empty() {
        let text = "この印刷単位の文書は、すべて印刷から除かれています";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    press.print(pages).await
}

/// Notes that a batch was printed.
pub async fn printed(
    db: &Db,
    run: i64,
    number: i64,
    user: &User,
    clock: Clock,
) -> Result<BatchView, ServiceError> {
    batches::printed(db, (run, number), (user, clock), &left_out(db, run).await?).await
}
