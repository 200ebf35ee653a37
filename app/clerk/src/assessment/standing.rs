//! 金額の表示: the year's premium as it stands, in sight on every section of the household's page.

use super::amounts::Amounts;
use kokuho_shared::api::assessment::DecisionSummary;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// The decision that is shown, or what the facts on the screen come to.
#[component]
pub fn Standing() -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    move || {
        match (amounts.standing.get(), amounts.preview.get().result) {
        (Some(decision), _) => view! {
            <p class="case-total">
                <strong data-testid="decided-total">{format::yen(Yen(decision.summary.total), Lang::Ja)}</strong>
                <span class="badge badge-decided" data-testid="state">{if decision.summary.provisional { "仮算定" } else { "決定済" }}</span>
            </p>
        }
        .into_any(),
        (None, Ok(assessment)) => {
            let total = assessment.premium.total;
            view! {
                <p class="case-total">
                    <strong data-testid="preview-total">{format::yen(total, Lang::Ja)}</strong>
                    {state_of(amounts.decisions.get().first(), total, amounts.has_insured())}
                </p>
            }
            .into_any()
        }
        (None, Err(_)) => view! { <p class="case-total"><span class="badge badge-preview" data-testid="state">"計算できません"</span></p> }.into_any(),
    }
    }
}

/// Whether the amount is the decided one, another one, or the first.
fn state_of(last: Option<&DecisionSummary>, now: Yen, has_insured: bool) -> impl IntoView + use<> {
    let (class, text) = match last {
        None if !has_insured => ("badge", "この年度に加入者はいません"),
        None => ("badge badge-preview", "試算（未決定）"),
        Some(last) if last.provisional => ("badge badge-preview", "試算（本算定は未決定）"),
        Some(last) if last.total == now.0 => ("badge badge-decided", "決定済"),
        Some(_) => ("badge badge-preview", "試算（決定と違います）"),
    };
    view! { <span class=class data-testid="state">{text}</span> }
}

/// 軽減: the tier as a tag.
#[component]
pub fn StateTags() -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    move || {
        let (_, assessment) = amounts.shown()?;
        let tier = assessment.premium.test.tier;
        (tier > 0)
            .then(|| view! { <span class="tag tag-green">{format!("{}割軽減", tier / 10)}</span> })
    }
}

/// 入力の前と後: what the fields make of the premium, while they are typed.
#[component]
pub fn Live() -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    let before = amounts.stored;
    move || {
        let now = amounts.preview.get().result.map(|now| now.premium.total);
        let before = before.get_value();
        match (before, now) {
            (Some(before), Ok(now)) => {
                let change = now - before;
                let sign = if change > Yen::ZERO { "+" } else { "" };
                let change = match change == Yen::ZERO {
                    true => "変わりません".to_owned(),
                    false => format!("{sign}{}", format::yen(change, Lang::Ja)),
                };
                view! {
                    <p class="live" aria-live="polite" aria-atomic="true" data-testid="live">
                        <span>{format!("保存済み {}", format::yen(before, Lang::Ja))}</span>
                        <span aria-hidden="true">" → "</span>
                        <strong>{format!("入力後 {}", format::yen(now, Lang::Ja))}</strong>
                        <span class="live-change">{change}</span>
                    </p>
                }
                .into_any()
            }
            (None, Ok(now)) => view! {
                <p class="live" aria-live="polite" data-testid="live"><strong>{format!("入力後 {}", format::yen(now, Lang::Ja))}</strong></p>
            }
            .into_any(),
            (_, Err(why)) => view! { <p class="live field-error" role="status" data-testid="live">{why}</p> }.into_any(),
        }
    }
}
