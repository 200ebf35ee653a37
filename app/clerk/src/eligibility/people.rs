//! 人と所得: read first; a row leads to the panel in which it is put right. Below it what is registered of people.

use super::facilities::Facilities;
use super::member::{insured_number, relation};
use super::numbers::Numbers;
use super::protection::Measures;
use super::students::Students;
use crate::case::Case;
use crate::listing::Listing;
use crate::state;
use kokuho_shared::access::Action;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::era;
use kokuho_ui::format;
use leptos::prelude::*;

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    let office = state::office();
    let Case {
        shown, open, said, ..
    } = case.clone();
    let year = era::year(shown.view.fiscal_year.income_year());
    let today = office.session().map(|session| session.today);
    let rows = shown.view.members.iter();
    let rows: Vec<_> = rows
        .map(|member| row(member, today.unwrap_or_default(), &case))
        .collect();
    let moves: Vec<String> = shown.view.members.iter().filter_map(moved).collect();
    view! {
        <h3>{format!("世帯の人と{year}中の所得")}</h3>
        <Listing label="世帯の人と所得">
            <table class="grid-table people-table">
                <thead><tr>
                    <th scope="col">"氏名"</th><th scope="col">"続柄・年齢"</th><th scope="col">"資格"</th><th scope="col">"被保険者番号"</th>
                    <th scope="col" class="num">"給与所得"</th><th scope="col" class="num">"年金所得"</th><th scope="col" class="num">"その他の所得"</th>
                    <th scope="col">"申告・事情"</th><th scope="col"><span class="visually-hidden">"操作"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Listing>
        {moves.into_iter().map(|text| view! { <p class="muted">{text}</p> }).collect_view()}
        <Facilities shown=shown.clone() said=said />
        <Students shown=shown.clone() open=open said=said />
        {office.may(Action::BindNumbers).then(|| view! { <Numbers shown=shown.clone() said=said /> })}
        {office.may(Action::Protect).then(|| view! { <Measures shown=shown.clone() open=open said=said /> })}
    }
    .into_any()
}

fn row(member: &MemberFacts, today: chrono::NaiveDate, case: &Case) -> impl IntoView + use<> {
    let person = member.person_id;
    let income = member.income;
    let age = format::age_on(member.birth_date, today);
    let word = if state::office().may(Action::EditFacts) {
        "直す"
    } else {
        "試す"
    };
    let label = format!("{}さんの所得・資格を{word}", member.name);
    let amount = |yen: kokuho_shared::money::Yen| format::number(yen.0);
    let case = case.clone();
    view! {
        <tr>
            <th scope="row">{member.name.clone()}<br /><span class="muted">{member.kana.clone()}</span></th>
            <td>{relation(member)}<br /><span title=format::date_both(member.birth_date)>{format!("{age}歳（{}）", era::format(member.birth_date))}</span></td>
            <td>{periods(member)}</td>
            <td>{insured_number(member)}</td>
            <td class="num">{amount(income.salary_income)}</td>
            <td class="num">{amount(income.pension_income)}</td>
            <td class="num">{amount(income.other_income)}</td>
            <td>{tags(member)}</td>
            <td><button type="button" class="button" aria-label=label on:click=move |_| case.edit(Some(person))>{word}</button></td>
        </tr>
    }
}

/// 資格の期間 of the year, the newest last.
fn periods(member: &MemberFacts) -> String {
    let all = member.earlier.iter().copied().chain(member.eligibility);
    let words: Vec<String> = all
        .map(|period| {
            let lost = period.lost_on.map(era::format).unwrap_or_default();
            format!("{}〜{lost}", era::format(period.acquired_on))
        })
        .collect();
    if words.is_empty() {
        return "加入なし".to_owned();
    }
    words.join("、")
}

fn tags(member: &MemberFacts) -> impl IntoView + use<> {
    let status = match member.income_status {
        IncomeStatus::Known => None,
        other => Some(other.name()),
    };
    let special = &member.circumstances;
    let words = [
        status,
        special.involuntary.map(|_| "非自発的失業"),
        special.maternity.map(|_| "産前産後"),
        special.former_dependant_since.map(|_| "旧被扶養者"),
        special.care_exempt.map(|_| "適用除外施設"),
    ];
    let words = words.into_iter().flatten();
    words
        .map(|word| view! { <span class="tag tag-amber">{word}</span>" " })
        .collect_view()
}

/// 世帯の異動: the days on which the person came from another household or left for one.
fn moved(member: &MemberFacts) -> Option<String> {
    let moves: Vec<String> = member
        .belonged
        .iter()
        .flat_map(|span| {
            let from = span
                .from
                .map(|day| format!("{}に市内の別の世帯から異動", era::format(day)));
            let until = span
                .until
                .map(|day| format!("{}に市内の別の世帯へ異動", era::format(day)));
            [from, until].into_iter().flatten()
        })
        .collect();
    (!moves.is_empty()).then(|| {
        format!(
            "{}さん：{}。この世帯の保険料は、この世帯にいた月だけを数えます。",
            member.name,
            moves.join("、")
        )
    })
}
