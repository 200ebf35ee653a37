//! 計算式: the figures of a line as an expression that can be worked out by hand, in the words of letters
//! and pages. What stands before `=` makes what stands behind it, with the rounding that is named.

use crate::explain::{Code, Line};
use crate::law::parameters::Part;

/// Ten-thousandths of a yen in a yen.
const EXACT: i64 = 10_000;

/// The language of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Japanese,
    English,
}

/// 区分の名: one for all letters and pages.
pub fn part_name(part: Part, language: Language) -> &'static str {
    match (language, part) {
        (Language::Japanese, part) => part.name(),
        (Language::English, Part::Medical) => "Medical",
        (Language::English, Part::Support) => "Elderly support",
        (Language::English, Part::Care) => "Care",
        (Language::English, Part::Child) => "Children",
    }
}

/// `1,234,567`; negative numbers with `−`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 7);
    if value < 0 {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate in millionths as per cent, with at least two decimals: `9.50%`.
pub fn rate(millionths: i64) -> String {
    let decimals = format!("{:04}", millionths % 10_000);
    let trimmed = decimals.trim_end_matches('0');
    let shown = decimals.get(..trimmed.len().max(2)).unwrap_or("00");
    format!("{}.{shown}%", millionths / 10_000)
}

/// Ten-thousandths as a decimal without zeros at its end: `16,957.5`.
pub fn exact(ten_thousandths: i64) -> String {
    let whole = number(ten_thousandths.div_euclid(EXACT));
    let decimals = format!("{:04}", ten_thousandths.rem_euclid(EXACT));
    match decimals.trim_end_matches('0') {
        "" => whole,
        decimals => format!("{whole}.{decimals}"),
    }
}

impl Language {
    /// The one of the two words.
    fn of<T>(self, ja: T, en: T) -> T {
        match self {
            Language::Japanese => ja,
            Language::English => en,
        }
    }

    /// `1,234円` or `¥1,234`.
    pub fn yen(self, amount: i64) -> String {
        self.exact_yen(amount.saturating_mul(EXACT))
    }

    /// The same of ten-thousandths of a yen.
    pub fn exact_yen(self, ten_thousandths: i64) -> String {
        self.of(
            format!("{}円", exact(ten_thousandths)),
            format!("¥{}", exact(ten_thousandths)),
        )
    }

    fn cut_below(self, unit: i64) -> String {
        self.of(
            format!("（{}円未満切捨て）", number(unit)),
            format!(" (cut to ¥{})", number(unit)),
        )
    }

    fn raised_below(self, unit: i64) -> String {
        self.of(
            format!("（{}円未満切上げ）", number(unit)),
            format!(" (raised to ¥{})", number(unit)),
        )
    }

    /// Of rates: the mode of the city is no part of the line.
    fn rounded(self) -> &'static str {
        self.of("（1円未満の端数処理）", " (rounded to ¥1)")
    }

    fn parentheses(self, inner: &str) -> String {
        self.of(format!("（{inner}）"), format!("({inner})"))
    }
}

/// 年額 × 月数 ÷ 12, with what is left of the division in twelfths of a yen.
pub fn of_months(annual: i64, months: i64, subtotal: i64, rest: i64, language: Language) -> String {
    let (annual, subtotal) = (language.exact_yen(annual), language.yen(subtotal));
    let left = match rest {
        0 => String::new(),
        rest => language.of(
            format!("（余り{}）", exact(rest)),
            format!(" (remainder {})", exact(rest)),
        ),
    };
    format!("{annual} × {months} ÷ 12 = {subtotal}{left}")
}

/// Several remainders of [`of_months`] together.
pub fn of_rests(rest: i64, yen: i64, language: Language) -> String {
    let cut = if rest.rem_euclid(12 * EXACT) == 0 {
        String::new()
    } else {
        language.cut_below(1)
    };
    let word = language.of("余りの合計 ", "remainders ");
    format!("{word}{} ÷ 12 = {}{cut}", exact(rest), language.yen(yen))
}

