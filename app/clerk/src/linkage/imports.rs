//! 取込: the three files that bring a city in, in their order.

use super::expected_files;
use super::follow::{Follower, Standing};
use super::outcome::outcome;
use super::runs;
use super::troubles;
use crate::{api, state};
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress, Started};
use kokuho_ui::components::{Banner, Field, Tone, described_by};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use web_sys::HtmlInputElement;

#[component]
pub fn ImportsPage() -> impl IntoView {
    let office = state::office();
    let (runs, problem) = (
        RwSignal::new(None::<Vec<ImportRun>>),
        RwSignal::new(None::<String>),
    );
    let reload = Callback::new(move |()| {
        spawn_local(async move {
            match api::get::<Vec<ImportRun>>("/api/imports").await {
                Ok(list) => {
                    problem.set(None);
                    runs.set(Some(list));
                }
                Err(failed) => {
                    office.heard(&failed);
                    problem.set(Some(failed.problem().message.clone()));
                }
            }
        });
    });
    state::entered("取込");
    reload.run(());
    let follower = Follower::new(reload);
    let asked: Option<u64> = use_query_map()
        .get_untracked()
        .get("job")
        .and_then(|job| job.parse().ok());
    if let Some(job) = asked.or(office.import_job.get_untracked()) {
        follower.follow(job);
    }
    view! {
        <h1 id=state::HEADING tabindex="-1">"ファイルの取込"</h1>
        <p>"住基 → 所得 → 資格台帳の順に取り込みます。所得と資格は、住基で取り込んだ人に結び付くためです。ファイルは全体が正しいときだけ取り込まれ、同じ内容をもう一度取り込んでも何も変わりません。文字コードは UTF-8 と CP932 のどちらでも読めます。"</p>
        <div class="import-kinds">
            {FileKind::ALL.into_iter().enumerate().map(|(place, kind)| view! {
                <Upload place=place kind=kind follower=follower />
            }).collect_view()}
        </div>
        <div aria-live="polite">{move || outcome(follower.standing.get())}</div>
        <expected_files::Arrivals />
        <troubles::TroubledFiles />
        <troubles::Characters />
        <h2>"これまでの取込"</h2>
        {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || runs.get().map(runs::table)}
    }
}

#[component]
fn Upload(place: usize, kind: FileKind, follower: Follower) -> impl IntoView {
    let office = state::office();
    let input = NodeRef::<leptos::html::Input>::new();
    let navigate = use_navigate();
    let missing = RwSignal::new(None::<String>);
    let id = format!("file-{}", kind.key());
    let start = move |_| {
        let chosen = |input: HtmlInputElement| input.files()?.get(0);
        let Some(file) = input.get_untracked().and_then(chosen) else {
            missing.set(Some(format!("{}のファイルを選んでください", kind.name())));
            return;
        };
        missing.set(None);
        follower
            .standing
            .set(Standing::Known(Progress::Reading { done: 0, total: 0 }));
        let navigate = navigate.clone();
        spawn_local(async move {
            let name = api::encoded(&file.name());
            let path = format!("/api/imports?kind={}&file_name={name}", kind.key());
            match api::upload::<Started>(&path, &file).await {
                Ok(Started { job }) => {
                    office.import_job.set(Some(job));
                    // The screen may have been left while the file was on its way.
                    if !follower.standing.is_disposed() {
                        follower.follow(job);
                        let options = NavigateOptions {
                            replace: true,
                            scroll: false,
                            ..NavigateOptions::default()
                        };
                        navigate(&format!("/linkage/imports?job={job}"), options);
                    }
                }
                Err(failed) => {
                    office.heard(&failed);
                    let file = Some(file.name());
                    let problem = Problem {
                        file,
                        ..failed.problem().clone()
                    };
                    follower.standing.set(Standing::failed(problem));
                }
            }
        });
    };
    let running = move || follower.standing.get().is_running();
    view! {
        <fieldset>
            <legend>{format!("{}. {}", place + 1, kind.name())}</legend>
            <Field id=id.clone() label=format!("{}のファイル", kind.name()) error=missing>
                <input id=id.clone() class="input" type="file" accept=".csv,.txt,text/csv" node_ref=input
                    aria-describedby=described_by(&id) aria-invalid=move || missing.get().is_some().to_string() />
            </Field>
            <button type="button" class="button button-primary" id=format!("import-{}", kind.key())
                disabled=running on:click=start>
                {format!("{}を取り込む", kind.name())}
            </button>
        </fieldset>
    }
}
