//! 文書: what a letter says, to whom, from whom and when; nothing about how it looks.

use crate::document::Document;
use crate::error::LettersError;
use crate::notice::AssessmentNotice;
use crate::paging;
use crate::slip::PaymentSlip;
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use serde::{Deserialize, Serialize};

/// One letter. Dates are given by the caller; nothing here knows what day it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// 文書番号.
    pub number: String,
    pub addressee: Addressee,
    pub sender: Sender,
    /// 発行日, printed as the date of the letter.
    pub business_date: NaiveDate,
    pub fiscal_year: FiscalYear,
    pub content: Content,
}

/// 宛先.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addressee {
    pub name: String,
    pub postcode: String,
    pub address: Vec<String>,
    /// 郵便カスタマバーコード below the name: not where the place is guarded, since it says it once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub barcode: bool,
}

/// 差出人: the municipality and the office that answers questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    pub municipality: String,
    /// 全国地方公共団体コード, six digits.
    pub municipality_code: String,
    /// 市長 with name, as it stands above the seal.
    pub signed_by: String,
    pub office: String,
    pub contact: Vec<String>,
}

/// What the letter is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    AssessmentNotice(AssessmentNotice),
    PaymentSlip(PaymentSlip),
    Document(Document),
}

/// The kind of a letter; each has a template of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 保険料決定通知書.
    AssessmentNotice,
    /// 納付書.
    PaymentSlip,
    /// 一般の文書.
    Document,
}

impl Letter {
    pub fn kind(&self) -> Kind {
        match self.content {
            Content::AssessmentNotice(_) => Kind::AssessmentNotice,
            Content::PaymentSlip(_) => Kind::PaymentSlip,
            Content::Document(_) => Kind::Document,
        }
    }

    /// How many pages the shipped templates need for it, as a rule.
    pub fn usual_pages(&self) -> usize {
        match &self.content {
            Content::AssessmentNotice(notice) => paging::pages(notice),
            _ => 1,
        }
    }

    /// 表題, as it stands on the letter and names the document.
    pub fn title(&self) -> String {
        let year = era::fiscal_year(self.fiscal_year);
        match &self.content {
            Content::AssessmentNotice(notice) if notice.replaces.is_some() => {
                format!("{year}　国民健康保険料変更通知書")
            }
            Content::AssessmentNotice(_) => format!("{year}　国民健康保険料決定通知書"),
            Content::PaymentSlip(_) => format!("{year}　国民健康保険料納付書"),
            Content::Document(document) => document.title.clone(),
        }
    }

    /// Refuses a letter whose amounts contradict each other.
    pub fn check(&self) -> Result<(), LettersError> {
        let wrong = match &self.content {
            Content::AssessmentNotice(notice) => notice.contradiction(),
            Content::PaymentSlip(slip) => slip.contradiction(),
            Content::Document(document) => document.contradiction(),
        };
        match wrong {
            None => Ok(()),
            Some(what) => Err(LettersError::Contradiction {
                letter: self.number.clone(),
                what,
            }),
        }
    }
}
