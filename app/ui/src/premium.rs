//! 保険料の表: the four parts and the reduction test in words.

use crate::format;
use crate::i18n::{Lang, part_name};
use kokuho_shared::assessment::outcome::{PartResult, Premium};
use kokuho_shared::assessment::premium::tier::TierTest;
use kokuho_shared::law::parameters::Part;
use leptos::prelude::*;

/// The parts with their lines, as on a notice.
#[component]
pub fn PartTable(
    #[prop(into)] premium: Signal<Option<Premium>>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    let word = move |ja: &'static str, en: &'static str, easy: &'static str| {
        move || lang.get().pick(ja, en, easy)
    };
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=word("区分ごとの保険料", "Parts of the premium", "保険料の 分け方")>
            <table class="grid-table parts-table">
                <caption>{word("区分ごとの保険料（年額）", "Parts of the premium (yen a year)", "保険料の 分け方（1年）")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{word("区分", "Part", "分")}</th>
                        <th scope="col" class="num">{word("所得割", "By income", "収入で")}</th>
                        <th scope="col" class="num">{word("均等割", "Per person", "1人ごと")}</th>
                        <th scope="col" class="num">{word("平等割", "Per household", "家ごと")}</th>
                        <th scope="col" class="num">{word("月数", "Months", "月の数")}</th>
                        <th scope="col" class="num">{word("保険料", "Premium", "保険料")}</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let lang = lang.get();
                        let parts = premium.get().map(|premium| premium.parts).unwrap_or_default();
                        parts.iter().map(|(part, result)| part_row(part, result, lang)).collect_view()
                    }}
                </tbody>
            </table>
        </div>
    }
}

fn part_row(part: Part, result: &PartResult, lang: Lang) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">{part_name(part, lang)}</th>
            <td class="num">{format::number(result.income_levy.0)}</td>
            <td class="num">{format::number(result.per_capita.0)}</td>
            <td class="num">{format::number(result.per_household.0)}</td>
            <td class="num">{result.months}</td>
            <td class="num strong">{format::number(result.amount.0)}</td>
        </tr>
    }
}

/// The reduction test in a sentence, with what it compared.
pub fn tier_words(test: &TierTest, lang: Lang) -> String {
    let income = format::number(test.test_income.0);
    match (lang, test.tier, test.tier_undetermined) {
        (Lang::Easy, _, true) => {
            "割引が あるか、まだ わかりません。収入を 市や 町に 知らせて ください。".to_owned()
        }
        (Lang::Easy, 0, _) => "収入が 少ない 家の 割引は ありません。".to_owned(),
        (Lang::Easy, tier, _) => format!(
            "収入が 少ない 家の 割引が あります：1人ごと・家ごとの お金が {}割 安く なります。",
            tier / 10
        ),
        (Lang::Ja, _, true) => {
            "軽減：判定できません（所得の分からない人がいます。申告すると軽減される場合があります）"
                .to_owned()
        }
        (Lang::En, _, true) => {
            "Reduction: cannot be judged while somebody's income is not known".to_owned()
        }
        (Lang::Ja, 0, _) => format!(
            "軽減なし（判定所得 {income}円 ＞ 2割軽減の基準 {}円）",
            format::number(test.thresholds.t20.0)
        ),
        (Lang::En, 0, _) => format!(
            "No reduction (¥{income} is above ¥{})",
            format::number(test.thresholds.t20.0)
        ),
        (_, tier, _) => {
            let limit = match tier {
                70 => test.thresholds.t70,
                50 => test.thresholds.t50,
                _ => test.thresholds.t20,
            };
            let limit = format::number(limit.0);
            match lang {
                Lang::Ja | Lang::Easy => format!(
                    "{}割軽減（判定所得 {income}円 ≦ 基準 {limit}円）",
                    tier / 10
                ),
                Lang::En => format!("{tier}% off the fixed levies (¥{income} is at most ¥{limit})"),
            }
        }
    }
}
