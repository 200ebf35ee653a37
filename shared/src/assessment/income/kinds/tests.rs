use super::*;

fn law() -> KindRule {
    *crate::figures::kinds().unwrap().of(2025).unwrap()
}

fn of(kinds: Kinds) -> Income {
    kinds.income(Income::default(), &law())
}

#[test]
fn a_carried_loss_of_listed_shares_is_set_against_gains_and_then_dividends() {
    let income = of(Kinds {
        listed_dividends: Yen(300_000),
        listed_gains: Yen(200_000),
        listed_loss_carried: Yen(350_000),
        business: Yen(1_000_000),
        ..Kinds::default()
    });
    assert_eq!(income.other_income, Yen(1_150_000));
    // The ladder of the basic deduction sees the incomes before it.
    assert_eq!(income.total_income, Some(Yen(1_500_000)));
}

#[test]
fn a_loss_that_the_pay_of_the_family_made_is_none_in_the_reduction_test() {
    let known = |salary: i64| Income {
        salary_income: Yen(salary),
        family_pay_deducted: Yen(860_000),
        ..Income::default()
    };
    // (salary, business after the pay, what is added back)
    let table = [
        (0, 1_000_000, 860_000),
        (0, 0, 860_000),
        (0, -500_000, 360_000),
        (0, -860_000, 0),
        (0, -2_000_000, 0),
        (300_000, -500_000, 660_000),
        (3_000_000, -500_000, 860_000),
    ];
    for (salary, business, added) in table {
        let kinds = Kinds {
            business: Yen(business),
            ..Kinds::default()
        };
        let own = kinds.income(known(salary), &law());
        let found = kinds.added_back(known(salary), &own, &law());
        assert_eq!(found, Yen(added), "{salary} {business}");
    }
}

#[test]
fn a_loss_of_listed_shares_touches_no_other_income() {
    let income = of(Kinds {
        listed_gains: Yen(-500_000),
        listed_dividends: Yen(100_000),
        futures: Yen(200_000),
        futures_loss_carried: Yen(50_000),
        other_shares: Yen(70_000),
        ..Kinds::default()
    });
    assert_eq!(income.other_income, Yen(220_000));
    assert_eq!(income.total_income, Some(Yen(270_000)));
}

#[test]
fn a_special_deduction_of_land_is_taken_off_for_the_levy_and_kept_for_the_test() {
    let income = of(Kinds {
        land_long: Yen(40_000_000),
        land_short: Yen(-5_000_000),
        land_special_deduction: Yen(30_000_000),
        ..Kinds::default()
    });
    assert_eq!(income.other_income, Yen(5_000_000));
    assert_eq!(income.transfer_special_deduction, Yen(30_000_000));
    assert_eq!(income.total_income, Some(Yen(35_000_000)));
    // At most the gain itself.
    let small = of(Kinds {
        land_long: Yen(2_000_000),
        land_special_deduction: Yen(30_000_000),
        ..Kinds::default()
    });
    assert_eq!(
        (small.other_income, small.transfer_special_deduction),
        (Yen(0), Yen(2_000_000))
    );
}

#[test]
fn a_loss_of_business_is_netted_with_salary_and_a_loss_of_land_with_nothing() {
    let known = Income {
        salary_receipts: Some(Yen(4_500_000)),
        salary_income: Yen(3_160_000),
        ..Income::default()
    };
    let kinds = Kinds {
        business: Yen(-1_000_000),
        land_long: Yen(-9_000_000),
        temporary: Yen(900_000),
        ..Kinds::default()
    };
    let income = kinds.income(known, &law());
    // A loss of business goes against salary before 一時所得, of which half of 400,000 counts.
    let found = (income.salary_income, income.other_income);
    assert_eq!(found, (Yen(2_160_000), Yen(200_000)));
    assert_eq!(income.salary_receipts, known.salary_receipts);
}

