//! 世帯の見出し: whose page this is; it stays in sight.

use crate::assessment::premium::{Standing, StateTags};
use crate::case::{Case, Open, draft};
use crate::eligibility::notifications::NotificationForm;
use crate::state;
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::ids::HouseholdId;
use kokuho_ui::components::{Field, described_by};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

#[component]
pub fn HouseholdHeader(case: Case) -> impl IntoView {
    let view = case.shown.view.clone();
    let today = state::office().session().map(|session| session.today);
    let day = today.unwrap_or_default();
    let head = view.members.iter().find(|member| member.head);
    let head = head
        .map_or("（世帯主なし）", |head| head.name.as_str())
        .to_owned();
    let insured = insured_on(&view, day);
    view! {
        <header class="household-header">
            <div class="case-who">
                <h1 id=state::HEADING tabindex="-1">{format!("{head} 様の世帯")}</h1>
                <Standing />
                <p class="case-tags"><Tags view=view.clone() /><StateTags /></p>
            </div>
            <div class="case-facts">
                <p>{format!("世帯番号 {}", view.number)}</p>
                <p>{format!("{} {}", view.postcode.or_word(), view.address.or_word())}</p>
                <p>{format!("{}人（加入 {insured}人）", here_on(&view, day))}</p>
                <Year household=view.id year=view.fiscal_year changed=case.changed />
                <Acts case=case />
            </div>
        </header>
    }
}

/// What has to be known of the household whatever one does with it.
#[component]
fn Tags(view: HouseholdView) -> impl IntoView {
    let guarded = (view.protected || view.by_hand).then_some("支援措置");
    let undeclared = view.members.iter().filter(|member| {
        member.eligibility.is_some() && member.income_status != IncomeStatus::Known
    });
    let (undeclared, open) = (undeclared.count(), view.open_inquiries);
    view! {
        {guarded.map(|word| view! { <span class="tag tag-red">{word}</span> })}
        {(open > 0).then(|| view! { <span class="tag tag-blue">{format!("照会中 {open}件")}</span> })}
        {(undeclared > 0).then(|| view! { <span class="tag tag-amber">{format!("所得 未申告・不明 {undeclared}人")}</span> })}
    }
}

/// What is done most often, each with its key.
#[component]
fn Acts(case: Case) -> impl IntoView {
    let office = state::office();
    let edits = office.may(Action::EditFacts);
    let word = if edits {
        "所得・資格を直す"
    } else {
        "試しに計算"
    };
    let notify = office.may(Action::AcceptNotifications);
    let path = case.path("notification");
    view! {
        <div class="case-acts">
            {notify.then(|| view! {
                <A href=path attr:class="button" attr:data-single="n" attr:aria-keyshortcuts="n" scroll=false>"届出"</A>
            })}
            <button type="button" class="button" id="edit-facts" data-single="e" aria-keyshortcuts="e"
                on:click=move |_| case.edit(None)>{word}</button>
        </div>
    }
}

/// The day of the year on the screen that is nearest to today.
fn day_of(view: &HouseholdView, today: NaiveDate) -> NaiveDate {
    let first = view.fiscal_year.april().unwrap_or(today);
    let next = view.fiscal_year.after().april();
    let last = next.and_then(|next| next.pred_opt()).unwrap_or(today);
    today.clamp(first, last.max(first))
}

/// Who belongs to the household on a day.
fn here_on(view: &HouseholdView, today: NaiveDate) -> usize {
    let day = day_of(view, today);
    let gone = |member: &&MemberFacts| member.left_on().is_some_and(|left| left <= day);
    view.members.iter().filter(|member| !gone(member)).count()
}

/// Who is insured on a day.
fn insured_on(view: &HouseholdView, today: NaiveDate) -> usize {
    let day = day_of(view, today);
    let insured = |member: &&MemberFacts| member.period_on(day).is_some();
    view.members.iter().filter(insured).count()
}

/// 年度: stands in the address, so that it can be bookmarked and gone back from.
#[component]
fn Year(household: HouseholdId, year: FiscalYear, changed: Memo<bool>) -> impl IntoView {
    let years = state::office()
        .session()
        .map(|session| session.fiscal_years)
        .unwrap_or_default();
    let navigate = use_navigate();
    let choose = move |event: web_sys::Event| {
        let here = window().location().pathname().unwrap_or_default();
        let section = here.split('/').nth(3).unwrap_or("overview").to_owned();
        let address = format!(
            "/households/{household}/{section}?fiscal_year={}",
            event_target_value(&event)
        );
        navigate(
            &address,
            NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    };
    let hint = Signal::derive(move || {
        let blocked = "保存するか元に戻すと、年度を変えられます";
        if changed.get() {
            blocked.to_owned()
        } else {
            String::new()
        }
    });
    view! {
        <Field id="fiscal-year" label="年度".to_owned() hint=hint>
            <select id="fiscal-year" class="select" aria-describedby=described_by("fiscal-year")
                prop:value=year.to_string() disabled=move || changed.get() on:change=choose>
                {years.into_iter().map(|each| view! {
                    <option value=each.to_string() selected=each == year>{era::fiscal_year(each)}</option>
                }).collect_view()}
            </select>
        </Field>
    }
}

/// Whether the fields differ from what is stored; the whole app is told.
pub fn changed(shown: &Open, notice: NotificationForm) -> Memo<bool> {
    let office = state::office();
    let (view, drafts) = (shown.view.clone(), shown.drafts.clone());
    let changed = Memo::new(move |_| draft::is_changed(&view, &drafts));
    Effect::new(move |_| office.unsaved.set(changed.get() || notice.is_started()));
    on_cleanup(move || office.unsaved.set(false));
    changed
}
