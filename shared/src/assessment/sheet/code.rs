//! 試算票の符号: a sheet as one line of the few signs that a QR code holds best (digits, capitals and
//! `*` `/` `-`), so that a counter reads it back without any server.
//!
//! `K1*27100*2026*R*B19810402/SA4500000*B20110402*E2`: version, 団体コード, fiscal year, receipts or incomes
//! (`R`, `D`), one group of fields for each person, and how many groups there are.

use super::{Person, Sheet};
use crate::money::Yen;
use chrono::{Datelike, NaiveDate};

/// People that one code may hold, more than any household has.
const MOST: usize = 30;
const VERSION: &str = "K1";

/// Why a text is not a sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("試算のコードではありません（K1で始まります）")]
    NotASheet,
    #[error("コードが途中で切れています")]
    CutOff,
    #[error("コードの「{0}」が読めません")]
    Unreadable(String),
}

pub type YenOf = fn(&mut Person) -> &mut Yen;
pub type DayOf = fn(&mut Person) -> &mut Option<NaiveDate>;
pub type FlagOf = fn(&mut Person) -> &mut bool;

/// Amounts of a [`Person`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YenField {
    Salary,
    Pension,
    SalaryIncome,
    PensionIncome,
    Business,
    RealEstate,
    Dividends,
    Miscellaneous,
    ShortGains,
    LongGains,
    Temporary,
    Forestry,
    LandLong,
    LandShort,
    LandSpecialDeduction,
    LandBusiness,
    ListedDividends,
    ListedGains,
    OtherShares,
    Futures,
    NetLossCarried,
    ListedLossCarried,
    FuturesLossCarried,
    CasualtyLoss,
    FamilyPayDeducted,
    FamilyPayReceived,
    FixedAssetTax,
}

/// Each with its letters in a code.
pub const YEN: [(YenField, &str, YenOf); 27] = [
    (YenField::Salary, "SA", |p| &mut p.salary),
    (YenField::Pension, "PE", |p| &mut p.pension),
    (YenField::SalaryIncome, "SI", |p| &mut p.salary_income),
    (YenField::PensionIncome, "PI", |p| &mut p.pension_income),
    (YenField::Business, "BU", |p| &mut p.kinds.business),
    (YenField::RealEstate, "RE", |p| &mut p.kinds.real_estate),
    (YenField::Dividends, "DI", |p| &mut p.kinds.dividends),
    (YenField::Miscellaneous, "MI", |p| {
        &mut p.kinds.miscellaneous
    }),
    (YenField::ShortGains, "SG", |p| &mut p.kinds.short_gains),
    (YenField::LongGains, "LG", |p| &mut p.kinds.long_gains),
    (YenField::Temporary, "TE", |p| &mut p.kinds.temporary),
    (YenField::Forestry, "FO", |p| &mut p.kinds.forestry),
    (YenField::LandLong, "LL", |p| &mut p.kinds.land_long),
    (YenField::LandShort, "LS", |p| &mut p.kinds.land_short),
    (YenField::LandSpecialDeduction, "LD", |p| {
        &mut p.kinds.land_special_deduction
    }),
    (YenField::LandBusiness, "LB", |p| &mut p.kinds.land_business),
    (YenField::ListedDividends, "QD", |p| {
        &mut p.kinds.listed_dividends
    }),
    (YenField::ListedGains, "QG", |p| &mut p.kinds.listed_gains),
    (YenField::OtherShares, "OS", |p| &mut p.kinds.other_shares),
    (YenField::Futures, "FU", |p| &mut p.kinds.futures),
    (YenField::NetLossCarried, "NC", |p| {
        &mut p.kinds.net_loss_carried
    }),
    (YenField::ListedLossCarried, "QC", |p| {
        &mut p.kinds.listed_loss_carried
    }),
    (YenField::FuturesLossCarried, "FC", |p| {
        &mut p.kinds.futures_loss_carried
    }),
    (YenField::CasualtyLoss, "CC", |p| &mut p.kinds.casualty_loss),
    (YenField::FamilyPayDeducted, "FD", |p| {
        &mut p.family_pay_deducted
    }),
    (YenField::FamilyPayReceived, "FR", |p| {
        &mut p.family_pay_received
    }),
    (YenField::FixedAssetTax, "AT", |p| &mut p.fixed_asset_tax),
];

/// Days of a [`Person`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayField {
    Birth,
    Acquired,
    Lost,
    Left,
    Expected,
    Dependant,
    MovedOn,
}

