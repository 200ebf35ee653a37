//! Who may call which route: the table of routes, taken from the router, against every role.

use crate::both;
use crate::office::{Kind, Office, moment};
use kokuho_server::http::{Permission, Scope, permissions};
use kokuho_shared::access::{Action, Role};
use kokuho_shared::api::import::FileKind;
use reqwest::{Client, Method, StatusCode};
use serde_json::json;
use std::fmt::Write;

/// The table as it was agreed: one line a route, one column a role (in the order of `Role::ALL`).
const GOLDEN: &str = include_str!("access.txt");

fn filled(path: &str) -> String {
    let path = path
        .replace("{id}", "999999")
        .replace("{job}", "999")
        .replace("{login}", "nobody")
        .replace("{number}", "2026-000000");
    match path.as_str() {
        "/api/households/999999" => format!("{path}?fiscal_year=2026"),
        _ => path,
    }
}

fn body_of(method: &Method, path: &str) -> serde_json::Value {
    match (method.as_str(), path) {
        ("PUT", _) => json!({"fiscal_year": 2026, "revision": 1, "reason": "r", "members": []}),
        ("POST", "/api/persons/search") => json!({"number": "1", "name": "a"}),
        ("POST", "/api/session/factor") => json!({"secret": "A", "code": "1"}),
        _ => json!({"fiscal_year": 2026, "revision": 1, "preview_total": 0}),
    }
}

/// Whether a role gets past the guard; what the route then says does not matter.
async fn passes(office: &Office, client: &Client, method: &Method, path: &str) -> bool {
    let request = office
        .request(client, method.clone(), &filled(path))
        .json(&body_of(method, path));
    let answer = request.send().await.unwrap();
    assert_ne!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
    assert!(
        !answer.status().is_server_error(),
        "{method} {path}: {}",
        answer.status()
    );
    let forbidden = answer.status() == StatusCode::FORBIDDEN;
    let text = answer.text().await.unwrap();
    !(forbidden && text.contains("権限"))
}

#[tokio::test]
async fn every_route_is_open_to_exactly_the_agreed_roles_and_closed_to_strangers() {
    let office = Office::open(Kind::Sqlite, "27213").await;
    let mut clients = Vec::new();
    for role in Role::ALL {
        clients.push((role, office.sign_in_as(role.key(), role, "").await));
    }
    let mut table = String::new();
    for Permission {
        method,
        path,
        action,
        scope,
        ..
    } in permissions()
    {
        let stranger = office
            .request(&Client::new(), method.clone(), &filled(&path))
            .json(&body_of(&method, &path));
        assert_eq!(
            stranger.send().await.unwrap().status(),
            StatusCode::UNAUTHORIZED,
            "{method} {path}"
        );
        write!(table, "{:<6} {path:<41}", method.as_str()).unwrap();
        for (role, client) in &clients {
            // Signing out everywhere would end the session that the next line needs.
            let leaves = path == "/api/sessions";
            // Only somebody who is still setting it up meets the second factor.
            let open = if leaves || action == Action::OwnSession {
                role.may(action)
            } else {
                passes(&office, client, &method, &path).await
            };
            table.push_str(if open { " x" } else { " ." });
        }
        writeln!(table, " {scope:?}").unwrap();
    }
    assert_eq!(table, GOLDEN, "\n{table}");
}

both! {
    async fn a_clerk_of_another_ward_sees_no_household_and_cannot_change_or_decide_it(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let id = &view["id"];
        let own = office.sign_in_as("own", Role::Supervisor, "").await;
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let decide = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let facts = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "試験", "members": []});
        let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "death",
            "event_on": "2026-06-01", "notified_on": "2026-06-10", "persons": [view["members"][2]["person_id"]]});
        let status = async |client: &Client, method: Method, path: String, body: serde_json::Value| {
            office.request(client, method, &path).json(&body).send().await.unwrap().status()
        };
        let keys = json!({"number": "2000000001", "name": "ミ"});
        let found = office.request(&other, Method::POST, "/api/persons/search").json(&keys).send().await.unwrap();
        assert_eq!(found.json::<serde_json::Value>().await.unwrap(), json!([]));
        let household = format!("/api/households/{id}");
        for (client, seen) in [(&other, false), (&own, true)] {
            let expected = |status| if seen { status } else { StatusCode::NOT_FOUND };
            assert_eq!(status(client, Method::GET, format!("{household}?fiscal_year=2026"), json!(null)).await, expected(StatusCode::OK));
            assert_eq!(status(client, Method::GET, format!("{household}/ledger?fiscal_year=2026"), json!(null)).await, expected(StatusCode::OK));
            assert_eq!(status(client, Method::POST, format!("{household}/decisions"), decide.clone()).await, expected(StatusCode::OK));
            assert_eq!(status(client, Method::PUT, format!("{household}/facts"), facts.clone()).await, expected(StatusCode::OK));
            assert_eq!(status(client, Method::GET, format!("{household}/notices"), json!(null)).await, expected(StatusCode::OK));
            // The edit has moved the revision on.
            assert_eq!(status(client, Method::POST, format!("{household}/notices"), notice.clone()).await, expected(StatusCode::CONFLICT));
        }
        let (_, view) = office.get(&format!("{household}?fiscal_year=2026")).await;
        let decision = format!("/api/decisions/{}", view["decisions"][0]["id"]);
        assert_eq!(status(&other, Method::GET, decision.clone(), json!(null)).await, StatusCode::NOT_FOUND);
        assert_eq!(status(&own, Method::GET, decision, json!(null)).await, StatusCode::OK);
    }
}

