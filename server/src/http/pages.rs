//! The built pages: precompressed, cached by their hashed names, under a strict policy.

use super::app::App;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tower_http::services::{ServeDir, ServeFile};

/// Why the pages cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("page {path} cannot be read: {cause}")]
pub struct PageError {
    path: PathBuf,
    cause: std::io::Error,
}

/// The clerk's app at `/`, the citizen's estimator at `/estimate/`.
pub fn router(dist: &Path, only_citizen: bool) -> Result<Router<App>, PageError> {
    let citizen = site(&dist.join("citizen"))?;
    let router = Router::new().nest_service("/estimate/", citizen);
    let router = router.route(
        "/estimate",
        get(|| async { Redirect::permanent("/estimate/") }),
    );
    if only_citizen {
        return Ok(router.route("/", get(|| async { Redirect::temporary("/estimate/") })));
    }
    Ok(router.fallback_service(site(&dist.join("clerk"))?))
}

/// One page with its files.
fn site(folder: &Path) -> Result<Router, PageError> {
    let index = folder.join("index.html");
    let html = std::fs::read_to_string(&index).map_err(|cause| PageError {
        path: index.clone(),
        cause,
    })?;
    let policy = HeaderValue::from_str(&policy(&html))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let page = ServeFile::new(index)
        .precompressed_br()
        .precompressed_gzip();
    let files = ServeDir::new(folder)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(page);
    Ok(Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn(move |request, next| {
            headers(policy.clone(), request, next)
        })))
}

/// Only our own files, and exactly the scripts that stand in the page.
fn policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| {
            format!(
                " 'sha256-{}'",
                STANDARD.encode(Sha256::digest(script.as_bytes()))
            )
        })
        .collect();
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, body) = rest.split_once('>')?;
        let (script, _) = body.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

/// A missing file is missing, not the page; hashed names never change, others may.
async fn headers(policy: HeaderValue, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let name = path.rsplit('/').next().unwrap_or("");
    let asked_for_file = name.contains('.');
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if asked_for_file && is_page && !name.ends_with(".html") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let cache = if is_hashed(name) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// The bundler puts sixteen hexadecimal digits into the names of files that it hashed.
fn is_hashed(name: &str) -> bool {
    let parts = name.split(['-', '.', '_']);
    parts
        .into_iter()
        .any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_each_inline_script_and_no_other() {
        let html = r#"<script type="module">a()</script><script src="/x.js"></script>"#;
        let digest = STANDARD.encode(Sha256::digest(b"a()"));
        assert!(policy(html).contains(&format!("'wasm-unsafe-eval' 'sha256-{digest}';")));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("kokuho-app-0123456789abcdef_bg.wasm"));
        assert!(!is_hashed("index.html") && !is_hashed("sw.js"));
    }
}
