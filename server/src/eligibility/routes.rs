//! Routes of persons and households.

use super::edit::{self, Editor};
use super::household::{self, AsOf};
use super::notifications;
use super::protection;
use super::queue::{self, Area};
use super::search::{self, Keys, Look};
use super::timeline;
use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{App, Body, Failure, complete, screen_in};
use crate::http::{Route, Year, route};
use crate::rooms;
use axum::Json;
use axum::extract::{Path, Query, State};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::{
    FactsEdit, Found, HouseholdView, PersonSearch, ProtectionEdit, Reveal, Revealed,
};
use kokuho_shared::api::notification::{NotificationEdit, NotificationView};
use kokuho_shared::api::queue::{QueueClaim, QueueCount, QueueGroup, QueueKind};
use kokuho_shared::api::timeline::Timeline;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this room.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    let own = vec![
        route(routes!(find), ReadHousehold, Ward),
        route(routes!(queue), ReadHousehold, Ward),
        route(routes!(queue_counts), ReadHousehold, Ward),
        route(routes!(claim), ReadHousehold, Ward),
        route(routes!(view), ReadHousehold, Ward),
        route(routes!(timeline_of), ReadHousehold, Ward),
        route(routes!(accepted_notifications), ReadHousehold, Ward),
        route(routes!(accept_notification), AcceptNotifications, Ward).once(),
        route(routes!(protect), Protect, Ward),
        route(routes!(reveal), Protect, Ward),
        route(routes!(change), EditFacts, Ward),
    ];
    [
        own,
        super::numbers::routes::routes(),
        super::duplicates::routes::routes(),
        super::facilities::routes::routes(),
        super::students::routes::routes(),
        super::payer::routes::routes(),
        super::documents::routes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Two-key search.
#[utoipa::path(post, path = "/api/persons/search", tag = "eligibility", request_body = PersonSearch,
    responses((status = 200, body = Vec<Found>), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub async fn find(
    State(app): State<App>,
    user: User,
    Body(wish): Body<PersonSearch>,
) -> Result<Json<Vec<Found>>, Failure> {
    let keys = Keys {
        number: Some(wish.number),
        name: Some(wish.name),
        birth_date: wish.birth_date,
    };
    let look = Look {
        ward: &user.ward,
        today: app.clock.today(),
        known_at: Instant::LATEST,
    };
    let found = search::search(app.db()?, keys, &rooms::numbers(), look).await?;
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    app.audit.look(Entry {
        persons: found.iter().map(|found| found.person_id).collect(),
        ..entry
    })?;
    Ok(Json(found))
}

#[derive(Deserialize)]
pub struct ViewQuery {
    fiscal_year: FiscalYear,
    as_of: Option<String>,
    known_at: Option<String>,
}

/// A household as of two dates.
#[utoipa::path(get, path = "/api/households/{id}", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query), ("as_of" = Option<String>, Query),
           ("known_at" = Option<String>, Query)),
    responses((status = 200, body = HouseholdView), (status = 404, body = Problem)))]
pub async fn view(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(query): Query<ViewQuery>,
) -> Result<Json<HouseholdView>, Failure> {
    let known_at = match query.known_at {
        None => Instant::LATEST,
        Some(text) => Instant::parse(&text).ok_or_else(|| {
            ServiceError::invalid_at("known_at", format!("「{text}」は時刻ではありません"))
        })?,
    };
    let valid_on = date("as_of", query.as_of)?;
    let as_of = AsOf {
        fiscal_year: query.fiscal_year,
        valid_on,
        known_at,
    };
    let mut tx = app.db()?.read().await?;
    let mut view = screen_in(&app, &mut tx, id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, &user).await?;
    tx.commit().await?;
    view.mask();
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    app.audit.look(entry.of_household(id, persons))?;
    Ok(Json(view))
}

/// Changes incomes and eligibility.
#[utoipa::path(put, path = "/api/households/{id}/facts", tag = "eligibility", params(("id" = i64, Path)),
    request_body = FactsEdit,
    responses((status = 200, body = HouseholdView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wanted): Body<FactsEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let editor = Editor {
        user: &user,
        municipality: &app.municipality,
        clock: app.clock,
    };
    let mut view = edit::edit(app.db()?, id, &wanted, &editor).await?;
    view.mask();
    complete(&app, &mut view).await?;
    Ok(Json(view))
}

