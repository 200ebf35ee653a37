//! 検算 of a decision: where the second calculation has another amount.

use crate::assessment::basis::Basis;
use kokuho_second::Difference;
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::outcome::Premium;
use kokuho_shared::money::Yen;

/// Where the second calculation has another amount, part by part, or why there is none.
pub fn differs(
    inputs: &Household,
    total: Yen,
    premium: &Premium,
    basis: &Basis,
) -> Result<Option<Difference>, String> {
    let (rules, national) = (&basis.assessor.rules, &basis.assessor.parameters.national);
    let second = kokuho_second::premium(
        inputs,
        national,
        &rules.rates,
        &rules.rounding,
        &rules.options,
    );
    let second = second.map_err(|why| why.to_string())?;
    let of = |part| {
        premium
            .parts
            .get(part)
            .map_or(Yen::ZERO, |part| part.amount)
    };
    Ok(second.difference(total, of))
}

/// A difference in words.
pub fn said(other: &Difference) -> String {
    let part = other.part.map_or("", |part| part.name());
    format!("{part} 決定 {}円、検算 {}円", other.first.0, other.second.0)
        .trim_start()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::assessment::household::Member;
    use kokuho_shared::calendar::FiscalYear;
    use kokuho_shared::law::parameters::Part;

    #[test]
    fn two_parts_that_are_wrong_by_opposite_amounts_are_found_though_the_total_agrees() {
        let basis = Basis::of("27100", FiscalYear(2026)).unwrap();
        let mut head = Member::new("1", "1980-06-10".parse().unwrap());
        head.head = true;
        let household = Household {
            members: vec![head],
            ..Household::default()
        };
        let mut premium = basis.assessor.assess(&household).unwrap().premium;
        let total = premium.total;
        assert_eq!(differs(&household, total, &premium, &basis), Ok(None));
        premium.parts.medical.as_mut().unwrap().amount += Yen(1);
        premium.parts.support.as_mut().unwrap().amount -= Yen(1);
        let found = differs(&household, total, &premium, &basis)
            .unwrap()
            .unwrap();
        assert_eq!(found.part, Some(Part::Medical));
        assert_eq!(found.first - found.second, Yen(1));
        assert!(said(&found).starts_with("医療分 決定 "), "{}", said(&found));
    }
}
