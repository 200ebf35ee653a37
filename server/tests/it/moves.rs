//! 世帯の異動: whoever changes the household inside the city is charged in each for its own months.

use crate::both;
use crate::city::{self, file_of};
use crate::office::Office;
use kokuho_shared::api::import::FileKind::Residents;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const HEADER: &str = "宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日,世帯異動日";
const ICHIRO: &str = "1000000001,{number},{head},{relation},見辺　一郎,ミペ　イチロウ,1981-04-02,1,598-0001,泉佐野市上瓦屋１,,1990-04-01,{until},{since}";
const NIKO: &str = "1000000002,{number},{head},{relation},見辺　二子,ミペ　ニコ,1985-04-02,2,598-0001,泉佐野市上瓦屋１,,2008-05-01,{until},{since}";
const SANTA: &str = "1000000003,{number},{head},{relation},見辺　三太,ミペ　サンタ,2011-04-02,1,598-0001,泉佐野市上瓦屋１,,2011-04-02,{until},{since}";
const OLD: &str = "2000000001";
const NEW: &str = "2000000002";

fn line(person: &str, number: &str, relation: &str, until: &str, since: &str) -> String {
    let head = if relation == "世帯主" { "1" } else { "0" };
    let filled = person.replace("{number}", number).replace("{head}", head);
    let filled = filled
        .replace("{relation}", relation)
        .replace("{until}", until);
    filled.replace("{since}", since)
}

fn file(lines: &[String]) -> String {
    let mut numbers: Vec<&str> = lines
        .iter()
        .map(|line| line.split(',').nth(1).unwrap())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    format!(
        "{HEADER}\n{}\n#合計,{},{}\n",
        lines.join("\n"),
        lines.len(),
        numbers.len()
    )
}

/// 二子 leaves with 三太 for a household of her own.
fn split(since: &str) -> String {
    file(&[
        line(ICHIRO, OLD, "世帯主", "", ""),
        line(NIKO, NEW, "世帯主", "", since),
        line(SANTA, NEW, "子", "", since),
    ])
}

async fn done(office: &Office, file: String) -> Value {
    let job = office.import(Residents, file.into_bytes()).await;
    assert_eq!(job["state"], "done", "{job}");
    job["run"].clone()
}

