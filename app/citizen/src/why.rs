//! なぜこの金額か, in three sentences, and the three words that every notice uses.

use crate::payments::payments;
use crate::words::word;
use kokuho_shared::assessment::premium::tier::TierTest;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::explain::Code;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// What the premium consists of: by income, by people and households, less reductions, and what cap, months and
/// rounding take.
struct Kinds {
    income: Yen,
    units: Yen,
    reliefs: Yen,
    rest: Yen,
    /// Only some months are charged, so that amounts of the year would not add up.
    months: bool,
}

fn kinds(assessment: &Assessment) -> Kinds {
    let lines = &assessment.explanation.lines;
    let mut kinds = Kinds {
        income: Yen::ZERO,
        units: Yen::ZERO,
        reliefs: Yen::ZERO,
        rest: Yen::ZERO,
        months: false,
    };
    for (at, line) in lines.iter().enumerate() {
        if lines
            .get(at + 1)
            .is_some_and(|next| next.depth > line.depth)
        {
            continue;
        }
        match line.code {
            Code::IncomeLevyOfPerson
            | Code::IncomeLevyOfInvoluntary
            | Code::IncomeLevyOfHousehold
            | Code::AssetLevy
            | Code::IncomeLevy => kinds.income += line.yen,
            Code::PerCapitaOfPerson
            | Code::PerCapita
            | Code::AdultPerCapita
            | Code::PerHousehold
            | Code::PerHouseholdUnit => kinds.units += line.yen,
            relief if relief.is_relief() => kinds.reliefs += line.yen,
            _ => kinds.rest += line.yen,
        }
        kinds.months |= matches!(line.code, Code::MonthsCut | Code::MonthsFraction);
    }
    kinds
}

fn parts_sentence(assessment: &Assessment, lang: Lang) -> String {
    let kinds = kinds(assessment);
    let [income, units, reliefs, rest] =
        [kinds.income, kinds.units, kinds.reliefs, kinds.rest].map(|yen| format::yen(yen, lang));
    if kinds.months {
        return lang
            .pick(
                "所得に応じた分と、人数・世帯ごとの分を、加入している月数だけ納めます。",
                "What depends on income and what each person and household pays is charged for the months insured.",
                "もらった お金で 決まる 分と、人の 数で 決まる 分を、入っている 月だけ 払います。",
            )
            .to_owned();
    }
    let mut text = match lang {
        Lang::Ja => format!("所得に応じた分が{income}、人数と世帯ごとの分が{units}"),
        Lang::En => format!("{income} depend on income and {units} on people and household"),
        Lang::Easy => {
            format!("もらった お金で 決まる 分が {income}、人の 数で 決まる 分が {units}")
        }
    };
    if kinds.reliefs != Yen::ZERO {
        text += &match lang {
            Lang::Ja => format!("、軽減が{reliefs}"),
            Lang::En => format!("; reductions are {reliefs}"),
            Lang::Easy => format!("、割引が {reliefs}"),
        };
    }
    if kinds.rest != Yen::ZERO {
        text += &match lang {
            Lang::Ja => format!("、限度額・端数の調整が{rest}"),
            Lang::En => format!("; cap and rounding are {rest}"),
            Lang::Easy => format!("、ほかに 引く 分が {rest}"),
        };
    }
    text + lang.pick("です。", ".", " です。")
}

fn tier_sentence(test: &TierTest, lang: Lang) -> String {
    let income = format::yen(test.test_income, lang);
    let limit = match test.tier {
        70 => test.thresholds.t70,
        50 => test.thresholds.t50,
        _ => test.thresholds.t20,
    };
    let (limit, tenths) = (format::yen(limit, lang), test.tier / 10);
    match (lang, test.tier, test.tier_undetermined) {
        (Lang::Ja, _, true) => {
            "所得の分からない人がいるため、軽減があるか分かりません。申告すると軽減される場合があります。".to_owned()
        }
        (Lang::En, _, true) => {
            "Whether there is a reduction for low income is not known until everybody’s income is declared.".to_owned()
        }
        (Lang::Easy, _, true) => {
            "割引が あるか、まだ わかりません。収入を 市や 町に 知らせて ください。".to_owned()
        }
        (Lang::Ja, 0, _) => format!("世帯の所得 {income} が基準の {limit} を超えるので、所得の低い世帯の軽減はありません。"),
        (Lang::En, 0, _) => format!("There is no reduction for low income: the household’s income of {income} is more than the limit of {limit}."),
        (Lang::Easy, 0, _) => "収入が 少ない 家の 割引は ありません。".to_owned(),
        (Lang::Ja, ..) => format!("世帯の所得 {income} が基準の {limit} 以下なので、均等割と平等割が{tenths}割軽くなっています（{tenths}割軽減）。"),
        (Lang::En, tier, _) => format!("The levies per person and household are {tier}% lower, because the household’s income of {income} is not more than the limit of {limit}."),
        (Lang::Easy, ..) => format!("収入が 少ない 家の 割引で、1人ごと・家ごとの お金が {tenths}割 安く なります。"),
    }
}

fn payment_sentence(assessment: &Assessment, lang: Lang) -> String {
    let due = assessment
        .instalments
        .iter()
        .find(|each| each.amount > Yen::ZERO);
    let Some(due) = due else {
        return String::new();
    };
    let payments = payments(&assessment.instalments, lang);
    let due = format::date(due.due_on, lang);
    match lang {
        Lang::Ja => format!("納め方は {payments} で、最初の納期限は{due}です。"),
        Lang::En => format!("You pay: {payments}; the first is due on {due}."),
        Lang::Easy => format!("払うのは {payments} です。最初は {due}までです。"),
    }
}

#[component]
pub fn Why(assessment: Memo<Option<Assessment>>, lang: RwSignal<Lang>) -> impl IntoView {
    let sentences = move || {
        let lang = lang.get();
        assessment.with(|assessment| {
            let assessment = assessment.as_ref()?;
            Some([
                parts_sentence(assessment, lang),
                tier_sentence(&assessment.premium.test, lang),
                payment_sentence(assessment, lang),
            ])
        })
    };
    let line = |text: String| (!text.is_empty()).then(|| view! { <li>{text}</li> });
    view! {
        <h3>{word(lang, "なぜこの金額か", "Why this amount", "どうして この お金か")}</h3>
        <ul class="why" data-testid="why">{move || sentences().map(|all| all.map(line).collect_view())}</ul>
    }
}

/// 所得割・均等割・平等割 in a line each.
#[component]
pub fn Terms(lang: RwSignal<Lang>) -> impl IntoView {
    view! {
        <dl class="terms">
            <dt>{word(lang, "所得割", "By income", "収入で（所得割）")}</dt>
            <dd>{word(lang, "去年の所得から基礎控除を引いた額に、率を掛けた分", "a rate of last year’s income less the basic deduction", "去年の 所得が 多いと 高く なります")}</dd>
            <dt>{word(lang, "均等割", "Per person", "1人ごと（均等割）")}</dt>
            <dd>{word(lang, "加入している人1人ごとに同じ額", "the same amount for each insured person", "入っている 人 1人ごとに 同じ お金です")}</dd>
            <dt>{word(lang, "平等割", "Per household", "家ごと（平等割）")}</dt>
            <dd>{word(lang, "1世帯ごとに同じ額（ない市区町村もあります）", "the same amount for each household (not everywhere)", "1つの 家ごとに 同じ お金です（ない 市や 町も あります）")}</dd>
        </dl>
    }
}
