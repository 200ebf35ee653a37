//! Kinds of households, as they are found in the 国民健康保険 of a large city.

use super::people::{City, Figures, Home};
use super::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    SeniorAlone,
    SeniorCouple,
    /// One is 75 or older; the younger one is insured, the older is the head (擬制世帯主).
    OlderHead,
    /// Both turn 75 or one does within the year.
    Turning75,
    /// The head is insured elsewhere, a member here (擬制世帯主).
    HeadElsewhere,
    YoungAlone,
    NoIncome,
    Undeclared,
    MovedIn,
    SelfEmployed,
    LargeFamily,
    AboveCaps,
    AtThreshold,
    AroundCareAges,
    JoinedInYear,
    LeftInYear,
    Newborn,
    Transfer,
    FamilyPay,
    /// No member is insured.
    Elsewhere,
}

use Kind::*;

const ALL: [Kind; 20] = [
    SeniorAlone,
    SeniorCouple,
    OlderHead,
    Turning75,
    HeadElsewhere,
    YoungAlone,
    NoIncome,
    Undeclared,
    MovedIn,
    SelfEmployed,
    LargeFamily,
    AboveCaps,
    AtThreshold,
    AroundCareAges,
    JoinedInYear,
    LeftInYear,
    Newborn,
    Transfer,
    FamilyPay,
    Elsewhere,
];

/// Share of each kind, in hundredths of a percent in the order of `ALL`.
const SHARES: [i64; 20] = [
    2400, 1100, 350, 250, 700, 1500, 900, 250, 150, 500, 150, 80, 120, 250, 500, 300, 60, 40, 100,
    300,
];

/// Each kind three times in a row of sixty, then by their shares.
pub fn kind_of(number: u32, random: &mut Random) -> Kind {
    let first = usize::try_from(number)
        .ok()
        .filter(|number| *number < ALL.len() * 3);
    if let Some(kind) = first.and_then(|number| ALL.get(number % ALL.len())) {
        return *kind;
    }
    let mut left = random.between(1, SHARES.iter().sum());
    for (kind, share) in ALL.into_iter().zip(SHARES) {
        left -= share;
        if left <= 0 {
            return kind;
        }
    }
    SeniorAlone
}

/// Adds the household's people with their incomes and eligibility.
pub fn settle(city: &mut City, number: u32, kind: Kind) {
    let home = city.home(number);
    match kind {
        SeniorAlone | SeniorCouple | OlderHead | Turning75 => seniors(city, &home, kind),
        HeadElsewhere | Elsewhere => salaried(city, &home, kind),
        YoungAlone | NoIncome | Undeclared | MovedIn | AtThreshold | AboveCaps | Transfer => {
            single(city, &home, kind)
        }
        SelfEmployed | LargeFamily | FamilyPay | Newborn => family(city, &home, kind),
        AroundCareAges | JoinedInYear | LeftInYear => in_year(city, &home, kind),
    }
}

fn seniors(city: &mut City, home: &Home, kind: Kind) {
    let man = city.random.percent(45);
    let age = match kind {
        OlderHead => city.random.between(76, 88),
        Turning75 => 75,
        _ => city.random.between(65, 73),
    };
    let birth = city.born(age);
    let head = city.add(home, "世帯主", man, birth);
    let pension = city.random.between(60, 300) * 10_000;
    let salary = if city.random.percent(15) {
        city.random.between(40, 150) * 10_000
    } else {
        0
    };
    city.earn(head, salary, pension, 0);
    city.insure(head);
    if kind == OlderHead {
        city.grow_out(head);
    }
    if kind == SeniorAlone {
        return;
    }
    let age = city.random.between(62, 73);
    let birth = city.born(age);
    let spouse = city.add(home, if man { "妻" } else { "夫" }, !man, birth);
    let pension = city.random.between(40, 130) * 10_000;
    city.earn(spouse, 0, pension, 0);
    city.insure(spouse);
}

/// A head with an employer's insurance; perhaps a member is insured here.
fn salaried(city: &mut City, home: &Home, kind: Kind) {
    let age = city.random.between(30, 63);
    let birth = city.born(age);
    let head = city.add(home, "世帯主", true, birth);
    let salary = city.random.between(250, 800) * 10_000;
    city.earn(head, salary, 0, 0);
    let age = city.random.between(28, 62);
    let birth = city.born(age);
    let spouse = city.add(home, "妻", false, birth);
    let salary = if city.random.percent(50) {
        city.random.between(50, 200) * 10_000
    } else {
        0
    };
    city.earn(spouse, salary, 0, 0);
    if kind == HeadElsewhere {
        city.insure(spouse);
    }
}

