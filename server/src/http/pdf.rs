//! A document as an answer.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A PDF, shown by the browser and named when it is kept.
pub fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}.pdf\""),
        ),
    ];
    (headers, bytes).into_response()
}
