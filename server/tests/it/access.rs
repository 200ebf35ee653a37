//! Who may call which route: the table of routes, taken from the router, against every role.

use crate::both;
use crate::office::{Kind, Office};
use kokuho_server::http::permissions;
use kokuho_shared::access::{Action, Role};
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
        "/api/persons" => format!("{path}?number=1&name=a"),
        "/api/households/999999" => format!("{path}?fiscal_year=2026"),
        _ => path,
    }
}

fn body_of(method: &Method, path: &str) -> serde_json::Value {
    match (method.as_str(), path) {
        ("PUT", "/api/accounts") => {
            json!({"account": {"login": "", "name": "", "role": "auditor"}})
        }
        ("PUT", _) => json!({"fiscal_year": 2026, "revision": 1, "reason": "r", "members": []}),
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
    for (method, path, action) in permissions() {
        let stranger = office
            .request(&Client::new(), method.clone(), &filled(path))
            .json(&body_of(&method, path));
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
                passes(&office, client, &method, path).await
            };
            table.push_str(if open { " x" } else { " ." });
        }
        table.push('\n');
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
        let found = office.request(&other, Method::GET, "/api/persons?number=2000000001&name=%E3%83%9F").send().await.unwrap();
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
