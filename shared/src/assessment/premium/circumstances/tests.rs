use super::*;
use crate::figures;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn fact(kind: Kind, on: &str) -> Fact {
    Fact {
        kind,
        on: day(on),
        multiple: false,
        until: None,
    }
}

#[test]
fn a_circumstance_reaches_the_years_whose_months_it_changes() {
    let table = [
        (Kind::Involuntary, "2026-03-31", [false, true, true]),
        (Kind::Involuntary, "2026-03-30", [true, true, false]),
        (Kind::Maternity, "2026-03-31", [true, true, false]),
        (Kind::Maternity, "2026-01-31", [true, false, false]),
        (Kind::Maternity, "2027-04-01", [false, true, true]),
        (Kind::FormerDependant, "2026-04-01", [false, true, true]),
    ];
    for (kind, on, wanted) in table {
        let got = [2025, 2026, 2027].map(|year| {
            let mut national = figures::national(FiscalYear(2026)).unwrap();
            national.fiscal_year = FiscalYear(year);
            !Circumstances::of_year(&[fact(kind, on)], &national)
                .unwrap()
                .is_empty()
        });
        assert_eq!(got, wanted, "{kind:?} {on}");
    }
}

#[test]
fn of_two_lost_jobs_the_earlier_covers_the_year_and_two_births_are_too_many() {
    let national = figures::national(FiscalYear(2026)).unwrap();
    let jobs = [
        fact(Kind::Involuntary, "2026-08-01"),
        fact(Kind::Involuntary, "2025-06-01"),
    ];
    let found = Circumstances::of_year(&jobs, &national).unwrap();
    assert_eq!(found.involuntary.unwrap().left_on, day("2025-06-01"));
    assert_eq!(found.facts().collect::<Vec<_>>(), [jobs[1]]);
    let births = [
        fact(Kind::Maternity, "2026-05-01"),
        fact(Kind::Maternity, "2027-03-20"),
    ];
    assert!(Circumstances::of_year(&births, &national).is_err());
}

#[test]
fn each_circumstance_is_possible_from_its_first_day_to_its_last() {
    let national = figures::national(FiscalYear(2026)).unwrap();
    let none = Circumstances::default();
    let born = |birth: &str, told: Circumstances| told.check(day(birth), &national);
    let left = |on: &str| Circumstances {
        involuntary: Some(Involuntary { left_on: day(on) }),
        ..none
    };
    let early = Err(CircumstanceError::LeftBeforeBirth);
    assert_eq!(born("1990-05-05", left("1990-05-04")), early);
    assert_eq!(born("1990-05-05", left("1980-05-04")), early);
    assert_eq!(born("1990-05-05", left("1990-05-05")), Ok(()));
    let birth = |on: &str| Circumstances {
        maternity: Some(Maternity {
            expected_on: day(on),
            multiple: false,
        }),
        ..none
    };
    let early = Err(CircumstanceError::BirthBeforeOwn);
    assert_eq!(born("2024-01-01", birth("2023-12-31")), early);
    assert_eq!(born("2024-01-01", birth("2023-11-01")), early);
    assert_eq!(born("2024-01-01", birth("2024-01-01")), Ok(()));
    assert_eq!(born("1990-05-05", birth("2023-11-01")), Ok(()));
    let late = Err(CircumstanceError::BirthTooEarly(day("2023-11-01")));
    assert_eq!(born("1990-05-05", birth("2023-10-31")), late);
    // 75 is attained on the day before the birthday.
    let since = |on: &str| Circumstances {
        former_dependant_since: Some(day(on)),
        ..none
    };
    assert_eq!(born("1951-08-10", since("2026-08-08")), Ok(()));
    assert_eq!(
        born("1951-08-10", since("2026-08-09")),
        Err(CircumstanceError::NotAFormerDependant)
    );
    assert_eq!(born("1961-08-10", since("2026-08-09")), Ok(()));
}

#[test]
fn the_words_of_the_store_stay() {
    let words = Kind::ALL.map(Kind::key);
    let stored = [
        "involuntary",
        "maternity",
        "former_dependant",
        "care_exempt",
    ];
    assert_eq!(words, stored);
}

