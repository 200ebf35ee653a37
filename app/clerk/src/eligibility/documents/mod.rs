//! 証・照会書: which paper each person gets, what was sent, and what came back.

mod apply;
mod list;
mod paper;
mod reply;

use crate::case::fields::{PersonSelect, first_of};
use crate::case::{Case, Messages, RevealReason, reveal_reason};
use crate::correspondence::issued::IssuedLetters;
use crate::toast::Link;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::document::{
    Application, DocumentKind, DocumentView, DocumentWish, PaperPlan,
};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the server says of a household, read when the section is opened.
#[derive(Clone, Copy)]
struct Papers {
    household: HouseholdId,
    year: FiscalYear,
    said: Messages,
    plans: RwSignal<Option<Result<Vec<PaperPlan>, String>>>,
    issued: RwSignal<Option<Result<Vec<DocumentView>, String>>>,
    reason: RevealReason,
    /// 所得申告書 whose reply is being entered.
    reply: RwSignal<Option<(String, PersonId)>>,
}

impl Papers {
    fn path(self, what: &str) -> String {
        format!(
            "/api/households/{}/{what}?fiscal_year={}",
            self.household, self.year
        )
    }

    fn read(self) {
        spawn_local(async move {
            let told = api::get(&self.path("papers")).await;
            let told = told.map_err(|failed| failed.problem().message.clone());
            self.plans.try_set(Some(told));
            self.list().await;
        });
    }

    async fn list(self) {
        let told = api::get(&self.path("documents")).await;
        let told = told.map_err(|failed| failed.problem().message.clone());
        self.issued.try_set(Some(told));
    }

    fn issue(self, kind: DocumentKind, person_id: PersonId, remark: String) {
        self.apply(kind, person_id, remark, Application::default());
    }

    fn apply(
        self,
        kind: DocumentKind,
        person_id: PersonId,
        remark: String,
        application: Application,
    ) {
        let office = state::office();
        self.said.clear();
        let wish = DocumentWish {
            fiscal_year: self.year,
            kind,
            person_id,
            facility_id: None,
            asked: None,
            application,
            remark,
            reveal_reason: self.reason.get(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{}/documents", self.household);
            match api::post::<_, DocumentView>(&path, &wish).await {
                Ok(document) => {
                    let text = format!("{} {} を発行しました", kind.name(), document.number);
                    office.toasts.say_with(
                        text,
                        Link::to_pdf(format!("/api/documents/{}", document.number)),
                    );
                    self.list().await;
                }
                Err(failed) => self.said.failed(office, failed),
            }
        });
    }
}

fn name_of(members: &[MemberFacts], person: PersonId) -> String {
    let found = members.iter().find(|member| member.person_id == person);
    found.map_or_else(|| person.to_string(), |member| member.name.clone())
}

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    view! { <Documents case=case /> }.into_any()
}

#[component]
fn Documents(case: Case) -> impl IntoView {
    let issued = case.clone();
    let Case {
        shown, open, said, ..
    } = case;
    let papers = Papers {
        household: shown.view.id,
        year: shown.view.fiscal_year,
        said,
        plans: RwSignal::new(None),
        issued: RwSignal::new(None),
        reply: RwSignal::new(None),
        reason: reveal_reason(),
    };
    papers.read();
    let may_issue = state::office().may(Action::IssueDocuments);
    let members = StoredValue::new(shown.view.members.clone());
    view! {
        <div data-testid="documents">
            <IssuedLetters case=issued />
            <h3>"証・照会書の状態"</h3>
            <list::Issued members=members papers=papers may_issue=may_issue />
            {move || papers.reply.get().map(|(number, person)| view! {
                <reply::Reply number=number person=person papers=papers open=open said=said />
            })}
            <h3>"証・照会書の発行"</h3>
            {move || match papers.plans.get() {
                None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
                Some(Err(why)) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
                Some(Ok(plans)) if plans.is_empty() =>
                    view! { <p class="muted">"業務日に資格のある人はいません。"</p> }.into_any(),
                Some(Ok(_)) => ().into_any(),
            }}
            // What is typed for one person stays while another one's is saved.
            <For each=move || papers.plans.get().and_then(Result::ok).unwrap_or_default() key=paper::key let:plan>
                {
                    let name = members.with_value(|members| name_of(members, plan.person_id));
                    view! { <paper::PaperOf plan=plan name=name papers=papers may_issue=may_issue /> }
                }
            </For>
            {may_issue.then(|| view! { <Ask members=members.get_value() papers=papers /> })}
        </div>
    }
}

/// Questions to people on paper.
#[component]
fn Ask(members: Vec<MemberFacts>, papers: Papers) -> impl IntoView {
    let person = first_of(&members);
    let kind = RwSignal::new(DocumentKind::IncomeReport);
    let remark = RwSignal::new(String::new());
    // A facility is asked where facilities are; what is applied for stands at the person.
    let kinds = DocumentKind::ALL.into_iter().rev();
    let kinds = kinds.filter(|kind| {
        !matches!(
            kind,
            DocumentKind::FacilityInquiry
                | DocumentKind::LossUrging
                | DocumentKind::ReliefInquiry
                | DocumentKind::ReliefNotice
        ) && !kind.on_application()
    });
    view! {
        <fieldset class="member">
            <legend>"本人への照会（郵送）・そのほかの証"</legend>
            <div class="member-entry">
                <PersonSelect id="ask-person" label="尋ねる人" members=members person=person />
                <Field id="ask-kind" label="様式">
                    <select id="ask-kind" class="select" on:change=move |event| {
                        if let Some(found) = DocumentKind::of_key(&event_target_value(&event)) { kind.set(found); }
                    }>
                        {kinds.map(|each| view! {
                            <option value=each.key() selected=each == DocumentKind::IncomeReport>{each.name()}</option>
                        }).collect_view()}
                    </select>
                </Field>
                <Field id="ask-remark" label="特に尋ねること・理由" hint="照会書に印字します。予定と違う証には理由が要ります".to_owned()>
                    <input id="ask-remark" class="input" maxlength="200" prop:value=remark
                        aria-describedby=described_by("ask-remark")
                        on:input=move |event| remark.set(typed(&event)) />
                </Field>
            </div>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| {
                    papers.issue(kind.get_untracked(), person.get_untracked(), remark.get_untracked());
                }>"文書を発行"</button>
            </div>
        </fieldset>
    }
}
