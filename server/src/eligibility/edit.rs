//! 異動入力: a clerk changes incomes and eligibility; the old facts stay known as they were.

use super::breakdown;
use super::change::Writer;
use super::circumstances;
use super::household::{self, AsOf};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::eligibility::assembly;
use crate::error::ServiceError;
use crate::facts::incomes::{IncomeFact, income_row};
use crate::facts::tables::{ELIGIBILITIES, INCOMES};
use crate::facts::{By, FactChange, announce, record};
use crate::figures;
use crate::on_tx;
use crate::row;
use crate::store::{Db, Lock, Row, Tx};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::{FactsEdit, HouseholdView, MemberEdit};
use kokuho_shared::assessment::facts::{EligibilityPeriod, MemberFacts};
use kokuho_shared::assessment::household::LossGround;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

/// Who edits, and for which municipality the result must be assessable.
pub struct Editor<'a> {
    pub user: &'a User,
    pub municipality: &'a str,
    pub clock: Clock,
}

/// Writes what differs. Nothing is written when the facts cannot be assessed.
pub async fn edit(
    db: &Db,
    id: HouseholdId,
    edit: &FactsEdit,
    editor: &Editor<'_>,
) -> Result<HouseholdView, ServiceError> {
    let mut tx = db.write(Lock::Household(id)).await?;
    let after = edit_in(&mut tx, id, edit, editor).await?;
    tx.commit().await?;
    Ok(after)
}

/// The same inside a transaction that holds the household.
pub async fn edit_in(
    tx: &mut Tx,
    id: HouseholdId,
    edit: &FactsEdit,
    editor: &Editor<'_>,
) -> Result<HouseholdView, ServiceError> {
    let reason = edit.reason.trim();
    if reason.is_empty() {
        return Err(ServiceError::invalid_at(
            "reason",
            "異動の理由を入力してください",
        ));
    }
    // Read once the household is held, so that what another editor has just saved is seen.
    let now = tx.at();
    let as_of = AsOf {
        fiscal_year: edit.fiscal_year,
        valid_on: None,
        known_at: now,
    };
    let seen = household::view_in(tx, id, as_of).await?;
    household::refuse_hidden(tx, &seen, editor.user).await?;
    refuse_stale(&seen, edit.revision)?;
    let wanted = merged(&seen, &edit.members)?;
    for (place, member) in wanted.iter().enumerate() {
        circumstances::check(place, member, edit.fiscal_year)?;
        breakdown::check(place, member, edit.fiscal_year)?;
    }
    let assessor = figures::assessor(editor.municipality, edit.fiscal_year)?;
    assessor.accept(&assessor.household(&wanted, &seen.reliefs))?;
    let change = record(
        tx,
        id,
        reason,
        By::of(&editor.user.login, now, &editor.clock),
    )
    .await?;
    let writer = Writer {
        change: change.id,
        at: now.0,
        income_year: i64::from(edit.fiscal_year.income_year()),
    };
    for (old, new) in seen.members.iter().zip(&wanted) {
        writer.member(tx, old, new).await?;
    }
    let first = first_year(&seen.members, &wanted, edit.fiscal_year);
    let news = FactChange::Household {
        id,
        from_year: first,
    };
    announce(tx, change, news).await?;
    for (old, new) in seen.members.iter().zip(&wanted) {
        if old.eligibility != new.eligibility {
            let mut days: Vec<NaiveDate> = [old.eligibility, new.eligibility]
                .into_iter()
                .flatten()
                .map(|period| period.acquired_on)
                .collect();
            days.dedup();
            for day in days {
                let news = FactChange::Period {
                    person: new.person_id,
                    acquired_on: day,
                };
                announce(tx, change, news).await?;
            }
        }
    }
    let persons = edit.members.iter().map(|member| member.person_id);
    let entry = Entry::new(editor.user, AuditAction::Update, now).of_household(id, persons);
    entry
        .detail(format!("change {}", change.id))
        .write(tx)
        .await?;
    household::view_in(tx, id, as_of).await
}

/// The first year that a change of days reaches, at most the one that is edited.
fn first_year(old: &[MemberFacts], new: &[MemberFacts], edited: FiscalYear) -> FiscalYear {
    let pairs = || old.iter().zip(new);
    let changed = pairs().filter(|(old, new)| old.eligibility != new.eligibility);
    let days = changed.flat_map(|(old, new)| [old.eligibility, new.eligibility]);
    let days = days
        .flatten()
        .flat_map(|period| [Some(period.acquired_on), period.lost_on]);
    let special = pairs().filter_map(|(old, new)| {
        circumstances::first_change(&old.circumstances, &new.circumstances)
    });
    let years = days.flatten().chain(special).map(FiscalYear::of);
    years.fold(edited, FiscalYear::min)
}

/// Somebody else changed the household meanwhile: the clerk must see it first.
pub fn refuse_stale(seen: &HouseholdView, revision: i64) -> Result<(), ServiceError> {
    if seen.revision == revision {
        return Ok(());
    }
    let message =
        "この世帯は表示した後に変更されています。読み直してから、もう一度入力してください";
    Err(ServiceError::Conflict(Problem::new(message).at("revision")))
}