/// The line's figures; empty where the label says all.
pub fn formula(line: &Line, language: Language) -> String {
    let [a, b, _, _] = line.inputs;
    match line.code {
        Code::IncomeLevyOfPerson | Code::IncomeLevyOfInvoluntary => of_person(line, language),
        Code::IncomeLevyOfHousehold | Code::AssetLevy => at_rate(a, b, line.yen.0, language),
        Code::Reduction => reduction(line, language),
        Code::PreschoolHalf | Code::ChildExempt => of_young(line, language),
        Code::SpecificHousehold => {
            let (unit, off) = (language.yen(a), -line.yen.0);
            let raised = match a * (4 - b) % 4 {
                0 => String::new(),
                _ => language.raised_below(1),
            };
            format!("{unit} × {} ÷ 4 = {}{raised}", 4 - b, language.yen(off))
        }
        Code::Fraction => fraction(line, language),
        Code::CapCut => {
            let (cap, before) = (language.yen(b), language.yen(a));
            let words = language.of(("限度額 ", "計算額 "), ("cap ", "computed "));
            let off = language.yen(line.yen.0);
            format!("{}{cap} − {}{before} = {off}", words.0, words.1)
        }
        Code::MonthsCut => {
            let of_year = a * b;
            let (yen, rest) = (of_year.div_euclid(12), of_year.rem_euclid(12));
            of_months(a * EXACT, b, yen, rest * EXACT, language)
        }
        Code::MonthsFraction => of_rests(a, line.yen.0, language),
        Code::Provisional => provisional(line, language),
        Code::MaternityRelief if a == 0 => language
            .of(
                "所得割と均等割の年額",
                "a year’s levies on income and person",
            )
            .to_owned(),
        Code::MaternityRelief => language.of(
            format!("所得割と均等割の{a}か月分"),
            format!("levies on income and person of {a} months"),
        ),
        Code::GrantedRelief => rate(b * EXACT),
        Code::Part => language.of(format!("{a}か月"), format!("{a} months")),
        Code::PartRounding | Code::ProrationRounding | Code::TotalRounding if a > 0 => {
            language.of(format!("{a}円未満を切捨て"), format!("cut to ¥{a}"))
        }
        _ => String::new(),
    }
}

/// （所得 − 基礎控除）× 料率; in two steps where the base is cut first.
fn of_person(line: &Line, language: Language) -> String {
    let [income, deduction, base, rate] = line.inputs;
    let words = language.of(("所得 ", "基礎控除 "), ("income ", "deduction "));
    let base_of = format!(
        "{}{} − {}{}",
        words.0,
        language.yen(income),
        words.1,
        language.yen(deduction)
    );
    if base == income - deduction {
        let levy = of_rate(base, rate, line.yen.0, language);
        return format!("{} × {levy}", language.parentheses(&base_of));
    }
    let cut = language.of("（端数切捨て）", " (cut)");
    let (shown, levy) = (
        language.yen(base),
        at_rate(base, rate, line.yen.0, language),
    );
    format!("{base_of} = {shown}{cut}{}{levy}", language.of("、", "; "))
}

fn at_rate(base: i64, rate: i64, yen: i64, language: Language) -> String {
    let levy = of_rate(base, rate, yen, language);
    format!("{} × {levy}", language.yen(base))
}

/// `9.50% = 494,950円`, and that it was rounded where it was.
fn of_rate(base: i64, millionths: i64, yen: i64, language: Language) -> String {
    let product = i128::from(base) * i128::from(millionths);
    let rounded = if product % 1_000_000 == 0 {
        ""
    } else {
        language.rounded()
    };
    format!("{} = {}{rounded}", rate(millionths), language.yen(yen))
}

fn reduction(line: &Line, language: Language) -> String {
    let [unit, percent, step, rest] = line.inputs;
    if rest != 0 {
        return remaining(unit * EXACT + rest, percent, language);
    }
    taken(unit, percent, step.max(1), -line.yen.0, language)
}

fn of_young(line: &Line, language: Language) -> String {
    let [kept, percent, rest, _] = line.inputs;
    if rest != 0 {
        return remaining(kept * EXACT + rest, percent, language);
    }
    taken(kept, percent, 1, -line.yen.0, language)
}

