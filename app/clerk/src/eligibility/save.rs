//! 異動の保存: a reason is always asked for, and nothing typed is lost when it is refused.

use super::edit_panel::give_up;
use crate::api;
use crate::case::checks::{self, REASON, Summary};
use crate::case::draft;
use crate::case::{Case, reopen};
use crate::toast::Link;
use crate::{dom, state};
use kokuho_shared::api::household::HouseholdView;
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the panel is about to save.
#[derive(Clone, Copy)]
pub struct Saving {
    reason: RwSignal<String>,
    busy: RwSignal<bool>,
}

impl Saving {
    pub fn new() -> Saving {
        Saving {
            reason: RwSignal::new(String::new()),
            busy: RwSignal::new(false),
        }
    }

    /// Enter in a field leads to the reason first.
    pub fn submit(self, case: &Case) {
        let elsewhere = dom::focused().is_none_or(|id| id != REASON && id != SAVE);
        if !case.changed.get_untracked() || self.busy.get_untracked() {
            return;
        }
        if self
            .reason
            .with_untracked(|reason| reason.trim().is_empty())
            && elsewhere
        {
            return dom::focus(REASON);
        }
        save(case.clone(), self.reason.get_untracked(), self.busy);
    }
}

#[component]
pub fn Save(case: Case, saving: Saving) -> impl IntoView {
    let Saving { reason, busy } = saving;
    let (changed, said, editing) = (case.changed, case.said, case.editing);
    let missing = Signal::derive(move || {
        let mut wrong = said.wrong.get().into_iter();
        wrong
            .find(|each| each.id == REASON)
            .map(|each| each.message)
    });
    let idle = move || !changed.get() || busy.get();
    view! {
        <div class="edit-foot">
            <Summary wrong=said.wrong show=Callback::new(move |person| editing.set(Some(person))) />
            <Field id=REASON label="異動の理由".to_owned() required=Some("※必須".to_owned()) error=missing>
                <input id=REASON class="input" type="text" autocomplete="off" aria-describedby=described_by(REASON)
                    aria-required="true" aria-invalid=move || missing.get().is_some().to_string()
                    prop:value=move || reason.get() on:input=move |event| reason.set(typed(&event)) />
            </Field>
            <div class="buttons">
                <button type="submit" class="button button-primary" id=SAVE data-key="s" aria-keyshortcuts="Alt+S" disabled=idle>
                    "異動を保存"
                </button>
                <button type="button" class="button" data-key="z" aria-keyshortcuts="Alt+Z" disabled=move || busy.get()
                    on:click=move |_| give_up(&case)>"やめる（元に戻す）"</button>
            </div>
        </div>
    }
}

const SAVE: &str = "edit-save";

fn save(case: Case, reason: String, busy: RwSignal<bool>) {
    let (office, said) = (state::office(), case.said);
    said.clear();
    let wrong = checks::before_saving(&case.shown.drafts, &reason);
    if !wrong.is_empty() {
        said.wrong.set(wrong);
        return;
    }
    let edit = draft::edit(&case.shown.view, &case.shown.drafts, reason);
    busy.set(true);
    spawn_local(async move {
        let view = &case.shown.view;
        let path = format!("/api/households/{}/facts", view.id);
        match api::put::<_, HouseholdView>(&path, &edit).await {
            Ok(after) => {
                let text = "異動を保存しました。保険料はまだ決定していません";
                let link = Link::to("保険料の決定へ", case.path("premium"));
                office.toasts.say_with(text, link);
                case.editing.set(None);
                reopen(case.open, after);
                dom::focus("edit-facts");
            }
            Err(failed) => match checks::wrong_field(failed.problem(), view) {
                Some(wrong) => said.wrong.set(vec![wrong]),
                None => said.failed(office, failed),
            },
        }
        busy.try_set(false);
    });
}
