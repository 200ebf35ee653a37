//! A panic in a handler is an answer and a line in the log, not a lost connection.

use super::failure::Failure;
use crate::error::ServiceError;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// Marks the answer that stands for a panic.
#[derive(Clone, Copy)]
struct Panicked;

/// The answer. The panic's message may hold personal data and is not sent.
pub fn answer(_: Box<dyn Any + Send>) -> Response {
    let mut response = Failure(ServiceError::Internal(
        "処理が途中で止まりました。管理者に知らせてください".into(),
    ))
    .into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// Says which route panicked, by its pattern.
pub async fn note(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = next.run(request).await;
    if response.extensions().get::<Panicked>().is_some() {
        let route = path.as_ref().map_or("", MatchedPath::as_str);
        tracing::error!(%method, route, "a handler panicked");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::middleware;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn broken() -> &'static str {
        panic!("見辺　太郎")
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_that_repeats_none_of_its_words() {
        let router = Router::new()
            .route("/households/{id}", get(broken))
            .layer(CatchPanicLayer::custom(answer))
            .layer(middleware::from_fn(note));
        let request = Request::get("/households/1").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = to_bytes(response.into_body(), 4_096).await.unwrap();
        let problem: kokuho_shared::api::Problem = serde_json::from_slice(&bytes).unwrap();
        assert!(problem.message.contains("管理者") && !problem.message.contains("見辺"));
    }
}
