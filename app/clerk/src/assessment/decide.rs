//! 賦課決定: only on stored facts, and only for the amount that was on the screen.

use super::amounts::Amounts;
use crate::api::{self, Failed};
use crate::case::checks;
use crate::case::{Messages, Open};
use crate::{dom, state};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{self, Decision};
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::era;
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
    said: Messages,
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
        // What nobody is charged for is decided only to take back what was.
        let something = amounts.has_insured() || !amounts.decisions.with(Vec::is_empty);
        let can = !changed.get() && preview.get().result.is_ok() && something;
        can && standing.get().is_none() && !busy.get()
    };
    let asking = RwSignal::new(false);
    // What is typed or read again meanwhile is another question.
    Effect::new(move |_| {
        preview.track();
        changed.track();
        asking.set(false);
    });
    let drafts = shown.drafts.clone();
    let ask = move |_| {
        said.clear();
        let wrong = checks::unreadable(&drafts);
        asking.set(wrong.is_empty());
        said.wrong.set(wrong);
        dom::focus("decide-now");
    };
    let decide = Callback::new(move |()| {
        said.clear();
        let Ok(seen) = preview.get_untracked().result else {
            return;
        };
        let wish = assessment::Decide {
            fiscal_year: shown.view.fiscal_year,
            revision: shown.view.revision,
            preview_total: seen.premium.total.0,
            adjustment: Some(adjustment.get_untracked()).filter(|reason| !reason.is_empty()),
        };
        let path = format!("/api/households/{}/decisions", shown.view.id);
        busy.set(true);
        asking.set(false);
        spawn_local(async move {
            match api::post::<_, Decision>(&path, &wish).await {
                Ok(decision) => decided(decision, &seen, open, amounts, said),
                Err(failed) => said.failed(office, failed),
            }
            busy.set(false);
        });
    });
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
            <button type="button" class="button" class:button-primary=move || !amounts.is_decided() id="decide"
                aria-keyshortcuts="Alt+Enter" aria-expanded=move || asking.get().to_string() disabled=move || !ready() on:click=ask>
                {move || if amounts.is_decided() { "もう一度決定する…" } else { "決定…" }}
            </button>
            <span class="muted">{move || changed.get().then_some("異動を保存すると決定できます")}</span>
        </div>
        {move || asking.get().then(|| view! { <Question amounts=amounts waiting=waiting decide=decide asking=asking /> })}
    }
}

/// 決定の確認: what will be booked, before it is.
#[component]
fn Question(
    amounts: Amounts,
    waiting: i64,
    decide: Callback<()>,
    asking: RwSignal<bool>,
) -> impl IntoView {
    let now = amounts.preview.get_untracked().result.ok();
    let last = amounts.decisions.get_untracked().into_iter().next();
    let booked = amounts
        .schedule
        .get_untracked()
        .map(|schedule| schedule.booked);
    let close = move || {
        asking.set(false);
        dom::focus("decide");
    };
    now.map(|now| {
        let total = now.premium.total;
        let change = last.map(|last| total - Yen(last.total));
        let moved = moved(&booked.unwrap_or_default(), &now.instalments);
        view! {
            <div class="question" role="group" aria-labelledby="decide-question" data-testid="question"
                on:keydown=move |event| if event.key() == "Escape" { close(); }>
                <p id="decide-question"><strong>{format!("{} で決定し、調定します。", format::yen(total, Lang::Ja))}</strong></p>
                <ul>
                    <li>{match change {
                        None => "この年度の最初の決定です。".to_owned(),
                        Some(change) if change == Yen::ZERO => "前回の決定と同じ額です。".to_owned(),
                        Some(change) => format!("前回の決定との差 {}", signed(change)),
                    }}</li>
                    {moved.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                    {(waiting > 0).then(|| view! { <li>{format!("終わっていない照会が{waiting}件あり、暫定の決定になります。")}</li> })}
                </ul>
                <div class="buttons">
                    <button type="button" class="button button-primary" id="decide-now" on:click=move |_| decide.run(())>"決定する"</button>
                    <button type="button" class="button" on:click=move |_| close()>"やめる"</button>
                </div>
            </div>
        }
    })
}

fn signed(change: Yen) -> String {
    let sign = if change > Yen::ZERO { "+" } else { "" };
    format!("{sign}{}", format::yen(change, Lang::Ja))
}

/// 納期限 whose amount is another one than what was asked for until now.
fn moved(before: &[Instalment], after: &[Instalment]) -> Vec<String> {
    let mut days: Vec<NaiveDate> = before.iter().chain(after).map(|each| each.due_on).collect();
    days.sort_unstable();
    days.dedup();
    let of = |all: &[Instalment], day| {
        let on_day = all.iter().filter(|each| each.due_on == day);
        on_day.map(|each| each.amount).sum::<Yen>()
    };
    let line = |day: NaiveDate| {
        let (was, is) = (of(before, day), of(after, day));
        (was != is && !before.is_empty()).then(|| {
            let (was, is) = (format::yen(was, Lang::Ja), format::yen(is, Lang::Ja));
            format!("{}の納期　{was} → {is}", era::format(day))
        })
    };
    days.into_iter().filter_map(line).collect()
}

/// The server's amount takes the preview's place; a difference between the two is a defect.
fn decided(
    decision: Decision,
    seen: &Assessment,
    open: RwSignal<Option<Open>>,
    amounts: Amounts,
    said: Messages,
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
