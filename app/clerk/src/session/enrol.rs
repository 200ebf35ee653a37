//! 二要素認証の設定: once, at the first sign-in, before anything else opens.

use crate::{api, dom, state};
use kokuho_shared::api::access::{NewFactor, ProveFactor};
use kokuho_shared::api::session::Session;
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn EnrolPage() -> impl IntoView {
    let office = state::office();
    let (factor, problem) = (
        RwSignal::new(None::<NewFactor>),
        RwSignal::new(None::<String>),
    );
    state::entered("二要素認証の設定");
    spawn_local(async move {
        match api::get::<NewFactor>("/api/session/factor").await {
            Ok(new) => factor.set(Some(new)),
            Err(failed) => problem.set(Some(failed.problem().message.clone())),
        }
    });
    let leave = move |_| {
        spawn_local(async move {
            match api::delete("/api/session").await {
                Ok(()) | Err(api::Failed::SignedOut(_)) => office.signed_out(),
                Err(failed) => problem.set(Some(failed.problem().message.clone())),
            }
        });
    };
    view! {
        <div class="narrow">
            <h1 id=state::HEADING tabindex="-1">"二要素認証の設定"</h1>
            <p>"認証アプリで下の図を読み取り、表示された6桁の確認コードを入力してください。次からのサインインにも、そのときの確認コードを使います。"</p>
            {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
            {move || factor.get().map(|factor| view! { <Prove factor=factor problem=problem /> })}
            <button type="button" class="button button-plain" on:click=leave>"やめてサインアウト"</button>
        </div>
    }
}

#[component]
fn Prove(factor: NewFactor, problem: RwSignal<Option<String>>) -> impl IntoView {
    let office = state::office();
    let (code, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let secret = factor.secret.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        let proof = ProveFactor {
            secret: secret.clone(),
            code: code.get_untracked(),
        };
        spawn_local(async move {
            match api::post::<_, Session>("/api/session/factor", &proof).await {
                Ok(session) => office.signed_in(session),
                Err(failed) => {
                    problem.set(Some(failed.problem().message.clone()));
                    busy.set(false);
                    dom::focus("code");
                }
            }
        });
    };
    view! {
        <form on:submit=submit>
            <div class="factor-picture" role="img" aria-label="認証アプリで読み取る図" inner_html=factor.picture></div>
            <p class="muted">"読み取れないときは、次の鍵を認証アプリに入力してください。"</p>
            <p class="factor-secret" data-testid="secret">{factor.secret}</p>
            <Field id="code" label="確認コード（6桁）".to_owned()>
                <input id="code" class="input" type="text" inputmode="numeric" autocomplete="one-time-code" required
                    aria-describedby=described_by("code")
                    prop:value=move || code.get() on:input=move |event| code.set(typed(&event)) />
            </Field>
            <div class="buttons">
                <button type="submit" class="button button-primary" disabled=move || busy.get()>"設定してはじめる"</button>
            </div>
        </form>
    }
}
