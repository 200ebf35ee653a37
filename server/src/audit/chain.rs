//! The chain: pure functions, so that they can be tried on any number of altered copies.

use crate::access::hex;
use sha2::{Digest, Sha256};
use sqlx::FromRow;

/// A record in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub seq: i64,
    pub content: String,
}

/// A closed batch of records.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Batch {
    pub number: i64,
    pub first_seq: i64,
    pub count: i64,
    /// Half a digest of each record, so that the altered one can be named.
    pub digests: String,
    pub previous: String,
    pub sha256: String,
}

/// Hexadecimal digits kept of a record's digest.
const KEPT: usize = 32;

/// What stands before the first batch.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The digest of a record in its place.
fn digest(row: &Row) -> String {
    let full = hex(&Sha256::digest(
        format!("{}\n{}", row.seq, row.content).as_bytes(),
    ));
    full.get(..KEPT).unwrap_or_default().to_owned()
}

fn seal(number: i64, first_seq: i64, count: i64, digests: &str, previous: &str) -> String {
    hex(&Sha256::digest(
        format!("{number}\n{first_seq}\n{count}\n{previous}\n{digests}").as_bytes(),
    ))
}

/// Closes records into a batch behind another one.
pub fn close(number: i64, previous: &str, rows: &[Row]) -> Batch {
    let digests: String = rows.iter().map(digest).collect();
    let first_seq = rows.first().map_or(0, |row| row.seq);
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let sha256 = seal(number, first_seq, count, &digests, previous);
    Batch {
        number,
        first_seq,
        count,
        digests,
        previous: previous.to_owned(),
        sha256,
    }
}

/// Where the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("監査記録 {0} 番が書き換えられています")]
    Altered(i64),
    #[error("監査記録 {0} 番がありません")]
    Missing(i64),
    #[error("監査記録 {0} 番は、どの束にも属していません")]
    Inserted(i64),
    #[error("監査記録の束 {0} が書き換えられているか、ありません")]
    Batch(i64),
}

/// Follows the chain from one batch to the next.
pub struct Follower {
    number: i64,
    seq: i64,
    previous: String,
}

impl Default for Follower {
    fn default() -> Follower {
        Follower {
            number: 1,
            seq: 1,
            previous: BEGINNING.to_owned(),
        }
    }
}

impl Follower {
    /// Number of the batch and of the record that come next.
    pub fn next(&self) -> (i64, i64) {
        (self.number, self.seq)
    }

    /// The hash of the last batch that was right.
    pub fn head(&self) -> &str {
        &self.previous
    }

    /// Checks a batch with its records, which come in their order.
    pub fn check(&mut self, batch: &Batch, rows: &[Row]) -> Result<(), Broken> {
        let sealed = seal(
            batch.number,
            batch.first_seq,
            batch.count,
            &batch.digests,
            &batch.previous,
        );
        let whole =
            usize::try_from(batch.count).is_ok_and(|count| batch.digests.len() == count * KEPT);
        let joined = batch.number == self.number
            && batch.previous == self.previous
            && batch.first_seq == self.seq;
        if sealed != batch.sha256 || !whole || !joined {
            return Err(Broken::Batch(self.number));
        }
        let mut expected = self.seq;
        let mut rows = rows.iter().peekable();
        for place in 0..usize::try_from(batch.count).unwrap_or(0) {
            let wanted = batch.digests.get(place * KEPT..(place + 1) * KEPT);
            match rows.next_if(|row| row.seq == expected) {
                None => return Err(Broken::Missing(expected)),
                Some(row) if Some(digest(row).as_str()) != wanted => {
                    return Err(Broken::Altered(expected));
                }
                Some(_) => expected += 1,
            }
        }
        if let Some(row) = rows.next() {
            return Err(Broken::Inserted(row.seq));
        }
        self.number += 1;
        self.seq = expected;
        self.previous.clone_from(&batch.sha256);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_households::Random;

    type Log = (Vec<Batch>, Vec<Row>);

    fn log() -> Log {
        let (mut batches, mut all) = (Vec::new(), Vec::new());
        let mut previous = BEGINNING.to_owned();
        for number in 1..=6i64 {
            let first = i64::try_from(all.len()).unwrap() + 1;
            let rows: Vec<Row> = (0..number * 3)
                .map(|nth| Row {
                    seq: first + nth,
                    content: format!("{{\"at\":{nth}}}"),
                })
                .collect();
            let batch = close(number, &previous, &rows);
            previous.clone_from(&batch.sha256);
            batches.push(batch);
            all.extend(rows);
        }
        (batches, all)
    }

    /// As the verification reads it: all rows from a batch's first to before the next one's.
    fn follow((batches, rows): &Log, last: i64) -> Result<(), Broken> {
        let mut follower = Follower::default();
        for (at, batch) in batches.iter().enumerate() {
            let from = follower.next().1;
            let until = batches.get(at + 1).map_or(i64::MAX, |_| from + batch.count);
            let own: Vec<Row> = rows
                .iter()
                .filter(|row| (from..until).contains(&row.seq))
                .cloned()
                .collect();
            follower.check(batch, &own)?;
        }
        if follower.next().0 == last + 1 {
            Ok(())
        } else {
            Err(Broken::Batch(follower.next().0))
        }
    }

    fn flip(text: &mut String, random: &mut Random) {
        let mut bytes = text.clone().into_bytes();
        let at = random.below(u32::try_from(bytes.len()).unwrap()) as usize;
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        *text = String::from_utf8(bytes).unwrap();
    }

    fn tamper((batches, rows): &mut Log, random: &mut Random) {
        let row = random.below(u32::try_from(rows.len()).unwrap()) as usize;
        let batch = random.below(u32::try_from(batches.len()).unwrap()) as usize;
        match random.below(9) {
            0 => flip(&mut rows[row].content, random),
            1 => drop(rows.remove(row)),
            2 => rows.insert(
                row,
                Row {
                    seq: rows[row].seq,
                    content: "{}".into(),
                },
            ),
            3 => rows.push(Row {
                seq: i64::try_from(rows.len()).unwrap() + 1,
                content: "{}".into(),
            }),
            4 => {
                let other = (row + 1) % rows.len();
                let content = rows[row].content.clone();
                rows[row].content = rows[other].content.clone();
                rows[other].content = content + " ";
            }
            5 => drop(batches.remove(batch)),
            6 => flip(&mut batches[batch].digests, random),
            7 => batches[batch].count += 1,
            _ => {
                // Somebody closes the batch anew after altering a record: the next one knows.
                rows[row].content.push(' ');
                let last = batches.len() - 1;
                let at = batch.min(last - 1);
                batches[at].sha256 = close(batches[at].number, &batches[at].previous, &[]).sha256;
            }
        }
    }

    #[test]
    fn every_one_of_ten_thousand_random_alterations_is_found() {
        let whole = log();
        assert_eq!(follow(&whole, 6), Ok(()));
        for number in 0..10_000 {
            let mut random = Random::new(number);
            let mut altered = whole.clone();
            tamper(&mut altered, &mut random);
            assert!(
                follow(&altered, 6).is_err(),
                "alteration {number} was not found"
            );
        }
    }

    #[test]
    fn the_first_altered_missing_or_inserted_record_is_named() {
        let (batches, mut rows) = log();
        rows[7].content.push('x');
        rows[9].content.push('x');
        assert_eq!(follow(&(batches, rows), 6), Err(Broken::Altered(8)));
        let (batches, mut rows) = log();
        rows.remove(4);
        assert_eq!(follow(&(batches, rows), 6), Err(Broken::Missing(5)));
    }
}
