//! 減免: applied for, proved, decided by somebody else, and a part of the premium from then on.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::figures;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

pub const EVIDENCE: [&str; 3] = [
    "退職・廃業・休業を証する書類（離職票、廃業届など）",
    "事由が起きた後の収入の分かる書類（給与明細など）",
    "今後12か月の収入の見込みの申立て",
];

pub fn fall(evidence: &[&str]) -> Value {
    json!({"fiscal_year": 2026, "rule": "income_fall", "applied_on": "2026-06-10", "from": "2026-06", "until": "2027-03",
        "measured": 55, "grounds": "廃業した", "evidence": evidence})
}

async fn apply(office: &Office, view: &Value, wish: Value) -> (StatusCode, Value) {
    let path = format!("/api/households/{}/reliefs", view["id"]);
    office.send(Method::POST, &path, wish).await
}

async fn decide(office: &Office, by: &Client, case: &Value, wish: Value) -> (StatusCode, Value) {
    let path = format!("/api/reliefs/{}/decision", case["id"]);
    let request = office.request(by, Method::POST, &path).json(&wish);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn says(answer: &(StatusCode, Value), status: StatusCode, part: &str) {
    assert_eq!(answer.0, status, "{}", answer.1);
    let message = answer.1["message"].as_str().unwrap();
    assert!(message.contains(part), "{message}");
}

fn total(view: &Value) -> i64 {
    let view: HouseholdView = serde_json::from_value(view.clone()).unwrap();
    let assessor = figures::assessor("27213", view.fiscal_year).unwrap();
    assessor
        .assess(&assessor.household(&view.members, &view.reliefs))
        .unwrap()
        .premium
        .total
        .0
}

both! {
    async fn a_relief_needs_its_evidence_a_second_person_and_the_citys_rate(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (status, cases) = apply(&office, &view, fall(&EVIDENCE[..2])).await;
        assert_eq!(status, StatusCode::OK, "{cases}");
        assert_eq!((cases[0]["percent"].as_i64(), cases[0]["missing"][0].as_str()), (Some(70), Some(EVIDENCE[2])));
        let grant = json!({"state": "granted"});
        says(&decide(&office, &office.client, &cases[0], grant.clone()).await, StatusCode::CONFLICT, "本人は決定できません");
        let other = office.other(Role::Supervisor).await;
        says(&decide(&office, &other, &cases[0], grant.clone()).await, StatusCode::CONFLICT, "そろっていません");
        let officer = office.other(Role::AssessmentOfficer).await;
        assert_eq!(decide(&office, &officer, &cases[0], grant.clone()).await.0, StatusCode::FORBIDDEN);
        let refused = decide(&office, &other, &cases[0], json!({"state": "refused"})).await;
        says(&refused, StatusCode::UNPROCESSABLE_ENTITY, "理由");
        says(&apply(&office, &view, fall(&EVIDENCE)).await, StatusCode::CONFLICT, "もう申請");
        let withdrawn = json!({"state": "withdrawn", "reason": "書類をそろえて出し直す"});
        assert_eq!(decide(&office, &office.client, &cases[0], withdrawn).await.0, StatusCode::OK);
        let (status, cases) = apply(&office, &view, fall(&EVIDENCE)).await;
        assert_eq!(status, StatusCode::OK);
        let saves = cases[0]["saves"].as_i64().unwrap();
        let (status, granted) = decide(&office, &other, &cases[0], grant.clone()).await;
        assert_eq!(status, StatusCode::OK, "{granted}");
        assert_eq!((granted[0]["state"].as_str(), granted[0]["saves"].as_i64()), (Some("granted"), Some(saves)));
        says(&decide(&office, &other, &cases[0], grant).await, StatusCode::CONFLICT, "もう処理されています");
        let after = office.household().await;
        assert_ne!(after["revision"], view["revision"]);
        assert_eq!(total(&view) - total(&after), saves);
        // 70 per cent of 所得割 in ten of twelve months, part by part: 151,288 + 48,731 + 41,405 + 4,460.
        assert_eq!(saves, 245_884);
        let wish = json!({"fiscal_year": 2026, "revision": after["revision"], "preview_total": total(&after)});
        let path = format!("/api/households/{}/decisions", view["id"]);
        let (status, decision) = office.send(Method::POST, &path, wish).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        assert_eq!(decision["summary"]["total"].as_i64(), Some(645_854 - saves));
        let lines = decision["assessment"]["explanation"].as_array().unwrap();
        assert!(lines.iter().any(|line| line["code"] == "granted_relief"), "{decision}");
    }
}

both! {
    async fn what_was_decided_of_an_application_is_told_in_a_notice_of_its_own(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (_, cases) = apply(&office, &view, fall(&EVIDENCE)).await;
        let path = format!("/api/reliefs/{}/notice", cases[0]["id"]);
        says(&office.send(Method::POST, &path, Value::Null).await, StatusCode::CONFLICT, "まだ決定していない");
        let other = office.other(Role::Supervisor).await;
        let refused = decide(&office, &other, &cases[0], json!({"state": "refused", "reason": "基準の割合に満たない"})).await;
        assert_eq!(refused.0, StatusCode::OK, "{}", refused.1);
        let (status, document) = office.send(Method::POST, &path, Value::Null).await;
        assert_eq!((status, document["kind"].as_str()), (StatusCode::OK, Some("relief_notice")), "{document}");
        let again = office.send(Method::POST, &path, Value::Null).await.1;
        assert_eq!(again["number"], document["number"]);
        let content = content(&office, &document).await;
        for part in ["国民健康保険料減免不承認通知書", "基準の割合に満たない", "令和8年6月から令和9年3月まで"] {
            assert!(content.contains(part), "{part}: {content}");
        }
        // A grant says of which lines how much; its end is told as well.
        let (_, cases) = apply(&office, &view, fall(&EVIDENCE)).await;
        decide(&office, &other, &cases[0], json!({"state": "granted"})).await;
        let path = format!("/api/reliefs/{}/notice", cases[0]["id"]);
        let granted = office.send(Method::POST, &path, Value::Null).await.1;
        assert!(self::content(&office, &granted).await.contains("所得割の70％"), "{granted}");
        decide(&office, &other, &cases[0], json!({"state": "ended", "reason": "種類の誤り"})).await;
        let ended = office.send(Method::POST, &path, Value::Null).await.1;
        assert_ne!(ended["number"], granted["number"]);
        assert!(self::content(&office, &ended).await.contains("国民健康保険料減免取消通知書"));
        let (status, problem) = office.send(Method::POST, &format!("/api/households/{}/documents", view["id"]),
            json!({"fiscal_year": 2026, "kind": "relief_notice", "person_id": view["members"][0]["person_id"]})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("kind")), "{problem}");
    }
}

