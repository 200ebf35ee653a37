//! 情報照会 end to end: asked at the screen's route, carried as files, answered by the partners,
//! adopted by a clerk — and everything that goes wrong on the way.

use crate::both;
use crate::office::{Office, keys};
use kokuho_partners::{Fault, Partners, People, Register};
use kokuho_server::clock::Clock;
use kokuho_server::transfer::rounds::FileTransfer;
use kokuho_shared::access::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// What is asked, of whom, and the last column of the answer's file.
const HOLDERS: [(&str, &str, &str); 3] = [
    ("local_tax", "municipality", "課税所得"),
    (
        "medical_insurance",
        "medical_insurer",
        "被保険者の後期高齢者医療移行日",
    ),
    ("unemployment", "minister", "離職理由コード"),
];

/// The office's side and the other side of one exchange folder.
pub struct Exchange {
    pub courier: FileTransfer,
    pub partners: Partners,
    pub folder: PathBuf,
}

impl Exchange {
    pub fn of(office: &Office) -> Exchange {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("kokuho-exchange-{}-{number}", std::process::id()));
        let people = People::parse(crate::city::RESIDENTS).unwrap();
        let courier = FileTransfer {
            db: office.db.clone(),
            folder: folder.clone(),
            layouts: None,
            keys: keys(),
            clock: clock_on("2026-06-10"),
            municipality: "27213".into(),
            ports: kokuho_server::rooms::ports(),
        };
        let mut partners = Partners::new(&folder, people);
        let register = |text| Register::parse(text).unwrap();
        partners.registers(
            register(crate::city::RESIDENTS),
            register(crate::city::INCOMES),
        );
        Exchange {
            courier,
            partners,
            folder,
        }
    }

    /// There, answered, and back.
    pub async fn there_and_back(&mut self) {
        self.courier.round().await.unwrap();
        self.partners.round().unwrap();
        self.courier.round().await.unwrap();
    }

    pub fn files(&self, place: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.join(place)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn clock_on(day: &str) -> Clock {
    Clock {
        today: Some(day.parse().unwrap()),
    }
}

fn wish(view: &Value, member: usize, dataset: &str, holder: &str) -> Value {
    json!({"person_id": view["members"][member]["person_id"], "dataset": dataset, "holder": holder, "holder_code": "27100",
        "fiscal_year": 2026, "purpose": "転入者の所得確認"})
}

async fn ask(office: &Office, view: &Value, wish: Value) -> i64 {
    let path = format!("/api/households/{}/inquiries", view["id"]);
    let (status, list) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    assert_eq!(list[0]["state"], "queued");
    list[0]["id"].as_i64().unwrap()
}

async fn inquiry(office: &Office, view: &Value, id: i64) -> Value {
    let (_, list) = office
        .get(&format!("/api/households/{}/inquiries", view["id"]))
        .await;
    list.as_array()
        .unwrap()
        .iter()
        .find(|each| each["id"] == id)
        .unwrap()
        .clone()
}

async fn settle(office: &Office, id: i64, settlement: &str, reason: &str) -> (StatusCode, Value) {
    let revision = office.household().await["revision"].clone();
    let path = format!("/api/inquiries/{id}/settlement?fiscal_year=2026");
    let wish = json!({"settlement": settlement, "reason": reason, "revision": revision});
    office.send(Method::POST, &path, wish).await
}

/// Asked, answered, adopted: the household afterwards.
async fn adopted(
    office: &Office,
    exchange: &mut Exchange,
    member: usize,
    dataset: &str,
    holder: &str,
) -> Value {
    let view = office.household().await;
    let id = ask(office, &view, wish(&view, member, dataset, holder)).await;
    assert_eq!(office.household().await["open_inquiries"], 1);
    exchange.there_and_back().await;
    let answered = inquiry(office, &view, id).await;
    assert_eq!(
        (
            answered["state"].as_str(),
            answered["differences"].as_array().map(Vec::len)
        ),
        (Some("answered"), None),
        "{answered}"
    );
    // Nothing has changed by itself.
    assert_eq!(office.household().await["members"], view["members"]);
    let (status, after) = settle(office, id, "adopt", "").await;
    assert_eq!(status, StatusCode::OK, "{after}");
    assert_eq!(after["open_inquiries"], Value::Null);
    assert_eq!(inquiry(office, &view, id).await["state"], "adopted");
    after
}

both! {
    async fn flow_1_03_and_1_04_a_municipality_says_who_is_head_and_the_answer_is_kept(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        let before = office.household().await;
        let after = adopted(&office, &mut exchange, 1, "resident_relation", "municipality").await;
        assert_eq!(after["members"], before["members"]);
        let (_, list) = office.get(&format!("/api/households/{}/inquiries", before["id"])).await;
        assert_eq!((list[0]["answer"]["head_name"].as_str(), list[0]["answer"]["relation"].as_str()), (Some("見辺　一郎"), Some("妻")));
        assert!(list[0]["basis"].as_str().unwrap().contains("69の項"), "{list}");
    }
}

both! {
    async fn flow_1_07_to_1_14_and_flow_2_05_to_2_08_each_holder_of_insurance_facts_answers_and_a_former_dependant_is_found(office: Office) {
        office.with_city().await;
        // Somebody of 66, whose number ends with an odd digit: a dependant until the insured moved on.
        let file = crate::city::RESIDENTS.replace("1981-04-02", "1960-04-02");
        let job = office.import(kokuho_shared::api::import::FileKind::Residents, file.clone().into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let mut exchange = Exchange::of(&office);
        exchange.partners = Partners::new(&exchange.folder, People::parse(&file).unwrap());
        for holder in ["municipality", "late_elderly", "medical_insurer"] {
            let view = office.household().await;
            let id = ask(&office, &view, wish(&view, 0, "medical_insurance", holder)).await;
            exchange.there_and_back().await;
            let answered = inquiry(&office, &view, id).await;
            assert_eq!((answered["state"].as_str(), answered["answer"]["lost_on"].as_str()), (Some("answered"), Some("2026-05-21")));
            let (status, after) = settle(&office, id, "adopt", "").await;
            assert_eq!(status, StatusCode::OK, "{after}");
            assert_eq!(after["members"][0]["circumstances"]["former_dependant_since"], "2026-05-21");
        }
    }
}

both! {
    async fn flow_2_01_and_2_02_a_municipality_s_tax_facts_become_the_income_once_a_clerk_adopts_them(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        let after = adopted(&office, &mut exchange, 1, "local_tax", "municipality").await;
        // The number ends with 2: 2,200,000 yen of salary.
        let income = &after["members"][1]["income"];
        assert_eq!((income["salary_receipts"].as_i64(), income["salary_income"].as_i64()), (Some(2_200_000), Some(1_460_000)));
        assert_eq!(after["members"][1]["income_status"], "known");
        // Who sold land: what was taken off of the gain counts in the reduction test.
        let after = adopted(&office, &mut exchange, 2, "local_tax", "municipality").await;
        let income = &after["members"][2]["income"];
        assert_eq!((income["transfer_special_deduction"].as_i64(), income["total_income"].as_i64()), (Some(1_000_000), Some(2_530_000)));
    }
}

both! {
    async fn flow_2_09_and_2_10_the_minister_s_answer_makes_an_involuntarily_unemployed_person(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        let after = adopted(&office, &mut exchange, 0, "unemployment", "minister").await;
        assert_eq!(after["members"][0]["circumstances"]["involuntary"]["left_on"], "2026-03-31");
    }
}

both! {
    async fn flow_2_01_to_2_10_what_is_not_answered_with_content_is_never_adopted_and_can_go_on_otherwise(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        let table = [
            (Fault::NoRecord, "no_record"), (Fault::NotRegistered, "not_registered"), (Fault::ByHand, "manual_pending"),
            (Fault::Refused, "refused"), (Fault::Error, "failed"), (Fault::OtherPerson, "mismatched"),
        ];
        let cases = HOLDERS.into_iter().flat_map(|holder| table.map(|fault| (holder, fault)));
        for ((dataset, holder, _), (fault, state)) in cases {
            exchange.partners.fault("1000000002", fault);
            let view = office.household().await;
            let id = ask(&office, &view, wish(&view, 1, dataset, holder)).await;
            exchange.there_and_back().await;
            assert_eq!(inquiry(&office, &view, id).await["state"], state);
            let (status, problem) = settle(&office, id, "adopt", "").await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("settlement")), "{state}");
            // Without a reason it is not given up.
            let (status, problem) = settle(&office, id, "to_paper", " ").await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
            let (status, after) = settle(&office, id, "to_paper", "電話で確認する").await;
            assert_eq!(status, StatusCode::OK, "{after}");
            assert_eq!(after["members"], view["members"]);
        }
    }
}

