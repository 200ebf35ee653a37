//! The fields of one member.

use super::income_kinds::Kinds;
use super::incomes::Incomes;
use super::special::Special;
use crate::case::checks;
use crate::case::draft::MemberDraft;
use chrono::NaiveDate;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::LossGround;
use kokuho_shared::calendar::FiscalYear;
use kokuho_ui::components::{Field, described_by};
use kokuho_ui::entry::DateEntry;
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
            <Incomes draft=draft.clone() fiscal_year=fiscal_year />
            {insured.then(|| view! { <Period draft=draft.clone() /> })}
            <Kinds draft=draft.clone() fiscal_year=fiscal_year />
            {earlier(&known)}
            {insured.then(|| view! { <Special draft=draft fiscal_year=fiscal_year /> })}
        </fieldset>
    }
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

pub fn relation(known: &MemberFacts) -> String {
    match (known.relation.is_empty(), known.head) {
        (true, true) => "世帯主".to_owned(),
        (true, false) => "世帯員".to_owned(),
        (false, _) => known.relation.clone(),
    }
}

pub fn insured_number(known: &MemberFacts) -> String {
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
        <div class="member-entry">
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
        </div>
    }
}
