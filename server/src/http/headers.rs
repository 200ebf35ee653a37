//! What every answer says to the browser, whoever made it.

use super::client::Secure;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing of an answer of the API is a page.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// Browsers show a document with a plug-in of their own.
const DOCUMENT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
);
/// Two years.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Adds what is missing. A page brings its own policy along.
pub async fn safe(request: Request, next: Next) -> Response {
    let secure = request.extensions().get::<Secure>() == Some(&Secure(true));
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = if is_document(headers) {
        DOCUMENT
    } else {
        POLICY
    };
    or_insert(headers, header::CONTENT_SECURITY_POLICY, policy);
    or_insert(
        headers,
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    or_insert(
        headers,
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    let resource = HeaderName::from_static("cross-origin-resource-policy");
    or_insert(headers, resource, HeaderValue::from_static("same-origin"));
    if secure {
        or_insert(headers, header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    if api {
        // Answers about people are never kept by the browser.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn or_insert(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

fn is_document(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/pdf"))
}
