//! What the program asks the database for one look and one change, taken from the database's own log, as
//! scripts for pgbench: the database's limit for the same work.

use super::cluster;
use std::collections::HashMap;
use std::fmt::Write;

/// A statement with the values it was asked with.
struct Asked {
    backend: String,
    text: String,
    values: Vec<String>,
}

/// The scripts of a look and of a change.
pub struct Scripts {
    pub look: String,
    pub change: String,
}

/// Whose numbers stand in the log.
pub struct Whose {
    pub household: i64,
    pub person: i64,
    /// Households with ids from the first on.
    pub households: (i64, i64),
}

/// Statements that the log has between two marks, without those that others did meanwhile.
fn between(log: &str, from: &str, to: &str) -> Vec<Asked> {
    let inside = log
        .split(from)
        .nth(1)
        .and_then(|rest| rest.split(to).next());
    let mut all: Vec<Asked> = Vec::new();
    for line in inside.unwrap_or_default().lines() {
        let backend = line.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
        if let Some((_, values)) = line.split_once("DETAIL:  parameters: ") {
            if let Some(last) = all.iter_mut().rev().find(|one| one.backend == backend) {
                last.values = split(values);
            }
            continue;
        }
        let said = line.split_once("LOG:  statement: ");
        let said = said.or_else(|| line.split_once("LOG:  execute "));
        let Some((_, text)) = said else { continue };
        let text = match text.split_once(": ") {
            Some((name, text)) if name.starts_with("sqlx_s_") || name == "<unnamed>" => text,
            _ => text,
        };
        all.push(Asked {
            backend,
            text: text.to_owned(),
            values: Vec::new(),
        });
    }
    own(all)
}

/// What only the writer of looks and the sealer of the chain ask.
const SEALS: [&str; 4] = ["audit_entry", "audit_batch", "audit_parcel", "audit_origin"];

/// Whether a transaction begins or ends.
fn bounds(one: &Asked) -> bool {
    let words = ["BEGIN", "COMMIT", "ROLLBACK"];
    words.iter().any(|word| one.text.starts_with(word))
}

/// Without transactions that only write down what was looked at, and without settings.
fn own(all: Vec<Asked>) -> Vec<Asked> {
    let mut kept: Vec<Asked> = Vec::new();
    let mut open: HashMap<String, Vec<Asked>> = HashMap::new();
    for one in all {
        // The beginning of the next mark is no statement.
        let mark = one.text.trim() == "SELECT";
        if mark || one.text.starts_with("SET ") {
            continue;
        }
        if one.text.starts_with("BEGIN") {
            open.insert(one.backend.clone(), vec![one]);
        } else if let Some(inside) = open.get_mut(&one.backend) {
            let ends = one.text.starts_with("COMMIT") || one.text.starts_with("ROLLBACK");
            let backend = one.backend.clone();
            inside.push(one);
            if ends {
                let whole = open.remove(&backend).unwrap_or_default();
                let aside = |one: &Asked| bounds(one) || one.text.contains("audit_pending");
                let seals = |one: &Asked| SEALS.iter().any(|name| one.text.contains(name));
                if !whole.iter().all(aside) && !whole.iter().any(seals) {
                    kept.extend(whole);
                }
            }
        } else if !bounds(&one) && !one.text.contains("audit_") {
            // Of what began before the mark the end is seen only.
            kept.push(one);
        }
    }
    kept
}

/// `$1 = '1000', $2 = NULL` as a list.
fn split(values: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = values;
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(quoted) = after.strip_prefix('\'') {
            let mut end = 0;
            let bytes = quoted.as_bytes();
            while end < bytes.len() {
                match (bytes[end], bytes.get(end + 1)) {
                    (b'\'', Some(b'\'')) => end += 2,
                    (b'\'', _) => break,
                    _ => end += 1,
                }
            }
            all.push(format!("'{}'", &quoted[..end]));
            rest = &quoted[(end + 1).min(quoted.len())..];
        } else {
            let end = after.find(',').unwrap_or(after.len());
            all.push(after[..end].trim().to_owned());
            rest = &after[end..];
        }
    }
    all
}

/// What the log has between the first two marks is the look, and the change between the last two.
pub fn scripts(marks: [&str; 3], whose: &Whose) -> Scripts {
    let log = cluster::log();
    let looked = between(&log, marks[0], marks[1]);
    let changed = between(&log, marks[1], marks[2]);
    let (first, last) = whose.households;
    Scripts {
        look: format!(
            "\\set id random({first}, {last})\n{}",
            script(&looked, whose)
        ),
        change: format!(
            "\\set n random(1, {})\nSELECT household_id AS id, person_id AS person FROM bench_pick WHERE n = :n \\gset\n\
             \\set rnd random(1, 9000000000000000000)\n{}",
            last - first + 1,
            script(&changed, whose)
        ),
    }
}

fn script(all: &[Asked], whose: &Whose) -> String {
    let mut names: HashMap<String, String> = HashMap::new();
    names.insert(format!("'{}'", whose.household), ":id".into());
    names.insert(format!("'{}'", whose.person), ":person".into());
    // An id that was taken is the first value of the first row that is written under it.
    let mut counters = String::new();
    let counting = |one: &&Asked| one.text.starts_with("INSERT INTO counter");
    for (place, one) in all.iter().filter(counting).enumerate() {
        let name = one
            .values
            .first()
            .map_or("", String::as_str)
            .trim_matches('\'');
        let moment = one.text.contains("'moment'");
        let table = if moment { "change_record" } else { name };
        let written = all
            .iter()
            .find(|other| other.text.starts_with(&format!("INSERT INTO {table} ")));
        let value = written.and_then(|other| other.values.get(usize::from(moment)));
        if let Some(value) = value {
            let taken = if moment {
                format!(":c{place}_next")
            } else {
                format!("(:c{place}_next - 1)")
            };
            names.insert(value.clone(), taken);
        }
        let text = filled(one, &HashMap::new());
        writeln!(counters, "{text} \\gset c{place}_").expect("text");
    }
    let old = all
        .iter()
        .find(|one| one.text.starts_with("UPDATE income_fact"));
    if let Some(value) = old.and_then(|one| one.values.get(1)) {
        names.insert(value.clone(), "ARRAY[:old_id]::bigint[]".into());
    }
    let mut text = counters;
    for one in all.iter().filter(|one| !counting(one)) {
        let mut own = names.clone();
        if one.text.starts_with("INSERT INTO audit_pending")
            && let Some(id) = one.values.first()
        {
            own.insert(id.clone(), ":rnd".into());
        }
        text.push_str(&filled(one, &own));
        let looks_up = one.text.starts_with("SELECT id FROM income_fact");
        text.push_str(if looks_up { " \\gset old_\n" } else { ";\n" });
    }
    text
}

/// The text with its values, or with the names of other ones.
fn filled(one: &Asked, names: &HashMap<String, String>) -> String {
    let mut text = one.text.clone();
    for (place, value) in one.values.iter().enumerate().rev() {
        let mut shown = names.get(value).unwrap_or(value).clone();
        // Bound with its type, which a text does not have.
        if chrono::NaiveDate::parse_from_str(&shown, "'%Y-%m-%d'").is_ok() {
            shown.insert_str(0, "DATE ");
        }
        text = text.replace(&format!("${}", place + 1), &shown);
    }
    text
}
