//! ホーム：処理. Which run waits for whom.

use crate::card::{Heading, HomeCard, Line};
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::{JobState, JobView};
use kokuho_shared::api::run::RunView;
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// So many of the newest runs are told.
const NEWEST: usize = 5;

pub fn card() -> AnyView {
    let office = state::office();
    let shown = RwSignal::new(None::<Result<Vec<Line>, String>>);
    spawn_local(async move {
        let told = lines(office).await;
        shown.try_set(Some(told));
    });
    let heading = Heading {
        id: "home-runs",
        title: "処理",
        empty: "まだ何も処理していません。",
    };
    view! { <HomeCard heading=heading lines=shown /> }.into_any()
}

async fn lines(office: state::Office) -> Result<Vec<Line>, String> {
    let failed = |failed: api::Failed| {
        office.heard(&failed);
        failed.problem().message.clone()
    };
    let jobs = api::get::<Vec<JobView>>("/api/jobs")
        .await
        .map_err(failed)?;
    let mut lines = Vec::new();
    for job in jobs
        .iter()
        .filter(|job| job.id == job.run_id.job())
        .take(NEWEST)
    {
        let path = format!("/api/runs/{}", job.id);
        // A work that is no run of the assessment has a page of its own room.
        let Ok(run) = api::get::<RunView>(&path).await else {
            continue;
        };
        let login = office.session().map(|session| session.login);
        let (told, urgent) = step(&run, login.as_deref(), office.may(Action::ReleaseRun));
        lines.push(Line {
            label: format!("{} {}", era::fiscal_year(job.fiscal_year), job.name),
            told: told.to_owned(),
            href: format!("/assessment/runs/{}", job.id),
            urgent,
        });
    }
    Ok(lines)
}

/// How far a run is, and whether who looks has to do the next step.
fn step(run: &RunView, login: Option<&str>, may_release: bool) -> (&'static str, bool) {
    let state = |job: &Option<JobView>| job.as_ref().map(|job| job.state);
    let mine = login == Some(run.job.created_by.as_str());
    match (run.job.state, state(&run.check), state(&run.letters)) {
        (JobState::Running, ..) => ("決定を実行中", false),
        (JobState::Failed, ..) | (_, Some(JobState::Failed), _) | (.., Some(JobState::Failed)) => {
            ("失敗しました", true)
        }
        (JobState::Cancelled, ..) => ("中止", false),
        (_, None, _) => ("点検を始めてください", mine),
        (_, Some(JobState::Running), _) => ("点検を実行中", false),
        (_, _, Some(JobState::Running)) => ("文書を作成中", false),
        (_, _, Some(JobState::Done)) => ("文書を作成済み", false),
        _ if run.release.is_none() && may_release && !mine => ("承認を待っています", true),
        _ if run.release.is_none() => ("ほかの係長の承認待ち", false),
        _ => ("承認済み・文書の作成待ち", mine),
    }
}