/// The members as they should be, in the order in which they are.
fn merged(seen: &HouseholdView, edits: &[MemberEdit]) -> Result<Vec<MemberFacts>, ServiceError> {
    if let Some(stranger) = edits.iter().find(|edit| {
        !seen
            .members
            .iter()
            .any(|known| known.person_id == edit.person_id)
    }) {
        let message = format!("{} はこの世帯の人ではありません", stranger.person_id);
        return Err(ServiceError::invalid_at("members", message));
    }
    let member =
        |known: &MemberFacts| match edits.iter().find(|edit| edit.person_id == known.person_id) {
            None => known.clone(),
            Some(edit) => MemberFacts {
                eligibility: edit.eligibility,
                income: edit.income,
                income_status: edit.income_status,
                fixed_asset_tax: edit.fixed_asset_tax.unwrap_or(known.fixed_asset_tax),
                entered: edit.entered,
                circumstances: edit.circumstances.unwrap_or(known.circumstances),
                ..known.clone()
            },
        };
    let wanted: Vec<MemberFacts> = seen.members.iter().map(member).collect();
    for (place, view) in wanted.iter().enumerate() {
        check(place, view)?;
    }
    Ok(wanted)
}

fn check(place: usize, view: &MemberFacts) -> Result<(), ServiceError> {
    let Some(period) = view.eligibility else {
        return Ok(());
    };
    let at = |field: &str| format!("members[{place}].eligibility.{field}");
    if period.acquired_on < view.birth_date {
        return Err(ServiceError::invalid_at(
            &at("acquired_on"),
            "資格取得日が生年月日より前です",
        ));
    }
    if period.lost_on.is_some_and(|lost| lost < period.acquired_on) {
        return Err(ServiceError::invalid_at(
            &at("lost_on"),
            "資格喪失日が資格取得日より前です",
        ));
    }
    Ok(())
}

#[derive(FromRow)]
struct Current {
    id: i64,
    insurer_number: String,
    insured_number: String,
    branch: String,
    acquired_reason: String,
    lost_reason: String,
}

impl Writer {
    async fn member(
        &self,
        tx: &mut Tx,
        old: &MemberFacts,
        new: &MemberFacts,
    ) -> Result<(), ServiceError> {
        let incomes = |view: &MemberFacts| (view.income, view.income_status, view.fixed_asset_tax);
        if incomes(old) != incomes(new) {
            self.income(tx, new).await?;
        }
        if let Some(kinds) = &new.entered {
            breakdown::write(self, tx, new.person_id, kinds).await?;
        }
        if old.circumstances != new.circumstances {
            let (before, after) = (&old.circumstances, &new.circumstances);
            circumstances::write(self, tx, new.person_id, before, after).await?;
        }
        match (old.eligibility, new.eligibility) {
            (before, after) if before == after => Ok(()),
            (Some(before), Some(after)) => self.eligibility(tx, new.person_id, before, after).await,
            (None, _) => Err(ServiceError::invalid_at(
                "members",
                "資格のない人の資格取得は、届出の受付で行ってください",
            )),
            (Some(_), None) => Err(ServiceError::invalid_at(
                "members",
                "資格の取消しは、届出の受付で行ってください",
            )),
        }
    }

    async fn income(&self, tx: &mut Tx, new: &MemberFacts) -> Result<(), ServiceError> {
        const OLD: &str = "SELECT id FROM income_fact \
            WHERE person_id = $1 AND income_year = $2 AND superseded_at IS NULL";
        let old: Option<i64> = on_tx!(tx, connection => sqlx::query_scalar(OLD)
            .bind(new.person_id).bind(self.income_year).fetch_optional(connection).await?);
        let line = IncomeFact {
            person_id: new.person_id,
            income_year: self.income_year,
            status: new.income_status,
            income: new.income,
            fixed_asset_tax: new.fixed_asset_tax,
        };
        let row = income_row(self.change, self.at, &line);
        INCOMES
            .write(tx, old.as_slice(), vec![row], self.at)
            .await?;
        Ok(())
    }

    async fn eligibility(
        &self,
        tx: &mut Tx,
        person_id: PersonId,
        before: EligibilityPeriod,
        after: EligibilityPeriod,
    ) -> Result<(), ServiceError> {
        const OLD: &str = "SELECT id, insurer_number, insured_number, branch, acquired_reason, lost_reason \
            FROM eligibility_fact WHERE person_id = $1 AND valid_from = $2 AND superseded_at IS NULL";
        let old: Option<Current> = on_tx!(tx, connection => sqlx::query_as(OLD)
            .bind(person_id).bind(before.acquired_on).fetch_optional(connection).await?);
        let old = old.ok_or(ServiceError::NotFound("資格"))?;
        let lost_reason = lost_reason(after.lost_on, after.loss_ground, &old.lost_reason);
        let row = row! {
            id: 0,
            person_id,
            change_id: self.change,
            valid_from: after.acquired_on,
            valid_until: after.lost_on,
            recorded_at: self.at,
            insurer_number: old.insurer_number,
            insured_number: old.insured_number,
            branch: old.branch,
            acquired_reason: old.acquired_reason,
            lost_reason,
        };
        ELIGIBILITIES
            .write(tx, &[old.id], vec![row], self.at)
            .await?;
        Ok(())
    }

    pub async fn insert(
        &self,
        tx: &mut Tx,
        table: &'static str,
        mut row: Row,
    ) -> Result<(), ServiceError> {
        let id = tx.take_ids(table, 1).await?;
        row.set("id", id)?;
        tx.insert(table, &[row]).await
    }
}

/// Keeps a reason that fits the ground; otherwise 社保加入 (22) or その他 (29).
fn lost_reason(lost: Option<NaiveDate>, wanted: Option<LossGround>, old: &str) -> String {
    match (lost, wanted) {
        (None, _) => String::new(),
        (Some(_), Some(ground)) if !old.is_empty() && assembly::ground(old) == ground => {
            old.to_owned()
        }
        (Some(_), Some(LossGround::Art6)) => "22".into(),
        (Some(_), _) => "29".into(),
    }
}
