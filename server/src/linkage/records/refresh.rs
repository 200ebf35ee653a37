//! 本市の台帳への照会: this office asks the city's own registers (資格 16, 賦課 12).

use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::{Db, Lock};
use kokuho_shared::api::link_record::Refresh;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::linkage::link_record::LinkKind;

/// Asks the city's own register for everybody of a household.
pub async fn refresh(
    db: &Db,
    id: HouseholdId,
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
