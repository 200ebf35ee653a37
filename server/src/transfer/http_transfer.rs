//! HTTP による受渡し: files of the exchange folder go to another office's server and its files come
//! here. The folder stays what it is, the outbox and the inbox: a server that does not answer loses
//! nothing, it is tried again later and later.
//!
//! `PUT {base}/out/{name}` gives a file; `GET {base}/in` lists what lies there, `GET
//! {base}/in/{name}` takes it, and `POST {base}/in/{name}/receipt` says how it ended here.

use super::disk;
use super::spool::LARGEST;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::exchange::layout::Format;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How often the other server is asked while all is well, and at most after failures.
const EVERY: Duration = Duration::from_secs(2);
const MOST: Duration = Duration::from_secs(300);
/// A server that takes longer has not answered.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest file list or answer that is read.
const MOST_LISTED: usize = 8 * 1024 * 1024;

#[derive(Clone)]
pub struct HttpTransfer {
    folder: PathBuf,
    base: String,
    token: String,
    client: Client,
    clock: Clock,
    /// The largest file that is fetched, in bytes.
    most: u64,
}

/// A file that lies at the other server.
#[derive(Deserialize, Serialize)]
struct Lying {
    name: String,
    sha256: String,
}

/// 受領の返信.
#[derive(Serialize)]
struct Acknowledgement<'a> {
    sha256: &'a str,
    /// `done` or `rejected`.
    state: &'a str,
    reason: String,
}

impl HttpTransfer {
    /// Between a folder and the server at `base`; the token goes with every request.
    pub fn new(folder: &Path, base: &str, token: &str) -> Result<HttpTransfer, ServiceError> {
        let client = Client::builder().timeout(PATIENCE).build();
        Ok(HttpTransfer {
            folder: folder.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
            token: token.trim().to_owned(),
            client: client.map_err(failed)?,
            clock: Clock::default(),
            most: LARGEST,
        })
    }

    /// The same for files of at most so many bytes.
    pub fn at_most(self, most: u64) -> HttpTransfer {
        HttpTransfer { most, ..self }
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
        // While it does not answer, nothing is tried file by file.
        self.lying().await?;
        let all = [
            self.give().await,
            self.take().await,
            self.acknowledge().await,
        ];
        all.into_iter().sum()
    }

    fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.base);
        self.client.request(method, url).bearer_auth(&self.token)
    }

    /// Gives what lies in `out/`. Given twice, because the answer got lost, it is the same file
    /// under the same name.
    async fn give(&self) -> Result<usize, ServiceError> {
        let names = names(&self.folder.join("out")).await?;
        let mut failures = Failures::default();
        for name in &names {
            failures.on_change(self.give_one(name).await);
        }
        failures.end(names.len())
    }

    async fn give_one(&self, name: &str) -> Result<(), ServiceError> {
        let path = self.folder.join("out").join(name);
        let bytes = tokio::fs::read(&path).await.map_err(io)?;
        let sha256 = digest(&bytes);
        let request = self.request(reqwest::Method::PUT, &format!("out/{name}"));
        let request = request.header("x-sha256", &sha256).body(bytes);
        accepted(request.send().await.map_err(failed)?.status())?;
        let folder = self.folder.join("out/sent");
        let sent = disk::kept_as(&folder, name, &sha256, self.clock);
        disk::shift(&path, &sent).await
    }

    /// Takes what lies at the other server, whole and as its hash says.
    async fn take(&self) -> Result<usize, ServiceError> {
        let lying = self.lying().await?;
        let (mut taken, mut failures) = (0, Failures::default());
        for file in lying.iter().filter(|file| usable(&file.name)) {
            let (own, None) = self.here(file).await? else {
                continue;
            };
            failures.on_change(self.fetch(file, &own).await);
            taken += 1;
        }
        failures.end(taken)
    }

    /// What lies at the other server.
    async fn lying(&self) -> Result<Vec<Lying>, ServiceError> {
        let answer = self.request(reqwest::Method::GET, "in").send().await;
        let mut answer = answer.map_err(failed)?;
        accepted(answer.status())?;
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > MOST_LISTED {
                let text = "連携先の一覧が大きすぎます";
                return Err(ServiceError::Internal(text.into()));
            }
        }
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Brings one file here, piece by piece; however the answer is sent, it has a limit.
    async fn fetch(&self, file: &Lying, own: &str) -> Result<(), ServiceError> {
        let path = format!("in/{}", file.name);
        let answer = self.request(reqwest::Method::GET, &path).send().await;
        let mut answer = answer.map_err(failed)?;
        accepted(answer.status())?;
        let inbox = self.folder.join("in");
        let draft = inbox.join(format!(".{own}"));
        let mut out = tokio::fs::File::create(&draft).await.map_err(io)?;
        let (mut hash, mut size) = (Sha256::new(), 0u64);
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            size += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if size > self.most {
                drop(out);
                tokio::fs::remove_file(&draft).await.map_err(io)?;
                let text = format!("連携先のファイル {} が大きすぎます", file.name);
                return Err(ServiceError::Internal(text));
            }
            hash.update(&piece);
            out.write_all(&piece).await.map_err(io)?;
        }
        out.flush().await.map_err(io)?;
        drop(out);
        if crate::access::hex(&hash.finalize()) != file.sha256 {
            let text = format!("{} は途中で変わっています。もう一度受け取ります", file.name);
            return Err(ServiceError::Internal(text));
        }
        disk::finish(&draft, &inbox.join(own)).await
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
            match self.folder_of(&name).await? {
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

    async fn folder_of(&self, name: &str) -> Result<Option<(&'static str, String)>, ServiceError> {
        for place in ["in", "in/done", "in/rejected"] {
            let path = self.folder.join(place).join(name);
            if path.exists() {
                return Ok(Some((place, disk::hash_of(&path).await?)));
            }
        }
        Ok(None)
    }

    /// Says of everything that still lies at the other server how it ended here.
    async fn acknowledge(&self) -> Result<usize, ServiceError> {
        let lying = self.lying().await?;
        let (mut told, mut failures) = (0, Failures::default());
        for file in lying.iter().filter(|file| usable(&file.name)) {
            let (own, place) = self.here(file).await?;
            let state = match place {
                Some("in/done") => "done",
                Some("in/rejected") => "rejected",
                _ => continue,
            };
            let reason = self.folder.join(format!("in/rejected/{own}.reason.txt"));
            let receipt = Acknowledgement {
                sha256: &file.sha256,
                state,
                reason: tokio::fs::read_to_string(reason).await.unwrap_or_default(),
            };
            let path = format!("in/{}/receipt", file.name);
            let request = self.request(reqwest::Method::POST, &path).json(&receipt);
            let answer = request.send().await.map_err(failed);
            failures.on_change(answer.and_then(|answer| accepted(answer.status())));
            told += 1;
        }
        failures.end(told)
    }
}

/// The first failure of single files: none stops another.
#[derive(Default)]
struct Failures {
    first: Option<ServiceError>,
}

impl Failures {
    fn on_change(&mut self, result: Result<(), ServiceError>) {
        if let Err(why) = result {
            self.first.get_or_insert(why);
        }
    }

    fn end(self, done: usize) -> Result<usize, ServiceError> {
        match self.first {
            Some(why) => Err(why),
            None => Ok(done),
        }
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
