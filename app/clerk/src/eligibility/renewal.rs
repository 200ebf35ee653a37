//! 証の一斉更新: start one, see how far it is, and print what it made.

use super::renewal_start::Start;
use crate::correspondence::batches::Batches;
use crate::events::Stream;
use crate::jobs::figures::figures;
use crate::jobs::findings::findings;
use crate::jobs::requests::Requests;
use crate::jobs::standing::standing;
use crate::jobs::table::table;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::{JobState, JobView};
use kokuho_shared::api::renewal::{RENEWAL, RenewalOutcome, RenewalView};
use kokuho_shared::era;
use kokuho_shared::ids::RunId;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

const TITLE: &str = "証の一斉更新";

#[component]
pub fn RenewalsPage() -> impl IntoView {
    let office = state::office();
    let (jobs, problem) = (
        RwSignal::new(None::<Vec<JobView>>),
        RwSignal::new(None::<String>),
    );
    let again = RwSignal::new(0u32);
    state::entered(TITLE);
    spawn_local(async move {
        match api::get::<Vec<JobView>>("/api/renewals").await {
            Ok(list) => jobs.set(Some(list)),
            Err(failed) => {
                office.heard(&failed);
                problem.set(Some(failed.problem().message.clone()));
            }
        }
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">{TITLE}</h1>
        <p>"選んだ日に有効な証がない人の全員に、その日から使う資格確認書（書留）か資格情報のお知らせ（普通郵便）を作成します。今の証は有効期限まで使えます。負担割合が決まらない人などは、理由とともに残ります。"</p>
        {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p data-testid="run-problem">{text}</p></Banner> })}
        {office.may(Action::RenewPapers).then(|| view! {
            <Start problem=problem again=again />
            <Requests again=again />
        })}
        <h2>"これまでの処理"</h2>
        {move || jobs.get().map(|jobs| table(jobs, job_path))}
    }
}

#[derive(Clone, Copy)]
struct Screen {
    office: state::Office,
    id: RunId,
    seen: RwSignal<Option<RenewalView>>,
    problem: RwSignal<Option<String>>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

impl Screen {
    fn load(self) {
        spawn_local(async move {
            match api::get::<RenewalView>(&format!("/api/renewals/{}", self.id)).await {
                Ok(view) if !self.seen.is_disposed() => {
                    let running = view.job.state == JobState::Running;
                    // The window is named after the kind once it is known.
                    if self.seen.with_untracked(Option::is_none) && view.job.kind != RENEWAL {
                        state::entered(&format!("{} {}", view.job.name, self.id));
                    }
                    self.seen.set(Some(view));
                    if running {
                        self.follow();
                    }
                }
                Ok(_) => {}
                Err(failed) => self.failed(&failed),
            }
        });
    }

    fn failed(self, failed: &api::Failed) {
        self.office.heard(failed);
        self.problem.set(Some(failed.problem().message.clone()));
    }

    /// Sends a command that answers with the job, and shows what came of it.
    fn send(self, path: String) {
        self.problem.set(None);
        spawn_local(async move {
            match api::post::<_, JobView>(&path, &()).await {
                Ok(_) => self.load(),
                Err(failed) => self.failed(&failed),
            }
        });
    }

    fn follow(self) {
        let heard = move |now: JobView| {
            let running = now.state == JobState::Running;
            if !running {
                self.load();
            }
            self.seen.update(|seen| {
                if let Some(view) = seen {
                    view.job = now;
                }
            });
            running
        };
        let lost = move || {
            let text = "進捗を受け取れません。画面を読み直してください。処理は続いています。";
            self.problem.set(Some(text.into()));
        };
        let path = format!("/api/renewals/{}/events", self.id);
        let stream = Stream::open::<JobView>(&path, heard, lost);
        self.stream.try_set_value(stream);
    }
}

#[component]
pub fn RenewalPage() -> impl IntoView {
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse().ok());
    let Some(id) = id else {
        state::entered(TITLE);
        return view! {
            <h1 id=state::HEADING tabindex="-1">{TITLE}</h1>
            <p>"番号が正しくありません。"<a href="/eligibility/renewals">"一覧へ"</a></p>
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
    state::entered(&format!("{TITLE} {id}"));
    screen.load();
    view! {
        <h1 id=state::HEADING tabindex="-1">{move || {
            let name = screen.seen.with(|seen| seen.as_ref().map(|view| view.job.name.clone()));
            format!("{} {id}", name.as_deref().unwrap_or(TITLE))
        }}</h1>
        {move || screen.problem.get().map(|text| view! { <Banner tone=Tone::Error><p data-testid="run-problem">{text}</p></Banner> })}
        {move || screen.seen.get().map(|view| shown(screen, view))}
        <p><a href="/eligibility/renewals">"これまでの処理へ"</a></p>
    }
    .into_any()
}

fn shown(screen: Screen, renewal: RenewalView) -> impl IntoView {
    let job = renewal.job;
    let renews = job.kind == RENEWAL;
    let about = match job.for_day {
        Some(day) => format!("{}から使う証", era::format(day)),
        None => era::fiscal_year(job.fiscal_year),
    };
    let done = job.state == JobState::Done;
    view! {
        <p>{format!("{about}　{}が開始", job.created_by)}</p>
        {standing(&job, move |path| screen.send(path))}
        {renewal.outcome.map(|outcome| match renews {
            true => renewal_outcome(outcome).into_any(),
            false => reports_outcome(outcome).into_any(),
        })}
        {(done && screen.office.may(Action::RenewPapers)).then(|| view! { <Batches run=screen.id kind="renewals" /> })}
        {(!renewal.findings.is_empty()).then(|| findings(renewal.findings.clone()))}
    }
}

fn reports_outcome(outcome: RenewalOutcome) -> impl IntoView {
    let count = |count: i64| format!("{}通", format::number(count));
    figures(vec![
        ("所得申告書", count(outcome.reports)),
        ("うち再度のお願い", count(outcome.reminded)),
        (
            "回答や照会の結果を待っている人",
            format!("{}人", format::number(outcome.kept)),
        ),
        (
            "除いた世帯",
            format!("{}世帯", format::number(outcome.left_out)),
        ),
        ("印刷単位", format::number(outcome.batches)),
    ])
}

fn renewal_outcome(outcome: RenewalOutcome) -> impl IntoView {
    let count = |count: i64| format!("{}通", format::number(count));
    figures(vec![
        ("資格確認書（書留）", count(outcome.certificates)),
        ("資格情報のお知らせ（普通）", count(outcome.notices)),
        (
            "今の証が続く人",
            format!("{}人", format::number(outcome.kept)),
        ),
        (
            "除いた世帯",
            format!("{}世帯", format::number(outcome.left_out)),
        ),
        ("印刷単位", format::number(outcome.batches)),
    ])
}

/// Where a job is shown.
fn job_path(job: &JobView) -> String {
    format!("/eligibility/renewals/{}", job.id)
}