/// What comes off: per cent of a unit, raised to the step.
fn taken(unit: i64, percent: i64, step: i64, off: i64, language: Language) -> String {
    // A unit smaller than the step is taken off whole.
    if off * 100 < unit * percent || (step > 1 && off == unit) {
        return String::new();
    }
    let raised = match unit * percent % (100 * step) {
        0 => String::new(),
        _ => language.raised_below(step),
    };
    let (unit, off) = (language.yen(unit), language.yen(off));
    format!("{unit} × {percent}% = {off}{raised}")
}

/// What is left of a unit that is no whole yen.
fn remaining(unit: i64, percent: i64, language: Language) -> String {
    let left = unit * (100 - percent) / 100;
    let cut = match left % EXACT {
        0 => String::new(),
        _ => language.cut_below(1),
    };
    let word = language.of("残り ", "left: ");
    let (unit, left) = (language.exact_yen(unit), language.yen(left / EXACT));
    format!("{word}{unit} × {}% = {left}{cut}", 100 - percent)
}

fn fraction(line: &Line, language: Language) -> String {
    let [rest, of_adults, _, _] = line.inputs;
    let each = |rest: i64| {
        let cut = match rest % EXACT {
            0 => String::new(),
            _ => language.cut_below(1),
        };
        let word = language.of("端数 ", "fractions ");
        let whole = language.yen(rest / EXACT);
        format!("{word}{} = {whole}{cut}", language.exact_yen(rest))
    };
    match of_adults {
        0 => each(rest),
        _ => format!(
            "{}{}{}",
            each(rest),
            language.of("、", "; "),
            each(of_adults)
        ),
    }
}

fn provisional(line: &Line, language: Language) -> String {
    let [last_year, instalments, unit, _] = line.inputs;
    let cut = match last_year * instalments % (12 * unit.max(1)) {
        0 => String::new(),
        _ => language.cut_below(unit.max(1)),
    };
    let (last_year, yen) = (language.yen(last_year), language.yen(line.yen.0));
    format!("{last_year} × {instalments} ÷ 12 = {yen}{cut}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Yen;

    fn line(code: Code, yen: i64, inputs: [i64; 4]) -> Line {
        Line {
            depth: 0,
            code,
            part: Some(Part::Medical),
            person: None,
            yen: Yen(yen),
            inputs,
        }
    }

    #[test]
    fn numbers_rates_and_decimals_read_as_on_a_notice() {
        assert_eq!(
            (number(-1_234_567), number(0)),
            ("−1,234,567".into(), "0".into())
        );
        assert_eq!(
            (rate(95_000), rate(2_800), rate(82_140)),
            ("9.50%".into(), "0.28%".into(), "8.214%".into())
        );
        assert_eq!(
            (exact(169_575_000), exact(20_000)),
            ("16,957.5".into(), "2".into())
        );
    }

    #[test]
    fn a_formula_has_its_parentheses_where_the_rate_is_applied_to_the_difference() {
        let levy = line(
            Code::IncomeLevyOfPerson,
            494_950,
            [5_640_000, 430_000, 5_210_000, 95_000],
        );
        assert_eq!(
            formula(&levy, Language::Japanese),
            "（所得 5,640,000円 − 基礎控除 430,000円） × 9.50% = 494,950円"
        );
        let cut = line(
            Code::IncomeLevyOfPerson,
            494_950,
            [5_640_700, 430_000, 5_210_000, 95_000],
        );
        assert_eq!(
            formula(&cut, Language::Japanese),
            "所得 5,640,700円 − 基礎控除 430,000円 = 5,210,000円（端数切捨て）、5,210,000円 × 9.50% = 494,950円"
        );
    }

    #[test]
    fn what_comes_off_a_unit_is_named_with_its_rounding() {
        let off =
            |yen: i64, inputs| formula(&line(Code::Reduction, yen, inputs), Language::Japanese);
        assert_eq!(
            off(-24_217, [34_595, 70, 1, 0]),
            "34,595円 × 70% = 24,217円（1円未満切上げ）"
        );
        assert_eq!(
            off(-24_220, [34_595, 70, 10, 0]),
            "34,595円 × 70% = 24,220円（10円未満切上げ）"
        );
        assert_eq!(
            off(-11_870, [16_957, 70, 1, 5_000]),
            "残り 16,957.5円 × 30% = 5,087円（1円未満切捨て）"
        );
    }
}
