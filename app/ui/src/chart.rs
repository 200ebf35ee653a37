//! 図: pictures where people would rather look. Each stands in a table with the same figures,
//! so that nobody needs to see it.

use crate::format;
use crate::i18n::{Lang, part_name};
use kokuho_shared::assessment::breakdown::{Breakdown, Charged, Item};
use kokuho_shared::assessment::schedule::instalments::{self, Instalment};
use kokuho_shared::explain::Explanation;
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use leptos::prelude::*;

/// Width of the picture in its own units.
const WIDTH: i64 = 1000;

/// One step: what it is called and how much it adds or takes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    label: String,
    yen: Yen,
    /// Where the bar begins: the running total before it.
    from: Yen,
    total: bool,
}

/// What stands in one bar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Income,
    Units,
    Reliefs,
    Cap,
    Rounding,
}

impl Group {
    const ALL: [Group; 5] = [
        Group::Income,
        Group::Units,
        Group::Reliefs,
        Group::Cap,
        Group::Rounding,
    ];

    fn of(item: Item) -> Group {
        match item {
            Item::IncomeLevy | Item::AssetLevy => Group::Income,
            // Remainders are yen of what is levied, which no single period made full.
            Item::PerCapita | Item::PerHousehold | Item::Rests => Group::Units,
            Item::Reduction | Item::Maternity | Item::Relief => Group::Reliefs,
            Item::AboveCap => Group::Cap,
            Item::Rounding => Group::Rounding,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Group::Income => lang.pick("所得に応じて", "by income", "収入で"),
            Group::Units => lang.pick("人数・世帯で", "per person and household", "人の 数で"),
            Group::Reliefs => lang.pick("軽減・減免", "reductions", "割引"),
            Group::Cap => lang.pick("限度額を超える額", "above the cap", "高すぎる 分を 引く"),
            Group::Rounding => lang.pick("端数処理", "rounding", "小さい お金を 切る"),
        }
    }
}

/// 滝グラフ: how the parts make the total.
#[component]
pub fn Waterfall(
    #[prop(into)] explanation: Signal<Explanation>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    view! {
        <div class="chart" role="region" tabindex="0" aria-label=move || lang.get().pick("保険料の内訳の図", "How the premium comes about", "保険料が 決まる 図")>
            <table class="chart-table">
                <caption>{move || lang.get().pick("保険料の内訳", "How the premium comes about", "保険料が どう 決まるか")}</caption>
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{move || lang.get().of("項目", "Item")}</th>
                        <th scope="col">{move || lang.get().of("図", "Picture")}</th>
                        <th scope="col">{move || lang.get().pick("金額", "Amount", "お金")}</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let steps = steps(&explanation.get(), lang.get());
                        let most = steps.iter().map(|step| (step.from + step.yen).max(step.from)).max();
                        let most = most.unwrap_or(Yen(1)).0.max(1);
                        steps.into_iter().map(|step| bar(step, most, lang.get())).collect_view()
                    }}
                </tbody>
            </table>
        </div>
    }
}

/// The bars of what is charged, each from where the one before ended; the last one is the total.
fn steps(explanation: &Explanation, lang: Lang) -> Vec<Step> {
    let breakdown = Breakdown::of(explanation);
    let charged = breakdown.charged();
    let mut bars: Vec<(String, Yen)> = Vec::new();
    for part in Part::ALL {
        for group in Group::ALL {
            let of_group = |each: &&Charged| each.part == part && Group::of(each.item) == group;
            let yen = charged.iter().filter(of_group).map(|each| each.yen).sum();
            let label = format!("{}　{}", part_name(part, lang), group.name(lang));
            bars.push((label, yen));
        }
    }
    bars.push((Group::Rounding.name(lang).to_owned(), breakdown.rounding));
    let mut running = Yen::ZERO;
    let bars = bars.into_iter().filter(|(_, yen)| *yen != Yen::ZERO);
    let mut steps: Vec<Step> = bars
        .map(|(label, yen)| {
            let from = running;
            running += yen;
            Step {
                label,
                yen,
                from,
                total: false,
            }
        })
        .collect();
    steps.push(Step {
        label: lang
            .pick("年間保険料", "Premium of the year", "1年の 保険料")
            .to_owned(),
        yen: breakdown.total,
        from: Yen::ZERO,
        total: true,
    });
    steps
}