/// The people of the household that another ward has nothing to do with.
const NAMES: [&str; 3] = ["見辺", "ミペ", "泉佐野市上瓦屋"];

/// A body with which the route would act on a household that it sees.
pub fn acting(path: &str, view: &serde_json::Value) -> serde_json::Value {
    let members = view["members"].as_array();
    let person = members.and_then(|all| Some(&all.last()?["person_id"]));
    let (id, revision) = (&view["id"], &view["revision"]);
    match path.rsplit('/').next().unwrap_or_default() {
        "facts" => {
            json!({"fiscal_year": 2026, "revision": revision, "reason": "試験", "members": []})
        }
        "closing" => {
            json!({"person_id": person, "state": "replied", "on": "2026-06-10", "remark": ""})
        }
        "income" => json!({"person_id": person, "on": "2026-06-10", "salary_receipts": 0,
            "pension_receipts": 0, "other_income": 0}),
        "notices" => {
            json!({"fiscal_year": 2026, "revision": revision, "kind": "lose", "reason": "death",
            "event_on": "2026-06-01", "notified_on": "2026-06-10", "persons": [person]})
        }
        "protection" => {
            json!({"person_id": person, "from": "2026-06-10", "until": "2027-06-10", "reason": "通知"})
        }
        "address" | "payer" => json!({"reason": "試験"}),
        "decisions" => json!({"fiscal_year": 2026, "revision": revision, "preview_total": 645_854}),
        "notice" => json!(null),
        "reissue" => json!({"usable_until": "2026-06-30"}),
        "reprints" => json!({"reason": "試験"}),
        "inquiries" => {
            json!({"person_id": person, "dataset": "local_tax", "holder": "municipality",
            "holder_code": "27100", "fiscal_year": 2026, "purpose": "試験"})
        }
        "refresh" => json!({"kind": "residents_request", "fiscal_year": 2026}),
        "claims" => {
            json!({"kind": "undecided", "household_id": id, "person_id": person, "take": true})
        }
        "documents" => {
            json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": person})
        }
        "saved" => json!({"list": "検索結果", "rows": 1, "household": id}),
        "my-number" => {
            json!({"person_id": person, "number": "123456789018", "kana": "ミペ　サンタ",
            "birth_date": "2011-04-02", "sex": 1, "address": "泉佐野市上瓦屋１", "evidence": "通知カード"})
        }
        "papers" => json!({"person_id": person, "card": "registered", "income_year": 2025}),
        "stays" => {
            json!({"fiscal_year": 2026, "person_id": person, "facility_id": 1, "admitted_on": "2026-06-01",
            "from": "27100", "from_facility": false, "by_measure": false})
        }
        "students" => {
            json!({"person_id": person, "starts_on": "2026-04-01", "school": "校", "place": "地",
            "expected_end": "2027-03-31"})
        }
        "reliefs" => json!({"fiscal_year": 2026, "rule": "income_fall", "applied_on": "2026-06-10",
            "from": "2026-06", "until": "2027-03", "grounds": "試験", "evidence": []}),
        "pension" => json!({"fiscal_year": 2026, "reason": "試験", "account_transfer": false}),
        _ => json!({}),
    }
}

