//! 発送前の点検と承認: what the second calculation and last year say, and who releases the run.

use crate::dom::is_open;
use crate::jobs::figures::{agreement, figures, signed, yen};
use crate::jobs::standing::standing;
use crate::listing::Listing;
use crate::words::moment;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::job::JobState;
use kokuho_shared::api::review::{CheckFinding, CheckOutcome, FindingKind, Release, ReleaseRun};
use kokuho_shared::api::run::RunView;
use kokuho_shared::ids::RunId;
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// `send` posts a command that answers with a job; `reload` shows the run as it is now.
pub fn review(
    run: &RunView,
    send: impl Fn(String) + Copy + Send + 'static,
    reload: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let office = state::office();
    let id = run.job.run_id;
    let start = move |word: &'static str| {
        let may = office.may(Action::RunYear);
        may.then(|| {
            view! {
                <div class="buttons">
                    <button type="button" class="button button-primary" id="start-check"
                        on:click=move |_| send(format!("/api/runs/{id}/check"))>{word}</button>
                </div>
            }
        })
    };
    let body = match &run.check {
        None => view! {
            <p>"すべての決定を、法令の文から別に書いた計算でもう一度計算し、前年度の決定と比べます。発送前に、始めた人とは別の係長が確かめて承認します。"</p>
            {start("発送前の点検を始める")}
        }
        .into_any(),
        Some(check) if check.state != JobState::Done => standing(check, send),
        Some(_) => {
            let outcome = run.check_outcome.clone().unwrap_or_default();
            let again = run.release.is_none().then(|| start("点検をやり直す"));
            view! {
                {checked(id, &outcome)}
                {match run.release.clone() {
                    Some(release) => released(release).into_any(),
                    None => view! { <Approve run=id starter=run.job.created_by.clone() outcome=outcome reload=reload /> }.into_any(),
                }}
                {again}
            }
            .into_any()
        }
    };
    view! {
        <section aria-labelledby="review-heading">
            <h2 id="review-heading">"発送前の点検と承認"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn checked(run: RunId, outcome: &CheckOutcome) -> impl IntoView + use<> {
    let count = |count: i64| format!("{}世帯", format::number(count));
    let difference = outcome.this_year_total - outcome.last_year_total;
    let mut list = vec![
        (
            "検算した決定",
            format!("{}件", format::number(outcome.decisions)),
        ),
        ("前年度の決定がある世帯", count(outcome.compared)),
    ];
    if outcome.compared > 0 {
        list.push(("前年度の合計", yen(outcome.last_year_total)));
        list.push(("今年度の合計", yen(outcome.this_year_total)));
        list.push(("差", signed(difference)));
        let causes = outcome.causes.iter();
        list.extend(causes.map(|total| (total.cause.name(), signed(total.yen))));
    }
    let numbers = [
        (FindingKind::Second, outcome.second),
        (FindingKind::Anomaly, outcome.anomalies),
        (FindingKind::UnknownIncome, outcome.unknown_incomes),
        (FindingKind::OpenInquiry, outcome.open_inquiries),
    ];
    view! {
        {agreement(
            outcome.agrees(),
            "検算は、すべての決定で同じ額になりました",
            "検算と違う決定があります。発送できません。システム管理者に知らせてください",
        )}
        {figures(list)}
        {numbers.map(|(sort, number)| view! { <Listed run=run sort=sort number=number /> }).collect_view()}
    }
}

/// The households that are listed for one reason; fetched when somebody opens it.
#[component]
fn Listed(run: RunId, sort: FindingKind, number: i64) -> impl IntoView {
    let office = state::office();
    let found = RwSignal::new(None::<Vec<CheckFinding>>);
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    // The next part of the list, after what is shown.
    let more = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let after = found.with_untracked(|found| found.as_ref().map_or(0, Vec::len));
        spawn_local(async move {
            let path = format!("/api/runs/{run}/check/{}?after={after}", sort.key());
            match api::get::<Vec<CheckFinding>>(&path).await {
                Ok(list) => {
                    found.try_update(|found| found.get_or_insert_default().extend(list));
                }
                Err(failed) => {
                    office.heard(&failed);
                    problem.try_set(Some(failed.problem().message.clone()));
                }
            }
            busy.try_set(false);
        });
    };
    let toggled = move |event: web_sys::Event| {
        if is_open(&event) && found.with_untracked(Option::is_none) {
            more();
        }
    };
    let title = format!("{}（{}世帯）", sort.name(), format::number(number));
    if number == 0 {
        return view! { <p class="muted">{format!("{}: ありません", sort.name())}</p> }.into_any();
    }
    view! {
        <details class="measures" data-testid=sort.key() on:toggle=toggled>
            <summary>{title}</summary>
            {move || problem.get().map(|text| view! { <p class="field-error">{text}</p> })}
            {move || found.get().map(|list| {
                let rest = number - i64::try_from(list.len()).unwrap_or(0);
                view! {
                    {table(sort, list)}
                    {(rest > 0).then(|| view! {
                        <p><button type="button" class="button" disabled=move || busy.get() on:click=move |_| more()>
                            {format!("続きを表示（あと{}世帯）", format::number(rest))}
                        </button></p>
                    })}
                }
            })}
        </details>
    }
    .into_any()
}

