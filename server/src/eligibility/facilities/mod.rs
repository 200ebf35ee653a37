//! 施設と住所地特例: which facilities there are, who is in one, and which city insures.

pub mod routes;

use crate::access::user::{User, Viewer};
use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::facility::{Facility, PersonStays, StayEdit, StayView};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::eligibility::facility::{FacilityKind, Stay, insuring_city};
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;

/// Who registers, where and when.
pub struct Registrar<'a> {
    pub user: &'a User,
    pub municipality: &'a str,
    pub clock: Clock,
}

#[derive(FromRow)]
struct FacilityRow {
    id: i64,
    name: String,
    kind: String,
    municipality: String,
    postcode: String,
    address: String,
}

impl FacilityRow {
    fn facility(self) -> Result<Facility, ServiceError> {
        let unknown = || ServiceError::Internal(format!("facility kind {}", self.kind));
        Ok(Facility {
            kind: FacilityKind::of_key(&self.kind).ok_or_else(unknown)?,
            id: self.id,
            name: self.name,
            municipality: self.municipality,
            postcode: self.postcode,
            address: self.address,
        })
    }
}

/// All facilities, by name.
pub async fn list(db: &Db) -> Result<Vec<Facility>, ServiceError> {
    const SQL: &str =
        "SELECT id, name, kind, municipality, postcode, address FROM facility ORDER BY name, id";
    let rows: Vec<FacilityRow> = on_db!(db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    rows.into_iter().map(FacilityRow::facility).collect()
}

/// One facility.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Facility, ServiceError> {
    const SQL: &str =
        "SELECT id, name, kind, municipality, postcode, address FROM facility WHERE id = $1";
    let row: Option<FacilityRow> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    row.ok_or_else(|| ServiceError::invalid_at("facility_id", "登録されていない施設です"))?
        .facility()
}

/// Adds a facility, or corrects one.
pub async fn set(
    db: &Db,
    wish: &Facility,
    registrar: &Registrar<'_>,
) -> Result<Vec<Facility>, ServiceError> {
    const CHANGE: &str = "UPDATE facility SET name = $1, kind = $2, municipality = $3, postcode = $4, address = $5, \
        recorded_at = $6, recorded_by = $7 WHERE id = $8";
    for (field, text) in [("name", &wish.name), ("address", &wish.address)] {
        if text.trim().is_empty() || text.chars().count() > 100 {
            return Err(ServiceError::invalid_at(
                field,
                "1文字から100文字までにしてください",
            ));
        }
    }
    municipality(&wish.municipality, "municipality")?;
    let mut tx = db.write(Lock::Nothing).await?;
    let now = tx.at();
    let (kind, login) = (wish.kind.key(), &registrar.user.login);
    let (name, address) = (wish.name.trim(), wish.address.trim());
    if wish.id == 0 {
        let row = row! {
            id: tx.take_ids("facility", 1).await?,
            name: name.to_owned(),
            kind,
            municipality: wish.municipality.clone(),
            postcode: wish.postcode.clone(),
            address: address.to_owned(),
            recorded_at: now,
            recorded_by: login.clone(),
        };
        tx.insert("facility", &[row]).await?;
    } else {
        find(&mut tx, wish.id).await?;
        on_tx!(&mut tx, c => sqlx::query(CHANGE).bind(name).bind(kind).bind(&wish.municipality)
            .bind(&wish.postcode).bind(address).bind(now.0).bind(login).bind(wish.id)
            .execute(c).await?.rows_affected());
    }
    let entry = Entry::new(registrar.user, AuditAction::Update, now);
    entry.detail("facility".to_owned()).write(&mut tx).await?;
    tx.commit().await?;
    list(db).await
}

fn municipality(code: &str, field: &str) -> Result<(), ServiceError> {
    if code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let text = "全国地方公共団体コードは5桁の数字です";
    Err(ServiceError::invalid_at(field, text))
}

#[derive(FromRow)]
struct StayRow {
    #[sqlx(flatten)]
    facility: FacilityRow,
    admitted_on: NaiveDate,
    left_on: Option<NaiveDate>,
    from_municipality: String,
    from_facility: bool,
    by_measure: bool,
}

impl StayRow {
    fn view(self) -> Result<StayView, ServiceError> {
        Ok(StayView {
            facility: self.facility.facility()?,
            admitted_on: self.admitted_on,
            left_on: self.left_on,
            from: self.from_municipality,
            from_facility: self.from_facility,
            by_measure: self.by_measure,
        })
    }
}

fn stay(view: &StayView) -> Stay {
    Stay {
        kind: view.facility.kind,
        facility_in: view.facility.municipality.clone(),
        admitted_on: view.admitted_on,
        left_on: view.left_on,
        from: view.from.clone(),
        from_facility: view.from_facility,
        by_measure: view.by_measure,
    }
}

