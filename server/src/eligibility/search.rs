//! 検索: two keys open a person, so that one mistyped digit does not open the wrong person.

use super::household::ward_of;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::lookup::{self, Asked, NumberLookup, Typed};
use crate::store::Db;
use crate::store::assembled::Assembled;
use crate::{guarded, on_db};
use chrono::NaiveDate;
use kokuho_shared::api::household::{Found, MatchedNumber};
use kokuho_shared::guarded::Guarded;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::text::fold_kana;
use sqlx::FromRow;
use std::collections::BTreeSet;

/// The keys as they were typed.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    pub number: Option<String>,
    pub name: Option<String>,
    pub birth_date: Option<NaiveDate>,
}

/// Who searches, when, and as known at which moment.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The account's ward; empty for the whole city.
    pub ward: &'a str,
    pub today: NaiveDate,
    pub known_at: Instant,
}

/// So many people at most; more keys narrow the list.
const MOST: i64 = 100;

#[derive(FromRow)]
struct Row {
    /// The place of the number in what was asked.
    kind: Option<i64>,
    household_id: HouseholdId,
    person_id: PersonId,
    household_number: String,
    resident_number: String,
    name: String,
    kana: String,
    birth_date: NaiveDate,
    address: String,
    protected: bool,
    head: bool,
    insured: bool,
}

impl Row {
    fn found(self, asked: &[Asked]) -> Found {
        let place = self.kind.and_then(|kind| usize::try_from(kind).ok());
        let matched = place.and_then(|place| asked.get(place));
        Found {
            household_id: self.household_id,
            person_id: self.person_id,
            household_number: self.household_number,
            resident_number: self.resident_number,
            name: self.name,
            kana: self.kana,
            birth_date: self.birth_date,
            address: if self.protected {
                Guarded::Hidden
            } else {
                Guarded::Open(self.address)
            },
            protected: self.protected,
            head: self.head,
            insured: self.insured,
            matched: matched.map(|asked| MatchedNumber {
                label: asked.label.to_owned(),
                number: asked.number.clone(),
            }),
        }
    }
}

