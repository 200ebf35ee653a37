//! Rust sources as text: the paths and words they use, each with its line; without comments,
//! string contents and unit tests.

pub struct Source {
    /// From the root of the workspace, with `/`.
    pub file: String,
    /// Every path, groups of `use` unfolded, `self` and `super` made absolute; a lone word is a
    /// path of one.
    pub paths: Vec<(usize, Vec<String>)>,
    /// What the file hands on: the paths of its `pub use`, as above.
    pub offered: Vec<Vec<String>>,
    /// Contents of string literals.
    pub strings: Vec<(usize, String)>,
}

struct Token {
    line: usize,
    text: String,
}

impl Source {
    pub fn of(file: &str, text: &str) -> Source {
        let (mut code, mut strings) = without_comments_and_strings(text);
        let tests = blank_tests(&mut code);
        strings.retain(|(at, _)| {
            !tests
                .iter()
                .any(|(from, until)| (from..until).contains(&at))
        });
        let line = |at: usize| 1 + code[..at].iter().filter(|c| **c == '\n').count();
        let strings = strings
            .into_iter()
            .map(|(at, text)| (line(at), text))
            .collect();
        let inside = module(file);
        let tokens = tokens(&code);
        let paths = paths(&tokens)
            .into_iter()
            .map(|(line, path)| (line, absolute(path, &inside)))
            .collect();
        let offered = offered(&tokens)
            .into_iter()
            .map(|path| absolute(path, &inside))
            .collect();
        Source {
            file: file.to_owned(),
            paths,
            offered,
            strings,
        }
    }

    /// Where the file names the path, as `file:line: path`.
    pub fn names(&self, path: &str) -> Vec<String> {
        let wanted: Vec<&str> = path.split("::").collect();
        let has = |path: &[String]| path.windows(wanted.len()).any(|part| part == wanted);
        let found = self.paths.iter().filter(|(_, path)| has(path));
        found.map(|(line, _)| self.at(*line, path)).collect()
    }

    /// The module inside its crate: `["assessment", "decisions"]`; empty for the root.
    pub fn module(&self) -> Vec<String> {
        module(&self.file)
    }

    /// Paths into modules of the same crate, without the `crate` before them.
    pub fn inside(&self) -> impl Iterator<Item = (usize, &[String])> {
        self.paths.iter().filter_map(|(line, path)| {
            let (first, rest) = path.split_first()?;
            (first == "crate" && !rest.is_empty()).then_some((*line, rest))
        })
    }

    pub fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.file)
    }
}

/// Comments become spaces, a string becomes spaces and is kept beside with its place.
fn without_comments_and_strings(text: &str) -> (Vec<char>, Vec<(usize, String)>) {
    let mut code: Vec<char> = text.chars().collect();
    let mut strings = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        let begins = |with: &str| with.chars().eq(rest.iter().take(with.len()).copied());
        let length = if begins("//") {
            rest.iter().take_while(|c| **c != '\n').count()
        } else if begins("/*") {
            block_comment(rest)
        } else if let Some(hashes) = raw_string(&code, at) {
            let close = format!("\"{}", "#".repeat(hashes));
            let text: String = rest[hashes + 2..].iter().collect();
            let inner = text.split(&close).next().unwrap_or("").to_owned();
            let length = inner.chars().count();
            strings.push((at, inner));
            2 + hashes + length + close.len()
        } else if begins("\"") {
            let length = quoted(rest, '"');
            strings.push((at, rest[1..length.saturating_sub(1)].iter().collect()));
            length
        } else if begins("'") && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
            quoted(rest, '\'')
        } else {
            at += 1;
            continue;
        };
        let end = (at + length).min(code.len());
        blank(&mut code[at..end]);
        at = end;
    }
    (code, strings)
}

fn blank(code: &mut [char]) {
    code.iter_mut()
        .filter(|c| **c != '\n')
        .for_each(|c| *c = ' ');
}

