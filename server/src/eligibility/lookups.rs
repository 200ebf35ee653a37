//! Numbers of people and households, and of papers.

use crate::correspondence::Series;
use crate::lookup::{Form, NumberLookup, Typed};

pub const NUMBERS: &[&dyn NumberLookup] = &[
    &HouseholdNumber,
    &ResidentNumber,
    &InsuredNumber,
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

struct HouseholdNumber;

impl NumberLookup for HouseholdNumber {
    fn label(&self) -> &'static str {
        "世帯番号"
    }

    fn read(&self, typed: &Typed) -> Form {
        Form::of_digits(typed, MOST_IDENTIFIER)
    }

    /// Everybody who ever had it.
    fn sql(&self) -> &'static str {
        "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM membership_fact \
         WHERE household_number = $number AND recorded_at <= $known_at"
    }
}

struct ResidentNumber;

impl NumberLookup for ResidentNumber {
    fn label(&self) -> &'static str {
        "宛名番号"
    }

    fn read(&self, typed: &Typed) -> Form {
        Form::of_digits(typed, MOST_IDENTIFIER)
    }

    fn sql(&self) -> &'static str {
        "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM person_fact \
         WHERE resident_number = $number AND recorded_at <= $known_at"
    }
}

struct InsuredNumber;

impl NumberLookup for InsuredNumber {
    fn label(&self) -> &'static str {
        "被保険者記号・番号"
    }

    fn read(&self, typed: &Typed) -> Form {
        Form::of_digits(typed, MOST_INSURED)
    }

    fn sql(&self) -> &'static str {
        "SELECT DISTINCT person_id, CAST(NULL AS BIGINT) AS household_id FROM eligibility_fact \
         WHERE insured_number = $number AND recorded_at <= $known_at"
    }
}

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
            assert_eq!(InsuredNumber.read(&Typed::of(text)), plain, "{text}");
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
            for lookup in [&HouseholdNumber as &dyn NumberLookup, &ResidentNumber] {
                assert_eq!(lookup.read(&typed) != Form::Other, fits, "{text}");
            }
        }
    }
}
