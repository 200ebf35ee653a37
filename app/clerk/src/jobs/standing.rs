//! How far a job is, and what can be done about it.

use crate::state;
use kokuho_shared::access::Action;
use kokuho_shared::api::job::{JobState, JobView};
use kokuho_ui::components::{Banner, ProgressBar, Tone};
use leptos::prelude::*;

/// `send` posts a command of the job, by its path.
pub fn standing(job: &JobView, send: impl Fn(String) + Copy + Send + 'static) -> AnyView {
    let id = job.id;
    let may = state::office().may(Action::RunYear);
    let send = move |what: &str| send(format!("/api/jobs/{id}/{what}"));
    let count = |count: i64| Signal::stored(u64::try_from(count).unwrap_or(0));
    match job.state {
        JobState::Running => view! {
            <ProgressBar label=format!("{}を実行しています", job.name)
                done=count(job.households_done) total=count(job.households) />
            <p class="muted">"この画面を離れても処理は続きます。"</p>
            {may.then(|| view! {
                <div class="buttons"><button type="button" class="button" on:click=move |_| send("cancel")>"中止する"</button></div>
            })}
        }
        .into_any(),
        JobState::Cancelled | JobState::Failed => stopped(job, may, send),
        JobState::Done => ().into_any(),
    }
}

fn stopped(job: &JobView, may: bool, send: impl Fn(&str) + Copy + Send + 'static) -> AnyView {
    let why = match job.message.as_str() {
        "" => String::new(),
        message => format!("（{message}）"),
    };
    let text = format!(
        "{}{why}。済んだ世帯はそのまま残っています。",
        job.state.name()
    );
    view! {
            <Banner tone=Tone::Warning>
                <p>{text}</p>
                {may.then(|| view! {
                    <button type="button" class="button" on:click=move |_| send("resume")>"続きから再開する"</button>
                })}
            </Banner>
    }
    .into_any()
}
