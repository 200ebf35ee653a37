//! Words of the calculation in Japanese and English.

use crate::format::{number, rate};
use kokuho_shared::explain::{Code, Line};
use kokuho_shared::law::parameters::Part;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Ja,
    En,
    /// やさしい日本語: short sentences of common words.
    Easy,
}

impl Lang {
    /// The word of the language that is spoken.
    pub fn of(self, ja: &'static str, en: &'static str) -> &'static str {
        self.pick(ja, en, ja)
    }

    /// The same, where plain words exist too.
    pub fn pick(self, ja: &'static str, en: &'static str, easy: &'static str) -> &'static str {
        match self {
            Lang::Ja => ja,
            Lang::En => en,
            Lang::Easy => easy,
        }
    }

    pub fn is_japanese(self) -> bool {
        self != Lang::En
    }

    /// The value of the `lang` attribute.
    pub fn code(self) -> &'static str {
        self.of("ja", "en")
    }
}

/// 1人目: somebody by the place among those who were entered, from 1.
pub fn nth(lang: Lang, place: usize) -> String {
    match lang {
        Lang::Ja => format!("{place}人目"),
        Lang::En => format!("Person {place}"),
        Lang::Easy => format!("{place}番目の 人"),
    }
}

/// 根拠: an article as the law is cited, in English by the usual name of the law.
pub fn article(cited: &str, lang: Lang) -> String {
    if lang.is_japanese() {
        return cited.to_owned();
    }
    let numbered = if cited.contains('号') { " no. " } else { "" };
    ENGLISH_CITATIONS
        .iter()
        .chain(&[("項", numbered), ("号", "")])
        .fold(cited.to_owned(), |text, (ja, en)| text.replace(ja, en))
}

/// Longer words first: each is replaced in what the ones before it left.
const ENGLISH_CITATIONS: [(&str, &str); 13] = [
    ("条例の減免", "relief by ordinance"),
    ("条例の端数処理", "rounding by ordinance"),
    ("条例", "Municipal ordinance"),
    ("暫定賦課", "provisional premium"),
    ("出産被保険者", "childbirth"),
    ("月割", "by months"),
    ("法", "National Health Insurance Act, art. "),
    ("令", "Enforcement Order, art. "),
    ("条の", "-"),
    ("条", ""),
    ("の", "-"),
    ("・", ", "),
    ("第", " para. "),
];

