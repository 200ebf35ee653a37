//! 一括印刷: the letters of a run by ward and postal code, in documents of about a hundred pages.
//!
//! A document is set anew from the stored letters each time, with the same bytes; what was
//! printed when is only noted. A batch that stopped half-way is simply printed again.

use super::{notice, slips};
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::press::Press;
use crate::store::bulk::Value;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::BatchView;
use sqlx::FromRow;

/// Pages of a batch; a document holds at most 200 letters.
const PAGES: i64 = 100;
const AT_ONCE: i64 = 5_000;

/// A letter in the order of printing.
#[derive(Clone, Debug, FromRow)]
struct Ordered {
    number: String,
    ward: String,
    postcode: String,
    pages: i64,
    slips: i64,
}

/// A batch to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    ward: String,
    first_postcode: String,
    last_postcode: String,
    first_letter: String,
    last_letter: String,
    letters: i64,
    slips: i64,
    pages: i64,
}

impl Batch {
    fn of(letter: &Ordered) -> Batch {
        Batch {
            ward: letter.ward.clone(),
            first_postcode: letter.postcode.clone(),
            last_postcode: letter.postcode.clone(),
            first_letter: letter.number.clone(),
            last_letter: letter.number.clone(),
            letters: 1,
            slips: letter.slips,
            pages: letter.pages,
        }
    }

    fn takes(&self, letter: &Ordered) -> bool {
        self.ward == letter.ward && self.pages + letter.pages <= PAGES
    }

    fn add(&mut self, letter: &Ordered) {
        self.last_postcode.clone_from(&letter.postcode);
        self.last_letter.clone_from(&letter.number);
        self.letters += 1;
        self.slips += letter.slips;
        self.pages += letter.pages;
    }
}

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
        for letter in &letters {
            match batches.last_mut() {
                Some(batch) if batch.takes(letter) => batch.add(letter),
                _ => batches.push(Batch::of(letter)),
            }
        }
    }
}

pub async fn write(tx: &mut Tx, run: i64, batches: &[Batch]) -> Result<(), ServiceError> {
    let row = |(number, batch): (i64, &Batch)| {
        vec![
            Value::Int(run),
            Value::Int(number),
            Value::Text(batch.ward.clone()),
            Value::Text(batch.first_postcode.clone()),
            Value::Text(batch.last_postcode.clone()),
            Value::Text(batch.first_letter.clone()),
            Value::Text(batch.last_letter.clone()),
            Value::Int(batch.letters),
            Value::Int(batch.slips),
            Value::Int(batch.pages),
        ]
    };
    let rows: Vec<Vec<Value>> = (1..).zip(batches).map(row).collect();
    let columns = &[
        "run_id",
        "number",
        "ward",
        "first_postcode",
        "last_postcode",
        "first_letter",
        "last_letter",
        "letters",
        "slips",
        "pages",
    ];
    tx.insert("print_batch", columns, &rows).await
}

#[derive(FromRow)]
struct BatchRow {
    number: i64,
    ward: String,
    first_postcode: String,
    last_postcode: String,
    first_letter: String,
    last_letter: String,
    letters: i64,
    slips: i64,
    pages: i64,
    printed: i64,
    printed_at: Option<i64>,
}

/// The batches of a run that an account sees.
pub async fn list(db: &Db, run: i64, user: &User) -> Result<Vec<BatchView>, ServiceError> {
    const SQL: &str = "SELECT b.number, b.ward, b.first_postcode, b.last_postcode, b.first_letter, b.last_letter, \
        b.letters, b.slips, b.pages, (SELECT COUNT(*) FROM print_mark m WHERE m.run_id = b.run_id \
        AND m.number = b.number) AS printed, (SELECT MAX(m.printed_at) FROM print_mark m \
        WHERE m.run_id = b.run_id AND m.number = b.number) AS printed_at \
        FROM print_batch b WHERE b.run_id = $1 ORDER BY b.number";
    let rows: Vec<BatchRow> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(run).fetch_all(pool).await?);
    let left_out = left_out(db, run).await?;
    let seen = rows.into_iter().filter(|row| user.sees(&row.ward));
    let view = |row: BatchRow| BatchView {
        left_out: left_out
            .iter()
            .filter(|letter| letter.belongs_to(&row))
            .map(|letter| letter.number.clone())
            .collect(),
        number: row.number,
        ward: row.ward,
        first_postcode: row.first_postcode,
        last_postcode: row.last_postcode,
        first_letter: row.first_letter,
        last_letter: row.last_letter,
        letters: row.letters,
        slips: row.slips,
        pages: row.pages,
        printed: row.printed,
        printed_at: row.printed_at.map(|at| Instant(at).text()),
    };
    Ok(seen.map(view).collect())
}

