//! The tables of facts that more than one room writes. A fact is never overwritten: what was known ends, and what is
//! known now is added.

use crate::error::ServiceError;
use crate::store::{Row, Tx};

/// A table of facts; a fact gets its `id` when it is written.
pub struct FactTable {
    pub name: &'static str,
}

impl FactTable {
    /// Ends facts and adds others, both at a moment. Returns the first id of those added.
    pub async fn write(
        &self,
        tx: &mut Tx,
        ended: &[i64],
        mut added: Vec<Row>,
        at: i64,
    ) -> Result<i64, ServiceError> {
        tx.supersede(self.name, ended, at).await?;
        if added.is_empty() {
            return Ok(0);
        }
        let first = tx.take_ids(self.name, added.len()).await?;
        for (row, id) in added.iter_mut().zip(first..) {
            row.set("id", id)?;
        }
        tx.insert(self.name, &added).await?;
        Ok(first)
    }
}

/// 住民: who somebody is, and where.
pub const PERSONS: FactTable = FactTable {
    name: "person_fact",
};
/// 世帯員: to which household somebody belongs.
pub const MEMBERSHIPS: FactTable = FactTable {
    name: "membership_fact",
};
/// The households to which somebody belonged before.
pub const EARLIER_MEMBERSHIPS: FactTable = FactTable {
    name: "earlier_membership_fact",
};
/// 所得 of a person and calendar year.
pub const INCOMES: FactTable = FactTable {
    name: "income_fact",
};
/// 資格期間.
pub const ELIGIBILITIES: FactTable = FactTable {
    name: "eligibility_fact",
};

/// 年金保険者からの通知: what somebody's pension pays.
pub const PENSIONS: FactTable = FactTable {
    name: "pension_fact",
};

/// 外字 of names and places, each with the fact in which it stands.
pub async fn write_rare(tx: &mut Tx, rows: &[Row]) -> Result<(), ServiceError> {
    tx.insert("rare_character", rows).await
}
