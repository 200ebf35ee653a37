//! One data line: each field is checked against its class before anybody sees it.

use super::{Shape, Warning};
use crate::exchange::fields::{self, Class};
use crate::exchange::{FileError, dates};
use chrono::NaiveDate;
use csv::StringRecord;
use kokuho_shared::text::half_width;

#[derive(Clone, Copy)]
pub struct Row<'a> {
    shape: &'a Shape<'a>,
    pub line: u64,
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    pub(super) fn of(shape: &'a Shape<'_>, line: u64, record: &'a StringRecord) -> Row<'a> {
        Row {
            shape,
            line,
            record,
        }
    }

    /// An error in a field of this line.
    pub fn wrong(&self, field: &str, message: impl Into<String>) -> FileError {
        FileError::new(message)
            .at_line(self.line)
            .at_column(self.shape.layout.column(field))
    }

    /// Notes what is read although it is not as it should be.
    pub fn warn(&self, field: &str, message: String) {
        self.shape.warnings.borrow_mut().add(Warning {
            line: self.line,
            column: self.shape.layout.column(field).to_owned(),
            message,
        });
    }

    /// Whether the file has the column of a field.
    pub fn has(&self, field: &str) -> bool {
        self.shape.places.contains_key(field)
    }

    fn raw(&self, field: &str) -> &'a str {
        let place = self.shape.places.get(field).copied();
        place
            .and_then(|place| self.record.get(place))
            .unwrap_or("")
            .trim_matches([' ', '\u{3000}'])
    }

    fn class(&self, field: &str) -> Option<&'a Class> {
        self.shape.layout.fields.get(field)
    }

    pub fn is_blank(&self, field: &str) -> bool {
        self.raw(field).is_empty()
    }

    /// The field without spaces around it, as its class allows it; may be empty.
    pub fn text(&self, field: &str) -> Result<&'a str, FileError> {
        let text = self.raw(field);
        match fields::check(self.class(field), text) {
            Ok(()) => Ok(text),
            Err(why) => Err(self.wrong(field, why)),
        }
    }

    pub fn required(&self, field: &str) -> Result<&'a str, FileError> {
        match self.text(field)? {
            "" => Err(self.wrong(field, "空です")),
            text => Ok(text),
        }
    }

    /// A number of the width that its class says, kept as text with its leading zeros.
    pub fn digits(&self, field: &str) -> Result<String, FileError> {
        let text = half_width(self.required(field)?);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let (least, most) = match self.class(field) {
            Some(Class::Digits { width }) => (*width, *width),
            Some(Class::Identifier { most } | Class::Number { most }) => (1, *most),
            _ => (1, 15),
        };
        let exact = if least == most { "の" } else { "までの" };
        if !digits || text.len() > most {
            let message = format!("「{text}」は{most}桁{exact}数字ではありません");
            return Err(self.wrong(field, message));
        }
        if text.len() < least {
            return Err(self.wrong(field, lost_zeros(&text, most)));
        }
        if matches!(self.class(field), Some(Class::Identifier { .. })) {
            self.refuse_other_width(field, &text)?;
        }
        Ok(text)
    }

    /// Identifiers of a file have one width; the layout may name it, or say that they differ.
    fn refuse_other_width(&self, field: &str, text: &str) -> Result<(), FileError> {
        let width = match self.shape.layout.widths.get(field) {
            Some(0) => return Ok(()),
            Some(width) => *width,
            None => {
                let mut widths = self.shape.widths.borrow_mut();
                let Some((width, first)) = widths.get(field).copied() else {
                    widths.insert(field.to_owned(), (text.len(), self.line));
                    return Ok(());
                };
                if width < text.len() {
                    let message = format!(
                        "「{text}」は{}桁ですが、{first}行目は{width}桁です。先頭の0が失われていませんか",
                        text.len()
                    );
                    return Err(self.wrong(field, message));
                }
                width
            }
        };
        match text.len() == width {
            true => Ok(()),
            false => Err(self.wrong(field, lost_zeros(text, width))),
        }
    }

    /// 郵便番号, or nothing: one that lost its zero is none. A refusal does not repeat it, since more people
    /// read it than may know where somebody lives.
    pub fn postcode(&self, field: &str) -> Result<String, FileError> {
        let text = half_width(self.text(field)?);
        let digits: String = match text.split_once('-') {
            Some((area, town)) if area.len() == 3 => [area, town].concat(),
            Some(_) => String::new(),
            None => text.clone(),
        };
        let whole = digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole || text.is_empty() {
            return Ok(text);
        }
        let short = digits.len() < 7 && !digits.is_empty();
        match short && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Err(self.wrong(field, "7桁ではありません。先頭の0が失われていませんか")),
            false => Err(self.wrong(field, "郵便番号ではありません")),
        }
    }

    /// A day in one of the forms that the layout allows; empty is none.
    pub fn date(&self, field: &str) -> Result<Option<NaiveDate>, FileError> {
        let text = self.text(field)?;
        if text.is_empty() {
            return Ok(None);
        }
        let told = dates::day(text, &self.shape.layout.dates)
            .ok_or_else(|| self.wrong(field, format!("「{text}」は日付ではありません")))?;
        if let Some(Class::Date { from, until }) = self.class(field)
            && !(*from..=*until).contains(&told.date)
        {
            let message = format!("「{text}」は {from} から {until} までの日付ではありません");
            return Err(self.wrong(field, message));
        }
        if let Some(era) = told.outdated {
            let message = format!(
                "「{text}」は{era}の後の日です。{} として読みました",
                told.date
            );
            self.warn(field, message);
        }
        Ok(Some(told.date))
    }

    pub fn required_date(&self, field: &str) -> Result<NaiveDate, FileError> {
        self.date(field)?.ok_or_else(|| self.wrong(field, "空です"))
    }

    /// A calendar year of incomes; one without its era is read from the year that is expected.
    pub fn year(&self, field: &str, expected: i32) -> Result<i64, FileError> {
        let text = self.required(field)?;
        let wrong = || self.wrong(field, format!("「{text}」は年ではありません"));
        let (year, guessed) = dates::year(text, expected).ok_or_else(wrong)?;
        if !(2000..=2100).contains(&year) {
            return Err(wrong());
        }
        if guessed {
            self.warn(
                field,
                format!("「{text}」に元号がありません。{year}年として読みました"),
            );
        }
        Ok(year)
    }

    /// Whole yen in the range of the class; empty is none.
    pub fn yen(&self, field: &str) -> Result<Option<i64>, FileError> {
        let text = half_width(self.text(field)?);
        if text.is_empty() {
            return Ok(None);
        }
        let (least, most) = match self.class(field) {
            Some(Class::Amount { least, most }) => (*least, *most),
            _ => (0, 999_999_999_999),
        };
        let amount = text
            .parse()
            .ok()
            .filter(|amount| (least..=most).contains(amount));
        let wrong = || {
            let message = format!("「{text}」は {least} 円以上 {most} 円以下の整数ではありません");
            self.wrong(field, message)
        };
        amount.map(Some).ok_or_else(wrong)
    }

    /// One of the codes.
    pub fn code(&self, field: &str, known: &[&'static str]) -> Result<&'static str, FileError> {
        let text = half_width(self.text(field)?);
        let found = known.iter().find(|code| **code == text);
        let wrong = || {
            self.wrong(
                field,
                format!("「{text}」は使えません（{}）", known.join("・")),
            )
        };
        found.copied().ok_or_else(wrong)
    }
}

fn lost_zeros(text: &str, width: usize) -> String {
    format!("「{text}」は{width}桁ではありません。先頭の0が失われていませんか")
}
