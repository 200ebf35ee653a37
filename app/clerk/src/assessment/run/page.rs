//! 年次賦課の画面: how far it is, what came out, and what follows.

use super::outcome::{letters_outcome, run_outcome};
use super::review::review;
use crate::api::{self, Failed};
use crate::correspondence::batches::Batches;
use crate::events::Stream;
use crate::jobs::findings::findings;
use crate::jobs::standing::standing;
use crate::state;
use crate::words::moment;
use kokuho_shared::access::Action;
use kokuho_shared::api::job::{JobState, JobView};
use kokuho_shared::api::run::{CHECK, RunKind, RunView};
use kokuho_shared::era;
use kokuho_shared::ids::{JobId, RunId};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

/// What this screen knows.
#[derive(Clone, Copy)]
struct Screen {
    office: state::Office,
    id: RunId,
    seen: RwSignal<Option<RunView>>,
    problem: RwSignal<Option<String>>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

impl Screen {
    fn load(self) {
        spawn_local(async move {
            match api::get::<RunView>(&format!("/api/runs/{}", self.id)).await {
                Ok(view) if !self.seen.is_disposed() => {
                    let running = [Some(&view.job), view.check.as_ref(), view.letters.as_ref()];
                    let running = running.into_iter().flatten();
                    let running = running.filter(|job| job.state == JobState::Running);
                    let running = running.map(|job| job.id).next();
                    self.seen.set(Some(view));
                    if let Some(job) = running {
                        self.follow(job);
                    }
                }
                Ok(_) => {}
                Err(failed) => self.failed(&failed),
            }
        });
    }

    fn failed(self, failed: &Failed) {
        self.office.heard(failed);
        self.problem.set(Some(failed.problem().message.clone()));
    }

    fn follow(self, job: JobId) {
        let heard = move |now: JobView| {
            let running = now.state == JobState::Running;
            if !running {
                self.load();
            }
            self.seen.update(|seen| {
                let Some(view) = seen else { return };
                if view.job.id == now.id {
                    view.job = now;
                } else if now.kind == CHECK {
                    view.check = Some(now);
                } else {
                    view.letters = Some(now);
                }
            });
            running
        };
        let lost = move || {
            let text = "進捗を受け取れません。画面を読み直してください。処理は続いています。";
            self.problem.set(Some(text.into()));
        };
        let stream = Stream::open::<JobView>(&format!("/api/jobs/{job}/events"), heard, lost);
        self.stream.try_set_value(stream);
    }

    /// Sends a command that answers with a job, and shows what came of it.
    fn send(self, path: String) {
        self.problem.set(None);
        spawn_local(async move {
            match api::post::<_, JobView>(&path, &()).await {
                Ok(_) => self.load(),
                Err(failed) => self.failed(&failed),
            }
        });
    }
}

#[component]
pub fn RunPage() -> impl IntoView {
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse().ok());
    let Some(id) = id else {
        state::entered("年次賦課");
        return view! {
            <h1 id=state::HEADING tabindex="-1">"年次賦課"</h1>
            <p>"番号が正しくありません。"<a href="/assessment/runs">"一覧へ"</a></p>
        }
        .into_any();
    };
    let screen = Screen {
        office: state::office(),
        id,
        seen: RwSignal::new(None),
        problem: RwSignal::new(None),
        stream: StoredValue::new_local(None),
    };
    state::entered(&format!("年次賦課 {id}"));
    screen.load();
    view! {
        <h1 id=state::HEADING tabindex="-1">{move || {
            let name = screen.seen.with(|seen| seen.as_ref().map(|run| run.job.name.clone()));
            format!("{} {id}", name.as_deref().unwrap_or("年次賦課"))
        }}</h1>
        {move || screen.problem.get().map(|text| view! { <Banner tone=Tone::Error><p data-testid="run-problem">{text}</p></Banner> })}
        {move || screen.seen.get().map(|view| shown(screen, view))}
        <p><a href="/assessment/runs">"これまでの処理へ"</a></p>
    }
    .into_any()
}

fn shown(screen: Screen, run: RunView) -> impl IntoView {
    let facts = format!(
        "{}　{} に {} が開始",
        era::fiscal_year(run.job.fiscal_year),
        moment(&run.job.created_at),
        run.job.created_by
    );
    let finished = run.job.state == JobState::Done;
    view! {
        <p>{facts}</p>
        <section aria-labelledby="decided-heading">
            <h2 id="decided-heading">"決定と調定"</h2>
            {standing(&run.job, move |path| screen.send(path))}
            {run.outcome.clone().zip(RunKind::of_key(&run.job.kind)).map(|(outcome, kind)| run_outcome(kind, outcome))}
        </section>
        {finished.then(|| review(&run, move |path| screen.send(path), move || screen.load()))}
        {finished.then(|| view! {
            <section aria-labelledby="letters-heading">
                <h2 id="letters-heading">"通知書・納付書"</h2>
                {letters(screen, &run)}
            </section>
        })}
        {(!run.findings.is_empty()).then(|| findings(run.findings.clone()))}
    }
}

fn letters(screen: Screen, run: &RunView) -> AnyView {
    let id = screen.id;
    let Some(job) = &run.letters else {
        let may = screen.office.may(Action::RunYear) && run.release.is_some();
        let waits = run.release.is_none();
        return view! {
            {waits.then(|| view! { <p class="muted">"発送の承認が済むと作成できます。"</p> })}
            <p>"決定した世帯ごとに、保険料決定通知書と納期ごとの納付書を作成します。番号はここで決まります。"</p>
            {may.then(|| view! {
                <div class="buttons">
                    <button type="button" class="button button-primary" id="start-letters"
                        on:click=move |_| screen.send(format!("/api/runs/{id}/letters"))>"通知書・納付書を作成する"</button>
                </div>
            })}
        }
        .into_any();
    };
    let done = job.state == JobState::Done;
    view! {
        {standing(job, move |path| screen.send(path))}
        {run.letters_outcome.map(letters_outcome)}
        {done.then(|| view! { <Batches run=id /> })}
    }
    .into_any()
}