async fn view(office: &Office, id: i64) -> Value {
    let (status, view) = office
        .get(&format!("/api/households/{id}?fiscal_year=2026"))
        .await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

/// The household in which a person is now.
async fn household_of(office: &Office, resident: &str) -> i64 {
    let keys = json!({"number": resident, "name": "ミペ"});
    let (_, found) = office.find(keys).await;
    found[0]["household_id"].as_i64().unwrap()
}

/// Decides what the program itself computes, and returns the decision.
pub async fn decide(office: &Office, id: i64) -> Value {
    let seen = view(office, id).await;
    let path = format!("/api/households/{id}/decisions");
    let wish = |total: i64| json!({"fiscal_year": 2026, "revision": seen["revision"], "preview_total": total});
    let (status, refused) = office.send(Method::POST, &path, wish(-1)).await;
    assert_eq!(status, StatusCode::CONFLICT, "{refused}");
    let message = refused["message"].as_str().unwrap();
    let total = message
        .split("計算 ")
        .nth(1)
        .unwrap()
        .split('円')
        .next()
        .unwrap();
    let (status, decision) = office
        .send(Method::POST, &path, wish(total.parse().unwrap()))
        .await;
    assert_eq!(status, StatusCode::OK, "{decision}");
    decision
}

fn days(decision: &Value) -> Vec<(String, Option<String>, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let members = decision["inputs"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|one| {
            (
                text(&one["birth_date"]).unwrap(),
                text(&one["acquired_on"]),
                text(&one["lost_on"]),
            )
        })
        .collect()
}

async fn due(office: &Office) -> Vec<i64> {
    let (status, groups) = office.get("/api/queue").await;
    assert_eq!(status, StatusCode::OK, "{groups}");
    let group = groups
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == "decision_due")
        .unwrap();
    let items = group["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["household_id"].as_i64().unwrap())
        .collect()
}

fn person(
    birth: &str,
    from: Option<&str>,
    until: Option<&str>,
) -> (String, Option<String>, Option<String>) {
    (birth.into(), from.map(Into::into), until.map(Into::into))
}

both! {
    async fn a_split_household_pays_in_each_half_for_its_own_months_and_the_old_one_waits_for_a_new_decision(office: Office) {
        office.with_city().await;
        let old = household_of(&office, "1000000001").await;
        let before = decide(&office, old).await;
        assert_eq!((before["summary"]["total"].as_i64(), due(&office).await.len()), (Some(645_854), 0));
        let run = done(&office, split("2026-06-01")).await;
        assert_eq!((run["changed"].as_i64(), run["unchanged"].as_i64()), (Some(2), Some(1)));
        assert_eq!(due(&office).await, [old]);
        let new = household_of(&office, "1000000002").await;
        assert_ne!(new, old);
        let (left, joined) = (decide(&office, old).await, decide(&office, new).await);
        assert_eq!(days(&left), [person("1981-04-02", None, None), person("1985-04-02", None, Some("2026-06-01")), person("2011-04-02", None, Some("2026-06-01"))]);
        assert_eq!(days(&joined), [person("1985-04-02", Some("2026-06-01"), None), person("2011-04-02", Some("2026-06-01"), None)]);
        // 平等割 of two households from June on; nobody pays 均等割 twice or not at all.
        let months = |decision: &Value| decision["assessment"]["premium"]["parts"]["medical"]["months"].as_i64();
        assert_eq!((months(&left), months(&joined)), (Some(12), Some(10)));
        assert!(due(&office).await.is_empty());
        let seen = view(&office, old).await;
        assert_eq!(seen["members"][1]["belonged"], json!([{"until": "2026-06-01"}]));
    }
}

both! {
    async fn the_same_line_again_changes_nothing_with_or_without_its_day(office: Office) {
        office.with_city().await;
        done(&office, split("2026-06-01")).await;
        let run = done(&office, split("")).await;
        assert_eq!((run["added"].as_i64(), run["changed"].as_i64()), (Some(0), Some(0)));
        let shuffled = split("2026-06-01").replace(",,2008-05-01", ", ,2008-05-01");
        let run = done(&office, shuffled).await;
        assert_eq!((run["added"].as_i64(), run["changed"].as_i64()), (Some(0), Some(0)));
    }
}

both! {
    async fn a_day_without_another_household_before_it_moves_nobody(office: Office) {
        office.with_city().await;
        let run = done(&office, city::since(&file_of(Residents), "2026-05-11")).await;
        assert_eq!((run["added"].as_i64(), run["changed"].as_i64()), (Some(0), Some(0)));
    }
}

both! {
    async fn a_day_that_was_wrong_is_corrected_on_both_sides(office: Office) {
        office.with_city().await;
        let old = household_of(&office, "1000000001").await;
        done(&office, split("2026-06-01")).await;
        done(&office, split("2026-05-11")).await;
        let new = household_of(&office, "1000000002").await;
        let (left, joined) = (decide(&office, old).await, decide(&office, new).await);
        assert_eq!(days(&left)[1], person("1985-04-02", None, Some("2026-05-11")));
        assert_eq!(days(&joined)[0], person("1985-04-02", Some("2026-05-11"), None));
        done(&office, split("2026-06-05")).await;
        let (left, joined) = (decide(&office, old).await, decide(&office, new).await);
        assert_eq!(days(&left)[1], person("1985-04-02", None, Some("2026-06-05")));
        assert_eq!(days(&joined)[0], person("1985-04-02", Some("2026-06-05"), None));
    }
}

both! {
    async fn who_goes_back_within_the_year_has_two_times_in_the_old_household(office: Office) {
        office.with_city().await;
        let old = household_of(&office, "1000000001").await;
        done(&office, split("2026-04-20")).await;
        let back = file(&[
            line(ICHIRO, OLD, "世帯主", "", ""),
            line(NIKO, OLD, "妻", "", "2026-06-05"),
            line(SANTA, OLD, "子", "", "2026-06-05"),
        ]);
        done(&office, back).await;
        assert_eq!(household_of(&office, "1000000002").await, old);
        let decision = decide(&office, old).await;
        let niko = &decision["inputs"]["members"][1];
        assert_eq!(niko["earlier_periods"], json!([{"lost_on": "2026-04-20", "loss_ground": "other"}]));
        assert_eq!(niko["acquired_on"], "2026-06-05");
    }
}

both! {
    async fn a_new_head_is_another_taxpayer_from_its_day_on(office: Office) {
        office.with_city().await;
        let old = household_of(&office, "1000000001").await;
        let died = file(&[
            line(ICHIRO, OLD, "世帯主", "2026-05-31", ""),
            line(NIKO, OLD, "世帯主", "", "2026-06-01"),
            line(SANTA, OLD, "子", "", "2026-06-01"),
        ]);
        done(&office, died).await;
        let new = household_of(&office, "1000000002").await;
        assert_ne!(new, old);
        let (left, joined) = (decide(&office, old).await, decide(&office, new).await);
        let heads = |decision: &Value| {
            let members = decision["inputs"]["members"].as_array().unwrap();
            members.iter().filter(|one| one["head"] == true).map(|one| one["birth_date"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((heads(&left), heads(&joined)), (vec![json!("1981-04-02")], vec![json!("1985-04-02")]));
        assert_eq!(days(&left)[1], person("1985-04-02", None, Some("2026-06-01")));
        assert_eq!(days(&joined).len(), 2);
    }
}

both! {
    async fn a_merger_ends_the_household_whose_head_becomes_a_member(office: Office) {
        office.with_city().await;
        let old = household_of(&office, "1000000001").await;
        done(&office, split("2026-04-20")).await;
        let second = household_of(&office, "1000000002").await;
        // The number of the second household goes on; its head does not.
        let merged = file(&[
            line(ICHIRO, NEW, "世帯主", "", ""),
            line(NIKO, NEW, "妻", "", "2026-06-01"),
            line(SANTA, NEW, "子", "", "2026-06-01"),
        ]);
        done(&office, merged).await;
        for resident in ["1000000001", "1000000002", "1000000003"] {
            assert_eq!(household_of(&office, resident).await, old);
        }
        let ended = decide(&office, second).await;
        assert_eq!(days(&ended)[0], person("1985-04-02", Some("2026-04-20"), Some("2026-06-01")));
    }
}

both! {
    async fn a_move_without_its_day_or_without_its_people_is_refused_by_line_and_column(office: Office) {
        office.with_city().await;
        let before = office.rows().await;
        let without_column = file_of(Residents).replace("1000000002,2000000001,0,妻", "1000000002,2000000002,1,世帯主").replace("#合計,3,1", "#合計,3,2");
        let left_behind = file(&[line(ICHIRO, OLD, "夫", "", "2026-06-01"), line(NIKO, OLD, "世帯主", "", "2026-06-01")]);
        let left_out = file(&[line(NIKO, OLD, "世帯主", "", "2026-06-01"), line(SANTA, OLD, "子", "", "2026-06-01")]);
        for (text, line, column, says) in [
            (split(""), 3, "世帯異動日", "世帯異動日がありません"),
            (without_column, 3, "世帯異動日", "世帯異動日がありません"),
            (left_behind, 2, "宛名番号", "宛名番号 1000000003"),
            (left_out, 2, "世帯主区分", "宛名番号 1000000001"),
            (split("2026-06-11"), 3, "世帯異動日", "業務日"),
            (split("2026-06-01").replace("2011-04-02,,", "2011-04-02,2026-05-01,"), 4, "世帯異動日", "消除日より後"),
        ] {
            let job = office.import(Residents, text.into_bytes()).await;
            let problem = &job["problem"];
            assert_eq!((problem["line"].as_u64(), problem["column"].as_str()), (Some(line), Some(column)), "{job}");
            assert!(problem["message"].as_str().unwrap().contains(says), "{job}");
        }
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn a_household_that_was_left_before_the_year_is_opened_and_its_decision_taken_back(office: Office) {
        office.with_city().await;
        let old = household_of(&office, "1000000001").await;
        let before = decide(&office, old).await;
        assert_eq!(before["summary"]["total"], 645_854);
        // The head was never the head: nothing is left of the household.
        let files = file_of(Residents).replace("1,世帯主", "0,夫").replace("0,妻", "1,世帯主");
        done(&office, city::since(&files, "1981-04-02")).await;
        assert_eq!(due(&office).await, [old]);
        let taken_back = decide(&office, old).await;
        assert_eq!((taken_back["summary"]["total"].as_i64(), due(&office).await.len()), (Some(0), 0));
        let (_, ledger) = office.get(&format!("/api/households/{old}/ledger?fiscal_year=2026")).await;
        assert_eq!(ledger["open"], 0);
        let new = household_of(&office, "1000000001").await;
        assert_eq!(decide(&office, new).await["summary"]["total"], 645_854);
    }
}

both! {
    async fn a_head_who_leaves_takes_nobody_along_by_itself(office: Office) {
        office.with_city().await;
        for alone in [
            line(ICHIRO, NEW, "世帯主", "", ""),
            line(ICHIRO, OLD, "世帯主", "2026-05-31", ""),
        ] {
            let job = office.import(Residents, file(&[alone]).into_bytes()).await;
            let problem = &job["problem"];
            assert_eq!((problem["line"].as_u64(), problem["column"].as_str()), (Some(2), Some("宛名番号")), "{job}");
            assert!(problem["message"].as_str().unwrap().contains("残る世帯員"), "{job}");
        }
    }
}

both! {
    async fn a_former_member_who_dies_makes_no_specific_household_any_more(office: Office) {
        office.with_city().await;
        let born = |text: &str| text.replace("1985-04-02", "1950-10-02");
        done(&office, born(&file_of(Residents))).await;
        let register = file_of(kokuho_shared::api::import::FileKind::Eligibility)
            .replacen("1000000002,1000000001,2020-04-01,12,,", "1000000002,1000000001,2020-04-01,12,2025-10-02,24", 1)
            .replace("#合計,3,3", "#合計,3,2");
        let job = office.import(kokuho_shared::api::import::FileKind::Eligibility, register.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        done(&office, born(&file_of(Residents)).replace("2008-05-01,", "2008-05-01,2026-05-31")).await;
        let id = household_of(&office, "1000000001").await;
        let decision = decide(&office, id).await;
        let members = decision["inputs"]["members"].as_array().unwrap();
        let former = members.iter().find(|one| one["former_member"] == true).unwrap();
        assert_eq!(former["left_household_on"], "2026-05-31");
    }
}
