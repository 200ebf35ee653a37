//! 図: pictures where people would rather look. Each stands in a table with the same figures,
//! so that nobody needs to see it.

use crate::format;
use crate::i18n::{Lang, part_short};
use kokuho_shared::assessment::schedule::instalments::{self, Instalment};
use kokuho_shared::explain::{Code, Explanation};
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Income,
    Units,
    Reliefs,
    Cap,
    Rest,
}

const GROUPS: [Group; 5] = [
    Group::Income,
    Group::Units,
    Group::Reliefs,
    Group::Cap,
    Group::Rest,
];

impl Group {
    /// The group of a line that has nothing below it.
    fn of(code: Code) -> Group {
        match code {
            Code::IncomeLevyOfPerson
            | Code::IncomeLevyOfInvoluntary
            | Code::IncomeLevyOfHousehold
            | Code::AssetLevy
            | Code::IncomeLevy => Group::Income,
            Code::PerCapitaOfPerson | Code::AdultPerCapita | Code::PerHouseholdUnit => Group::Units,
            relief if relief.is_relief() => Group::Reliefs,
            Code::CapCut => Group::Cap,
            _ => Group::Rest,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Group::Income => lang.pick("所得に応じて", "by income", "収入で"),
            Group::Units => lang.pick("人数・世帯で", "per person and household", "人の 数で"),
            Group::Reliefs => lang.pick("軽減", "reductions", "割引"),
            Group::Cap => lang.pick("限度額を超える額", "above the cap", "高すぎる 分を 引く"),
            Group::Rest => lang.pick("月割・端数", "months and rounding", "月や 小さい お金"),
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

fn steps(explanation: &Explanation, lang: Lang) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut running = Yen::ZERO;
    for part in Part::ALL {
        for group in GROUPS {
            let yen = sum(explanation, part, group);
            if yen != Yen::ZERO {
                let label = format!("{}　{}", part_short(part, lang), group.name(lang));
                steps.push(Step {
                    label,
                    yen,
                    from: running,
                    total: false,
                });
                running += yen;
            }
        }
    }
    let total = explanation.lines.first().map_or(Yen::ZERO, |line| line.yen);
    if total != running {
        let label = Group::Rest.name(lang).to_owned();
        steps.push(Step {
            label,
            yen: total - running,
            from: running,
            total: false,
        });
    }
    let label = lang
        .pick("年間保険料", "Premium of the year", "1年の 保険料")
        .to_owned();
    steps.push(Step {
        label,
        yen: total,
        from: Yen::ZERO,
        total: true,
    });
    steps
}

fn sum(explanation: &Explanation, part: Part, group: Group) -> Yen {
    let lines = explanation.lines.iter().enumerate();
    let leaves = lines.filter(|(at, line)| {
        let next = explanation.lines.get(at + 1);
        let leaf = next.is_none_or(|next| next.depth <= line.depth);
        leaf && line.part == Some(part) && Group::of(line.code) == group
    });
    leaves.map(|(_, line)| line.yen).sum()
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
    view! {
        <div class="chart" role="region" tabindex="0" aria-label=move || lang.get().pick("納期ごとの納付額の図", "Instalments", "いつ いくら 払うかの 図")>
            <table class="chart-table">
                <caption>{move || lang.get().pick("納期ごとの納付額", "Instalments", "いつ いくら 払うか")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{move || lang.get().pick("納期限", "Due", "いつまで")}</th>
                        <th scope="col"><span class="visually-hidden">{move || lang.get().of("図", "Picture")}</span></th>
                        <th scope="col" class="chart-yen">{move || lang.get().pick("金額", "Amount", "お金")}</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let all = instalments.get();
                        let most = all.iter().map(|each| each.amount.0).max().unwrap_or(1).max(1);
                        all.into_iter().map(|each| instalment(each, most, lang.get())).collect_view()
                    }}
                </tbody>
            </table>
        </div>
    }
}

fn instalment(each: Instalment, most: i64, lang: Lang) -> impl IntoView {
    let width = each.amount.0 * WIDTH / most;
    let nth = each.number;
    let name = match lang {
        Lang::Ja | Lang::Easy => format!(
            "{}　{}",
            instalments::name(nth),
            format::date(each.due_on, lang)
        ),
        Lang::En => format!("{nth}. {}", format::date(each.due_on, lang)),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="chart-picture">
                <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                    <rect class="bar bar-plus" x="0" y="2" width=width.to_string() height="16"></rect>
                </svg>
            </td>
            <td class="chart-yen" data-testid="instalment">{format::yen(each.amount, lang)}</td>
        </tr>
    }
}
