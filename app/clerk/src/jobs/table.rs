//! これまでの処理: jobs, the newest first.

use crate::listing::Listing;
use crate::words::moment;
use kokuho_shared::api::job::{JobState, JobView};
use kokuho_shared::era;
use kokuho_ui::format;
use leptos::prelude::*;

/// `place` says where a job is shown.
pub fn table(jobs: Vec<JobView>, place: fn(&JobView) -> String) -> AnyView {
    if jobs.is_empty() {
        let text = "まだ何も処理していません。始めると、ここに残ります。";
        return view! { <p class="empty">{text}</p> }.into_any();
    }
    view! {
        <Listing label="これまでの処理">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"処理"</th><th scope="col">"年度"</th><th scope="col">"状態"</th>
                    <th scope="col" class="num">"済んだ世帯"</th><th scope="col" class="num">"除いた世帯"</th>
                    <th scope="col">"始めた時刻"</th><th scope="col">"始めた人"</th>
                </tr></thead>
                <tbody>{jobs.into_iter().map(|job| row(job, place)).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(job: JobView, place: fn(&JobView) -> String) -> impl IntoView {
    let done = format!(
        "{} / {}",
        format::number(job.households_done),
        format::number(job.households)
    );
    let strong = matches!(job.state, JobState::Running | JobState::Failed);
    view! {
        <tr>
            <th scope="row"><a class="found-link" href=place(&job)>{format!("{} {}", job.name, job.id)}</a></th>
            <td>{era::fiscal_year(job.fiscal_year)}</td>
            <td class:strong=strong>{job.state.name()}</td>
            <td class="num">{done}</td>
            <td class="num">{format::number(job.findings)}</td>
            <td>{moment(&job.created_at)}</td>
            <td>{job.created_by}</td>
        </tr>
    }
}
