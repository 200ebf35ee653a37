//! HTTP による受渡し: files of the exchange folder go to another office's server and its files come
//! here. The folder stays what it is, the outbox and the inbox: a server that does not answer loses
//! nothing, it is tried again later and later.
//!
//! `PUT {base}/out/{name}` gives a file; `GET {base}/in` lists what lies there, `GET
//! {base}/in/{name}` takes it, and `POST {base}/in/{name}/receipt` says how it ended here.

use crate::error::ServiceError;
use crate::exchange::layout::Format;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the other server is asked while all is well, and at most after failures.
const EVERY: Duration = Duration::from_secs(2);
const MOST: Duration = Duration::from_secs(300);
/// A server that takes longer has not answered.
const PATIENCE: Duration = Duration::from_secs(30);
/// A larger file is nobody's.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Clone)]
pub struct Carrier {
    folder: PathBuf,
    base: String,
    token: String,
    client: Client,
}

/// A file that lies at the other server.
#[derive(Deserialize, Serialize)]
struct Lying {
    name: String,
    sha256: String,
}

/// 受領の返信.
#[derive(Serialize)]
struct Receipt<'a> {
    sha256: &'a str,
    /// `done` or `rejected`.
    state: &'a str,
    reason: String,
}

impl Carrier {
    /// Between a folder and the server at `base`; the token goes with every request.
    pub fn new(folder: &Path, base: &str, token: &str) -> Result<Carrier, ServiceError> {
        let client = Client::builder().timeout(PATIENCE).build();
        Ok(Carrier {
            folder: folder.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
            token: token.trim().to_owned(),
            client: client.map_err(failed)?,
        })
    }

