//! The same folder over HTTP: the office gives its files and takes the answers with a token.

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// What the office and the parties agree on.
#[derive(Clone)]
pub struct Shared {
    pub folder: Arc<PathBuf>,
    pub token: Arc<str>,
}

#[derive(Serialize)]
struct Lying {
    name: String,
    sha256: String,
}

#[derive(Deserialize)]
pub struct Receipt {
    pub sha256: String,
    pub state: String,
    pub reason: String,
}

/// Serves until the listener ends.
pub async fn serve(listener: tokio::net::TcpListener, shared: Shared) -> Result<()> {
    let router = Router::new()
        .route("/out/{name}", put(given))
        .route("/in", get(lying))
        .route("/in/{name}", get(taken))
        .route("/in/{name}/receipt", post(received))
        .with_state(shared);
    axum::serve(listener, router).await?;
    Ok(())
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Shared {
    fn allowed(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        match token == Some(&format!("Bearer {}", self.token)) {
            true => Ok(()),
            false => Err(StatusCode::UNAUTHORIZED),
        }
    }
}

fn wrong<E>(_: E) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn given(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<StatusCode, StatusCode> {
    shared.allowed(&headers)?;
    let told = headers
        .get("x-sha256")
        .and_then(|value| value.to_str().ok());
    if told != Some(&digest(&bytes)) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let out = shared.folder.join("out");
    fs::create_dir_all(&out).map_err(wrong)?;
    // The same file again, because the first answer got lost.
    if !out.join("done").join(&name).exists() {
        let draft = out.join(format!(".{name}"));
        fs::write(&draft, &bytes).map_err(wrong)?;
        fs::rename(draft, out.join(&name)).map_err(wrong)?;
    }
    Ok(StatusCode::CREATED)
}

async fn lying(
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Vec<Lying>>, StatusCode> {
    shared.allowed(&headers)?;
    let inbox = shared.folder.join("in");
    fs::create_dir_all(&inbox).map_err(wrong)?;
    let mut all = Vec::new();
    for entry in fs::read_dir(inbox).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if let Some(name) = name.filter(|name| path.is_file() && !name.starts_with('.')) {
            let sha256 = digest(&fs::read(&path).map_err(wrong)?);
            all.push(Lying { name, sha256 });
        }
    }
    Ok(Json(all))
}

async fn taken(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Vec<u8>, StatusCode> {
    shared.allowed(&headers)?;
    fs::read(shared.folder.join("in").join(name)).map_err(|_| StatusCode::NOT_FOUND)
}

/// What the office has settled no longer lies there; how it ended stays with it.
async fn received(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(receipt): Json<Receipt>,
) -> Result<StatusCode, StatusCode> {
    shared.allowed(&headers)?;
    let path = shared.folder.join("in").join(&name);
    let bytes = fs::read(&path).map_err(|_| StatusCode::NOT_FOUND)?;
    if digest(&bytes) != receipt.sha256 {
        return Err(StatusCode::CONFLICT);
    }
    let ended = shared.folder.join("in").join(&receipt.state);
    fs::create_dir_all(&ended).map_err(wrong)?;
    fs::rename(path, ended.join(&name)).map_err(wrong)?;
    if !receipt.reason.is_empty() {
        fs::write(ended.join(format!("{name}.reason.txt")), receipt.reason).map_err(wrong)?;
    }
    Ok(StatusCode::OK)
}
