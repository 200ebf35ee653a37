//! Tables have owners: the module whose name the file of the schema has writes its tables, and nobody else.

use std::collections::BTreeMap;

/// The owner of each table, from the names of the schema's files: `0005_ledger.sql`.
pub fn owners(schema: &[(String, String)]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for (file, text) in schema {
        let name = file.rsplit('/').next().unwrap_or_default();
        let owner = name
            .trim_end_matches(".sql")
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
        for rest in text.split("CREATE TABLE ").skip(1) {
            let table: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            owners.insert(table, owner.to_owned());
        }
    }
    owners
}

/// Where a source writes a table of another module.
pub fn trespassing(owners: &BTreeMap<String, String>, sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in sources {
        let own = text.split("#[cfg(test)]").next().unwrap_or_default();
        let module = file
            .trim_start_matches("server/src/")
            .split(['/', '.'])
            .next()
            .unwrap_or_default();
        for (table, at) in written(own) {
            let Some(owner) = owners.get(table) else {
                continue;
            };
            if owner != module {
                let line = 1 + own[..at].matches('\n').count();
                found.push(format!("{file}:{line}: {table} is of {owner}"));
            }
        }
    }
    found
}

/// Tables that a text writes, each with its place: in SQL, or through what the store offers for many rows.
fn written(text: &str) -> Vec<(&str, usize)> {
    const SQL: [&str; 3] = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    const CALLS: [&str; 2] = ["insert(", "supersede("];
    let mut all = Vec::new();
    for statement in SQL {
        all.extend(
            text.match_indices(statement)
                .map(|(at, found)| (word(&text[at + found.len()..]), at)),
        );
    }
    for call in CALLS {
        for (at, found) in text.match_indices(call) {
            let arguments = text[at + found.len()..].trim_start();
            let arguments = ["&mut tx,", "tx,"]
                .iter()
                .find_map(|tx| arguments.strip_prefix(tx))
                .unwrap_or(arguments);
            if let Some(literal) = arguments.trim_start().strip_prefix('"') {
                all.push((word(literal), at));
            }
        }
    }
    all
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}
