//! 利用者の一覧.

use super::edit::Edit;
use crate::listing::Listing;
use crate::{api, dom, state};
use kokuho_shared::api::access::Account;
use kokuho_ui::components::{Notice, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the screen knows; `chosen` is being changed, without a login it is a new one.
#[derive(Clone, Copy)]
pub struct Accounts {
    pub list: RwSignal<Option<Vec<Account>>>,
    pub chosen: RwSignal<Option<Account>>,
    pub problem: RwSignal<Option<String>>,
    pub done: RwSignal<Option<String>>,
}

impl Accounts {
    fn load(self) {
        let office = state::office();
        spawn_local(async move {
            match api::get::<Vec<Account>>("/api/accounts").await {
                Ok(list) => self.list.set(Some(list)),
                Err(failed) => {
                    office.heard(&failed);
                    self.problem.set(Some(failed.problem().message.clone()));
                }
            }
        });
    }

    /// Takes a lost second factor away; it is set up anew at the next sign-in.
    fn reset_factor(self, login: String) {
        let office = state::office();
        self.problem.set(None);
        spawn_local(async move {
            let path = format!("/api/accounts/{}/factor", api::encoded(&login));
            match api::delete(&path).await {
                Ok(()) => {
                    self.done.set(Some(format!(
                        "{login} の二要素認証を解除しました。次のサインインで設定し直します"
                    )));
                    self.load();
                }
                Err(failed) => {
                    office.heard(&failed);
                    self.problem.set(Some(failed.problem().message.clone()));
                }
            }
        });
    }
}

#[component]
pub fn AccountsPage() -> impl IntoView {
    let accounts = Accounts {
        list: RwSignal::new(None),
        chosen: RwSignal::new(None),
        problem: RwSignal::new(None),
        done: RwSignal::new(None),
    };
    state::entered("利用者");
    accounts.load();
    view! {
        <h1 id=state::HEADING tabindex="-1">"利用者"</h1>
        <p>"職務と行政区によって、見られるものとできることが決まります。変更すると、その人はすべての端末でサインアウトされます。"</p>
        {move || accounts.problem.get().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        {move || accounts.done.get().map(|text| view! { <Notice tone=Tone::Success><p>{text}</p></Notice> })}
        <div class="two-pane">
            <section aria-labelledby="accounts-heading">
                <h2 id="accounts-heading">"登録されている利用者"</h2>
                {move || accounts.list.get().map(|list| table(accounts, list))}
            </section>
            <section aria-labelledby="edit-heading"><Edit accounts=accounts /></section>
        </div>
    }
}

fn table(accounts: Accounts, list: Vec<Account>) -> impl IntoView {
    view! {
        <Listing label="利用者の一覧">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"利用者名"</th><th scope="col">"氏名"</th><th scope="col">"職務"</th>
                    <th scope="col">"行政区"</th><th scope="col">"二要素認証"</th><th scope="col">"操作"</th>
                </tr></thead>
                <tbody>{list.into_iter().map(|account| row(accounts, account)).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

fn row(accounts: Accounts, account: Account) -> impl IntoView {
    let (login, chosen) = (account.login.clone(), account.clone());
    let ward = if account.ward.is_empty() {
        "全市".to_owned()
    } else {
        account.ward.clone()
    };
    let factor = if account.has_factor {
        "設定済"
    } else {
        "未設定"
    };
    let edit = move |_| {
        accounts.done.set(None);
        accounts.chosen.set(Some(chosen.clone()));
        dom::focus("edit-heading");
    };
    view! {
        <tr>
            <th scope="row">{account.login.clone()}</th>
            <td>{account.name.clone()}{account.disabled.then_some("（停止中）")}</td>
            <td>{account.role.name()}</td><td>{ward}</td><td>{factor}</td>
            <td>
                <button type="button" class="button" aria-label=format!("{} を変更", account.login) on:click=edit>"変更"</button>
                {account.has_factor.then(|| view! {
                    <button type="button" class="button button-plain" aria-label=format!("{} の二要素認証を解除", account.login)
                        on:click=move |_| accounts.reset_factor(login.clone())>"二要素認証を解除"</button>
                })}
            </td>
        </tr>
    }
}
