//! Words of the calculation in Japanese and English.

use crate::format::{number, rate};
use kokuho_shared::explain::{Code, Line};
use kokuho_shared::law::parameters::Part;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Ja,
    En,
}

impl Lang {
    /// The word of the language that is spoken.
    pub fn of(self, ja: &'static str, en: &'static str) -> &'static str {
        match self {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }

    /// The value of the `lang` attribute.
    pub fn code(self) -> &'static str {
        self.of("ja", "en")
    }
}

pub fn part_name(part: Part, lang: Lang) -> &'static str {
    match part {
        Part::Medical => lang.of("医療分", "Medical"),
        Part::Support => lang.of("後期高齢者支援金分", "Support for the elderly"),
        Part::Care => lang.of("介護分（40〜64歳）", "Long-term care (40–64)"),
        Part::Child => lang.of("子ども・子育て支援金分", "Children and child-rearing"),
    }
}

/// The part in a word, where there is little room.
pub fn part_short(part: Part, lang: Lang) -> &'static str {
    match part {
        Part::Medical => lang.of("医療", "Medical"),
        Part::Support => lang.of("支援金", "Support"),
        Part::Care => lang.of("介護", "Care"),
        Part::Child => lang.of("子ども", "Child"),
    }
}

/// What a line of the explanation is called.
pub fn code_label(code: Code, lang: Lang) -> &'static str {
    match code {
        Code::Total => lang.of("年間保険料", "Premium of the year"),
        Code::Part => lang.of("区分の保険料", "Premium of the part"),
        Code::State => lang.of("同じ人が加入している月", "Months with the same members"),
        Code::IncomeLevy => lang.of("所得割", "Levy on income"),
        Code::IncomeLevyOfPerson => lang.of("所得割", "Levy on income"),
        Code::IncomeLevyOfHousehold => {
            lang.of("所得割（世帯の合計）", "Levy on the household's income")
        }
        Code::IncomeLevyOfInvoluntary => lang.of(
            "所得割（給与所得を30/100として）",
            "Levy on income (salary counts at 30 %)",
        ),
        Code::LocalReduction => lang.of("市独自の軽減", "The city’s own reduction"),
        Code::MaternityRelief => lang.of("産前産後の免除", "Free for childbirth"),
        Code::GrantedRelief => lang.of("減免", "Relief granted by the city"),
        Code::FormerDependantRelief => lang.of("旧被扶養者の減免", "Relief for a former dependant"),
        Code::AssetLevy => lang.of("資産割", "Levy on fixed assets"),
        Code::PerCapita => lang.of("均等割", "Levy per person"),
        Code::PerCapitaOfPerson => lang.of("均等割", "Levy per person"),
        Code::AdultPerCapita => lang.of("18歳以上均等割", "Levy per adult"),
        Code::Reduction => lang.of("低所得による軽減", "Reduction for low income"),
        Code::PreschoolHalf => lang.of("未就学児の5割軽減", "Half for preschool children"),
        Code::ChildExempt => lang.of("18歳未満の全額軽減", "Nothing for children under 18"),
        Code::Fraction => lang.of("1円未満の端数の合計", "Fractions of a yen together"),
        Code::PerHousehold => lang.of("平等割", "Levy per household"),
        Code::PerHouseholdUnit => lang.of("平等割", "Levy per household"),
        Code::SpecificHousehold => lang.of("特定世帯の軽減", "Reduction for the one left insured"),
        Code::PartRounding => lang.of("端数処理（区分）", "Rounding of the part"),
        Code::CapCut => lang.of("賦課限度額を超える額", "Above the cap"),
        Code::MonthsCut => lang.of("月割（ほかの月の分）", "Other months"),
        Code::MonthsFraction => lang.of("月割の端数", "Fractions of the months"),
        Code::ProrationRounding => lang.of("端数処理（月割）", "Rounding of the months"),
        Code::TotalRounding => lang.of("端数処理（合計）", "Rounding of the total"),
    }
}

/// The line's figures in a sentence; empty where the label says all.
pub fn line_formula(line: &Line, lang: Lang) -> String {
    let [a, b, c, d] = line.inputs;
    let ja = lang == Lang::Ja;
    match line.code {
        Code::IncomeLevyOfPerson | Code::IncomeLevyOfInvoluntary if ja => format!(
            "（所得 {}円 − 基礎控除 {}円）＝ {}円 × {}",
            number(a),
            number(b),
            number(c),
            rate(d)
        ),
        Code::IncomeLevyOfPerson | Code::IncomeLevyOfInvoluntary => {
            format!(
                "(income ¥{} − deduction ¥{}) = ¥{} × {}",
                number(a),
                number(b),
                number(c),
                rate(d)
            )
        }
        Code::IncomeLevyOfHousehold | Code::AssetLevy if ja => {
            format!("{}円 × {}", number(a), rate(b))
        }
        Code::IncomeLevyOfHousehold | Code::AssetLevy => format!("¥{} × {}", number(a), rate(b)),
        Code::Reduction if ja => format!("{}円の{}割を軽減", number(a), b / 10),
        Code::Reduction => format!("{b}% of ¥{}", number(a)),
        Code::SpecificHousehold if ja => format!("{}円の4分の{}を負担", number(a), b),
        Code::SpecificHousehold => format!("{b} quarters of ¥{}", number(a)),
        Code::MaternityRelief if a == 0 && ja => "所得割と均等割の年額".to_owned(),
        Code::MaternityRelief if a == 0 => "the year’s levies on income and per person".to_owned(),
        Code::MaternityRelief if ja => format!("{a}か月分の所得割と均等割"),
        Code::MaternityRelief => format!("levies on income and per person of {a} months"),
        Code::CapCut if ja => format!("計算額 {}円、限度額 {}円", number(a), number(b)),
        Code::CapCut => format!("computed ¥{}, cap ¥{}", number(a), number(b)),
        Code::State if ja => format!("{}月から {}か月分（年額 {}円）", month(c), b, number(a)),
        Code::State => format!("{b} months from month {} (¥{} a year)", month(c), number(a)),
        Code::MonthsCut if ja => format!("年額 {}円の12分の{}だけ負担", number(a), b),
        Code::MonthsCut => format!("{b} twelfths of ¥{}", number(a)),
        Code::Part if ja => format!("{a}か月"),
        Code::Part => format!("{a} months"),
        Code::PartRounding | Code::ProrationRounding | Code::TotalRounding if a > 1 && ja => {
            format!("{a}円未満を切り捨て")
        }
        Code::PartRounding | Code::ProrationRounding | Code::TotalRounding if a > 1 => {
            format!("cut to ¥{a}")
        }
        _ => String::new(),
    }
}

/// The calendar month so many months after April.
fn month(after_april: i64) -> i64 {
    (after_april + 3) % 12 + 1
}
