//! 支援措置: where a protected household lives is on no screen, in no list and in no batch.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::ids::HouseholdId;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const PLACES: [&str; 2] = ["上瓦屋", "598-0001"];

async fn protected(office: &Office) -> Value {
    office.with_city().await;
    let view = office.household().await;
    let edit = json!({"person_id": view["members"][1]["person_id"], "from": "2026-06-10", "until": "2027-06-10",
        "reason": "住基の通知"});
    let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
    let (status, view) = office.send(Method::PUT, &path, edit).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

async fn text(office: &Office, client: &Client, path: &str) -> (StatusCode, String) {
    let answer = office
        .request(client, Method::GET, path)
        .send()
        .await
        .unwrap();
    (answer.status(), answer.text().await.unwrap())
}

both! {
    async fn no_role_is_shown_where_a_protected_household_lives(office: Office) {
        let view = protected(&office).await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (_, decision) = office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
        let id = &decision["summary"]["id"];
        for role in Role::ALL {
            let client = office.sign_in_as(role.key(), role, "").await;
            for path in [
                format!("/api/households/{}?fiscal_year=2026", view["id"]),
                // Years and days on which the protected person did not belong to it yet.
                format!("/api/households/{}?fiscal_year=2005", view["id"]),
                format!("/api/households/{}?fiscal_year=2007&as_of=2008-04-15", view["id"]),
                format!("/api/households/{}/ledger?fiscal_year=2026", view["id"]),
                format!("/api/decisions/{id}"),
                "/api/jobs".into(),
                "/api/audit".into(),
                "/api/imports".into(),
            ] {
                let (_, told) = text(&office, &client, &path).await;
                assert!(PLACES.iter().all(|place| !told.contains(place)), "{role:?} {path}: {told}");
            }
            let search = office.request(&client, Method::POST, "/api/persons/search");
            let keys = json!({"number": "2000000001", "name": "ミペ"});
            let told = search.json(&keys).send().await.unwrap().text().await.unwrap();
            assert!(PLACES.iter().all(|place| !told.contains(place)), "{role:?}: {told}");
        }
        let (_, view) = office.get(&format!("/api/households/{}?fiscal_year=2026", view["id"])).await;
        assert_eq!((&view["address"], &view["ward"]), (&Value::Null, &Value::Null));
        assert_eq!(view["members"][1]["protected_until"], "2027-06-10");
    }
}

both! {
    async fn the_place_is_shown_for_a_reason_that_is_on_record(office: Office) {
        let view = protected(&office).await;
        let path = format!("/api/households/{}/address?fiscal_year=2026", view["id"]);
        let (status, problem) = office.send(Method::POST, &path, json!({"reason": " "})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        let (status, place) = office.send(Method::POST, &path, json!({"reason": "本人からの電話"})).await;
        assert_eq!((status, place["postcode"].as_str()), (StatusCode::OK, Some("598-0001")));
        kokuho_server::audit::seal::seal(&office.db, kokuho_server::clock::Clock::default()).await.unwrap();
        let sql = "SELECT content FROM audit_entry WHERE content LIKE '%\"reveal\"%'";
        let kept: Vec<String> = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_scalar(sql).fetch_all(pool).await.unwrap());
        assert!(kept.len() == 1 && kept[0].contains("本人からの電話") && !kept[0].contains("上瓦屋"), "{kept:?}");
    }
}

both! {
    async fn only_who_may_be_shown_the_place_issues_or_opens_the_letter(office: Office) {
        let view = protected(&office).await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (_, decision) = office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
        let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
        let officer = office.sign_in_as("officer", Role::AssessmentOfficer, "").await;
        let refused = office.request(&officer, Method::POST, &path).json(&json!(null)).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let (status, problem) = office.send(Method::POST, &path, json!(null)).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reveal_reason")));
        let (status, letter) = office.send(Method::POST, &path, json!({"reveal_reason": "本人が窓口で受領"})).await;
        assert_eq!(status, StatusCode::OK, "{letter}");
        // Bars below the address would say the place once more, to whoever reads them.
        let of_number = "SELECT content FROM letter WHERE number = $1";
        let kept: String = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_scalar(of_number).bind(letter["number"].as_str()).fetch_one(pool).await.unwrap());
        assert!(!kept.contains("\"barcode\":true"), "{kept}");
        let letter = format!("/api/letters/{}", letter["number"].as_str().unwrap());
        assert_eq!(text(&office, &officer, &letter).await.0, StatusCode::FORBIDDEN);
        assert_eq!(office.request(&office.client, Method::GET, &letter).send().await.unwrap().status(), StatusCode::OK);
    }
}

