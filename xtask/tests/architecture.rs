//! Who may know whom: the numbered invariants of ARCHITECTURE.md, read from the sources.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/connections.rs"]
mod connections;
#[path = "architecture/owners.rs"]
mod owners;
#[path = "architecture/picture.rs"]
mod picture;
#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/workspace.rs"]
mod workspace;

use rules::{Layer, named};
use source::Source;
use workspace::{Dependency, dependencies, files, sources, with_own};

/// Crates that reach outside: network, database, randomness, other clocks, the browser.
const OUTSIDE: &str = "axum getrandom gloo-net js-sys leptos rand reqwest sqlx time tokio tower \
    ureq wasm-bindgen web-sys";
/// Whatever can send.
const SENDING: &str = "EventSource RtcPeerConnection WebSocket WebTransport XmlHttpRequest \
    fetch_with_request fetch_with_str gloo_net reqwest send_beacon";
/// Whatever knows the time of day.
const CLOCKS: &str = "SystemTime UNIX_EPOCH Utc::now Local::now Date::now Date::new_0 \
    OffsetDateTime std::time::Instant Instant::now";

fn refuse(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}\n  {}", found.join("\n  "));
}

fn product() -> Vec<Source> {
    sources(&["shared/src", "shared/second/src", "server/src", "app"])
}

fn calculations() -> Vec<Source> {
    sources(&["shared/src", "shared/second/src"])
}

/// The sources below a folder, without the files that are allowed to do it.
fn apart_from(folder: &str, allowed: &[&str]) -> Vec<Source> {
    let mut all = sources(&[folder]);
    all.retain(|source| !allowed.iter().any(|part| source.file.contains(part)));
    all
}

fn has(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|each| each == name)
}

fn depending(wrong: impl Fn(&Dependency) -> bool) -> Vec<String> {
    let all = dependencies().into_iter();
    let found = all.filter(wrong);
    found.map(|each| each.told()).collect()
}

#[test]
fn i01_crates_know_only_the_crates_below_them() {
    let rule = "I1: shared knows nobody; server and app know shared and not each other";
    refuse(rule, rules::crates_upward(&dependencies()));
}

#[test]
fn i02_shared_reaches_nothing_outside_itself() {
    let rule = "I2: shared has no file, network, process, environment, database or randomness";
    let words = "std::fs std::net std::env std::io std::process std::thread println eprintln dbg";
    refuse(rule, named(&calculations(), words));
    let in_shared = |each: &Dependency| ["shared", "shared/second"].contains(&&*each.folder);
    // How an id is written into a column is said where the id is; only the server's build has it.
    let column = |each: &Dependency| each.folder == "shared" && each.name == "sqlx";
    refuse(
        rule,
        depending(|each| in_shared(each) && has(OUTSIDE, &each.name) && !column(each)),
    );
    let mut others = calculations();
    others.retain(|source| source.file != "shared/src/columns.rs");
    refuse(rule, named(&others, "sqlx"));
}

#[test]
fn i03_shared_has_no_binary_float() {
    let rule = "I3: amounts and rates are exact";
    refuse(rule, named(&calculations(), "f32 f64"));
}

#[test]
fn i04_every_crate_takes_the_lints_of_the_workspace() {
    let rule = "I4: unsafe code and float arithmetic are denied in every crate";
    let mut manifests = files(".", "Cargo.toml");
    manifests.retain(|(_, text)| {
        !text.contains("[workspace]") && !text.contains("[lints]\nworkspace = true")
    });
    let found = manifests
        .iter()
        .map(|(file, _)| format!("{file}:1: no lints"));
    refuse(rule, found.collect());
}

#[test]
fn i05_foundations_never_import_rooms_or_the_door() {
    let rule = "I5: a foundation knows neither a room nor the door";
    refuse(rule, rules::upward(&product(), Layer::Foundation));
}

#[test]
fn i06_rooms_never_import_the_door() {
    let rule = "I6: no room knows the door; in the server only its routes.rs does";
    refuse(rule, rules::upward(&product(), Layer::Room));
}

#[test]
fn i07_a_room_uses_of_another_room_only_what_it_offers() {
    let rule = "I7: a room does not reach into another one; rules.rs lists what each offers";
    let rooms = sources(&["server/src", "app/clerk/src"]);
    refuse(rule, rules::not_offered(&rooms));
}

#[test]
fn i08_rooms_of_the_server_do_not_need_each_other_in_a_circle() {
    let rule = "I8: services of rooms never need each other in a circle";
    refuse(rule, rules::circle(&sources(&["server/src"])));
}

