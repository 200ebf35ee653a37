//! 通知書: issued once for a decision; afterwards the same PDF each time.

use crate::case::{Messages, reveal_reason};
use crate::toast::Link;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::assessment::IssuedLetter;
use kokuho_shared::api::document::IssueWish;
use kokuho_shared::ids::DecisionId;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Notice(decision: DecisionId, said: Messages) -> impl IntoView {
    let office = state::office();
    let (issued, busy) = (RwSignal::new(None::<IssuedLetter>), RwSignal::new(false));
    let reason = reveal_reason();
    let issue = move |_| {
        busy.set(true);
        said.clear();
        spawn_local(async move {
            let wish = IssueWish {
                reveal_reason: reason.get(),
            };
            let path = format!("/api/decisions/{decision}/notice");
            match api::post::<_, IssuedLetter>(&path, &wish).await {
                Ok(letter) => {
                    let text = format!("決定通知書 {} を発行しました", letter.number);
                    let link = Link::to_pdf(format!("/api/letters/{}", letter.number));
                    office.toasts.say_with(text, link);
                    issued.set(Some(letter));
                }
                Err(failed) => said.failed(office, failed),
            }
            busy.set(false);
        });
    };
    view! {
        <Show when=move || office.may(Action::IssueLetters)>
            <div class="buttons">
                <button type="button" class="button" data-key="p" disabled=move || busy.get() on:click=issue>
                    "決定通知書を発行"<kbd>"Alt+P"</kbd>
                </button>
                {move || issued.get().map(|letter| view! {
                    <a href=format!("/api/letters/{}", letter.number) target="_blank" rel="noopener" data-testid="letter">
                        {format!("決定通知書 {}（PDF・新しい画面）", letter.number)}
                    </a>
                })}
            </div>
        </Show>
    }
}
