//! サインイン.

use crate::api;
use crate::dom;
use crate::state;
use kokuho_shared::api::session::{Door, Session, SignIn};
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Stands in the place of the screen that was asked for, which follows after it. `locked`: the
/// session ended during work.
#[component]
pub fn SignInPage(#[prop(optional)] locked: bool) -> impl IntoView {
    let office = state::office();
    let (login, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let code = RwSignal::new(String::new());
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let door = RwSignal::new(Door::default());
    spawn_local(async move {
        // Without an answer only the usual way in is shown.
        if let Ok(known) = api::get::<Door>("/api/door").await {
            door.try_set(known);
        }
    });
    state::titled("サインイン");
    dom::focus("sign-in-heading");
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let sign_in = SignIn {
                login: login.get_untracked(),
                password: password.get_untracked(),
                code: code.get_untracked(),
            };
            match api::post::<_, Session>("/api/session", &sign_in).await {
                Ok(session) => office.signed_in(session),
                Err(failed) => {
                    problem.set(Some(failed.problem().message.clone()));
                    busy.set(false);
                    let field = failed.problem().field.clone();
                    dom::focus(field.unwrap_or_else(|| "login".to_owned()));
                }
            }
        });
    };
    view! {
        <div class="narrow">
            <h1 id="sign-in-heading" tabindex="-1">"国民健康保険　サインイン"</h1>
            {locked.then(|| view! {
                <Banner tone=Tone::Warning>
                    <p>"画面をロックしました。操作がなかったか、サインインが切れたためです。同じ人がもう一度サインインすると、同じ画面に戻ります。保存していなかった入力は残っていません。"</p>
                </Banner>
            })}
            {move || door.get().environment.tag().map(|name| view! {
                <p class="tag tag-amber" id="environment">{name}"環境"</p>
            })}
            {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
            <form on:submit=submit>
                <Field id="login" label="利用者名".to_owned()>
                    <input id="login" class="input" type="text" autocomplete="username" required aria-describedby=described_by("login")
                        prop:value=move || login.get() on:input=move |event| login.set(typed(&event)) />
                </Field>
                <Field id="password" label="パスワード".to_owned()>
                    <input id="password" class="input" type="password" autocomplete="current-password" required
                        aria-describedby=described_by("password")
                        prop:value=move || password.get() on:input=move |event| password.set(typed(&event)) />
                </Field>
                <Field id="code" label="確認コード（6桁）".to_owned() hint="二要素認証をまだ設定していない人は空欄のまま進みます".to_owned()>
                    <input id="code" class="input" type="text" inputmode="numeric" autocomplete="one-time-code"
                        aria-describedby=described_by("code")
                        prop:value=move || code.get() on:input=move |event| code.set(typed(&event)) />
                </Field>
                <div class="buttons">
                    <button type="submit" class="button button-primary" disabled=move || busy.get()>"サインイン"</button>
                </div>
            </form>
            {move || door.get().provider.then(|| view! {
                // Another page: the browser leaves this one.
                <p><a class="button" rel="external" href="/api/oidc">"庁内の認証基盤でサインイン"</a></p>
            })}
        </div>
    }
}
