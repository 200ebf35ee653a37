//! Words of the calculation in Japanese and English.

use kokuho_shared::assessment::breakdown::{self, Item};
use kokuho_shared::assessment::premium::months::Months;
use kokuho_shared::explain::formula::{self, Language};
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

    /// The language of formulas.
    pub fn language(self) -> Language {
        if self.is_japanese() {
            Language::Japanese
        } else {
            Language::English
        }
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

/// The name of a part, the same on every page and letter.
pub fn part_name(part: Part, lang: Lang) -> &'static str {
    formula::part_name(part, lang.language())
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
        Code::PerCapitaOfPerson => lang.pick("1人の額", "For one person", "1人の お金"),
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
        Code::PerHouseholdUnit => lang.pick("1世帯の額", "For one household", "1つの 家の お金"),
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
            "各期間の余りの合計",
            "Remainders of the periods",
            "月の 計算の あまり",
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

/// The line's figures; empty where the label says all.
pub fn line_formula(line: &Line, lang: Lang) -> String {
    formula::formula(line, lang.language())
}

/// A span of months: `4〜5月（2か月）`.
pub fn months(months: Months, lang: Lang) -> String {
    if lang.is_japanese() {
        return breakdown::months_name(months);
    }
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let name = |month: u32| {
        let at = usize::try_from(month).unwrap_or(0).saturating_sub(1);
        NAMES.get(at).copied().unwrap_or_default()
    };
    let span = |(from, to): (u32, u32)| match from == to {
        true => name(from).to_owned(),
        false => format!("{}–{}", name(from), name(to)),
    };
    let spans: Vec<String> = breakdown::spans(months).into_iter().map(span).collect();
    let count = months.count_ones();
    format!("{} ({count} months)", spans.join(", "))
}

/// What a line of the breakdown is called.
pub fn item_label(item: Item, lang: Lang) -> &'static str {
    match item {
        Item::IncomeLevy => code_label(Code::IncomeLevy, lang),
        Item::AssetLevy => code_label(Code::AssetLevy, lang),
        Item::PerCapita => code_label(Code::PerCapita, lang),
        Item::PerHousehold => code_label(Code::PerHousehold, lang),
        Item::Reduction => lang.pick("軽減", "Reductions", "割引"),
        Item::Rests => code_label(Code::MonthsFraction, lang),
        Item::Maternity => code_label(Code::MaternityRelief, lang),
        Item::AboveCap => code_label(Code::CapCut, lang),
        Item::Relief => code_label(Code::GrantedRelief, lang),
        Item::Rounding => lang.pick("端数処理", "Rounding", "小さい お金を 切る"),
    }
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
