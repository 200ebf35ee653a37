//! Files that bring a city in: good ones, and every kind of bad one.

use crate::both;
use crate::city::{self, file_of};
use crate::office::Office;
use kokuho_shared::api::import::FileKind::{self, Eligibility, Incomes, Residents};
use reqwest::StatusCode;
use serde_json::json;

both! {
    async fn a_file_in_cp932_and_one_in_utf8_bring_the_same_city_in(office: Office) {
        for (kind, text) in city::files() {
            let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&text);
            let last = office.import(kind, cp932.into_owned()).await;
            assert_eq!(last["state"], "done", "{last}");
        }
        let view = office.household().await;
        assert_eq!(view["members"][0]["name"], "見辺　一郎");
        // The same lines in other bytes: nothing is new.
        for (kind, text) in city::files() {
            let last = office.import(kind, text.into_bytes()).await;
            assert_eq!((last["run"]["added"].as_i64(), last["run"]["changed"].as_i64()), (Some(0), Some(0)), "{last}");
        }
    }
}

both! {
    async fn the_same_file_again_changes_nothing_and_says_so(office: Office) {
        office.with_city().await;
        let before = office.rows().await;
        for (kind, text) in city::files() {
            let last = office.import(kind, text.into_bytes()).await;
            assert_eq!(last["state"], "failed");
            assert!(last["problem"]["message"].as_str().unwrap().contains("取込済み"), "{last}");
            assert_eq!(last["problem"]["file"], format!("{}.csv", kind.key()));
        }
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn a_line_that_says_something_new_replaces_only_what_it_speaks_of(office: Office) {
        office.with_city().await;
        let moved = file_of(Residents).replace("見辺　二子", "見辺　双子");
        let last = office.import(Residents, moved.into_bytes()).await;
        let run = &last["run"];
        assert_eq!((run["added"].as_i64(), run["changed"].as_i64(), run["unchanged"].as_i64()), (Some(0), Some(1), Some(2)));
        let view = office.household().await;
        assert_eq!(view["members"][1]["name"], "見辺　双子");
        assert_eq!(view["members"].as_array().unwrap().len(), 3);
        let (status, runs) = office.get("/api/imports").await;
        assert_eq!((status, runs.as_array().unwrap().len()), (StatusCode::OK, 4));
    }
}

/// A bad file, what is said of it, the line and the column.
struct Bad {
    kind: FileKind,
    bytes: Vec<u8>,
    says: &'static str,
    line: Option<u64>,
    column: Option<&'static str>,
}

fn bad(
    kind: FileKind,
    text: String,
    says: &'static str,
    line: u64,
    column: Option<&'static str>,
) -> Bad {
    Bad {
        kind,
        bytes: text.into_bytes(),
        says,
        line: Some(line),
        column,
    }
}

fn bad_files() -> Vec<Bad> {
    let residents = file_of(Residents);
    let incomes = file_of(Incomes);
    let eligibility = file_of(Eligibility);
    let cut: String = residents
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect();
    let mut broken = b"\xE5\xAE\x9B\xFF\xFE\n".to_vec();
    broken.extend(residents.as_bytes());
    let right = eligibility
        .split_once("0027999")
        .map(|(_, rest)| rest.get(..1).unwrap().to_owned())
        .unwrap();
    let wrong = if right == "0" { "00279991" } else { "00279990" };
    vec![
        bad(Residents, String::new(), "空です", 1, None),
        bad(Residents, cut, "途中で切れて", 3, None),
        Bad {
            kind: Residents,
            bytes: broken,
            says: "文字コード",
            line: Some(1),
            column: None,
        },
        bad(
            Residents,
            residents.replace("氏名カナ", "カナ"),
            "「氏名カナ」がありません",
            1,
            Some("氏名カナ"),
        ),
        bad(
            Residents,
            residents.replace("#合計,3,1", "#合計,4,1"),
            "件数 4",
            5,
            None,
        ),
        bad(
            Residents,
            residents.replace("#合計,3,1", "#合計,3,2"),
            "世帯数 1",
            5,
            None,
        ),
        bad(
            Residents,
            residents.replace("2011-04-02,1", "2026-06-11,1"),
            "業務日",
            4,
            Some("生年月日"),
        ),
        bad(
            Residents,
            residents.replace("1985-04-02", "1985-02-30"),
            "日付ではありません",
            3,
            Some("生年月日"),
        ),
        bad(
            Residents,
            residents.replace("1,世帯主,", "0,世帯主,"),
            "世帯主がいません",
            2,
            Some("世帯主区分"),
        ),
        bad(
            Residents,
            residents.replace("0,妻,", "1,妻,"),
            "世帯主が2人",
            3,
            Some("世帯主区分"),
        ),
        bad(
            Residents,
            residents.replace("1000000002,", "1000000001,"),
            "2回あります",
            3,
            Some("宛名番号"),
        ),
        bad(
            Residents,
            residents.replace(",2,598", ",3,598"),
            "使えません",
            3,
            Some("性別"),
        ),
        bad(
            Residents,
            residents.replace("見辺　二子,", ""),
            "項目が",
            3,
            None,
        ),
        bad(
            Incomes,
            incomes.replace("1000000002,", "1000000009,"),
            "という住民はいません",
            3,
            Some("宛名番号"),
        ),
        bad(
            Incomes,
            incomes.replace("#合計,2,3160000", "#合計,2,3160001"),
            "合計所得の合計 3160000",
            4,
            None,
        ),
        bad(
            Incomes,
            incomes.replace(",3160000,,", ",-1,,"),
            "整数ではありません",
            2,
            Some("給与所得"),
        ),
        bad(
            Incomes,
            incomes.replace("1000000002,2025,1", "1000000002,2025,9"),
            "使えません",
            3,
            Some("申告区分"),
        ),
        bad(
            Eligibility,
            eligibility.replacen(&format!("0027999{right}"), wrong, 1),
            "検証番号",
            2,
            Some("保険者番号"),
        ),
        bad(
            Eligibility,
            eligibility.replace("1000000003,1000000001", "1000000003,1000000002"),
            "世帯主ではありません",
            4,
            Some("世帯主宛名番号"),
        ),
        bad(
            Eligibility,
            eligibility.replacen("2000000001", "2000000002", 1),
            "世帯番号",
            2,
            Some("世帯番号"),
        ),
        bad(
            Eligibility,
            eligibility.replacen("2020-04-01,12,,", "2020-04-01,12,2020-03-31,22", 1),
            "取得日より前",
            2,
            Some("資格喪失日"),
        ),
        bad(
            Eligibility,
            eligibility.replacen("2020-04-01,12,,", "2020-04-01,12,2021-03-31,", 1),
            "両方",
            2,
            Some("喪失事由"),
        ),
        bad(
            Eligibility,
            eligibility.replace("#合計,3,3", "#合計,3,2"),
            "人数 3",
            5,
            None,
        ),
    ]
}

both! {
    async fn each_bad_file_is_refused_whole_with_its_line_and_column(office: Office) {
        let (kind, text) = (Residents, file_of(Residents));
        assert_eq!(office.import(kind, text.into_bytes()).await["state"], "done");
        let before = office.rows().await;
        for bad in bad_files() {
            let last = office.import(bad.kind, bad.bytes).await;
            assert_eq!(last["state"], "failed", "{}: {last}", bad.says);
            let problem = &last["problem"];
            assert!(problem["message"].as_str().unwrap().contains(bad.says), "{}: {problem}", bad.says);
            assert_eq!(problem["file"], format!("{}.csv", bad.kind.key()));
            assert_eq!(problem["line"].as_u64(), bad.line, "{problem}");
            assert_eq!(problem["column"].as_str(), bad.column, "{problem}");
            assert_eq!(office.rows().await, before, "{}", bad.says);
        }
        // What was refused can be mended and sent again.
        assert_eq!(office.import(Incomes, file_of(Incomes).into_bytes()).await["state"], "done");
    }
}

both! {
    async fn a_search_needs_two_keys_and_folds_widths_and_kana(office: Office) {
        office.with_city().await;
        let (status, problem) = office.find(json!({"number": "2000000001"})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("number")));
        for keys in [
            json!({"number": "12345678", "name": "みぺ"}), json!({"number": "１００００００００１", "name": "見辺"}),
            json!({"name": "ﾐﾍﾟ", "birth_date": "1981-04-02"}), json!({"number": "2000000001", "birth_date": "1981-04-02"}),
        ] {
            let (status, found) = office.find(keys.clone()).await;
            assert_eq!(status, StatusCode::OK, "{keys}");
            assert!(!found.as_array().unwrap().is_empty(), "{keys}");
        }
        let (_, nobody) = office.find(json!({"number": "2000000001", "name": "山"})).await;
        assert_eq!(nobody.as_array().unwrap().len(), 0);
        let (_, wildcard) = office.find(json!({"number": "2000000001", "name": "%"})).await;
        assert_eq!(wildcard.as_array().unwrap().len(), 0);
        let (status, problem) = office.find(json!({"birth_date": "x", "name": "a"})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::BAD_REQUEST, Some("birth_date")));
    }
}

