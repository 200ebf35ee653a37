//! Files that poison: each is refused or put aside with its reason, shown, and stops no other; nothing
//! is written over.

use crate::both;
use crate::city::{self, file_of};
use crate::linkage::Exchange;
use crate::office::{Kind, Office};
use kokuho_server::linkage::running_imports::RunningImports;
use kokuho_shared::api::import::FileKind::{self, Incomes, Residents};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::fs;

fn put(exchange: &Exchange, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = exchange.folder.join("in");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

async fn troubles(office: &Office) -> Value {
    let (status, all) = office.get("/api/files").await;
    assert_eq!(status, StatusCode::OK, "{all}");
    all
}

const LIST: &str = "作成年月日,宛名番号,生年月日,他保険者名,他保険資格取得年月日\r\n\
    2026-06-09,1000000002,1985-04-02,健保組合,2026-04-01\r\n#合計,1,1\r\n";

/// Residents of a second family, which the test city does not have yet.
fn others() -> String {
    file_of(Residents)
        .replace("100000000", "100000001")
        .replace("2000000001", "2000000009")
}

async fn known(office: &Office) -> i64 {
    const SQL: &str = "SELECT COUNT(*) FROM person_fact WHERE superseded_at IS NULL";
    kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await.unwrap())
}

both! {
    async fn what_a_field_cannot_be_is_refused_with_its_line_and_column(office: Office) {
        let own = file_of(Residents);
        let name = "名".repeat(400);
        let cases = [
            ("1985-04-02", "1850-04-02", "生年月日", "1868-01-01 から"),
            ("1985-04-02", "-12345-01-01", "生年月日", "日付ではありません"),
            ("1985-04-02", "+262142-12-31", "生年月日", "日付ではありません"),
            ("1985-04-02", "2201-01-01", "生年月日", "2200-12-31 まで"),
            ("見辺　二子", name.as_str(), "氏名", "400文字あります"),
            ("見辺　二子", "見辺\u{200B}二子", "氏名", "U+200B"),
            ("見辺　二子", "見辺\u{7}二子", "氏名", "U+0007"),
            ("ミペ　ニコ", "見辺ニコ", "氏名カナ", "「見」"),
            ("妻", "\u{202E}妻", "続柄", "U+202E"),
            (",2,598-0001", ",2,98-0001", "郵便番号", "郵便番号ではありません"),
            (",2,598-0001", ",2,600000", "郵便番号", "先頭の0が失われて"),
            ("1000000002,", "99999999999999999,", "宛名番号", "15桁まで"),
            ("2008-05-01", "9999-12-31", "住民日", "2200-12-31 まで"),
        ];
        for (from, to, column, says) in cases {
            let job = office.import(Residents, own.replacen(from, to, 1).into_bytes()).await;
            let problem = &job["problem"];
            assert!(problem["message"].as_str().is_some_and(|text| text.contains(says)), "{to}: {job}");
            assert_eq!((problem["line"].as_i64(), problem["column"].as_str()), (Some(3), Some(column)), "{to}: {job}");
            // More people read a refusal than may know where somebody lives.
            let place = column == "郵便番号" && problem.to_string().contains(to.trim_start_matches(",2,"));
            assert!(!place, "{job}");
        }
        assert_eq!(known(&office).await, 0);
        assert_eq!(office.import(Residents, own.into_bytes()).await["state"], "done");
        let incomes = file_of(Incomes).replace("4500000", "1000000000000");
        let job = office.import(Incomes, incomes.into_bytes()).await;
        assert_eq!((job["problem"]["line"].as_i64(), job["problem"]["column"].as_str()), (Some(2), Some("給与収入")), "{job}");
    }
}

