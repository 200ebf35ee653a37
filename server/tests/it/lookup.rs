//! 番号の検索: any number that is printed finds its people, with a second key and in one's own ward only.

use crate::both;
use crate::city::file_of;
use crate::office::Office;
use kokuho_letters::gs1;
use kokuho_shared::access::Role;
use kokuho_shared::api::household::Found;
use kokuho_shared::api::import::FileKind::Residents;
use kokuho_shared::ids::HouseholdId;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const WARD: &str = "西区";

/// 見辺 一郎 is the head, 二子 a member.
const HEAD: (&str, &str) = ("ミペ　イチ", "1981-04-02");
const MEMBER: (&str, &str) = ("ミペ　ニコ", "1985-04-02");

/// A number as somebody types it, what it is called, how it is stored, and whom it finds: each by name and birth date.
struct Case {
    typed: String,
    label: &'static str,
    number: String,
    finds: Vec<(&'static str, &'static str)>,
}

impl Case {
    fn new(
        typed: &str,
        label: &'static str,
        number: &str,
        finds: &[(&'static str, &'static str)],
    ) -> Case {
        Case {
            typed: typed.to_owned(),
            label,
            number: number.to_owned(),
            finds: finds.to_vec(),
        }
    }
}

/// Numbers of everything that the office gave out for the household.
struct Given {
    household: HouseholdId,
    slip: String,
    notice: String,
    paper: String,
    inquiry: String,
}

/// The test city in a ward, decided; a notice with slips, a paper of 二子 and an inquiry about her.
async fn given(office: &Office) -> Given {
    office.with_city().await;
    let residents = file_of(Residents).replace("上瓦屋１,,", &format!("上瓦屋１,{WARD},"));
    let job = office.import(Residents, residents.into_bytes()).await;
    assert_eq!(job["state"], "done", "{job}");
    let view = office.household().await;
    let id = view["id"].as_i64().unwrap();
    let household = format!("/api/households/{id}");
    let asked = async |path: String, wish: Value| {
        let (status, answer) = office.send(Method::POST, &path, wish).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    };
    let member = view["members"][1]["person_id"].clone();
    let decide =
        json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
    let decision = asked(format!("{household}/decisions"), decide).await;
    let decision = decision["summary"]["id"].as_i64().unwrap();
    let notice = asked(format!("/api/decisions/{decision}/notice"), json!(null)).await;
    let paper =
        json!({"fiscal_year": 2026, "kind": "eligibility_certificate", "person_id": member});
    let paper = asked(format!("{household}/documents"), paper).await;
    let inquiry = json!({"person_id": member, "dataset": "local_tax", "holder": "municipality", "holder_code": "27100",
        "fiscal_year": 2026, "purpose": "転入者の所得確認"});
    let inquiries = asked(format!("{household}/inquiries"), inquiry).await;
    let sql = "SELECT number FROM payment_slip ORDER BY number LIMIT 1";
    let slip: String = kokuho_server::on_db!(&office.db, pool =>
        sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
    Given {
        household: HouseholdId(id),
        slip,
        notice: notice["number"].as_str().unwrap().to_owned(),
        paper: paper["number"].as_str().unwrap().to_owned(),
        inquiry: inquiries[0]["id"].to_string(),
    }
}

/// With the check digit that is printed after them.
fn checked(digits: &str) -> String {
    format!("{digits}{}", gs1::mod10_weight3(digits).unwrap())
}

fn cases(given: &Given) -> Vec<Case> {
    const PERSONAL: &str = "被保険者記号・番号と枝番";
    let (head, both) = ([HEAD], [HEAD, MEMBER]);
    let slip = |typed: &str| Case::new(typed, "納付書番号", &given.slip, &head);
    let barcode = checked(&format!("9191234501{}00002606300050000", given.slip));
    let printed = format!(
        "({}){}-{} {}",
        &barcode[..2],
        &barcode[2..8],
        &barcode[8..30],
        &barcode[30..]
    );
    let paper = |typed: &str| Case::new(typed, "文書番号", &given.paper, &both);
    vec![
        Case::new("2000000001", "世帯番号", "2000000001", &both),
        Case::new("２０００−００００ ０１", "世帯番号", "2000000001", &both),
        Case::new("1000000002", "宛名番号", "1000000002", &[MEMBER]),
        Case::new("12345678", "被保険者記号・番号", "12345678", &both),
        Case::new("12345678-02", PERSONAL, "12345678-02", &[MEMBER]),
        Case::new("１２３４５６７８　枝番０１", PERSONAL, "12345678-01", &head),
        slip(&given.slip),
        slip(&barcode),
        slip(&printed),
        slip(&checked(&format!("2721380000{}0120260000000", given.slip))),
        Case::new(&given.notice, "通知書番号", &given.notice, &head),
        Case::new(
            &given.notice.replace('-', "ー"),
            "通知書番号",
            &given.notice,
            &head,
        ),
        paper(&given.paper),
        paper(&given.paper.to_lowercase().replace('-', "")),
        Case::new(&given.inquiry, "照会番号", &given.inquiry, &[MEMBER]),
    ]
}

async fn found(office: &Office, client: &Client, keys: Value) -> Vec<Found> {
    let search = office.request(client, Method::POST, "/api/persons/search");
    let answer = search.json(&keys).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{keys}");
    answer.json().await.unwrap()
}

both! {
    async fn incident_x01_a_scanned_slip_alone_finds_its_household_and_a_number_that_is_typed_alone_nobody(office: Office) {
        let given = given(&office).await;
        let barcode = checked(&format!("9191234501{}00002606300050000", given.slip));
        let own = office.sign_in_as("own", Role::Supervisor, WARD).await;
        let list = found(&office, &own, json!({"number": barcode})).await;
        assert!(!list.is_empty() && list.iter().all(|one| one.household_number == "2000000001"), "{list:?}");
        let misread = format!("{}{}", &barcode[..43], (barcode[43..].parse::<u32>().unwrap() + 1) % 10);
        for alone in [given.slip.as_str(), given.paper.as_str(), "2000000001", "1000000002", misread.as_str()] {
            let (status, _) = office.find(json!({"number": alone})).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{alone}");
        }
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        assert!(found(&office, &other, json!({"number": barcode})).await.is_empty());
    }
}

both! {
    async fn any_printed_number_finds_its_people_with_a_second_key_and_in_their_ward_only(office: Office) {
        let given = given(&office).await;
        let own = office.sign_in_as("own", Role::Supervisor, WARD).await;
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        for case in cases(&given) {
            let typed = &case.typed;
            for person in [HEAD, MEMBER] {
                for keys in [json!({"number": typed, "name": person.0}), json!({"number": typed, "birth_date": person.1})] {
                    let list = found(&office, &own, keys.clone()).await;
                    let names: Vec<bool> = list.iter().map(|one| one.birth_date.to_string() == person.1).collect();
                    let right = if case.finds.contains(&person) { vec![true] } else { vec![] };
                    assert_eq!(names, right, "{keys}");
                    for one in list {
                        let matched = one.matched.unwrap();
                        let told = (matched.label.as_str(), matched.number.as_str());
                        assert_eq!((told, one.household_id), ((case.label, case.number.as_str()), given.household), "{keys}");
                    }
                    assert_eq!(found(&office, &other, keys.clone()).await, [], "{keys}");
                }
            }
            for wrong in [json!({"number": typed, "name": "ヤマダ"}), json!({"number": typed, "birth_date": "1999-01-01"})] {
                assert_eq!(found(&office, &own, wrong.clone()).await, [], "{wrong}");
            }
            // A symbol that a machine read needs no second key.
            if typed.trim_start_matches('(').starts_with("91") {
                continue;
            }
            let (status, problem) = office.find(json!({"number": typed})).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("number")), "{typed}");
        }
    }
}

