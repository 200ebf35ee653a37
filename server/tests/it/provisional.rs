//! 仮算定 (暫定賦課): a city that asks in April and May on last year's premium, and for the rest from June on.

use crate::both;
use crate::office::Office;
use kokuho_server::assessment::verify;
use kokuho_server::demo::{self, DemoSettings};
use kokuho_shared::api::import::FileKind;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use kokuho_shared::ids::DecisionId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CITY: &str = "23100";
const HOUSEHOLDS: u32 = 60;

/// Last year's decisions of the city, on a day of that year.
async fn last_year(office: &Office) -> Value {
    let june = office.of(CITY, "2025-06-10").await;
    june.with_demo_of(CITY, HOUSEHOLDS, 2025).await;
    june.done(json!({"fiscal_year": 2025}), CITY).await
}

/// Household, total and the numbers and amounts of the instalments of the newest decisions.
async fn decisions(office: &Office, year: i32) -> Vec<(i64, i64, Vec<(i64, i64)>)> {
    let sql = "SELECT household_id, id FROM decision d WHERE fiscal_year = $1 AND sequence = (SELECT MAX(sequence) \
        FROM decision n WHERE n.household_id = d.household_id AND n.fiscal_year = d.fiscal_year) ORDER BY household_id";
    let ids: Vec<(i64, i64)> = kokuho_server::on_db!(&office.db, pool =>
        sqlx::query_as(sql).bind(i64::from(year)).fetch_all(pool).await.unwrap());
    let mut all = Vec::new();
    for (household, id) in ids {
        let (status, decision) = office.get(&format!("/api/decisions/{id}")).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        let of = |each: &Value| {
            (
                each["number"].as_i64().unwrap(),
                each["amount"].as_i64().unwrap(),
            )
        };
        let instalments = decision["assessment"]["instalments"].as_array().unwrap();
        let total = decision["summary"]["total"].as_i64().unwrap();
        all.push((household, total, instalments.iter().map(of).collect()));
    }
    all
}

both! {
    async fn april_and_may_are_asked_for_on_last_years_premium_and_the_rest_from_june_on(office: Office) {
        last_year(&office).await;
        let before = decisions(&office, 2025).await;
        let april = office.of(CITY, "2026-04-10").await;
        let provisional = april.done(json!({"fiscal_year": 2026, "provisional": true}), CITY).await;
        assert_eq!(provisional["job"]["kind"], "provisional");
        let outcome = &provisional["outcome"];
        assert_eq!(outcome["booked_total"], outcome["decided_total"]);
        let asked = decisions(&office, 2026).await;
        assert_eq!(outcome["decided"].as_u64(), Some(asked.len() as u64));
        assert!(asked.len() > 20, "{}", asked.len());
        for (household, total, instalments) in &asked {
            let (_, last, _) = before.iter().find(|(known, ..)| known == household).unwrap();
            assert_eq!(*total, last * 2 / 12 / 100 * 100, "{household}");
            let may = total / 2 / 100 * 100;
            let expected = [(1, total - may), (2, may)];
            let expected: Vec<_> = expected.into_iter().filter(|(_, yen)| *yen > 0).collect();
            assert_eq!(instalments, &expected);
        }
        // The second calculation agrees, somebody else releases it, and letters with slips leave.
        april.release(&provisional["job"], CITY).await;
        let path = format!("/api/runs/{}/letters", provisional["job"]["id"]);
        let (status, letters) = april.send(Method::POST, &path, json!(null)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{letters}");
        april.worker(CITY, "letters").run_until_idle().await.unwrap();
        let (_, view) = april.get(&format!("/api/runs/{}", provisional["job"]["id"])).await;
        assert_eq!(view["letters_outcome"]["slips_total"], outcome["decided_total"], "{view}");
        assert_eq!(view["letters_outcome"]["letters"], outcome["decided"]);
        // June: the incomes are there, and what April and May asked for stays as it was asked for.
        let june = office.of(CITY, "2026-06-10").await;
        let incomes = demo::generate(&settings(2026)).incomes;
        assert_eq!(june.import(FileKind::Incomes, incomes.into_bytes()).await["state"], "done");
        let main = june.done(json!({"fiscal_year": 2026}), CITY).await;
        assert_eq!(main["outcome"]["left_out"], 0, "{main}");
        let (mut later, mut lowered) = (0, 0);
        for (household, total, instalments) in decisions(&office, 2026).await {
            assert_eq!(instalments.iter().map(|(_, yen)| yen).sum::<i64>(), total);
            let Some((_, first, told)) = asked.iter().find(|(known, ..)| *known == household) else {
                assert!(instalments.iter().all(|(number, _)| *number > 2), "{instalments:?}");
                continue;
            };
            if total >= *first {
                assert!(instalments.starts_with(told), "{household} {instalments:?}");
                later += i32::from(instalments.len() > 2);
            } else {
                lowered += 1;
            }
        }
        assert!(later > 20, "{later} {lowered}");
        assert_eq!(verify::verify(&office.db).await.unwrap().differences, []);
        assert_eq!(kokuho_server::rooms::verify(&office.db).await.unwrap().broken, Vec::<String>::new());
    }
}

both! {
    async fn a_decision_from_before_the_years_rates_is_verified_with_them_and_any_other_is_not(office: Office) {
        last_year(&office).await;
        let april = office.of(CITY, "2026-04-10").await;
        april.done(json!({"fiscal_year": 2026, "provisional": true}), CITY).await;
        // As if the file of either year had got its rates after the decision.
        office.unguard("decision").await;
        let count = "SELECT COUNT(*) FROM decision WHERE NOT provisional";
        let others: i64 = kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query("UPDATE decision SET parameters_sha256 = 'before the rates'").execute(pool).await.unwrap();
            sqlx::query_scalar(count).fetch_one(pool).await.unwrap()
        });
        let found = verify::verify(&office.db).await.unwrap();
        assert!(others > 20 && found.decisions > others.unsigned_abs(), "{others} {found:?}");
        assert_eq!(found.differences.len() as i64, others);
        let other_bytes = |(_, why): &(DecisionId, String)| why.contains("have other bytes now");
        assert!(found.differences.iter().all(other_bytes), "{found:?}");
    }
}

