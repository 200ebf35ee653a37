//! 概要: what somebody at the telephone asks first.

use super::member::relation;
use crate::assessment::premium::{Amounts, PremiumCard};
use crate::case::Case;
use crate::case::people::insured_words;
use crate::state;
use kokuho_shared::access::Action;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_ui::format;
use leptos::prelude::*;

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    let today = state::office().session().map(|session| session.today);
    let today = today.unwrap_or_default();
    let people = case
        .shown
        .view
        .members
        .iter()
        .map(|member| person(member, today));
    let people = people.collect_view();
    view! {
        <div class="home">
            <section class="home-card overview-people" aria-labelledby="overview-people">
                <h3 id="overview-people">"世帯の人"</h3>
                <ul class="home-lines">{people}</ul>
                <p><a href=case.path("people")>"所得と資格の期間へ"</a></p>
            </section>
            <PremiumCard case=case.clone() />
            <Waiting case=case />
        </div>
    }
    .into_any()
}

fn person(member: &MemberFacts, today: chrono::NaiveDate) -> impl IntoView + use<> {
    let age = format::age_on(member.birth_date, today);
    let who = format!("{}（{}・{age}歳）", member.name, relation(member));
    view! { <li><span>{who}</span><span>{insured_words(member)}</span></li> }
}

/// What is open, each with the way to it.
#[component]
fn Waiting(case: Case) -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    let view = &case.shown.view;
    let undeclared: Vec<&str> = view
        .members
        .iter()
        .filter(|member| {
            member.eligibility.is_some() && member.income_status != IncomeStatus::Known
        })
        .map(|member| member.name.as_str())
        .collect();
    let unknown = (!undeclared.is_empty()).then(|| {
        (
            format!("所得が未申告・不明：{}", undeclared.join("、")),
            case.path("people"),
        )
    });
    let asked = (view.open_inquiries > 0 && state::office().may(Action::Inquire)).then(|| {
        (
            format!("終わっていない照会 {}件", view.open_inquiries),
            case.path("inquiries"),
        )
    });
    let premium = case.path("premium");
    let decide = move || match amounts.is_decided() {
        true => None,
        false => Some((
            "保険料が決定されていないか、決定と違います".to_owned(),
            premium.clone(),
        )),
    };
    let fixed = [unknown, asked];
    let lines = move || {
        let all: Vec<(String, String)> =
            fixed.iter().cloned().chain([decide()]).flatten().collect();
        if all.is_empty() {
            return view! { <p class="muted">"待っていることはありません。"</p> }.into_any();
        }
        let line = |(text, href): (String, String)| view! { <li><a href=href>{text}</a></li> };
        view! { <ul class="home-lines">{all.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="home-card" aria-labelledby="overview-waiting">
            <h3 id="overview-waiting">"待っていること"</h3>
            {lines}
        </section>
    }
}
