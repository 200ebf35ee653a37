//! 限度額適用区分 (令29条の3): which bracket of 高額療養費 a household is in in a month of care.

use crate::law::bracket::BracketRule;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// 市町村民税 of the year that decides the bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TaxStatus {
    #[strum(message = "課税")]
    Taxed,
    /// 非課税 (免除を含む).
    #[strum(message = "非課税")]
    Exempt,
    /// No address in Japan on the first of January: not exempt (令29条の3第1項5号).
    #[strum(message = "1月1日に国内に住所なし")]
    Abroad,
}

coded!(TaxStatus, named);

/// Those under 70, and the whole household where both are in it (令29条の3第1項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Bracket {
    A,
    I,
    U,
    E,
    O,
}

impl Bracket {
    pub fn name(self) -> &'static str {
        match self {
            Bracket::A => "ア",
            Bracket::I => "イ",
            Bracket::U => "ウ",
            Bracket::E => "エ",
            Bracket::O => "オ",
        }
    }
}

/// Those from 70 to 74 (令29条の3第4項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SeniorBracket {
    Active3,
    Active2,
    Active1,
    General,
    Low2,
    Low1,
}

impl SeniorBracket {
    pub fn name(self) -> &'static str {
        match self {
            SeniorBracket::Active3 => "現役並みIII",
            SeniorBracket::Active2 => "現役並みII",
            SeniorBracket::Active1 => "現役並みI",
            SeniorBracket::General => "一般",
            SeniorBracket::Low2 => "低所得II",
            SeniorBracket::Low1 => "低所得I",
        }
    }

    /// Whether the limit is applied at the counter only with a certificate (令29条の4第1項3号):
    /// 現役並みIII and 一般 follow from the ratio alone.
    pub fn needs_certificate(self) -> bool {
        !matches!(self, SeniorBracket::Active3 | SeniorBracket::General)
    }
}

/// What is known of the head, of an insured person or of a former member; yen of the year that
/// decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BracketPerson {
    pub id: String,
    /// Otherwise the head alone, or 特定同一世帯所属者.
    pub insured: bool,
    pub income_known: bool,
    pub basis_income: Yen,
    /// The same with the whole salary: the tax knows no 特例対象被保険者等.
    pub full_basis: Yen,
    /// From 70 to 74.
    pub senior: bool,
    /// 課税所得, for those from 70 on; none where it is not known.
    pub taxable_income: Option<Yen>,
    pub tax: Option<TaxStatus>,
    pub salary_income: Yen,
    pub pension_receipts: Yen,
    pub other_income: Yen,
}

impl BracketPerson {
    /// What is known without asking: whoever has more than the exemption leaves is taxed.
    fn tax(&self, rule: &BracketRule) -> Option<TaxStatus> {
        let certain = self.income_known && self.full_basis > rule.exempt_basis_up_to;
        self.tax.or(certain.then_some(TaxStatus::Taxed))
    }

    /// 各種所得がない: after what 低所得I takes off.
    fn has_nothing(&self, rule: &BracketRule) -> bool {
        self.income_known
            && self.pension_receipts <= rule.pension_deduction
            && self.salary_income <= rule.salary_less
            && self.other_income <= Yen::ZERO
    }
}

/// How those from 70 to 74 stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seniors {
    Nobody,
    /// 2割.
    Usual,
    /// 3割: 課税所得 of the household's highest decides.
    Active,
    /// The ratio is not known, and so is the bracket.
    Undecided,
}

/// The household's brackets in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Brackets {
    pub general: Bracket,
    pub senior: Option<SeniorBracket>,
    /// Somebody's income is not known: ア until it is.
    pub undeclared: bool,
}

/// What must be known of a person first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitUnknown {
    #[error("市町村民税の課税・非課税が分からないと限度額の区分が決まりません（{0}）")]
    Tax(String),
    #[error("課税所得が分からないと限度額の区分が決まりません（{0}）")]
    TaxableIncome(String),
}