both! {
    async fn an_account_of_another_ward_finds_nothing_by_any_route_also_at_an_earlier_moment(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let id = view["id"].as_i64().unwrap();
        // Something of each kind that has a number of its own.
        let decide = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (_, decision) = office.send(Method::POST, &format!("/api/households/{id}/decisions"), decide).await;
        let decision = decision["summary"]["id"].as_i64().unwrap();
        let (_, letter) = office.send(Method::POST, &format!("/api/decisions/{decision}/notice"), json!(null)).await;
        let question = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": view["members"][0]["person_id"]});
        let (_, document) = office.send(Method::POST, &format!("/api/households/{id}/documents"), question).await;
        let view = office.household().await;
        let known = format!("&known_at={}", moment(office.db.newest_moment().await.unwrap().0));
        let (mut looked, mut wrong) = (0, Vec::new());
        for role in [Role::Supervisor, Role::EligibilityOfficer, Role::SystemAdmin, Role::LinkageOperator, Role::PrivacyOfficer] {
            let other = office.sign_in_as(&format!("other-{}", role.key()), role, "港区").await;
            for Permission { method, path, action, scope, .. } in permissions() {
                if !role.may(action) || scope == Scope::Own || path.ends_with("/events") {
                    continue;
                }
                let number = if path.starts_with("/api/letters") { &letter["number"] } else { &document["number"] };
                let own = if path.contains("/decisions/") { decision } else { id };
                let address = path.replace("{id}", &own.to_string()).replace("{number}", number.as_str().unwrap());
                let address = address.replace("{case}", "1").replace("{sort}", "anomaly").replace("{login}", "nobody");
                let moments = if method == Method::GET && path == "/api/households/{id}" {
                    vec![known.as_str(), ""]
                } else {
                    vec![""]
                };
                for known in moments {
                    let address = format!("{address}?fiscal_year=2026&kind=residents&file_name=a.csv&person_id=1{known}");
                    let request = office.request(&other, method.clone(), &address);
                    let answer = if method == Method::GET { request.send().await } else { request.json(&acting(&path, &view)).send().await };
                    let answer = answer.unwrap();
                    let (status, text) = (answer.status(), answer.text().await.unwrap());
                    looked += 1;
                    let of_household = path.contains("/households/{id}") || path.contains("/decisions/{id}")
                        || path.contains("/letters/") || path.contains("/documents/") || path.ends_with("/claims") || path.ends_with("/saved");
                    let expected = match scope {
                        Scope::City => status == StatusCode::FORBIDDEN,
                        Scope::Ward if of_household => status == StatusCode::NOT_FOUND,
                        _ => !status.is_server_error(),
                    };
                    if !expected || NAMES.iter().any(|name| text.contains(name)) {
                        wrong.push(format!("{role:?} {method} {path}: {status} {text}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(looked > 100, "{looked}");
        let (_, after) = office.get(&format!("/api/households/{id}?fiscal_year=2026")).await;
        assert_eq!(after["revision"], view["revision"], "nothing was changed");
    }
}

const MOVING: &str = "宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日
1000000009,2000000009,1,世帯主,移　太郎,イ　タロウ,1981-04-02,1,540-0001,大阪市{ward}移町1番1号,{ward},1990-04-01,
#合計,1,1
";

#[tokio::test]
async fn a_ward_sees_a_household_neither_after_it_left_nor_as_it_was_known_before() {
    let office = Office::open(Kind::Sqlite, "27100").await;
    for ward in ["北区", "中央区"] {
        let text = MOVING.replace("{ward}", ward);
        office
            .import_in("27100", FileKind::Residents, text.into_bytes())
            .await
            .unwrap();
        if ward == "北区" {
            let north = office.sign_in_as("north", Role::Supervisor, "北区").await;
            let look = office.request(&north, Method::GET, "/api/households/1000?fiscal_year=2026");
            assert_eq!(look.send().await.unwrap().status(), StatusCode::OK);
        }
    }
    // As it was known between the two files.
    let before: i64 = kokuho_server::on_db!(&office.db, pool =>
        sqlx::query_scalar("SELECT MIN(recorded_at) FROM person_fact").fetch_one(pool).await.unwrap());
    for login in ["north", "centre"] {
        let ward = if login == "north" {
            "北区"
        } else {
            "中央区"
        };
        let client = office.sign_in_as(login, Role::Supervisor, ward).await;
        for known in [String::new(), format!("&known_at={}", moment(before))] {
            let path = format!("/api/households/1000?fiscal_year=2026{known}");
            let answer = office
                .request(&client, Method::GET, &path)
                .send()
                .await
                .unwrap();
            let seen = login == "centre" && known.is_empty();
            let status = if seen {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            };
            assert_eq!(answer.status(), status, "{login} {path}");
        }
    }
}
