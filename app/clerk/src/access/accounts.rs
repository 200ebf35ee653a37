//! 利用者の一覧. Whatever opens something is asked for here, and approved by another administrator.

use super::edit::Edit;
use super::requests::Requests;
use super::sessions::SessionList;
use crate::api::Failed;
use crate::listing::Listing;
use crate::state::Office;
use crate::words::confirmed;
use crate::{api, dom, state};
use kokuho_shared::api::access::{Account, AccountRequest, AccountWish, RequestKind, Requested};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is handed over to somebody, and shown once.
#[derive(Clone)]
pub enum Handed {
    /// For who asked.
    Link { login: String, link: String },
    /// For who approved.
    Code { login: String, code: String },
}

/// What the screen knows; `chosen` is being changed, without a login it is a new one.
#[derive(Clone, Copy)]
pub struct Accounts {
    pub office: Office,
    pub list: RwSignal<Option<Vec<Account>>>,
    pub requests: RwSignal<Option<Vec<AccountRequest>>>,
    pub chosen: RwSignal<Option<Account>>,
    /// Whose sessions are shown.
    watched: RwSignal<Option<String>>,
    pub handed: RwSignal<Option<Handed>>,
    pub problem: RwSignal<Option<String>>,
    pub done: RwSignal<Option<String>>,
}

impl Accounts {
    fn new() -> Accounts {
        Accounts {
            office: state::office(),
            list: RwSignal::new(None),
            requests: RwSignal::new(None),
            chosen: RwSignal::new(None),
            watched: RwSignal::new(None),
            handed: RwSignal::new(None),
            problem: RwSignal::new(None),
            done: RwSignal::new(None),
        }
    }

    pub fn load(self) {
        let office = self.office;
        spawn_local(async move {
            match api::get::<Vec<Account>>("/api/accounts").await {
                Ok(list) => self.list.set(Some(list)),
                Err(failed) => self.failed(office, &failed),
            }
            match api::get::<Vec<AccountRequest>>("/api/account-requests").await {
                Ok(list) => self.requests.set(Some(list)),
                Err(failed) => self.failed(office, &failed),
            }
        });
    }

    pub fn failed(self, office: Office, failed: &Failed) {
        office.heard(failed);
        self.problem.set(Some(failed.problem().message.clone()));
    }

    /// What was said of the last thing that was done.
    pub fn forget(self) {
        self.problem.set(None);
        self.done.set(None);
        self.handed.set(None);
    }

    /// A request was filed.
    pub fn asked(self, kind: RequestKind, login: String, requested: Requested) {
        self.done.set(Some(format!(
            "{login} の「{}」を申請しました。別の管理者の承認を待っています",
            kind.name()
        )));
        self.handed.set(requested.token.map(|token| {
            let origin = window().location().origin().unwrap_or_default();
            let link = format!("{origin}/enrol#{token}");
            Handed::Link { login, link }
        }));
        self.load();
    }

    /// Asks for something that needs nothing more than a login.
    fn ask(self, kind: RequestKind, login: String) {
        let office = self.office;
        self.forget();
        spawn_local(async move {
            let wish = AccountWish {
                kind,
                login: login.clone(),
                name: String::new(),
                role: None,
                ward: String::new(),
            };
            match api::post::<_, Requested>("/api/account-requests", &wish).await {
                Ok(requested) => self.asked(kind, login, requested),
                Err(failed) => self.failed(office, &failed),
            }
        });
    }

    /// Ends the use of an account at once.
    fn suspend(self, login: String) {
        let question =
            format!("{login} の利用をすぐに停止しますか？ 解除には別の管理者の承認が必要です");
        if !confirmed(&question) {
            return;
        }
        let office = self.office;
        self.forget();
        spawn_local(async move {
            let path = format!("/api/accounts/{}/suspension", api::encoded(&login));
            match api::post_only(&path).await {
                Ok(()) => {
                    self.done.set(Some(format!("{login} の利用を停止しました")));
                    self.load();
                }
                Err(failed) => self.failed(office, &failed),
            }
        });
    }
}