#[test]
fn i09_only_http_and_routes_know_axum() {
    let rule = "I9: only http and routes.rs know the web framework";
    let others = apart_from("server/src", &["src/http/", "/routes.rs"]);
    refuse(rule, named(&others, "axum tower tower_http utoipa"));
}

#[test]
fn i10_sqlx_is_known_to_the_store_and_to_services_that_hold_sql() {
    let rule = "I10: outside the store sqlx is only the query in the store's macros and the attribute of a row, never in routes";
    refuse(rule, rules::sqlx(&sources(&["server/src"])));
}

#[test]
fn i11_only_the_store_knows_which_database_it_is() {
    let rule = "I11: nobody outside the store asks which database it is";
    let others = apart_from("server/src", &["src/store/"]);
    let kinds = "Sqlite Postgres SqlitePool PgPool sqlx::sqlite sqlx::postgres";
    refuse(rule, named(&others, kinds));
}

#[test]
fn i12_exchange_knows_no_other_part_of_the_server() {
    let rule = "I12: exchange turns bytes into fields and knows neither routes nor database";
    let exchange = sources(&["server/src/exchange"]);
    refuse(rule, named(&exchange, "axum sqlx tokio"));
    let others = |source: &Source| -> Vec<String> {
        let found = source.inside().filter(|(_, path)| path[0] != "exchange");
        let told = found.map(|(line, path)| source.at(line, &path.join("::")));
        told.collect()
    };
    refuse(rule, exchange.iter().flat_map(others).collect());
}

#[test]
fn i13_only_exchange_knows_charsets_and_csv() {
    let rule = "I13: only exchange knows charsets and CSV";
    let others = apart_from("server/src", &["src/exchange/"]);
    let words = "encoding_rs csv::Reader csv::ReaderBuilder csv::Writer csv::StringRecord";
    refuse(rule, named(&others, words));
}

#[test]
fn i14_only_the_clock_file_reads_the_clock() {
    let rule =
        "I14: dates come in as arguments; only the clock.rs of server and pages read the clock";
    let clocks = [
        "server/src/clock.rs",
        "app/clerk/src/clock.rs",
        "app/citizen/src/clock.rs",
    ];
    let mut others = product();
    others.retain(|source| !clocks.contains(&source.file.as_str()));
    refuse(rule, named(&others, CLOCKS));
}

#[test]
fn i15_no_statement_asks_the_database_for_the_time() {
    let rule = "I15: dates and times are bound values in every statement and in the schema";
    for source in sources(&["server/src"]) {
        let strings = source.strings.iter();
        let told = strings.map(|(line, text)| (source.at(*line, "SQL"), text.as_str()));
        refuse(rule, rules::asks_for_time(told));
    }
    for (file, text) in files("server/migrations", ".sql") {
        let lines = text
            .lines()
            .map(|line| line.split("--").next().unwrap_or(""));
        let told = lines
            .enumerate()
            .map(|(at, text)| (format!("{file}:{}", at + 1), text));
        refuse(rule, rules::asks_for_time(told));
    }
}

#[test]
fn i16_facts_and_decisions_are_never_overwritten_or_deleted() {
    let rule = "I16: a fact only gets the end of its knowledge, a decision nothing";
    refuse(rule, rules::overwriting(&sources(&["server/src"])));
}

#[test]
fn i17_the_citizens_page_and_our_crates_below_it_have_nothing_that_sends() {
    let rule = "I17: the citizen's page and our crates below it name nothing that sends";
    let own = with_own("app/citizen");
    assert!(own.contains(&"shared".to_owned()), "{own:?}");
    for folder in &own {
        refuse(rule, named(&sources(&[&format!("{folder}/src")]), SENDING));
    }
    let crates = "gloo-net hyper reqwest server_fn ureq";
    let of_browser = |terms: &str| {
        let mut words = SENDING.split_whitespace().chain(["Request", "Response"]);
        words.any(|word| terms.contains(&format!("\"{word}\"")))
    };
    let sends = |each: &Dependency| has(crates, &each.name) || of_browser(&each.terms);
    refuse(
        rule,
        depending(|each| own.contains(&each.folder) && sends(each)),
    );
}

#[test]
fn i18_only_one_file_of_the_clerks_app_sends_requests() {
    let rule = "I18: every request of the clerk's app goes through api.rs";
    let others = apart_from("app/clerk/src", &["src/api.rs"]);
    let words = "gloo_net XmlHttpRequest fetch_with_request fetch_with_str";
    refuse(rule, named(&others, words));
}

#[test]
fn i19_the_description_of_the_api_never_reaches_the_browser() {
    let rule = "I19: utoipa and the feature `openapi` stay on the server";
    let found = depending(|each| {
        let described = each.name == "utoipa" || each.terms.contains("openapi");
        described && each.folder.starts_with("app/")
    });
    refuse(rule, found);
}