#[derive(FromRow)]
struct Content {
    number: String,
    content: String,
    content_sha256: String,
}

async fn find(db: &Db, run: i64, number: i64, user: &User) -> Result<BatchView, ServiceError> {
    let batch = list(db, run, user).await?;
    let batch = batch.into_iter().find(|batch| batch.number == number);
    batch.ok_or(ServiceError::NotFound("印刷単位"))
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
    let batch = find(db, run, number, user).await?;
    let letters: Vec<Content> = on_db!(db, pool => sqlx::query_as(SQL).bind(run).bind(&batch.ward)
        .bind(&batch.first_postcode).bind(&batch.first_letter).bind(&batch.last_postcode)
        .bind(&batch.last_letter).fetch_all(pool).await?);
    let left_out = left_out(db, run).await?;
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

/// A letter that is no longer printed with its batch.
#[derive(Clone, Debug, FromRow)]
struct LeftOut {
    number: String,
    ward: String,
    postcode: String,
}

impl LeftOut {
    fn belongs_to(&self, batch: &BatchRow) -> bool {
        let place = (self.postcode.as_str(), self.number.as_str());
        let first = (batch.first_postcode.as_str(), batch.first_letter.as_str());
        let last = (batch.last_postcode.as_str(), batch.last_letter.as_str());
        self.ward == batch.ward && first <= place && place <= last
    }
}

/// Letters of a run whose household came under a measure (支援措置) or was decided anew since.
async fn left_out(db: &Db, run: i64) -> Result<Vec<LeftOut>, ServiceError> {
    const SQL: &str = "SELECT l.number, l.ward, l.postcode FROM letter l JOIN decision d ON d.id = l.decision_id \
        WHERE l.run_id = $1 AND (EXISTS (SELECT 1 FROM decision n WHERE n.household_id = d.household_id \
        AND n.fiscal_year = d.fiscal_year AND n.sequence > d.sequence) \
        OR EXISTS (SELECT 1 FROM membership m JOIN protection_fact pr ON pr.person_id = m.person_id \
        AND pr.superseded_at IS NULL WHERE m.household_id = l.household_id AND m.superseded_at IS NULL)) \
        ORDER BY l.number";
    Ok(on_db!(db, pool => sqlx::query_as(SQL).bind(run).fetch_all(pool).await?))
}

/// Notes that a batch was printed; it can be noted again for another printing.
pub async fn printed(
    db: &Db,
    run: i64,
    number: i64,
    user: &User,
    clock: Clock,
) -> Result<BatchView, ServiceError> {
    const SQL: &str = "INSERT INTO print_mark (id, run_id, number, printed_at, printed_by) VALUES ($1, $2, $3, $4, $5)";
    find(db, run, number, user).await?;
    let now = clock.now();
    let mut tx = db.write(Lock::Nothing).await?;
    let id = tx.take_ids("print_mark", 1).await?;
    on_tx!(&mut tx, connection => sqlx::query(SQL).bind(id).bind(run).bind(number).bind(now.0)
        .bind(&user.login).execute(connection).await?.rows_affected());
    let entry = Entry::new(user, What::Print, now);
    entry
        .detail(format!("batch {number} of run {run} printed"))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    find(db, run, number, user).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(number: &str, ward: &str, pages: i64) -> Ordered {
        Ordered {
            number: number.into(),
            ward: ward.into(),
            postcode: "5300001".into(),
            pages,
            slips: 1,
        }
    }

    #[test]
    fn a_batch_takes_letters_of_its_ward_up_to_its_pages() {
        let mut batch = Batch::of(&letter("1", "北区", 60));
        assert!(!batch.takes(&letter("2", "西区", 1)));
        assert!(!batch.takes(&letter("2", "北区", 41)));
        assert!(batch.takes(&letter("2", "北区", 40)));
        batch.add(&letter("2", "北区", 40));
        assert_eq!(
            (batch.letters, batch.pages, batch.last_letter.as_str()),
            (2, 100, "2")
        );
    }
}