/// Each with its letters in a code.
pub const DAYS: [(DayField, &str, DayOf); 7] = [
    (DayField::Birth, "B", |p| &mut p.birth),
    (DayField::Acquired, "A", |p| &mut p.acquired),
    (DayField::Lost, "L", |p| &mut p.lost),
    (DayField::Left, "J", |p| &mut p.left),
    (DayField::Expected, "X", |p| &mut p.expected),
    (DayField::Dependant, "F", |p| &mut p.dependant),
    (DayField::MovedOn, "M", |p| &mut p.moved_on),
];

/// What is so or not of a [`Person`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagField {
    Head,
    Insured,
    Undeclared,
    SpecialAdjustment,
    OtherInsurance,
    Multiple,
}

/// A flag stands there where it is not as [`Person::default`] has it.
pub const FLAGS: [(FlagField, &str, FlagOf); 6] = [
    (FlagField::Head, "H", |p| &mut p.head),
    (FlagField::Insured, "N", |p| &mut p.insured),
    (FlagField::Undeclared, "U", |p| &mut p.undeclared),
    (FlagField::SpecialAdjustment, "C", |p| {
        &mut p.special_adjustment
    }),
    (FlagField::OtherInsurance, "O", |p| &mut p.other_insurance),
    (FlagField::Multiple, "W", |p| &mut p.multiple),
];

/// The line of a sheet.
pub fn write(sheet: &Sheet) -> String {
    let how = if sheet.direct { "D" } else { "R" };
    let mut groups = vec![
        VERSION.to_owned(),
        sheet.municipality.clone(),
        sheet.fiscal_year.to_string(),
        how.to_owned(),
    ];
    groups.extend(sheet.persons.iter().map(person));
    groups.push(format!("E{}", sheet.persons.len()));
    groups.join("*")
}

fn person(person: &Person) -> String {
    let (mut person, mut usual) = (person.clone(), Person::default());
    let mut fields = Vec::new();
    for (_, code, of) in DAYS {
        if let Some(day) = *of(&mut person) {
            let number = day.year() * 10_000 + day.month() as i32 * 100 + day.day() as i32;
            fields.push(format!("{code}{number:08}"));
        }
    }
    for (_, code, of) in FLAGS {
        if *of(&mut person) != *of(&mut usual) {
            fields.push(code.to_owned());
        }
    }
    for (_, code, of) in YEN {
        let yen = *of(&mut person);
        if yen != Yen::ZERO {
            fields.push(format!("{code}{}", yen.0));
        }
    }
    fields.join("/")
}

/// The sheet of a line; whatever stands before the version, such as the address of a page, is left.
pub fn read(text: &str) -> Result<Sheet, CodeError> {
    let text = text.trim();
    let begin = text.find("K1*").ok_or(CodeError::NotASheet)?;
    let groups: Vec<&str> = text.get(begin..).unwrap_or_default().split('*').collect();
    let [_, municipality, year, how, persons @ .., end] = groups.as_slice() else {
        return Err(CodeError::CutOff);
    };
    let unreadable = |group: &str| CodeError::Unreadable(group.to_owned());
    let count = end.strip_prefix('E').ok_or(CodeError::CutOff)?;
    if count.parse() != Ok(persons.len()) {
        return Err(CodeError::CutOff);
    }
    if persons.is_empty() || persons.len() > MOST {
        return Err(unreadable(end));
    }
    let direct = match *how {
        "R" => false,
        "D" => true,
        other => return Err(unreadable(other)),
    };
    let digits = |text: &str, count: usize| {
        text.len() == count && text.chars().all(|sign| sign.is_ascii_digit())
    };
    for (group, count) in [(municipality, 5), (year, 4)] {
        if !digits(group, count) {
            return Err(unreadable(group));
        }
    }
    let persons = persons.iter().map(|group| read_person(group));
    Ok(Sheet {
        municipality: (*municipality).to_owned(),
        fiscal_year: year.parse().map_err(|_| unreadable(year))?,
        direct,
        persons: persons.collect::<Result<_, _>>()?,
    })
}

fn read_person(group: &str) -> Result<Person, CodeError> {
    let mut person = Person::default();
    let usual = Person::default();
    for field in group.split('/').filter(|field| !field.is_empty()) {
        let letters = field.chars().take_while(char::is_ascii_uppercase).count();
        let (code, value) = field.split_at(letters);
        let done = set(&mut person, &usual, code, value);
        done.ok_or_else(|| CodeError::Unreadable(field.to_owned()))?;
    }
    Ok(person)
}

