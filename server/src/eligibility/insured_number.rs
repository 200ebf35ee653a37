//! 被保険者記号・番号 of somebody who is insured anew.

use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use kokuho_shared::ids::HouseholdId;

/// 被保険者記号・番号 with its branch.
#[derive(Clone)]
pub(super) struct Number {
    pub(super) insurer: String,
    pub(super) insured: String,
    pub(super) branch: String,
}

/// The household's number with the person's own branch, the next free one, or a new number where
/// nobody of the household has one that is its own: a number that somebody brought along from a
/// household that still carries it is that household's.
pub(super) async fn number_of(
    tx: &mut Tx,
    household: HouseholdId,
    own: &[Number],
) -> Result<Number, ServiceError> {
    const OF_HOUSEHOLD: &str = "SELECT e.insurer_number, e.insured_number FROM eligibility_fact e \
        JOIN membership_fact m ON m.person_id = e.person_id AND m.superseded_at IS NULL \
        WHERE m.household_id = $1 AND e.superseded_at IS NULL AND NOT EXISTS (SELECT 1 FROM eligibility_fact f \
        JOIN membership_fact o ON o.person_id = f.person_id AND o.superseded_at IS NULL \
        WHERE f.insured_number = e.insured_number AND f.superseded_at IS NULL AND o.household_id <> m.household_id) ORDER BY e.valid_from DESC, e.id DESC LIMIT 1";
    const BRANCHES: &str = "SELECT branch FROM eligibility_fact WHERE insured_number = $1";
    const INSURER: &str = "SELECT insurer_number FROM eligibility_fact ORDER BY id DESC LIMIT 1";
    let known: Option<(String, String)> = on_tx!(tx, c => sqlx::query_as(OF_HOUSEHOLD)
        .bind(household).fetch_optional(c).await?);
    let Some((insurer, insured)) = known else {
        let insurer: Option<String> =
            on_tx!(tx, c => sqlx::query_scalar(INSURER).fetch_optional(c).await?);
        let insurer = insurer.ok_or_else(|| {
            ServiceError::invalid(
                "保険者番号が登録されていません。先に資格台帳を取り込んでください",
            )
        })?;
        return Ok(Number {
            insurer,
            insured: new_number(tx).await?,
            branch: "01".into(),
        });
    };
    if let Some(before) = own.iter().rev().find(|before| before.insured == insured) {
        return Ok(Number {
            insurer,
            insured,
            branch: before.branch.clone(),
        });
    }
    let branches: Vec<String> = on_tx!(tx, c => sqlx::query_scalar(BRANCHES).bind(&insured)
        .fetch_all(c).await?);
    let highest = branches
        .iter()
        .filter_map(|branch| branch.parse::<u8>().ok())
        .max();
    let next = highest.unwrap_or(0) + 1;
    if next > 99 {
        return Err(ServiceError::invalid(
            "枝番が99を超えます。新しい記号・番号が必要です",
        ));
    }
    Ok(Number {
        insurer,
        insured,
        branch: format!("{next:02}"),
    })
}

/// A number that was never given: the register's own begin below.
async fn new_number(tx: &mut Tx) -> Result<String, ServiceError> {
    const TAKEN: &str = "SELECT COUNT(*) FROM eligibility_fact WHERE insured_number = $1";
    loop {
        let number = format!(
            "{:08}",
            90_000_000 + tx.take_ids("insured_number", 1).await?
        );
        let taken: i64 =
            on_tx!(tx, c => sqlx::query_scalar(TAKEN).bind(&number).fetch_one(c).await?);
        if taken == 0 {
            return Ok(number);
        }
    }
}
