//! The pages: policy, caching, and what is missing.

use crate::office::{Kind, new_database};
use kokuho_server::clock::Clock;
use kokuho_server::http::{App, router};
use kokuho_server::linkage::running_imports::RunningImports;
use kokuho_server::store::Db;
use reqwest::{Client, StatusCode};
use std::path::PathBuf;

fn built(name: &str) -> PathBuf {
    let dist = std::env::temp_dir().join(format!("kokuho-dist-{}-{name}", std::process::id()));
    for page in ["clerk", "citizen"] {
        std::fs::create_dir_all(dist.join(page)).unwrap();
        let html = format!("<!doctype html><script type=\"module\">{page}()</script>");
        std::fs::write(dist.join(page).join("index.html"), html).unwrap();
        std::fs::write(dist.join(page).join("app-0123456789abcdef.js"), "1").unwrap();
    }
    dist
}

async fn served(name: &str, db: Option<Db>) -> String {
    let app = App {
        db,
        municipality: "27100".into(),
        clock: Clock::default(),
        layouts: None,
        reliefs: Default::default(),
        whatifs: Default::default(),
        jobs: RunningImports::default(),
        keys: crate::office::keys(),
        single_administrator: false,
        environment: Default::default(),
        audit: kokuho_server::audit::Log::nowhere(),
        press: crate::office::press("27100"),
        wake: Default::default(),
        provider: None,
    };
    let router = router(app, Some(&built(name))).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn pages_come_with_a_strict_policy_and_hashed_files_are_kept() {
    let db = Db::create(&new_database(Kind::Sqlite)).await.unwrap();
    db.migrate().await.unwrap();
    let url = served("both", Some(db)).await;
    let get = |path: &str| Client::new().get(format!("{url}{path}")).send();
    for (path, body) in [
        ("/", "clerk()"),
        ("/households/1000", "clerk()"),
        ("/estimate/", "citizen()"),
    ] {
        let answer = get(path).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-")
                && !policy.contains("unsafe-inline")
        );
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert!(answer.text().await.unwrap().contains(body), "{path}");
    }
    let kept = get("/app-0123456789abcdef.js").await.unwrap();
    assert_eq!(
        kept.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    for path in ["/missing.js", "/estimate/missing.wasm", "/api/missing"] {
        assert_eq!(
            get(path).await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_public_only_server_shows_the_citizens_page_only() {
    let url = served("public", None).await;
    let answer = Client::new().get(format!("{url}/")).send().await.unwrap();
    assert!(answer.text().await.unwrap().contains("citizen()"));
    let office = Client::new()
        .get(format!("{url}/households/1000"))
        .send()
        .await
        .unwrap();
    assert_eq!(office.status(), StatusCode::NOT_FOUND);
}
