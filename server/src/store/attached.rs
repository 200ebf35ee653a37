//! What goes along with a database into each transaction, for a foundation above this one. The store does not look
//! into it.

use super::{Db, Tx};
use std::any::Any;
use std::fmt;

#[derive(Clone, Copy, Default)]
pub struct Attached(Option<&'static (dyn Any + Send + Sync)>);

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attached({})", self.0.is_some())
    }
}

impl Db {
    /// The same database, with something that every transaction of it carries.
    pub fn with(self, attached: &'static (dyn Any + Send + Sync)) -> Db {
        let attached = Attached(Some(attached));
        match self {
            Db::Sqlite(files) => Db::Sqlite(super::SqlitePools { attached, ..files }),
            Db::Postgres(pool, beside) => {
                Db::Postgres(pool, super::PostgresPools { attached, ..beside })
            }
        }
    }
}

impl Tx {
    /// What the database carries, where it is of this type.
    pub fn attached<T: Any>(&self) -> Option<&'static T> {
        let Attached(attached) = match self {
            Tx::Sqlite(_, attached, _) => attached,
            Tx::Postgres(_, beside, _) => &beside.attached,
        };
        attached.and_then(|attached| attached.downcast_ref())
    }
}
