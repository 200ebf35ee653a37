//! 情報照会 of a household: ask, see what was answered, adopt it or not.

use super::answer;
use super::records::AskRegisters;
use crate::case::{Case, Messages, Open, reopen};
use crate::figures;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::inquiry::{InquirySettlement, InquiryView, InquiryWish, Settle};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::linkage::basis::Basis;
use kokuho_shared::linkage::inquiry::{Happening, InquiryState};
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The list, read again when `turn` moves on.
#[derive(Clone, Copy)]
struct Listing {
    household: HouseholdId,
    found: RwSignal<Option<Result<Vec<InquiryView>, String>>>,
}

impl Listing {
    fn read(self) {
        spawn_local(async move {
            let path = format!("/api/households/{}/inquiries", self.household);
            let answer = api::get::<Vec<InquiryView>>(&path).await;
            let answer = answer.map_err(|failed| failed.problem().message.clone());
            self.found.try_set(Some(answer));
        });
    }
}

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    view! { <Inquiries case=case /> }.into_any()
}

#[component]
fn Inquiries(case: Case) -> impl IntoView {
    let Case {
        shown,
        open,
        changed,
        said,
        ..
    } = case;
    let view = shown.view;
    let listing = Listing {
        household: view.id,
        found: RwSignal::new(None),
    };
    listing.read();
    let (year, members) = (view.fiscal_year, view.members.clone());
    view! {
        <div data-testid="inquiries">
            <Ask household=view.id members=members year=year listing=listing open=open changed=changed said=said />
            <AskRegisters household=view.id year=year />
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| listing.read()>"回答を確かめる"</button>
            </div>
            {move || match listing.found.get() {
                None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
                Some(Ok(list)) if list.is_empty() => view! { <p class="muted">"照会はまだありません。"</p> }.into_any(),
                Some(Ok(list)) => list.into_iter().map(|inquiry| view! {
                    <Inquiry inquiry=inquiry year=year open=open changed=changed said=said />
                }).collect_view().into_any(),
                Some(Err(why)) => view! { <p class="field-error">{why}</p> }.into_any(),
            }}
        </div>
    }
}

/// 照会の依頼: only what the law of the day allows can be chosen.
#[component]
fn Ask(
    household: HouseholdId,
    members: Vec<MemberFacts>,
    year: FiscalYear,
    listing: Listing,
    open: RwSignal<Option<Open>>,
    changed: Memo<bool>,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let today = office
        .session()
        .map(|session| session.today)
        .unwrap_or_default();
    let rows: Vec<Basis> = figures::bases()
        .map(|bases| bases.on(today).cloned().collect())
        .unwrap_or_default();
    let first = members
        .first()
        .map(|member| member.person_id)
        .unwrap_or_default();
    let (person, chosen) = (RwSignal::new(first), RwSignal::new(0usize));
    let (code, purpose) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<(Option<String>, String)>);
    let at = move |field: &'static str| {
        Signal::derive(move || {
            let (place, text) = wrong.get()?;
            (place.as_deref() == Some(field)).then_some(text)
        })
    };
    let known = rows.clone();
    let basis = Signal::derive(move || {
        let row = known.get(chosen.get());
        row.map(|row| format!("根拠：{} {}の項（{}）", row.law, row.item, row.affairs))
            .unwrap_or_default()
    });
    let offered = rows.clone();
    let send = move |_| {
        said.clear();
        let Some(row) = rows.get(chosen.get_untracked()) else {
            return;
        };
        let wish = InquiryWish {
            person_id: person.get_untracked(),
            dataset: row.dataset,
            holder: row.holder,
            holder_code: code.get_untracked(),
            fiscal_year: year,
            purpose: purpose.get_untracked(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{household}/inquiries");
            match api::post::<_, Vec<InquiryView>>(&path, &wish).await {
                Ok(list) => {
                    wrong.set(None);
                    let waiting = list.iter().filter(|each| each.state.is_open()).count();
                    listing.found.set(Some(Ok(list)));
                    // Everything on the page says so, unless that would lose what is typed.
                    let view =
                        open.with_untracked(|open| open.as_ref().map(|open| open.view.clone()));
                    if let Some(view) = view.filter(|_| !changed.get_untracked()) {
                        let open_inquiries = i64::try_from(waiting).unwrap_or(0);
                        reopen(
                            open,
                            HouseholdView {
                                open_inquiries,
                                ..view
                            },
                        );
                    }
                    said.done.set(Some("照会を送信待ちに入れました".to_owned()));
                }
                Err(failed) => {
                    office.heard(&failed);
                    let problem = failed.problem().clone();
                    let known = ["dataset", "holder_code", "purpose"];
                    if problem
                        .field
                        .as_deref()
                        .is_some_and(|field| known.contains(&field))
                    {
                        wrong.set(Some((problem.field, problem.message)));
                    } else {
                        said.failed(office, failed);
                    }
                }
            }
        });
    };
    view! {
        <div class="member-entry">
            <Field id="inquiry-person" label="照会する人">
                <select id="inquiry-person" class="select" on:change=move |event| if let Ok(id) = event_target_value(&event).parse() { person.set(id); }>
                    {members.into_iter().map(|member| view! { <option value=member.person_id.to_string()>{member.name}</option> }).collect_view()}
                </select>
            </Field>
            <Field id="inquiry-dataset" label="提供者と情報" error=at("dataset")>
                <select id="inquiry-dataset" class="select" aria-describedby=described_by("inquiry-dataset")
                    on:change=move |event| if let Ok(place) = event_target_value(&event).parse() { chosen.set(place); }>
                    {offered.into_iter().enumerate().map(|(place, row)| view! {
                        <option value=place.to_string()>{format!("{}：{}", row.holder.name(), row.dataset.name())}</option>
                    }).collect_view()}
                </select>
            </Field>
            <Field id="inquiry-code" label="提供者コード" hint="市町村は5桁の団体コード".to_owned() error=at("holder_code")>
                <input id="inquiry-code" class="input" maxlength="16" aria-describedby=described_by("inquiry-code")
                    prop:value=move || code.get() on:input=move |event| code.set(typed(&event)) />
            </Field>
        </div>
        <Field id="inquiry-purpose" label="照会の目的（記録されます）" hint="氏名や番号は書かないでください".to_owned() error=at("purpose")>
            <input id="inquiry-purpose" class="input" maxlength="200" aria-describedby=described_by("inquiry-purpose")
                prop:value=move || purpose.get() on:input=move |event| purpose.set(typed(&event)) />
        </Field>
        <p class="muted" data-testid="inquiry-basis">{basis}</p>
        <div class="buttons">
            <button type="button" class="button" on:click=send>"照会する"</button>
        </div>
    }
}