fn table(sort: FindingKind, list: Vec<CheckFinding>) -> impl IntoView {
    let row = |finding: CheckFinding| {
        let link = format!("/households/{}/premium", finding.household_id);
        let amount = match finding.amount {
            0 => String::new(),
            amount => signed(amount),
        };
        view! {
            <tr>
                <th scope="row"><a class="found-link" href=link>{format!("世帯 {}", finding.household_number)}</a></th>
                <td class="num">{amount}</td>
                <td>{finding.reason}</td>
            </tr>
        }
    };
    view! {
        <Listing label=sort.name()>
            <table class="grid-table wide-table">
                <thead><tr><th scope="col">"世帯"</th><th scope="col" class="num">"差"</th><th scope="col">"理由"</th></tr></thead>
                <tbody>{list.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

fn released(release: Release) -> impl IntoView {
    let text = format!(
        "{} に {} が承認しました。{}",
        moment(&release.released_at),
        release.released_by,
        release.note
    );
    view! { <Banner tone=Tone::Success><p data-testid="released">{text}</p></Banner> }
}

/// 承認 by somebody else than who started the run.
#[component]
fn Approve(
    run: RunId,
    starter: String,
    outcome: CheckOutcome,
    reload: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let office = state::office();
    let own = office
        .session()
        .is_some_and(|session| session.login == starter);
    if !office.may(Action::ReleaseRun) || !outcome.agrees() {
        return ().into_any();
    }
    if own {
        let text = "年次賦課を始めた本人は承認できません。別の係長がサインインして、この画面で承認してください。";
        return view! { <Banner tone=Tone::Info><p data-testid="own-run">{text}</p></Banner> }
            .into_any();
    }
    let (note, problem) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    let send = move |_| {
        busy.set(true);
        spawn_local(async move {
            let wish = ReleaseRun {
                note: note.get_untracked(),
            };
            let path = format!("/api/runs/{run}/release");
            match api::post::<_, Release>(&path, &wish).await {
                Ok(_) => reload(),
                Err(failed) => {
                    office.heard(&failed);
                    problem.set(Some(failed.problem().message.clone()));
                }
            }
            busy.try_set(false);
        });
    };
    let hint = "一覧の何を確かめ、どう判断したかを書きます。承認すると通知書を作成できます。";
    view! {
        <Field id="release-note" label="確かめた内容" hint=hint error=problem>
            <textarea id="release-note" class="input" rows="3" aria-describedby=described_by("release-note")
                prop:value=move || note.get() on:input=move |event| note.set(typed(&event))></textarea>
        </Field>
        <div class="buttons">
            <button type="button" class="button button-primary" id="release-run" disabled=move || busy.get() on:click=send>
                "発送を承認する"
            </button>
        </div>
    }
    .into_any()
}
