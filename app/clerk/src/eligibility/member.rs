//! The fields of one member.

use super::checks;
use super::draft::MemberDraft;
use super::income_kinds::Kinds;
use super::special::Special;
use chrono::NaiveDate;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::{IncomeStatus, LossGround};
use kokuho_shared::calendar::FiscalYear;
use kokuho_ui::components::{Field, described_by};
use kokuho_ui::entry::{DateEntry, YenEntry};
use kokuho_ui::format;
use leptos::prelude::*;

#[component]
pub fn MemberFields(
    draft: MemberDraft,
    today: NaiveDate,
    fiscal_year: FiscalYear,
) -> impl IntoView {
    let known = draft.known.clone();
    let insured = known.eligibility.is_some();
    let aside = (!insured && !known.head)
        .then_some("国保に加入していないため、この世帯の保険料の計算に入りません。");
    view! {
        <fieldset class="member">
            <legend>{format!("{}（{}）", known.name, relation(&known))}</legend>
            <dl class="member-facts">
                <div><dt>"カナ"</dt><dd>{known.kana.clone()}</dd></div>
                <div>
                    <dt>"生年月日"</dt>
                    <dd>{format!("{}　{}歳", format::date_both(known.birth_date), format::age_on(known.birth_date, today))}</dd>
                </div>
                <div><dt>"宛名番号"</dt><dd>{known.resident_number.clone()}</dd></div>
                <div><dt>"被保険者番号"</dt><dd>{insured_number(&known)}</dd></div>
            </dl>
            {aside.map(|text| view! { <p class="muted">{text}</p> })}
            {belonged(&known)}
            <div class="member-entry">
                <Incomes draft=draft.clone() />
                {insured.then(|| view! { <Period draft=draft.clone() /> })}
            </div>
            <Kinds draft=draft.clone() fiscal_year=fiscal_year />
            {earlier(&known)}
            {insured.then(|| view! { <Special draft=draft fiscal_year=fiscal_year /> })}
        </fieldset>
    }
}

/// 世帯の異動: the days on which the person came from another household or left for one.
fn belonged(known: &MemberFacts) -> Option<impl IntoView + use<>> {
    let moves: Vec<String> = known
        .belonged
        .iter()
        .flat_map(|span| {
            let from = span
                .from
                .map(|day| format!("{}に市内の別の世帯から異動", format::date_both(day)));
            let until = span
                .until
                .map(|day| format!("{}に市内の別の世帯へ異動", format::date_both(day)));
            [from, until].into_iter().flatten()
        })
        .collect();
    (!moves.is_empty()).then(|| {
        let text = format!(
            "世帯の異動：{}。この世帯の保険料は、この世帯にいた月だけを数えます。",
            moves.join("、")
        );
        view! { <p class="muted">{text}</p> }
    })
}

/// Periods of the year before the one in the fields.
fn earlier(known: &MemberFacts) -> Option<impl IntoView + use<>> {
    let periods: Vec<String> = known
        .earlier
        .iter()
        .map(|period| {
            let until = period.lost_on.map(format::date_both).unwrap_or_default();
            format!("{}〜{until}", format::date_both(period.acquired_on))
        })
        .collect();
    (!periods.is_empty()).then(|| {
        view! { <p class="muted">{format!("年度内の前の資格期間：{}", periods.join("、"))}</p> }
    })
}

fn relation(known: &MemberFacts) -> String {
    match (known.relation.is_empty(), known.head) {
        (true, true) => "世帯主".to_owned(),
        (true, false) => "世帯員".to_owned(),
        (false, _) => known.relation.clone(),
    }
}

fn insured_number(known: &MemberFacts) -> String {
    let missing = if known.eligibility.is_some() {
        "番号なし"
    } else {
        "加入なし"
    };
    known
        .insured_number
        .clone()
        .unwrap_or_else(|| missing.to_owned())
}

/// 所得: figures of the calendar year before.
#[component]
fn Incomes(draft: MemberDraft) -> impl IntoView {
    let person = draft.known.person_id;
    let id = move |end: &str| checks::id(person, end);
    let status = draft.status;
    view! {
        <YenEntry id=id("salary-income") label=checks::label("salary-income") value=draft.salary_income />
        <YenEntry id=id("pension-income") label=checks::label("pension-income") value=draft.pension_income />
        <YenEntry id=id("other-income") label=checks::label("other-income") value=draft.other_income />
        <YenEntry id=id("salary-receipts") label=checks::label("salary-receipts") value=draft.salary_receipts />
        <YenEntry id=id("pension-receipts") label=checks::label("pension-receipts") value=draft.pension_receipts />
        <YenEntry id=id("total-income") label=checks::label("total-income") value=draft.total_income
            help="空欄＝3つの所得の合計".to_owned() />
        <Field id=id("status") label="所得の申告".to_owned()>
            <select id=id("status") class="select" aria-describedby=described_by(&id("status"))
                on:change=move |event| status.set(IncomeStatus::of_key(&event_target_value(&event)).unwrap_or_default())>
                {IncomeStatus::ALL.into_iter().map(|value| view! {
                    <option value=value.key() selected=move || status.get() == value>{value.name()}</option>
                }).collect_view()}
            </select>
        </Field>
    }
}

/// 資格の取得と喪失.
#[component]
fn Period(draft: MemberDraft) -> impl IntoView {
    let person = draft.known.person_id;
    let id = move |end: &str| checks::id(person, end);
    let ground = draft.loss_ground;
    let lost = draft.lost_on;
    let choose = move |event: web_sys::Event| {
        ground.set(match event_target_value(&event).as_str() {
            "other" => LossGround::Other,
            _ => LossGround::Art6,
        });
    };
    view! {
        <DateEntry id=id("acquired") label=checks::label("acquired") value=draft.acquired_on required=Some("※必須".to_owned()) />
        <DateEntry id=id("lost") label=checks::label("lost") value=lost />
        <Show when=move || lost.get().is_some()>
            <Field id=id("ground") label="喪失の根拠".to_owned()>
                <select id=id("ground") class="select" aria-describedby=described_by(&id("ground")) on:change=choose>
                    <option value="art6" selected=move || ground.get() == LossGround::Art6>"法6条1〜8号（社保加入など）"</option>
                    <option value="other" selected=move || ground.get() == LossGround::Other>"その他（転出・死亡など）"</option>
                </select>
            </Field>
        </Show>
    }
}