both! {
    async fn a_protected_household_is_decided_with_the_city_but_not_printed_with_it(office: Office) {
        protected(&office).await;
        let (_, job) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        office.release(&job, "27213").await;
        office.send(Method::POST, &format!("/api/runs/{}/letters", job["id"]), json!(null)).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let (_, view) = office.get(&format!("/api/runs/{}", job["id"])).await;
        assert_eq!((view["outcome"]["decided"].as_i64(), view["letters_outcome"]["letters"].as_i64()), (Some(1), Some(0)));
        assert!(view["findings"][0]["reason"].as_str().unwrap().contains("支援措置"), "{view}");
    }
}

both! {
    async fn a_measure_that_has_run_out_still_hides_until_somebody_ends_it(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
        let mut edit = json!({"person_id": view["members"][1]["person_id"], "from": "2025-01-10", "until": "2026-01-10",
            "reason": "住基の通知"});
        let (_, hidden) = office.send(Method::PUT, &path, edit.clone()).await;
        assert_eq!(hidden["address"], Value::Null);
        edit["until"] = Value::Null;
        edit["reason"] = "住基に確認".into();
        let (status, open) = office.send(Method::PUT, &path, edit.clone()).await;
        assert_eq!((status, open["postcode"].as_str()), (StatusCode::OK, Some("598-0001")));
        edit["person_id"] = 1.into();
        let (status, problem) = office.send(Method::PUT, &path, edit).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("person_id")));
    }
}

const LONELY: &str = "宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日,世帯異動日
1000000001,2000000001,1,世帯主,見辺　一郎,ミペ　イチロウ,1981-04-02,1,598-0001,泉佐野市上瓦屋１,,1990-04-01,,
1000000002,2000000001,0,妻,見辺　二子,ミペ　ニコ,1985-04-02,2,598-0001,泉佐野市上瓦屋１,,2008-05-01,,
1000000003,2000000001,0,子,見辺　三太,ミペ　サンタ,2011-04-02,1,598-0001,泉佐野市上瓦屋１,,2011-04-02,,
1000000004,2000000004,{head},{relation},孤　四郎,コ　シロウ,1970-04-02,1,{postcode},{address},,1990-04-01,,{since}
#合計,4,{households}
";

/// 四郎 as the file says it: alone, or with the household of the test city.
fn lonely(alone: bool, address: &str) -> String {
    let (number, head, relation) = if alone {
        ("2000000004", "1", "世帯主")
    } else {
        ("2000000001", "0", "同居人")
    };
    let text = LONELY.replace("1000000004,2000000004", &format!("1000000004,{number}"));
    let text = text
        .replace("{head}", head)
        .replace("{relation}", relation)
        .replace("{address}", address);
    let text = text.replace("{postcode}", if alone { "598-0099" } else { "598-0001" });
    let text = text.replace("{since}", if alone { "" } else { "2026-06-01" });
    text.replace("{households}", if alone { "2" } else { "1" })
}

