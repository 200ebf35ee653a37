//! 減免の申請を受け付ける: what the household says and shows, as the city's rule asks it.

use super::relief_desk::Desk;
use crate::words::month;
use crate::{api, state};
use chrono::{Datelike, NaiveDate};
use kokuho_shared::api::relief::{ReliefApplication, ReliefCase};
use kokuho_shared::assessment::relief::rules::{ReliefRule, may_cover};
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_ui::components::{Field, described_by, typed};
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is being typed.
#[derive(Clone, Copy)]
pub struct Applying {
    pub rule: RwSignal<Option<ReliefRule>>,
    person: RwSignal<Option<String>>,
    applied_on: RwSignal<Option<NaiveDate>>,
    from: RwSignal<Option<Month>>,
    until: RwSignal<Option<Month>>,
    measured: RwSignal<String>,
    grounds: RwSignal<String>,
    evidence: RwSignal<Vec<String>>,
}

impl Applying {
    pub fn new(today: NaiveDate) -> Applying {
        Applying {
            rule: RwSignal::new(None),
            person: RwSignal::new(None),
            applied_on: RwSignal::new(Some(today)),
            from: RwSignal::new(None),
            until: RwSignal::new(None),
            measured: RwSignal::new(String::new()),
            grounds: RwSignal::new(String::new()),
            evidence: RwSignal::new(Vec::new()),
        }
    }

    pub fn begin(self, rule: ReliefRule, person: Option<String>) {
        self.person.set(person);
        self.from.set(None);
        self.until.set(None);
        self.measured.set(String::new());
        self.grounds.set(String::new());
        self.evidence.set(Vec::new());
        self.rule.set(Some(rule));
    }
}

#[component]
pub fn Form(desk: Desk, rule: ReliefRule, applying: Applying) -> impl IntoView {
    let office = state::office();
    let problem = RwSignal::new(None::<(Option<String>, String)>);
    let of = move |field: &'static str| {
        Signal::derive(move || {
            let (at, text) = problem.get()?;
            (at.as_deref() == Some(field)).then_some(text)
        })
    };
    let months = {
        let rule = rule.clone();
        Memo::new(move |_| all_months(&rule, desk.year, applying.applied_on.get()))
    };
    let first = move || {
        applying
            .from
            .get()
            .or(months.with(|all| all.first().copied()))
    };
    let last = move || {
        applying
            .until
            .get()
            .or(months.with(|all| all.last().copied()))
    };
    let id = rule.id.clone();
    let send = move |_| {
        let (Some(applied_on), Some(from), Some(until)) =
            (applying.applied_on.get_untracked(), first(), last())
        else {
            let text = "申請日を入力してください".to_owned();
            problem.set(Some((Some("applied_on".into()), text)));
            return;
        };
        let wish = ReliefApplication {
            fiscal_year: desk.year,
            rule: id.clone(),
            person_id: applying
                .person
                .get_untracked()
                .and_then(|id| id.parse().ok()),
            applied_on,
            from,
            until,
            measured: applying.measured.get_untracked().trim().parse().ok(),
            grounds: applying.grounds.get_untracked(),
            evidence: applying.evidence.get_untracked(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{}/reliefs", desk.household);
            match api::post::<_, Vec<ReliefCase>>(&path, &wish).await {
                Ok(cases) => {
                    desk.cases.set(Some(cases));
                    applying.rule.set(None);
                    desk.said.done.set(Some(
                        "減免の申請を受け付けました。別の係長が決定します".into(),
                    ));
                }
                Err(failed) => {
                    office.heard(&failed);
                    let found = failed.problem();
                    problem.set(Some((found.field.clone(), found.message.clone())));
                }
            }
        });
    };
    let shown = rule.evidence.clone();
    let measure = rule.measure.clone();
    let measured = (!measure.is_empty()).then(|| view! {
        <Field id="relief-measured" label=measure.clone() error=of("measured")>
            <input id="relief-measured" class="input" type="text" inputmode="numeric" aria-describedby=described_by("relief-measured")
                prop:value=move || applying.measured.get() on:input=move |event| applying.measured.set(typed(&event)) />
        </Field>
    });
    let known = ["applied_on", "from", "until", "measured", "grounds"];
    let other = move || {
        let (at, text) = problem.get()?;
        let elsewhere = at.is_none_or(|at| !known.contains(&at.as_str()));
        elsewhere.then(|| view! { <p class="field-error" role="alert">{text}</p> })
    };
    view! {
        <fieldset class="member" data-testid="relief-form">
            <legend>{format!("申請の受付：{}", rule.name)}</legend>
            <div class="member-entry">
                <DateEntry id="relief-applied" label="申請日" value=applying.applied_on />
                <MonthSelect id="relief-from" label="減免の始まり" months=months chosen=Signal::derive(first) set=applying.from error=of("from") />
                <MonthSelect id="relief-until" label="減免の終わり" months=months chosen=Signal::derive(last) set=applying.until error=of("until") />
                {measured}
                <Field id="relief-grounds" label="事情" error=of("grounds")>
                    <input id="relief-grounds" class="input" type="text" aria-describedby=described_by("relief-grounds")
                        prop:value=move || applying.grounds.get() on:input=move |event| applying.grounds.set(typed(&event)) />
                </Field>
            </div>
            <p class="strong">"提出・提示されたもの"</p>
            {shown.into_iter().map(|text| evidence(applying, text)).collect_view()}
            {other}
            <div class="buttons">
                <button type="button" class="button button-primary" on:click=send>"申請を受け付ける"</button>
                <button type="button" class="button" on:click=move |_| applying.rule.set(None)>"やめる"</button>
            </div>
        </fieldset>
    }
}

fn evidence(applying: Applying, text: String) -> impl IntoView {
    let own = text.clone();
    let toggled = move |event: web_sys::Event| {
        let shown = event_target_checked(&event);
        applying.evidence.update(|all| {
            all.retain(|known| *known != own);
            if shown {
                all.push(own.clone());
            }
        });
    };
    view! { <label class="check"><input type="checkbox" on:change=toggled />{text}</label> }
}

/// The months that the rule allows.
fn all_months(rule: &ReliefRule, year: FiscalYear, applied_on: Option<NaiveDate>) -> Vec<Month> {
    let span = applied_on.and_then(|day| may_cover(rule, year, day));
    let Some((first, last)) = span else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut month = Some(Month::of(first));
    while let Some(now) = month.filter(|now| now.first_day() <= last) {
        all.push(now);
        month = now.next();
    }
    all
}

/// `2026-09`, as it is asked for.
fn key(month: Month) -> String {
    let day = month.first_day();
    format!("{}-{:02}", day.year(), day.month())
}

#[component]
fn MonthSelect(
    id: &'static str,
    label: &'static str,
    months: Memo<Vec<Month>>,
    chosen: Signal<Option<Month>>,
    set: RwSignal<Option<Month>>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <Field id=id label=label error=error>
            <select id=id class="select" aria-describedby=described_by(id)
                on:change=move |event| set.set(event_target_value(&event).parse().ok())>
                {move || months.get().into_iter().map(|each| view! {
                    <option value=key(each) selected=move || chosen.get() == Some(each)>{month(each)}</option>
                }).collect_view()}
            </select>
        </Field>
    }
}
