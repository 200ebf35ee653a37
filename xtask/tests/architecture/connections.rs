//! Whoever holds a transaction asks the pool for no second connection.

/// Lines on which a function that holds a transaction reaches for another connection, as `file:line`.
pub fn second(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut held: Option<usize> = None;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        let indent = line.len() - line.trim_start().len();
        let code = line.trim_start();
        if code.starts_with("//") || code.is_empty() {
            continue;
        }
        // The block in which it began is over, or the transaction is.
        let ends = held.is_some_and(|from| indent < from) || code.contains("tx.commit()");
        if ends {
            held = None;
        }
        if held.is_some() && reaches(code) {
            found.push(format!("{file}:{}: {code}", at + 1));
        }
        let both = code.contains("tx: &mut Tx") && code.contains("db: &Db");
        if both {
            found.push(format!("{file}:{}: {code}", at + 1));
        }
        let begins = code.starts_with("let mut tx = ")
            && (code.contains(".write(") || code.contains(".read()"));
        if begins {
            held = Some(indent);
        }
    }
    found
}

/// Whether a line names a pool.
fn reaches(code: &str) -> bool {
    const POOLS: [&str; 7] = [
        "on_db!(",
        "on_writer!(",
        "(db,",
        "(db)",
        "app.db()",
        "(&self.db",
        "(&courier.db",
    ];
    POOLS.iter().any(|pool| code.contains(pool)) || code == "db," || code.starts_with("db, ")
}

#[test]
fn a_second_connection_is_found_and_one_after_the_commit_is_not() {
    let planted = "async fn f(db: &Db) {\n    let mut tx = db.write(Lock::Nothing).await?;\n    \
        other(&mut tx).await?;\n    look(db, 1).await?;\n    tx.commit().await?;\n    look(db, 2).await?;\n}\n\
        async fn g(db: &Db) {\n    look(db, 3).await?;\n}\n";
    assert_eq!(second("a.rs", planted), ["a.rs:4: look(db, 1).await?;"]);
}