/// Decides as things stand, tells it, and returns what the letter says it replaces.
async fn told(office: &Office) -> Value {
    let view = office.household().await;
    let wish =
        json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": total(&view)});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let (status, decision) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{decision}");
    let id = &decision["summary"]["id"];
    let (status, letter) = office
        .send(
            Method::POST,
            &format!("/api/decisions/{id}/notice"),
            Value::Null,
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{letter}");
    let sql = "SELECT content FROM letter WHERE kind = 'premium_notice' AND subject_id = $1";
    let text: String = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql)
        .bind(id.as_i64()).fetch_one(pool).await.unwrap());
    serde_json::from_str::<Value>(&text).unwrap()["content"]["replaces"].clone()
}

both! {
    async fn a_change_notice_names_the_relief_that_was_granted_and_the_one_that_ended(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        assert!(told(&office).await.is_null());
        let (_, cases) = apply(&office, &view, fall(&EVIDENCE)).await;
        let other = office.other(Role::Supervisor).await;
        decide(&office, &other, &cases[0], json!({"state": "granted"})).await;
        let since = |what: &str| json!([{"name": "世帯", "how": format!("{what}、令和8年6月分から")}]);
        let replaced = told(&office).await;
        assert_eq!(replaced["steps"][0]["people"], since("減免の決定"), "{replaced}");
        decide(&office, &other, &cases[0], json!({"state": "ended", "reason": "種類の誤り"})).await;
        let replaced = told(&office).await;
        assert_eq!(replaced["steps"][0]["people"], since("減免の取消し"), "{replaced}");
        assert_eq!(replaced["steps"].as_array().map(Vec::len), Some(1), "{replaced}");
    }
}

async fn content(office: &Office, document: &Value) -> String {
    let sql = "SELECT content FROM document WHERE number = $1";
    let number = document["number"].as_str().unwrap();
    kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).bind(number).fetch_one(pool).await.unwrap())
}

both! {
    async fn incident_a17_a_relief_that_is_taken_back_makes_the_decision_due_again(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (_, cases) = apply(&office, &view, fall(&EVIDENCE)).await;
        let other = office.other(Role::Supervisor).await;
        decide(&office, &other, &cases[0], json!({"state": "granted"})).await;
        let after = office.household().await;
        let wish = json!({"fiscal_year": 2026, "revision": after["revision"], "preview_total": total(&after)});
        let path = format!("/api/households/{}/decisions", view["id"]);
        assert_eq!(office.send(Method::POST, &path, wish).await.0, StatusCode::OK);
        let (status, ended) = decide(&office, &other, &cases[0], json!({"state": "ended", "reason": "種類の誤り"})).await;
        assert_eq!((status, ended[0]["state"].as_str()), (StatusCode::OK, Some("ended")), "{ended}");
        assert_eq!(total(&office.household().await), 645_854);
        let (_, queue) = office.get("/api/queue").await;
        let due = queue.as_array().unwrap().iter().find(|group| group["kind"] == "decision_due").unwrap();
        assert_eq!(due["count"], 1, "{due}");
    }
}

