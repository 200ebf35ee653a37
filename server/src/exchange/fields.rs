//! 項目の型: what each field may hold, as `layouts/fields.toml` says it.

use super::FileError;
use super::characters;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The class of a field: its characters, its width and its range.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Class {
    /// Digits of one width throughout a file, at most so many.
    Identifier {
        most: usize,
    },
    /// Exactly so many digits.
    Digits {
        width: usize,
    },
    /// At most so many digits.
    Number {
        most: usize,
    },
    /// A calendar year, with or without its era.
    Year,
    Postcode,
    Date {
        from: NaiveDate,
        until: NaiveDate,
    },
    /// Whole yen.
    Amount {
        least: i64,
        most: i64,
    },
    Code {
        most: usize,
    },
    Name {
        most: usize,
    },
    Kana {
        most: usize,
    },
    Text {
        most: usize,
    },
}

#[derive(Deserialize)]
struct Entry {
    fields: Vec<String>,
    #[serde(flatten)]
    class: Class,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    class: Vec<Entry>,
}

/// The classes by field.
pub type Fields = BTreeMap<String, Class>;

/// The shipped table.
pub fn shipped() -> Result<Fields, FileError> {
    let table: Table = toml::from_str(include_str!("../../layouts/fields.toml"))
        .map_err(|why| FileError::new(format!("項目の型を読めません: {why}")))?;
    let entries = table.class.into_iter().flat_map(|entry| {
        let class = entry.class;
        let fields = entry.fields.into_iter();
        fields.map(move |field| (field, class.clone()))
    });
    Ok(entries.collect())
}

/// A field that no table names holds no more than this many characters.
const LONGEST: usize = 300;

impl Class {
    fn most(&self) -> usize {
        match self {
            Class::Name { most } | Class::Kana { most } | Class::Text { most } => *most,
            Class::Code { most } => *most,
            // Longer than any right value; what it is then is said by its own reader.
            _ => 60,
        }
    }
}

/// Refuses characters and lengths that the class does not allow, with what is said of them.
pub fn check(class: Option<&Class>, text: &str) -> Result<(), String> {
    if let Some(bad) = text.chars().find(|one| characters::refused(*one)) {
        let code = u32::from(bad);
        return Err(format!("使えない文字（U+{code:04X}）があります"));
    }
    let kana = matches!(class, Some(Class::Kana { .. }));
    if text.is_ascii() && text.len() <= 10 && !kana {
        return Ok(());
    }
    let selectors = |one: &char| characters::is_selector(*one);
    let length = text.chars().filter(|one| !selectors(one)).count();
    let most = class.map_or(LONGEST, Class::most);
    if length > most {
        return Err(format!("{most}文字までです（{length}文字あります）"));
    }
    let mut before = None;
    for one in text.chars() {
        // 異体字セレクタ follows what it varies.
        if selectors(&one) && !before.is_some_and(is_ideograph) {
            let code = u32::from(one);
            return Err(format!(
                "異体字セレクタ（U+{code:04X}）の前に漢字がありません"
            ));
        }
        before = Some(one);
    }
    match text.chars().find(|one| !is_kana(*one)) {
        Some(bad) if kana => Err(format!("「{bad}」はカナの項目に使えません")),
        _ => Ok(()),
    }
}

fn is_ideograph(one: char) -> bool {
    matches!(one, '\u{2E80}'..='\u{2FDF}' | '々' | '〇' | '\u{3400}'..='\u{9FFF}' | '\u{E000}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Kana of either script and width, letters of names without kana, and the marks between names.
fn is_kana(one: char) -> bool {
    one.is_ascii_alphanumeric()
        || matches!(one, '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{309F}' | '\u{30A0}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
            | '\u{FF61}'..='\u{FF9F}' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' | ' ' | '\u{3000}' | '-' | '‐' | '－' | '−'
            | '―' | '.' | '．' | ',' | '，' | '\'' | '’' | '(' | ')' | '（' | '）' | '/' | '／' | '&' | '＆' | '?' | '？')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_names_every_field_of_every_shipped_layout_once() {
        let known = shipped().unwrap();
        let text = include_str!("../../layouts/fields.toml");
        let table: Table = toml::from_str(text).unwrap();
        let named: usize = table.class.iter().map(|entry| entry.fields.len()).sum();
        assert_eq!(named, known.len(), "a field stands twice");
    }

    #[test]
    fn characters_that_nobody_sees_and_texts_that_are_too_long_are_refused() {
        let name = Class::Name { most: 100 };
        let kana = Class::Kana { most: 100 };
        for (class, text, says) in [
            (&name, "見辺\u{200B}一郎".to_owned(), "U+200B"),
            (&name, "見辺\t一郎".to_owned(), "U+0009"),
            (&name, "見\u{FFFD}一郎".to_owned(), "U+FFFD"),
            (&name, "\u{202E}見辺".to_owned(), "U+202E"),
            (&name, "あ\u{E0100}".to_owned(), "異体字セレクタ"),
            (&name, "名".repeat(400), "400文字あります"),
            (&kana, "ミペ　一郎".to_owned(), "「一」"),
        ] {
            let told = check(Some(class), &text).unwrap_err();
            assert!(told.contains(says), "{text}: {told}");
        }
        for (class, text) in [
            (&name, "葛\u{E0100}城　𠮷郎\u{E000}"),
            (&kana, "ミペ　ｲﾁﾛｳ"),
            (&kana, "O'BRIEN JOHN-PAUL"),
        ] {
            assert_eq!(check(Some(class), text), Ok(()), "{text}");
        }
    }
}
