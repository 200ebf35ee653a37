//! The checker itself: it finds what is planted, and nothing in comments, strings and tests.

use super::owners;
use super::picture;
use super::rules::{self, Layer, named};
use super::source::Source;
use super::workspace::of_manifest;

const PLANTED: &str = r##"
use crate::{clock::Clock, http::{App, User as Somebody}, store::Db};
use super::super::linkage::known::{self, IncomeRow};
/* use axum::Json; /* f64 */ */ // sqlx::query, SystemTime
const TEXT: &str = "axum::Json \" f64"; const RAW: &str = r#"use sqlx; "#;
fn f<'a>(x: &'a str, quote: char) -> bool { quote == '"' && x.len() > 1.5 as usize }
const SQL: &str = "UPDATE income_fact \
    SET other_income = $1 WHERE recorded_at < now()";
async fn g() { sqlx::query(SQL); std::time::SystemTime::now(); t.0.0; encoding_rs::SHIFT_JIS.encode(x); }
#[cfg(test)]
mod tests { use axum::Json; const A: &str = "DELETE FROM decision"; fn f() { let x = 1.5; } }
"##;

#[test]
fn a_planted_violation_is_found_with_its_line() {
    let planted = [Source::of("server/src/assessment/decisions.rs", PLANTED)];
    let at = |line: usize, what: &str| vec![planted[0].at(line, what)];
    assert_eq!(
        rules::upward(&planted, Layer::Room),
        [at(2, "http::App"), at(2, "http::User")].concat()
    );
    assert_eq!(
        rules::not_offered(&planted),
        [at(3, "linkage::known"), at(3, "linkage::known::IncomeRow")].concat()
    );
    assert_eq!(named(&planted, "f64"), at(6, "f64"));
    assert_eq!(rules::sqlx(&planted), at(9, "sqlx::query"));
    assert_eq!(named(&planted, "SystemTime"), at(9, "SystemTime"));
    assert_eq!(named(&planted, "encoding_rs"), at(9, "encoding_rs"));
    assert_eq!(rules::overwriting(&planted).len(), 1);
    let strings = planted[0]
        .strings
        .iter()
        .map(|(line, text)| (line.to_string(), text.as_str()));
    assert_eq!(rules::asks_for_time(strings).len(), 1);
    let back = Source::of(
        "server/src/linkage/import.rs",
        "use crate::assessment::decisions;",
    );
    let [planted] = planted;
    assert_eq!(rules::circle(&[planted, back]).len(), 2);
    let foundation = [Source::of(
        "shared/src/law/mod.rs",
        "use crate::assessment::premium::assess;",
    )];
    assert_eq!(rules::upward(&foundation, Layer::Foundation).len(), 1);
    let second = [Source::of(
        "shared/second/src/lib.rs",
        "use kokuho_shared::assessment::{household::*, tier::judge};",
    )];
    assert_eq!(rules::beyond_types(&second).len(), 1);
    let manifest = "[dependencies]\nserde = \"1\"\nkokuho-server.workspace = true\n[dev-dependencies]\nkokuho-second = \"1\"";
    assert_eq!(
        rules::crates_upward(&of_manifest("app/clerk/Cargo.toml", manifest)),
        ["app/clerk/Cargo.toml:3: kokuho-server"]
    );
}

#[test]
fn comments_strings_and_unit_tests_cause_no_alarm() {
    let planted = [Source::of("server/src/eligibility/search.rs", PLANTED)];
    assert_eq!(named(&planted, "axum tests"), Vec::<String>::new());
    let holder = [Source::of(
        "server/src/access/accounts.rs",
        "#[sqlx(flatten)] fn f() { on_db!(db, pool => sqlx::query_as(SQL)) }",
    )];
    assert_eq!(rules::sqlx(&holder), Vec::<String>::new());
    let routes = [Source::of(
        "server/src/linkage/routes.rs",
        "use crate::http::App; use axum::Json;",
    )];
    assert_eq!(rules::upward(&routes, Layer::Room), Vec::<String>::new());
}

#[test]
fn a_table_that_another_module_writes_is_found_in_sql_and_in_calls() {
    let schema = ["0005_ledger", "0010_collection"].map(|name| {
        let table = name.split('_').nth(1).unwrap();
        (
            format!("server/migrations/sqlite/{name}.sql"),
            format!("CREATE TABLE {table}_row (id INTEGER)"),
        )
    });
    let owners = owners::owners(&schema);
    let planted = |text: &str| {
        let source = ("server/src/collection/slips.rs".to_owned(), text.to_owned());
        owners::trespassing(&owners, &[source])
    };
    for text in [
        "const SQL: &str = \"UPDATE ledger_row SET a = 1\";",
        "tx.insert(\n    \"ledger_row\", &rows)",
        "writer.insert(tx, \"ledger_row\", row)",
    ] {
        assert_eq!(planted(text).len(), 1, "{text}");
    }
    assert_eq!(
        planted("tx.insert(\"collection_row\", &rows)"),
        Vec::<String>::new()
    );
    assert_eq!(planted("SELECT a FROM ledger_row"), Vec::<String>::new());
}

#[test]
fn a_module_that_is_not_drawn_and_a_word_without_a_module_are_found() {
    let page = "```\n  │ rooms work │   │ found. store gone │\n  │ found. money │\n```";
    let [app, server, shared] = picture::boxes(page);
    let modules = |names: &str| names.split_whitespace().map(str::to_owned).collect();
    assert_eq!(
        picture::differences(&app, &modules("work")),
        Vec::<String>::new()
    );
    assert_eq!(
        picture::differences(&server, &modules("store new")),
        ["new is not in the picture", "gone is in the picture only"]
    );
    assert_eq!(
        picture::differences(&shared, &modules("money")),
        Vec::<String>::new()
    );
}

#[test]
fn figures_taken_around_the_module_of_a_floor_are_found() {
    let of = |file: &str, text: &str| rules::shipped(&[Source::of(file, text)]);
    for (file, text) in [
        (
            "server/src/assessment/basis.rs",
            "use kokuho_shared::figures;",
        ),
        (
            "app/clerk/src/eligibility/draft.rs",
            "fn f() { kokuho_shared::figures::kinds(); }",
        ),
        (
            "shared/src/assessment/result.rs",
            "use crate::law::shipped;",
        ),
        (
            "shared/src/linkage/basis.rs",
            "fn f() { crate::figures::bases(); }",
        ),
    ] {
        assert_eq!(of(file, text).len(), 1, "{file}");
    }
    for (file, text) in [
        (
            "server/src/figures.rs",
            "pub use kokuho_shared::figures::*;",
        ),
        ("server/src/assessment/basis.rs", "use crate::figures;"),
        ("shared/src/api/estimate.rs", "use crate::figures;"),
    ] {
        assert_eq!(of(file, text), Vec::<String>::new(), "{file}");
    }
}