#[tokio::test]
async fn a_ward_that_the_city_does_not_have_is_refused_and_one_that_it_has_is_taken() {
    let office = Office::open(Kind::Sqlite, "27100").await;
    let own = |ward: &str| file_of(Residents).replace("上瓦屋１,,", &format!("上瓦屋１,{ward},"));
    let told = office
        .import_in("27100", Residents, own("梅田区").into_bytes())
        .await
        .unwrap_err();
    assert_eq!(
        (told.line, told.column.as_deref()),
        (Some(2), Some("行政区"))
    );
    assert!(!told.message.contains("梅田"), "{told:?}");
    for ward in ["北区", ""] {
        let done = office.import_in("27100", Residents, own(ward).into_bytes());
        done.await.unwrap();
    }
}

both! {
    async fn a_day_that_offices_write_in_another_form_is_the_same_day(office: Office) {
        office.with_city().await;
        let before = office.household().await["members"].clone();
        for (form, day) in [("昭和56年4月2日", "1981-04-02"), ("3560402", "1981-04-02"), ("S56.4.2", "1981-04-02"),
            ("19810402", "1981-04-02"), ("1981/4/2", "1981-04-02")] {
            let job = office.import(Residents, file_of(Residents).replace(day, form).into_bytes()).await;
            assert_eq!((job["state"].as_str(), job["run"]["unchanged"].as_i64()), (Some("done"), Some(3)), "{form}: {job}");
        }
        assert_eq!(office.household().await["members"], before);
        assert_eq!(troubles(&office).await["warnings"], json!([]));
    }
}

both! {
    async fn a_file_that_fails_for_any_reason_is_put_aside_after_its_third_try_and_stops_no_other(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        // The database refuses what it never refused: nobody's fault that is known.
        let rename = |from: &str, to: &str| sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(rename("duplicate_case", "gone")).execute(pool).await.map(|_| ()).unwrap());
        put(&exchange, "duplicates_1.csv", LIST);
        put(&exchange, "residents_2.csv", others());
        put(&exchange, "x_1.csv", "a");
        for tries in 1..=3 {
            exchange.courier.round().await.unwrap();
            let all = troubles(&office).await;
            let files = all["files"].as_array().unwrap();
            let one = files.iter().find(|file| file["name"] == "duplicates_1.csv").unwrap();
            let state = if tries < 3 { "waiting" } else { "rejected" };
            assert_eq!((one["tries"].as_i64(), one["state"].as_str()), (Some(tries), Some(state)), "{all}");
            assert!(one["reason"].as_str().unwrap().contains("データベース"), "{all}");
            assert!(one["age_minutes"].as_i64().is_some_and(|age| age >= 0));
            assert_eq!(files.len(), 2, "each once: {all}");
        }
        assert_eq!(known(&office).await, 6, "the other file came in");
        assert_eq!(exchange.files("in"), Vec::<String>::new());
        assert_eq!(exchange.files("in/rejected"),
            ["duplicates_1.csv", "duplicates_1.csv.reason.txt", "x_1.csv", "x_1.csv.reason.txt"]);
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(rename("gone", "duplicate_case")).execute(pool).await.map(|_| ()).unwrap());
        // Brought again it comes in.
        put(&exchange, "duplicates_1.csv", LIST);
        exchange.courier.round().await.unwrap();
        assert!(exchange.files("in/done").contains(&"duplicates_1.csv".to_owned()));
    }
}

both! {
    async fn a_file_that_waited_and_came_in_is_shown_no_more(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        let rename = |from: &str, to: &str| sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(rename("duplicate_case", "gone")).execute(pool).await.map(|_| ()).unwrap());
        put(&exchange, "duplicates_1.csv", LIST);
        exchange.courier.round().await.unwrap();
        assert_eq!(troubles(&office).await["files"][0]["state"], "waiting");
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(rename("gone", "duplicate_case")).execute(pool).await.map(|_| ()).unwrap());
        exchange.courier.round().await.unwrap();
        assert_eq!(troubles(&office).await["files"], json!([]));
    }
}

