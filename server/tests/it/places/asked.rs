//! How every route is asked about a world's people.

use crate::office::{Office, moment};
use crate::world::World;
use kokuho_server::http::permissions;
use reqwest::Method;

/// Every GET route with the ids that there are: for each route all the ways in which it is asked.
pub async fn paths(office: &Office, world: &World) -> Vec<Vec<String>> {
    let ids = Ids::of(office, world).await;
    let looks = permissions().into_iter();
    let looks = looks.filter(|route| route.method == Method::GET);
    let mut all: Vec<Vec<String>> = looks
        .filter(|route| !route.path.ends_with("/events") && !route.path.contains("/whatifs/"))
        .map(|route| ids.filled(&route.path))
        .collect();
    // Years and moments of before.
    let mut befores = vec!["2025".to_owned(), "2026&as_of=2026-04-15".to_owned()];
    let known = |at: &i64| format!("2026&known_at={}", moment(*at));
    befores.extend(ids.moments.iter().map(known));
    for before in befores {
        let of = |id: &String| format!("/api/households/{id}?fiscal_year={before}");
        all.push(ids.households.iter().map(of).collect());
    }
    all
}

/// What a world's people have numbers for.
pub struct Ids {
    pub households: Vec<String>,
    /// When something became known of these people.
    moments: Vec<i64>,
    decisions: Vec<String>,
    letters: Vec<String>,
    documents: Vec<String>,
    runs: Vec<String>,
    /// Runs with their batches.
    batches: Vec<(String, String)>,
    /// Households with their slips.
    slips: Vec<(String, String)>,
}

impl Ids {
    pub async fn of(office: &Office, world: &World) -> Ids {
        let numbers: Vec<String> = world
            .people
            .iter()
            .map(|one| format!("'{}'", one.number))
            .collect();
        let people = format!(
            "SELECT DISTINCT m.household_id FROM membership m JOIN person_fact p ON p.person_id = m.person_id \
             WHERE p.resident_number IN ({})",
            numbers.join(", ")
        );
        let texts = async |what: &str, from: &str| -> Vec<String> {
            let sql = format!("SELECT DISTINCT CAST({what} AS TEXT) FROM {from}");
            kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap())
        };
        let of = |table: &str| format!("{table} WHERE household_id IN ({people})");
        // The run had letters for the people of the first world only.
        let batches = match world.history % super::TOGETHER {
            0 => texts("run_id || ' ' || number", "print_batch").await,
            _ => Vec::new(),
        };
        let pair = |text: &String| {
            let (run, number) = text.split_once(' ').unwrap();
            (run.to_owned(), number.to_owned())
        };
        let moments = format!(
            "SELECT DISTINCT recorded_at FROM person_fact WHERE resident_number IN ({})",
            numbers.join(", ")
        );
        Ids {
            moments: kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sqlx::AssertSqlSafe(moments)).fetch_all(pool).await.unwrap()),
            households: texts("household_id", &format!("({people}) h")).await,
            decisions: texts("id", &of("decision")).await,
            letters: texts(
                "number",
                &of("(SELECT * FROM letter WHERE person_id IS NULL) l"),
            )
            .await,
            documents: texts("number", &of("document")).await,
            runs: texts("id", "job WHERE kind = 'yearly'").await,
            batches: batches.iter().map(pair).collect(),
            slips: texts("household_id || ' ' || number", &of("payment_slip"))
                .await
                .iter()
                .map(pair)
                .collect(),
        }
    }

    pub fn filled(&self, path: &str) -> Vec<String> {
        let with = |id: &String| path.replacen("{id}", id, 1).replacen("{number}", id, 1);
        if path.contains("/slips/{number}") {
            let of = |(household, number): &(String, String)| {
                path.replacen("{id}", household, 1)
                    .replacen("{number}", number, 1)
            };
            self.slips.iter().map(of).collect()
        } else if path.starts_with("/api/households/{id}") {
            let year = |id: &String| format!("{}?fiscal_year=2026", with(id));
            self.households.iter().map(year).collect()
        } else if path.starts_with("/api/decisions/") {
            self.decisions.iter().map(with).collect()
        } else if path.starts_with("/api/letters/") {
            self.letters.iter().map(with).collect()
        } else if path.starts_with("/api/documents/") {
            self.documents.iter().map(with).collect()
        } else if path.contains("/batches/{number}") {
            let of = |(run, number): &(String, String)| {
                path.replacen("{id}", run, 1)
                    .replacen("{number}", number, 1)
            };
            self.batches.iter().map(of).collect()
        } else if path.contains("{id}") {
            let of = |id: &String| with(id).replace("{sort}", "anomaly");
            self.runs.iter().map(of).collect()
        } else {
            vec![format!("{path}?fiscal_year=2026")]
        }
    }
}
