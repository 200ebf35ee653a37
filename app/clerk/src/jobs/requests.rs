//! 承認待ちの処理: runs that end in post, asked for by one person; they begin when another one releases them.

use crate::toast::Link;
use crate::words::moment;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::JobView;
use kokuho_shared::api::renewal::RunRequest;
use kokuho_shared::api::review::ReleaseRun;
use kokuho_shared::era;
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// `again`: changes when something was asked for.
#[component]
pub fn Requests(again: RwSignal<u32>) -> impl IntoView {
    let office = state::office();
    let (found, problem) = (
        RwSignal::new(Vec::<RunRequest>::new()),
        RwSignal::new(None::<String>),
    );
    Effect::new(move |_| {
        again.track();
        spawn_local(async move {
            match api::get::<Vec<RunRequest>>("/api/run-requests").await {
                Ok(list) => {
                    found.try_set(list);
                }
                Err(failed) => {
                    office.heard(&failed);
                    problem.try_set(Some(failed.problem().message.clone()));
                }
            }
        });
    });
    view! {
        {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p data-testid="request-problem">{text}</p></Banner> })}
        {move || found.get().into_iter().map(|one| view! { <Request one=one again=again problem=problem /> }).collect_view()}
    }
}

#[component]
fn Request(
    one: RunRequest,
    again: RwSignal<u32>,
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let office = state::office();
    let (id, note) = (one.id, RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let own = office
        .session()
        .is_some_and(|session| session.login == one.asked_by);
    let release = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let wish = ReleaseRun {
                note: note.get_untracked(),
            };
            match api::post::<_, JobView>(&format!("/api/run-requests/{id}/release"), &wish).await {
                Ok(job) => {
                    let link = Link::to(
                        "進み具合を見る",
                        format!("/eligibility/renewals/{}", job.id),
                    );
                    office.toasts.say_with(
                        format!("{}を承認しました。処理を始めています", job.name),
                        link,
                    );
                    again.try_update(|again| *again += 1);
                }
                Err(failed) => {
                    office.heard(&failed);
                    problem.try_set(Some(failed.problem().message.clone()));
                }
            }
            busy.try_set(false);
        });
    };
    let withdraw = move |_| {
        spawn_local(async move {
            match api::delete(&format!("/api/run-requests/{id}")).await {
                Ok(()) => {
                    office.toasts.say("申請を取り下げました");
                    again.try_update(|again| *again += 1);
                }
                Err(failed) => {
                    office.heard(&failed);
                    problem.try_set(Some(failed.problem().message.clone()));
                }
            }
        });
    };
    let about = one.for_day.map_or_else(
        || era::fiscal_year(one.fiscal_year),
        |day| format!("{}から使う証", era::format(day)),
    );
    let who = if one.asked_by_name.is_empty() {
        one.asked_by
    } else {
        one.asked_by_name
    };
    let text = format!("{}（{about}）　{}通", one.name, format::number(one.letters));
    let since = format!("{} に {who} が申請しました。", moment(&one.asked_at));
    let field = format!("request-note-{id}");
    let may = office.may(Action::ReleaseRun) && !own;
    view! {
        <section class="question" aria-label="承認待ちの処理" data-testid="run-request">
            <p><span class="tag tag-amber">"承認待ち"</span>" "<strong>{text}</strong></p>
            <p>{since}{own.then_some("申請した本人は承認できません。別の係長がこの画面で承認します。")}</p>
            {may.then(|| view! {
                <Field id=field.clone() label="確かめた内容">
                    <input id=field.clone() class="input" maxlength="200" aria-describedby=described_by(&field)
                        prop:value=note on:input=move |event| note.set(typed(&event)) />
                </Field>
            })}
            <div class="buttons">
                {may.then(|| view! { <button type="button" class="button button-primary" disabled=busy on:click=release>"承認して始める"</button> })}
                <button type="button" class="button" on:click=withdraw>"取り下げる"</button>
            </div>
        </section>
    }
}
