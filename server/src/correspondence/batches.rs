//! 印刷単位: letters of a run in the order of printing, in documents of about a hundred pages, and
//! what was printed when.

use super::printing::RunPrinting;
use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Row, Tx};
use crate::{on_db, on_tx, row};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::BatchView;
use kokuho_shared::ids::RunId;
use sqlx::FromRow;

/// Pages of a batch; a document holds at most 200 letters.
const PAGES: i64 = 100;
/// So many letters are put in order at a time.
pub const AT_ONCE: i64 = 5_000;

/// A letter in the order of printing.
#[derive(Clone, Debug, FromRow)]
pub struct Ordered {
    pub number: String,
    pub ward: String,
    pub postcode: String,
    pub pages: i64,
    pub slips: i64,
}

/// A batch to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What is mailed in another way is not in one document.
    sort: &'static str,
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
    fn of(letter: &Ordered, sort: &'static str) -> Batch {
        Batch {
            sort,
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

    fn takes(&self, letter: &Ordered, sort: &str) -> bool {
        self.sort == sort && self.ward == letter.ward && self.pages + letter.pages <= PAGES
    }

    fn add(&mut self, letter: &Ordered) {
        self.last_postcode.clone_from(&letter.postcode);
        self.last_letter.clone_from(&letter.number);
        self.letters += 1;
        self.slips += letter.slips;
        self.pages += letter.pages;
    }
}

/// Adds letters, which come in the order of printing, to the batches.
pub fn gather(batches: &mut Vec<Batch>, letters: &[Ordered], sort: &'static str) {
    for letter in letters {
        match batches.last_mut() {
            Some(batch) if batch.takes(letter, sort) => batch.add(letter),
            _ => batches.push(Batch::of(letter, sort)),
        }
    }
}

pub async fn write(tx: &mut Tx, run: RunId, batches: &[Batch]) -> Result<(), ServiceError> {
    let row = |(number, batch): (i64, &Batch)| {
        row! {
            run_id: run,
            number,
            sort: batch.sort,
            ward: batch.ward.clone(),
            first_postcode: batch.first_postcode.clone(),
            last_postcode: batch.last_postcode.clone(),
            first_letter: batch.first_letter.clone(),
            last_letter: batch.last_letter.clone(),
            letters: batch.letters,
            slips: batch.slips,
            pages: batch.pages,
        }
    };
    let rows: Vec<Row> = (1..).zip(batches).map(row).collect();
    tx.insert("print_batch", &rows).await
}

#[derive(FromRow)]
struct BatchRow {
    number: i64,
    sort: String,
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

/// A letter that is no longer printed with its batch.
#[derive(Clone, Debug)]
pub struct LeftOut {
    pub number: String,
    pub sort: String,
    pub ward: String,
    pub postcode: String,
}

impl LeftOut {
    fn belongs_to(&self, batch: &BatchRow) -> bool {
        let place = (self.postcode.as_str(), self.number.as_str());
        let first = (batch.first_postcode.as_str(), batch.first_letter.as_str());
        let last = (batch.last_postcode.as_str(), batch.last_letter.as_str());
        self.sort == batch.sort && self.ward == batch.ward && first <= place && place <= last
    }
}

/// The batches of a run that an account sees, each with what is left out of it.
pub async fn list(
    db: &Db,
    run: RunId,
    user: &User,
    left_out: &[LeftOut],
) -> Result<Vec<BatchView>, ServiceError> {
    const SQL: &str = "SELECT b.number, b.sort, b.ward, b.first_postcode, b.last_postcode, b.first_letter, b.last_letter, \
        b.letters, b.slips, b.pages, (SELECT COUNT(*) FROM print_mark m WHERE m.run_id = b.run_id \
        AND m.number = b.number) AS printed, (SELECT MAX(m.printed_at) FROM print_mark m \
        WHERE m.run_id = b.run_id AND m.number = b.number) AS printed_at \
        FROM print_batch b WHERE b.run_id = $1 ORDER BY b.number";
    let rows: Vec<BatchRow> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(run).fetch_all(pool).await?);
    let seen = rows.into_iter().filter(|row| user.sees(&row.ward));
    let view = |row: BatchRow| BatchView {
        left_out: left_out
            .iter()
            .filter(|letter| letter.belongs_to(&row))
            .map(|letter| letter.number.clone())
            .collect(),
        number: row.number,
        sort: row.sort,
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

/// 支援措置: hides the first and last postcode from users without `Protect` if that letter is left out.
pub fn mask_postcodes(mut batch: BatchView, user: &User) -> BatchView {
    let hides = |letter: &String| batch.left_out.contains(letter);
    if !user.role.may(Action::Protect) && (hides(&batch.first_letter) || hides(&batch.last_letter))
    {
        batch.first_postcode.clear();
        batch.last_postcode.clear();
    }
    batch
}

/// One of them.
pub fn find(batches: Vec<BatchView>, number: i64) -> Result<BatchView, ServiceError> {
    let found = batches.into_iter().find(|batch| batch.number == number);
    found.ok_or(ServiceError::NotFound("印刷単位"))
}

/// Notes that a batch, which the account sees, was printed; it can be noted again for another
/// printing.
pub async fn printed(
    db: &Db,
    run: RunId,
    number: i64,
    Actor { user, clock }: Actor<'_>,
    left_out: &[LeftOut],
    printing: &RunPrinting,
) -> Result<BatchView, ServiceError> {
    let batch = find(list(db, run, user, left_out).await?, number)?;
    let now = clock.now();
    let mut tx = db.write(Lock::Nothing).await?;
    for kind in printing.mailed_like(&batch.sort) {
        sent(&mut tx, run, kind.key, &batch, now).await?;
    }
    let row = row! {
        id: tx.take_ids("print_mark", 1).await?,
        run_id: run,
        number,
        printed_at: now,
        printed_by: user.login.clone(),
    };
    tx.insert("print_mark", &[row]).await?;
    let entry = Entry::new(user, AuditAction::Print, now);
    entry
        .detail(format!("batch {number} of run {run} printed"))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    find(list(db, run, user, left_out).await?, number)
}

/// Notes which letters of a kind were in a printed batch, once.
async fn sent(
    tx: &mut Tx,
    run: RunId,
    kind: &str,
    batch: &BatchView,
    now: Instant,
) -> Result<(), ServiceError> {
    const LETTERS: &str = "SELECT number FROM letter WHERE run_id = $1 AND kind = $2 AND ward = $3 \
        AND (postcode, number) >= ($4, $5) AND (postcode, number) <= ($6, $7) \
        AND NOT EXISTS (SELECT 1 FROM letter_sent s WHERE s.number = letter.number)";
    let letters: Vec<String> = on_tx!(&mut *tx, c => sqlx::query_scalar(LETTERS).bind(run).bind(kind).bind(&batch.ward)
        .bind(&batch.first_postcode).bind(&batch.first_letter).bind(&batch.last_postcode).bind(&batch.last_letter)
        .fetch_all(c).await?);
    let printed = letters
        .into_iter()
        .filter(|number| !batch.left_out.contains(number));
    let rows: Vec<Row> = printed
        .map(|number| row! { number, sent_at: now })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.insert("letter_sent", &rows).await
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
        let mut batch = Batch::of(&letter("1", "北区", 60), "ordinary");
        assert!(!batch.takes(&letter("2", "西区", 1), "ordinary"));
        assert!(!batch.takes(&letter("2", "北区", 41), "ordinary"));
        assert!(!batch.takes(&letter("2", "北区", 40), "registered"));
        assert!(batch.takes(&letter("2", "北区", 40), "ordinary"));
        batch.add(&letter("2", "北区", 40));
        assert_eq!(
            (batch.letters, batch.pages, batch.last_letter.as_str()),
            (2, 100, "2")
        );
    }
}
