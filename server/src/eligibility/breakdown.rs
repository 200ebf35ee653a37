//! 所得の内訳 as a clerk typed it: kept beside the income that was made of it, and shown while it is still that income.

use super::change::Writer;
use crate::error::ServiceError;
use crate::figures;
use crate::on_tx;
use crate::row;
use crate::store::Tx;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::income::kinds::Entered;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::PersonId;
use kokuho_shared::law::income_kinds::KindRule;
use serde::Deserialize;
use sqlx::FromRow;

fn law(fiscal_year: FiscalYear) -> Result<KindRule, ServiceError> {
    let rules = figures::kinds().and_then(|rules| rules.of(fiscal_year.income_year()).copied());
    rules.map_err(|why| ServiceError::invalid_at("fiscal_year", why.to_string()))
}

/// Refuses kinds that do not make the income beside them, by the member's place in the request.
pub fn check(
    place: usize,
    member: &MemberFacts,
    fiscal_year: FiscalYear,
) -> Result<(), ServiceError> {
    let Some(entered) = &member.entered else {
        return Ok(());
    };
    if entered.makes(&member.income, &law(fiscal_year)?) {
        return Ok(());
    }
    let field = format!("members[{place}].entered");
    let text = "内訳から計算した所得と、所得の欄の額が違います";
    Err(ServiceError::invalid_at(&field, text))
}

/// Takes the place of what was typed before for the person's year, unless it says the same.
pub async fn write(
    writer: &Writer,
    tx: &mut Tx,
    person: PersonId,
    entered: &Entered,
) -> Result<(), ServiceError> {
    const OLD: &str = "SELECT id, kinds FROM entered_kinds_fact \
        WHERE person_id = $1 AND income_year = $2 AND superseded_at IS NULL";
    let old: Option<(i64, String)> = on_tx!(tx, connection => sqlx::query_as(OLD)
        .bind(person).bind(writer.income_year).fetch_optional(connection).await?);
    let text = serde_json::to_string(entered)?;
    if old.as_ref().is_some_and(|(_, known)| *known == text) {
        return Ok(());
    }
    let ids: Vec<i64> = old.iter().map(|(id, _)| *id).collect();
    tx.supersede("entered_kinds_fact", &ids, writer.at).await?;
    let row = row! {
        id: 0,
        person_id: person,
        change_id: writer.change,
        income_year: writer.income_year,
        recorded_at: writer.at,
        kinds: text,
    };
    writer.insert(tx, "entered_kinds_fact", row).await
}

/// What was typed of one household's year (`store::together::Asked`).
pub const OF_ONE: &str = "SELECT e.person_id, e.kinds FROM membership m JOIN entered_kinds_fact e \
    ON e.person_id = m.person_id AND e.income_year = $5 AND e.recorded_at <= $2 \
    AND (e.superseded_at IS NULL OR e.superseded_at > $2) WHERE m.household_id = $1";

#[derive(Deserialize, FromRow)]
pub struct BreakdownRow {
    person_id: PersonId,
    kinds: String,
}

/// Puts what was typed into the members whose income it still makes.
pub fn fill(view: &mut HouseholdView, rows: &[BreakdownRow]) -> Result<(), ServiceError> {
    if rows.is_empty() {
        return Ok(());
    }
    let law = law(view.fiscal_year)?;
    for row in rows {
        let entered: Entered = serde_json::from_str(&row.kinds)?;
        let mut members = view.members.iter_mut();
        if let Some(member) = members.find(|member| member.person_id == row.person_id) {
            member.entered = Some(entered).filter(|it| it.makes(&member.income, &law));
        }
    }
    Ok(())
}
