//! A city for demonstration and tests: the same seed gives the same three files, to the byte.
//!
//! Pure: no clock, no database, no network. The files go through the import like a city's own.

mod files;
mod kinds;
mod names;
mod people;
mod random;

use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use people::City;

/// Which city to make.
#[derive(Clone, Debug)]
pub struct DemoSettings {
    pub seed: u64,
    pub households: u32,
    pub fiscal_year: FiscalYear,
    /// 全国地方公共団体コード, five digits.
    pub municipality_code: String,
}

/// The three files as text; every character is in CP932.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoFiles {
    pub residents: String,
    pub incomes: String,
    pub eligibility: String,
}

/// Makes the city. The first households show every kind once, the others follow the shape of
/// a designated city.
pub fn generate(settings: &DemoSettings) -> DemoFiles {
    files::write(&city(settings), settings, None)
}

/// The same city as its offices knew it on a day: nobody who came later, and the incomes for the premium of
/// that day's fiscal year.
pub fn generate_as_of(settings: &DemoSettings, day: NaiveDate) -> DemoFiles {
    files::write(&city(settings), settings, Some(day))
}

fn city(settings: &DemoSettings) -> City {
    let mut city = City::new(settings);
    for number in 0..settings.households {
        let kind = kinds::kind_of(number, &mut city.random);
        kinds::settle(&mut city, number, kind);
    }
    city
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::characters::{Reads, encode};
    use std::collections::{HashMap, HashSet};

    fn settings(seed: u64, households: u32) -> DemoSettings {
        DemoSettings {
            seed,
            households,
            fiscal_year: FiscalYear(2026),
            municipality_code: "27100".into(),
        }
    }

    fn city(seed: u64, households: u32) -> DemoFiles {
        generate(&settings(seed, households))
    }

    fn lines(text: &str) -> Vec<Vec<&str>> {
        text.lines().map(|line| line.split(',').collect()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        assert_eq!(city(1, 200), city(1, 200));
        assert_ne!(city(1, 200), city(2, 200));
    }

    #[test]
    fn every_line_has_all_columns_and_every_character_is_in_cp932() {
        let files = city(3, 300);
        for text in [&files.residents, &files.incomes, &files.eligibility] {
            let reads = Reads {
                cp932: true,
                ..Reads::default()
            };
            assert!(encode(text, reads).is_some());
            let lines = lines(text);
            let (control, data) = lines.split_last().unwrap();
            assert_eq!(control[0], "#合計");
            assert_eq!(control[1].parse::<usize>().unwrap(), data.len() - 1);
            assert!(data.iter().all(|line| line.len() == data[0].len()));
        }
    }

    #[test]
    fn a_day_of_last_year_knows_nobody_who_came_later_and_last_years_incomes() {
        let day = NaiveDate::from_ymd_opt(2025, 6, 10).unwrap();
        let (then, now) = (generate_as_of(&settings(1, 300), day), city(1, 300));
        let people = |text: &str| lines(text).len() - 2;
        assert!(people(&then.residents) < people(&now.residents));
        let later = |text: &&str| *text > "2025-06-10";
        for line in &lines(&then.residents)[1..people(&then.residents) + 1] {
            assert!(![line[6], line[11], line[12]].iter().any(later), "{line:?}");
        }
        for line in &lines(&then.eligibility)[1..people(&then.eligibility) + 1] {
            assert!(![line[6], line[8]].iter().any(later), "{line:?}");
        }
        let years: HashSet<&str> = lines(&then.incomes)[1..people(&then.incomes) + 1]
            .iter()
            .map(|line| line[1])
            .collect();
        assert_eq!(years, HashSet::from(["2024"]));
        let counted =
            |text: &str| lines(text).last().unwrap()[1].parse().ok() == Some(people(text));
        assert!(counted(&then.residents) && counted(&then.incomes) && counted(&then.eligibility));
    }

    #[test]
    fn each_household_has_one_head_and_the_insured_are_residents_of_it() {
        let files = city(4, 500);
        let residents = lines(&files.residents);
        let mut heads: HashMap<&str, usize> = HashMap::new();
        let mut homes: HashMap<&str, &str> = HashMap::new();
        for line in &residents[1..residents.len() - 1] {
            *heads.entry(line[1]).or_default() += usize::from(line[2] == "1");
            homes.insert(line[0], line[1]);
        }
        assert!(heads.values().all(|count| *count == 1));
        let eligibility = lines(&files.eligibility);
        for line in &eligibility[1..eligibility.len() - 1] {
            assert_eq!(homes.get(line[4]), Some(&line[3]));
            assert_eq!(homes.get(line[5]), Some(&line[3]));
        }
    }

    #[test]
    fn a_thousand_households_hold_every_kind_and_about_half_more_insured_than_households() {
        let files = city(1, 1000);
        let eligibility = lines(&files.eligibility);
        let households: HashSet<&str> = eligibility[1..]
            .iter()
            .filter_map(|line| line.get(3).copied())
            .collect();
        let insured = eligibility.len() - 2;
        assert!(
            insured * 100 > households.len() * 130 && insured * 100 < households.len() * 170,
            "{insured}"
        );
        let reasons: HashSet<&str> = eligibility[1..]
            .iter()
            .filter_map(|line| line.get(9).copied())
            .collect();
        for reason in ["", "21", "22", "23"] {
            assert!(reasons.contains(reason), "{reason}");
        }
        let states: HashSet<&str> = lines(&files.incomes)[1..]
            .iter()
            .map(|line| line[2])
            .collect();
        assert!(["1", "2", "3"].iter().all(|state| states.contains(state)));
    }
}
