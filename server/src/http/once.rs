//! 一度だけの操作: a request with a key of its own (`Idempotency-Key`) is done once; the same one again gets the first
//! one's answer.

use super::app::App;
use super::failure::Failure;
use crate::access::user::User;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::Db;
use crate::store::once::{self, Act, ActKey, KeptAnswer, Known};
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kokuho_shared::api::Problem;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

pub const HEADER: &str = "idempotency-key";

/// Another server may be about to keep its answer: so often it is looked for.
const LOOKS: u32 = 50;
const LOOK: Duration = Duration::from_millis(100);
/// A second that began longer ago is not waited for: its server died before it could answer.
const BEGUN_SECONDS: i64 = 600;

/// Acts that go on in this process, by login and key: the second waits for the first.
#[derive(Clone, Default)]
pub struct GoingOn(Arc<Mutex<Turns>>);

type Turn = tokio::sync::Mutex<()>;
type Turns = HashMap<(String, String), Weak<Turn>>;

impl GoingOn {
    fn turn(&self, key: &ActKey) -> Arc<Turn> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, turn| turn.strong_count() > 0);
        let place = (key.login.clone(), key.key.clone());
        if let Some(turn) = all.get(&place).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Turn::default());
        all.insert(place, Arc::downgrade(&turn));
        turn
    }
}

/// How the body of a route is bound to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// By its hash, before the handler sees it.
    Here,
    /// The same; what is answered is a secret, told once and kept nowhere.
    Secret,
    /// It is too long to be held: the handler binds it ([`once::bind`]) before it writes.
    ByHandler,
}

/// Does a request that has a key once.
pub async fn once(
    State((app, bound, going_on)): State<(App, Bound, GoingOn)>,
    request: Request,
    next: Next,
) -> Response {
    let done = match key_of(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(key)) => with_key(&app, bound, &going_on, key, request, next).await,
        Err(why) => Err(why),
    };
    done.unwrap_or_else(|why| Failure(why).into_response())
}

fn key_of(headers: &HeaderMap) -> Result<Option<String>, ServiceError> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let key = value.to_str().ok().filter(|text| is_uuid(text));
    let key = key.ok_or_else(|| ServiceError::invalid("Idempotency-Key は UUID にしてください"))?;
    Ok(Some(key.to_ascii_lowercase()))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12]) && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

async fn with_key(
    app: &App,
    bound: Bound,
    going_on: &GoingOn,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, ServiceError> {
    let db = app.db()?;
    let user = request.extensions().get::<User>();
    let login = user.ok_or(ServiceError::NotSignedIn)?.login.clone();
    let listed = request.extensions().get::<MatchedPath>();
    let route = listed.map_or("", MatchedPath::as_str);
    let route = format!("{} {route}", request.method());
    let mut hash = Sha256::new();
    hash.update(request.uri().to_string());
    let request = match bound {
        Bound::ByHandler => request,
        Bound::Here | Bound::Secret => {
            let (parts, body) = request.into_parts();
            let body = read(body).await?;
            hash.update([0]);
            hash.update(&body);
            Request::from_parts(parts, Body::from(body))
        }
    };
    let asked = ActKey {
        login,
        key,
        route,
        request_sha256: format!("{:x}", hash.finalize()),
    };
    let turn = going_on.turn(&asked);
    let _own = turn.lock().await;
    if bound != Bound::ByHandler
        && let Some(answer) = answered(db, &asked).await?
    {
        return Ok(answer);
    }
    let act = Act::new(asked);
    let response = act.clone().scope(next.run(request)).await;
    let asked = act.key();
    if act.is_taken() {
        let answer = answered(db, &asked).await?;
        return answer.ok_or_else(|| conflict(UNCLEAR));
    }
    match (act.is_committed(), bound) {
        (false, _) => Ok(response),
        (true, Bound::Secret) => {
            keep(db, &asked, &untold()).await;
            Ok(response)
        }
        (true, _) => kept(db, &asked, response).await,
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, ServiceError> {
    let read = to_bytes(body, super::LARGEST_REQUEST).await;
    read.map_err(|_| ServiceError::invalid("内容が大きすぎるか、最後まで届きませんでした"))
}

const UNCLEAR: &str = "同じ操作はすでに行われていますが、その結果をお返しできません。画面を読み直して、結果を確かめてください";

fn conflict(text: &str) -> ServiceError {
    ServiceError::Conflict(Problem::new(text))
}

/// What the same request was answered before, where it was done before.
async fn answered(db: &Db, asked: &ActKey) -> Result<Option<Response>, ServiceError> {
    for _ in 0..LOOKS {
        match once::known(db, asked).await? {
            Known::No => return Ok(None),
            Known::Answered(kept) => return Ok(Some(again(kept))),
            Known::Other => {
                let text = "この Idempotency-Key は、別の内容の操作に使われています。新しいキーで送ってください";
                return Err(ServiceError::invalid(text));
            }
            Known::Unanswered(begun) => {
                let now = Clock::default().now();
                if begun.0 + BEGUN_SECONDS * 1_000_000 < now.0 {
                    break;
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(conflict(UNCLEAR))
}

fn again(kept: KeptAnswer) -> Response {
    let status = u16::try_from(kept.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::OK);
    let headers = [(header::CONTENT_TYPE, kept.content_type)];
    (status, headers, kept.answer).into_response()
}

/// Keeps an answer of text. What a failure of the server says is no answer.
async fn kept(db: &Db, asked: &ActKey, response: Response) -> Result<Response, ServiceError> {
    if response.status().is_server_error() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await;
    let body = whole.map_err(|_| ServiceError::Internal("an answer that ended early".into()))?;
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    if let Ok(answer) = std::str::from_utf8(&body) {
        let answer = KeptAnswer {
            status: i64::from(parts.status.as_u16()),
            content_type: content_type.unwrap_or_default().to_owned(),
            answer: answer.to_owned(),
        };
        keep(db, asked, &answer).await;
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// The act is done: that its answer cannot be kept is no reason to tell it otherwise.
async fn keep(db: &Db, asked: &ActKey, answer: &KeptAnswer) {
    if let Err(why) = once::keep(db, asked, answer).await {
        tracing::error!(kind = %kind(&why), "the answer to an act was not kept");
    }
}

/// What whoever asks again is told in the place of a secret.
fn untold() -> KeptAnswer {
    KeptAnswer {
        status: i64::from(StatusCode::CONFLICT.as_u16()),
        content_type: "application/json".into(),
        answer: serde_json::json!(Problem::new(UNCLEAR)).to_string(),
    }
}

fn kind(why: &ServiceError) -> String {
    match why {
        ServiceError::Database(cause) | ServiceError::Constraint(cause) => {
            crate::error::database_kind(cause)
        }
        _ => "busy".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid_of_any_case() {
        assert!(is_uuid("6F9619FF-8B86-d011-b42d-00c04fc964ff"));
        for other in [
            "",
            "6f9619ff8b86d011b42d00c04fc964ff",
            "6f9619ff-8b86-d011-b42d-00c04fc964f",
            "6f9619ff-8b86-d011-b42d-00c04fc964fg",
            "6f9619ff-8b86-d011-b42d-00c04fc964ff-",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }
}
