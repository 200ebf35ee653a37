//! ホーム：処理. Which run waits for whom.

use crate::card::{self, Heading, Line};
use crate::state;
use kokuho_shared::access::Action;
use kokuho_shared::api::job::JobState;
use kokuho_shared::api::run::RunProgress;
use kokuho_shared::era;
use leptos::prelude::*;

pub fn card() -> AnyView {
    let office = state::office();
    let login = office.session().map(|session| session.login);
    let may_release = office.may(Action::ReleaseRun);
    let heading = Heading {
        id: "home-runs",
        title: "処理",
        empty: "まだ何も処理していません。",
    };
    card::asking(heading, "/api/runs", move |runs: Vec<RunProgress>| {
        let line = |run: RunProgress| {
            let (told, urgent) = step(&run, login.as_deref(), may_release);
            Line {
                label: format!("{} {}", era::fiscal_year(run.fiscal_year), run.name),
                told: told.to_owned(),
                href: format!("/assessment/runs/{}", run.run_id),
                urgent,
            }
        };
        runs.into_iter().map(line).collect()
    })
}

/// How far a run is, and whether who looks has to do the next step.
fn step(run: &RunProgress, login: Option<&str>, may_release: bool) -> (&'static str, bool) {
    let own = login == Some(run.created_by.as_str());
    match (run.state, run.check, run.letters) {
        (JobState::Failed, ..) | (_, Some(JobState::Failed), _) | (.., Some(JobState::Failed)) => {
            ("失敗しました", true)
        }
        (JobState::Running, ..) => ("決定を実行中", false),
        (JobState::Cancelled, ..) => ("中止", false),
        (.., Some(JobState::Done)) => ("文書を作成済み", false),
        (.., Some(JobState::Running)) => ("文書を作成中", false),
        (.., Some(JobState::Cancelled)) => ("文書の作成を中止", own),
        (_, Some(JobState::Running), _) => ("点検を実行中", false),
        (_, None | Some(JobState::Cancelled), _) => ("点検を始めてください", own),
        _ if run.released => ("承認済み・文書の作成待ち", own),
        _ if !run.agrees => ("点検で違いが見つかりました", true),
        _ if may_release && !own => ("承認を待っています", true),
        _ => ("ほかの係長の承認待ち", false),
    }
}
