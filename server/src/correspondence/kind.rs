//! 文書の種類 (letter kind), as a room brings it.

use crate::error::ServiceError;
use crate::store::Db;
use kokuho_letters::Letter;
use std::pin::Pin;

/// A kind of letter. Its key is stored: never renamed.
pub struct LetterKind {
    pub key: &'static str,
    /// How it goes when a whole city gets it; of one that is only handed out or sent singly none.
    pub printed: Option<Printed>,
    /// What lies in the same envelope.
    pub enclosed: Option<&'static dyn Enclosed>,
}

/// 一括印刷 of a kind.
pub struct Printed {
    /// 郵送の別: what is mailed in another way is in another batch.
    pub mailing: &'static str,
    /// SQL, by [`left_out!`](crate::left_out): letters of a run that are no longer printed with it.
    pub left_out: &'static str,
}

/// Pages that follow a letter in its envelope.
pub trait Enclosed: Send + Sync {
    fn pages<'a>(&'a self, db: &'a Db, letter: &'a Letter) -> Pages<'a>;
}

pub type Pages<'a> = Pin<Box<dyn Future<Output = Result<Vec<Letter>, ServiceError>> + Send + 'a>>;

impl LetterKind {
    /// One that is handed out or sent singly.
    pub const fn single(key: &'static str) -> LetterKind {
        LetterKind {
            key,
            printed: None,
            enclosed: None,
        }
    }

    /// One that is printed for a whole city, without anything beside it.
    pub const fn printed(
        key: &'static str,
        mailing: &'static str,
        left_out: &'static str,
    ) -> LetterKind {
        LetterKind {
            key,
            printed: Some(Printed { mailing, left_out }),
            enclosed: None,
        }
    }

    pub fn mailing(&self) -> &'static str {
        self.printed.as_ref().map_or("", |printed| printed.mailing)
    }
}

/// SQL for [`Printed::left_out`]: letters of the run `$1` that ended, whose household or place is guarded
/// (支援措置), or of which the room's own condition on `l` holds.
#[macro_export]
macro_rules! left_out {
    ($kind:literal, $obsolete:expr) => {
        concat!(
            "SELECT l.number, l.ward, l.postcode FROM letter l WHERE l.run_id = $1 AND l.kind = '",
            $kind,
            "' AND (l.state <> 'open' OR ",
            $crate::guarded_all!(both "l.household_id", "l.place"),
            " OR ",
            $obsolete,
            ") ORDER BY l.number"
        )
    };
}
