//! 所得申告書の回答: receipts as they were written; the server converts them by the year's tables.

use super::Papers;
use crate::case::{Messages, Open, reopen};
use crate::{api, state};
use kokuho_shared::api::document::{DocumentView, IncomeReply};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::ids::PersonId;
use kokuho_shared::money::Yen;
use kokuho_ui::entry::YenEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Reply(
    number: String,
    person: PersonId,
    papers: Papers,
    open: RwSignal<Option<Open>>,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let (salary, pension, other) = (
        RwSignal::new(Yen::ZERO),
        RwSignal::new(Yen::ZERO),
        RwSignal::new(Yen::ZERO),
    );
    let title = format!("所得申告書 {number} の回答");
    let send = move |_| {
        said.clear();
        let on = office.session().map(|session| session.today);
        let reply = IncomeReply {
            person_id: person,
            on: on.unwrap_or_default(),
            salary_receipts: salary.get_untracked(),
            pension_receipts: pension.get_untracked(),
            other_income: other.get_untracked(),
        };
        let path = format!("/api/documents/{number}/income");
        spawn_local(async move {
            match api::post::<_, DocumentView>(&path, &reply).await {
                Ok(_) => {
                    let path = format!(
                        "/api/households/{}?fiscal_year={}",
                        papers.household, papers.year
                    );
                    if let Ok(view) = api::get::<HouseholdView>(&path).await {
                        reopen(open, view);
                    }
                    said.done.set(Some("回答の所得を登録しました".to_owned()));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    view! {
        <fieldset class="member" data-testid="income-reply">
            <legend>{title}</legend>
            <div class="member-entry">
                <YenEntry id="reply-salary" label="回答の給与収入" value=salary />
                <YenEntry id="reply-pension" label="回答の公的年金等の収入" value=pension />
                <YenEntry id="reply-other" label="回答のその他の所得" value=other />
            </div>
            <p class="muted">"すべて空欄は、所得がなかったという回答です。入力中のほかの欄は、読み直しで元に戻ります。"</p>
            <div class="buttons">
                <button type="button" class="button button-primary" on:click=send>"回答を登録"</button>
                <button type="button" class="button" on:click=move |_| papers.reply.set(None)>"やめる"</button>
            </div>
        </fieldset>
    }
}
