//! Calls to the server. Whatever goes wrong becomes a [`Problem`] that a person can read.

use crate::dom;
use gloo_net::http::{Request, RequestBuilder, Response};
use kokuho_shared::api::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failed {
    /// Not signed in (any more), or the password is wrong.
    SignedOut(Problem),
    /// The facts moved meanwhile, or the server calculates another amount.
    Conflict(Problem),
    Refused(Problem),
}

impl Failed {
    pub fn problem(&self) -> &Problem {
        match self {
            Failed::SignedOut(problem) | Failed::Conflict(problem) | Failed::Refused(problem) => {
                problem
            }
        }
    }
}

pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failed> {
    read(own(Request::get(path)).send().await).await
}

/// Does something once: the same again, before the server has answered or after its answer was lost, is the same act.
pub async fn post<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<T, Failed> {
    refuse_unsure(path)?;
    let act = Act::of(path, &serde_json::to_string(body).unwrap_or_default());
    let request = own(Request::post(path)).header(KEY, &act.key);
    let sent = request.json(body).map_err(broken)?.send().await;
    act.answered(sent.is_ok());
    read(sent).await
}

pub async fn put<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<T, Failed> {
    refuse_unsure(path)?;
    send(Request::put(path), body).await
}

/// Does something; the answer has no content.
pub async fn post_only(path: &str) -> Result<(), Failed> {
    refuse_unsure(path)?;
    let act = Act::of(path, "");
    let sent = own(Request::post(path)).header(KEY, &act.key).send().await;
    act.answered(sent.is_ok());
    succeeded(sent).await.map(|_| ())
}

/// The same with a body, in the place of what was there.
pub async fn put_only<B: Serialize>(path: &str, body: &B) -> Result<(), Failed> {
    refuse_unsure(path)?;
    let request = own(Request::put(path)).json(body).map_err(broken)?;
    succeeded(request.send().await).await.map(|_| ())
}

/// Uploads a file as it is.
pub async fn upload<T: DeserializeOwned>(path: &str, file: &web_sys::File) -> Result<T, Failed> {
    refuse_unsure(path)?;
    let request = own(Request::post(path)).body(file.clone());
    read(request.map_err(broken)?.send().await).await
}

/// Ends something; the answer has no content.
pub async fn delete(path: &str) -> Result<(), Failed> {
    refuse_unsure(path)?;
    succeeded(own(Request::delete(path)).send().await)
        .await
        .map(|_| ())
}

/// What may be sent from the page of a household that was opened by a scanned symbol alone: it looks, or concerns the
/// one who is signed in.
const LOOKS: [&str; 4] = [
    "/api/persons/search",
    "/api/session",
    "/api/audit/saved",
    "/api/queue/claims",
];

thread_local! {
    static UNSURE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the household on the screen was opened without a second key.
pub fn set_unsure(unsure: bool) {
    UNSURE.set(unsure);
}

/// Nothing of a household is changed before a second key says whose it is.
fn refuse_unsure(path: &str) -> Result<(), Failed> {
    if !UNSURE.get() || LOOKS.iter().any(|look| path.starts_with(look)) {
        return Ok(());
    }
    let message =
        "読み取りだけで開いた世帯です。先に、上の欄で本人の氏名か生年月日を確かめてください";
    Err(Failed::Refused(Problem::new(message)))
}

/// The header by which the server knows an act again.
const KEY: &str = "Idempotency-Key";

thread_local! {
    /// Keys of acts that no answer of the server has ended.
    static OPEN: RefCell<HashMap<String, String>> = RefCell::default();
}

/// 一度の操作: what somebody asked for, and the key by which it is known again.
struct Act {
    asked: String,
    key: String,
}

impl Act {
    fn of(path: &str, body: &str) -> Act {
        let asked = format!("{path} {body}");
        let key = OPEN.with_borrow_mut(|open| {
            let known = open.entry(asked.clone());
            known.or_insert_with(dom::random_id).clone()
        });
        Act { asked, key }
    }

    /// An answer, whatever it says, ends the act; the next of the same kind is another one.
    fn answered(&self, answered: bool) {
        if answered {
            OPEN.with_borrow_mut(|open| open.remove(&self.asked));
        }
    }
}

/// A name or number inside an address.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Another site's page cannot set this header.
fn own(request: RequestBuilder) -> RequestBuilder {
    request.header("x-kokuho", "1")
}

async fn send<B: Serialize, T: DeserializeOwned>(
    request: RequestBuilder,
    body: &B,
) -> Result<T, Failed> {
    read(own(request).json(body).map_err(broken)?.send().await).await
}

async fn read<T: DeserializeOwned>(sent: Result<Response, gloo_net::Error>) -> Result<T, Failed> {
    let response = succeeded(sent).await?;
    response.json().await.map_err(|_| {
        let message = "サーバの答えを読めません。画面を読み直してください（画面とサーバの版が違うことがあります）";
        Failed::Refused(Problem::new(message))
    })
}

async fn succeeded(sent: Result<Response, gloo_net::Error>) -> Result<Response, Failed> {
    let response = sent.map_err(broken)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let unspoken = Problem::new(format!("サーバが {status} を返しました"));
    let problem = response.json().await.unwrap_or(unspoken);
    Err(match status {
        401 => Failed::SignedOut(problem),
        409 => Failed::Conflict(problem),
        _ => Failed::Refused(problem),
    })
}

fn broken(_: gloo_net::Error) -> Failed {
    let message = "サーバにつながりません。入力はそのまま残っています。もう一度試してください";
    Failed::Refused(Problem::new(message))
}