/// Accepts a notice: an acquisition, a loss, or an acquisition that never was.
#[utoipa::path(post, path = "/api/households/{id}/notices", tag = "eligibility", params(("id" = i64, Path)),
    request_body = NotificationEdit,
    responses((status = 200, body = HouseholdView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn accept_notification(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wanted): Body<NotificationEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let editor = Editor {
        user: &user,
        municipality: &app.municipality,
        clock: app.clock,
    };
    let mut view = notifications::accept(app.db()?, id, &wanted, &editor).await?;
    view.mask();
    complete(&app, &mut view).await?;
    Ok(Json(view))
}

/// Notices of a household, the newest first.
#[utoipa::path(get, path = "/api/households/{id}/notices", tag = "eligibility", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<NotificationView>), (status = 404, body = Problem)))]
pub async fn accepted_notifications(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
) -> Result<Json<Vec<NotificationView>>, Failure> {
    let db = app.db()?;
    household::refuse_unseen(db, id, &user).await?;
    let found = notifications::list(db, id).await?;
    let persons = found.iter().map(|notice| notice.person_id);
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    app.audit
        .look(entry.of_household(id, persons).detail("notices"))?;
    Ok(Json(found))
}

#[derive(Deserialize)]
pub struct TimelineQuery {
    fiscal_year: FiscalYear,
    person_id: PersonId,
    on: Option<String>,
    known_on: Option<String>,
}

/// Why a person is insured on a day or not, as it was known at the end of a day.
#[utoipa::path(get, path = "/api/households/{id}/timeline", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query), ("person_id" = i64, Query), ("on" = Option<String>, Query),
           ("known_on" = Option<String>, Query)),
    responses((status = 200, body = Timeline), (status = 404, body = Problem), (status = 400, body = Problem)))]
pub async fn timeline_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Timeline>, Failure> {
    let db = app.db()?;
    let now = app.clock.now();
    let on = date("on", query.on)?.unwrap_or_else(|| app.clock.today());
    let known_at = match date("known_on", query.known_on)? {
        None => Instant::LATEST,
        Some(day) => Instant::parse(&format!("{day}T23:59:59+09:00")).unwrap_or(now),
    };
    let as_of = AsOf {
        fiscal_year: query.fiscal_year,
        valid_on: None,
        known_at: Instant::LATEST,
    };
    let mut tx = db.read().await?;
    let view = household::view_in(&mut tx, id, as_of).await?;
    household::refuse_hidden(&mut tx, &view, &user).await?;
    let member = view
        .members
        .iter()
        .find(|member| member.person_id == query.person_id);
    // The timeline of a person who has left this household is not shown.
    let member = member.filter(|member| member.left_on().is_none());
    let member = member.ok_or(ServiceError::NotFound("この世帯の人"))?;
    let told = timeline::of_person(&mut tx, member.person_id, on, known_at).await?;
    tx.commit().await?;
    let entry = Entry::new(&user, AuditAction::View, now).of_household(id, [member.person_id]);
    app.audit.look(entry.detail("timeline"))?;
    Ok(Json(told))
}

/// What an account sees of the city.
fn area<'a>(app: &'a App, user: &'a User) -> Area<'a> {
    Area {
        municipality: &app.municipality,
        ward: &user.ward,
    }
}

/// One of the lists.
#[derive(Deserialize)]
pub struct OneKind {
    kind: Option<QueueKind>,
}

/// Everybody about whom somebody has to do something; of one reason the whole list, of all the beginning of each.
#[utoipa::path(get, path = "/api/queue", tag = "eligibility", params(("kind" = Option<QueueKind>, Query)),
    responses((status = 200, body = Vec<QueueGroup>), (status = 403, body = Problem)))]
