//! 自分の設定: one's own password, and where one is signed in.

use super::password::{HINT, Secret, Wrong};
use crate::access::sessions::SessionList;
use crate::{api, dom, state};
use kokuho_shared::api::session::PasswordChange;
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn OwnPage() -> impl IntoView {
    state::entered("自分の設定");
    view! {
        <h1 id=state::HEADING tabindex="-1">"自分の設定"</h1>
        <div class="two-pane">
            <section aria-labelledby="password-heading">
                <h2 id="password-heading">"パスワードを変える"</h2>
                <ChangePassword />
            </section>
            <section aria-labelledby="sessions-heading">
                <h2 id="sessions-heading">"サインインしている端末"</h2>
                <p>"覚えのないものは終わらせて、パスワードを変え、管理者に知らせてください。"</p>
                <SessionList path="/api/sessions" label="サインインしている端末" />
            </section>
        </div>
    }
}

#[component]
fn ChangePassword() -> impl IntoView {
    let office = state::office();
    let field = || RwSignal::new(String::new());
    let (current, code, password) = (field(), field(), field());
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let (wrong, done): (Wrong, _) = (RwSignal::new(None), RwSignal::new(false));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        wrong.set(None);
        done.set(false);
        let change = PasswordChange {
            current: current.get_untracked(),
            code: code.get_untracked(),
            password: password.get_untracked(),
        };
        spawn_local(async move {
            match api::put_only("/api/session/password", &change).await {
                Ok(()) => {
                    done.set(true);
                    for field in [current, code, password] {
                        field.set(String::new());
                    }
                }
                Err(failed) => {
                    office.heard(&failed);
                    let told = failed.problem().clone();
                    match told.field {
                        Some(field) => {
                            dom::focus(field.clone());
                            wrong.set(Some((field, told.message)));
                        }
                        None => problem.set(Some(told.message)),
                    }
                }
            }
            busy.set(false);
        });
    };
    view! {
        {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || done.get().then(|| view! {
            <Banner tone=Tone::Success><p>"パスワードを変えました。ほかの端末はサインアウトされました。"</p></Banner>
        })}
        <form on:submit=submit>
            <Secret name="current" label="今のパスワード" value=current wrong=wrong complete="current-password" />
            <Secret name="code" label="確認コード（6桁）" value=code wrong=wrong complete="one-time-code" code=true
                hint="サインインに使ったコードは使えません。次のコードを待って入力してください" />
            <Secret name="password" label="新しいパスワード" value=password wrong=wrong complete="new-password" hint=HINT />
            <div class="buttons">
                <button type="submit" class="button button-primary" disabled=move || busy.get()>"パスワードを変える"</button>
            </div>
        </form>
    }
}