pub fn part_name(part: Part, lang: Lang) -> &'static str {
    match part {
        Part::Medical => lang.pick("医療分", "Medical", "病院の お金の ための 分"),
        Part::Support => lang.pick(
            "後期高齢者支援金分",
            "Support for the elderly",
            "75歳以上の 人を 助ける 分",
        ),
        Part::Care => lang.pick(
            "介護分（40〜64歳）",
            "Long-term care (40–64)",
            "介護の 分（40〜64歳の 人）",
        ),
        Part::Child => lang.pick(
            "子ども・子育て支援金分",
            "Children and child-rearing",
            "子どもを 育てる 人を 助ける 分",
        ),
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
        Code::Total => lang.pick("年間保険料", "Premium of the year", "1年の 保険料"),
        Code::Provisional => lang.pick(
            "仮算定の保険料",
            "Provisional premium",
            "今の ところの 保険料",
        ),
        Code::Part => lang.pick("区分の保険料", "Premium of the part", "この 分の 保険料"),
        Code::State => lang.pick(
            "同じ人が加入している月",
            "Months with the same members",
            "同じ 人が 入っている 月",
        ),
        Code::IncomeLevy => lang.pick("所得割", "Levy on income", "収入で 決まる お金"),
        Code::IncomeLevyOfPerson => lang.pick("所得割", "Levy on income", "収入で 決まる お金"),
        Code::IncomeLevyOfHousehold => lang.pick(
            "所得割（世帯の合計）",
            "Levy on the household's income",
            "収入で 決まる お金（家族 全員）",
        ),
        Code::IncomeLevyOfInvoluntary => lang.pick(
            "所得割（給与所得を30/100として）",
            "Levy on income (salary counts at 30 %)",
            "収入で 決まる お金（給料は 100分の30で 計算）",
        ),
        Code::LocalReduction => {
            lang.pick("市独自の軽減", "The city’s own reduction", "市や 町の 割引")
        }
        Code::MaternityRelief => lang.pick(
            "産前産後の免除",
            "Free for childbirth",
            "赤ちゃんが 生まれる 人の 割引",
        ),
        Code::GrantedRelief => lang.pick("減免", "Relief granted by the city", "市が 決めた 割引"),
        Code::FormerDependantRelief => lang.pick(
            "旧被扶養者の減免",
            "Relief for a former dependant",
            "家族の 保険から 移った 人の 割引",
        ),
        Code::AssetLevy => lang.pick("資産割", "Levy on fixed assets", "土地や 家で 決まる お金"),
        Code::PerCapita => lang.pick("均等割", "Levy per person", "1人ごとの お金"),
        Code::PerCapitaOfPerson => lang.pick("均等割", "Levy per person", "1人ごとの お金"),
        Code::AdultPerCapita => {
            lang.pick("18歳以上均等割", "Levy per adult", "18歳以上の 人の お金")
        }
        Code::Reduction => lang.pick(
            "低所得による軽減",
            "Reduction for low income",
            "収入が 少ない 家の 割引",
        ),
        Code::PreschoolHalf => lang.pick(
            "未就学児の5割軽減",
            "Half for preschool children",
            "小学校に 入る 前の 子の 割引（半分）",
        ),
        Code::ChildExempt => lang.pick(
            "18歳未満の全額軽減",
            "Nothing for children under 18",
            "18歳までの 子の 割引（0円）",
        ),
        Code::Fraction => lang.pick(
            "1円未満の端数の合計",
            "Fractions of a yen together",
            "1円より 小さい お金",
        ),
        Code::PerHousehold => lang.pick("平等割", "Levy per household", "1つの 家ごとの お金"),
        Code::PerHouseholdUnit => lang.pick("平等割", "Levy per household", "1つの 家ごとの お金"),
        Code::SpecificHousehold => lang.pick(
            "特定世帯の軽減",
            "Reduction for the one left insured",
            "1人だけ 残った 家の 割引",
        ),
        Code::PartRounding => lang.pick(
            "端数処理（区分）",
            "Rounding of the part",
            "小さい お金を 切る",
        ),
        Code::CapCut => lang.pick(
            "賦課限度額を超える額",
            "Above the cap",
            "一番 高い 金額を こえた 分",
        ),
        Code::MonthsCut => lang.pick(
            "月割（ほかの月の分）",
            "Other months",
            "入っていない 月の 分",
        ),
        Code::MonthsFraction => lang.pick(
            "月割の端数",
            "Fractions of the months",
            "月の 計算の 小さい お金",
        ),
        Code::ProrationRounding => lang.pick(
            "端数処理（月割）",
            "Rounding of the months",
            "小さい お金を 切る（月）",
        ),
        Code::TotalRounding => lang.pick(
            "端数処理（合計）",
            "Rounding of the total",
            "小さい お金を 切る（合計）",
        ),
    }
}

/// The line's figures in a sentence; empty where the label says all.
pub fn line_formula(line: &Line, lang: Lang) -> String {
    let [a, b, c, d] = line.inputs;
    let ja = lang.is_japanese();
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

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::calendar::FiscalYear;

    #[test]
    fn no_line_cites_a_law_in_japanese_to_an_english_reader() {
        let codes = [
            Code::Total,
            Code::Provisional,
            Code::Part,
            Code::State,
            Code::IncomeLevyOfPerson,
            Code::IncomeLevyOfInvoluntary,
            Code::Reduction,
            Code::MaternityRelief,
            Code::LocalReduction,
            Code::CapCut,
            Code::TotalRounding,
        ];
        let parts = Part::ALL.map(Some).into_iter().chain([None]);
        let years = [FiscalYear(2025), FiscalYear(2026)];
        for (code, part, year) in codes
            .iter()
            .flat_map(|code| parts.clone().map(move |part| (code, part)))
            .flat_map(|(code, part)| years.map(|year| (code, part, year)))
        {
            let english = article(code.article(part, year), Lang::En);
            assert!(english.is_ascii(), "{english}");
        }
    }

    #[test]
    fn laws_are_cited_in_english_by_the_same_numbers() {
        let english = |cited| article(cited, Lang::En);
        assert_eq!(
            english("令29条の7第2項9号"),
            "Enforcement Order, art. 29-7 para. 2 no. 9"
        );
        assert_eq!(
            english("法76条の2・81条 (月割)"),
            "National Health Insurance Act, art. 76-2, 81 (by months)"
        );
        assert_eq!(article("法76条", Lang::Easy), "法76条");
    }
}
