//! 処理の一覧: start the yearly run, and find what ran before.

use super::start::Start;
use crate::jobs::table::table;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::JobView;
use kokuho_shared::api::renewal::{INCOME_REPORTS, RENEWAL};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn RunsPage() -> impl IntoView {
    let office = state::office();
    let (jobs, problem) = (
        RwSignal::new(None::<Vec<JobView>>),
        RwSignal::new(None::<String>),
    );
    state::entered("年次賦課");
    spawn_local(async move {
        match api::get::<Vec<JobView>>("/api/jobs").await {
            Ok(list) => jobs.set(Some(list)),
            Err(failed) => {
                office.heard(&failed);
                problem.set(Some(failed.problem().message.clone()));
            }
        }
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">"年次賦課（本算定）"</h1>
        <p>"市の全世帯の保険料を決定し、納期ごとに調定します。始めた時点の住基・所得・資格で計算し、途中で止めても、サーバが止まっても、続きから再開できます。計算できない世帯は理由とともに残ります。"</p>
        {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p data-testid="run-problem">{text}</p></Banner> })}
        {office.may(Action::RunYear).then(|| view! { <Start problem=problem /> })}
        <h2>"これまでの処理"</h2>
        {move || jobs.get().map(|jobs| table(jobs, job_path))}
    }
}

/// Where a job is shown.
pub(super) fn job_path(job: &JobView) -> String {
    let page = match job.kind.as_str() {
        RENEWAL | INCOME_REPORTS => "eligibility/renewals",
        _ => "assessment/runs",
    };
    format!("/{page}/{}", job.run_id)
}