#[test]
fn what_was_entered_makes_one_income_and_no_other() {
    let entered = Entered {
        salary_income: Yen(3_000_000),
        pension_income: Yen(100_000),
        kinds: Kinds {
            business: Yen(-1_000_000),
            land_long: Yen(5_000_000),
            land_special_deduction: Yen(2_000_000),
            casualty_loss: Yen(70_000),
            ..Kinds::default()
        },
    };
    let income = entered.income(&law());
    assert_eq!(income.salary_income, Yen(2_000_000));
    assert!(entered.makes(&income, &law()));
    let others: [fn(&mut Income); 6] = [
        |income| income.salary_income += Yen(1),
        |income| income.pension_income += Yen(1),
        |income| income.other_income += Yen(1),
        |income| income.total_income = Some(Yen(1)),
        |income| income.transfer_special_deduction += Yen(1),
        |income| income.casualty_loss += Yen(1),
    ];
    for change in others {
        let mut other = income;
        change(&mut other);
        assert!(!entered.makes(&other, &law()), "{other:?}");
    }
    // A total that is the sum of the three need not be written.
    let plain = Entered {
        salary_income: Yen(3_000_000),
        pension_income: Yen(700_000),
        kinds: Kinds {
            business: Yen(20_000),
            ..Kinds::default()
        },
    };
    let sum = Income {
        salary_income: Yen(3_000_000),
        pension_income: Yen(700_000),
        other_income: Yen(20_000),
        ..Income::default()
    };
    assert!(plain.makes(&sum, &law()));
}

#[test]
fn ordinary_kinds_add_up_and_a_loss_of_rents_lowers_business() {
    let kinds = Kinds {
        business: Yen(1_000_000),
        real_estate: Yen(-300_000),
        dividends: Yen(50_000),
        miscellaneous: Yen(20_000),
        ..Kinds::default()
    };
    assert_eq!(of(kinds).other_income, Yen(770_000));
    let both = Kinds {
        real_estate: Yen(300_000),
        ..kinds
    };
    assert_eq!(of(both).other_income, Yen(1_370_000));
}

#[test]
fn half_of_long_gains_and_temporary_income_counts_after_half_a_million_each() {
    let income = of(Kinds {
        long_gains: Yen(1_500_001),
        short_gains: Yen(200_000),
        temporary: Yen(700_000),
        ..Kinds::default()
    });
    // 500,000 first off the short gains: 200,000, then 300,000 of the long ones; (1,200,001 + 200,000) / 2.
    assert_eq!(income.other_income, Yen(700_000));
}

#[test]
fn a_carried_net_loss_lowers_levy_and_test_but_not_the_ladder() {
    let known = Income {
        pension_income: Yen(900_000),
        ..Income::default()
    };
    let kinds = Kinds {
        business: Yen(1_000_000),
        forestry: Yen(400_000),
        net_loss_carried: Yen(2_000_000),
        casualty_loss: Yen(100_000),
        ..Kinds::default()
    };
    let income = kinds.income(known, &law());
    assert_eq!(
        (income.pension_income, income.other_income),
        (Yen(0), Yen(300_000))
    );
    assert_eq!(income.total_income, Some(Yen(2_300_000)));
    assert_eq!(income.casualty_loss, Yen(100_000));
}

#[test]
fn losses_are_netted_in_the_order_of_the_decree() {
    let transfer = of(Kinds {
        short_gains: Yen(-300_000),
        business: Yen(1_000_000),
        temporary: Yen(900_000),
        ..Kinds::default()
    });
    // Off 一時所得 first: half of 100,000 is left of it.
    assert_eq!(transfer.other_income, Yen(1_050_000));
    let business = of(Kinds {
        business: Yen(-3_000_000),
        forestry: Yen(2_000_000),
        ..Kinds::default()
    });
    assert_eq!(
        (business.other_income, business.total_income),
        (Yen(0), Some(Yen(0)))
    );
    let forestry = of(Kinds {
        forestry: Yen(-700_000),
        business: Yen(500_000),
        long_gains: Yen(1_500_000),
        ..Kinds::default()
    });
    assert_eq!(forestry.other_income, Yen(400_000));
    let mixed = of(Kinds {
        short_gains: Yen(-200_000),
        long_gains: Yen(1_100_000),
        ..Kinds::default()
    });
    assert_eq!(mixed.other_income, Yen(200_000));
}
