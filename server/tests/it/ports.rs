//! The ports: files over HTTP with a token, tried again until they are there once; and the forms of files.

use crate::both;
use crate::city::file_of;
use crate::office::{Office, keys};
use kokuho_partners::http::{Shared, serve};
use kokuho_partners::{Partners, People};
use kokuho_server::clock::Clock;
use kokuho_server::transfer::http_transfer::HttpTransfer;
use kokuho_server::transfer::rounds::FileTransfer;
use kokuho_shared::api::import::FileKind::Residents;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// A folder that nobody else uses.
fn folder(office: &Office, name: &str) -> PathBuf {
    let port = office.url.rsplit(':').next().unwrap();
    let path =
        std::env::temp_dir().join(format!("kokuho-ports-{}-{port}-{name}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    path
}

fn courier(office: &Office, folder: &Path, layouts: Option<PathBuf>) -> FileTransfer {
    FileTransfer {
        db: office.db.clone(),
        folder: folder.to_owned(),
        layouts,
        keys: keys(),
        clock: Clock {
            today: Some("2026-06-10".parse().unwrap()),
        },
        municipality: "27213".into(),
        ports: kokuho_server::rooms::ports(),
    }
}

/// The other office's server over its folder.
async fn server(folder: &Path, listener: TcpListener) -> tokio::task::JoinHandle<()> {
    let shared = Shared {
        folder: folder.to_owned().into(),
        token: "secret".into(),
    };
    tokio::spawn(async move { serve(listener, shared).await.unwrap() })
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

async fn count(office: &Office, state: &str) -> i64 {
    let (_, all) = office.get("/api/interchange").await;
    let counts = all["counts"].as_array().unwrap();
    let of = counts
        .iter()
        .filter(|one| one["kind"] == "federation" && one["state"] == state);
    of.map(|one| one["count"].as_i64().unwrap()).sum()
}

both! {
    async fn files_go_over_http_once_also_when_the_server_was_away_and_answers_come_back(office: Office) {
        office.with_city().await;
        let (own, theirs) = (folder(&office, "own"), folder(&office, "theirs"));
        let courier = courier(&office, &own, None);
        courier.round().await.unwrap();
        let (listener, url) = listener().await;
        let address = listener.local_addr().unwrap();
        drop(listener);
        let carrier = HttpTransfer::new(&own, &url, "secret\n").unwrap();
        // Nobody answers: everything stays where it is.
        assert!(carrier.round().await.is_err());
        assert_eq!(fs::read_dir(own.join("out")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count(), 2);
        let listener = TcpListener::bind(address).await.unwrap();
        let running = server(&theirs, listener).await;
        let stranger = HttpTransfer::new(&own, &url, "wrong").unwrap();
        assert!(stranger.round().await.is_err());
        assert!(!theirs.join("out").exists());
        assert_eq!(carrier.round().await.unwrap(), 2);
        let people = theirs.join("residents.csv");
        fs::write(&people, file_of(Residents)).unwrap();
        let mut partners = Partners::new(&theirs, People::read(&people).unwrap());
        assert_eq!(partners.round().unwrap(), 6);
        assert_eq!(carrier.round().await.unwrap(), 2, "two answers");
        courier.round().await.unwrap();
        assert_eq!(count(&office, "accepted").await, 3);
        // They are told so, and nothing lies there any more.
        assert_eq!(carrier.round().await.unwrap(), 2);
        assert_eq!(carrier.round().await.unwrap(), 0);
        assert_eq!(fs::read_dir(theirs.join("in/done")).unwrap().count(), 2);
        running.abort();
    }
}

both! {
    async fn what_is_refused_is_told_with_its_reason_and_a_corrected_file_of_the_same_name_is_taken_in(office: Office) {
        office.with_city().await;
        let (own, theirs, layouts) = (folder(&office, "own"), folder(&office, "theirs"), folder(&office, "layouts"));
        let xml = "file = \"資格重複状況結果一覧\"\nformat = \"xml\"\n[columns]\nlist_on = \"作成年月日\"\nresident_number = \"宛名番号\"\n\
            birth_date = \"生年月日\"\nother_insurer = \"他保険者名\"\nother_acquired_on = \"他保険資格取得年月日\"\n";
        fs::write(layouts.join("duplicates.toml"), xml).unwrap();
        let courier = courier(&office, &own, Some(layouts));
        let (listener, url) = listener().await;
        let running = server(&theirs, listener).await;
        let carrier = HttpTransfer::new(&own, &url, "secret").unwrap();
        let list = |birth: &str| format!("<?xml version=\"1.0\"?><file><row><column name=\"作成年月日\">2026-06-09</column>\
            <column name=\"宛名番号\">1000000002</column><column name=\"生年月日\">{birth}</column>\
            <column name=\"他保険者名\">健保組合 &amp; 共済</column><column name=\"他保険資格取得年月日\">2026-04-01</column></row>\
            <control count=\"1\" total=\"1\"/></file>");
        fs::create_dir_all(theirs.join("in")).unwrap();
        let lying = theirs.join("in/duplicates_202606.xml");
        for (birth, state) in [("1985-04-03", "rejected"), ("1985-04-02", "done")] {
            fs::write(&lying, list(birth)).unwrap();
            carrier.round().await.unwrap();
            courier.round().await.unwrap();
            carrier.round().await.unwrap();
            assert!(theirs.join("in").join(state).join("duplicates_202606.xml").exists(), "{state}");
            assert!(!lying.exists());
        }
        let reason = fs::read_to_string(theirs.join("in/rejected/duplicates_202606.xml.reason.txt")).unwrap();
        assert!(reason.starts_with("2行目") && reason.contains("生年月日が違います"), "{reason}");
        let (_, cases): (_, Value) = office.get("/api/duplicates").await;
        assert_eq!(cases[0]["other_insurer"], json!("健保組合 & 共済"));
        running.abort();
    }
}

both! {
    async fn what_leaves_has_the_form_of_the_citys_own_layout(office: Office) {
        office.with_city().await;
        let (own, layouts) = (folder(&office, "own"), folder(&office, "layouts"));
        let fields = ["serial", "resident_number", "acquired_on", "lost_on", "cancelled"];
        let columns: String = fields.iter().map(|field| format!("{field} = \"{field}\"\n")).collect();
        let fixed = fields.map(|field| format!("{{ field = \"{field}\", width = 15 }}")).join(",");
        fs::write(layouts.join("resident_mark.toml"), format!("file = \"記載\"\nformat = \"fixed\"\ncharset = \"utf8\"\nfixed = [{fixed}]\n[columns]\n{columns}")).unwrap();
        // A layout that forgets a column is refused, and nothing of its kind leaves.
        let incomplete = layouts.join("federation.toml");
        fs::write(&incomplete, "file = \"異動\"\nformat = \"json\"\n[columns]\nserial = \"通番\"\n").unwrap();
        assert!(courier(&office, &own, Some(layouts.clone())).round().await.is_err());
        let left: Vec<_> = fs::read_dir(own.join("out")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(left.len() == 1 && left[0].starts_with("resident_mark_"), "{left:?}");
        fs::remove_file(incomplete).unwrap();
        courier(&office, &own, Some(layouts)).round().await.unwrap();
        let names: Vec<_> = fs::read_dir(own.join("out")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let name = names.iter().find(|name| name.starts_with("resident_mark_") && name.ends_with(".txt")).unwrap();
        let text = fs::read_to_string(own.join("out").join(name)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[..3].iter().all(|line| line.len() == 75 && line[15..].starts_with("100000000") && line.contains("2020-04-01")), "{text}");
        assert_eq!(lines[3], "#合計,3,3");
    }
}

/// An office whose answers do not say how long they are: a list, one file that never ends, and one that does.
async fn endless(listener: TcpListener) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let read = stream.read(&mut request).await.unwrap();
        let path = String::from_utf8_lossy(&request[..read]).into_owned();
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        if path.starts_with("GET /in ") {
            let list = format!(
                "[{{\"name\":\"a.csv\",\"sha256\":\"0\"}},{{\"name\":\"b.csv\",\"sha256\":\"{B}\"}}]"
            );
            stream.write_all(chunk(&list).as_bytes()).await.unwrap();
        } else if path.starts_with("GET /in/b.csv ") {
            stream.write_all(chunk("b").as_bytes()).await.unwrap();
        } else {
            // Until nobody listens any more.
            while stream
                .write_all(chunk(&"a".repeat(65_536)).as_bytes())
                .await
                .is_ok()
            {}
            continue;
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
    }
}

/// SHA-256 of `b`.
const B: &str = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

#[tokio::test]
async fn an_answer_without_a_length_has_a_limit_all_the_same_and_stops_no_other_file() {
    let own = std::env::temp_dir().join(format!("kokuho-endless-{}", std::process::id()));
    let (listener, url) = listener().await;
    let running = tokio::spawn(endless(listener));
    let carrier = HttpTransfer::new(&own, &url, "secret")
        .unwrap()
        .at_most(1 << 20);
    let refused = carrier.round().await.unwrap_err();
    assert!(
        refused.to_string().contains("a.csv が大きすぎます"),
        "{refused}"
    );
    assert_eq!(fs::read(own.join("in/b.csv")).unwrap(), b"b");
    let names: Vec<String> = fs::read_dir(own.join("in"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        !names.iter().any(|name| name.contains("a.csv")),
        "{names:?}"
    );
    running.abort();
    fs::remove_dir_all(&own).unwrap();
}
