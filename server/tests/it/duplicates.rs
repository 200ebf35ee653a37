//! 資格重複: listed twice in a row, urged twice, and only then ended by the city; and the calendar of files.

use crate::both;
use crate::office::Office;
use chrono::NaiveDate;
use kokuho_server::clock::Clock;
use kokuho_server::transfer::rounds::FileTransfer;
use kokuho_shared::access::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The courier of an office on a business day.
fn courier(office: &Office, today: &str) -> FileTransfer {
    let clock = Clock {
        today: Some(today.parse().unwrap()),
    };
    let folder = std::env::temp_dir().join(format!(
        "kokuho-duplicates-{}-{}",
        std::process::id(),
        office.url.rsplit(':').next().unwrap()
    ));
    FileTransfer {
        db: office.db.clone(),
        folder,
        layouts: None,
        keys: crate::office::keys(),
        clock,
        municipality: "27213".into(),
        ports: kokuho_server::rooms::ports(),
    }
}

const HEADER: &str = "作成年月日,宛名番号,生年月日,他保険者名,他保険資格取得年月日";

pub fn line(on: &str, number: &str, birth: &str, acquired: &str) -> String {
    format!("{on},{number},{birth},全国健康保険協会,{acquired}")
}

/// Lays a list into the folder and lets the courier go round; the reason where it is refused.
pub async fn deliver(office: &Office, today: &str, name: &str, lines: &[String]) -> Option<String> {
    let courier = courier(office, today);
    let count = lines.len();
    let text = format!(
        "{HEADER}\r\n{}\r\n#合計,{count},{count}\r\n",
        lines.join("\r\n")
    );
    let text = text.replace("\r\n\r\n", "\r\n");
    std::fs::create_dir_all(courier.folder.join("in")).unwrap();
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(&text);
    std::fs::write(courier.folder.join("in").join(name), bytes).unwrap();
    courier.round().await.unwrap();
    let reason = courier
        .folder
        .join(format!("in/rejected/{name}.reason.txt"));
    std::fs::read_to_string(reason).ok()
}

async fn cases(office: &Office) -> Value {
    let (status, all) = office.get("/api/duplicates").await;
    assert_eq!(status, StatusCode::OK, "{all}");
    all
}

async fn step(office: &Office, case: &Value, action: &str, reason: &str) -> (StatusCode, Value) {
    let wish = json!({"action": action, "seen_state": case["state"], "reason": reason});
    let path = format!("/api/duplicates/{}", case["id"]);
    office.send(Method::POST, &path, wish).await
}

/// What the business day does to a case is moved into the past.
async fn age(office: &Office, due: NaiveDate) {
    let sql = "UPDATE duplicate_case SET due_on = $1 WHERE due_on IS NOT NULL";
    kokuho_server::on_writer!(&office.db, pool => sqlx::query(sql).bind(due).execute(pool).await.unwrap().rows_affected());
}

both! {
    async fn flow_1_18_whoever_is_listed_twice_is_urged_twice_and_then_ended_by_the_city_from_the_day_after(office: Office) {
        office.with_city().await;
        // The other insurance began in a fiscal year that this city has no rates for any more.
        let of = |on: &str| vec![line(on, "1000000002", "1985-04-02", "2026-02-01")];
        assert_eq!(deliver(&office, "2026-05-11", "duplicates_202605.csv", &of("2026-05-10")).await, None);
        let all = cases(&office).await;
        assert_eq!((&all[0]["state"], &all[0]["seen"]), (&json!("detected"), &json!(1)), "{all}");
        let (status, problem) = step(&office, &all[0], "urge", "").await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("action")), "{problem}");
        assert_eq!(deliver(&office, "2026-06-10", "duplicates_202606.csv", &of("2026-06-09")).await, None);
        let candidate = cases(&office).await[0].clone();
        assert_eq!((&candidate["state"], &candidate["seen"]), (&json!("candidate"), &json!(2)));
        let (status, urged) = step(&office, &candidate, "urge", "").await;
        assert_eq!((status, &urged["state"], &urged["due_on"]), (StatusCode::OK, &json!("urged1"), &json!("2026-07-11")), "{urged}");
        let path = format!("/api/households/{}/documents?fiscal_year=2026", urged["household_id"]);
        let (_, letters) = office.get(&path).await;
        assert_eq!((&letters[0]["kind"], &letters[0]["reply_by"]), (&json!("loss_urging"), &json!("2026-07-11")));
        let text = crate::documents::printed(&office, &letters[0]["number"]).await;
        for said in ["資格喪失の届出", "見辺二子", "全国健康保険協会", "令和8年7月11日"] {
            assert!(text.contains(said), "{said} is missing: {text}");
        }
        // Of two who look at the same state only the first acts.
        assert_eq!(step(&office, &candidate, "urge", "").await.0, StatusCode::CONFLICT);
        assert_eq!(step(&office, &urged, "urge", "").await.0, StatusCode::UNPROCESSABLE_ENTITY, "it still waits");
        age(&office, "2026-06-09".parse().unwrap()).await;
        let (_, twice) = step(&office, &urged, "urge", "").await;
        assert_eq!((&twice["state"], &twice["due_on"]), (&json!("urged2"), &json!("2026-06-24")), "{twice}");
        assert_eq!(step(&office, &twice, "lose", "").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        age(&office, "2026-06-09".parse().unwrap()).await;
        let (status, lost) = step(&office, &twice, "lose", "").await;
        assert_eq!((status, &lost["state"], &lost["acquired_on"]), (StatusCode::OK, &json!("lost"), &json!(null)), "{lost}");
        let view = office.household().await;
        let member = view["members"].as_array().unwrap().iter().find(|one| one["name"] == "見辺　二子").unwrap();
        assert_eq!(member["eligibility"], json!(null), "lost before the year");
        let path = format!("/api/households/{}/timeline?fiscal_year=2026&person_id={}", view["id"], member["person_id"]);
        let (_, told) = office.get(&path).await;
        assert!(told["answer"].as_str().unwrap().contains("令和8年2月2日に社保加入で喪失"), "{told}");
        let (_, notices) = office.get(&format!("/api/households/{}/notices", view["id"])).await;
        assert!(notices[0]["memo"].as_str().unwrap().contains("職権喪失"), "{notices}");
    }
}