both! {
    async fn a_slips_number_with_a_wrong_check_digit_is_refused_and_a_number_of_no_kind_finds_nobody(office: Office) {
        let given = given(&office).await;
        let (rest, last) = given.slip.split_at(15);
        let wrong = format!("{rest}{}", (last.parse::<u32>().unwrap() + 1) % 10);
        let (status, problem) = office.find(json!({"number": wrong, "name": HEAD.0})).await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("number")), "{problem}");
        assert!(problem["message"].as_str().unwrap().contains("納付書番号の検査数字"), "{problem}");
        for nobody in ["ABC", "番号", "%", "2026-9999999", "D2026-9999999", "999999999999"] {
            assert_eq!(office.find(json!({"number": nobody, "name": HEAD.0})).await, (StatusCode::OK, json!([])), "{nobody}");
        }
    }
}

both! {
    async fn a_letter_opens_the_household_that_it_went_to_and_an_old_number_finds_its_present_holder(office: Office) {
        let given = given(&office).await;
        // 二子 leaves for a household of her own, and the first one gets another 世帯番号.
        let residents = file_of(Residents);
        let mut lines = residents.lines();
        let mut moved = format!("{},世帯異動日\n", lines.next().unwrap());
        for line in lines {
            moved += &match line {
                _ if line.starts_with('#') => "#合計,3,2\n".to_owned(),
                _ if line.starts_with("1000000002") => line.replace("2000000001,0,妻", "2000000002,1,世帯主") + ",2026-06-01\n",
                _ => format!("{line},\n"),
            };
        }
        let moved = moved.replace("上瓦屋１,,", &format!("上瓦屋１,{WARD},"));
        let job = office.import(Residents, moved.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let household = async |number: &str| {
            let list = found(&office, &office.client, json!({"number": number, "birth_date": MEMBER.1})).await;
            assert_eq!(list.len(), 1, "{number}: {list:?}");
            let one = list.into_iter().next().unwrap();
            (one.household_id, one.household_number, one.head)
        };
        let (present, ..) = household("1000000002").await;
        assert_ne!(present, given.household);
        assert_eq!(household("2000000001").await, (present, "2000000002".into(), true));
        assert_eq!(household(&given.paper).await, (given.household, "2000000001".into(), false));
        assert_eq!(household(&given.inquiry).await, (given.household, "2000000001".into(), false));
    }
}

both! {
    async fn a_place_under_a_measure_stays_hidden_whatever_number_is_typed(office: Office) {
        let given = given(&office).await;
        let view = office.household().await;
        let edit = json!({"person_id": view["members"][2]["person_id"], "from": "2026-06-10", "until": "2027-06-10", "reason": "住基の通知"});
        let path = format!("/api/households/{}/protection?fiscal_year=2026", given.household);
        let (status, answer) = office.send(Method::PUT, &path, edit).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        for case in cases(&given) {
            let (_, birth_date) = case.finds[0];
            let list = found(&office, &office.client, json!({"number": case.typed, "birth_date": birth_date})).await;
            assert!(list.len() == 1 && list[0].protected && list[0].address.is_hidden(), "{}", case.typed);
        }
    }
}
