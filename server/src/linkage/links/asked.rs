//! 照会を受ける: 本市税務 asks what people wrote on 所得申告書 (賦課 14); somebody decides whether it is
//! told. And this office asks the city's registers (資格 16, 賦課 12).

use super::{NONE, note};
use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::{self, Warnings};
use crate::linkage::incomes_file;
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use crate::transfer::courier::Courier;
use crate::transfer::spool::Spool;
use crate::transfer::troubles;
use kokuho_shared::api::interchange::Refresh;
use kokuho_shared::linkage::interchange::LinkKind;
use std::collections::HashMap;
use std::sync::Arc;

struct Question {
    line: u64,
    number: i64,
    resident_number: String,
    income_year: i64,
}

/// A file of questions, whole or not at all. A question that is known already is not asked twice.
pub async fn take_in(courier: &Courier, name: &str, file: &Arc<Spool>) -> Result<(), ServiceError> {
    let (questions, warnings) = courier.read(name, file, read).await?;
    let mut tx = courier.db.write(Lock::Nothing).await?;
    for question in &questions {
        ask(&mut tx, courier, question).await?;
    }
    troubles::warn(&mut tx, name, &warnings).await?;
    let detail = format!("{} questions for 所得申告書", questions.len());
    note(&mut tx, detail, courier.clock.now()).await?;
    tx.commit().await
}

fn read(courier: &Courier, file: Source<'_>) -> Result<(Vec<Question>, Warnings), FileError> {
    let layout = Layout::link("income_report_request", courier.layouts.as_deref())?;
    let mut questions: Vec<Question> = Vec::new();
    let mut seen: HashMap<i64, u64> = HashMap::new();
    let whole = table::scan(file, &layout, &mut |row| {
        let number = row.digits("request")?;
        let year = row.year(
            "income_year",
            incomes_file::expected_year(courier.clock.today()),
        )?;
        let question = Question {
            line: row.line,
            number: number
                .parse()
                .map_err(|_| row.wrong("request", "照会番号ではありません"))?,
            resident_number: row.digits("resident_number")?,
            income_year: year,
        };
        if let Some(line) = seen.insert(question.number, question.line) {
            let message = format!("照会番号「{number}」は{line}行目にもあります");
            return Err(row.wrong("request", message));
        }
        questions.push(question);
        Ok(())
    })?;
    Ok((questions, whole.warnings))
}

async fn ask(tx: &mut Tx, courier: &Courier, question: &Question) -> Result<(), ServiceError> {
    const KNOWN: &str =
        "SELECT COUNT(*) FROM interchange WHERE kind = 'income_report' AND change_id = $1";
    const PERSON: &str =
        "SELECT person_id FROM person_fact WHERE resident_number = $1 AND superseded_at IS NULL";
    const ASKED: &str = "INSERT INTO interchange (kind, person_id, change_id, income_year, queued_on, state, code, message, \
        settled_by) VALUES ('income_report', $1, $2, $3, $4, $5, $6, $7, '')";
    let known: i64 =
        on_tx!(tx, c => sqlx::query_scalar(KNOWN).bind(question.number).fetch_one(c).await?);
    if known > 0 {
        return Ok(());
    }
    let person: Option<i64> = on_tx!(tx, c => sqlx::query_scalar(PERSON).bind(&question.resident_number)
        .fetch_optional(c).await?);
    // Of somebody unknown there is nothing to decide.
    let (state, code, message) = match person {
        Some(_) => ("waiting", "", ""),
        None => ("queued", NONE, question.resident_number.as_str()),
    };
    on_tx!(tx, c => sqlx::query(ASKED).bind(person.unwrap_or(0)).bind(question.number).bind(question.income_year)
        .bind(courier.clock.today()).bind(state).bind(code).bind(message).execute(c).await?.rows_affected());
    Ok(())
}

/// Asks the city's own register for everybody of a household.
pub async fn refresh(
    db: &Db,
    id: i64,
    wish: &Refresh,
    user: &User,
    clock: Clock,
) -> Result<usize, ServiceError> {
    const ASK: &str = "INSERT INTO interchange (kind, person_id, change_id, income_year, queued_on, state, code, message, \
        settled_by) SELECT $1, $2, $3, $4, $5, 'queued', '', '', '' WHERE NOT EXISTS (SELECT 1 FROM interchange w \
        WHERE w.kind = $1 AND w.person_id = $2 AND w.state = 'queued')";
    let income_year = match wish.kind {
        LinkKind::ResidentsRequest => None,
        LinkKind::IncomesRequest => Some(i64::from(wish.fiscal_year.income_year())),
        _ => return Err(ServiceError::invalid_at("kind", "この種類は照会できません")),
    };
    let mut tx = db.write(Lock::Household(id)).await?;
    let now = tx.at();
    let onlooker = Viewer { user, at: now };
    let view = household::visible_in(&mut tx, id, wish.fiscal_year, onlooker).await?;
    let request = tx.take_ids("interchange_request", 1).await?;
    for member in &view.members {
        on_tx!(&mut tx, c => sqlx::query(ASK).bind(wish.kind.key()).bind(member.person_id).bind(request)
            .bind(income_year).bind(clock.today()).execute(c).await?.rows_affected());
    }
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(user, AuditAction::Inquire, now).of_household(id, persons);
    entry
        .detail(format!("{} {request}", wish.kind.key()))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(view.members.len())
}
