//! Numbers of people and households, and of papers.

use crate::correspondence::Series;
use crate::lookup::{Form, NumberLookup, Typed};

pub const NUMBERS: &[&dyn NumberLookup] = &[
    &HOUSEHOLD_NUMBER,
    &RESIDENT_NUMBER,
    &INSURED_NUMBER,
    &InsuredNumberWithBranch,
    &Series {
        label: "文書番号",
        prefix: "D",
    },
];

/// 宛名番号 and 世帯番号 have so many digits at most, 被保険者記号・番号 and 枝番 so many (`layouts/fields.toml`).
const MOST_IDENTIFIER: usize = 15;
const MOST_INSURED: usize = 10;
const BRANCH: usize = 2;

/// A number that a fact bears: everybody who ever had it.
struct FactNumber {
    label: &'static str,
    most: usize,
    sql: &'static str,
}

impl NumberLookup for FactNumber {
    fn label(&self) -> &'static str {
        self.label
    }

    fn read(&self, typed: &Typed) -> Form {
        Form::of_digits(typed, self.most)
    }

    fn sql(&self) -> &'static str {
        self.sql
    }
}

const HOUSEHOLD_NUMBER: FactNumber = FactNumber {
    label: "世帯番号",
    most: MOST_IDENTIFIER,
    sql: "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM membership_fact \
        WHERE household_number = $number AND recorded_at <= $known_at",
};

const RESIDENT_NUMBER: FactNumber = FactNumber {
    label: "宛名番号",
    most: MOST_IDENTIFIER,
    sql: "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM person_fact \
        WHERE resident_number = $number AND recorded_at <= $known_at",
};

const INSURED_NUMBER: FactNumber = FactNumber {
    label: "被保険者記号・番号",
    most: MOST_INSURED,
    sql: "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM eligibility_fact \
        WHERE insured_number = $number AND recorded_at <= $known_at",
};

/// 枝番 after a hyphen or a space, or in the field beside the number: that one person.
struct InsuredNumberWithBranch;

impl NumberLookup for InsuredNumberWithBranch {
    fn label(&self) -> &'static str {
        "被保険者記号・番号と枝番"
    }

    fn read(&self, typed: &Typed) -> Form {
        match (typed.groups(), typed.digits()) {
            ([number, branch], Some(_))
                if number.len() <= MOST_INSURED && branch.len() == BRANCH =>
            {
                Form::Number(format!("{number}-{branch}"))
            }
            _ => Form::Other,
        }
    }

    fn sql(&self) -> &'static str {
        "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM eligibility_fact \
         WHERE insured_number = substr($number, 1, length($number) - 3) \
         AND branch = substr($number, length($number) - 1) AND recorded_at <= $known_at"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_somebody_insured_is_read_with_and_without_its_branch() {
        let number = |text: &str| Form::Number(text.to_owned());
        for (text, plain, with_branch) in [
            ("12345678", number("12345678"), Form::Other),
            ("１２３４ ５６７８", number("12345678"), Form::Other),
            ("12345678-01", number("1234567801"), number("12345678-01")),
            (
                "12345678　枝番 01",
                number("1234567801"),
                number("12345678-01"),
            ),
            ("12345678-1", number("123456781"), Form::Other),
            ("12345678901-01", Form::Other, Form::Other),
            ("1234567A-01", Form::Other, Form::Other),
        ] {
            assert_eq!(INSURED_NUMBER.read(&Typed::of(text)), plain, "{text}");
            let read = InsuredNumberWithBranch.read(&Typed::of(text));
            assert_eq!(read, with_branch, "{text}");
        }
    }

    #[test]
    fn numbers_of_people_and_households_have_fifteen_digits_at_most() {
        for (text, fits) in [
            ("1", true),
            ("123456789012345", true),
            ("1234567890123456", false),
        ] {
            let typed = Typed::of(text);
            for lookup in [HOUSEHOLD_NUMBER, RESIDENT_NUMBER] {
                assert_eq!(lookup.read(&typed) != Form::Other, fits, "{text}");
            }
        }
    }
}