/// How many `#` a raw string that begins here has.
fn raw_string(code: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).map(|before| code[before]);
    if code[at] != 'r' || before.is_some_and(|c| is_word(c) && !matches!(c, 'b' | 'c')) {
        return None;
    }
    let hashes = code[at + 1..].iter().take_while(|c| **c == '#').count();
    (code.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Length of a literal with its quotes.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Blanks everything under `#[cfg(test)]`: unit tests may use what they like.
fn blank_tests(code: &mut [char]) -> Vec<(usize, usize)> {
    let mark: Vec<char> = "#[cfg(test)]".chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at + mark.len() <= code.len() {
        if code[at..at + mark.len()] != mark {
            at += 1;
            continue;
        }
        let (mut depth, mut end) = (0, at + mark.len());
        while end < code.len() {
            depth += match code[end] {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            end += 1;
            if depth == 0 && matches!(code[end - 1], '}' | ';') {
                break;
            }
        }
        blank(&mut code[at..end]);
        ranges.push((at, end));
        at = end;
    }
    ranges
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words, `::` and single signs. A literal like `1.5` becomes the word `f64`, its type.
fn tokens(code: &[char]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < code.len() {
        let after_dot = tokens.last().is_some_and(|last| last.text == ".");
        let is =
            |place: usize, wanted: fn(char) -> bool| code.get(place).copied().is_some_and(wanted);
        let mut end = at + 1;
        if is_word(code[at]) {
            while is(end, is_word) {
                end += 1;
            }
            let digit = |c: char| c.is_ascii_digit();
            let fraction = is(at, digit) && !after_dot && is(end, |c| c == '.');
            if fraction && is(end + 1, digit) {
                tokens.push(Token {
                    line,
                    text: "f64".into(),
                });
            }
        } else if code[at] == ':' && is(end, |c| c == ':') {
            end += 1;
        }
        let text: String = code[at..end].iter().collect();
        line += usize::from(text == "\n");
        if !text.trim().is_empty() {
            tokens.push(Token { line, text });
        }
        at = end;
    }
    tokens
}

fn paths(tokens: &[Token]) -> Vec<(usize, Vec<String>)> {
    let text = |at: usize| tokens.get(at).map_or(";", |token| token.text.as_str());
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if text(at) == "use" && text(at + 1) != "<" {
            at = tree(tokens, at + 1, &[], &mut found);
        } else if text(at).starts_with(is_word) {
            let line = tokens[at].line;
            let mut path = vec![text(at).to_owned()];
            while text(at + 1) == "::" && text(at + 2).starts_with(is_word) {
                at += 2;
                path.push(text(at).to_owned());
            }
            found.push((line, path));
        }
        at += 1;
    }
    found
}

/// The trees of every `pub use`.
fn offered(tokens: &[Token]) -> Vec<Vec<String>> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let public = |at: usize| at > 0 && matches!(text(at - 1), "pub" | ")");
    let mut found = Vec::new();
    for at in (0..tokens.len()).filter(|at| text(*at) == "use" && public(*at)) {
        tree(tokens, at + 1, &[], &mut found);
    }
    found.into_iter().map(|(_, path)| path).collect()
}

/// Unfolds a tree of `use`; returns the place of the sign after it.
fn tree(
    tokens: &[Token],
    mut at: usize,
    before: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = before.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        match tokens.get(at).map_or(";", |token| token.text.as_str()) {
            "{" => {
                at += 1;
                while tokens
                    .get(at)
                    .is_some_and(|token| !"};".contains(&token.text))
                {
                    at = tree(tokens, at, &path, found);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.text == ","));
                }
                return at + 1;
            }
            "," | "}" | ";" => {
                found.push((line, path));
                return at;
            }
            "as" => at += 2,
            "::" => at += 1,
            "self" if !path.is_empty() => at += 1,
            word => {
                path.push(word.to_owned());
                at += 1;
            }
        }
    }
}

fn module(file: &str) -> Vec<String> {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    let mut parts: Vec<String> = inside
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if parts
        .last()
        .is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str()))
    {
        parts.pop();
    }
    parts
}

fn absolute(path: Vec<String>, inside: &[String]) -> Vec<String> {
    let up = path.iter().take_while(|part| *part == "super").count();
    let own = usize::from(path.first().is_some_and(|first| first == "self"));
    if up + own == 0 || path.len() == own {
        return path;
    }
    let base = inside.iter().take(inside.len().saturating_sub(up)).cloned();
    let rest = path.iter().skip(up + own).cloned();
    std::iter::once("crate".to_owned())
        .chain(base)
        .chain(rest)
        .collect()
}
