//! 世帯の画面: who, when, how much, why — on one page.

use super::documents::Documents;
use super::facilities::Facilities;
use super::header::{self, HouseholdHeader};
use super::member::MemberFields;
use super::notifications::{NotificationForm, Notifications};
use super::numbers::Numbers;
use super::open::{MESSAGES, Messages, Open, RevealReason};
use super::protection::{Band, Measures};
use super::save::Save;
use super::students::Students;
use super::timeline::Story;
use crate::api::{self, Failed};
use crate::assessment::premium::PremiumPane;
use crate::linkage::inquiries::Inquiries;
use crate::state;
use kokuho_shared::access::Action;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::ids::HouseholdId;
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn HouseholdPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let office = state::office();
    let asked = Memo::new(move |_| {
        let id: Option<HouseholdId> = params.read().get("id").and_then(|id| id.parse().ok());
        let year = query
            .read()
            .get("fiscal_year")
            .and_then(|year| year.parse().ok());
        id.zip(year.or(office.usual_year()))
    });
    let open = RwSignal::new(None::<Open>);
    let said = Messages::new();
    let reason = RwSignal::new(String::new());
    provide_context(RevealReason(reason));
    let today = office
        .session()
        .map(|session| session.today)
        .unwrap_or_default();
    let kept = Kept {
        notice: NotificationForm::new(today),
        inquiries: RwSignal::new(false),
    };
    // Another household: what was typed for this one is not its own.
    Effect::new(move |before: Option<Option<HouseholdId>>| {
        let now = asked.get().map(|(id, _)| id);
        if before.is_some_and(|before| before != now) {
            kept.notice.clear();
            reason.set(String::new());
        }
        now
    });
    let load = move |asked_now: Option<(HouseholdId, FiscalYear)>| {
        let Some((id, year)) = asked_now else {
            return;
        };
        spawn_local(async move {
            let path = format!("/api/households/{id}?fiscal_year={year}");
            let answer = api::get::<HouseholdView>(&path).await;
            // Another household or year was asked for meanwhile, or the screen was left.
            if asked.try_get_untracked() != Some(asked_now) {
                return;
            }
            match answer {
                Ok(view) => {
                    said.clear();
                    state::entered(&format!("世帯 {}", view.number));
                    open.set(Some(Open::new(view)));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    Effect::new(move |_| load(asked.get()));
    // What was done is said beside whatever part of the page one looks at.
    Effect::new(move |_| {
        if let Some(text) = said.done.get() {
            office.toasts.say(text);
        }
    });
    view! {
        <div id=MESSAGES tabindex="-1">
            {move || said.problem.get().map(|failed| problem(failed, move || load(asked.get_untracked())))}
        </div>
        {move || match open.get() {
            Some(shown) => view! { <Household shown=shown open=open said=said kept=kept /> }.into_any(),
            None => view! { <Waiting asked=asked said=said /> }.into_any(),
        }}
    }
}

/// Before there is a household to show.
#[component]
fn Waiting(asked: Memo<Option<(HouseholdId, FiscalYear)>>, said: Messages) -> impl IntoView {
    state::titled("世帯");
    view! {
        <h1 id=state::HEADING tabindex="-1">"世帯"</h1>
        <p role="status">{move || match (asked.get(), said.problem.get()) {
            (None, _) => "世帯の番号か年度が正しくありません。検索から開いてください。",
            (Some(_), Some(_)) => "世帯を表示できません。検索からもう一度開いてください。",
            (Some(_), None) => "読み込んでいます…",
        }}</p>
        <p><a href="/search">"検索へ"</a></p>
    }
}

fn problem(failed: Failed, reload: impl Fn() + Send + 'static) -> impl IntoView {
    let conflict = matches!(failed, Failed::Conflict(_));
    let message = failed.problem().message.clone();
    view! {
        <Banner tone=Tone::Error>
            <p data-testid="problem">{message}</p>
            {conflict.then(|| view! {
                <button type="button" class="button" on:click=move |_| reload()>"読み直す（入力は失われます）"</button>
            })}
        </Banner>
    }
}

/// What the page keeps while its household is read again.
#[derive(Clone, Copy)]
struct Kept {
    notice: NotificationForm,
    /// Whether the inquiries are shown.
    inquiries: RwSignal<bool>,
}

#[component]
fn Household(
    shown: Open,
    open: RwSignal<Option<Open>>,
    said: Messages,
    kept: Kept,
) -> impl IntoView {
    let today = state::office()
        .session()
        .map(|session| session.today)
        .unwrap_or_default();
    let changed = header::changed(&shown, kept.notice);
    let may_protect = state::office().may(Action::Protect);
    let may_inquire = state::office().may(Action::Inquire);
    let may_accept = state::office().may(Action::AcceptNotifications);
    let may_edit = state::office().may(Action::EditFacts);
    let income_year = era::year(shown.view.fiscal_year.income_year());
    let fields = shown.drafts.clone();
    let fiscal_year = shown.view.fiscal_year;
    view! {
        <HouseholdHeader shown=shown.clone() changed=changed />
        <Band shown=shown.clone() />
        <div class="two-pane">
            <section aria-labelledby="facts-heading">
                <h2 id="facts-heading">{format!("世帯の人と{income_year}中の所得")}</h2>
                {fields.into_iter().map(|draft| view! { <MemberFields draft=draft today=today fiscal_year=fiscal_year /> }).collect_view()}
                {may_accept.then(|| view! { <Notifications shown=shown.clone() open=open changed=changed said=said draft=kept.notice /> })}
                {may_inquire.then(|| view! { <Inquiries shown=shown.clone() open=open changed=changed said=said opened=kept.inquiries /> })}
                <Story shown=shown.clone() />
                <Documents shown=shown.clone() open=open said=said />
                <Facilities shown=shown.clone() said=said />
                <Students shown=shown.clone() open=open said=said />
                {state::office().may(Action::BindNumbers).then(|| view! { <Numbers shown=shown.clone() said=said /> })}
                {may_protect.then(|| view! { <Measures shown=shown.clone() open=open said=said /> })}
                {may_edit.then(|| view! { <Save shown=shown.clone() open=open changed=changed said=said /> })}
            </section>
            <PremiumPane shown=shown open=open changed=changed said=said />
        </div>
    }
}
