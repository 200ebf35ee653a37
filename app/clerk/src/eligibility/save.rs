//! 異動の保存: a reason is always asked for, and nothing typed is lost when it is refused.

use super::checks::{self, REASON, Summary};
use super::draft;
use super::open::{Messages, Open, reopen};
use crate::api;
use crate::state;
use kokuho_shared::api::household::HouseholdView;
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Save(
    shown: Open,
    open: RwSignal<Option<Open>>,
    changed: Memo<bool>,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let save = move |_| {
        said.clear();
        let wrong = checks::before_saving(&shown.drafts, &reason.get_untracked());
        if !wrong.is_empty() {
            said.wrong.set(wrong);
            return;
        }
        let edit = draft::edit(&shown.view, &shown.drafts, reason.get_untracked());
        let view = shown.view.clone();
        busy.set(true);
        spawn_local(async move {
            let path = format!("/api/households/{}/facts", view.id);
            match api::put::<_, HouseholdView>(&path, &edit).await {
                Ok(after) => {
                    reopen(open, after);
                    said.done.set(Some(
                        "異動を保存しました。保険料はまだ決定していません".to_owned(),
                    ));
                }
                Err(failed) => match checks::wrong_field(failed.problem(), &view) {
                    Some(wrong) => said.wrong.set(vec![wrong]),
                    None => said.failed(office, failed),
                },
            }
            busy.set(false);
        });
    };
    let undo = move |_| {
        said.clear();
        if let Some(stored) = open.get_untracked() {
            reopen(open, stored.view);
        }
    };
    let missing = Signal::derive(move || {
        let mut wrong = said.wrong.get().into_iter();
        wrong
            .find(|each| each.id == REASON)
            .map(|each| each.message)
    });
    view! {
        <Summary wrong=said.wrong />
        <Field id=REASON label="異動の理由".to_owned() required=Some("※必須".to_owned()) error=missing>
            <input id=REASON class="input" type="text" autocomplete="off" aria-describedby=described_by(REASON)
                aria-required="true" aria-invalid=move || missing.get().is_some().to_string()
                prop:value=move || reason.get() on:input=move |event| reason.set(typed(&event)) />
        </Field>
        <div class="buttons">
            <button type="button" class="button button-primary" data-key="s" disabled=move || !changed.get() || busy.get() on:click=save>
                "異動を保存"<kbd>"Alt+S"</kbd>
            </button>
            <button type="button" class="button" data-key="z" disabled=move || !changed.get() || busy.get() on:click=undo>
                "元に戻す"<kbd>"Alt+Z"</kbd>
            </button>
        </div>
    }
}