/// 二子 comes under a measure.
async fn measured(office: &Office, view: &Value) {
    let members = view["members"].as_array().unwrap();
    let wife = members
        .iter()
        .find(|one| one["resident_number"] == "1000000002")
        .unwrap();
    let edit = json!({"person_id": wife["person_id"], "from": "2026-06-10", "until": "2027-06-10",
        "reason": "住基の通知"});
    let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
    assert_eq!(
        office.send(Method::PUT, &path, edit).await.0,
        StatusCode::OK
    );
}

async fn told(office: &Office, text: String) {
    let last = office
        .import(
            kokuho_shared::api::import::FileKind::Residents,
            text.into_bytes(),
        )
        .await;
    assert_eq!(last["state"], "done", "{last}");
}

both! {
    async fn a_household_that_somebody_left_for_a_protected_one_tells_where_it_was_and_not_where_they_live(office: Office) {
        told(&office, lonely(true, "泉佐野市孤町9番9号")).await;
        let (_, found) = office.find(json!({"number": "1000000004", "name": "コ"})).await;
        let (left, person) = (&found[0]["household_id"], &found[0]["person_id"]);
        let wish = |total: i64| json!({"fiscal_year": 2026, "revision": 0, "preview_total": total});
        office.send(Method::POST, &format!("/api/households/{left}/decisions"), wish(0)).await;
        told(&office, lonely(false, "泉佐野市上瓦屋１")).await;
        let view = office.household().await;
        measured(&office, &view).await;
        let counter = office.sign_in_as("counter", Role::CounterClerk, "").await;
        let (status, seen) = text(&office, &counter, &format!("/api/households/{left}?fiscal_year=2026")).await;
        let seen: Value = serde_json::from_str(&seen).unwrap();
        // The last place of the time when somebody belonged to it; letters go by hand where they live now.
        assert_eq!((status, seen["address"].as_str()), (StatusCode::OK, Some("泉佐野市孤町9番9号")), "{seen}");
        assert_eq!((seen["protected"].as_bool(), seen["by_hand"].as_bool()), (Some(false), Some(true)));
        let question = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": person});
        let path = format!("/api/households/{left}/documents");
        let refused = office.request(&counter, Method::POST, &path).json(&question).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let (status, problem) = office.send(Method::POST, &path, question.clone()).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reveal_reason")));
        let mut reasoned = question;
        reasoned["reveal_reason"] = "本人が窓口で受領".into();
        let (status, issued) = office.send(Method::POST, &path, reasoned).await;
        assert_eq!(status, StatusCode::OK, "{issued}");
        // The paper names the present place, and is for those who may be shown it.
        let path = format!("/api/documents/{}", issued["number"].as_str().unwrap());
        assert_eq!(text(&office, &counter, &path).await.0, StatusCode::FORBIDDEN);
        let paper = crate::documents::printed(&office, &issued["number"]).await;
        assert!(paper.contains("上瓦屋") && !paper.contains("孤町"), "{paper}");
    }
}

/// The people of the newest file to the federation, in their order: 宛名番号, 不開示該当 and 自己情報提供不可.
fn flags(exchange: &crate::linkage::Exchange) -> Vec<String> {
    let names = exchange.files("out");
    let newest = names
        .iter()
        .filter(|name| name.starts_with("federation_"))
        .max();
    let bytes = newest.map(|name| std::fs::read(exchange.folder.join("out").join(name)).unwrap());
    let text = encoding_rs::SHIFT_JIS
        .decode(&bytes.unwrap_or_default())
        .0
        .into_owned();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let place = |name: &str| lines[0].iter().position(|column| *column == name).unwrap();
    let (number, undisclosed, refused) = (
        place("宛名番号"),
        place("不開示該当"),
        place("自己情報提供不可"),
    );
    let people = lines
        .iter()
        .skip(1)
        .filter(|line| !line[0].starts_with('#'));
    let mut all: Vec<String> = people
        .map(|line| format!("{} {}{}", line[number], line[undisclosed], line[refused]))
        .collect();
    all.sort();
    all
}