both! {
    async fn a_partial_answer_and_one_difference_are_shown_and_an_income_that_is_missing_is_not_zero(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.partners.fault("1000000002", Fault::Partial);
        exchange.partners.fault("1000000001", Fault::Misspelt);
        let view = office.household().await;
        let partial = ask(&office, &view, wish(&view, 1, "local_tax", "municipality")).await;
        let misspelt = ask(&office, &view, wish(&view, 0, "local_tax", "municipality")).await;
        exchange.there_and_back().await;
        let (status, problem) = settle(&office, partial, "adopt", "").await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem["message"].as_str().unwrap().contains("一部が回答されていません"));
        let told = inquiry(&office, &view, misspelt).await;
        assert_eq!((told["state"].as_str(), &told["differences"]), (Some("answered"), &json!(["kana"])));
    }
}

both! {
    async fn flow_2_01_to_2_10_a_file_that_is_wrong_is_refused_whole_with_its_reason_and_the_inquiry_goes_on_waiting(office: Office) {
        office.with_city().await;
        let faults = [
            (Fault::Truncated, "合計行"), (Fault::RecordMissing, "合計"), (Fault::ColumnMissing, ""),
            (Fault::WrongCharset, "文字コード"), (Fault::UnknownCode, "「7」は使えません"), (Fault::UnknownNumber, "照会番号の照会はありません"),
            (Fault::OutOfRange, "1868-01-01"),
        ];
        let cases = HOLDERS.into_iter().flat_map(|holder| faults.map(|fault| (holder, fault)));
        for ((dataset, holder, last_column), (fault, reason)) in cases {
            let reason = if reason.is_empty() { last_column } else { reason };
            let mut exchange = Exchange::of(&office);
            exchange.partners.fault("1000000002", fault);
            let view = office.household().await;
            let id = ask(&office, &view, wish(&view, 1, dataset, holder)).await;
            exchange.there_and_back().await;
            assert_eq!(inquiry(&office, &view, id).await["state"], "sent", "{fault:?}");
            let told = format!("in/rejected/{dataset}_000001.csv.reason.txt");
            let told = std::fs::read_to_string(exchange.folder.join(told)).unwrap();
            assert!(told.contains(reason), "{fault:?}: {told}");
            assert_eq!(exchange.files("in"), Vec::<String>::new());
            // Once the deadline is past it is shown, and an answer that comes then is still one.
            exchange.courier.clock = clock_on("2026-07-01");
            exchange.courier.round().await.unwrap();
            assert_eq!(inquiry(&office, &view, id).await["state"], "timed_out");
            assert_eq!(settle(&office, id, "reject", "届出で確認した").await.0, StatusCode::OK);
        }
    }
}

