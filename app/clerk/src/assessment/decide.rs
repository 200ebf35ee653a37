//! 賦課決定: only on stored facts, and only for the amount that was on the screen.

use super::amounts::Amounts;
use crate::api::{self, Failed};
use crate::eligibility::checks;
use crate::eligibility::open::{Open, Said};
use crate::state;
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{self, Decision};
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::money::Yen;
use kokuho_ui::components::{Field, described_by, typed};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Decide(
    shown: Open,
    open: RwSignal<Option<Open>>,
    amounts: Amounts,
    said: Said,
) -> impl IntoView {
    let office = state::office();
    let busy = RwSignal::new(false);
    let adjustment = RwSignal::new(String::new());
    // Two years after the first 納期限 at the earliest.
    let this = office.usual_year();
    let old = this.is_some_and(|this| shown.view.fiscal_year < this.before());
    let shown_inquiries = shown.view.open_inquiries;
    let Amounts {
        preview,
        standing,
        changed,
        ..
    } = amounts;
    let ready = move || {
        let can = !changed.get() && preview.get().result.is_ok();
        can && standing.get().is_none() && !busy.get()
    };
    let decide = move |_| {
        said.clear();
        let wrong = checks::unreadable(&shown.drafts);
        let Ok(seen) = preview.get_untracked().result else {
            return;
        };
        if !wrong.is_empty() {
            said.wrong.set(wrong);
            return;
        }
        let wish = assessment::Decide {
            fiscal_year: shown.view.fiscal_year,
            revision: shown.view.revision,
            preview_total: seen.premium.total.0,
            adjustment: Some(adjustment.get_untracked()).filter(|reason| !reason.is_empty()),
        };
        let path = format!("/api/households/{}/decisions", shown.view.id);
        busy.set(true);
        spawn_local(async move {
            match api::post::<_, Decision>(&path, &wish).await {
                Ok(decision) => decided(decision, &seen, open, amounts, said),
                Err(failed) => said.failed(office, failed),
            }
            busy.set(false);
        });
    };
    let waiting = shown_inquiries;
    view! {
        {old.then(|| view! {
            <details data-testid="adjustment">
                <summary>"期間制限を過ぎた年度の減額（法110条の2第2項）"</summary>
                <p class="muted">"被用者保険の資格が後から分かり、本人の責めによらない場合の減額だけを、期間制限の後も決定できます。"</p>
                <Field id="adjustment" label="理由（記録されます）".to_owned()>
                    <input id="adjustment" class="input" autocomplete="off" maxlength="200" prop:value=adjustment
                        aria-describedby=described_by("adjustment") on:input=move |event| adjustment.set(typed(&event)) />
                </Field>
            </details>
        })}
        {(waiting > 0).then(|| view! {
            <p class="field-error" data-testid="provisional">{format!("終わっていない照会が{waiting}件あります。いま決定すると、回答が出るまでの暫定の決定になります。")}</p>
        })}
        <div class="buttons">
            <button type="button" class="button button-primary" data-key="d" disabled=move || !ready() on:click=decide>
                "決定"<kbd>"Alt+D"</kbd>
            </button>
            <span class="muted">{move || changed.get().then_some("異動を保存すると決定できます")}</span>
        </div>
    }
}

/// The server's amount takes the preview's place; a difference between the two is a defect.
fn decided(
    decision: Decision,
    seen: &Assessment,
    open: RwSignal<Option<Open>>,
    amounts: Amounts,
    said: Said,
) {
    let summary = decision.summary.clone();
    if decision.assessment == *seen && summary.total == seen.premium.total.0 {
        said.done.set(Some("保険料を決定しました".to_owned()));
    } else {
        let message = format!(
            "サーバの決定（{}）の内容が、この画面の試算（{}）と違います。システムの誤りです。通知を出さずに、管理者に知らせてください",
            format::yen(Yen(summary.total), Lang::Ja),
            format::yen(seen.premium.total, Lang::Ja)
        );
        said.problem
            .set(Some(Failed::Refused(Problem::new(message))));
    }
    amounts
        .decisions
        .update(|all| all.insert(0, summary.clone()));
    amounts.schedule.update(|schedule| {
        if let Some(schedule) = schedule {
            schedule.booked.clone_from(&decision.assessment.instalments);
        }
    });
    amounts.standing.set(Some(decision));
    // The page stays as it is; only a later undo must still know of the decision.
    open.try_update_untracked(|open| {
        if let Some(open) = open {
            open.view.decisions.insert(0, summary);
        }
    });
}
