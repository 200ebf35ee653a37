//! 一括印刷: the letters of a run by their way of mailing, ward and postal code.
//!
//! A document is set anew from the stored letters each time, with the same bytes; what was printed when is only
//! noted. A batch that stopped half-way is simply printed again.

use super::archive::unchanged;
use super::batches::{self, AT_ONCE, Batch, LeftOut, Ordered};
use super::kind::{LetterKind, Printed};
use crate::access::user::{Actor, User};
use crate::error::ServiceError;
use crate::jobs::Job;
use crate::jobs::queue;
use crate::on_db;
use crate::store::Db;
use crate::typesetting::Typesetting;
use kokuho_letters::Letter;
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::BatchView;
use kokuho_shared::ids::RunId;
use sqlx::FromRow;

/// What runs of a sort print.
pub struct RunPrinting {
    /// What people call such a run.
    pub name: &'static str,
    /// Whether a job is one.
    pub is_own: fn(&Job) -> bool,
    /// The kinds of letters that it makes, in the order of printing.
    pub kinds: &'static [&'static LetterKind],
}

impl RunPrinting {
    /// Forms the batches of a run.
    pub async fn form(&self, db: &Db, run: RunId) -> Result<Vec<Batch>, ServiceError> {
        const SQL: &str = "SELECT number, ward, postcode, pages, enclosed AS slips FROM letter \
            WHERE run_id = $1 AND kind = $2 AND (ward, postcode, number) > ($3, $4, $5) \
            ORDER BY ward, postcode, number LIMIT $6";
        let mut formed: Vec<Batch> = Vec::new();
        for kind in self.kinds {
            let (mut ward, mut postcode, mut number) =
                (String::new(), String::new(), String::new());
            loop {
                let letters: Vec<Ordered> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(kind.key)
                    .bind(&ward).bind(&postcode).bind(&number).bind(AT_ONCE).fetch_all(pool).await?);
                let Some(last) = letters.last() else { break };
                (ward, postcode, number) = (
                    last.ward.clone(),
                    last.postcode.clone(),
                    last.number.clone(),
                );
                batches::gather(&mut formed, &letters, kind.mailing());
            }
        }
        Ok(formed)
    }

    /// The batches of a run that an account sees.
    pub async fn list(
        &self,
        db: &Db,
        run: RunId,
        user: &User,
    ) -> Result<Vec<BatchView>, ServiceError> {
        batches::list(db, run, user, &self.left_out(db, run).await?).await
    }

    /// The document of a batch, without the letters that are left out of it.
    pub async fn document(
        &self,
        db: &Db,
        run: RunId,
        number: i64,
        user: &User,
        press: &Typesetting,
    ) -> Result<Vec<u8>, ServiceError> {
        let batch = batches::find(self.list(db, run, user).await?, number)?;
        let mut pages = Vec::new();
        for kind in self.mailed_like(&batch.sort) {
            for letter in letters(db, run, kind, &batch, press).await? {
                let enclosed = match kind.enclosed {
                    Some(enclosed) => enclosed.pages(db, &letter).await?,
                    None => Vec::new(),
                };
                pages.push(letter);
                pages.extend(enclosed);
            }
        }
        if pages.is_empty() {
            let text = "この印刷単位の文書は、すべて印刷から除かれています";
            return Err(ServiceError::Conflict(Problem::new(text)));
        }
        press.print(pages).await
    }

    /// Notes that a batch was printed, and which letters went out with it.
    pub async fn printed(
        &self,
        db: &Db,
        run: RunId,
        number: i64,
        actor: Actor<'_>,
    ) -> Result<BatchView, ServiceError> {
        let left_out = self.left_out(db, run).await?;
        batches::printed(db, run, number, actor, &left_out, self).await
    }

    /// The kinds that go out in the same way as a batch.
    pub(super) fn mailed_like(&self, mailing: &str) -> impl Iterator<Item = &'static LetterKind> {
        let kinds = self.kinds.iter().copied();
        kinds.filter(move |kind| kind.mailing() == mailing)
    }

    /// Letters of a run that are no longer printed with it, by kind; refused where it is another sort of job.
    async fn left_out(&self, db: &Db, run: RunId) -> Result<Vec<LeftOut>, ServiceError> {
        if !(self.is_own)(&queue::find(db, run.job()).await?) {
            return Err(ServiceError::NotFound(self.name));
        }
        let mut all = Vec::new();
        for kind in self.kinds {
            let Some(Printed { mailing, left_out }) = &kind.printed else {
                continue;
            };
            let rows: Vec<LeftOutRow> =
                on_db!(db, pool => sqlx::query_as(*left_out).bind(run).fetch_all(pool).await?);
            all.extend(rows.into_iter().map(|row| LeftOut {
                number: row.number,
                sort: (*mailing).to_owned(),
                ward: row.ward,
                postcode: row.postcode,
            }));
        }
        all.sort_by(|one, other| one.number.cmp(&other.number));
        Ok(all)
    }
}

#[derive(FromRow)]
struct LeftOutRow {
    number: String,
    ward: String,
    postcode: String,
}

/// A letter as it is stored.
#[derive(FromRow)]
struct Content {
    number: String,
    content: String,
    content_sha256: String,
}

async fn letters(
    db: &Db,
    run: RunId,
    kind: &LetterKind,
    batch: &BatchView,
    press: &Typesetting,
) -> Result<Vec<Letter>, ServiceError> {
    const SQL: &str = "SELECT number, content, content_sha256 FROM letter WHERE run_id = $1 AND kind = $2 AND ward = $3 \
        AND (postcode, number) >= ($4, $5) AND (postcode, number) <= ($6, $7) ORDER BY postcode, number";
    let stored: Vec<Content> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(kind.key).bind(&batch.ward)
        .bind(&batch.first_postcode).bind(&batch.first_letter).bind(&batch.last_postcode)
        .bind(&batch.last_letter).fetch_all(pool).await?);
    let printed = stored
        .iter()
        .filter(|each| !batch.left_out.contains(&each.number));
    printed
        .map(|each| unchanged(&each.number, &each.content, &each.content_sha256, press))
        .collect()
}