both! {
    async fn what_the_citys_rules_do_not_say_is_refused_by_its_field(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let head = view["members"][0]["person_id"].clone();
        let table = [
            (json!({"rule": "unknown"}), "rule"),
            (json!({"applied_on": "2026-06-11"}), "applied_on"),
            (json!({"from": "2026-05"}), "from"),
            (json!({"until": "2027-04"}), "until"),
            (json!({"until": "2026-05"}), "until"),
            (json!({"measured": null}), "measured"),
            (json!({"measured": 101}), "measured"),
            (json!({"grounds": " "}), "grounds"),
            (json!({"evidence": ["口頭"]}), "evidence"),
            (json!({"person_id": head}), "person_id"),
            (json!({"rule": "detention"}), "person_id"),
        ];
        let before = office.rows().await;
        for (change, field) in table {
            let mut wish = fall(&EVIDENCE);
            for (key, value) in change.as_object().unwrap() {
                wish[key] = value.clone();
            }
            let (status, problem) = apply(&office, &view, wish).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{change}: {problem}");
        }
        assert_eq!(office.rows().await, before);
        // A fall that the table gives nothing for, and a city without a table.
        let mut small = fall(&EVIDENCE);
        small["measured"] = json!(29);
        let other = office.other(Role::Supervisor).await;
        let (_, cases) = apply(&office, &view, small).await;
        says(&decide(&office, &other, &cases[0], json!({"state": "granted"})).await, StatusCode::CONFLICT, "減免がありません");
        let mut disaster = fall(&[]);
        (disaster["rule"], disaster["evidence"]) = (json!("disaster"), json!(["罹災証明書", "損害保険などで補われた額の分かる書類"]));
        let (_, cases) = apply(&office, &view, disaster).await;
        says(&decide(&office, &other, &cases[0], json!({"state": "granted"})).await, StatusCode::CONFLICT, "表が登録されていない");
    }
}

both! {
    async fn detention_frees_the_months_of_one_person_also_afterwards(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let head = view["members"][0]["person_id"].clone();
        let wish = json!({"fiscal_year": 2026, "rule": "detention", "person_id": head, "applied_on": "2026-06-10", "from": "2026-04",
            "until": "2026-05", "grounds": "在監証明書による", "evidence": ["在監（在院）証明書: 入った日と出た日"]});
        let (status, cases) = apply(&office, &view, wish).await;
        assert_eq!(status, StatusCode::OK, "{cases}");
        let other = office.other(Role::Supervisor).await;
        let (status, granted) = decide(&office, &other, &cases[0], json!({"state": "granted"})).await;
        assert_eq!(status, StatusCode::OK, "{granted}");
        let saves = total(&view) - total(&office.household().await);
        // The head's own 所得割 and 均等割 of two months: 49,057 + 15,789 + 14,944 + 1,581.
        assert_eq!(saves, 81_371);
    }
}

both! {
    async fn flow_2_other_bodies_that_know_are_asked_and_private_ones_with_consent_only(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/documents", view["id"]);
        let wish = |of: &str, consent: bool| json!({"fiscal_year": 2026, "kind": "relief_inquiry", "person_id": view["members"][0]["person_id"],
            "asked": {"of": of, "name": "見本の照会先", "postcode": "530-0001", "address": "大阪市北区梅田１", "consent": consent}});
        for (of, consent, status) in [
            ("correctional", false, StatusCode::OK), ("tax_office", false, StatusCode::OK), ("prefectural_tax", false, StatusCode::OK),
            ("hospital", false, StatusCode::UNPROCESSABLE_ENTITY), ("hospital", true, StatusCode::OK), ("insurer", true, StatusCode::OK),
        ] {
            let (got, document) = office.send(Method::POST, &path, wish(of, consent)).await;
            assert_eq!(got, status, "{of}: {document}");
            if got != StatusCode::OK {
                assert_eq!(document["field"], "asked.consent");
                continue;
            }
            let pdf = format!("{}/api/documents/{}", office.url, document["number"].as_str().unwrap());
            let bytes = office.client.get(pdf).send().await.unwrap().bytes().await.unwrap();
            let text = pdf_extract::extract_text_from_mem(&bytes).unwrap();
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(text.contains("見本の照会先") && text.contains("見辺一郎") && !text.contains(view["number"].as_str().unwrap()), "{text}");
        }
        let mut nobody = wish("tax_office", false);
        nobody["asked"] = Value::Null;
        let (status, problem) = office.send(Method::POST, &path, nobody).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("asked")));
        // The reply is noted like any other.
        let (_, list) = office.get(&format!("{path}?fiscal_year=2026")).await;
        let number = list[0]["number"].as_str().unwrap();
        let closing = json!({"person_id": view["members"][0]["person_id"], "state": "replied", "on": "2026-06-10", "remark": "収容 4月1日から"});
        let (status, closed) = office.send(Method::POST, &format!("/api/documents/{number}/closing"), closing).await;
        assert_eq!((status, closed["state"].as_str()), (StatusCode::OK, Some("replied")), "{closed}");
    }
}
