//! 特例の事情 as they are kept: read with a household, written with an edit.

use super::change::Writer;
use crate::error::ServiceError;
use crate::figures;
use crate::on_tx;
use crate::row;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::premium::circumstances::{Circumstances, Fact, Kind};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use serde::Deserialize;
use sqlx::FromRow;
use std::collections::HashMap;

#[derive(Deserialize, FromRow)]
pub struct CircumstanceRow {
    pub household_id: HouseholdId,
    person_id: PersonId,
    pub change_id: i64,
    kind: String,
    on_day: NaiveDate,
    multiple: bool,
    until_day: Option<NaiveDate>,
}

impl CircumstanceRow {
    fn fact(&self) -> Option<Fact> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.key() == self.kind)?;
        Some(Fact {
            kind,
            on: self.on_day,
            multiple: self.multiple,
            until: self.until_day,
        })
    }
}

/// Puts what reaches into the year into the members; names of those whose facts the rules
/// cannot take together.
pub fn fill(
    members: &mut [MemberFacts],
    rows: &[CircumstanceRow],
    fiscal_year: FiscalYear,
) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let Ok(national) = figures::national(fiscal_year) else {
        return Vec::new();
    };
    let mut facts: HashMap<PersonId, Vec<Fact>> = HashMap::new();
    for row in rows {
        let of_person = facts.entry(row.person_id).or_default();
        // Who came back to the household has two memberships.
        of_person.extend(row.fact().filter(|fact| !of_person.contains(fact)));
    }
    let mut twice = Vec::new();
    for member in members {
        let of_member = facts.get(&member.person_id).map_or(&[][..], Vec::as_slice);
        member.circumstances = match Circumstances::of_year(of_member, &national) {
            Ok(found) => found,
            Err(found) => {
                twice.push(member.name.clone());
                found
            }
        };
    }
    twice
}

/// Refuses what would have no effect, by the member's place in the request.
pub fn check(
    place: usize,
    member: &MemberFacts,
    fiscal_year: FiscalYear,
) -> Result<(), ServiceError> {
    if member.circumstances.is_empty() {
        return Ok(());
    }
    let national = figures::national(fiscal_year);
    let national =
        national.map_err(|why| ServiceError::invalid_at("fiscal_year", why.to_string()))?;
    let wrong = |field: &str, why: String| {
        let field = format!("members[{place}].circumstances.{field}");
        ServiceError::invalid_at(&field, why)
    };
    let checked = member.circumstances.check(member.birth_date, &national);
    checked.map_err(|why| wrong(why.field(), why.to_string()))?;
    let stay = member.circumstances.check_stay(member.birth_date);
    stay.map_err(|why| wrong(why.field(), why.to_string()))
}

/// Ends what is no longer so, and adds what is new.
pub async fn write(
    writer: &Writer,
    tx: &mut Tx,
    person: PersonId,
    old: &Circumstances,
    new: &Circumstances,
) -> Result<(), ServiceError> {
    const OLD: &str = "SELECT id FROM circumstance_fact WHERE person_id = $1 AND kind = $2 AND on_day = $3 \
        AND superseded_at IS NULL";
    let (before, after): (Vec<Fact>, Vec<Fact>) = (old.facts().collect(), new.facts().collect());
    let ended = before.iter().filter(|fact| !after.contains(fact));
    for fact in ended {
        let ids: Vec<i64> = on_tx!(tx, connection => sqlx::query_scalar(OLD).bind(person)
            .bind(fact.kind.key()).bind(fact.on).fetch_all(connection).await?);
        tx.supersede("circumstance_fact", &ids, writer.at).await?;
    }
    let begun = after.iter().filter(|fact| !before.contains(fact));
    for fact in begun {
        let known: Vec<i64> = on_tx!(tx, connection => sqlx::query_scalar(OLD).bind(person)
            .bind(fact.kind.key()).bind(fact.on).fetch_all(connection).await?);
        // Another year's edit may have said it already.
        tx.supersede("circumstance_fact", &known, writer.at).await?;
        let row = row! {
            id: 0,
            person_id: person,
            change_id: writer.change,
            recorded_at: writer.at,
            kind: fact.kind.key(),
            on_day: fact.on,
            multiple: fact.multiple,
            until_day: fact.until,
        };
        writer.insert(tx, "circumstance_fact", row).await?;
    }
    Ok(())
}

/// The first day that a change of circumstances reaches; none where nothing changed. A stay that
/// only ends otherwise is another one from its earlier end on.
pub fn first_change(old: &Circumstances, new: &Circumstances) -> Option<NaiveDate> {
    if let (Some(before), Some(after)) = (old.care_exempt, new.care_exempt)
        && before.entered_on == after.entered_on
    {
        let (mut old, mut new) = (*old, *new);
        (old.care_exempt, new.care_exempt) = (None, None);
        let ends = [before.left_on, after.left_on].into_iter().flatten().min();
        let end = ends.filter(|_| before.left_on != after.left_on);
        return first_change(&old, &new).into_iter().chain(end).min();
    }
    let (before, after): (Vec<Fact>, Vec<Fact>) = (old.facts().collect(), new.facts().collect());
    let other = |fact: &&Fact| !(before.contains(fact) && after.contains(fact));
    let days = before
        .iter()
        .chain(&after)
        .filter(other)
        .map(|fact| fact.on);
    days.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::assessment::household::CareExempt;

    fn stay(entered: &str, left: &str) -> Circumstances {
        Circumstances {
            care_exempt: Some(CareExempt {
                entered_on: entered.parse().unwrap(),
                left_on: left.parse().ok(),
            }),
            ..Circumstances::default()
        }
    }

    #[test]
    fn a_stay_reaches_back_to_its_first_day_and_its_end_only_to_the_earlier_end() {
        let first = |old: &Circumstances, new: &Circumstances| {
            first_change(old, new).map(|day| day.to_string())
        };
        let none = Circumstances::default();
        let open = stay("2024-06-01", "");
        assert_eq!(first(&none, &open).as_deref(), Some("2024-06-01"));
        assert_eq!(first(&open, &open), None);
        let ended = stay("2024-06-01", "2026-08-01");
        assert_eq!(first(&open, &ended).as_deref(), Some("2026-08-01"));
        let sooner = stay("2024-06-01", "2025-08-01");
        assert_eq!(first(&ended, &sooner).as_deref(), Some("2025-08-01"));
        let moved = stay("2023-06-01", "2026-08-01");
        assert_eq!(first(&ended, &moved).as_deref(), Some("2023-06-01"));
        let job = Circumstances {
            former_dependant_since: "2022-05-05".parse().ok(),
            ..ended
        };
        assert_eq!(first(&ended, &job).as_deref(), Some("2022-05-05"));
    }
}
