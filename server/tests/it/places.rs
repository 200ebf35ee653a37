//! 居所の保護: random moves, measures and corrections; afterwards no answer, letter, batch or file tells
//! anybody without the right where somebody under a measure lives.

mod asked;

use crate::access::acting;
use crate::logs;
use crate::office::{Kind, Office, keys};
use crate::world::{Person, World, below};
use asked::{Ids, paths};
use kokuho_households::{Random, cases};
use kokuho_server::clock::Clock;
use kokuho_server::http::permissions;
use kokuho_server::transfer::rounds::FileTransfer;
use kokuho_shared::access::{Action, Role};
use kokuho_shared::api::import::FileKind;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::path::PathBuf;

const CITY: &str = "27100";
const EVENTS: u32 = 200;
/// So many histories share an office: each has people and places of its own.
const TOGETHER: u32 = 10;

/// An office with somebody in each role that may not be shown where protected people live.
struct Watched {
    office: Office,
    clients: Vec<(Role, Client)>,
    folder: PathBuf,
}

impl Watched {
    async fn open(kind: Kind, first: u32) -> Watched {
        let office = Office::open(kind, CITY).await;
        let mut clients = Vec::new();
        for role in Role::ALL {
            if !role.may(Action::Protect) {
                clients.push((role, office.sign_in_as(role.key(), role, "").await));
            }
        }
        let name = format!("kokuho-places-{kind:?}-{first}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Watched {
            office,
            clients,
            folder,
        }
    }

    async fn told(&self, kind: FileKind, text: String) -> bool {
        self.office
            .import_in(CITY, kind, text.into_bytes())
            .await
            .is_ok()
    }

    /// The household in which somebody is now.
    async fn household_of(&self, person: &Person) -> Option<(i64, i64)> {
        let (_, found) = self.office.find(sought(person)).await;
        Some((
            found[0]["household_id"].as_i64()?,
            found[0]["person_id"].as_i64()?,
        ))
    }

    async fn measure(&self, person: &Person) -> bool {
        let Some((household, id)) = self.household_of(person).await else {
            return false;
        };
        let until = if person.protected {
            Value::Null
        } else {
            json!("2027-06-10")
        };
        let edit =
            json!({"person_id": id, "from": "2026-06-10", "until": until, "reason": "住基の通知"});
        let path = format!("/api/households/{household}/protection?fiscal_year=2026");
        self.office.send(Method::PUT, &path, edit).await.0 == StatusCode::OK
    }

    /// A decision, its letter and a question, by somebody who may be shown every place.
    async fn write_to(&self, household: i64, person: i64) {
        let path = format!("/api/households/{household}/decisions");
        let (_, view) = self
            .office
            .get(&format!("/api/households/{household}?fiscal_year=2026"))
            .await;
        let wish = |total: i64| json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": total});
        let (_, refused) = self.office.send(Method::POST, &path, wish(-1)).await;
        let message = refused["message"].as_str().unwrap_or_default();
        let total = message
            .split("計算 ")
            .nth(1)
            .and_then(|rest| rest.split('円').next()?.parse().ok());
        let (status, decision) = self
            .office
            .send(Method::POST, &path, wish(total.unwrap_or(0)))
            .await;
        if status == StatusCode::OK {
            let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
            self.office
                .send(Method::POST, &path, json!({"reveal_reason": "窓口で渡す"}))
                .await;
        }
        let question = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": person,
            "reveal_reason": "窓口で渡す"});
        self.office
            .send(
                Method::POST,
                &format!("/api/households/{household}/documents"),
                question,
            )
            .await;
    }

    /// A yearly run with its letters; what moves and measures do afterwards must keep letters back.
    async fn run(&self) {
        let view = self.office.done(json!({"fiscal_year": 2026}), CITY).await;
        self.office.release(&view["job"], CITY).await;
        let path = format!("/api/runs/{}/letters", view["job"]["id"]);
        let (status, job) = self.office.send(Method::POST, &path, Value::Null).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        let worker = self.office.worker(CITY, "one");
        worker.run_until_idle().await.unwrap();
    }

    /// Everything that leaves as a file.
    async fn files(&self) -> Vec<(String, String)> {
        let courier = FileTransfer {
            db: self.office.db.clone(),
            folder: self.folder.clone(),
            layouts: None,
            keys: keys(),
            clock: Clock {
                today: Some("2026-06-10".parse().unwrap()),
            },
            municipality: CITY.into(),
            ports: kokuho_server::rooms::ports(),
        };
        courier.round().await.unwrap();
        let out = std::fs::read_dir(self.folder.join("out"))
            .unwrap()
            .flatten();
        let read = |entry: std::fs::DirEntry| {
            let bytes = std::fs::read(entry.path()).unwrap();
            let (text, ..) = encoding_rs::SHIFT_JIS.decode(&bytes);
            (
                entry.file_name().to_string_lossy().into_owned(),
                text.into_owned(),
            )
        };
        out.map(read).collect()
    }
}