/// Judges the household: `counted` are its head and its insured. `unemployed_low`: somebody is
/// 特例対象被保険者等 and the household within 2割軽減's line (令29条の3第10項).
pub fn judge(
    counted: &[BracketPerson],
    seniors: Seniors,
    unemployed_low: bool,
    rule: &BracketRule,
) -> Result<Brackets, LimitUnknown> {
    let undeclared = counted
        .iter()
        .any(|person| person.insured && !person.income_known);
    let exempt = unemployed_low || all_exempt(counted, rule)?;
    let basis: Yen = counted
        .iter()
        .filter(|person| person.insured)
        .map(|person| person.basis_income)
        .sum();
    let general = match basis {
        _ if exempt => Bracket::O,
        _ if undeclared => Bracket::A,
        basis if basis > rule.highest_over => Bracket::A,
        basis if basis > rule.high_over => Bracket::I,
        basis if basis <= rule.low_up_to => Bracket::E,
        _ => Bracket::U,
    };
    let nothing = counted.iter().all(|person| person.has_nothing(rule));
    let senior = match seniors {
        Seniors::Nobody | Seniors::Undecided => None,
        Seniors::Active => Some(active(counted, rule)?),
        Seniors::Usual if exempt && nothing => Some(SeniorBracket::Low1),
        Seniors::Usual if exempt => Some(SeniorBracket::Low2),
        Seniors::Usual => Some(SeniorBracket::General),
    };
    Ok(Brackets {
        general,
        senior,
        undeclared,
    })
}

/// 現役並み by the highest 課税所得 of those from 70 to 74. One that is not known lies between nothing
/// and 基準所得額.
fn active(counted: &[BracketPerson], rule: &BracketRule) -> Result<SeniorBracket, LimitUnknown> {
    let seniors = || {
        counted
            .iter()
            .filter(|person| person.insured && person.senior)
    };
    let of = |taxable: Yen| match taxable {
        taxable if taxable >= rule.active3_from => SeniorBracket::Active3,
        taxable if taxable >= rule.active2_from => SeniorBracket::Active2,
        _ => SeniorBracket::Active1,
    };
    let low = seniors().filter_map(|person| person.taxable_income).max();
    let high = seniors().map(|person| person.taxable_income.unwrap_or(person.basis_income));
    let (low, high) = (
        of(low.unwrap_or_default()),
        of(high.max().unwrap_or_default()),
    );
    match seniors().find(|person| person.taxable_income.is_none()) {
        Some(person) if low != high => Err(LimitUnknown::TaxableIncome(person.id.clone())),
        _ => Ok(low),
    }
}

