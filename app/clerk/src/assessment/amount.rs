//! 金額: the total, plainly marked as previewed or decided.

use super::amounts::Amounts;
use super::notice::Notice;
use crate::eligibility::open::Messages;
use crate::words::moment;
use kokuho_shared::api::assessment::{Decision, DecisionSummary};
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[component]
pub fn Amount(amounts: Amounts, said: Messages) -> impl IntoView {
    let Amounts {
        standing,
        preview,
        decisions,
        changed,
        ..
    } = amounts;
    view! {
        <div class="preview" class:preview-decided=move || amounts.is_decided() aria-live="polite" aria-atomic="true">
            {move || match (standing.get(), preview.get().result) {
                (Some(decision), _) => decided(decision).into_any(),
                (None, Ok(assessment)) => {
                    let total = assessment.premium.total;
                    let last = decisions.get().into_iter().next();
                    view! {
                        <p>{state_of(last.as_ref(), total)}{changed.get().then_some(" 保存していない入力があります")}</p>
                        <p class="total" data-testid="preview-total">{format::yen(total, Lang::Ja)}</p>
                        <p class="muted" data-testid="difference">{difference(last.as_ref(), total)}</p>
                    }.into_any()
                }
                (None, Err(why)) => view! { <p class="field-error">{why}</p> }.into_any(),
            }}
        </div>
        {move || standing.get().map(|decision| view! { <Notice decision=decision.summary.id said=said /> })}
        <Show when=move || standing.get().is_some()>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| standing.set(None)>"試算に戻る"</button>
            </div>
        </Show>
    }
}

/// Whether the amount is the decided one, another one, or the first.
fn state_of(last: Option<&DecisionSummary>, now: Yen) -> impl IntoView + use<> {
    let (class, text) = match last {
        None => ("badge badge-preview", "試算（未決定）"),
        Some(last) if last.provisional => ("badge badge-preview", "試算（本算定は未決定）"),
        Some(last) if last.total == now.0 => ("badge badge-decided", "決定済"),
        Some(_) => ("badge badge-preview", "試算（決定と違います）"),
    };
    view! { <span class=class data-testid="state">{text}</span> }
}

fn decided(decision: Decision) -> impl IntoView {
    let Decision {
        summary,
        parameters,
        parameters_sha256,
        rule_version,
        ..
    } = decision;
    let hash = parameters_sha256.get(..12).unwrap_or_default().to_owned();
    view! {
        <p><span class="badge badge-decided">{if summary.provisional { "仮算定" } else { "決定済" }}</span>
            {format!(" {}　{}", moment(&summary.decided_at), summary.decided_by)}</p>
        <p class="total" data-testid="decided-total">{format::yen(Yen(summary.total), Lang::Ja)}</p>
        <p class="muted">{format!("決定番号 {}、料率 {parameters}（SHA-256 {hash}…）、規則の版 {rule_version}", summary.id)}</p>
    }
}

fn difference(last: Option<&DecisionSummary>, now: Yen) -> String {
    let Some(last) = last else {
        return "この年度の決定はまだありません".to_owned();
    };
    let before = Yen(last.total);
    if last.provisional {
        let rest = match now < before {
            true => "年額の方が少ないため、多い分を減らします",
            false => "残りをその後の納期に分けます",
        };
        let before = format::yen(before, Lang::Ja);
        return format!("仮算定で {before} を請求しています。{rest}");
    }
    if before == now {
        return format!("{} {} が決定", moment(&last.decided_at), last.decided_by);
    }
    let change = now - before;
    let sign = if change > Yen::ZERO { "+" } else { "" };
    let (before, change) = (format::yen(before, Lang::Ja), format::yen(change, Lang::Ja));
    format!("前回決定 {before} から {sign}{change}")
}