/// What finds somebody.
fn sought(person: &Person) -> Value {
    json!({"number": person.number, "name": "シケン"})
}

/// What a PDF says; an answer that is none is text.
fn said(bytes: &[u8]) -> String {
    if bytes.starts_with(b"%PDF") {
        return pdf_extract::extract_text_from_mem(bytes).unwrap();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Asks every route as every role; returns how many places were shown that nobody guards.
async fn nothing_leaks(watched: &Watched, world: &World, seed: u32) -> usize {
    let guarded = world.guarded();
    let free: Vec<&str> = world
        .places
        .iter()
        .map(|place| place.town.as_str())
        .filter(|town| !guarded.contains(town))
        .collect();
    let mut shown = 0;
    let of_route = |paths: Vec<String>| paths.into_iter().map(|path| (path, None)).collect();
    let looks = paths(&watched.office, world)
        .await
        .into_iter()
        .map(of_route);
    let searches: Vec<(String, Option<Value>)> = world
        .people
        .iter()
        .map(|one| ("/api/persons/search".to_owned(), Some(sought(one))))
        .collect();
    for route in looks.chain([searches]) {
        // Every way in which a route is asked, and every role: each role has its turn.
        let turns = route.len().max(watched.clients.len());
        let turns = if route.is_empty() { 0 } else { turns };
        for turn in 0..turns {
            let (path, keys) = &route[turn % route.len()];
            let (role, client) = &watched.clients[turn % watched.clients.len()];
            let asked = |method| watched.office.request(client, method, path);
            let request = match keys {
                None => asked(Method::GET),
                Some(keys) => asked(Method::POST).json(keys),
            };
            let answer = request.send().await.unwrap();
            let status = answer.status();
            assert!(!status.is_server_error(), "seed {seed}: {path} {status}");
            if status == StatusCode::FORBIDDEN {
                continue;
            }
            let text = said(&answer.bytes().await.unwrap()).replace(['\n', ' '], "");
            let leak = guarded.iter().find(|town| text.contains(**town));
            assert_eq!(leak, None, "seed {seed}: {role:?} {path}: {text}");
            shown += free.iter().filter(|town| text.contains(**town)).count();
        }
    }
    for (name, text) in watched.files().await {
        let leak = guarded.iter().find(|town| text.contains(**town));
        assert_eq!(leak, None, "seed {seed}: {name}");
    }
    shown
}

/// Does, as every role that may, what changes something; returns how often something was answered.
async fn no_act_leaks(watched: &Watched, world: &World, seed: u32) -> usize {
    let (guarded, ids) = (world.guarded(), Ids::of(&watched.office, world).await);
    let mut done = 0;
    for route in permissions() {
        let own = [
            "/households/{id}",
            "/decisions/{id}",
            "/letters/",
            "/documents/",
            "/queue/claims",
        ];
        if route.method == Method::GET || !own.iter().any(|part| route.path.contains(part)) {
            continue;
        }
        let may = |(role, _): &&(Role, Client)| role.may(route.action);
        let clients: Vec<&(Role, Client)> = watched.clients.iter().filter(may).collect();
        let paths = ids.filled(&route.path);
        let turns = if paths.is_empty() || clients.is_empty() {
            0
        } else {
            paths.len().max(clients.len())
        };
        for turn in 0..turns {
            let (path, (role, client)) =
                (&paths[turn % paths.len()], clients[turn % clients.len()]);
            let household = &ids.households[turn % ids.households.len()];
            let look = format!("/api/households/{household}?fiscal_year=2026");
            let body = acting(&route.path, &watched.office.get(&look).await.1);
            let request = watched.office.request(client, route.method.clone(), path);
            let answer = request.json(&body).send().await.unwrap();
            let status = answer.status();
            let text = said(&answer.bytes().await.unwrap()).replace(['\n', ' '], "");
            assert!(
                !status.is_server_error(),
                "seed {seed}: {role:?} {} {path}: {status} {text}",
                route.method
            );
            let leak = guarded.iter().find(|town| text.contains(**town));
            assert_eq!(
                leak, None,
                "seed {seed}: {role:?} {} {path}: {text}",
                route.method
            );
            done += usize::from(status.is_success());
        }
    }
    done
}

/// Whether the log of what people do holds a place, whoever's.
async fn no_record_leaks(office: &Office) {
    kokuho_server::audit::seal::seal(&office.db, Clock::default())
        .await
        .unwrap();
    for from in ["audit_entry", "audit_pending"] {
        // The statement itself stands in the log.
        let sql = format!("SELECT content FROM {from} WHERE content LIKE $1");
        let found: Vec<String> = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind("%町印%").fetch_all(pool).await.unwrap());
        assert!(found.is_empty(), "{from}: {found:?}");
    }
    let lines = logs::with("町印");
    assert!(lines.is_empty(), "{lines:?}");
}

async fn history(watched: &Watched, number: u32, seed: u32) -> usize {
    let mut random = Random::new(seed);
    let mut world = World::new(number);
    assert!(watched.told(FileKind::Residents, world.residents()).await);
    assert!(watched.told(FileKind::Incomes, world.incomes()).await);
    assert!(
        watched
            .told(FileKind::Eligibility, world.eligibility())
            .await
    );
    let mut events = 0;
    let mut runs = number.is_multiple_of(TOGETHER);
    while events < EVENTS {
        events += 1;
        if runs && events >= EVENTS / 2 {
            watched.run().await;
            runs = false;
        }
        match random.below(10) {
            0 => {
                let at = below(&mut random, world.people.len());
                let living = world.people[at].until.is_none();
                if living && watched.measure(&world.people[at]).await {
                    world.people[at].protected = !world.people[at].protected;
                }
            }
            1 if random.below(8) == 0 => {
                let at = below(&mut random, world.people.len());
                if let Some((household, person)) = watched.household_of(&world.people[at]).await {
                    watched.write_to(household, person).await;
                }
            }
            // Several moves come in one file.
            _ => {
                let before = (world.people.clone(), world.households);
                for one in &mut world.people {
                    one.since.clear();
                }
                let moves = 1 + random.below(4);
                for _ in 0..moves {
                    world.happen(&mut random);
                }
                events += moves - 1;
                if !watched.told(FileKind::Residents, world.residents()).await {
                    (world.people, world.households) = before;
                }
            }
        }
    }
    let shown = nothing_leaks(watched, &world, seed).await;
    if number % 5 == 4 {
        let done = no_act_leaks(watched, &world, seed).await;
        assert!(done > 0, "seed {seed}: every act was refused");
    }
    shown
}

/// The first history and the one after the last; `KOKUHO_SEED=251` runs again what a failure names.
fn seeds() -> (u32, u32) {
    match std::env::var("KOKUHO_SEED") {
        Ok(seed) => {
            let (first, last) = seed.split_once('-').unwrap_or((&seed, &seed));
            (first.parse().unwrap(), last.parse::<u32>().unwrap() + 1)
        }
        Err(_) => (0, cases(100, 5_000).max(1)),
    }
}

async fn on(kind: Kind) {
    logs::keep();
    let (mut shown, (start, all)) = (0, seeds());
    for first in (start..all).step_by(usize::try_from(TOGETHER).unwrap()) {
        let watched = Watched::open(kind, first).await;
        for number in first..all.min(first + TOGETHER) {
            shown += history(&watched, number, number).await;
        }
        no_record_leaks(&watched.office).await;
        crate::office::still_sound(&watched.office.db, &watched.office.tampered).await;
    }
    assert!(shown > 0, "every place was hidden: the test says nothing");
}

#[tokio::test]
async fn after_random_moves_and_measures_no_answer_tells_a_guarded_place_sqlite() {
    on(Kind::Sqlite).await;
}

#[tokio::test]
async fn after_random_moves_and_measures_no_answer_tells_a_guarded_place_postgres() {
    on(Kind::Postgres).await;
}
