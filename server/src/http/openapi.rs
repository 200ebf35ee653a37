//! `/api/openapi.json`: the routes and their types, made from the code.

use super::route::Route;
use crate::rooms;
use axum::Json;
use axum::response::IntoResponse;
use utoipa::OpenApi;
use utoipa::openapi::Components;

/// What needs no sign-in.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "kokuho",
        description = "国民健康保険: National Health Insurance of a city"
    ),
    paths(
        crate::assessment::routes::estimate,
        crate::access::routes::sign_in,
        crate::access::routes::door,
        crate::access::routes::sign_out,
        crate::access::enrolment::routes::enrol,
    )
)]
struct PublicApi;

pub async fn document() -> impl IntoResponse {
    let mut document = PublicApi::openapi();
    for Route {
        described, schemas, ..
    } in rooms::routes()
    {
        document.paths.merge(described);
        let components = document.components.get_or_insert_with(Components::new);
        components.schemas.extend(schemas);
    }
    Json(document)
}
