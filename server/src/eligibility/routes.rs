//! Routes of persons and households.

use super::documents::{self, Issuer};
use super::edit::{self, Editor};
use super::facilities::{self, Registrar};
use super::household::{self, AsOf};
use super::notices;
use super::numbers::{self, Custodian};
use super::protection;
use super::queue;
use super::search::{self, Keys};
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::http::{App, Body, Failure, complete};
use crate::store::Lock;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{
    DocumentClosing, DocumentView, DocumentWish, IncomeReply, PaperFacts, PaperPlan,
};
use kokuho_shared::api::facility::{Facility, PersonStays, StayEdit};
use kokuho_shared::api::household::{
    FactsEdit, Found, HouseholdView, ProtectionEdit, Reveal, Revealed,
};
use kokuho_shared::api::notice::{NoticeEdit, NoticeView};
use kokuho_shared::api::number::{NumberBinding, NumberStatus};
use kokuho_shared::api::queue::QueueGroup;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct SearchQuery {
    number: Option<String>,
    name: Option<String>,
    birth_date: Option<String>,
}

/// Two-key search.
#[utoipa::path(get, path = "/api/persons", tag = "eligibility",
    params(("number" = Option<String>, Query), ("name" = Option<String>, Query), ("birth_date" = Option<String>, Query)),
    responses((status = 200, body = Vec<Found>), (status = 400, body = Problem)))]