both! {
    async fn whoever_is_no_longer_listed_is_gone_and_begins_anew_when_listed_again(office: Office) {
        office.with_city().await;
        let of = |on: &str| vec![line(on, "1000000002", "1985-04-02", "2026-04-01")];
        deliver(&office, "2026-04-10", "duplicates_1.csv", &of("2026-04-09")).await;
        assert_eq!(deliver(&office, "2026-05-11", "duplicates_2.csv", &[]).await, None);
        assert_eq!(cases(&office).await[0]["state"], "gone");
        deliver(&office, "2026-06-10", "duplicates_3.csv", &of("2026-06-09")).await;
        deliver(&office, "2026-07-10", "duplicates_4.csv", &[]).await;
        assert!(cases(&office).await.as_array().unwrap().iter().all(|case| case["state"] == "gone"), "every empty list counts");
        deliver(&office, "2026-08-10", "duplicates_5.csv", &of("2026-08-09")).await;
        let all = cases(&office).await;
        assert_eq!((&all[0]["state"], &all[0]["seen"]), (&json!("detected"), &json!(1)), "only lists in a row count: {all}");
    }
}

both! {
    async fn a_list_counts_once_and_one_with_a_stranger_or_another_birth_date_is_refused_whole(office: Office) {
        office.with_city().await;
        let good = line("2026-05-10", "1000000002", "1985-04-02", "2026-04-01");
        for (name, bad, says) in [
            ("duplicates_a.csv", line("2026-05-10", "9999999999", "1985-04-02", "2026-04-01"), "この宛名番号の人がいません"),
            ("duplicates_b.csv", line("2026-05-10", "1000000003", "1985-04-02", "2026-04-01"), "生年月日が違います"),
            ("duplicates_c.csv", line("2026-05-11", "1000000001", "1981-04-02", "2026-04-01"), "作成年月日が違います"),
            ("duplicates_d.csv", good.clone(), "2行目と同じ人"),
        ] {
            let why = deliver(&office, "2026-05-11", name, &[good.clone(), bad]).await.unwrap();
            assert!(why.starts_with("3行目") && why.contains(says), "{why}");
            assert_eq!(cases(&office).await, json!([]));
        }
        assert_eq!(deliver(&office, "2026-05-11", "duplicates_1.csv", std::slice::from_ref(&good)).await, None);
        assert_eq!(deliver(&office, "2026-05-11", "duplicates_2.csv", std::slice::from_ref(&good)).await, None, "the same bytes again");
        assert_eq!(cases(&office).await[0]["seen"], 1);
        let again = line("2026-05-10", "1000000002", "1985-04-02", "2026-04-02");
        let why = deliver(&office, "2026-05-12", "duplicates_3.csv", &[again]).await.unwrap();
        assert!(why.contains("それより新しくない一覧は取り込めません"), "{why}");
        let (status, problem) = step(&office, &cases(&office).await[0], "dismiss", " ").await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        let (_, after) = step(&office, &cases(&office).await[0], "dismiss", "同姓の別人の記録").await;
        assert_eq!(after["state"], "dismissed");
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let answer = office.request(&other, Method::GET, "/api/duplicates").send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!([]));
    }
}

both! {
    async fn expected_files_stand_in_a_calendar_and_the_yearly_run_waits_for_the_incomes(office: Office) {
        let (status, problem) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("当初課税の所得"), "{problem}");
        let (_, before) = office.get("/api/arrivals").await;
        let of = |all: &Value, kind: &str, due: &str| {
            let mut found = all.as_array().unwrap().iter();
            found.find(|one| one["kind"] == kind && one["due_on"] == due).unwrap().clone()
        };
        assert_eq!(of(&before, "incomes", "2026-05-20")["state"], "missing");
        assert_eq!(of(&before, "duplicates", "2026-07-10")["state"], "awaited");
        office.with_city().await;
        let (_, after) = office.get("/api/arrivals").await;
        let incomes = of(&after, "incomes", "2026-05-20");
        assert_eq!((&incomes["state"], &incomes["arrival"]["received_on"]), (&json!("arrived_late"), &json!("2026-06-10")));
        assert_eq!(incomes["arrival"]["lines"], json!(2));
        assert_eq!(of(&after, "residents", "2026-06-10")["state"], "arrived");
        let (status, _) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
}
