//! 検索: two keys open a person, so that one mistyped digit does not open the wrong person.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::Db;
use crate::{guarded, on_db};
use chrono::NaiveDate;
use kokuho_shared::api::household::Found;
use kokuho_shared::guarded::Guarded;
use kokuho_shared::text::{fold_kana, half_width};
use sqlx::FromRow;

/// The keys as they were typed.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    pub number: Option<String>,
    pub name: Option<String>,
    pub birth_date: Option<NaiveDate>,
}

/// So many people at most; more keys narrow the list.
const MOST: i64 = 100;

#[derive(FromRow)]
struct Row {
    household_id: i64,
    person_id: i64,
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

/// A number with a name or birth date, or a name with a birth date; in one ward where the
/// account is limited to it.
pub async fn search(
    db: &Db,
    keys: Keys,
    ward: &str,
    today: NaiveDate,
    now: Instant,
) -> Result<Vec<Found>, ServiceError> {
    let filled = |text: Option<String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let number = filled(keys.number).map(|number| half_width(&number));
    let name = filled(keys.name)
        .map(|name| fold_kana(&name))
        .filter(|name| !name.is_empty());
    let given = [number.is_some(), name.is_some(), keys.birth_date.is_some()];
    if given.iter().filter(|given| **given).count() < 2 {
        let message = "番号・氏名・生年月日のうち2つ以上を入力してください";
        return Err(ServiceError::invalid_at("number", message));
    }
    let prefix = name.map(|name| {
        format!(
            "{}%",
            name.replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        )
    });
    let rows: Vec<Row> = match number {
        Some(number) => by_number(db, &number, prefix, keys.birth_date, ward, today, now).await?,
        None => by_name(db, prefix, keys.birth_date, ward, today, now).await?,
    };
    let found = rows.into_iter().map(|row| Found {
        household_id: row.household_id,
        person_id: row.person_id,
        household_number: row.household_number,
        resident_number: row.resident_number,
        name: row.name,
        kana: row.kana,
        birth_date: row.birth_date,
        address: if row.protected {
            Guarded::Hidden
        } else {
            Guarded::Open(row.address)
        },
        protected: row.protected,
        head: row.head,
        insured: row.insured,
    });
    Ok(found.collect())
}

/// What both searches show; `$1` is the business date.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT m.household_id, p.person_id, m.household_number, p.resident_number, p.name, p.kana, \
             p.birth_date, p.address, m.head, EXISTS (SELECT 1 FROM eligibility_fact e \
               WHERE e.person_id = p.person_id AND e.superseded_at IS NULL AND e.valid_from <= $1 \
               AND (e.valid_until IS NULL OR e.valid_until > $1)) AS insured, \
             ", guarded!(both "m.household_id", "p.place"), " AS protected \
             FROM person_fact p JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
             WHERE p.superseded_at IS NULL AND p.recorded_at <= $2 \
             AND ($6 = '' OR p.ward = $6) AND ",
            $condition,
            " ORDER BY p.kana_folded, p.birth_date, p.person_id LIMIT $5"
        )
    };
}

async fn by_number(
    db: &Db,
    number: &str,
    prefix: Option<String>,
    birth: Option<NaiveDate>,
    ward: &str,
    today: NaiveDate,
    now: Instant,
) -> Result<Vec<Row>, ServiceError> {
    const SQL: &str = select!(
        "p.person_id IN (SELECT person_id FROM person_fact WHERE resident_number = $7 \
           UNION SELECT person_id FROM membership_fact WHERE household_number = $7 \
           UNION SELECT person_id FROM eligibility_fact WHERE insured_number = $7) \
         AND ($3 IS NULL OR p.kana_folded LIKE $3 ESCAPE '\\' OR p.name_folded LIKE $3 ESCAPE '\\') \
         AND (CAST($4 AS DATE) IS NULL OR p.birth_date = $4)"
    );
    Ok(on_db!(db, pool => sqlx::query_as(SQL)
        .bind(today).bind(now.0).bind(prefix).bind(birth).bind(MOST).bind(ward).bind(number).fetch_all(pool).await?))
}

async fn by_name(
    db: &Db,
    prefix: Option<String>,
    birth: Option<NaiveDate>,
    ward: &str,
    today: NaiveDate,
    now: Instant,
) -> Result<Vec<Row>, ServiceError> {
    const SQL: &str = select!(
        "p.birth_date = $4 AND (p.kana_folded LIKE $3 ESCAPE '\\' OR p.name_folded LIKE $3 ESCAPE '\\')"
    );
    Ok(on_db!(db, pool => sqlx::query_as(SQL)
        .bind(today).bind(now.0).bind(prefix).bind(birth).bind(MOST).bind(ward).fetch_all(pool).await?))
}