both! {
    async fn an_answer_with_external_characters_or_under_a_long_name_is_an_answer_like_any_other(office: Office) {
        office.with_city().await;
        for (fault, head) in [(Fault::UserArea, "\u{E000}髙　一郎"), (Fault::LongName, "見辺　一郎")] {
            let mut exchange = Exchange::of(&office);
            exchange.partners.fault("1000000002", fault);
            let view = office.household().await;
            let id = ask(&office, &view, wish(&view, 1, "resident_relation", "municipality")).await;
            exchange.there_and_back().await;
            let told = inquiry(&office, &view, id).await;
            assert_eq!((told["state"].as_str(), told["answer"]["head_name"].as_str()), (Some("answered"), Some(head)), "{told}");
            assert_eq!(exchange.files("in"), Vec::<String>::new());
            assert_eq!(settle(&office, id, "reject", "届出で確認した").await.0, StatusCode::OK);
        }
    }
}

both! {
    async fn no_answer_times_out_is_asked_again_and_two_equal_files_count_once(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.partners.fault("1000000002", Fault::Silent);
        let view = office.household().await;
        let id = ask(&office, &view, wish(&view, 1, "local_tax", "municipality")).await;
        let (status, problem) = office.send(Method::POST, &format!("/api/households/{}/inquiries", view["id"]),
            wish(&view, 1, "local_tax", "municipality")).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("dataset")), "nothing is asked twice");
        exchange.there_and_back().await;
        exchange.courier.clock = clock_on("2026-07-01");
        exchange.courier.round().await.unwrap();
        assert_eq!(inquiry(&office, &view, id).await["state"], "timed_out");
        assert_eq!(settle(&office, id, "retry", "").await.0, StatusCode::OK);
        assert_eq!(inquiry(&office, &view, id).await["state"], "repeated");
        let (_, list) = office.get(&format!("/api/households/{}/inquiries", view["id"])).await;
        let id = list[0]["id"].as_i64().unwrap();
        exchange.courier.clock = clock_on("2026-06-10");
        exchange.partners.fault("1000000002", Fault::TwoFiles);
        exchange.there_and_back().await;
        assert_eq!(inquiry(&office, &view, id).await["state"], "answered");
        let done = exchange.files("in/done");
        assert_eq!(done.iter().filter(|name| name.starts_with("local_tax")).count(), 2);
        let sql = "SELECT COUNT(*) FROM inbound_file";
        let files: i64 = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
        assert_eq!(files, 1);
    }
}

