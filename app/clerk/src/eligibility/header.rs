//! 世帯の見出し: whose page this is; it stays in sight.

use super::draft;
use super::notices::Draft;
use super::open::Open;
use crate::state;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_ui::components::{Field, described_by};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[component]
pub fn HouseholdHeader(shown: Open, changed: Memo<bool>) -> impl IntoView {
    let view = shown.view;
    let head = view.members.iter().find(|member| member.head);
    let head = head
        .map_or("（世帯主なし）", |head| head.name.as_str())
        .to_owned();
    let insured = view
        .members
        .iter()
        .filter(|member| member.eligibility.is_some())
        .count();
    view! {
        <div class="household-header">
            <h1 id=state::HEADING tabindex="-1">{format!("{head} 様の世帯")}</h1>
            <p>{format!("世帯番号 {}", view.number)}</p>
            <p>{format!("{} {}", view.postcode.or_word(), view.address.or_word())}</p>
            <p>{format!("{}人（加入 {insured}人）", view.members.len())}</p>
            <Year household=view.id year=view.fiscal_year changed=changed />
        </div>
    }
}

/// 年度: stands in the address, so that it can be bookmarked and gone back from.
#[component]
fn Year(household: i64, year: FiscalYear, changed: Memo<bool>) -> impl IntoView {
    let years = state::office()
        .session()
        .map(|session| session.fiscal_years)
        .unwrap_or_default();
    let navigate = use_navigate();
    let choose = move |event: web_sys::Event| {
        let address = format!(
            "/households/{household}?fiscal_year={}",
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
                disabled=move || changed.get() on:change=choose>
                {years.into_iter().map(|each| view! {
                    <option value=each.to_string() selected=each == year>{era::fiscal_year(each)}</option>
                }).collect_view()}
            </select>
        </Field>
    }
}

/// Whether the fields differ from what is stored; the whole app is told.
pub fn changed(shown: &Open, notice: Draft) -> Memo<bool> {
    let office = state::office();
    let (view, drafts) = (shown.view.clone(), shown.drafts.clone());
    let changed = Memo::new(move |_| draft::is_changed(&view, &drafts));
    Effect::new(move |_| office.unsaved.set(changed.get() || notice.is_started()));
    on_cleanup(move || office.unsaved.set(false));
    changed
}
