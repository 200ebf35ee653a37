//! 処理の一覧: start the yearly run, and find what ran before.

use crate::figures;
use crate::jobs::table::table;
use crate::words::confirmed;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::JobView;
use kokuho_shared::api::renewal::{INCOME_REPORTS, PostPreview, RENEWAL, RunRequest, StartReports};
use kokuho_shared::api::run::{RunKind, StartRun};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_ui::components::{Banner, Field, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

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

/// What can be started here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Run(RunKind),
    IncomeReports,
}

#[component]
fn Start(problem: RwSignal<Option<String>>) -> impl IntoView {
    let office = state::office();
    let navigate = use_navigate();
    let years = office
        .session()
        .map(|session| session.fiscal_years)
        .unwrap_or_default();
    let chosen = RwSignal::new(office.usual_year().unwrap_or_default());
    let busy = RwSignal::new(false);
    let code = office.session().map(|session| session.municipality);
    let code = StoredValue::new(code.unwrap_or_default());
    let provisional = Memo::new(move |_| {
        let known = code.with_value(|code| figures::parameters(code, chosen.get()));
        known.map_or(0, |known| known.instalments.value.provisional)
    });
    let start = move |wish: Wish| {
        let year = chosen.get_untracked();
        let name = era::fiscal_year(year);
        let question = match wish {
            Wish::Run(RunKind::Provisional) => format!(
                "{name}の仮算定を始めます。前年度の保険料がある市の全世帯に、最初の納期の額を決定し、調定します。よろしいですか？"
            ),
            Wish::Run(RunKind::Monthly) => format!(
                "{name}の月次賦課を始めます。決定の後に変わった世帯と、新しく加入した世帯を決定し、差額を調定します。よろしいですか？"
            ),
            Wish::IncomeReports => format!(
                "{name}の保険料の計算に要る所得が未申告または不明の人（加入者・世帯主など）に、所得申告書を発行します。期限までに回答がない人には、再度お願いします。よろしいですか？"
            ),
            Wish::Run(RunKind::Yearly) => format!(
                "{name}の年次賦課を始めます。市の全世帯を決定し、調定します。よろしいですか？"
            ),
        };
        if !confirmed(&question) {
            return;
        }
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match begun(wish, year).await {
                Ok(path) => navigate(&path, Default::default()),
                Err(failed) => {
                    office.heard(&failed);
                    problem.set(Some(failed.problem().message.clone()));
                }
            }
            busy.set(false);
        });
    };
    let (main, other) = (start.clone(), StoredValue::new(start));
    view! {
        <div class="buttons">
            <Field id="run-year" label="年度">
                <select id="run-year" class="input" on:change=move |event| {
                    if let Ok(year) = event_target_value(&event).parse() { chosen.set(year); }
                }>
                    {years.into_iter().rev().map(|year| view! {
                        <option value=year.to_string() selected=move || chosen.get() == year>{era::fiscal_year(year)}</option>
                    }).collect_view()}
                </select>
            </Field>
            <button type="button" class="button button-primary" id="start-run" disabled=move || busy.get()
                on:click=move |_| main(Wish::Run(RunKind::Yearly))>
                "年次賦課を始める"
            </button>
            <button type="button" class="button" id="start-monthly" disabled=move || busy.get()
                on:click=move |_| other.with_value(|start| start(Wish::Run(RunKind::Monthly)))>
                "月次賦課を始める（変わった世帯だけ）"
            </button>
            <button type="button" class="button" id="start-reports" disabled=move || busy.get()
                on:click=move |_| other.with_value(|start| start(Wish::IncomeReports))>
                "所得申告書を一括で発行"
            </button>
            <Show when=move || provisional.get() != 0>
                <button type="button" class="button" id="start-provisional" disabled=move || busy.get()
                    on:click=move |_| other.with_value(|start| start(Wish::Run(RunKind::Provisional)))>
                    {move || format!("仮算定を始める（最初の{}期）", provisional.get())}
                </button>
            </Show>
        </div>
    }
}

/// Where to look at what was begun or asked for.
async fn begun(wish: Wish, fiscal_year: FiscalYear) -> Result<String, api::Failed> {
    let Wish::Run(kind) = wish else {
        let path = format!("/api/income-reports/preview?fiscal_year={fiscal_year}");
        let preview: PostPreview = api::get(&path).await?;
        let letters = preview.letters;
        let wish = StartReports {
            fiscal_year,
            letters,
        };
        let _: RunRequest = api::post("/api/income-reports", &wish).await?;
        return Ok("/eligibility/renewals".into());
    };
    let wish = StartRun {
        fiscal_year,
        provisional: kind == RunKind::Provisional,
        monthly: kind == RunKind::Monthly,
    };
    let job: JobView = api::post("/api/runs", &wish).await?;
    Ok(job_path(&job))
}

/// Where a job is shown.
fn job_path(job: &JobView) -> String {
    let page = match job.kind.as_str() {
        RENEWAL | INCOME_REPORTS => "eligibility/renewals",
        _ => "assessment/runs",
    };
    format!("/{page}/{}", job.run_id)
}