/// Everybody of a household who was in a facility, and what follows today.
pub async fn of_household(
    tx: &mut Tx,
    view: &HouseholdView,
    registrar: &Registrar<'_>,
) -> Result<Vec<PersonStays>, ServiceError> {
    let mut all = Vec::new();
    for member in &view.members {
        // Where a person went who has left this household is not shown.
        if member.left_on().is_some() {
            continue;
        }
        let stays = stays(tx, member.person_id).await?;
        if stays.is_empty() {
            continue;
        }
        let facts: Vec<Stay> = stays.iter().map(stay).collect();
        all.push(PersonStays {
            person_id: member.person_id,
            place: insuring_city(&facts, registrar.municipality, registrar.clock.today()),
            stays,
        });
    }
    Ok(all)
}

async fn stays(tx: &mut Tx, person: PersonId) -> Result<Vec<StayView>, ServiceError> {
    const SQL: &str = "SELECT f.id, f.name, f.kind, f.municipality, f.postcode, f.address, s.admitted_on, s.left_on, \
        s.from_municipality, s.from_facility, s.by_measure FROM stay_fact s JOIN facility f ON f.id = s.facility_id \
        WHERE s.person_id = $1 AND s.superseded_at IS NULL ORDER BY s.admitted_on";
    let rows: Vec<StayRow> = on_tx!(tx, c => sqlx::query_as(SQL).bind(person).fetch_all(c).await?);
    rows.into_iter().map(StayRow::view).collect()
}

impl Registrar<'_> {
    /// Who looks, and when. A facility tells where somebody lives.
    pub fn looks(&self) -> Viewer<'_> {
        Viewer {
            user: self.user,
            at: Instant::LATEST,
        }
    }
}

/// Registers an admission; one of the same day is replaced, so that it can be corrected and ended.
pub async fn admit(
    db: &Db,
    household: HouseholdId,
    wish: &StayEdit,
    registrar: &Registrar<'_>,
) -> Result<Vec<PersonStays>, ServiceError> {
    const OLD: &str = "UPDATE stay_fact SET superseded_at = $1 \
        WHERE person_id = $2 AND admitted_on = $3 AND superseded_at IS NULL";
    municipality(&wish.from, "from")?;
    let today = registrar.clock.today();
    if wish.admitted_on > today {
        return Err(ServiceError::invalid_at(
            "admitted_on",
            "業務日より後の日です",
        ));
    }
    if wish.left_on.is_some_and(|left| left < wish.admitted_on) {
        return Err(ServiceError::invalid_at("left_on", "入所日より前の日です"));
    }
    let mut tx = db.write(Lock::Household(household)).await?;
    let view =
        household::disclosed_in(&mut tx, household, wish.fiscal_year, registrar.looks()).await?;
    let person = wish.person_id;
    let member = view
        .members
        .iter()
        .find(|member| member.person_id == person);
    let member = member
        .ok_or_else(|| ServiceError::invalid_at("person_id", "この世帯の人ではありません"))?;
    if wish.admitted_on < member.birth_date {
        return Err(ServiceError::invalid_at(
            "admitted_on",
            "生年月日より前の日です",
        ));
    }
    find(&mut tx, wish.facility_id).await?;
    refuse_overlap(&stays(&mut tx, person).await?, wish)?;
    let now = tx.at();
    on_tx!(&mut tx, c => sqlx::query(OLD).bind(now.0).bind(person).bind(wish.admitted_on)
        .execute(c).await?.rows_affected());
    let row = row! {
        id: tx.take_ids("stay_fact", 1).await?,
        person_id: person,
        facility_id: wish.facility_id,
        admitted_on: wish.admitted_on,
        left_on: wish.left_on,
        from_municipality: wish.from.clone(),
        from_facility: wish.from_facility,
        by_measure: wish.by_measure,
        recorded_at: now,
        recorded_by: registrar.user.login.clone(),
    };
    tx.insert("stay_fact", &[row]).await?;
    let entry =
        Entry::new(registrar.user, AuditAction::Update, now).of_household(household, [person]);
    entry
        .detail("stay in a facility".to_owned())
        .write(&mut tx)
        .await?;
    let all = of_household(&mut tx, &view, registrar).await?;
    tx.commit().await?;
    Ok(all)
}

/// A person is in one facility on a day; the day of a move belongs to the later one.
fn refuse_overlap(known: &[StayView], wish: &StayEdit) -> Result<(), ServiceError> {
    let ends = |left: Option<NaiveDate>| left.unwrap_or(NaiveDate::MAX);
    let overlaps = |stay: &&StayView| {
        stay.admitted_on != wish.admitted_on
            && stay.left_on != Some(stay.admitted_on)
            && stay.admitted_on < ends(wish.left_on)
            && wish.admitted_on < ends(stay.left_on)
    };
    match known.iter().find(overlaps) {
        None => Ok(()),
        Some(stay) => {
            let text = format!(
                "{}への入所（{}から）と重なっています。先に退所日を登録してください",
                stay.facility.name, stay.admitted_on
            );
            Err(ServiceError::invalid_at("admitted_on", text))
        }
    }
}