both! {
    async fn a_file_whose_name_is_longer_than_a_reason_has_room_for_stops_no_other(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        let long = format!("a{}.csv", "b".repeat(250));
        put(&exchange, &long, "x");
        put(&exchange, "residents_2.csv", others());
        exchange.courier.round().await.unwrap();
        assert_eq!(known(&office).await, 6);
        assert_eq!(exchange.files("in"), Vec::<String>::new());
        let rejected = exchange.files("in/rejected");
        assert_eq!(rejected.len(), 2, "{rejected:?}");
        assert!(rejected.iter().all(|name| name.len() < 250 && name.starts_with("abbb")), "{rejected:?}");
        assert_eq!(troubles(&office).await["files"][0]["name"], long);
    }
}

both! {
    async fn a_file_of_the_same_name_as_an_earlier_one_writes_nothing_over(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        let second = others().replace("100000001", "100000002").replace("2000000009", "2000000008");
        for (text, place) in [(others(), "done"), (second, "done"), ("a".into(), "rejected"), ("b".into(), "rejected")] {
            put(&exchange, "residents_2.csv", &text);
            exchange.courier.round().await.unwrap();
            let folder = exchange.folder.join("in").join(place);
            let kept: Vec<String> = fs::read_dir(&folder).unwrap()
                .filter_map(|entry| fs::read_to_string(entry.unwrap().path()).ok()).collect();
            assert!(kept.contains(&text), "{place}");
        }
        assert_eq!(exchange.files("in/done").len(), 2);
        assert_eq!(exchange.files("in/rejected").len(), 4);
        assert!(exchange.files("in/done").iter().all(|name| name == "residents_2.csv" || name.starts_with("residents_2-20260610-")));
    }
}

#[test]
fn when_eight_uploads_wait_another_one_is_refused_and_says_so() {
    let jobs = RunningImports::default();
    let mut places: Vec<_> = (0..8).map(|_| jobs.reserve().unwrap()).collect();
    let refused = jobs.reserve().err().unwrap();
    assert!(refused.to_string().contains("8件の取込が待っています"));
    places.pop();
    assert!(jobs.reserve().is_ok());
}

/// The same each time, and unlike each other.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

both! {
    async fn whatever_lies_in_the_folder_is_gone_from_it_after_three_rounds(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        let kinds = ["residents_", "incomes_", "local_tax_", "duplicates_", "pension_list_", "federation_result_", "income_report_request_", ""];
        for (seed, kind) in (1u64..).zip(kinds) {
            put(&exchange, &format!("{kind}{seed}.csv"), noise(seed, 3_000));
            let mut text = format!("{LIST}{}", file_of(Residents)).into_bytes();
            let place = usize::try_from(seed).unwrap() * 17;
            text[place] ^= 0x80;
            put(&exchange, &format!("{kind}{seed}.xml"), &text);
            put(&exchange, &format!("{kind}{seed}.txt"), b"");
        }
        fs::create_dir_all(exchange.folder.join("in/folder.csv")).unwrap();
        for _ in 0..3 {
            exchange.courier.round().await.unwrap();
        }
        assert_eq!(exchange.files("in"), Vec::<String>::new());
        assert!(!exchange.folder.join("in/folder.csv").exists());
        assert_eq!(known(&office).await, 3);
        // An empty file is refused with a reason like any other.
        assert_eq!(troubles(&office).await["files"].as_array().unwrap().len(), 25);
    }
}

