//! No number and no day that a request may carry makes a route fail or loses the connection.

use crate::office::{Kind, Office};
use kokuho_server::http::permissions;
use kokuho_shared::access::{Action, Role};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Map, Value, json};

/// What is put into every number and day of a request.
#[derive(Clone, Copy, Debug)]
struct Filling {
    number: i64,
    year: i64,
    day: &'static str,
    /// Whether the door itself has to refuse it.
    beyond: bool,
}

const fn beyond(number: i64, year: i64, day: &'static str) -> Filling {
    Filling {
        number,
        year,
        day,
        beyond: true,
    }
}

/// The ends of the machine's range, and the ends of what is allowed.
const FILLINGS: [Filling; 6] = [
    beyond(i64::MAX, i64::MAX, "+262142-12-31"),
    beyond(i64::MIN, i64::MIN, "-262143-01-01"),
    beyond(1_000_000_000_000, 2_147_483_647, "9999-12-31"),
    beyond(-1_000_000_000_000, -2_147_483_648, "0001-01-01"),
    Filling {
        number: 999_999_999_999,
        year: 2200,
        day: "2200-12-31",
        beyond: false,
    },
    Filling {
        number: -999_999_999_999,
        year: 1868,
        day: "1868-01-01",
        beyond: false,
    },
];

struct Description(Value);

impl Description {
    /// A value of a schema, with the filling wherever a number or day stands. The depth ends circles.
    fn value(&self, schema: &Value, name: &str, with: Filling, depth: u8) -> Value {
        if let Some(path) = schema["$ref"].as_str() {
            let pointer = path.trim_start_matches('#');
            let found = self.0.pointer(pointer).unwrap();
            return self.value(found, name, with, depth);
        }
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(all) = schema[several].as_array() {
                let usable = all.iter().find(|one| one["type"] != "null");
                return self.value(usable.unwrap_or(&Value::Null), name, with, depth);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            let parts = all.iter().map(|part| self.value(part, name, with, depth));
            let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        let kind = kinds
            .iter()
            .find(|kind| *kind != "null")
            .and_then(Value::as_str);
        match kind {
            Some("integer" | "number") if name.contains("year") => json!(with.year),
            Some("integer" | "number") => json!(with.number),
            Some("string") if schema["format"] == "date" => json!(with.day),
            Some("string") if is_day(name) => json!(with.day),
            Some("string") => json!("1"),
            Some("boolean") => json!(false),
            Some("array") if depth > 0 => {
                json!([self.value(&schema["items"], name, with, depth - 1)])
            }
            Some("array") => json!([]),
            _ => self.object(schema, with, depth),
        }
    }

    fn object(&self, schema: &Value, with: Filling, depth: u8) -> Value {
        let mut fields = Map::new();
        if let (Some(properties), true) = (schema["properties"].as_object(), depth > 0) {
            for (name, inner) in properties {
                fields.insert(name.clone(), self.value(inner, name, with, depth - 1));
            }
        }
        Value::Object(fields)
    }

    /// The address of a route with its parameters, and whether the filling stands in its query.
    fn address(&self, path: &str, route: &Value, with: Filling, household: &str) -> String {
        let whose = if path.starts_with("/api/households/") {
            household
        } else {
            "999"
        };
        let mut address = path.replace("{id}", whose);
        while let (Some(from), Some(to)) = (address.find('{'), address.find('}')) {
            address.replace_range(from..=to, "1");
        }
        let parameters = route["parameters"].as_array().cloned().unwrap_or_default();
        let queries = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query");
        let pairs = queries.map(|parameter| {
            let name = parameter["name"].as_str().unwrap();
            let value = self.value(&parameter["schema"], name, with, 3);
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={}", text.replace('+', "%2B"))
        });
        let query: Vec<String> = pairs.collect();
        if query.is_empty() {
            address
        } else {
            format!("{address}?{}", query.join("&"))
        }
    }
}

/// Queries say of a day only that it is text.
fn is_day(name: &str) -> bool {
    ["as_of", "known_at", "on", "known_on", "from", "until"].contains(&name)
}

/// Who may do something; whoever may not would only meet the guard.
fn role_for(action: Option<Action>) -> Role {
    let allowed = Role::ALL
        .into_iter()
        .filter(|role| action.is_none_or(|action| role.may(action)));
    allowed
        .max_by_key(|role| *role == Role::Supervisor)
        .unwrap()
}

#[tokio::test]
async fn every_route_refuses_numbers_and_days_out_of_range_and_none_fails_at_its_edges() {
    let office = Office::open(Kind::Sqlite, "27213").await;
    office.with_city().await;
    let household = office.household().await["id"].to_string();
    let (_, document) = office.get("/api/openapi.json").await;
    let description = Description(document);
    let mut clients: Vec<(Role, Client)> = Vec::new();
    for role in Role::ALL {
        clients.push((role, office.sign_in_as(role.key(), role, "").await));
    }
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (path, methods) in description.0["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            // Events last; who signs out is nobody any more.
            if path.ends_with("/events") || (method == "delete" && path.starts_with("/api/session"))
            {
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            let own = permissions()
                .into_iter()
                .find(|own| own.method == method && own.path == *path);
            let role = role_for(own.map(|own| own.action));
            let client = &clients.iter().find(|(known, _)| *known == role).unwrap().1;
            let schema = &route["requestBody"]["content"]["application/json"]["schema"];
            for with in FILLINGS {
                let address = description.address(path, route, with, &household);
                let mut request = office.request(client, method.clone(), &address);
                let mut sent = address.clone();
                if !schema.is_null() {
                    let body = description.value(schema, "", with, 6);
                    sent.push_str(&body.to_string());
                    request = request.json(&body);
                }
                let carries = sent.contains(&with.number.to_string())
                    || sent.contains(&with.year.to_string())
                    || sent.contains(&with.day.replace('+', "%2B"))
                    || sent.contains(with.day);
                match request.send().await {
                    Err(why) => wrong.push(format!("{method} {address}: {why}")),
                    Ok(answer) => {
                        let status = answer.status();
                        let text = answer.text().await.unwrap_or_default();
                        // A press without fonts is no matter of numbers.
                        let failed = status.is_server_error() && !text.contains("文書を作れません");
                        let passed = with.beyond && carries && !status.is_client_error();
                        if failed || passed {
                            wrong.push(format!("{method} {sent}: {status} {text}"));
                        }
                        refused += usize::from(with.beyond && carries && status.is_client_error());
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 150, "{refused}");
}

#[tokio::test]
async fn receipts_that_no_sum_holds_are_refused_and_the_page_stays_usable() {
    let office = Office::open(Kind::Sqlite, "27213").await;
    office.with_city().await;
    let view = office.household().await;
    let path = format!("/api/households/{}/papers?fiscal_year=2026", view["id"]);
    let person = &view["members"][0]["person_id"];
    for receipts in [i64::MAX, 1_000_000_000_000] {
        let facts = json!({"person_id": person, "card": "unknown", "income_year": 2025, "receipts": receipts});
        let (status, problem) = office.send(Method::PUT, &path, facts).await;
        assert_eq!(
            (status, problem["field"].as_str()),
            (StatusCode::BAD_REQUEST, Some("receipts")),
            "{problem}"
        );
        let (status, plan) = office.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{plan}");
    }
}
