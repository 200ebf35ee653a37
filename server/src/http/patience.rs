//! How long a request may take. A client that waits for ever holds a connection, and often one of
//! the database too.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kokuho_shared::api::Problem;
use std::time::Duration;

/// After which a request is given up, until its answer begins; `None` = never.
pub type Patience = Option<Duration>;

/// For whatever somebody waits for at a screen.
pub const ORDINARY: Patience = Some(Duration::from_secs(60));
/// For documents of many pages, reads of whole registers and the planning of long work.
pub const LONG: Patience = Some(Duration::from_secs(600));
/// For files of a city, whose body alone may take long; each part of it has its own limit.
pub const UPLOAD: Patience = None;

const RETRY_AFTER: &str = "10";

/// Gives a request up after its time. What it has begun in the database is undone with it.
pub async fn within(State(patience): State<Patience>, request: Request, next: Next) -> Response {
    let Some(time) = patience else {
        return next.run(request).await;
    };
    let done = tokio::time::timeout(time, next.run(request)).await;
    done.unwrap_or_else(|_| {
        tracing::error!("a request took too long and was given up");
        let text = "サーバが混み合っているため、時間内に処理できませんでした。少し待ってから画面を読み直し、結果を確かめてからもう一度操作してください";
        let retry = [(header::RETRY_AFTER, RETRY_AFTER)];
        (StatusCode::SERVICE_UNAVAILABLE, retry, Json(Problem::new(text))).into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_given_up_and_told_when_to_come_again() {
        let slow = get(std::future::pending::<()>);
        let patience: Patience = Some(Duration::from_millis(1));
        let layer = middleware::from_fn_with_state(patience, within);
        let router = Router::new().route("/slow", slow).layer(layer);
        let request = Request::get("/slow").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], RETRY_AFTER);
    }
}
