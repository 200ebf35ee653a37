//! A JSON body as a value.

use super::bounds;
use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kokuho_shared::api::Problem;
use serde::de::DeserializeOwned;

/// A body that is too large, or did not arrive in time.
fn not_read(rejection: BytesRejection) -> Response {
    let (status, text) = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "内容が大きすぎます"),
        _ => (
            StatusCode::REQUEST_TIMEOUT,
            "内容が最後まで届きませんでした。もう一度送ってください",
        ),
    };
    (status, Json(Problem::new(text))).into_response()
}

/// A JSON body; what is wrong with it is told with its field.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Response> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(not_read)?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let field = error.path().to_string();
            Problem::new(format!("内容を読めません: {}", error.inner())).at(field)
        });
        let whole = parsed.and_then(|value| {
            reader
                .end()
                .map(|()| value)
                .map_err(|error| Problem::new(format!("内容を読めません: {error}")))
        });
        let refused = |status, problem| (status, Json(problem)).into_response();
        let value = whole.map_err(|problem| refused(StatusCode::BAD_REQUEST, problem))?;
        // It was read once already: this cannot fail.
        let sent = serde_json::from_slice(&bytes).unwrap_or_default();
        bounds::body(&sent)
            .map_err(|problem| refused(StatusCode::UNPROCESSABLE_ENTITY, problem))?;
        Ok(Body(value))
    }
}
