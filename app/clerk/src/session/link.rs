//! 登録リンク: whoever got the link from one administrator and the number from another one chooses a
//! password that nobody else knows.

use super::password::{HINT, Secret, Wrong};
use crate::{api, dom, state};
use kokuho_shared::api::access::{Enrol, Enrolled};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Whether the page was opened by such a link.
pub fn is_open() -> bool {
    let path = window().location().pathname();
    path.is_ok_and(|path| path == "/enrol")
}

/// What stands behind `#`, which browsers never send.
fn token() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

#[component]
pub fn LinkPage() -> impl IntoView {
    let (code, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let wrong: Wrong = RwSignal::new(None);
    let done = RwSignal::new(None::<String>);
    state::entered("利用者の登録");
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        wrong.set(None);
        let enrol = Enrol {
            token: token(),
            code: code.get_untracked(),
            password: password.get_untracked(),
        };
        spawn_local(async move {
            match api::post::<_, Enrolled>("/api/enrolment", &enrol).await {
                // The session has begun; what follows is the second factor.
                Ok(enrolled) if enrolled.enrolling => {
                    if window().location().replace("/").is_err() {
                        done.set(Some(enrolled.login));
                    }
                }
                Ok(enrolled) => done.set(Some(enrolled.login)),
                Err(failed) => {
                    let told = failed.problem().clone();
                    match told.field {
                        Some(field) if field != "token" => {
                            dom::focus(field.clone());
                            wrong.set(Some((field, told.message)));
                        }
                        _ => problem.set(Some(told.message)),
                    }
                }
            }
            busy.set(false);
        });
    };
    view! {
        <div class="narrow">
            <h1 id=state::HEADING tabindex="-1">"利用者の登録"</h1>
            {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
            {move || match done.get() {
                Some(login) => view! {
                    <Banner tone=Tone::Success><p>{format!("{login} のパスワードを登録しました。確認コードは今までの認証アプリのものです。")}</p></Banner>
                    <p><a class="button button-primary" rel="external" href="/">"サインインへ"</a></p>
                }.into_any(),
                None => view! {
                    <p>"リンクとは別の管理者から受け取った8桁の番号と、これから使うパスワードを入力してください。"</p>
                    <form on:submit=submit>
                        <Secret name="code" label="8桁の番号" value=code wrong=wrong complete="one-time-code" code=true />
                        <Secret name="password" label="新しいパスワード" value=password wrong=wrong complete="new-password" hint=HINT />
                        <div class="buttons">
                            <button type="submit" class="button button-primary" disabled=move || busy.get()>"登録する"</button>
                        </div>
                    </form>
                }.into_any(),
            }}
        </div>
    }
}