    /// Works until it is dropped.
    pub async fn run(self) {
        let mut wait = EVERY;
        loop {
            wait = match self.round().await {
                Ok(_) => EVERY,
                Err(error) => {
                    tracing::warn!(%error, "carrier");
                    (wait * 2).min(MOST)
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Everything that is to be carried now; returns how many files were.
    pub async fn round(&self) -> Result<usize, ServiceError> {
        for folder in ["out/sent", "in/done", "in/rejected"] {
            let path = self.folder.join(folder);
            tokio::fs::create_dir_all(path).await.map_err(io)?;
        }
        Ok(self.give().await? + self.take().await? + self.acknowledge().await?)
    }

    fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.base);
        self.client.request(method, url).bearer_auth(&self.token)
    }

    /// Gives what lies in `out/`. Given twice, because the answer got lost, it is the same file
    /// under the same name.
    async fn give(&self) -> Result<usize, ServiceError> {
        let names = names(&self.folder.join("out")).await?;
        for name in &names {
            let path = self.folder.join("out").join(name);
            let bytes = tokio::fs::read(&path).await.map_err(io)?;
            let request = self.request(reqwest::Method::PUT, &format!("out/{name}"));
            let request = request.header("x-sha256", digest(&bytes)).body(bytes);
            accepted(request.send().await.map_err(failed)?.status())?;
            let sent = self.folder.join("out/sent").join(name);
            tokio::fs::rename(path, sent).await.map_err(io)?;
        }
        Ok(names.len())
    }

    /// Takes what lies at the other server, whole and as its hash says.
    async fn take(&self) -> Result<usize, ServiceError> {
        let answer = self.request(reqwest::Method::GET, "in").send().await;
        let answer = answer.map_err(failed)?;
        accepted(answer.status())?;
        let lying: Vec<Lying> = answer.json().await.map_err(failed)?;
        let mut taken = 0;
        for file in lying.iter().filter(|file| usable(&file.name)) {
            let (own, None) = self.here(file).await? else {
                continue;
            };
            let path = format!("in/{}", file.name);
            let answer = self.request(reqwest::Method::GET, &path).send().await;
            let answer = answer.map_err(failed)?;
            accepted(answer.status())?;
            if answer
                .content_length()
                .is_some_and(|size| size > MOST_BYTES)
            {
                return Err(ServiceError::Internal(
                    "連携先のファイルが大きすぎます".into(),
                ));
            }
            let bytes = answer.bytes().await.map_err(failed)?;
            if digest(&bytes) != file.sha256 {
                let text = format!("{} は途中で変わっています。もう一度受け取ります", file.name);
                return Err(ServiceError::Internal(text));
            }
            let inbox = self.folder.join("in");
            let draft = inbox.join(format!(".{own}"));
            tokio::fs::write(&draft, &bytes).await.map_err(io)?;
            tokio::fs::rename(draft, inbox.join(&own))
                .await
                .map_err(io)?;
            taken += 1;
        }
        Ok(taken)
    }

    /// Under which name a file lies here, and where if it came before. A name that was used for
    /// another content gets a part of the new one's hash.
    async fn here(&self, file: &Lying) -> Result<(String, Option<&'static str>), ServiceError> {
        let other = |name: &str| {
            let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
            let part = file.sha256.get(..8).unwrap_or_default();
            format!("{stem}-{part}.{ending}")
        };
        for name in [file.name.clone(), other(&file.name)] {
            match self.place_of(&name).await? {
                None => return Ok((name, None)),
                Some((place, sha256)) if sha256 == file.sha256 => return Ok((name, Some(place))),
                Some(_) => {}
            }
        }
        Err(ServiceError::Internal(format!(
            "{} を置けません",
            file.name
        )))
    }

    async fn place_of(&self, name: &str) -> Result<Option<(&'static str, String)>, ServiceError> {
        for place in ["in", "in/done", "in/rejected"] {
            let path = self.folder.join(place).join(name);
            match tokio::fs::read(path).await {
                Ok(bytes) => return Ok(Some((place, digest(&bytes)))),
                Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
                Err(why) => return Err(io(why)),
            }
        }
        Ok(None)
    }

    /// Says of everything that still lies at the other server how it ended here.
    async fn acknowledge(&self) -> Result<usize, ServiceError> {
        let answer = self.request(reqwest::Method::GET, "in").send().await;
        let lying: Vec<Lying> = answer.map_err(failed)?.json().await.map_err(failed)?;
        let mut told = 0;
        for file in lying.iter().filter(|file| usable(&file.name)) {
            let (own, place) = self.here(file).await?;
            let state = match place {
                Some("in/done") => "done",
                Some("in/rejected") => "rejected",
                _ => continue,
            };
            let reason = self.folder.join(format!("in/rejected/{own}.reason.txt"));
            let receipt = Receipt {
                sha256: &file.sha256,
                state,
                reason: tokio::fs::read_to_string(reason).await.unwrap_or_default(),
            };
            let path = format!("in/{}/receipt", file.name);
            let request = self.request(reqwest::Method::POST, &path).json(&receipt);
            accepted(request.send().await.map_err(failed)?.status())?;
            told += 1;
        }
        Ok(told)
    }
}

fn digest(bytes: &[u8]) -> String {
    crate::access::hex(&Sha256::digest(bytes))
}

/// A name that is only a name: no way out of the folder.
fn usable(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let ending = name.rsplit('.').next().unwrap_or_default();
    plain && !name.starts_with('.') && name.len() <= 120 && Format::ENDINGS.contains(&ending)
}

/// Files of a folder that are whole, in the order of their names.
async fn names(folder: &Path) -> Result<Vec<String>, ServiceError> {
    let mut names = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await.map_err(io)?;
    while let Some(entry) = entries.next_entry().await.map_err(io)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        if usable(&name) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn accepted(status: StatusCode) -> Result<(), ServiceError> {
    if status.is_success() {
        return Ok(());
    }
    let text = format!("連携先が {} と答えました", status.as_u16());
    Err(ServiceError::Internal(text))
}

/// An error of the connection without the address, which may name somebody's office.
fn failed(why: reqwest::Error) -> ServiceError {
    ServiceError::Internal(format!("連携先: {}", why.without_url()))
}

fn io(why: std::io::Error) -> ServiceError {
    ServiceError::Internal(format!("連携フォルダ: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_with_a_known_ending_are_carried() {
        for name in ["inquiries_1_2.csv", "answer.json", "a.b.txt", "x.xml"] {
            assert!(usable(name), "{name}");
        }
        for name in [
            "../x.csv",
            ".x.csv",
            "x.csv.reason",
            "a/b.csv",
            "x",
            "答.csv",
            "x.exe",
        ] {
            assert!(!usable(name), "{name}");
        }
    }
}