fn set(person: &mut Person, usual: &Person, code: &str, value: &str) -> Option<()> {
    if let Some((_, _, of)) = DAYS.iter().find(|(_, known, _)| *known == code) {
        let digits = value.len() == 8 && value.chars().all(|sign| sign.is_ascii_digit());
        let number: u32 = value.parse().ok().filter(|_| digits)?;
        let year = i32::try_from(number / 10_000).ok()?;
        let day = NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100)?;
        *of(person) = Some(day);
        return Some(());
    }
    if let Some((_, _, of)) = FLAGS.iter().find(|(_, known, _)| *known == code) {
        if !value.is_empty() {
            return None;
        }
        *of(person) = !*of(&mut usual.clone());
        return Some(());
    }
    let (_, _, of) = YEN.iter().find(|(_, known, _)| *known == code)?;
    let yen: i64 = value.parse().ok()?;
    // As much as can be typed.
    *of(person) =
        Some(Yen(yen)).filter(|yen| yen.0.unsigned_abs() <= Yen::MOST.0.unsigned_abs())?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, sheet};
    use super::*;
    use crate::calendar::FiscalYear;
    use proptest::prelude::*;

    #[test]
    fn a_sheet_is_a_short_line_that_a_qr_code_holds() {
        let mut three = sheet("1981-04-02", 4_500_000);
        three.persons.push(Person {
            birth: Some(day("1985-04-02")),
            insured: false,
            ..Person::default()
        });
        three.persons[0].kinds.business = Yen(-20_000);
        let line = write(&three);
        assert_eq!(
            line,
            "K1*27100*2026*R*B19810402/H/SA4500000/BU-20000*B19850402/N*E2"
        );
        assert_eq!(read(&line), Ok(three.clone()));
        let address = format!("https://city.example/estimate/#{line}");
        assert_eq!(read(&address), Ok(three));
    }

    #[test]
    fn a_line_has_at_least_one_person_and_at_most_so_many() {
        let with = |count: usize| {
            let mut sheet = sheet("1981-04-02", 0);
            let one = sheet.persons[0].clone();
            sheet.persons.resize(count, one);
            read(&write(&sheet)).map(|read| read.persons.len())
        };
        assert_eq!(with(MOST), Ok(MOST));
        assert!(with(MOST + 1).is_err() && with(0).is_err());
    }

    #[test]
    fn a_day_has_eight_digits() {
        let line = write(&sheet("1981-04-02", 0));
        for wrong in ["9810402", "+9810402", "019810402"] {
            let text = line.replace("19810402", wrong);
            assert!(read(&text).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_cut_off_or_misspelt_is_refused_by_name() {
        let line = write(&sheet("1981-04-02", 4_500_000));
        for length in 3..line.len() {
            assert!(read(&line[..length]).is_err(), "{}", &line[..length]);
        }
        assert_eq!(read("https://example/"), Err(CodeError::NotASheet));
        let wrong = line.replace("19810402", "19811302");
        assert_eq!(
            read(&wrong),
            Err(CodeError::Unreadable("B19811302".to_owned()))
        );
        for (from, to) in [
            ("27100", "abc"),
            ("2026", "20260"),
            ("SA", "QQ"),
            ("*R*", "*Q*"),
            ("2026", "20X6"),
            ("/H/", "/H1/"),
        ] {
            let wrong = line.replace(from, to);
            assert!(
                matches!(read(&wrong), Err(CodeError::Unreadable(_))),
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_read_back_as_it_was(
            amounts in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 27), flags in prop::collection::vec(any::<bool>(), 6),
            days in prop::collection::vec(prop::option::of(0i32..40_000), 7), direct: bool,
        ) {
            let mut person = Person::default();
            for ((_, _, of), yen) in YEN.iter().zip(&amounts) {
                *of(&mut person) = Yen(*yen);
            }
            for ((_, _, of), flag) in FLAGS.iter().zip(&flags) {
                *of(&mut person) = *flag;
            }
            for ((_, _, of), after) in DAYS.iter().zip(&days) {
                *of(&mut person) = after.and_then(|days| NaiveDate::from_num_days_from_ce_opt(700_000 + days));
            }
            let sheet = Sheet { municipality: "13104".into(), fiscal_year: FiscalYear(2025), direct, persons: vec![person.clone(), person] };
            let line = write(&sheet);
            prop_assert!(line.chars().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase() || "*/-".contains(sign)));
            prop_assert_eq!(read(&line), Ok(sheet));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(K1\\*)?[A-Z0-9*/-]{0,60}|.{0,20}") {
            let _ = read(&text);
        }
    }
}
