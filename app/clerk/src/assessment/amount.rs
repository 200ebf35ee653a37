//! 金額の経緯: who decided what when, and how far the amount on the screen is from it.

use super::amounts::Amounts;
use super::notice::Notice;
use crate::case::Messages;
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
        <div class="preview" class:preview-decided=move || amounts.is_decided()>
            {move || match (standing.get(), preview.get().result) {
                (Some(decision), _) => decided(decision).into_any(),
                (None, Ok(assessment)) => {
                    let total = assessment.premium.total;
                    view! {
                        <p data-testid="difference">{difference(decisions.get().first(), total)}</p>
                        <p class="muted">{changed.get().then_some("保存していない入力があります")}</p>
                    }.into_any()
                }
                (None, Err(why)) => view! { <p class="field-error">{why}</p> }.into_any(),
            }}
            {move || standing.get().map(|decision| view! { <Notice decision=decision.summary.id said=said /> })}
            <Show when=move || standing.get().is_some()>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| standing.set(None)>"試算に戻る"</button>
                </div>
            </Show>
        </div>
    }
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
    let sources = format!(
        "決定番号 {}、料率 {parameters}（SHA-256 {hash}…）、規則の版 {rule_version}",
        summary.id
    );
    view! {
        <p>{format!("{}　{}　{} が決定", format::yen(Yen(summary.total), Lang::Ja), moment(&summary.decided_at), summary.decided_by)}</p>
        <details class="sources"><summary>"根拠"</summary><p class="muted">{sources}</p></details>
    }
}

pub fn difference(last: Option<&DecisionSummary>, now: Yen) -> String {
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
