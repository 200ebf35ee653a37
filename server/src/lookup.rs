//! 番号の検索 (lookup of numbers): which numbers stand on paper and screens, and for whom each stands. A room brings
//! the numbers that it gives out; the search asks those whose form the typed text has.

use crate::error::ServiceError;
use crate::store::assembled::Assembled;
use kokuho_shared::text::half_width;

/// A kind of number that somebody may type or scan.
pub trait NumberLookup: Send + Sync {
    /// As it is called where it is printed.
    fn label(&self) -> &'static str;
    /// Whether what was typed has the form of such a number.
    fn read(&self, typed: &Typed) -> Form;
    /// Whether a machine read it from a symbol with check digits of its own: then no second key is needed to find whom
    /// it stands for.
    fn scanned(&self, _typed: &Typed) -> bool {
        false
    }
    /// SQL: `person_id` and `household_id` of the number [`NUMBER`], as it was known at [`KNOWN_AT`]. A household
    /// without a person stands for its head, a person without a household for the household of today.
    fn sql(&self) -> &'static str;
}

/// Where the number stands in the text of [`NumberLookup::sql`], as it is stored.
pub const NUMBER: &str = "$number";
/// The same of the moment, in microseconds.
pub const KNOWN_AT: &str = "$known_at";

/// How a typed text looks to one kind of number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// It is no such number.
    Other,
    /// It has the form, and its check digits do not hold.
    Misread,
    /// It is one; spelled as it is stored.
    Number(String),
}

impl Form {
    /// Digits without a check digit, so many of them at most.
    pub fn of_digits(typed: &Typed, most: usize) -> Form {
        match typed.digits() {
            Some(digits) if digits.len() <= most => Form::Number(digits.to_owned()),
            _ => Form::Other,
        }
    }
}

/// Longer than every number with all the marks that may be printed in it.
const MOST_TYPED: usize = 200;

/// What was typed or scanned: letters and digits in half width, large; whatever else stands between is a border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    groups: Vec<String>,
    plain: String,
}

impl Typed {
    /// A text that is too long for any number is nothing.
    pub fn of(text: &str) -> Typed {
        let read = half_width(text);
        let fits = text.chars().count() <= MOST_TYPED;
        let groups: Vec<String> = read
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|group| fits && !group.is_empty())
            .map(str::to_ascii_uppercase)
            .collect();
        Typed {
            plain: groups.concat(),
            groups,
        }
    }

    /// What stands between borders.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Without borders.
    pub fn plain(&self) -> &str {
        &self.plain
    }

    /// Without borders, where it has digits and nothing else.
    pub fn digits(&self) -> Option<&str> {
        let only = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        Some(self.plain()).filter(only)
    }
}

/// A number that is asked for: its kind, and its spelling in the database.
pub struct Asked {
    pub label: &'static str,
    pub number: String,
    /// Read from a symbol.
    pub scanned: bool,
    sql: &'static str,
}

/// The kinds whose form the text has. Refused where it has only forms whose check digits do not hold: then it was
/// mistyped, and whoever it would find is somebody else.
pub fn asked(
    numbers: &[&'static dyn NumberLookup],
    typed: &Typed,
) -> Result<Vec<Asked>, ServiceError> {
    let (mut asked, mut misread) = (Vec::new(), None);
    for lookup in numbers {
        match lookup.read(typed) {
            Form::Other => {}
            Form::Misread => misread = misread.or(Some(lookup.label())),
            Form::Number(number) => asked.push(Asked {
                label: lookup.label(),
                number,
                scanned: lookup.scanned(typed),
                sql: lookup.sql(),
            }),
        }
    }
    match misread {
        Some(label) if asked.is_empty() => {
            let text =
                format!("{label}の検査数字が合いません。番号を読み違えていないか確かめてください");
            Err(ServiceError::invalid_at("number", text))
        }
        _ => Ok(asked),
    }
}

/// SELECTs of `kind` (the place in `asked`), `person_id` and `household_id` of all that are asked, as one text. The
/// moment is bound at the place `known_at`, the numbers at the places from `first` on.
pub fn union(sql: Assembled, asked: &[Asked], known_at: usize, first: usize) -> Assembled {
    asked.iter().enumerate().fold(sql, |sql, (kind, each)| {
        let places = [(NUMBER, first + kind), (KNOWN_AT, known_at)];
        sql.with(if kind == 0 { "" } else { " UNION ALL " })
            .with("SELECT CAST(")
            .count(kind)
            .with(" AS BIGINT), n.person_id, n.household_id FROM (")
            .placing(each.sql, &places)
            .with(") n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Checked;

    impl NumberLookup for Checked {
        fn label(&self) -> &'static str {
            "試験番号"
        }

        fn read(&self, typed: &Typed) -> Form {
            match typed.digits() {
                Some("19") => Form::Number("19".into()),
                Some(digits) if digits.len() == 2 => Form::Misread,
                _ => Form::Other,
            }
        }

        fn sql(&self) -> &'static str {
            "SELECT person_id, household_id FROM t WHERE number = $number AND at <= $known_at"
        }
    }

    #[test]
    fn widths_spaces_hyphens_and_small_letters_do_not_matter() {
        for text in [
            "D2026-0000123",
            "ｄ２０２６－００００１２３",
            " D2026ー0000123　",
            "D 2026 0000123",
        ] {
            assert_eq!(Typed::of(text).plain(), "D20260000123", "{text}");
        }
        assert_eq!(Typed::of("12345678（枝番）01").groups(), ["12345678", "01"]);
        assert_eq!(Typed::of("１０ ００").digits(), Some("1000"));
        assert_eq!(Typed::of("D1").digits(), None);
        assert_eq!(Typed::of("　-").digits(), None);
        assert_eq!(Typed::of(&"1".repeat(MOST_TYPED + 1)).plain(), "");
    }

    #[test]
    fn a_number_whose_check_digits_do_not_hold_is_refused_by_its_name() {
        let all: [&'static dyn NumberLookup; 1] = [&Checked];
        assert_eq!(asked(&all, &Typed::of("1-9")).unwrap().len(), 1);
        assert_eq!(asked(&all, &Typed::of("199")).unwrap().len(), 0);
        let refused = asked(&all, &Typed::of("18")).err().unwrap();
        assert!(refused.to_string().contains("試験番号の検査数字"));
    }

    #[test]
    fn every_number_that_is_asked_has_a_place_of_its_own() {
        let all: [&'static dyn NumberLookup; 2] = [&Checked, &Checked];
        let both = asked(&all, &Typed::of("19")).unwrap();
        let text = union(Assembled::new(""), &both, 2, 7).text().to_owned();
        let one = "SELECT CAST(0 AS BIGINT), n.person_id, n.household_id FROM (SELECT person_id, household_id FROM t \
            WHERE number = $7 AND at <= $2) n";
        let other = one.replace("CAST(0", "CAST(1").replace("$7", "$8");
        assert_eq!(text, format!("{one} UNION ALL {other}"));
    }
}