both! {
    async fn the_federation_is_told_of_whom_nothing_may_be_shown(office: Office) {
        office.with_city().await;
        let mut exchange = crate::linkage::Exchange::of(&office);
        exchange.there_and_back().await;
        measured(&office, &office.household().await).await;
        exchange.courier.round().await.unwrap();
        assert_eq!(flags(&exchange), ["1000000001 11", "1000000002 11", "1000000003 11"]);
    }
}

both! {
    async fn the_federation_is_told_of_who_lived_where_somebody_protected_moves_to_and_from(office: Office) {
        use kokuho_shared::api::import::FileKind::Eligibility;
        let quiet = |place: &str| lonely(true, "泉佐野市孤町9番9号").replace("泉佐野市上瓦屋１", place);
        told(&office, quiet("泉佐野市上瓦屋１")).await;
        let own = crate::city::file_of(Eligibility);
        let first = own.lines().nth(1).unwrap();
        let fourth = first.replace("12345678,01,2000000001,1000000001,1000000001", "12345679,01,2000000004,1000000004,1000000004");
        let eligibility = own.replace("#合計,3,3", &format!("{fourth}\n#合計,4,4"));
        let last = office.import(Eligibility, eligibility.into_bytes()).await;
        assert_eq!(last["state"], "done", "{last}");
        let mut exchange = crate::linkage::Exchange::of(&office);
        exchange.there_and_back().await;
        measured(&office, &office.household().await).await;
        exchange.courier.round().await.unwrap();
        let household = |flag: &str| (1..4).map(|one| format!("100000000{one} {flag}")).collect::<Vec<_>>();
        assert_eq!(flags(&exchange), household("11"));
        // To 四郎's house, and away from it.
        for (place, flag) in [("泉佐野市孤町9番9号", "11"), ("泉佐野市別町2番2号", "00")] {
            told(&office, quiet(place)).await;
            exchange.courier.round().await.unwrap();
            let all = flags(&exchange);
            assert_eq!(all, [household("11"), vec![format!("1000000004 {flag}")]].concat(), "{place}");
        }
    }
}

both! {
    async fn an_inquiry_that_leaves_while_a_measure_is_registered_leaves_undisclosed(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let wish = json!({"person_id": view["members"][0]["person_id"], "dataset": "local_tax", "holder": "municipality",
            "holder_code": "27100", "fiscal_year": 2026, "purpose": "試験"});
        let (status, asked) = office.send(Method::POST, &format!("/api/households/{}/inquiries", view["id"]), wish).await;
        assert_eq!(status, StatusCode::OK, "{asked}");
        // A measure is being written by another server and not committed yet.
        let other = kokuho_server::store::Db::open(&office.database).await.unwrap();
        let id = view["id"].as_i64().unwrap();
        let mut measure = other.write(kokuho_server::store::Lock::Household(HouseholdId(id))).await.unwrap();
        let sql = "INSERT INTO protection_fact (id, person_id, valid_from, valid_until, recorded_at, recorded_by, reason) \
            VALUES (1, $1, $2, $3, 1, 'x', 'x')";
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        kokuho_server::on_tx!(&mut measure, c => sqlx::query(sql).bind(view["members"][1]["person_id"].as_i64())
            .bind(day("2026-06-10")).bind(day("2027-06-10")).execute(c).await.map(|_| ()).unwrap());
        let exchange = crate::linkage::Exchange::of(&office);
        let courier = exchange.courier.clone();
        let leaving = tokio::spawn(async move { courier.round().await });
        let out = exchange.folder.join("out");
        let nothing_left = || std::fs::read_dir(&out).map_or(0, |files| files.flatten().count()) == 0;
        for _ in 0..200 {
            assert!(nothing_left(), "it left beside the measure");
            tokio::task::yield_now().await;
        }
        measure.commit().await.unwrap();
        leaving.await.unwrap().unwrap();
        let sql = "SELECT undisclosed FROM inquiry";
        let undisclosed: bool = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
        assert!(undisclosed);
    }
}