#[test]
fn i20_benefits_never_import_collection() {
    let rule = "I20: a claim for repayment is a value that collection books";
    let mut benefits = product();
    benefits.retain(|source| source.module().iter().any(|part| part == "benefits"));
    refuse(rule, named(&benefits, "collection"));
}

#[test]
fn i21_the_second_calculation_shares_only_types_and_figures() {
    let rule = "I21: the second calculation uses nothing of the first that calculates";
    refuse(rule, rules::beyond_types(&sources(&["shared/second/src"])));
}

#[test]
fn i37_each_floor_takes_the_figures_that_ship_through_one_module() {
    let rule = "I37: figures are passed in; only figures.rs of a floor names where they come from";
    let floors = [
        "shared/src",
        "server/src",
        "app/clerk/src",
        "app/citizen/src",
    ];
    refuse(rule, rules::shipped(&sources(&floors)));
}

#[test]
fn i22_the_binding_generator_has_the_version_of_the_lock_file() {
    let rule = "I22: the generator says the version of wasm-bindgen that is locked";
    let lock = &files(".", "Cargo.lock")[0].1;
    let after = lock.split("name = \"wasm-bindgen\"\nversion = \"").nth(1);
    let locked = after.and_then(|rest| rest.split('"').next());
    let tool = &sources(&["xtask/wasm-bindgen/src"])[0];
    let said = tool
        .strings
        .iter()
        .any(|(_, text)| Some(text.as_str()) == locked);
    let wrong = (!said).then(|| tool.at(1, &format!("not {locked:?}")));
    refuse(rule, wrong.into_iter().collect());
}

#[test]
fn i32_whoever_holds_a_transaction_asks_for_no_second_connection() {
    let rule = "I32: with a pool of one a second connection would wait for the first";
    let all = files("server/src", ".rs");
    let outside = all.iter().filter(|(file, _)| !file.contains("src/store/"));
    let found = outside.flat_map(|(file, text)| connections::second(file, text));
    refuse(rule, found.collect());
}

#[test]
fn every_test_that_the_page_of_faults_names_is_there() {
    let page = &files("docs", "SECURITY_TESTS.md")[0].1;
    let tests: Vec<(String, String)> = ["server", "shared", "xtask/tests"]
        .into_iter()
        .flat_map(|folder| files(folder, ".rs"))
        .collect();
    let named = page.split('`').skip(1).step_by(2);
    let names = named.filter(|name| name.contains("::") || name.starts_with('i'));
    let missing = names.filter(|name| {
        let short = name.rsplit("::").next().unwrap_or(name);
        let short = short.trim_end_matches(['…', '*', '_']);
        let written = format!("fn {short}");
        let path = short == "tests" || short.contains('/');
        !path && !tests.iter().any(|(_, text)| text.contains(&written))
    });
    let missing: Vec<String> = missing.map(str::to_owned).collect();
    refuse("docs/SECURITY_TESTS.md names tests that exist", missing);
}

#[test]
fn i34_no_more_than_three_files_need_each_other() {
    let rule = "I34: files need each other in no circle of more than three";
    let crates = [
        "shared/src",
        "server/src",
        "server/letters/src",
        "app/clerk/src",
        "app/citizen/src",
        "app/ui/src",
    ];
    for each in crates {
        let mut own = sources(&[each]);
        own.retain(|source| !source.file.contains("/src/bin/"));
        refuse(rule, circles::too_large(&own));
    }
}

#[test]
fn i35_a_table_is_written_only_by_the_module_that_owns_it() {
    let rule = "I35: a table is written by the module whose name its file of the schema has";
    for engine in ["sqlite", "postgres"] {
        let owners = owners::owners(&files(&format!("server/migrations/{engine}"), ".sql"));
        assert!(owners.len() > 50, "{}", owners.len());
        refuse(
            rule,
            owners::trespassing(&owners, &files("server/src", ".rs")),
        );
    }
}

#[test]
fn i36_the_picture_names_every_module_and_no_other() {
    let (_, page) = files(".", ".md")
        .into_iter()
        .find(|(file, _)| file == "ARCHITECTURE.md")
        .expect("ARCHITECTURE.md");
    let floors = ["app/clerk/src", "server/src", "shared/src"];
    for (drawn, folder) in picture::boxes(&page).iter().zip(floors) {
        let modules = picture::modules(folder, &files(folder, ".rs"));
        refuse(
            &format!("I36: {folder}"),
            picture::differences(drawn, &modules),
        );
    }
}
