//! What was sent, and how it ended.

use super::{Papers, name_of};
use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::document::{DocumentClosing, DocumentKind, DocumentState, DocumentView};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Issued(
    members: StoredValue<Vec<MemberFacts>>,
    papers: Papers,
    may_issue: bool,
) -> impl IntoView {
    move || {
        papers.issued.get().map(|found| match found {
            Err(why) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
            Ok(all) if all.is_empty() => view! { <p class="muted">"発行した証・照会書はありません。"</p> }.into_any(),
            Ok(all) => view! {
                <Listing label="発行した証・照会書">
                    <table class="grid-table wide-table">
                        <thead><tr><th>"番号"</th><th>"状態"</th><th>"文書"</th><th>"対象者"</th><th>"発行日"</th><th>"期限"</th></tr></thead>
                        <tbody>
                            {all.into_iter().map(|document| {
                                let name = members.with_value(|members| name_of(members, document.person_id));
                                row(document, name, papers, may_issue)
                            }).collect_view()}
                        </tbody>
                    </table>
                </Listing>
            }.into_any(),
        })
    }
}

fn row(document: DocumentView, name: String, papers: Papers, may_issue: bool) -> impl IntoView {
    let until = match (document.valid_until, document.reply_by) {
        (Some(day), _) => era::format(day),
        (_, Some(day)) => format!("{}まで回答", era::format(day)),
        _ => String::new(),
    };
    let ended = document
        .closed_on
        .map(|day| format!("（{}）", era::format(day)));
    let state = match (document.state, document.kind.asks()) {
        (DocumentState::Open, true) => "回答待ち",
        (DocumentState::Open, _) if document.kind == DocumentKind::ReliefNotice => "発行済",
        (DocumentState::Open, false) => "有効",
        (other, _) => other.name(),
    };
    let open = may_issue && document.state == DocumentState::Open;
    let (number, kind, issued_on) = (document.number.clone(), document.kind, document.issued_on);
    let reminders = document.reminders;
    let replies =
        open && kind == DocumentKind::IncomeReport && state::office().may(Action::EditFacts);
    let person = document.person_id;
    let answer = move |_| papers.reply.set(Some((number.clone(), person)));
    view! {
        <tr>
            <td><a href=format!("/api/documents/{}", document.number) target="_blank" rel="noopener">{document.number.clone()}</a></td>
            <td>
                {format!("{state}{}", ended.unwrap_or_default())}
                {open.then(|| view! {
                    <div class="row-acts">
                        <Close document=document papers=papers />
                        {replies.then(|| view! { <button type="button" class="button" on:click=answer>"回答を入力"</button> })}
                    </div>
                })}
            </td>
            <td>{kind.name()}{(reminders > 0).then(|| format!("（再度のお願い {reminders}回目）"))}</td>
            <td>{name}</td>
            <td>{era::format(issued_on)}</td>
            <td>{until}</td>
        </tr>
    }
}

#[component]
fn Close(document: DocumentView, papers: Papers) -> impl IntoView {
    let office = state::office();
    let number = document.number.clone();
    let (kind, person_id) = (document.kind, document.person_id);
    let chosen = RwSignal::new(None::<DocumentState>);
    let close = move |state: DocumentState| {
        papers.said.clear();
        let on = office
            .session()
            .map(|session| session.today)
            .unwrap_or_default();
        let wish = DocumentClosing {
            person_id,
            state,
            on,
            remark: String::new(),
        };
        let path = format!("/api/documents/{number}/closing");
        spawn_local(async move {
            match api::post::<_, DocumentView>(&path, &wish).await {
                Ok(_) => {
                    let text = match state {
                        DocumentState::Replied => {
                            "回答を受け付けました。内容は、上の欄に異動として入力してください"
                        }
                        _ => "文書の状態を記録しました",
                    };
                    papers.said.done.set(Some(text.to_owned()));
                    papers.list().await;
                }
                Err(failed) => papers.said.failed(office, failed),
            }
        });
    };
    let states = DocumentState::ALL
        .into_iter()
        .filter(move |state| state.fits(kind));
    let label = format!("{}の状態を変える", document.number);
    view! {
        <select class="select" aria-label=label on:change=move |event| {
            chosen.set(DocumentState::of_key(&event_target_value(&event)));
        }>
            <option value="">"変える…"</option>
            {states.map(|state| view! { <option value=state.key()>{state.name()}</option> }).collect_view()}
        </select>
        <button type="button" class="button" disabled=move || chosen.get().is_none()
            on:click=move |_| if let Some(state) = chosen.get_untracked() { close(state); }>"記録"</button>
    }
}
