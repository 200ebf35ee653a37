//! 処理の開始: what a run would do stands there before it is started.

use super::list::job_path;
use crate::figures;
use crate::jobs::question::{Asked, Question};
use crate::{api, state};
use kokuho_shared::api::job::JobView;
use kokuho_shared::api::renewal::{PostPreview, RunPreview, RunRequest, StartReports};
use kokuho_shared::api::run::{RunKind, StartRun};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_ui::components::Field;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// What can be started here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Run(RunKind),
    IncomeReports,
}

/// What somebody is about to start: the year, the question, and how many letters it would issue.
#[derive(Clone)]
struct Ready {
    wish: Wish,
    year: FiscalYear,
    asked: Asked,
    letters: i64,
}

#[component]
pub fn Start(problem: RwSignal<Option<String>>) -> impl IntoView {
    let office = state::office();
    let navigate = use_navigate();
    let chosen = RwSignal::new(office.usual_year().unwrap_or_default());
    let (busy, ready) = (RwSignal::new(false), RwSignal::new(None::<Ready>));
    let failed = move |failed: &api::Failed| {
        office.heard(failed);
        problem.try_set(Some(failed.problem().message.clone()));
    };
    let ask = Callback::new(move |wish: Wish| {
        let year = chosen.get_untracked();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match counted(wish, year).await {
                Ok(found) => {
                    ready.try_set(Some(found));
                }
                Err(why) => failed(&why),
            }
            busy.try_set(false);
        });
    });
    let yes = Callback::new(move |()| {
        let Some(wanted) = ready.get_untracked() else {
            return;
        };
        ready.set(None);
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match begun(wanted).await {
                Ok(path) => navigate(&path, Default::default()),
                Err(why) => failed(&why),
            }
            busy.try_set(false);
        });
    });
    let no = Callback::new(move |()| ready.set(None));
    view! {
        <Choices chosen=chosen busy=busy ask=ask />
        {move || ready.get().map(|ready| view! { <Question asked=ready.asked yes=yes no=no /> })}
    }
}

#[component]
fn Choices(
    chosen: RwSignal<FiscalYear>,
    busy: RwSignal<bool>,
    ask: Callback<Wish>,
) -> impl IntoView {
    let session = state::office().session();
    let years = session
        .as_ref()
        .map(|session| session.fiscal_years.clone())
        .unwrap_or_default();
    let code = StoredValue::new(
        session
            .map(|session| session.municipality)
            .unwrap_or_default(),
    );
    let provisional = Memo::new(move |_| {
        let known = code.with_value(|code| figures::parameters(code, chosen.get()));
        known.map_or(0, |known| known.instalments.value.provisional)
    });
    let button = move |id: &'static str, class: &'static str, wish: Wish, text: &'static str| {
        view! { <button type="button" class=class id=id disabled=busy on:click=move |_| ask.run(wish)>{text}</button> }
    };
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
            {button("start-run", "button button-primary", Wish::Run(RunKind::Yearly), "年次賦課を始める")}
            {button("start-monthly", "button", Wish::Run(RunKind::Monthly), "月次賦課を始める（変わった世帯だけ）")}
            {button("start-reports", "button", Wish::IncomeReports, "所得申告書を一括で発行")}
            <Show when=move || provisional.get() != 0>
                <button type="button" class="button" id="start-provisional" disabled=busy on:click=move |_| ask.run(Wish::Run(RunKind::Provisional))>
                    {move || format!("仮算定を始める（最初の{}期）", provisional.get())}
                </button>
            </Show>
        </div>
    }
}

/// What is known before it is started.
async fn counted(wish: Wish, year: FiscalYear) -> Result<Ready, api::Failed> {
    let name = era::fiscal_year(year);
    let Wish::Run(kind) = wish else {
        let preview: PostPreview =
            api::get(&format!("/api/income-reports/preview?fiscal_year={year}")).await?;
        let question = format!(
            "{name}の保険料の計算に要る所得が未申告または不明の人に、所得申告書を発行します。期限までに回答がない人には、再度お願いします。"
        );
        let asked = Asked::of_post(question, &preview);
        return Ok(Ready {
            wish,
            year,
            asked,
            letters: preview.letters,
        });
    };
    let start = start_of(kind, year);
    let path = format!(
        "/api/runs/preview?fiscal_year={year}&provisional={}&monthly={}",
        start.provisional, start.monthly
    );
    let preview: RunPreview = api::get(&path).await?;
    let question = match kind {
        RunKind::Provisional => format!(
            "{name}の仮算定を始めます。前年度の保険料がある市の全世帯に、最初の納期の額を決定し、調定します。"
        ),
        RunKind::Monthly => format!(
            "{name}の月次賦課を始めます。決定の後に変わった世帯と、新しく加入した世帯を決定し、差額を調定します。"
        ),
        RunKind::Yearly => format!("{name}の年次賦課を始めます。市の全世帯を決定し、調定します。"),
    };
    let asked = Asked::of_run(question, &preview);
    Ok(Ready {
        wish,
        year,
        asked,
        letters: 0,
    })
}

fn start_of(kind: RunKind, fiscal_year: FiscalYear) -> StartRun {
    StartRun {
        fiscal_year,
        provisional: kind == RunKind::Provisional,
        monthly: kind == RunKind::Monthly,
    }
}

/// Where to look at what was begun or asked for.
async fn begun(ready: Ready) -> Result<String, api::Failed> {
    let Wish::Run(kind) = ready.wish else {
        let wish = StartReports {
            fiscal_year: ready.year,
            letters: ready.letters,
        };
        let _: RunRequest = api::post("/api/income-reports", &wish).await?;
        return Ok("/eligibility/renewals".into());
    };
    let job: JobView = api::post("/api/runs", &start_of(kind, ready.year)).await?;
    Ok(job_path(&job))
}