/// A number with a name or birth date, a name with a birth date, or a scanned symbol alone; in one ward where the
/// account is limited to it.
pub async fn search(
    db: &Db,
    keys: Keys,
    numbers: &[&'static dyn NumberLookup],
    look: Look<'_>,
) -> Result<Vec<Found>, ServiceError> {
    let number = keys.number.filter(|number| !number.trim().is_empty());
    let name = keys
        .name
        .map(|name| fold_kana(name.trim()))
        .filter(|name| !name.is_empty());
    let asked = match &number {
        Some(number) => lookup::asked(numbers, &Typed::of(number))?,
        None => Vec::new(),
    };
    let scanned = !asked.is_empty() && asked.iter().all(|asked| asked.scanned);
    let given = [number.is_some(), name.is_some(), keys.birth_date.is_some()];
    if given.iter().filter(|given| **given).count() < 2 && !scanned {
        let message = "番号・氏名・生年月日のうち2つ以上を入力してください";
        return Err(ServiceError::invalid_at("number", message));
    }
    let second = Second {
        prefix: name.map(|name| prefix_of(&name)),
        birth: keys.birth_date,
    };
    if number.is_none() {
        let rows = by_name(db, second, look).await?;
        return Ok(rows.into_iter().map(|row| row.found(&[])).collect());
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let rows = by_number(db, &asked, second, look).await?;
    // Two kinds of numbers may stand for one person.
    let mut seen = BTreeSet::new();
    let once = rows
        .into_iter()
        .filter(|row| seen.insert((row.household_id, row.person_id)));
    Ok(once.map(|row| row.found(&asked)).collect())
}

/// What makes sure of whom a number finds.
struct Second {
    /// Of the folded name, as LIKE takes it.
    prefix: Option<String>,
    birth: Option<NaiveDate>,
}

fn prefix_of(name: &str) -> String {
    let plain = name.replace('\\', "\\\\");
    format!("{}%", plain.replace('%', "\\%").replace('_', "\\_"))
}

/// What both searches show of a person `p` in a household; `$1` is the business date.
macro_rules! shown {
    ($household:literal, $number:literal, $head:literal, $protected:expr) => {
        concat!(
            $household, " AS household_id, p.person_id, ", $number, " AS household_number, p.resident_number, p.name, \
             p.kana, p.birth_date, p.address, ", $head, " AS head, EXISTS (SELECT 1 FROM eligibility_fact e \
               WHERE e.person_id = p.person_id AND e.superseded_at IS NULL AND e.valid_from <= $1 \
               AND (e.valid_until IS NULL OR e.valid_until > $1)) AS insured, ", $protected, " AS protected"
        )
    };
}

/// For whom the numbers stand: persons, and of a household alone its head and whoever takes the head's place.
const MEANT: &str = "), \
    meant AS (SELECT kind, person_id, household_id FROM hit WHERE person_id IS NOT NULL \
      UNION SELECT h.kind, m.person_id, h.household_id FROM hit h JOIN membership m ON m.household_id = h.household_id \
        WHERE h.person_id IS NULL AND m.head AND m.superseded_at IS NULL \
      UNION SELECT h.kind, y.person_id, h.household_id FROM hit h JOIN payer_fact y ON y.household_id = h.household_id \
        WHERE h.person_id IS NULL) ";

/// The people that are meant, with the household that the number is of, where the account sees it; else with their
/// present one. The tables are read in this order: few numbers, then their people by key.
const BY_NUMBER: &str = concat!(
    "SELECT h.kind, ",
    shown!(
        "COALESCE(o.household_id, m.household_id)",
        "COALESCE(o.household_number, m.household_number)",
        "COALESCE(o.head, m.head)",
        concat!(
            "(",
            guarded!(both "m.household_id", "p.place"),
            " OR ",
            guarded!(household "o.household_id"),
            ")"
        )
    ),
    " FROM meant h CROSS JOIN person_fact p CROSS JOIN membership_fact m \
      LEFT JOIN earlier_membership_fact o ON o.person_id = p.person_id AND o.household_id = h.household_id \
        AND o.household_id <> m.household_id AND o.superseded_at IS NULL AND ($6 = '' OR $6 = (",
    ward_of!("o.household_id"),
    ")) WHERE p.person_id = h.person_id AND p.superseded_at IS NULL AND p.recorded_at <= $2 \
      AND m.person_id = p.person_id AND m.superseded_at IS NULL AND ($6 = '' OR p.ward = $6) \
      AND ($3 IS NULL OR p.kana_folded LIKE $3 ESCAPE '\\' OR p.name_folded LIKE $3 ESCAPE '\\') \
      AND (CAST($4 AS DATE) IS NULL OR p.birth_date = $4) \
      ORDER BY p.kana_folded, p.birth_date, p.person_id, h.kind LIMIT $5"
);

/// Where the moment and the first of the numbers stand in the statement.
const KNOWN_AT: usize = 2;
const FIRST: usize = 7;

async fn by_number(
    db: &Db,
    asked: &[Asked],
    second: Second,
    look: Look<'_>,
) -> Result<Vec<Row>, ServiceError> {
    let hit = Assembled::new("WITH hit (kind, person_id, household_id) AS (");
    let sql = lookup::union(hit, asked, KNOWN_AT, FIRST)
        .with(MEANT)
        .with(BY_NUMBER)
        .sql();
    let numbers = asked.iter().map(|asked| asked.number.as_str());
    Ok(on_db!(db, pool => {
        let query = sqlx::query_as(sql).bind(look.today).bind(look.known_at.0).bind(second.prefix)
            .bind(second.birth).bind(MOST).bind(look.ward);
        numbers.fold(query, |query, number| query.bind(number)).fetch_all(pool).await?
    }))
}

async fn by_name(db: &Db, second: Second, look: Look<'_>) -> Result<Vec<Row>, ServiceError> {
    const SQL: &str = concat!(
        "SELECT CAST(NULL AS BIGINT) AS kind, ",
        shown!(
            "m.household_id",
            "m.household_number",
            "m.head",
            guarded!(both "m.household_id", "p.place")
        ),
        " FROM person_fact p JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
          WHERE p.superseded_at IS NULL AND p.recorded_at <= $2 AND ($6 = '' OR p.ward = $6) \
          AND p.birth_date = $4 AND (p.kana_folded LIKE $3 ESCAPE '\\' OR p.name_folded LIKE $3 ESCAPE '\\') \
          ORDER BY p.kana_folded, p.birth_date, p.person_id LIMIT $5"
    );
    Ok(on_db!(db, pool => sqlx::query_as(SQL)
        .bind(look.today).bind(look.known_at.0).bind(second.prefix).bind(second.birth).bind(MOST)
        .bind(look.ward).fetch_all(pool).await?))
}
