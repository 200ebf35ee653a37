//! 回答: what an answer makes of the inquiry that it belongs to; a clerk decides what becomes of it.

use super::answers_file::{HolderReply, Line};
use super::inquiries;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use crate::transfer::rounds::FileTransfer;
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::linkage::basis::Dataset;
use kokuho_shared::linkage::inquiry::{Happening, InquiryState, Outcome};
use kokuho_shared::linkage::matching::{Basics, differences, is_same};
use sqlx::FromRow;

/// One answer to one inquiry. An answer to what is not waited for any more changes nothing.
pub async fn take_in(
    tx: &mut Tx,
    courier: &FileTransfer,
    dataset: Dataset,
    line: &Line,
) -> Result<(), ServiceError> {
    const FIND: &str = "SELECT q.state, q.dataset, p.resident_number, p.kana, p.birth_date, p.sex FROM inquiry q \
        JOIN person_fact p ON p.person_id = q.person_id AND p.superseded_at IS NULL WHERE q.id = $1";
    const WRITE: &str = "UPDATE inquiry SET state = $1, answered_at = $2, differences = $3, answer = $4 WHERE id = $5 AND state = $6";
    let found: Option<Asked> =
        on_tx!(tx, c => sqlx::query_as(FIND).bind(line.number).fetch_optional(c).await?);
    let asked = found.filter(|asked| asked.dataset == dataset.key());
    let asked = asked
        .ok_or_else(|| ServiceError::invalid_at("number", "この照会番号の照会はありません"))?;
    if asked.resident_number.trim_start_matches('0') != line.resident_number.trim_start_matches('0')
    {
        return Err(ServiceError::invalid_at(
            "resident_number",
            "照会した人の宛名番号ではありません",
        ));
    }
    let state = InquiryState::of_key(&asked.state)
        .ok_or_else(|| ServiceError::Internal(format!("state {}", asked.state)))?;
    let known = Basics {
        kana: asked.kana,
        birth_date: asked.birth_date,
        sex: asked.sex,
    };
    let (outcome, differing, content) = match &line.result {
        HolderReply::Answer {
            basics,
            answer,
            complete,
        } => {
            let differing = differences(&known, basics);
            let matched = is_same(&differing);
            let outcome = if *complete {
                Outcome::Complete { matched }
            } else {
                Outcome::Partial { matched }
            };
            let json = serde_json::to_vec(answer)?;
            let sealed = courier
                .keys
                .seal(&inquiries::seal_context(line.number), &json)?;
            (outcome, differing, Some(sealed))
        }
        HolderReply::NoRecord => (Outcome::NoRecord, Vec::new(), None),
        HolderReply::NotRegistered => (Outcome::NotRegistered, Vec::new(), None),
        HolderReply::ManualPending => (Outcome::ManualPending, Vec::new(), None),
        HolderReply::Refused => (Outcome::Refused, Vec::new(), None),
        HolderReply::Failed => (Outcome::Failed, Vec::new(), None),
    };
    let Some(after) = state.after(Happening::Answer(outcome)) else {
        return Ok(());
    };
    let differing = serde_json::to_string(&differing)?;
    let written = on_tx!(tx, c => sqlx::query(WRITE).bind(after.key()).bind(courier.clock.now().0)
        .bind(differing).bind(content).bind(line.number).bind(state.key())
        .execute(c).await?.rows_affected());
    if written == 1 {
        return Ok(());
    }
    // It was settled at the same moment: the file is read again.
    Err(ServiceError::Conflict(Problem::new(
        "照会の状態が、いま変わりました",
    )))
}

#[derive(FromRow)]
struct Asked {
    state: String,
    dataset: String,
    resident_number: String,
    kana: String,
    birth_date: NaiveDate,
    sex: i64,
}
