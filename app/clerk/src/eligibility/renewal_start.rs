//! 証の一斉更新の申請: counted first, asked for with that count, begun by somebody else.

use crate::jobs::question::{Asked, Question};
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::api::renewal::{PostPreview, RunRequest, StartRenewal};
use kokuho_shared::era;
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Start(problem: RwSignal<Option<String>>, again: RwSignal<u32>) -> impl IntoView {
    let office = state::office();
    let from = RwSignal::new(None::<NaiveDate>);
    let (busy, counted) = (
        RwSignal::new(false),
        RwSignal::new(None::<(NaiveDate, PostPreview)>),
    );
    let failed = move |failed: &api::Failed| {
        office.heard(failed);
        problem.try_set(Some(failed.problem().message.clone()));
    };
    let count = move |_| {
        let Some(from) = from.get_untracked() else {
            return;
        };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::get::<PostPreview>(&format!("/api/renewals/preview?from={from}")).await {
                Ok(preview) => {
                    counted.try_set(Some((from, preview)));
                }
                Err(why) => failed(&why),
            }
            busy.try_set(false);
        });
    };
    let ask = Callback::new(move |()| {
        let Some((from, preview)) = counted.get_untracked() else {
            return;
        };
        counted.set(None);
        let letters = preview.letters;
        spawn_local(async move {
            match api::post::<_, RunRequest>("/api/renewals", &StartRenewal { from, letters }).await
            {
                Ok(_) => {
                    office
                        .toasts
                        .say("一斉更新を申請しました。別の係長が承認すると始まります");
                    again.try_update(|again| *again += 1);
                }
                Err(why) => failed(&why),
            }
        });
    });
    let no = Callback::new(move |()| counted.set(None));
    view! {
        <div class="buttons">
            <DateEntry id="renewal-from" label="新しい証を使い始める日" value=from />
            <button type="button" class="button button-primary" id="start-renewal"
                disabled=move || busy.get() || from.get().is_none() on:click=count>"対象を確かめる"</button>
        </div>
        {move || counted.get().map(|(from, preview)| {
            let question = format!("{}から使う証を一斉に交付します。", era::format(from));
            view! { <Question asked=Asked::of_post(question, &preview) yes=ask no=no /> }
        })}
    }
}
