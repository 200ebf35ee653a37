//! 減免・軽減: what the household may claim, best first, and the applications with their decisions.

use super::amounts::Amounts;
use super::evidence::Evidence;
use super::relief_desk::Desk;
use super::relief_form::{Applying, Form};
use crate::case::{Messages, Open, reveal_reason};
use crate::figures;
use crate::words::{confirmed, month};
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::document::{DocumentView, IssueWish};
use kokuho_shared::api::relief::{ReliefCase, ReliefDecision, ReliefState};
use kokuho_shared::assessment::relief::rules::ReliefRule;
use kokuho_shared::assessment::trial::finder::{self, Candidate, What};
use kokuho_ui::components::{Field, described_by, typed};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Reliefs(
    shown: Open,
    open: RwSignal<Option<Open>>,
    amounts: Amounts,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let desk = Desk {
        household: shown.view.id,
        year: shown.view.fiscal_year,
        members: StoredValue::new(shown.view.members.clone()),
        rules: RwSignal::new(None),
        cases: RwSignal::new(None),
        open,
        said,
        office,
    };
    let session = office.session();
    let today = session
        .as_ref()
        .map(|session| session.today)
        .unwrap_or_default();
    let municipality = session
        .map(|session| session.municipality)
        .unwrap_or_default();
    let assessor = StoredValue::new(figures::assessor(&municipality, desk.year).ok());
    let found = Memo::new(move |_| {
        let rules = desk.rules.get()?;
        let household = amounts.preview.get().household;
        let rules: Vec<&ReliefRule> = rules.iter().collect();
        assessor.with_value(|assessor| {
            Some(finder::find(&household, assessor.as_ref()?, &rules, today))
        })
    });
    let applying = Applying::new(today);
    desk.load();
    view! {
        <div data-testid="reliefs">
            <h3>"減免・軽減（申請と、受けられるもの）"</h3>
            {move || desk.cases.get().map(|cases| view! { <Cases desk=desk cases=cases /> })}
            <p class="strong">"受けられるかもしれない軽減・減免（効果の大きい順）"</p>
            {move || found.get().map(|list| candidates(desk, applying, list))}
            {move || applying.rule.get().map(|rule| view! { <Form desk=desk rule=rule applying=applying /> })}
            {office.may(Action::IssueDocuments).then(|| view! { <Evidence desk=desk /> })}
        </div>
    }
}

fn candidates(desk: Desk, applying: Applying, list: Vec<Candidate>) -> AnyView {
    if list.is_empty() {
        return view! { <p class="muted">"ほかに受けられるものは見つかりません。"</p> }.into_any();
    }
    let may = state::office().may(Action::AcceptReliefs);
    let line = move |candidate: Candidate| {
        let who = candidate
            .person
            .as_deref()
            .map(|id| desk.name(id))
            .unwrap_or_default();
        let saves = match candidate.saves {
            Some(saves) => format!("年額 −{}", format::yen(saves, Lang::Ja)),
            None => "額は不明".to_owned(),
        };
        let needs = candidate.needs.join("、");
        let rule = match &candidate.what {
            What::Rule { id } => desk.rules.with_untracked(|rules| {
                rules.iter().flatten().find(|rule| rule.id == *id).cloned()
            }),
            _ => None,
        };
        let person = candidate.person.clone();
        let button = rule.filter(|_| may).map(|rule| {
            let label = format!("申請を受け付ける：{} {who}", rule.name);
            view! {
                <button type="button" class="button" aria-label=label
                    on:click=move |_| applying.begin(rule.clone(), person.clone())>"申請を受け付ける"</button>
            }
        });
        view! {
            <li data-testid="candidate">
                <span class="strong">{format!("{} {who}", candidate.name)}</span>
                {format!("　{saves}（{}）", candidate.note)}
                <br />{format!("必要なもの：{needs}")}
                {button}
            </li>
        }
    };
    view! { <ul class="story">{list.into_iter().map(line).collect_view()}</ul> }.into_any()
}

#[component]
fn Cases(desk: Desk, cases: Vec<ReliefCase>) -> impl IntoView {
    if cases.is_empty() {
        return view! { <p class="muted">"この年度の減免の申請はありません。"</p> }.into_any();
    }
    view! {
        <p class="strong">"申請"</p>
        {cases.into_iter().map(|case| view! { <Case desk=desk case=case /> }).collect_view()}
    }
    .into_any()
}

