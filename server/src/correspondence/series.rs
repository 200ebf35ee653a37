//! A series of 文書番号: `2026-0000123`, with what stands before the year in it.

use crate::lookup::{Form, NumberLookup, Typed};

/// Letters that a room numbers: a lookup for whom each was.
pub struct Series {
    pub label: &'static str,
    /// Before the year; of notices nothing.
    pub prefix: &'static str,
}

/// Digits after the year: filled to seven, and a city of any size has enough with nine.
const SERIAL: std::ops::RangeInclusive<usize> = 7..=9;

impl NumberLookup for Series {
    fn label(&self) -> &'static str {
        self.label
    }

    fn read(&self, typed: &Typed) -> Form {
        let rest = typed.plain().strip_prefix(self.prefix);
        let parts = rest.and_then(|rest| rest.split_at_checked(4));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        match parts {
            Some((year, serial))
                if year.starts_with("20")
                    && digits(year)
                    && digits(serial)
                    && SERIAL.contains(&serial.len()) =>
            {
                Form::Number(format!("{}{year}-{serial}", self.prefix))
            }
            _ => Form::Other,
        }
    }

    /// Whom it is about, and the head, to whom it went.
    fn sql(&self) -> &'static str {
        "SELECT person_id, household_id FROM letter WHERE number = $number AND issued_at <= $known_at \
         UNION SELECT CAST(NULL AS BIGINT), household_id FROM letter WHERE number = $number AND issued_at <= $known_at"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letters_number_is_read_as_it_is_printed_and_without_its_hyphen() {
        let notices = Series {
            label: "通知書番号",
            prefix: "",
        };
        let papers = Series {
            label: "文書番号",
            prefix: "D",
        };
        let number = |text: &str| Form::Number(text.to_owned());
        for (text, notice, paper) in [
            ("2026-0000123", number("2026-0000123"), Form::Other),
            (
                "２０２６－００００１２３",
                number("2026-0000123"),
                Form::Other,
            ),
            ("20260000123", number("2026-0000123"), Form::Other),
            ("D2026-0000123", Form::Other, number("D2026-0000123")),
            ("d2026 0000123", Form::Other, number("D2026-0000123")),
            ("2026-123", Form::Other, Form::Other),
            ("1926-0000123", Form::Other, Form::Other),
            ("D2026-00A0123", Form::Other, Form::Other),
            ("", Form::Other, Form::Other),
        ] {
            assert_eq!(notices.read(&Typed::of(text)), notice, "{text}");
            assert_eq!(papers.read(&Typed::of(text)), paper, "{text}");
        }
    }
}
