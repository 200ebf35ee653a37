//! One person: the card, the figures of 負担割合, and the paper that follows from them.

use super::Papers;
use super::apply::Apply;
use crate::{api, state};
use kokuho_shared::api::document::{PaperFacts, PaperPlan};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::bracket::TaxStatus;
use kokuho_shared::eligibility::papers::CardStatus;
use kokuho_shared::era;
use kokuho_ui::components::Field;
use kokuho_ui::entry::{DateEntry, YenEntry};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A person's fields are set anew only when what is known of that person is another thing.
pub fn key(plan: &PaperPlan) -> String {
    let figures = (
        plan.taxable_income,
        plan.receipts,
        plan.tax,
        plan.stay_until,
    );
    format!("{} {} {figures:?}", plan.person_id, plan.card.key())
}

#[component]
pub fn PaperOf(plan: PaperPlan, name: String, papers: Papers, may_issue: bool) -> impl IntoView {
    let person = plan.person_id;
    let insured = !plan.kinds.is_empty();
    // A former member has no paper, but receipts that may lower the ratio.
    let senior = plan.ratio_tenths.is_some() || plan.undecided.is_some() || !insured;
    let first = StoredValue::new(plan.clone());
    // The plan may change when another person's figures are saved.
    let live = move || {
        let plans = papers.plans.get().and_then(Result::ok).unwrap_or_default();
        let mut plans = plans.into_iter();
        let found = plans.find(|plan| plan.person_id == person);
        found.unwrap_or_else(|| first.get_value())
    };
    view! {
        <fieldset class="member" data-testid="paper">
            <legend>{name}</legend>
            {move || plan_view(&live(), senior)}
            {may_issue.then(|| view! { <Facts plan=plan senior=senior papers=papers /> })}
            {(may_issue && insured).then(|| view! {
                <Apply person=person limit_undecided=Signal::derive(move || live().limit_undecided) papers=papers />
            })}
            {move || may_issue.then(|| view! {
                <div class="buttons">
                    {live().kinds.into_iter().map(|kind| view! {
                        <button type="button" class="button" on:click=move |_| papers.issue(kind, person, String::new())>
                            {format!("{}を発行", kind.name())}
                        </button>
                    }).collect_view()}
                </div>
            })}
        </fieldset>
    }
}

/// What follows for the person.
fn plan_view(plan: &PaperPlan, senior: bool) -> impl IntoView + use<> {
    let kinds: Vec<&str> = plan.kinds.iter().map(|kind| kind.name()).collect();
    let insured = !kinds.is_empty();
    let limit = plan.limit.clone().unwrap_or_else(|| "未決定".to_owned());
    view! {
        <dl class="member-facts">
            <div><dt>"交付する証"</dt><dd>{kinds.join("、")}</dd></div>
            <div><dt>"有効期限"</dt><dd>{plan.valid_until.map(era::format).unwrap_or_default()}</dd></div>
            {insured.then(|| view! { <div><dt>"限度額の区分"</dt><dd>{limit}</dd></div> })}
            {senior.then(|| view! { <div><dt>"負担割合"</dt><dd>{ratio(plan)}</dd></div> })}
        </dl>
        {plan.undecided.clone().map(|why| view! {
            <p class="field-error">{format!("負担割合を決められません：{why}")}</p>
        })}
    }
}

/// The ratio and the step of 令27条の2 that decides it.
fn ratio(plan: &PaperPlan) -> String {
    let why = match plan.step {
        Some(1) => "課税所得145万円未満",
        Some(2) => "基準所得額210万円以下",
        Some(3) => "収入383万円未満（1人）",
        Some(4) => "特定同一世帯所属者と合わせて収入520万円未満",
        Some(5) => "収入520万円未満（2人以上）",
        Some(6) => "現役並み所得",
        _ => "",
    };
    match plan.ratio_tenths {
        Some(tenths) => format!("{tenths}割（{}年の所得：{why}）", plan.income_year),
        None => "未決定".to_owned(),
    }
}

#[component]
fn Facts(plan: PaperPlan, senior: bool, papers: Papers) -> impl IntoView {
    let office = state::office();
    let card = RwSignal::new(plan.card);
    let taxable = RwSignal::new(plan.taxable_income.unwrap_or_default());
    let receipts = RwSignal::new(plan.receipts.unwrap_or_default());
    let tax = RwSignal::new(plan.tax);
    let stay = RwSignal::new(plan.stay_until);
    let (person, year) = (plan.person_id, plan.income_year);
    // A figure counts once somebody says that it is known, also where it is zero.
    let sure = (
        RwSignal::new(plan.taxable_income.is_some()),
        RwSignal::new(plan.receipts.is_some()),
    );
    let id = move |end: &str| format!("paper-{person}-{end}");
    let keep = move |_| {
        papers.said.clear();
        let facts = PaperFacts {
            person_id: person,
            card: card.get_untracked(),
            income_year: year,
            taxable_income: sure.0.get_untracked().then(|| taxable.get_untracked()),
            receipts: sure.1.get_untracked().then(|| receipts.get_untracked()),
            tax: tax.get_untracked(),
            stay_until: stay.get_untracked(),
        };
        spawn_local(async move {
            match api::put::<_, Vec<PaperPlan>>(&papers.path("papers"), &facts).await {
                Ok(plans) => {
                    papers.plans.set(Some(Ok(plans)));
                    papers
                        .said
                        .done
                        .set(Some("証の情報を保存しました".to_owned()));
                }
                Err(failed) => papers.said.failed(office, failed),
            }
        });
    };
    let observed = plan
        .card_observed_on
        .map(|day| format!("{}に確認", era::format(day)));
    view! {
        <div class="member-entry">
            <Field id=id("card") label="マイナ保険証" hint=observed.unwrap_or_default()>
                <select id=id("card") class="select" on:change=move |event| {
                    card.set(CardStatus::of_key(&event_target_value(&event)).unwrap_or_default());
                }>
                    {CardStatus::ALL.into_iter().map(|status| view! {
                        <option value=status.key() selected=move || card.get() == status>{status.name()}</option>
                    }).collect_view()}
                </select>
            </Field>
            <Field id=id("tax") label=format!("{}の市町村民税", FiscalYear::of_income(year).map(era::fiscal_year).unwrap_or_default())>
                <select id=id("tax") class="select" on:change=move |event| {
                    tax.set(TaxStatus::of_key(&event_target_value(&event)));
                }>
                    <option value="">"未確認"</option>
                    {TaxStatus::ALL.into_iter().map(|status| view! {
                        <option value=status.key() selected=move || tax.get() == Some(status)>{status.name()}</option>
                    }).collect_view()}
                </select>
            </Field>
            <DateEntry id=id("stay") label="在留期間の満了日（外国籍の人）" value=stay />
            {senior.then(|| view! {
                <YenEntry id=id("taxable") label=format!("{year}年の課税所得") value=taxable />
                <YenEntry id=id("receipts") label=format!("{year}年の収入金額（必要経費を引く前）") value=receipts />
            })}
        </div>
        {senior.then(|| [("課税所得を確認した（空欄は0円）", sure.0), ("収入金額を確認した（空欄は0円）", sure.1)].map(|(text, value)| view! {
            <label class="check">
                <input type="checkbox" prop:checked=value on:change=move |event| value.set(event_target_checked(&event)) />{text}
            </label>
        }).collect_view())}
        <div class="buttons">
            <button type="button" class="button" on:click=keep>"証の情報を保存"</button>
        </div>
    }
}
