//! 一括印刷: the letters of a run by ward and postal code.
//!
//! A document is set anew from the stored letters each time, with the same bytes; what was
//! printed when is only noted. A batch that stopped half-way is simply printed again.

use crate::access::user::User;
use crate::assessment::{notice, slips};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::jobs::batches::{self, AT_ONCE, Batch, Content, LeftOut, Ordered};
use crate::jobs::queue;
use crate::press::Press;
use crate::store::Db;
use crate::{guarded_all, on_db};
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::BatchView;
use kokuho_shared::api::run::RunKind;

/// Forms the batches of a run.
pub async fn form(db: &Db, run: i64) -> Result<Vec<Batch>, ServiceError> {
    const SQL: &str = "SELECT l.number, l.ward, l.postcode, l.pages, \
        (SELECT COUNT(*) FROM payment_slip s WHERE s.letter_number = l.number AND s.principal > 0) AS slips \
        FROM letter l WHERE l.run_id = $1 AND (l.ward, l.postcode, l.number) > ($2, $3, $4) \
        ORDER BY l.ward, l.postcode, l.number LIMIT $5";
    let mut batches: Vec<Batch> = Vec::new();
    let (mut ward, mut postcode, mut number) = (String::new(), String::new(), String::new());
    loop {
        let letters: Vec<Ordered> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(&ward)
            .bind(&postcode).bind(&number).bind(AT_ONCE).fetch_all(pool).await?);
        let Some(last) = letters.last() else {
            return Ok(batches);
        };
        (ward, postcode, number) = (
            last.ward.clone(),
            last.postcode.clone(),
            last.number.clone(),
        );
        batches::gather(&mut batches, &letters, "");
    }
}

/// The batches of a run that an account sees.
pub async fn list(db: &Db, run: i64, user: &User) -> Result<Vec<BatchView>, ServiceError> {
    batches::list(db, run, user, &left_out(db, run).await?).await
}

/// The document of a batch, without the letters that are left out of it.
pub async fn document(
    db: &Db,
    run: i64,
    number: i64,
    user: &User,
    press: &Press,
) -> Result<Vec<u8>, ServiceError> {
    const SQL: &str = "SELECT number, content, content_sha256 FROM letter WHERE run_id = $1 AND ward = $2 \
        AND (postcode, number) >= ($3, $4) AND (postcode, number) <= ($5, $6) ORDER BY postcode, number";
    let left_out = left_out(db, run).await?;
    let batch = batches::find(batches::list(db, run, user, &left_out).await?, number)?;
    let letters: Vec<Content> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(&batch.ward)
        .bind(&batch.first_postcode).bind(&batch.first_letter).bind(&batch.last_postcode)
        .bind(&batch.last_letter).fetch_all(pool).await?);
    let mut pages = Vec::new();
    for stored in &letters {
        if left_out.iter().any(|letter| letter.number == stored.number) {
            continue;
        }
        let letter = notice::unchanged(&stored.content, &stored.content_sha256, press)?;
        pages.push(letter.clone());
        for slip in slips::of_letter(db, &stored.number).await? {
            pages.push(slips::page(&slip, &letter)?);
        }
    }
    if pages.is_empty() {
        let text = "この印刷単位の文書は、すべて印刷から除かれています";
        return Err(ServiceError::Conflict(Problem::new(text)));
    }
    press.print(pages).await
}

/// Letters of a run whose household came under a measure (支援措置) or was decided anew since.
async fn left_out(db: &Db, run: i64) -> Result<Vec<LeftOut>, ServiceError> {
    const SQL: &str = concat!(
        "SELECT l.number, '' AS sort, l.ward, l.postcode FROM letter l JOIN decision d ON d.id = l.decision_id \
        WHERE l.run_id = $1 AND (EXISTS (SELECT 1 FROM decision n WHERE n.household_id = d.household_id \
        AND n.fiscal_year = d.fiscal_year AND n.sequence > d.sequence) \
        OR ",
        guarded_all!(both "l.household_id", "l.place"),
        ") ORDER BY l.number"
    );
    if RunKind::of_key(&queue::find(db, run).await?.kind).is_none() {
        return Err(ServiceError::NotFound("年次賦課"));
    }
    Ok(on_db!(db, pool => sqlx::query_as(SQL).bind(run).fetch_all(pool).await?))
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
