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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_type_of_the_described_routes_has_a_name_of_its_own() {
        let public = PublicApi::openapi().components.unwrap_or_default();
        let of_routes = rooms::routes().into_iter().flat_map(|route| route.schemas);
        let mut named = BTreeMap::new();
        for (name, schema) in public.schemas.into_iter().chain(of_routes) {
            let text = serde_json::to_string(&schema).unwrap();
            let before = named.entry(name.clone()).or_insert_with(|| text.clone());
            assert_eq!(*before, text, "{name} means two things");
        }
        assert!(named.len() > 100, "{} types", named.len());
    }
}
