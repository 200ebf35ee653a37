//! The rules: each looks at sources or dependencies and returns what breaks it, as `file:line`.

use super::source::Source;
use super::workspace::Dependency;
use std::collections::BTreeSet;

/// The kinds of work. Whatever lies beside them is a foundation, unless it is the door.
const ROOMS: [&str; 8] = [
    "eligibility",
    "assessment",
    "collection",
    "benefits",
    "linkage",
    "provision",
    "visit",
    "session",
];
/// The door of each floor, beside `lib.rs` and `main.rs`.
const DOORS: [(&str, &str); 6] = [
    ("server/src/", "bin"),
    ("shared/src/", "api"),
    ("shared/src/", "figures"),
    ("server/src/", "http"),
    ("server/src/", "rooms"),
    ("app/clerk/src/", "shell"),
];
/// What a room offers to other rooms; everything else in it is its own.
const OFFERED: [(&str, &str, &[&str]); 6] = [
    ("server/src/", "collection", &["slips"]),
    ("server/src/", "linkage", &["inquiries"]),
    ("app/clerk/src/", "provision", &["requests"]),
    ("server/src/", "assessment", &["decisions"]),
    (
        "server/src/",
        "eligibility",
        &[
            "documents",
            "edit",
            "entitlement",
            "findings",
            "household",
            "protection",
        ],
    ),
    ("app/clerk/src/", "assessment", &["premium"]),
];

/// Every place where one of the sources names one of the paths, given with spaces between.
pub fn named(sources: &[Source], paths: &str) -> Vec<String> {
    let of = |source: &Source| -> Vec<String> {
        let each = paths.split_whitespace().map(|path| source.names(path));
        each.flatten().collect()
    };
    sources.iter().flat_map(of).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    Foundation,
    Room,
    Door,
}

fn layer(source: &Source) -> Layer {
    match source.module().first() {
        None => Layer::Door,
        // A file of unit tests takes from above what it calculates with, like a module of them.
        Some(_) if is_tests(source) => Layer::Door,
        Some(_) if source.file.ends_with("/routes.rs") => Layer::Door,
        Some(first) => layer_of(source, first),
    }
}

fn is_tests(source: &Source) -> bool {
    source.file.ends_with("/tests.rs")
}

fn layer_of(source: &Source, module: &str) -> Layer {
    let is_door = |(floor, door): &(&str, &str)| source.file.starts_with(floor) && *door == module;
    match module {
        _ if DOORS.iter().any(is_door) => Layer::Door,
        _ if ROOMS.contains(&module) => Layer::Room,
        _ => Layer::Foundation,
    }
}

/// Imports from a layer into a higher one.
pub fn upward(sources: &[Source], from: Layer) -> Vec<String> {
    let own = sources.iter().filter(|source| layer(source) == from);
    let found = own.flat_map(|source| {
        let higher = source
            .inside()
            .filter(|(_, path)| layer_of(source, &path[0]) > from);
        higher.map(|(line, path)| source.at(line, &path.join("::")))
    });
    found.collect()
}

/// Imports of one room from another: the file, the line, the room and what it takes.
fn between(sources: &[Source]) -> impl Iterator<Item = (&Source, usize, &str, &[String])> {
    let in_room =
        |source: &&Source| ROOMS.contains(&source.module().first().map_or("", String::as_str));
    sources.iter().filter(in_room).flat_map(|source| {
        let other = |(_, path): &(usize, &[String])| {
            ROOMS.contains(&path[0].as_str()) && source.module()[0] != path[0]
        };
        let found = source.inside().filter(other);
        found.map(move |(line, path)| (source, line, path[0].as_str(), path))
    })
}

pub fn not_offered(sources: &[Source]) -> Vec<String> {
    let taken = between(sources).filter(|(source, _, room, path)| {
        let wanted = path.get(1).map_or("", String::as_str);
        !OFFERED.iter().any(|(floor, of, offered)| {
            source.file.starts_with(floor) && of == room && offered.contains(&wanted)
        })
    });
    taken
        .map(|(source, line, _, path)| source.at(line, &path.join("::")))
        .collect()
}

/// What is left when rooms that need no other are taken away again and again.
pub fn circle(sources: &[Source]) -> Vec<String> {
    let services = between(sources).filter(|(source, ..)| layer(source) == Layer::Room);
    let mut needs: BTreeSet<(String, String)> = services
        .map(|(source, _, room, _)| (source.module()[0].clone(), room.to_owned()))
        .collect();
    loop {
        let needing: BTreeSet<String> = needs.iter().map(|(from, _)| from.clone()).collect();
        let before = needs.len();
        needs.retain(|(_, to)| needing.contains(to));
        if needs.len() == before {
            return needs
                .iter()
                .map(|(from, to)| format!("server/src/{from} → {to}"))
                .collect();
        }
    }
}