both! {
    async fn a_file_of_many_pieces_comes_in_whole_and_once_and_its_last_line_can_refuse_it(office: Office) {
        let mut lines = String::new();
        let count = 5_500;
        for nth in 0..count {
            let (person, household) = (3_000_000_000u64 + nth, 4_000_000_000u64 + nth / 2);
            let (head, relation) = if nth % 2 == 0 { (1, "世帯主") } else { (0, "妻") };
            lines.push_str(&format!("{person},{household},{head},{relation},見辺　某,ミペ,1981-04-02,1,598-0001,泉佐野市,,1990-04-01,\n"));
        }
        let header = city::RESIDENTS.lines().next().unwrap();
        let file = |last: &str, total: u64| format!("{header}\n{lines}{last}#合計,{},{total}\n", count + u64::from(!last.is_empty()));
        let twice = "3000000001,4000000000,0,子,見辺　某,ミペ,1981-04-02,1,598-0001,泉佐野市,,1990-04-01,\n";
        let job = office.import(Residents, file(twice, count / 2).into_bytes()).await;
        assert_eq!((job["problem"]["line"].as_u64(), known(&office).await), (Some(count + 2), 0), "{job}");
        let job = office.import(Residents, file("", count / 2).into_bytes()).await;
        assert_eq!(job["run"]["added"].as_u64(), Some(count), "{job}");
        // One of them changes the name; the others are compared and left.
        let changed = file("", count / 2).replace("3000005499,4000002749,0,妻,見辺　某", "3000005499,4000002749,0,妻,見辺　誰");
        let job = office.import(Residents, changed.into_bytes()).await;
        assert_eq!((job["run"]["changed"].as_u64(), job["run"]["unchanged"].as_u64()), (Some(1), Some(count - 1)), "{job}");
        // Its head leaves in the first piece, who stays behind would stand in the last one.
        let gone = file("", count / 2).replacen("1990-04-01,\n", "1990-04-01,2026-05-01\n", 1)
            .replacen(&lines.lines().nth(1).unwrap().to_owned(), "", 1).replace("\n\n", "\n")
            .replace(&format!("#合計,{count}"), &format!("#合計,{}", count - 1));
        let job = office.import(Residents, gone.into_bytes()).await;
        assert_eq!((job["problem"]["line"].as_u64(), job["problem"]["column"].as_str()), (Some(2), Some("宛名番号")), "{job}");
    }
}

both! {
    async fn one_name_without_glyph_sets_one_letter_aside_and_the_others_are_made(office: Office) {
        office.with_city().await;
        let second = others().replace("見辺　一郎", "見\u{E000}　一郎");
        for (kind, text) in [
            (Residents, second),
            (Incomes, city::INCOMES.replace("100000000", "100000001")),
            (FileKind::Eligibility, file_of(FileKind::Eligibility).replace("100000000", "100000001").replace("2000000001", "2000000009").replace("12345678", "12345679")),
        ] {
            let job = office.import(kind, text.into_bytes()).await;
            assert_eq!(job["state"], "done", "{job}");
        }
        let (status, listed) = office.get("/api/characters").await;
        assert_eq!((status, listed["count"].as_i64()), (StatusCode::OK, Some(1)), "{listed}");
        let one = &listed["items"][0];
        assert_eq!((one["character"].as_str(), one["sort"].as_str(), one["no_glyph"].as_bool(), one["fallback"].as_str()),
            (Some("\u{E000}"), Some("user_area"), Some(true), Some("〓")), "{listed}");
        let (_, job) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        office.worker("27213", "w").run_until_idle().await.unwrap();
        office.release(&job, "27213").await;
        let (status, letters) = office.send(Method::POST, &format!("/api/runs/{}/letters", job["id"]), json!(null)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{letters}");
        office.worker("27213", "w").run_until_idle().await.unwrap();
        let (_, view) = office.get(&format!("/api/runs/{}", letters["id"])).await;
        let (_, run) = office.get(&format!("/api/runs/{}", job["id"])).await;
        let told = format!("{view}{run}");
        assert!(told.contains("字形"), "{told}");
        let (_, batches) = office.get(&format!("/api/runs/{}/batches", job["id"])).await;
        assert_eq!(batches.as_array().map(Vec::len), Some(1), "{batches}");
        assert_eq!(batches[0]["letters"].as_i64(), Some(1), "{batches}");
    }
}