both! {
    async fn a_delivery_in_parts_is_whole_only_with_all_of_them_and_no_year_is_run_before(office: Office) {
        office.with_city().await;
        let part = |income: &str, nth: u32, of: u32| {
            let text = crate::city::INCOMES.replace("3160000,,0,0,3160000", income);
            let total: i64 = income.rsplit(',').next().unwrap().parse().unwrap();
            text.replace("#合計,2,3160000", &format!("#合計,2,{total},20260601,{nth},{of}"))
        };
        let job = office.import(Incomes, part("3160001,,0,0,3160001", 1, 2).into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let (_, all) = office.get("/api/interchange").await;
        assert_eq!(all["incomplete"][0], serde_json::json!({"kind": "incomes", "delivery": "20260601", "parts": 2, "arrived": 1}));
        let run = serde_json::json!({"fiscal_year": 2026});
        let (status, problem) = office.send(reqwest::Method::POST, "/api/runs", run.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("2ファイルのうち1ファイル"), "{problem}");
        for (text, says) in [(part("3160002,,0,0,3160002", 1, 2), "1番目のファイルは取込済み"), (part("3160002,,0,0,3160002", 2, 3), "全部で2ファイルのはず"),
            (part("3160002,,0,0,3160002", 3, 2), "何番目")] {
            let job = office.import(Incomes, text.into_bytes()).await;
            assert!(job["problem"]["message"].as_str().unwrap().contains(says), "{job}");
        }
        let job = office.import(Incomes, part("3160000,,0,0,3160000", 2, 2).into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let (status, _) = office.send(reqwest::Method::POST, "/api/runs", run).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
}