pub fn sqlx(sources: &[Source]) -> Vec<String> {
    let outside = sources
        .iter()
        .filter(|source| !source.file.starts_with("server/src/store/"));
    let found = outside.flat_map(|source| {
        let macros = "on_db on_tx on_writer on_any";
        let holds_sql = !named(std::slice::from_ref(source), macros).is_empty();
        let allowed: &[&str] = match layer(source) {
            Layer::Door => &[],
            _ if source.file == "server/src/error.rs" => &["Error", "migrate"],
            _ if holds_sql => &["query", "query_as", "query_scalar", "FromRow"],
            _ => &["FromRow"],
        };
        let known = source.paths.iter().filter(|(_, path)| path[0] == "sqlx");
        let wrong = known.filter(move |(_, path)| {
            // A lone `sqlx` is the attribute of a row.
            allowed.is_empty()
                || path
                    .get(1)
                    .is_some_and(|name| !allowed.contains(&name.as_str()))
        });
        wrong.map(|(line, path)| source.at(*line, &path.join("::")))
    });
    found.collect()
}

/// Statements that change or delete a fact or decision, other than ending its knowledge.
pub fn overwriting(sources: &[Source]) -> Vec<String> {
    let kept = |table: &str| table.ends_with("_fact") || table == "decision" || table == "table";
    let mut found = Vec::new();
    for (source, (line, text)) in sources
        .iter()
        .flat_map(|s| s.strings.iter().map(move |each| (s, each)))
    {
        let words: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|w| !w.is_empty())
            .collect();
        for at in 0..words.len() {
            let wrong = match words[at..] {
                ["UPDATE", table, "SET", column, ..] => kept(table) && column != "superseded_at",
                ["DELETE", "FROM", table, ..] => kept(table),
                _ => false,
            };
            if wrong {
                found.push(source.at(*line, &words[at..].join(" ")));
            }
        }
    }
    found
}

/// Own crates that the crates of a folder may depend on.
fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    match folder {
        "shared" => Some(&[]),
        "app/ui" | "shared/second" | "shared/households" => Some(&["kokuho-shared"]),
        _ if folder.starts_with("app/") => Some(&["kokuho-shared", "kokuho-ui"]),
        "server" => Some(&["kokuho-shared", "kokuho-second", "kokuho-letters"]),
        _ if folder.starts_with("server") => Some(&["kokuho-shared"]),
        // Tests and chores may know everybody; nobody knows them.
        _ => None,
    }
}

pub fn crates_upward(dependencies: &[Dependency]) -> Vec<String> {
    let own = |name: &str| name.starts_with("kokuho-") || ["xtask", "bindgen-tool"].contains(&name);
    let wrong = dependencies.iter().filter(|each| {
        own(&each.name)
            && allowed(&each.folder).is_some_and(|names| !names.contains(&each.name.as_str()))
    });
    wrong
        .map(|each| format!("{}: {}", each.at, each.name))
        .collect()
}

/// Paths of the first calculation that the second one uses beyond types and figures.
pub fn beyond_types(sources: &[Source]) -> Vec<String> {
    const SHARED: [&str; 6] = [
        "kokuho_shared::api::estimate::Estimate",
        "kokuho_shared::assessment::household",
        "kokuho_shared::calendar::FiscalYear",
        "kokuho_shared::figures",
        "kokuho_shared::law",
        "kokuho_shared::money::Yen",
    ];
    let mut found = Vec::new();
    for source in sources {
        for (line, path) in &source.paths {
            let path = path.join("::");
            if path.starts_with("kokuho_shared") && !SHARED.iter().any(|own| path.starts_with(own))
            {
                found.push(source.at(*line, &path));
            }
        }
    }
    found
}

/// Places that name the figures which ship, besides the one module of each floor.
pub fn shipped(sources: &[Source]) -> Vec<String> {
    let own = |file: &str| file.ends_with("/src/figures.rs") || file.starts_with("shared/src/law/");
    let others = sources
        .iter()
        .filter(|source| !own(&source.file) && !is_tests(source));
    let found = others.flat_map(|source| {
        let words = match source.file.starts_with("shared/src/") {
            true => "crate::figures crate::law::shipped",
            false => "kokuho_shared::figures kokuho_shared::law::shipped",
        };
        // The door of `shared` answers a question that names its city.
        let paths = source.paths.iter().filter(move |(_, path)| {
            let path = path.join("::");
            words.split(' ').any(|word| path.starts_with(word))
        });
        let door = source.file.starts_with("shared/src/api/");
        paths
            .filter(move |_| !door)
            .map(|(line, path)| source.at(*line, &path.join("::")))
    });
    found.collect()
}

/// Text of statements, with its place, that asks the database for the time.
pub fn asks_for_time<'a>(statements: impl Iterator<Item = (String, &'a str)>) -> Vec<String> {
    const ASKING: [&str; 8] = [
        "current_timestamp",
        "current_date",
        "current_time",
        "now()",
        "'now'",
        "localtime",
        "unixepoch(",
        "julianday(",
    ];
    let wrong = statements.filter(|(_, text)| {
        let text = text.to_lowercase();
        ASKING.iter().any(|asking| text.contains(asking))
    });
    wrong.map(|(at, text)| format!("{at}: {text}")).collect()
}
