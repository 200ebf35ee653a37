//! 用語: what the lines of a calculation are called in a letter, with their figures.

use crate::notice::AssessmentNotice;
use kokuho_shared::assessment::breakdown::{Item, months_name};
use kokuho_shared::assessment::premium::months::Months;
use kokuho_shared::assessment::relief::ReliefKind;
use kokuho_shared::explain::formula::{self, Language, number};
use kokuho_shared::explain::{Code, Line};
use kokuho_shared::money::Yen;

/// `1,234円`.
pub fn yen(amount: Yen) -> String {
    format!("{}円", number(amount.0))
}

/// `+1,234円` or `−1,234円`.
pub(crate) fn signed(amount: Yen) -> String {
    let plus = if amount.0 > 0 { "+" } else { "" };
    format!("{plus}{}", yen(amount))
}

/// What a line is called, named by `code`.
pub(crate) fn label(code: Code, line: &Line) -> String {
    match (code, line.part) {
        (Code::Part, Some(part)) => part.name().to_owned(),
        (Code::State, _) => months_name(Months::try_from(line.inputs[2]).unwrap_or_default()),
        (code, _) => code_label(code).to_owned(),
    }
}

/// What a line of the breakdown is called; a rounding says to what.
pub(crate) fn item_label(item: Item, unit: i64) -> String {
    let label = match item {
        Item::IncomeLevy => "所得割",
        Item::AssetLevy => "資産割",
        Item::PerCapita => "均等割",
        Item::PerHousehold => "平等割",
        Item::Reduction => "軽減",
        Item::Rests => "余りの合計÷12",
        Item::Maternity => "産前産後の免除",
        Item::AboveCap => "限度額を超える額",
        Item::Relief => "減免",
        Item::Rounding if unit > 1 => {
            return format!("{}円未満の切捨て", number(unit));
        }
        Item::Rounding => "端数処理",
    };
    label.to_owned()
}

fn code_label(code: Code) -> &'static str {
    match code {
        Code::Total => "年間保険料",
        Code::Provisional => "仮算定の保険料",
        Code::Part => "区分の保険料",
        Code::State => "期間",
        Code::IncomeLevy | Code::IncomeLevyOfPerson => "所得割",
        Code::IncomeLevyOfHousehold => "所得割（世帯の合計）",
        Code::IncomeLevyOfInvoluntary => "所得割（給与所得を30/100として計算）",
        Code::LocalReduction => "市独自の軽減",
        Code::MaternityRelief => "産前産後の免除",
        Code::FormerDependantRelief => "旧被扶養者の減免",
        Code::GrantedRelief => "減免",
        Code::AssetLevy => "資産割",
        Code::PerCapita => "均等割",
        Code::PerCapitaOfPerson => "1人の額",
        Code::AdultPerCapita => "18歳以上均等割",
        Code::Reduction => "低所得による軽減",
        Code::PreschoolHalf => "未就学児の5割軽減",
        Code::ChildExempt => "18歳未満の全額軽減",
        Code::Fraction => "1円未満の端数の合計",
        Code::PerHousehold => "平等割",
        Code::PerHouseholdUnit => "1世帯の額",
        Code::SpecificHousehold => "特定世帯の軽減",
        Code::PartRounding => "端数処理（区分）",
        Code::CapCut => "賦課限度額を超える額",
        Code::MonthsCut => "月割（ほかの月の分）",
        Code::MonthsFraction => "各期間の余りの合計",
        Code::ProrationRounding => "端数処理（月割）",
        Code::TotalRounding => "端数処理（合計）",
    }
}

/// The line's figures; empty where the label says all.
pub(crate) fn formula(line: &Line) -> String {
    formula::formula(line, Language::Japanese)
}

/// 理由: sentences about what the calculation did, only those that apply, each once.
pub(crate) fn reasons(notice: &AssessmentNotice) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    if notice.open_inquiries > 0 {
        reasons.push("ほかの市区町村などに照会中の事項があるため、この決定は暫定です。回答により保険料が変わるときは、あらためて通知します。".into());
    }
    if notice.undetermined {
        reasons.push("所得の申告がない方、または所得がまだ分からない方がいるため、低所得による軽減を判定していません。申告などで所得が分かると、計算し直します。".into());
    }
    let mut add = |text: String| {
        if !reasons.contains(&text) {
            reasons.push(text);
        }
    };
    let (mut states, mut months) = (0, 12);
    for line in &notice.explanation.lines {
        let part = line.part.map_or("", |part| part.name());
        match line.code {
            Code::Part => (states, months) = (0, line.inputs[0]),
            Code::State => {
                states += 1;
                if states == 2 {
                    add("年度の途中で加入者や軽減の事情に変更があった区分は、期間ごとに計算し、月割した小計を合計しています。".into());
                }
            }
            Code::Reduction => add(format!(
                "世帯の所得が基準以下のため、均等割・平等割を{}割軽減しています。",
                line.inputs[1] / 10
            )),
            Code::PreschoolHalf => {
                add("未就学児の均等割を5割軽減しています。".into());
            }
            Code::ChildExempt => add(format!(
                "18歳未満の方の均等割（{part}）を全額軽減しています。"
            )),
            Code::SpecificHousehold => {
                add("後期高齢者医療へ移られた方がいるため、平等割を軽減しています。".into());
            }
            Code::IncomeLevyOfInvoluntary => {
                add(
                    "非自発的な離職による軽減のため、給与所得を100分の30として計算しています。"
                        .into(),
                );
            }
            Code::MaternityRelief => {
                add("出産される方（された方）の産前産後の所得割と均等割を免除しています。".into())
            }
            Code::FormerDependantRelief => {
                add("旧被扶養者の方の所得割などを減免しています。".into());
            }
            Code::GrantedRelief => {
                let name =
                    ReliefKind::ALL.get(usize::try_from(line.inputs[0]).unwrap_or(usize::MAX));
                let name = name.map_or("減免", |kind| kind.name());
                add(format!("{name}による減免を適用しています。"));
            }
            Code::LocalReduction => add("市独自の軽減を適用しています。".into()),
            Code::CapCut => add(format!(
                "{part}の計算額が賦課限度額（{}円）を超えたため、限度額までとしています。",
                number(line.inputs[1])
            )),
            Code::MonthsCut if months < 12 => {
                add("年度の途中で加入または脱退された方、または年齢により対象となる月が変わる方がいるため、月割で計算しています。".into());
            }
            _ => {}
        }
    }
    reasons
}