pub async fn find(
    State(app): State<App>,
    user: User,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Vec<Found>>, Failure> {
    let birth_date = date("birth_date", query.birth_date)?;
    let keys = Keys {
        number: query.number,
        name: query.name,
        birth_date,
    };
    let found = search::search(
        app.db()?,
        keys,
        &user.ward,
        app.clock.today(),
        app.clock.now(),
    )
    .await?;
    let entry = Entry::new(&user, What::Search, app.clock.now());
    app.audit.read(Entry {
        persons: found.iter().map(|found| found.person_id).collect(),
        ..entry
    });
    Ok(Json(found))
}

#[derive(Deserialize)]
pub struct ViewQuery {
    fiscal_year: i32,
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
    Path(id): Path<i64>,
    Query(query): Query<ViewQuery>,
) -> Result<Json<HouseholdView>, Failure> {
    let known_at = match query.known_at {
        None => app.clock.now(),
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
    let mut view = household::view(app.db()?, id, as_of).await?;
    household::refuse_hidden(&view, &user)?;
    complete(&app, &mut view, known_at).await?;
    view.mask();
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, What::View, app.clock.now());
    app.audit.read(entry.of_household(id, persons));
    Ok(Json(view))
}

/// Changes incomes and eligibility.
#[utoipa::path(put, path = "/api/households/{id}/facts", tag = "eligibility", params(("id" = i64, Path)),
    request_body = FactsEdit,
    responses((status = 200, body = HouseholdView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Body(wanted): Body<FactsEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let editor = Editor {
        user: &user,
        municipality: &app.municipality,
        clock: app.clock,
    };
    let mut view = edit::edit(app.db()?, id, &wanted, &editor).await?;
    view.mask();
    complete(&app, &mut view, app.clock.now()).await?;
    Ok(Json(view))
}

/// Accepts a notice: an acquisition, a loss, or an acquisition that never was.
#[utoipa::path(post, path = "/api/households/{id}/notices", tag = "eligibility", params(("id" = i64, Path)),
    request_body = NoticeEdit,
    responses((status = 200, body = HouseholdView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn accept_notice(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Body(wanted): Body<NoticeEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let editor = Editor {
        user: &user,
        municipality: &app.municipality,
        clock: app.clock,
    };
    let mut view = notices::accept(app.db()?, id, &wanted, &editor).await?;
    view.mask();
    complete(&app, &mut view, app.clock.now()).await?;
    Ok(Json(view))
}

/// Notices of a household, the newest first.
#[utoipa::path(get, path = "/api/households/{id}/notices", tag = "eligibility", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<NoticeView>), (status = 404, body = Problem)))]
pub async fn accepted_notices(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
) -> Result<Json<Vec<NoticeView>>, Failure> {
    let db = app.db()?;
    let ward = household::ward(db, id).await?;
    if !ward.is_some_and(|ward| user.sees(&ward)) {
        return Err(ServiceError::NotFound("世帯").into());
    }
    let found = notices::list(db, id).await?;
    let persons = found.iter().map(|notice| notice.person_id);
    let entry = Entry::new(&user, What::View, app.clock.now());
    app.audit
        .read(entry.of_household(id, persons).detail("notices"));
    Ok(Json(found))
}

/// Everybody about whom somebody has to do something.
#[utoipa::path(get, path = "/api/queue", tag = "eligibility", responses((status = 200, body = Vec<QueueGroup>)))]
pub async fn queue(State(app): State<App>, user: User) -> Result<Json<Vec<QueueGroup>>, Failure> {
    let groups = queue::all(
        app.db()?,
        (&user.ward, &app.municipality),
        app.clock.today(),
    )
    .await?;
    let items = groups.iter().flat_map(|group| &group.items);
    let mut persons: Vec<i64> = items.map(|item| item.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    let entry = Entry::new(&user, What::Search, app.clock.now());
    app.audit.read(Entry { persons, ..entry }.detail("queue"));
    Ok(Json(groups))
}

#[derive(Deserialize)]
pub struct Year {
    fiscal_year: i32,
}

/// Registers, extends or ends a measure (支援措置) of a member.
#[utoipa::path(put, path = "/api/households/{id}/protection", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = ProtectionEdit,
    responses((status = 200, body = HouseholdView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn protect(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
    Body(edit): Body<ProtectionEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let when = (app.clock, year.fiscal_year);
    let mut view = protection::set(app.db()?, id, &edit, &user, when).await?;
    complete(&app, &mut view, app.clock.now()).await?;
    Ok(Json(view))
}

/// Shows where a protected household lives, for a reason that is recorded.
#[utoipa::path(post, path = "/api/households/{id}/address", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = Reveal,
    responses((status = 200, body = Revealed), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn reveal(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
    Body(asked): Body<Reveal>,
) -> Result<Json<Revealed>, Failure> {
    let when = (app.clock, year.fiscal_year);
    Ok(Json(
        protection::reveal(app.db()?, id, &asked.reason, &user, when).await?,
    ))
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

fn issuer<'a>(app: &'a App, user: &'a User) -> Issuer<'a> {
    Issuer {
        user,
        press: &app.press,
        municipality: &app.municipality,
        clock: app.clock,
    }
}

/// The household of a request, for somebody who sees it.
async fn seen(app: &App, user: &User, id: i64, year: i32) -> Result<HouseholdView, ServiceError> {
    let as_of = AsOf {
        fiscal_year: year,
        valid_on: None,
        known_at: app.clock.now(),
    };
    let view = household::view(app.db()?, id, as_of).await?;
    household::refuse_hidden(&view, user)?;
    Ok(view)
}

/// What each insured person gets today, and what each of 70 to 74 bears.
#[utoipa::path(get, path = "/api/households/{id}/papers", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<PaperPlan>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn papers(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<PaperPlan>>, Failure> {
    let view = seen(&app, &user, id, year.fiscal_year).await?;
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    let plans = documents::papers::plan(&mut tx, &view, &issuer(&app, &user)).await?;
    tx.commit().await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, What::View, app.clock.now());
    app.audit.read(entry.of_household(id, persons));
    Ok(Json(plans))
}

/// Keeps whether the card can be used, and the figures that decide what a person bears.
#[utoipa::path(put, path = "/api/households/{id}/papers", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = PaperFacts,
    responses((status = 200, body = Vec<PaperPlan>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn keep_paper_facts(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
    Body(facts): Body<PaperFacts>,
) -> Result<Json<Vec<PaperPlan>>, Failure> {
    let view = seen(&app, &user, id, year.fiscal_year).await?;
    let known = view
        .members
        .iter()
        .any(|member| member.person_id == facts.person_id);
    if !known {
        let text = "この世帯の人ではありません";
        return Err(ServiceError::invalid_at("person_id", text).into());
    }
    let issuer = issuer(&app, &user);
    let mut tx = app.db()?.write(Lock::Household(id)).await?;
    documents::papers::keep(&mut tx, &facts, &issuer).await?;
    let entry =
        Entry::new(&user, What::Update, app.clock.now()).of_household(id, [facts.person_id]);
    entry
        .detail("card and figures of 負担割合".to_owned())
        .write(&mut tx)
        .await?;
    let plans = documents::papers::plan(&mut tx, &view, &issuer).await?;
    tx.commit().await?;
    Ok(Json(plans))
}

/// Documents of a household, the newest first.
#[utoipa::path(get, path = "/api/households/{id}/documents", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<DocumentView>), (status = 404, body = Problem)))]
pub async fn documents_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<DocumentView>>, Failure> {
    seen(&app, &user, id, year.fiscal_year).await?;
    Ok(Json(documents::list(app.db()?, id).await?))
}

/// Issues a paper or a question for a person of the household.
#[utoipa::path(post, path = "/api/households/{id}/documents", tag = "eligibility", params(("id" = i64, Path)),
    request_body = DocumentWish,
    responses((status = 200, body = DocumentView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn issue_document(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Body(wish): Body<DocumentWish>,
) -> Result<Json<DocumentView>, Failure> {
    let issued = documents::issue(app.db()?, id, &wish, &issuer(&app, &user)).await?;
    Ok(Json(issued))
}

/// The PDF of a document, as it was issued.
#[utoipa::path(get, path = "/api/documents/{number}", tag = "eligibility", params(("number" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem)))]
pub async fn document(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
) -> Result<impl IntoResponse, Failure> {
    let (pdf, household) = documents::pdf(app.db()?, &number, &issuer(&app, &user)).await?;
    let entry = Entry::new(&user, What::View, app.clock.now()).of_household(household, []);
    app.audit.read(entry.detail(format!("document {number}")));
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf))
}

/// Notes that a document came back, was replied to, or is void.
#[utoipa::path(post, path = "/api/documents/{number}/closing", tag = "eligibility", params(("number" = String, Path)),
    request_body = DocumentClosing,
    responses((status = 200, body = DocumentView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn close_document(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
    Body(wish): Body<DocumentClosing>,
) -> Result<Json<DocumentView>, Failure> {
    let closed = documents::close(app.db()?, &number, &wish, &issuer(&app, &user)).await?;
    Ok(Json(closed))
}

/// Takes the reply to 所得申告書 in: the income becomes the person's.
#[utoipa::path(post, path = "/api/documents/{number}/income", tag = "eligibility", params(("number" = String, Path)),
    request_body = IncomeReply,
    responses((status = 200, body = DocumentView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn reply_income(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
    Body(reply): Body<IncomeReply>,
) -> Result<Json<DocumentView>, Failure> {
    let taken = documents::reply::take_in(app.db()?, &number, &reply, &issuer(&app, &user)).await?;
    Ok(Json(taken))
}

fn custodian<'a>(app: &'a App, user: &'a User) -> Custodian<'a> {
    Custodian {
        user,
        clock: app.clock,
        keys: &app.keys,
    }
}

/// Of whom a number is registered; never which.
#[utoipa::path(get, path = "/api/households/{id}/my-number", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<NumberStatus>), (status = 404, body = Problem)))]
pub async fn numbers_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<NumberStatus>>, Failure> {
    let custodian = custodian(&app, &user);
    Ok(Json(
        numbers::statuses(app.db()?, id, year.fiscal_year, &custodian).await?,
    ))
}

/// Binds a number to a person whose four basic items agree.
#[utoipa::path(put, path = "/api/households/{id}/my-number", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = NumberBinding,
    responses((status = 200, body = Vec<NumberStatus>), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn bind_number(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
    Body(wish): Body<NumberBinding>,
) -> Result<Json<Vec<NumberStatus>>, Failure> {
    let custodian = custodian(&app, &user);
    let bound = numbers::bind(app.db()?, id, year.fiscal_year, &wish, &custodian).await?;
    Ok(Json(bound))
}

fn registrar<'a>(app: &'a App, user: &'a User) -> Registrar<'a> {
    Registrar {
        user,
        municipality: &app.municipality,
        clock: app.clock,
    }
}

/// All facilities.
#[utoipa::path(get, path = "/api/facilities", tag = "eligibility", responses((status = 200, body = Vec<Facility>)))]
pub async fn facilities(State(app): State<App>, _: User) -> Result<Json<Vec<Facility>>, Failure> {
    Ok(Json(facilities::list(app.db()?).await?))
}

/// Adds or corrects a facility.
#[utoipa::path(put, path = "/api/facilities", tag = "eligibility", request_body = Facility,
    responses((status = 200, body = Vec<Facility>), (status = 422, body = Problem)))]
pub async fn set_facility(
    State(app): State<App>,
    user: User,
    Body(wish): Body<Facility>,
) -> Result<Json<Vec<Facility>>, Failure> {
    let all = facilities::set(app.db()?, &wish, &registrar(&app, &user)).await?;
    Ok(Json(all))
}

/// Who of a household was in a facility, and which city insures.
#[utoipa::path(get, path = "/api/households/{id}/stays", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<PersonStays>), (status = 404, body = Problem)))]
pub async fn stays_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<PersonStays>>, Failure> {
    let registrar = registrar(&app, &user);
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    let view = facilities::seen(&mut tx, id, year.fiscal_year, &registrar).await?;
    let all = facilities::of_household(&mut tx, &view, &registrar).await?;
    tx.commit().await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, What::View, app.clock.now());
    app.audit.read(entry.of_household(id, persons));
    Ok(Json(all))
}

/// Registers, corrects or ends an admission.
#[utoipa::path(post, path = "/api/households/{id}/stays", tag = "eligibility", params(("id" = i64, Path)),
    request_body = StayEdit,
    responses((status = 200, body = Vec<PersonStays>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn admit(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Body(wish): Body<StayEdit>,
) -> Result<Json<Vec<PersonStays>>, Failure> {
    let all = facilities::admit(app.db()?, id, &wish, &registrar(&app, &user)).await?;
    Ok(Json(all))
}