#[component]
pub fn AccountsPage() -> impl IntoView {
    let accounts = Accounts::new();
    state::entered("利用者");
    accounts.load();
    view! {
        <h1 id=state::HEADING tabindex="-1">"利用者"</h1>
        <p>"職務と行政区によって、見られるものとできることが決まります。追加・変更・再登録・停止の解除は申請で、別の管理者が承認すると有効になり、その人はすべての端末でサインアウトされます。停止はすぐに有効になります。"</p>
        {move || accounts.problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || accounts.done.get().map(|text| view! { <Banner tone=Tone::Success><p>{text}</p></Banner> })}
        {move || accounts.handed.get().map(handed)}
        <section aria-labelledby="requests-heading"><Requests accounts=accounts /></section>
        <div class="two-pane">
            <section aria-labelledby="accounts-heading">
                <h2 id="accounts-heading">"登録されている利用者"</h2>
                {move || accounts.list.get().map(|list| table(accounts, list))}
                {move || accounts.watched.get().map(watched)}
            </section>
            <section aria-labelledby="edit-heading"><Edit accounts=accounts /></section>
        </div>
    }
}

fn handed(handed: Handed) -> impl IntoView {
    let (login, what, text) = match handed {
        Handed::Link { login, link } => (
            login,
            "登録リンク（承認から72時間、一度だけ使えます）",
            link,
        ),
        Handed::Code { login, code } => (login, "リンクと一緒に使う8桁の番号", code),
    };
    view! {
        <Banner tone=Tone::Warning>
            <p>{format!("{login} さん本人に、次の{what}を渡してください。この画面を離れると二度と表示されません。")}</p>
            <p class="factor-secret" data-testid="handed">{text}</p>
        </Banner>
    }
}

fn watched(login: String) -> impl IntoView {
    let path = format!("/api/accounts/{}/sessions", api::encoded(&login));
    view! {
        <h3 id="watched-heading" tabindex="-1">{format!("{login} がサインインしている端末")}</h3>
        <SessionList path=path label="利用者がサインインしている端末" />
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

/// A ward, or the whole city.
pub fn ward(ward: &str) -> String {
    if ward.is_empty() { "全市" } else { ward }.to_owned()
}

fn row(accounts: Accounts, account: Account) -> impl IntoView {
    let factor = if account.has_factor {
        "設定済"
    } else {
        "未設定"
    };
    view! {
        <tr>
            <th scope="row">{account.login.clone()}</th>
            <td>{account.name.clone()}{account.disabled.then_some("（停止中）")}</td>
            <td>{account.role.name()}</td><td>{ward(&account.ward)}</td><td>{factor}</td>
            <td>{acts(accounts, account)}</td>
        </tr>
    }
}

/// What can be done with an account, where it is not one's own.
fn acts(accounts: Accounts, account: Account) -> AnyView {
    let own = state::office().session().map(|session| session.login);
    if own.as_ref() == Some(&account.login) {
        return view! { <a href="/own">"自分の設定"</a> }.into_any();
    }
    let (login, disabled, chosen) = (account.login.clone(), account.disabled, account);
    let edit = move |_| {
        accounts.forget();
        accounts.chosen.set(Some(chosen.clone()));
        dom::focus("edit-heading");
    };
    let label = format!("{login} を変更");
    let ask = {
        let login = login.clone();
        move |kind: RequestKind| {
            let login = login.clone();
            let label = format!("{login} の{}を申請", kind.name());
            view! {
                <button type="button" class="button button-plain" aria-label=label
                    on:click=move |_| accounts.ask(kind, login.clone())>{kind.name()}</button>
            }
        }
    };
    let stop = {
        let login = login.clone();
        let label = format!("{login} を停止");
        view! {
            <button type="button" class="button button-plain" aria-label=label
                on:click=move |_| accounts.suspend(login.clone())>"停止"</button>
        }
    };
    let watch = {
        let label = format!("{login} の端末");
        view! {
            <button type="button" class="button button-plain" aria-label=label
                on:click=move |_| { accounts.watched.set(Some(login.clone())); dom::focus("watched-heading"); }>"端末"</button>
        }
    };
    view! {
        <button type="button" class="button" aria-label=label on:click=edit>"変更"</button>
        {if disabled {
            ask(RequestKind::Enable).into_any()
        } else {
            view! { {ask(RequestKind::Password)}{ask(RequestKind::Factor)}{stop}{watch} }.into_any()
        }}
    }
    .into_any()
}
