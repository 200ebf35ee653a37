//! 外字・環境依存文字の一覧: whose name or address has a character that letters or partners do not have.

use crate::error::ServiceError;
use crate::exchange::characters::{Extension, Own, Reads, for_partner};
use crate::store::Db;
use crate::typesetting::Typesetting;
use crate::{guarded, on_db};
use kokuho_shared::api::files::{RareCharacter, RareCharacters};
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// So many are shown.
const SHOWN: i64 = 500;

#[derive(FromRow)]
struct Row {
    character: String,
    sort: String,
    field: String,
    person_id: PersonId,
    household_id: HouseholdId,
    name: String,
}

/// Of the people as they are known now, in one ward where the account is limited to it.
pub async fn list(
    db: &Db,
    ward: &str,
    own: &Own,
    press: &Typesetting,
) -> Result<RareCharacters, ServiceError> {
    // Characters of a guarded address are not listed.
    const COUNT: &str = concat!(
        "SELECT COUNT(*) FROM rare_character r \
        JOIN person_fact p ON p.id = r.person_fact_id AND p.superseded_at IS NULL \
        JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
        WHERE ($1 = '' OR p.ward = $1) AND (r.field <> 'address' OR NOT ",
        guarded!(both "m.household_id", "p.place"),
        ")"
    );
    const ROWS: &str = concat!(
        "SELECT r.character, r.sort, r.field, p.person_id, m.household_id, p.name FROM rare_character r \
        JOIN person_fact p ON p.id = r.person_fact_id AND p.superseded_at IS NULL \
        JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
        WHERE ($1 = '' OR p.ward = $1) AND (r.field <> 'address' OR NOT ",
        guarded!(both "m.household_id", "p.place"),
        ") ORDER BY r.sort, r.character, p.id, r.field LIMIT $2"
    );
    let count: i64 =
        on_db!(db, pool => sqlx::query_scalar(COUNT).bind(ward).fetch_one(pool).await?);
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(ROWS).bind(ward).bind(SHOWN)
        .fetch_all(pool).await?);
    // A partner with CP932 and without the city's 外字.
    let reads = Reads {
        cp932: true,
        extension: Extension::Ibm,
        user_area: false,
    };
    let mut looked_up: BTreeMap<String, (Option<String>, bool)> = BTreeMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let look = || {
            let told = for_partner(&row.character, reads, own);
            let fallback = (told != row.character).then_some(told);
            (fallback, press.lacks(&row.character))
        };
        let known = looked_up.entry(row.character.clone());
        let (fallback, no_glyph) = known.or_insert_with(look).clone();
        items.push(RareCharacter {
            character: row.character,
            sort: row.sort,
            field: row.field,
            person_id: row.person_id,
            household_id: row.household_id,
            name: row.name,
            fallback,
            no_glyph,
        });
    }
    Ok(RareCharacters { count, items })
}