fn bar(step: Step, most: i64, lang: Lang) -> impl IntoView {
    let (low, high) = (
        step.from.min(step.from + step.yen),
        step.from.max(step.from + step.yen),
    );
    let x = low.0 * WIDTH / most;
    let width = ((high.0 - low.0) * WIDTH / most).max(2);
    let class = match (step.total, step.yen < Yen::ZERO) {
        (true, _) => "bar bar-total",
        (false, true) => "bar bar-minus",
        (false, false) => "bar bar-plus",
    };
    view! {
        <tr class:chart-total=step.total>
            <th scope="row">{step.label}</th>
            <td class="chart-picture">
                <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                    <rect class=class x=x.to_string() y="2" width=width.to_string() height="16"></rect>
                </svg>
            </td>
            <td class="chart-yen">{format::yen(step.yen, lang)}</td>
        </tr>
    }
}

/// 納期ごとの納付額.
#[component]
pub fn InstalmentBars(
    #[prop(into)] instalments: Signal<Vec<Instalment>>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    let word = move |ja: &'static str, en: &'static str, easy: &'static str| {
        move || lang.get().pick(ja, en, easy)
    };
    view! {
        <table class="grid-table">
            <caption>{word("納期ごとの納付額", "Instalments", "いつ いくら 払うか")}</caption>
            <thead>
                <tr>
                    <th scope="col">{word("期", "No.", "番号")}</th>
                    <th scope="col">{word("納期限", "Due", "いつまで")}</th>
                    <th scope="col" class="num">{word("金額", "Amount", "お金")}</th>
                </tr>
            </thead>
            <tbody>
                {move || {
                    let all = instalments.get();
                    all.into_iter().map(|each| instalment(each, lang.get())).collect_view()
                }}
            </tbody>
        </table>
    }
}

fn instalment(each: Instalment, lang: Lang) -> impl IntoView {
    let name = match lang {
        Lang::Ja | Lang::Easy => instalments::name(each.number),
        Lang::En => each.number.to_string(),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{format::date(each.due_on, lang)}</td>
            <td class="num" data-testid="instalment">{format::yen(each.amount, lang)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::assessment::household::{Household, Member};
    use kokuho_shared::calendar::FiscalYear;
    use kokuho_shared::figures;

    #[test]
    fn the_bars_of_a_household_that_changed_within_the_year_meet_at_the_total() {
        let mut head = Member::new("a", "1990-04-02".parse().unwrap());
        head.head = true;
        head.income.salary_income = Yen(20_000_000);
        let mut second = Member::new("b", "1980-04-02".parse().unwrap());
        second.lost_on = "2026-06-02".parse().ok();
        second.income.salary_income = Yen(9_000_000);
        let household = Household {
            members: vec![head, second],
            ..Household::default()
        };
        let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
        let assessment = assessor.assess(&household).unwrap();
        let steps = steps(&assessment.explanation, Lang::Ja);
        let (total, bars) = steps.split_last().unwrap();
        assert_eq!(total.yen, assessment.premium.total);
        assert_eq!(bars.iter().map(|bar| bar.yen).sum::<Yen>(), total.yen);
        let levy = bars
            .iter()
            .find(|bar| bar.label.starts_with("医療分　所得"));
        // Two of the twelve months of the second one's income count, not a whole year of it.
        let first = Breakdown::of(&assessment.explanation);
        let blocks = &first.parts.get(Part::Medical).unwrap().blocks;
        assert_eq!(blocks.len(), 2);
        assert!(levy.unwrap().yen < blocks[0].entries[0].yen);
    }
}