both! {
    async fn what_the_law_does_not_allow_is_not_asked_and_strangers_to_the_household_are_not_either(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/inquiries", view["id"]);
        let mut stranger = wish(&view, 0, "local_tax", "municipality");
        stranger["person_id"] = 1.into();
        let mut nameless = wish(&view, 0, "local_tax", "municipality");
        nameless["purpose"] = " ".into();
        let mut code = wish(&view, 0, "local_tax", "municipality");
        code["holder_code"] = "大阪市".into();
        let cases = [
            (wish(&view, 0, "local_tax", "minister"), "dataset"), (wish(&view, 0, "unemployment", "municipality"), "dataset"),
            (stranger, "person_id"), (nameless, "purpose"), (code, "holder_code"),
        ];
        for (wanted, field) in cases {
            let (status, problem) = office.send(Method::POST, &path, wanted).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let id = ask(&office, &view, wish(&view, 0, "local_tax", "municipality")).await;
        let status = async |method: Method, path: String, body: Value| {
            office.request(&other, method, &path).json(&body).send().await.unwrap().status()
        };
        assert_eq!(status(Method::GET, path.clone(), json!(null)).await, StatusCode::NOT_FOUND);
        assert_eq!(status(Method::POST, path, wish(&view, 1, "local_tax", "municipality")).await, StatusCode::NOT_FOUND);
        let settlement = format!("/api/inquiries/{id}/settlement?fiscal_year=2026");
        assert_eq!(status(Method::POST, settlement, json!({"settlement": "cancel", "revision": 0})).await, StatusCode::NOT_FOUND);
        let answer = office.request(&other, Method::GET, "/api/inquiries").send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"count": 0, "items": []}));
    }
}

both! {
    async fn an_answer_is_not_adopted_over_facts_that_changed_meanwhile_nor_against_what_is_known(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        let view = office.household().await;
        let id = ask(&office, &view, wish(&view, 0, "unemployment", "minister")).await;
        exchange.there_and_back().await;
        // Somebody enters another day meanwhile.
        let known = &view["members"][0];
        let edit = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "離職票", "members": [{"person_id": known["person_id"],
            "eligibility": known["eligibility"], "income": known["income"], "income_status": "known",
            "circumstances": {"involuntary": {"left_on": "2025-10-31"}}}]});
        let (status, edited) = office.send(Method::PUT, &format!("/api/households/{}/facts", view["id"]), edit).await;
        assert_eq!((status, edited["open_inquiries"].as_i64()), (StatusCode::OK, Some(1)), "{edited}");
        let path = format!("/api/inquiries/{id}/settlement?fiscal_year=2026");
        let stale = json!({"settlement": "adopt", "revision": view["revision"]});
        let (status, problem) = office.send(Method::POST, &path, stale).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("revision")), "{problem}");
        let (status, problem) = settle(&office, id, "adopt", "").await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem["message"].as_str().unwrap().contains("登録済みの離職日（2025-10-31）"), "{problem}");
        assert_eq!(inquiry(&office, &view, id).await["state"], "answered");
    }
}
