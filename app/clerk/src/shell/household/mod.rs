//! 世帯の画面: one household, its sections each at an address of their own, the amount always in sight.

mod header;
mod nav;
pub mod sections;
mod unsure;

use crate::api::{self, Failed};
use crate::assessment::premium::Amounts;
use crate::case::{Case, MESSAGES, Messages, Open, RevealReason};
use crate::eligibility::edit_panel::EditPanel;
use crate::eligibility::notifications::NotificationForm;
use crate::eligibility::protection::Band;
use crate::room::Section;
use crate::{dom, state};
use header::HouseholdHeader;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};
use nav::SectionNav;
use unsure::Unsure;

type Asked = Option<(HouseholdId, FiscalYear)>;

/// The place of the section in the address among all; nothing where there is none of that name.
type Place = Memo<Option<usize>>;

/// The heading of a section.
const SECTION: &str = "section-heading";

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
    let place = Memo::new(move |_| {
        let key = params.read().get("section").unwrap_or_default();
        sections::of(office)
            .iter()
            .position(|section| key.is_empty() || section.key == key)
    });
    let open = RwSignal::new(None::<Open>);
    let said = Messages::new();
    let kept = Kept::new(office);
    provide_context(RevealReason(kept.reason));
    kept.belong_to(asked);
    Effect::new(move |_| load(asked.get(), asked, open, said));
    on_cleanup(move || office.unsure.set(None));
    // Another household was opened in another way.
    Effect::new(move |_| {
        let here = asked.get().map(|(id, _)| id);
        if office.unsure.get_untracked() != here {
            office.unsure.set(None);
        }
    });
    // What was done is said beside whatever part of the page one looks at.
    Effect::new(move |_| {
        if let Some(text) = said.done.get() {
            office.toasts.say(text);
        }
    });
    let again = move || load(asked.get_untracked(), asked, open, said);
    view! {
        {move || match open.get() {
            Some(shown) => view! { <Household shown=shown open=open said=said kept=kept place=place again=again /> }.into_any(),
            None => view! {
                <div id=MESSAGES tabindex="-1">{move || said.problem.get().map(|failed| problem(failed, again))}</div>
                <Waiting asked=asked said=said />
            }.into_any(),
        }}
    }
}

fn load(asked_now: Asked, asked: Memo<Asked>, open: RwSignal<Option<Open>>, said: Messages) {
    let Some((id, year)) = asked_now else {
        return;
    };
    let office = state::office();
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
                let head = view.members.iter().find(|member| member.head);
                let name = head.map(|head| head.name.clone()).unwrap_or_default();
                let label = format!("{name} 世帯 {}", view.number);
                state::entered(&label);
                office.opened(view.id, label);
                open.set(Some(Open::new(view)));
            }
            Err(failed) => said.failed(office, failed),
        }
    });
}

/// Before there is a household to show.
#[component]
fn Waiting(asked: Memo<Asked>, said: Messages) -> impl IntoView {
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
    notification: NotificationForm,
    reason: RwSignal<String>,
    editing: RwSignal<Option<PersonId>>,
}

impl Kept {
    fn new(office: state::Office) -> Kept {
        let today = office.session().map(|session| session.today);
        Kept {
            notification: NotificationForm::new(today.unwrap_or_default()),
            reason: RwSignal::new(String::new()),
            editing: RwSignal::new(None),
        }
    }

    /// Another household or year: what was typed for this one is not its own.
    fn belong_to(self, asked: Memo<Asked>) {
        Effect::new(move |before: Option<Asked>| {
            let now = asked.get();
            let household = |asked: Asked| asked.map(|(id, _)| id);
            if before.is_some_and(|before| household(before) != household(now)) {
                self.notification.clear();
                self.reason.set(String::new());
            }
            if before.is_some_and(|before| before != now) {
                self.editing.set(None);
            }
            now
        });
    }
}

#[component]
fn Household(
    shown: Open,
    open: RwSignal<Option<Open>>,
    said: Messages,
    kept: Kept,
    place: Place,
    again: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let office = state::office();
    provide_context(kept.notification);
    let changed = header::changed(&shown, kept.notification);
    let municipality = office.session().map(|session| session.municipality);
    let amounts = Amounts::of(&shown, &municipality.unwrap_or_default(), changed);
    provide_context(amounts);
    let case = Case {
        shown,
        open,
        changed,
        said,
        editing: kept.editing,
    };
    let editing = Memo::new(move |_| kept.editing.get().is_some());
    let (bar, nav, band, panel) = (case.clone(), case.clone(), case.shown.clone(), case.clone());
    view! {
        <div class="case" class:case-editing=editing>
            <div class="case-top">
                <HouseholdHeader case=bar />
                <div id=MESSAGES tabindex="-1">
                    {move || said.problem.get().map(|failed| problem(failed, again))}
                </div>
            </div>
            <Unsure view=band.view.clone() />
            <Band shown=band />
            <div class="case-body">
                <SectionNav case=nav place=place />
                <div class="case-section">{move || section(place.get(), &case)}</div>
                <Show when=move || editing.get()><EditPanel case=panel.clone() /></Show>
            </div>
        </div>
    }
}

/// A section below its heading.
fn section(place: Option<usize>, case: &Case) -> AnyView {
    let office = state::office();
    let found: Option<&'static Section> =
        place.and_then(|place| sections::of(office).get(place).copied());
    let Some(section) = found else {
        return view! {
            <h2 id=SECTION tabindex="-1">"この画面はありません"</h2>
            <p><a href=case.path("overview")>"概要へ"</a></p>
        }
        .into_any();
    };
    if dom::is_there(SECTION) {
        dom::focus(SECTION);
    }
    view! {
        <section aria-labelledby=SECTION data-testid=format!("section-{}", section.key)>
            <h2 id=SECTION tabindex="-1">{section.label}</h2>
            {(section.view)(case.clone())}
        </section>
    }
    .into_any()
}