#[component]
fn Inquiry(
    inquiry: InquiryView,
    year: FiscalYear,
    open: RwSignal<Option<Open>>,
    changed: Memo<bool>,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let (id, current) = (inquiry.id, inquiry.state);
    let reason = RwSignal::new(String::new());
    let may =
        office.may(Action::Inquire) && office.may(Action::EditFacts) && inquiry.fiscal_year == year;
    let settle = move |settlement: InquirySettlement| {
        said.clear();
        let seen = open.with_untracked(|open| open.as_ref().map(|open| open.view.clone()));
        let Some(seen) = seen else {
            return;
        };
        let wish = Settle {
            settlement,
            revision: seen.revision,
            reason: reason.get_untracked(),
        };
        spawn_local(async move {
            let path = format!("/api/inquiries/{id}/settlement?fiscal_year={year}");
            match api::post::<_, HouseholdView>(&path, &wish).await {
                Ok(view) => {
                    let same = view.members == seen.members;
                    reopen(open, view);
                    let text = match settlement {
                        InquirySettlement::Adopt if same => {
                            "回答を確認済みにしました。この人に反映する項目はありません"
                        }
                        InquirySettlement::Adopt => {
                            "回答を採用しました。保険料はまだ決定していません"
                        }
                        InquirySettlement::Reject => "回答を採用しませんでした",
                        InquirySettlement::Retry => "もう一度照会します",
                        InquirySettlement::ToPaper => "文書照会に切り替えました",
                        InquirySettlement::Cancel => "照会を取り消しました",
                    };
                    said.done.set(Some(text.to_owned()));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    let possible: Vec<(InquirySettlement, &'static str)> = [
        (InquirySettlement::Adopt, Happening::Adopt, "採用する"),
        (InquirySettlement::Reject, Happening::Reject, "採用しない"),
        (InquirySettlement::Retry, Happening::Retry, "再照会する"),
        (
            InquirySettlement::ToPaper,
            Happening::ToPaper,
            "文書照会に切り替える",
        ),
        (InquirySettlement::Cancel, Happening::Cancel, "取り消す"),
    ]
    .into_iter()
    .filter(|(_, happening, _)| current.after(*happening).is_some())
    .map(|(settlement, _, name)| (settlement, name))
    .collect();
    let asks_why = possible
        .iter()
        .any(|(each, _)| matches!(each, InquirySettlement::Reject | InquirySettlement::ToPaper));
    let reason_id = format!("inquiry-{id}-reason");
    view! {
        <section class="inquiry" data-testid=format!("inquiry-{id}") aria-label=format!("照会 {id}")>
            <p>
                <span class="strong">{format!("照会 {id}　{}", current.name())}</span>
                {format!("　{}さん　{}（{} {}）　{}", inquiry.name, inquiry.dataset.name(), inquiry.holder.name(), inquiry.holder_code,
                    era::fiscal_year(inquiry.fiscal_year))}
            </p>
            <p class="muted">{format!("目的：{}　根拠：{}　期限：{}", inquiry.purpose, inquiry.basis, era::format(inquiry.deadline))}</p>
            {differing(&inquiry)}
            {inquiry.answer.as_ref().map(|told| view! {
                <ul class="story">{answer::sentences(told).into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            })}
            {(!inquiry.closed_reason.is_empty()).then(|| view! { <p class="muted">{format!("理由：{}", inquiry.closed_reason)}</p> })}
            {(may && !possible.is_empty()).then(|| view! {
                {asks_why.then(|| view! {
                    <Field id=reason_id.clone() label="採用しない・切り替える理由">
                        <input id=reason_id.clone() class="input" maxlength="200" aria-describedby=described_by(&reason_id)
                            prop:value=move || reason.get() on:input=move |event| reason.set(typed(&event)) />
                    </Field>
                })}
                <div class="buttons">
                    {possible.into_iter().map(|(settlement, name)| view! {
                        <button type="button" class="button" disabled=move || changed.get() on:click=move |_| settle(settlement)>{name}</button>
                    }).collect_view()}
                </div>
            })}
        </section>
    }
}

/// In what the answer's person differs from ours.
fn differing(inquiry: &InquiryView) -> Option<impl IntoView + use<>> {
    let names: Vec<&str> = inquiry.differences.iter().map(|each| each.name()).collect();
    (!names.is_empty()).then(|| {
        let other = inquiry.state == InquiryState::Mismatched;
        let text = match other {
            true => format!(
                "回答の人は別の人です（{}が違います）。採用できません。",
                names.join("・")
            ),
            false => format!(
                "{}が登録と違います。本人の回答か確かめてください。",
                names.join("・")
            ),
        };
        view! { <p class="field-error">{text}</p> }
    })
}
