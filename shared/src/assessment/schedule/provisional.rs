//! 仮算定 (暫定賦課; 条例): before incomes are known, the first instalments of a year ask for a share of
//! the premium that was decided for the year before. 本算定 asks for the rest.

use crate::assessment::error::AssessmentError;
use crate::assessment::outcome::{PartResult, Premium};
use crate::assessment::premium::tier::TierTest;
use crate::assessment::result::{Assessment, Assessor};
use crate::assessment::schedule::LastYear;
use crate::assessment::schedule::Schedule;
use crate::explain::{Code, Listen, Writer};
use crate::law::parameters::{ByPart, Part};
use crate::money::{Rounding, Yen};

const MONTHS: i64 = 12;

/// The sum of the provisional instalments: so many twelfths of last year's premium, cut to the unit.
pub fn amount(last_year: Yen, instalments: u8, unit: i64) -> Option<Yen> {
    let product = i128::from(last_year.0) * i128::from(instalments);
    let exact = Rounding::FLOOR.divide(product, i128::from(MONTHS))?;
    Some(Rounding::FloorTo(unit).apply(exact))
}

/// 仮算定 of a household: refused where the city has none, or where its days are past.
pub fn assess(
    last_year: &LastYear,
    assessor: &Assessor,
    schedule: &Schedule,
) -> Result<Assessment, AssessmentError> {
    let rules = &assessor.parameters.instalments.value;
    let total = amount(last_year.total, rules.provisional, rules.provisional_unit);
    let total = total.ok_or(AssessmentError::OutOfRange)?;
    let shares = last_year.divide(total).ok_or(AssessmentError::OutOfRange)?;
    let mut writer = Writer::default();
    let mut parts = ByPart::default();
    let line = writer.open(Code::Provisional, None, None);
    for part in Part::ALL {
        if let Some(share) = shares.get(part) {
            let months = u32::from(rules.provisional);
            writer.leaf(Code::Part, Some(part), None, *share, &[months.into()]);
            let result = PartResult {
                months,
                amount: *share,
                ..PartResult::default()
            };
            parts.set(part, result);
        }
    }
    let inputs = [
        last_year.total.0,
        rules.provisional.into(),
        rules.provisional_unit,
    ];
    writer.close(line, total, &inputs);
    Ok(Assessment {
        premium: Premium {
            test: TierTest::default(),
            parts,
            total,
        },
        explanation: writer.explanation,
        instalments: assessor.split_provisional(total, schedule)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::error::ScheduleError;
    use crate::assessment::household::{Household, Member};
    use crate::assessment::schedule::instalments::Instalment;
    use crate::calendar::FiscalYear;
    use crate::figures;
    use crate::ids::DecisionId;
    use crate::law::LawError;
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn nagoya() -> Assessor {
        figures::assessor("23100", FiscalYear(2026)).unwrap()
    }

    fn last_year(total: i64) -> LastYear {
        let mut parts = ByPart::default();
        parts.set(Part::Medical, Yen(total - total / 4));
        parts.set(Part::Support, Yen(total / 4));
        LastYear {
            decision: DecisionId(1),
            total: Yen(total),
            parts,
        }
    }

    fn told(instalments: &[Instalment]) -> Vec<(u8, i64, String)> {
        let each = |one: &Instalment| (one.number, one.amount.0, one.due_on.to_string());
        instalments.iter().map(each).collect()
    }

    /// 名古屋市「国民健康保険料の暫定賦課について」 (令和8年度以降) の計算例.
    #[test]
    fn april_and_may_ask_for_two_twelfths_of_last_year_and_june_for_the_rest() {
        let assessor = nagoya();
        let april = Schedule {
            provisional: Some(last_year(200_000)),
            ..Schedule::first(day("2026-04-10"))
        };
        let household = Household::default();
        let asked = assessor.assess_on(&household, Some(&april)).unwrap();
        assert_eq!(asked.premium.total, Yen(33_300));
        let expected = [(1, 16_700, "2026-04-30"), (2, 16_600, "2026-06-01")];
        assert_eq!(
            told(&asked.instalments),
            expected.map(|(number, yen, due)| (number, yen, due.to_owned()))
        );
        let june = Schedule {
            booked: asked.instalments,
            ..Schedule::first(day("2026-06-10"))
        };
        let year = assessor.split_on(Yen(220_010), 0, &june).unwrap();
        let amounts: Vec<i64> = year.iter().map(|each| each.amount.0).collect();
        let mut expected = vec![16_700, 16_600, 19_310];
        expected.extend([18_600; 9]);
        assert_eq!(amounts, expected);
    }

    #[test]
    fn a_year_that_costs_less_than_was_asked_for_lowers_may_first() {
        let assessor = nagoya();
        let april = Schedule {
            provisional: Some(last_year(200_000)),
            ..Schedule::first(day("2026-04-10"))
        };
        let asked = assessor.assess_on(&Household::default(), Some(&april));
        let june = Schedule {
            booked: asked.unwrap().instalments,
            ..Schedule::first(day("2026-06-10"))
        };
        let year = assessor.split_on(Yen(20_000), 0, &june).unwrap();
        let amounts: Vec<i64> = year.iter().map(|each| each.amount.0).collect();
        assert_eq!(amounts, [16_700, 3_300]);
    }

    #[test]
    fn the_parts_divide_the_amount_as_last_year_and_explain_it() {
        let schedule = Schedule {
            provisional: Some(last_year(100_003)),
            ..Schedule::first(day("2026-04-10"))
        };
        let asked = nagoya()
            .assess_on(&Household::default(), Some(&schedule))
            .unwrap();
        assert_eq!(asked.premium.total, Yen(16_600));
        // 16,600 × 75,003 ÷ 100,003 = 12,450.1 and 4,149.9: the yen left over goes to the first.
        let of = |part| asked.premium.parts.get(part).map(|part| part.amount);
        assert_eq!(of(Part::Medical), Some(Yen(12_451)));
        assert_eq!(of(Part::Support), Some(Yen(4_149)));
        assert_eq!(of(Part::Care), None);
        assert_eq!(asked.premium.parts.get(Part::Medical).unwrap().months, 2);
        assert_eq!(asked.explanation.first_wrong_sum(), None);
        let first = asked.explanation.lines.first().unwrap();
        assert_eq!((first.code, first.yen), (Code::Provisional, Yen(16_600)));
        assert_eq!(first.inputs, [100_003, 2, 100, 0]);
    }

    #[test]
    fn told_in_may_everything_is_asked_for_in_may_and_later_it_is_refused() {
        let on = |told: &str| {
            let schedule = Schedule {
                provisional: Some(last_year(200_000)),
                ..Schedule::first(day(told))
            };
            nagoya().assess_on(&Household::default(), Some(&schedule))
        };
        let may = on("2026-05-08").unwrap();
        assert_eq!(
            told(&may.instalments),
            [(2, 33_300, "2026-06-01".to_owned())]
        );
        assert_eq!(on("2026-05-25"), Err(ScheduleError::ProvisionalOver.into()));
    }

    #[test]
    fn a_city_without_it_refuses_and_an_estimate_never_names_its_days() {
        let schedule = Schedule {
            provisional: Some(last_year(200_000)),
            ..Schedule::first(day("2026-04-10"))
        };
        let osaka = figures::assessor("27100", FiscalYear(2026)).unwrap();
        assert_eq!(
            osaka.assess_on(&Household::default(), Some(&schedule)),
            Err(ScheduleError::NoProvisional.into())
        );
        let mut head = Member::new("1", day("1980-01-01"));
        head.head = true;
        let household = Household {
            members: vec![head],
            ..Household::default()
        };
        let estimate = nagoya().assess(&household).unwrap();
        assert_eq!(estimate.instalments.len(), 10);
        assert_eq!(estimate.instalments[0].due_on, day("2026-06-30"));
    }

    #[test]
    fn before_the_rates_of_the_year_are_set_only_the_provisional_premium_is_known() {
        let mut parameters = nagoya().parameters;
        parameters.rates = ByPart::default();
        assert_eq!(parameters.check(), Ok(()));
        let assessor = Assessor::new(parameters, figures::holidays().unwrap()).unwrap();
        let schedule = Schedule {
            provisional: Some(last_year(200_000)),
            ..Schedule::first(day("2026-04-10"))
        };
        let asked = assessor.assess_on(&Household::default(), Some(&schedule));
        assert_eq!(asked.unwrap().premium.total, Yen(33_300));
        assert_eq!(
            assessor.assess(&Household::default()),
            Err(LawError::RatesNotYet.into())
        );
        // What is known of people comes in all the same; with rates it must be possible.
        assert_eq!(assessor.accept(&Household::default()), Ok(()));
        assert!(nagoya().accept(&Household::default()).is_err());
    }

    #[test]
    fn nothing_last_year_has_no_share() {
        assert_eq!(last_year(0).divide(Yen::ZERO), None);
        assert_eq!(amount(Yen(99), 2, 100), Some(Yen::ZERO));
        assert_eq!(amount(Yen(600), 2, 100), Some(Yen(100)));
        assert_eq!(amount(Yen(599), 2, 100), Some(Yen::ZERO));
    }

    #[test]
    fn the_premium_of_last_year_is_taken_with_its_parts() {
        let mut premium = Premium {
            test: TierTest::default(),
            parts: ByPart::default(),
            total: Yen(7),
        };
        let part = PartResult {
            amount: Yen(9),
            ..PartResult::default()
        };
        premium.parts.set(Part::Care, part);
        let last = LastYear::of(DecisionId(5), &premium);
        assert_eq!((last.decision, last.total), (DecisionId(5), Yen(7)));
        let parts: Vec<_> = last.parts.iter().collect();
        assert_eq!(parts, [(Part::Care, &Yen(9))]);
    }
}
