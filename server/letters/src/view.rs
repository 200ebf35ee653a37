//! 印字内容: the strings a template prints. Every figure is written here once, so that what
//! is checked, hashed and printed is the same.

mod document;
mod notice;
mod slip;

use crate::error::LettersError;
use crate::fonts::Fonts;
use crate::forms::SlipForms;
use crate::letter::{Content, Letter};
use chrono::NaiveDate;
use kokuho_shared::era;
use serde::Serialize;
use serde_json::Value;

/// What all letters of a document need, and the letters.
#[derive(Serialize)]
pub(crate) struct Printed<'a> {
    pub title: String,
    pub author: &'a str,
    pub fonts: Vec<&'a str>,
    pub letters: Vec<Value>,
}

/// The head of every letter; `content` is what its kind needs.
#[derive(Serialize)]
struct View<'a, T> {
    kind: crate::letter::Kind,
    number: &'a str,
    date: String,
    year: String,
    addressee: Addressee<'a>,
    sender: &'a crate::letter::Sender,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct Addressee<'a> {
    name: Name<'a>,
    postcode: &'a str,
    address: &'a [String],
    /// 郵便カスタマバーコード as kinds of bars; none where there is none.
    bars: Option<Vec<u8>>,
}

/// A name, with the families it is set in.
#[derive(Serialize)]
struct Name<'a> {
    text: &'a str,
    fonts: Vec<&'a str>,
}

impl<'a> Name<'a> {
    fn of(text: &'a str, fonts: &'a Fonts) -> Name<'a> {
        Name {
            text,
            fonts: fonts.families_for(text),
        }
    }
}

/// What is printed of a letter; refused where it contradicts itself or cannot be shown.
pub(crate) fn view(
    letter: &Letter,
    fonts: &Fonts,
    forms: &SlipForms,
) -> Result<Value, LettersError> {
    letter.check()?;
    let value = match &letter.content {
        Content::AssessmentNotice(notice) => with(
            letter,
            fonts,
            notice::view(notice, letter.fiscal_year, fonts),
        ),
        Content::PaymentSlip(slip) => with(letter, fonts, slip::view(letter, slip, fonts, forms)?),
        Content::Document(document) => with(letter, fonts, document::view(document, fonts)),
    };
    let value = value.map_err(|why| LettersError::Unwritable(why.to_string()))?;
    match unshown(&value, fonts, &fonts.families(), String::new()) {
        None => Ok(value),
        Some((field, character)) => Err(LettersError::MissingGlyph {
            letter: letter.number.clone(),
            field,
            character,
        }),
    }
}

fn with<T: Serialize>(letter: &Letter, fonts: &Fonts, content: T) -> serde_json::Result<Value> {
    serde_json::to_value(View {
        kind: letter.kind(),
        number: &letter.number,
        date: era::format(letter.business_date),
        year: era::fiscal_year(letter.fiscal_year),
        addressee: Addressee {
            name: Name::of(&letter.addressee.name, fonts),
            postcode: &letter.addressee.postcode,
            address: &letter.addressee.address,
            bars: bars(&letter.addressee),
        },
        sender: &letter.sender,
        content,
    })
}

fn bars(to: &crate::letter::Addressee) -> Option<Vec<u8>> {
    let bars = || crate::customer::bars(&to.postcode, &to.address.join("　"));
    to.barcode.then(bars).flatten()
}

/// Where the first text stands that cannot be shown, and its character. Names bring their own
/// order of `fonts`.
fn unshown(
    value: &Value,
    fonts: &Fonts,
    families: &[&str],
    path: String,
) -> Option<(String, String)> {
    match value {
        Value::String(text) => fonts.missing(text, families).map(|c| (path, c)),
        Value::Array(all) => {
            let mut all = all.iter().enumerate();
            all.find_map(|(at, each)| unshown(each, fonts, families, format!("{path}[{at}]")))
        }
        Value::Object(map) => {
            let own: Option<Vec<&str>> = map
                .get("fonts")
                .and_then(Value::as_array)
                .map(|all| all.iter().filter_map(Value::as_str).collect());
            let families = own.as_deref().unwrap_or(families);
            let mut fields = map.iter().filter(|(key, _)| *key != "fonts");
            fields.find_map(|(key, each)| {
                let path = match (key.as_str(), path.as_str()) {
                    ("text", _) => path.clone(),
                    (_, "") => key.clone(),
                    _ => format!("{path}.{key}"),
                };
                unshown(each, fonts, families, path)
            })
        }
        _ => None,
    }
}

/// YYMMDD.
pub(crate) fn six_digits(day: NaiveDate) -> String {
    day.format("%y%m%d").to_string()
}