both! {
    async fn the_notice_says_what_it_is_a_share_of_and_a_second_run_asks_for_nothing_again(office: Office) {
        last_year(&office).await;
        let april = office.of(CITY, "2026-04-10").await;
        let wish = json!({"fiscal_year": 2026, "provisional": true});
        let first = april.done(wish.clone(), CITY).await;
        let before = kokuho_server::rooms::state(&office.db).await.unwrap();
        let again = april.done(wish, CITY).await;
        assert_eq!(kokuho_server::rooms::state(&office.db).await.unwrap(), before);
        assert_eq!((again["outcome"]["decided"].as_i64(), &again["outcome"]["unchanged"]), (Some(0), &first["outcome"]["decided"]));
        let (household, ..) = decisions(&office, 2026).await.remove(0);
        let (_, view) = april.get(&format!("/api/households/{household}?fiscal_year=2026")).await;
        let decision = &view["decisions"][0];
        assert_eq!(decision["provisional"], true, "{decision}");
        // A letter of the run is told only after the run was released.
        let path = format!("/api/decisions/{}/notice", decision["id"]);
        assert_eq!(april.send(Method::POST, &path, json!({})).await.0, StatusCode::CONFLICT);
        april.release(&first["job"], CITY).await;
        let (status, letter) = april.send(Method::POST, &path, json!({})).await;
        assert_eq!(status, StatusCode::OK, "{letter}");
        let sql = "SELECT content FROM letter";
        let content: String = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
        assert!(content.contains("国民健康保険料仮算定（暫定賦課）通知書"), "{content}");
        assert!(content.contains("÷ 12か月 × 2か月分（100円未満切捨て）"), "{content}");
    }
}

both! {
    async fn a_city_without_it_a_late_day_and_a_year_without_last_years_premiums_ask_for_nothing(office: Office) {
        let wish = json!({"fiscal_year": 2026, "provisional": true});
        office.with_city().await;
        let before = office.rows().await;
        let (status, problem) = office.send(Method::POST, "/api/runs", wish.clone()).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("provisional")), "{problem}");
        let june = office.of(CITY, "2026-06-10").await;
        let (status, problem) = june.send(Method::POST, "/api/runs", wish.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["message"].as_str().unwrap().contains("仮算定の納期が過ぎているか"), "{problem}");
        assert_eq!(office.rows().await, before);
        let april = office.of(CITY, "2026-04-10").await;
        let empty = april.done(wish, CITY).await;
        assert_eq!((empty["outcome"]["decided"].as_i64(), empty["outcome"]["booked_total"].as_i64()), (Some(0), Some(0)));
    }
}

both! {
    async fn until_the_year_is_decided_nothing_takes_the_provisional_premium_for_it(office: Office) {
        last_year(&office).await;
        let april = office.of(CITY, "2026-04-10").await;
        let wish = json!({"fiscal_year": 2026, "provisional": true});
        let (status, job) = april.send(Method::POST, "/api/runs", wish.clone()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        // Beside it the year's own run does not begin.
        let incomes = demo::generate(&settings(2026)).incomes;
        assert_eq!(april.import(FileKind::Incomes, incomes.into_bytes()).await["state"], "done");
        let (status, problem) = april.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        april.worker(CITY, "one").run_until_idle().await.unwrap();
        let count = decisions(&office, 2026).await.len();
        assert!(count > 20, "{count}");
        let rates = serde_json::to_value(figures::assessor(CITY, FiscalYear(2026)).unwrap().rules.rates).unwrap();
        let (status, problem) = april.send(Method::POST, "/api/whatifs", json!({"fiscal_year": 2026, "rates": rates})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(kokuho_server::assessment::totals::totals(&office.db, 0, i64::MAX, FiscalYear(2026)).await.unwrap().len(), 0);
        let premiums = kokuho_server::assessment::decisions::premiums(&office.db, 0, i64::MAX, FiscalYear(2026)).await.unwrap();
        assert_eq!((premiums.len(), premiums.values().flatten().count()), (count, 0));
        let (_, queue) = april.get("/api/queue").await;
        for kind in ["undecided", "decision_due"] {
            let group = queue.as_array().unwrap().iter().find(|group| group["kind"] == kind);
            assert!(group.is_none_or(|group| group["count"] == 0), "{queue}");
        }
        // The year's run comes after it, and the provisional one does not go on then.
        let main = april.done(json!({"fiscal_year": 2026}), CITY).await;
        assert!(main["outcome"]["decided"].as_u64() > Some(20), "{main}");
        let again = april.done(wish, CITY).await;
        assert_eq!(again["outcome"]["decided"], 0, "{again}");
    }
}

fn settings(fiscal_year: i32) -> DemoSettings {
    DemoSettings {
        seed: 7,
        households: HOUSEHOLDS,
        fiscal_year: FiscalYear(fiscal_year),
        municipality_code: CITY.into(),
    }
}