/// One who is taxed decides; only then is it no matter what is not known of the others.
fn all_exempt(counted: &[BracketPerson], rule: &BracketRule) -> Result<bool, LimitUnknown> {
    let mut all = counted.iter();
    let not_exempt = |tax: Option<TaxStatus>| tax.is_some_and(|tax| tax != TaxStatus::Exempt);
    if all.any(|person| not_exempt(person.tax(rule))) {
        return Ok(false);
    }
    match counted.iter().find(|person| person.tax.is_none()) {
        Some(person) => Err(LimitUnknown::Tax(person.id.clone())),
        None => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    fn rule(month: &str) -> BracketRule {
        *figures::brackets()
            .unwrap()
            .of(month.parse().unwrap())
            .unwrap()
    }

    fn person(basis: i64, tax: Option<TaxStatus>) -> BracketPerson {
        BracketPerson {
            id: format!("{basis}"),
            insured: true,
            income_known: true,
            basis_income: Yen(basis),
            full_basis: Yen(basis),
            senior: false,
            taxable_income: Some(Yen::ZERO),
            tax,
            salary_income: Yen::ZERO,
            pension_receipts: Yen::ZERO,
            other_income: Yen::ZERO,
        }
    }

    const TAXED: Option<TaxStatus> = Some(TaxStatus::Taxed);
    const EXEMPT: Option<TaxStatus> = Some(TaxStatus::Exempt);

    #[test]
    fn the_sum_of_the_basis_incomes_parts_the_brackets_at_each_line() {
        let rule = rule("2026-09");
        for (basis, bracket) in [
            (9_010_001, Bracket::A),
            (9_010_000, Bracket::I),
            (6_000_001, Bracket::I),
            (6_000_000, Bracket::U),
            (2_100_001, Bracket::U),
            (2_100_000, Bracket::E),
            (0, Bracket::E),
        ] {
            let both = [person(basis, TAXED), person(0, None)];
            let told = judge(&both, Seniors::Nobody, false, &rule).unwrap();
            assert_eq!((told.general, told.senior), (bracket, None), "{basis}");
        }
    }

    #[test]
    fn a_head_who_is_not_insured_is_asked_for_the_tax_and_not_for_the_basis() {
        let rule = rule("2026-09");
        let mut head = person(9_999_999, TAXED);
        head.insured = false;
        let all = [head, person(100_000, EXEMPT)];
        let told = judge(&all, Seniors::Nobody, false, &rule).unwrap();
        assert_eq!(told.general, Bracket::E);
    }

    #[test]
    fn everybody_exempt_is_the_lowest_and_one_who_came_from_abroad_is_not_exempt() {
        let rule = rule("2026-09");
        let told = |tax| {
            let all = [person(0, EXEMPT), person(0, Some(tax))];
            judge(&all, Seniors::Nobody, false, &rule).unwrap().general
        };
        assert_eq!(told(TaxStatus::Exempt), Bracket::O);
        assert_eq!(told(TaxStatus::Abroad), Bracket::E);
    }

    #[test]
    fn the_tax_is_asked_for_only_where_it_decides() {
        let rule = rule("2026-09");
        let told = |all: &[BracketPerson]| {
            judge(all, Seniors::Nobody, false, &rule).map(|told| told.general)
        };
        let open = [person(0, EXEMPT), person(500_000, None)];
        assert_eq!(told(&open), Err(LimitUnknown::Tax("500000".into())));
        // Nobody with so much is exempt.
        assert_eq!(
            told(&[person(0, None), person(920_001, None)]),
            Ok(Bracket::E)
        );
        assert_eq!(told(&[person(0, None), person(10, TAXED)]), Ok(Bracket::E));
    }

    #[test]
    fn an_income_that_is_not_declared_is_the_highest_and_a_lost_job_within_the_line_the_lowest() {
        let rule = rule("2026-09");
        let mut unknown = person(0, TAXED);
        unknown.income_known = false;
        let all = [unknown, person(0, TAXED)];
        let told = judge(&all, Seniors::Nobody, false, &rule).unwrap();
        assert_eq!((told.general, told.undeclared), (Bracket::A, true));
        let lost = [person(1_000_000, TAXED)];
        let told = judge(&lost, Seniors::Nobody, true, &rule).unwrap();
        assert_eq!(told.general, Bracket::O);
    }

    #[test]
    fn from_70_on_the_taxable_income_of_the_highest_and_the_exemption_decide() {
        let rule = rule("2026-09");
        let active = |taxable: i64| {
            let mut one = person(8_000_000, TAXED);
            one.senior = true;
            one.taxable_income = Some(Yen(taxable));
            let mut young = person(0, TAXED);
            young.taxable_income = Some(Yen(9_000_000));
            let all = [one, young];
            judge(&all, Seniors::Active, false, &rule).unwrap().senior
        };
        assert_eq!(active(6_900_000), Some(SeniorBracket::Active3));
        assert_eq!(active(6_899_999), Some(SeniorBracket::Active2));
        assert_eq!(active(3_800_000), Some(SeniorBracket::Active2));
        assert_eq!(active(3_799_999), Some(SeniorBracket::Active1));
        let usual = |tax, pension: i64| {
            let mut one = person(0, tax);
            one.pension_receipts = Yen(pension);
            judge(&[one], Seniors::Usual, false, &rule).unwrap().senior
        };
        assert_eq!(usual(TAXED, 0), Some(SeniorBracket::General));
        assert_eq!(usual(EXEMPT, 826_501), Some(SeniorBracket::Low2));
        assert_eq!(usual(EXEMPT, 826_500), Some(SeniorBracket::Low1));
        assert!(!SeniorBracket::General.needs_certificate());
        assert!(SeniorBracket::Low1.needs_certificate());
    }

    #[test]
    fn a_senior_whose_taxable_income_is_not_known_is_asked_for_it_where_it_decides() {
        let rule = rule("2026-09");
        let senior = |basis: i64, taxable: Option<i64>| {
            let mut one = person(basis, TAXED);
            (one.senior, one.taxable_income) = (true, taxable.map(Yen));
            one
        };
        let told = |all: &[BracketPerson], seniors| {
            judge(all, seniors, false, &rule).map(|told| told.senior)
        };
        let open = [senior(2_000_000, Some(1_500_000)), senior(9_000_000, None)];
        let refused = Err(LimitUnknown::TaxableIncome("9000000".into()));
        assert_eq!(told(&open, Seniors::Active), refused);
        let sure = [senior(2_000_000, Some(1_500_000)), senior(3_000_000, None)];
        assert_eq!(
            told(&sure, Seniors::Active),
            Ok(Some(SeniorBracket::Active1))
        );
        assert_eq!(told(&sure, Seniors::Undecided), Ok(None));
    }

    #[test]
    fn a_month_without_figures_is_refused() {
        let rules = figures::brackets().unwrap();
        assert!(rules.of("2027-08".parse().unwrap()).is_err());
        assert!(rules.of("2022-07".parse().unwrap()).is_err());
        let before = rule("2026-07").pension_deduction;
        assert_eq!(
            (before, rule("2025-07").pension_deduction),
            (Yen(806_700), Yen(800_000))
        );
    }
}
