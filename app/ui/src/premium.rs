//! 保険料の表: the four parts and the reduction test in words.

use crate::format;
use crate::i18n::{Lang, part_name};
use kokuho_shared::assessment::premium::{PartResult, Premium};
use kokuho_shared::assessment::tier::TierTest;
use kokuho_shared::law::parameters::Part;
use leptos::prelude::*;

/// The parts with their lines, as on a notice.
#[component]
pub fn PartTable(
    #[prop(into)] premium: Signal<Option<Premium>>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    let word = move |ja: &'static str, en: &'static str| move || lang.get().of(ja, en);
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=word("区分ごとの保険料", "Parts of the premium")>
            <table class="grid-table parts-table">
                <caption>{word("区分ごとの保険料（年額）", "Parts of the premium (yen a year)")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{word("区分", "Part")}</th>
                        <th scope="col" class="num">{word("所得割", "By income")}</th>
                        <th scope="col" class="num">{word("均等割", "Per person")}</th>
                        <th scope="col" class="num">{word("平等割", "Per household")}</th>
                        <th scope="col" class="num">{word("月数", "Months")}</th>
                        <th scope="col" class="num">{word("保険料", "Premium")}</th>
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
                Lang::Ja => format!(
                    "{}割軽減（判定所得 {income}円 ≦ 基準 {limit}円）",
                    tier / 10
                ),
                Lang::En => format!("{tier}% off the fixed levies (¥{income} is at most ¥{limit})"),
            }
        }
    }
}
