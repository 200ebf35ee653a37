//! 利用者の追加と変更: both are requests.

use super::accounts::Accounts;
use crate::{api, dom, state};
use kokuho_shared::access::Role;
use kokuho_shared::api::access::{Account, AccountWish, RequestKind, Requested};
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The fields of the form.
#[derive(Clone, Copy)]
struct Form {
    login: RwSignal<String>,
    name: RwSignal<String>,
    role: RwSignal<Role>,
    ward: RwSignal<String>,
    /// Which field the server refused, and why.
    wrong: RwSignal<Option<(String, String)>>,
}

impl Form {
    fn new() -> Form {
        Form {
            login: RwSignal::new(String::new()),
            name: RwSignal::new(String::new()),
            role: RwSignal::new(Role::CounterClerk),
            ward: RwSignal::new(String::new()),
            wrong: RwSignal::new(None),
        }
    }

    fn show(&self, account: Option<&Account>) {
        let text = |of: fn(&Account) -> &String| account.map(of).cloned().unwrap_or_default();
        self.login.set(text(|account| &account.login));
        self.name.set(text(|account| &account.name));
        self.ward.set(text(|account| &account.ward));
        self.role
            .set(account.map_or(Role::CounterClerk, |account| account.role));
        self.wrong.set(None);
    }

    fn wish(&self, kind: RequestKind) -> AccountWish {
        AccountWish {
            kind,
            login: self.login.get_untracked().trim().to_owned(),
            name: self.name.get_untracked(),
            role: Some(self.role.get_untracked()),
            ward: self.ward.get_untracked().trim().to_owned(),
        }
    }

    fn error(&self, field: &'static str) -> Signal<Option<String>> {
        let wrong = self.wrong;
        Signal::derive(move || {
            wrong
                .get()
                .filter(|(at, _)| at == field)
                .map(|(_, why)| why)
        })
    }
}

#[component]
pub fn Edit(accounts: Accounts) -> impl IntoView {
    let office = state::office();
    let form = Form::new();
    let busy = RwSignal::new(false);
    Effect::new(move |_| form.show(accounts.chosen.get().as_ref()));
    let known = move || accounts.chosen.get().is_some();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        form.wrong.set(None);
        accounts.forget();
        let kind = match accounts.chosen.get_untracked() {
            Some(_) => RequestKind::Change,
            None => RequestKind::Create,
        };
        let wish = form.wish(kind);
        spawn_local(async move {
            match api::post::<_, Requested>("/api/account-requests", &wish).await {
                Ok(requested) => {
                    accounts.asked(kind, wish.login, requested);
                    accounts.chosen.set(None);
                    form.show(None);
                }
                Err(failed) => {
                    office.heard(&failed);
                    let problem = failed.problem().clone();
                    match problem.field {
                        Some(field) => {
                            dom::focus(format!("account-{field}"));
                            form.wrong.set(Some((field, problem.message)));
                        }
                        None => accounts.problem.set(Some(problem.message)),
                    }
                }
            }
            busy.set(false);
        });
    };
    view! {
        <h2 id="edit-heading" tabindex="-1">{move || if known() { "利用者を変更する" } else { "利用者を追加する" }}</h2>
        <form on:submit=save>
            <Text id="account-login" label="利用者名（半角英数字）" value=form.login error=form.error("login") locked=Signal::derive(known) />
            <Text id="account-name" label="氏名" value=form.name error=form.error("name") />
            <Field id="account-role" label="職務".to_owned() error=form.error("role")>
                <select id="account-role" class="select" aria-describedby=described_by("account-role")
                    on:change=move |event| if let Some(role) = Role::of_key(&event_target_value(&event)) { form.role.set(role) }>
                    {Role::ALL.into_iter().map(|role| view! {
                        <option value=role.key() selected=move || form.role.get() == role>{role.name()}</option>
                    }).collect_view()}
                </select>
            </Field>
            <Text id="account-ward" label="行政区（空欄＝全市）" value=form.ward error=form.error("ward") />
            <div class="buttons">
                <button type="submit" class="button button-primary" disabled=move || busy.get()>{move || if known() { "変更を申請" } else { "追加を申請" }}</button>
                <Show when=known>
                    <button type="button" class="button" on:click=move |_| accounts.chosen.set(None)>"追加に戻る"</button>
                </Show>
            </div>
        </form>
    }
}

#[component]
fn Text(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
    #[prop(into, optional)] locked: Signal<bool>,
) -> impl IntoView {
    view! {
        <Field id=id label=label.to_owned() error=error>
            <input id=id class="input" type="text" autocomplete="off" aria-describedby=described_by(id)
                aria-invalid=move || error.get().is_some().to_string() readonly=move || locked.get()
                prop:value=move || value.get() on:input=move |event| value.set(typed(&event)) />
        </Field>
    }
}