#[test]
fn a_stay_reaches_its_years_and_two_of_them_are_too_many() {
    let stay = |on: &str, until: &str| Fact {
        until: until.parse().ok(),
        ..fact(Kind::CareExempt, on)
    };
    let national = figures::national(FiscalYear(2026)).unwrap();
    let table = [
        (stay("2020-05-01", ""), true),
        (stay("2020-05-01", "2026-04-30"), false),
        (stay("2020-05-01", "2026-05-01"), true),
        (stay("2027-03-31", ""), true),
        (stay("2027-04-01", ""), false),
    ];
    for (fact, reaches) in table {
        let found = Circumstances::of_year(&[fact], &national).unwrap();
        assert_eq!(!found.is_empty(), reaches, "{fact:?}");
        let again: Vec<Fact> = found.facts().collect();
        assert_eq!(again, Vec::from_iter(reaches.then_some(fact)));
    }
    let two = [stay("2020-05-01", "2026-05-01"), stay("2026-08-01", "")];
    assert!(Circumstances::of_year(&two, &national).is_err());
}

#[test]
fn a_stay_that_ends_in_the_month_of_its_beginning_frees_no_month_and_days_stay_in_order() {
    let national = figures::national(FiscalYear(2026)).unwrap();
    let stay = |entered: &str, left: &str| Circumstances {
        care_exempt: Some(CareExempt {
            entered_on: day(entered),
            left_on: left.parse().ok(),
        }),
        ..Circumstances::default()
    };
    assert_eq!(stay("2026-06-10", "2026-06-30").spans(&national)[3], None);
    assert_eq!(stay("2026-06-30", "2026-07-31").spans(&national)[3], None);
    let may = "2026-05".parse().unwrap();
    assert_eq!(
        stay("2026-05-09", "").spans(&national)[3],
        Some((may, None))
    );
    let birth = day("1980-01-01");
    let wrong = |stay: Circumstances| stay.check_stay(birth).unwrap_err().field();
    assert_eq!(wrong(stay("1979-12-31", "")), "care_exempt.entered_on");
    assert_eq!(
        wrong(stay("2026-05-09", "2026-05-08")),
        "care_exempt.left_on"
    );
    assert_eq!(stay("2026-05-09", "2026-05-09").check_stay(birth), Ok(()));
    assert_eq!(stay("1980-01-01", "").check_stay(birth), Ok(()));
}

#[test]
fn the_months_of_each_are_those_that_the_law_names() {
    let national = figures::national(FiscalYear(2026)).unwrap();
    let all = Circumstances {
        involuntary: Some(Involuntary {
            left_on: day("2026-03-31"),
        }),
        maternity: Some(Maternity {
            expected_on: day("2026-11-03"),
            multiple: true,
        }),
        former_dependant_since: Some(day("2026-10-15")),
        care_exempt: Some(CareExempt {
            entered_on: day("2026-04-30"),
            left_on: Some(day("2026-12-01")),
        }),
    };
    let month = |text: &str| text.parse::<Month>().unwrap();
    let wanted = [
        ("2026-04", "2028-03"),
        ("2026-08", "2027-01"),
        ("2026-10", "2028-09"),
        ("2026-05", "2026-11"),
    ];
    assert_eq!(
        all.spans(&national),
        wanted.map(|(from, to)| Some((month(from), Some(month(to)))))
    );
    let early = Circumstances {
        maternity: Some(Maternity {
            expected_on: day("2023-11-20"),
            multiple: false,
        }),
        ..Circumstances::default()
    };
    assert_eq!(
        early.spans(&national)[1],
        Some((month("2024-01"), Some(month("2024-01"))))
    );
}

#[test]
fn what_would_have_no_effect_is_refused_by_its_field() {
    let national = figures::national(FiscalYear(2026)).unwrap();
    let left = |left_on| Circumstances {
        involuntary: Some(Involuntary {
            left_on: day(left_on),
        }),
        ..Circumstances::default()
    };
    let birth = day("1961-06-01");
    assert_eq!(left("2026-05-30").check(birth, &national), Ok(()));
    let refused = left("2026-05-31").check(birth, &national).unwrap_err();
    assert_eq!(
        (refused, refused.field()),
        (CircumstanceError::LeftTooOld(65), "involuntary.left_on")
    );
    let since = |day_of| Circumstances {
        former_dependant_since: Some(day(day_of)),
        ..Circumstances::default()
    };
    assert_eq!(since("2026-05-31").check(birth, &national), Ok(()));
    assert_eq!(
        since("2026-05-30").check(birth, &national),
        Err(CircumstanceError::NotAFormerDependant)
    );
    let early = Circumstances {
        maternity: Some(Maternity {
            expected_on: day("2023-10-31"),
            multiple: false,
        }),
        ..Circumstances::default()
    };
    assert!(early.check(day("1995-01-01"), &national).is_err());
}
