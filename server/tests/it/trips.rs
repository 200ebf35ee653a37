//! Round trips to PostgreSQL, counted on the way: what a screen costs wherever the database is.

use crate::office::{Kind, Office, new_database};
use reqwest::StatusCode;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// A socket before the one of the cluster, which counts how often an answer is waited for.
struct Counter {
    url: String,
    trips: Arc<AtomicU64>,
}

impl Counter {
    fn before(url: &str) -> Counter {
        let folder = url
            .split("host=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let behind = PathBuf::from(folder).join(".s.PGSQL.5432");
        let own = std::env::temp_dir().join(format!("kokuho-trips-{}", std::process::id()));
        std::fs::create_dir_all(&own).unwrap();
        let listener = UnixListener::bind(own.join(".s.PGSQL.5432")).unwrap();
        let trips = Arc::new(AtomicU64::new(0));
        let counted = trips.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&behind).await.unwrap();
                tokio::spawn(forward(client, server, counted.clone()));
            }
        });
        Counter {
            url: url.replace(folder, &own.display().to_string()),
            trips,
        }
    }
}

/// Hands everything on and counts the messages after which a client waits: Query and Sync.
async fn forward(client: UnixStream, server: UnixStream, trips: Arc<AtomicU64>) {
    let (mut from, mut back) = client.into_split();
    let (mut answers, mut to) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut answers, &mut back).await });
    // The first message has no kind, only its length.
    let mut begun = false;
    loop {
        let mut head = vec![0u8; if begun { 5 } else { 4 }];
        if from.read_exact(&mut head).await.is_err() {
            return;
        }
        let length = &head[head.len() - 4..];
        let length = u32::from_be_bytes(length.try_into().unwrap());
        let mut body = vec![0u8; usize::try_from(length).unwrap() - 4];
        if from.read_exact(&mut body).await.is_err() {
            return;
        }
        if begun && matches!(head[0], b'Q' | b'S') {
            trips.fetch_add(1, Ordering::Relaxed);
        }
        begun = true;
        if to.write_all(&head).await.is_err() || to.write_all(&body).await.is_err() {
            return;
        }
    }
}

/// BEGIN, one statement and COMMIT, and the pool asks whether the connection that it gets back still lives.
/// Who asks is looked up before that, with one statement and the same question.
#[tokio::test]
async fn a_household_is_read_in_at_most_four_round_trips_postgres() {
    let counter = Counter::before(&new_database(Kind::Postgres));
    let office = Office::on_database(&counter.url).await;
    office.with_city().await;
    let id = office.household().await["id"].as_i64().unwrap();
    let path = format!("/api/households/{id}?fiscal_year=2026");
    let mut each = Vec::new();
    for _ in 0..30 {
        let before = counter.trips.load(Ordering::Relaxed);
        assert_eq!(office.get(&path).await.0, StatusCode::OK);
        each.push(counter.trips.load(Ordering::Relaxed) - before);
    }
    // Others write their records meanwhile, now and then: the least is what the look itself takes.
    let least = each.iter().min().unwrap();
    assert!(*least <= 4 + 2, "{each:?}");
}
