//! 一般の文書: a title, sentences, facts and tables; what is not a premium notice or a slip.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a document says, in the words of whoever composes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub title: String,
    /// Paragraphs before the facts.
    #[serde(default)]
    pub opening: Vec<String>,
    #[serde(default)]
    pub facts: Vec<Fact>,
    #[serde(default)]
    pub tables: Vec<Table>,
    /// 注意事項.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What the addressee is asked to fill in and send back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// 教示 at the foot: the document is a 処分.
    #[serde(default)]
    pub remedies: bool,
    /// 世帯番号, where slips go with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household_number: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

impl Fact {
    pub fn new(label: &str, value: impl Into<String>) -> Fact {
        Fact {
            label: label.to_owned(),
            value: value.into(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// 回答欄.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    pub return_by: NaiveDate,
    pub fields: Vec<String>,
}

impl Document {
    /// A document that says nothing, or a row that does not fit its columns.
    pub fn contradiction(&self) -> Option<String> {
        if self.title.is_empty() {
            return Some("表題がありません".into());
        }
        let uneven = self.tables.iter().find(|table| {
            let width = table.columns.len();
            table.rows.iter().any(|row| row.len() != width)
        });
        uneven.map(|table| format!("表「{}」の行と見出しの数が違います", table.title))
    }
}