pub async fn queue(
    State(app): State<App>,
    user: User,
    Query(asked): Query<OneKind>,
) -> Result<Json<Vec<QueueGroup>>, Failure> {
    let groups = match asked.kind {
        Some(kind) => vec![whole(&app, &user, kind).await?],
        None => waiting(&app, &user).await?,
    };
    let items = groups.iter().flat_map(|group| &group.items);
    let mut persons: Vec<PersonId> = items.map(|item| item.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    app.audit.look(Entry { persons, ..entry }.detail("queue"))?;
    Ok(Json(groups))
}

/// How many wait for what; nobody is named, so that nobody was looked at.
#[utoipa::path(get, path = "/api/queue/counts", tag = "eligibility", responses((status = 200, body = Vec<QueueCount>)))]
pub async fn queue_counts(
    State(app): State<App>,
    user: User,
) -> Result<Json<Vec<QueueCount>>, Failure> {
    let groups = waiting(&app, &user).await?;
    let counts = groups.iter().map(|group| group.counted(&user.login));
    Ok(Json(counts.collect()))
}

/// What waits in the area of an account; measures only for those who handle them.
async fn waiting(app: &App, user: &User) -> Result<Vec<QueueGroup>, ServiceError> {
    let area = area(app, user);
    let mut groups = queue::all(app.db()?, area, app.clock.today()).await?;
    groups.retain(|group| {
        group.kind != QueueKind::ProtectionEnding || user.role.may(Action::Protect)
    });
    Ok(groups)
}

/// The whole list of one reason.
async fn whole(app: &App, user: &User, kind: QueueKind) -> Result<QueueGroup, ServiceError> {
    // Only roles with `Protect` may use this list.
    if kind == QueueKind::ProtectionEnding && !user.role.may(Action::Protect) {
        return Err(ServiceError::Forbidden);
    }
    let (db, today) = (app.db()?, app.clock.today());
    queue::group(db, kind, area(app, user), today, queue::ALONE).await
}

/// Takes up something that waits, or lays it down.
#[utoipa::path(post, path = "/api/queue/claims", tag = "eligibility", request_body = QueueClaim,
    responses((status = 200, body = QueueGroup), (status = 404, body = Problem)))]
pub async fn claim(
    State(app): State<App>,
    user: User,
    Body(wish): Body<QueueClaim>,
) -> Result<Json<QueueGroup>, Failure> {
    let db = app.db()?;
    if wish.kind == QueueKind::ProtectionEnding && !user.role.may(Action::Protect) {
        return Err(ServiceError::Forbidden.into());
    }
    household::refuse_unseen(db, wish.household_id, &user).await?;
    queue::owners::claim(db, &wish, &user, app.clock).await?;
    let (area, today) = (area(&app, &user), app.clock.today());
    let group = queue::group(db, wish.kind, area, today, queue::BESIDE_OTHERS).await?;
    let persons = group.items.iter().map(|item| item.person_id).collect();
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    app.audit.look(Entry { persons, ..entry }.detail("queue"))?;
    Ok(Json(group))
}

/// Registers, extends or ends a measure (支援措置) of a member.
#[utoipa::path(put, path = "/api/households/{id}/protection", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = ProtectionEdit,
    responses((status = 200, body = HouseholdView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn protect(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
    Body(edit): Body<ProtectionEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let actor = Actor {
        user: &user,
        clock: app.clock,
    };
    let mut view = protection::set(app.db()?, id, year.fiscal_year, &edit, actor).await?;
    complete(&app, &mut view).await?;
    Ok(Json(view))
}

/// Shows where a protected household lives, for a reason that is recorded.
#[utoipa::path(post, path = "/api/households/{id}/address", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = Reveal,
    responses((status = 200, body = Revealed), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn reveal(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
    Body(asked): Body<Reveal>,
) -> Result<Json<Revealed>, Failure> {
    let actor = Actor {
        user: &user,
        clock: app.clock,
    };
    let year = year.fiscal_year;
    let revealed = protection::reveal(app.db()?, id, year, &asked.reason, actor).await?;
    Ok(Json(revealed))
}

fn date(field: &str, text: Option<String>) -> Result<Option<NaiveDate>, ServiceError> {
    match text.filter(|text| !text.trim().is_empty()) {
        None => Ok(None),
        Some(text) => {
            let date = text.trim().parse();
            let date = date.map_err(|_| {
                ServiceError::invalid_at(field, format!("「{text}」は日付ではありません"))
            })?;
            Ok(Some(date))
        }
    }
}