fn single(city: &mut City, home: &Home, kind: Kind) {
    let man = city.random.percent(55);
    let age = if kind == YoungAlone {
        city.random.between(19, 38)
    } else {
        city.random.between(25, 63)
    };
    let birth = city.born(age);
    let head = city.add(home, "世帯主", man, birth);
    city.insure(head);
    let salary = city.random.between(80, 300) * 10_000;
    match kind {
        NoIncome => city.earn(head, 0, 0, 0),
        Undeclared => city.figures(
            head,
            Figures {
                status: 2,
                ..Figures::default()
            },
        ),
        MovedIn => moved_in(city, head),
        AboveCaps => {
            let other = city.random.between(900, 4000) * 10_000;
            city.earn(head, 0, 0, other);
        }
        AtThreshold => {
            let step = [430_000, 740_000, 1_000_000];
            let limit = city.random.pick(&step).copied().unwrap_or(430_000);
            let above = city.random.between(0, 1);
            city.earn(head, 0, 0, limit + above);
        }
        Transfer => {
            city.earn(head, salary, 0, 1_200_000);
            city.change(head, |figures| figures.transfer_deduction = 30_000_000);
        }
        _ => city.earn(head, salary, 0, 0),
    }
}

/// The former municipality has not told the income yet.
fn moved_in(city: &mut City, head: usize) {
    let month = u32::try_from(city.random.between(1, 3)).unwrap_or(2);
    let since = city.day(city.fiscal_year.0, month, 15);
    if let Some(person) = city.person(head) {
        person.since = since;
    }
    city.insure_from(head, since, "11");
    city.figures(
        head,
        Figures {
            status: 3,
            ..Figures::default()
        },
    );
}

/// Parents who work for themselves, with children of any age.
fn family(city: &mut City, home: &Home, kind: Kind) {
    let age = city.random.between(30, 55);
    let birth = city.born(age);
    let head = city.add(home, "世帯主", true, birth);
    let profit = city.random.between(100, 600) * 10_000;
    city.earn(head, 0, 0, profit);
    city.insure(head);
    let birth = city.born(age - 2);
    let spouse = city.add(home, "妻", false, birth);
    city.insure(spouse);
    if kind == FamilyPay {
        let pay = city.random.between(80, 96) * 10_000;
        city.change(head, |figures| figures.family_pay_deducted = pay);
        city.earn(spouse, pay, 0, 0);
        city.change(spouse, |figures| {
            figures.family_pay_received = figures.salary_income
        });
        let loss = city.random.percent(30);
        city.change(head, |figures| {
            figures.casualty_loss = if loss { 300_000 } else { 0 }
        });
    } else {
        city.earn(spouse, 0, 0, 0);
    }
    let children = if kind == LargeFamily {
        4
    } else {
        city.random.between(1, 2)
    };
    for nth in 0..children {
        let age = city.random.between(1, 19).min(age - 20 + nth);
        child(city, home, age.max(1));
    }
    if kind == Newborn {
        let month = u32::try_from(city.random.between(4, 5)).unwrap_or(4);
        let birth = city.day(city.fiscal_year.0, month, 20);
        let baby = city.add(home, "子", true, birth);
        city.insure_from(baby, birth, "13");
    }
}

fn child(city: &mut City, home: &Home, age: i64) {
    let birth = city.born(age);
    let man = city.random.percent(50);
    let child = city.add(home, "子", man, birth);
    city.insure(child);
    if age >= 17 {
        city.earn(child, 0, 0, 0);
    }
}

/// Something happens within the year: an age is reached, somebody joins or leaves.
fn in_year(city: &mut City, home: &Home, kind: Kind) {
    let age = match kind {
        AroundCareAges => city.random.pick(&[40, 65]).copied().unwrap_or(40),
        _ => city.random.between(22, 62),
    };
    let birth = special_day(city, age);
    let man = city.random.percent(50);
    let head = city.add(home, "世帯主", man, birth);
    let salary = city.random.between(150, 500) * 10_000;
    city.earn(head, salary, 0, 0);
    let month = u32::try_from(city.random.between(4, 6)).unwrap_or(4);
    let day = if city.random.percent(40) {
        1
    } else {
        u32::try_from(city.random.between(2, 28)).unwrap_or(2)
    };
    let on = city.day(city.fiscal_year.0, month, day);
    match kind {
        JoinedInYear => city.insure_from(head, on, "12"),
        LeftInYear => {
            city.insure(head);
            let reason = city
                .random
                .pick(&["21", "22", "22", "23"])
                .copied()
                .unwrap_or("22");
            city.lose(head, on, reason);
            if reason != "22"
                && let Some(person) = city.person(head)
            {
                person.until = Some(on);
            }
        }
        _ => city.insure(head),
    }
}

/// Birthdays on which ages are easily reckoned wrongly.
fn special_day(city: &mut City, age: i64) -> chrono::NaiveDate {
    let year = city.fiscal_year.0 - i32::try_from(age).unwrap_or(40);
    let days = [(4, 1), (4, 2), (1, 1), (2, 29), (7, 1), (12, 31)];
    let (month, day) = city.random.pick(&days).copied().unwrap_or((4, 1));
    let year = if month < 4 { year + 1 } else { year };
    chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap_or_else(|| city.day(year, 3, 1))
}
