//! 承認を待っている申請: what another administrator asked for is approved or refused here.

use super::accounts::{Accounts, Handed};
use crate::api;
use crate::listing::Listing;
use crate::words::moment;
use kokuho_shared::api::access::{AccountRequest, Approved};
use leptos::prelude::*;
use leptos::task::spawn_local;

impl Accounts {
    /// Approves a request; what belongs to its link is shown once.
    fn approve(self, id: i64) {
        let office = self.office;
        self.forget();
        spawn_local(async move {
            let path = format!("/api/account-requests/{id}/approval");
            match api::post::<_, Approved>(&path, &()).await {
                Ok(approved) => {
                    let login = approved.login;
                    self.done.set(Some(format!("{login} の申請を承認しました")));
                    self.handed
                        .set(approved.code.map(|code| Handed::Code { login, code }));
                    self.load();
                }
                Err(failed) => self.failed(office, &failed),
            }
        });
    }

    fn refuse(self, id: i64, login: String) {
        let office = self.office;
        self.forget();
        spawn_local(async move {
            match api::delete(&format!("/api/account-requests/{id}")).await {
                Ok(()) => {
                    self.done
                        .set(Some(format!("{login} の申請を取り下げました")));
                    self.load();
                }
                Err(failed) => self.failed(office, &failed),
            }
        });
    }
}

#[component]
pub fn Requests(accounts: Accounts) -> impl IntoView {
    view! {
        <h2 id="requests-heading">"承認を待っている申請"</h2>
        {move || accounts.requests.get().map(|list| table(accounts, list))}
    }
}

fn table(accounts: Accounts, list: Vec<AccountRequest>) -> AnyView {
    if list.is_empty() {
        return view! { <p class="empty">"承認を待っている申請はありません。"</p> }.into_any();
    }
    view! {
        <Listing label="承認を待っている申請">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"利用者名"</th><th scope="col">"申請"</th><th scope="col">"氏名"</th><th scope="col">"職務"</th>
                    <th scope="col">"行政区"</th><th scope="col">"申請した人"</th><th scope="col">"申請した時刻"</th><th scope="col">"操作"</th>
                </tr></thead>
                <tbody>{list.into_iter().map(|request| row(accounts, request)).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(accounts: Accounts, request: AccountRequest) -> impl IntoView {
    let (id, login) = (request.id, request.login.clone());
    let (approve, refuse) = (
        format!("{login} の申請を承認"),
        format!("{login} の申請を取り下げる"),
    );
    view! {
        <tr>
            <th scope="row">{request.login}</th><td>{request.kind.name()}</td><td>{request.name}</td><td>{request.role.name()}</td>
            <td>{super::accounts::ward(&request.ward)}</td><td>{request.requested_by}</td><td>{moment(&request.requested_at)}</td>
            <td>
                {if request.may_approve {
                    view! {
                        <button type="button" class="button button-primary" aria-label=approve on:click=move |_| accounts.approve(id)>"承認"</button>
                    }.into_any()
                } else {
                    view! { <span class="muted">"別の管理者の承認待ち"</span> }.into_any()
                }}
                <button type="button" class="button button-plain" aria-label=refuse
                    on:click=move |_| accounts.refuse(id, login.clone())>"取り下げる"</button>
            </td>
        </tr>
    }
}