#[component]
fn Case(desk: Desk, case: ReliefCase) -> impl IntoView {
    let office = state::office();
    let own = office
        .session()
        .is_some_and(|session| session.login == case.created_by);
    let who = case
        .person_id
        .map(|id| desk.name(&id.to_string()))
        .unwrap_or_default();
    let rate = match (case.measured, case.percent) {
        (Some(measured), Some(percent)) => format!("割合 {measured}％ → 減免 {percent}％"),
        (None, Some(percent)) => format!("減免 {percent}％"),
        (Some(measured), None) => format!("割合 {measured}％（表に減免がないか、表がありません）"),
        (None, None) => String::new(),
    };
    let saves = case
        .saves
        .map(|saves| format!("　年額 −{}", format::yen(saves, Lang::Ja)));
    let facts = format!(
        "{} {who}　{}から{}まで　{rate}{}",
        case.name,
        month(case.from),
        month(case.until),
        saves.unwrap_or_default()
    );
    let decided = case
        .decided_by
        .as_ref()
        .map(|by| format!("（{by}　{}）", case.reason))
        .unwrap_or_default();
    let waits = case.state == ReliefState::Applied;
    let may_decide = office.may(Action::DecideReliefs);
    let missing = case.missing.clone();
    let told = matches!(
        case.state,
        ReliefState::Granted | ReliefState::Refused | ReliefState::Ended
    );
    let told = told && office.may(Action::IssueDocuments);
    view! {
        <div class="member" data-testid="relief-case">
            <p><span class="strong">{case.state.name()}</span>{format!("{decided}　{facts}")}</p>
            <p class="muted">{format!("事情：{}　受付：{}", case.grounds, case.created_by)}</p>
            {(waits && !missing.is_empty()).then(|| view! { <p class="field-error">{format!("まだないもの：{}", missing.join("、"))}</p> })}
            {(waits && own && may_decide).then(|| view! { <p class="muted">"申請を受け付けた本人は決定できません。別の係長が決定します。"</p> })}
            {(waits || (case.state == ReliefState::Granted && may_decide)).then(|| view! {
                <Steps desk=desk id=case.id state=case.state decides=may_decide && !own />
            })}
            {told.then(|| view! { <ReliefNotice desk=desk id=case.id /> })}
        </div>
    }
}

/// What can be done with an application.
#[component]
fn Steps(desk: Desk, id: i64, state: ReliefState, decides: bool) -> impl IntoView {
    let (reason, problem) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let send = move |to: ReliefState| {
        let question = format!(
            "この減免の申請を「{}」にします。よろしいですか？",
            to.name()
        );
        if !confirmed(&question) {
            return;
        }
        spawn_local(async move {
            let wish = ReliefDecision {
                state: to,
                reason: reason.get_untracked(),
            };
            match api::post::<_, Vec<ReliefCase>>(&format!("/api/reliefs/{id}/decision"), &wish)
                .await
            {
                Ok(cases) => desk.decided(cases, format!("減免を「{}」にしました", to.name())),
                Err(failed) => {
                    desk.office.heard(&failed);
                    problem.set(Some(failed.problem().message.clone()));
                }
            }
        });
    };
    let field = format!("relief-reason-{id}");
    let help = described_by(&field);
    let input = field.clone();
    let mut steps = Vec::new();
    match state {
        ReliefState::Applied if decides => {
            steps.extend([
                ReliefState::Granted,
                ReliefState::Refused,
                ReliefState::Withdrawn,
            ]);
        }
        ReliefState::Applied => steps.push(ReliefState::Withdrawn),
        _ if decides => steps.push(ReliefState::Ended),
        _ => {}
    }
    let button = move |to: ReliefState| {
        view! { <button type="button" class="button" on:click=move |_| send(to)>{to.name()}</button> }
    };
    view! {
        <Field id=field label="理由（承認のほかは必要）" error=problem>
            <input id=input class="input" type="text" aria-describedby=help prop:value=move || reason.get()
                on:input=move |event| reason.set(typed(&event)) />
        </Field>
        <div class="buttons">{steps.into_iter().map(button).collect_view()}</div>
    }
}

/// 決定通知書: issued once, and opened from then on.
#[component]
fn ReliefNotice(desk: Desk, id: i64) -> impl IntoView {
    let number = RwSignal::new(None::<String>);
    let reason = reveal_reason();
    let issue = move |_| {
        let wish = IssueWish {
            reveal_reason: reason.get(),
        };
        spawn_local(async move {
            let path = format!("/api/reliefs/{id}/notice");
            match api::post::<_, DocumentView>(&path, &wish).await {
                Ok(document) => {
                    number.try_set(Some(document.number));
                }
                Err(failed) => desk.said.failed(desk.office, failed),
            }
        });
    };
    view! {
        <div class="buttons">
            <button type="button" class="button" on:click=issue>"減免の決定通知書を発行"</button>
            {move || number.get().map(|number| view! {
                <a href=format!("/api/documents/{number}") target="_blank" rel="noopener" data-testid="relief-notice">
                    {format!("決定通知書 {number} を開く")}
                </a>
            })}
        </div>
    }
}
