//! サインイン中の端末: where an account is signed in, each to be ended. One's own, or somebody's for an
//! administrator.

use crate::listing::Listing;
use crate::words::moment;
use crate::{api, state};
use kokuho_shared::api::session::OpenSession;
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the list knows; `path` is `/api/sessions` or that of somebody's.
#[derive(Clone, Copy)]
struct Sessions {
    office: state::Office,
    path: StoredValue<String>,
    list: RwSignal<Option<Vec<OpenSession>>>,
    problem: RwSignal<Option<String>>,
}

impl Sessions {
    fn load(self) {
        let office = self.office;
        spawn_local(async move {
            match api::get::<Vec<OpenSession>>(&self.path.get_value()).await {
                Ok(list) => {
                    self.list.try_set(Some(list));
                }
                Err(failed) => {
                    office.heard(&failed);
                    self.problem.try_set(Some(failed.problem().message.clone()));
                }
            }
        });
    }

    fn end(self, id: i64) {
        let office = self.office;
        self.problem.set(None);
        spawn_local(async move {
            match api::delete(&format!("{}/{id}", self.path.get_value())).await {
                Ok(()) => self.load(),
                Err(failed) => {
                    office.heard(&failed);
                    self.problem.try_set(Some(failed.problem().message.clone()));
                }
            }
        });
    }
}

#[component]
pub fn SessionList(#[prop(into)] path: String, #[prop(into)] label: String) -> impl IntoView {
    let sessions = Sessions {
        office: state::office(),
        path: StoredValue::new(path),
        list: RwSignal::new(None),
        problem: RwSignal::new(None),
    };
    sessions.load();
    view! {
        {move || sessions.problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || sessions.list.get().map(|list| table(sessions, list, label.clone()))}
    }
}

fn table(sessions: Sessions, list: Vec<OpenSession>, label: String) -> AnyView {
    if list.is_empty() {
        return view! { <p class="empty">"サインインしている端末はありません。"</p> }.into_any();
    }
    view! {
        <Listing label=label>
            <table class="grid-table">
                <thead><tr>
                    <th scope="col">"サインイン"</th><th scope="col">"最後の操作"</th><th scope="col">"アドレス"</th>
                    <th scope="col">"ブラウザ"</th><th scope="col">"操作"</th>
                </tr></thead>
                <tbody>{list.into_iter().map(|session| row(sessions, session)).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(sessions: Sessions, session: OpenSession) -> impl IntoView {
    let (id, begun) = (session.id, moment(&session.begun_at));
    let label = format!("{begun}のサインインを終わらせる");
    view! {
        <tr>
            <th scope="row">{begun}</th><td>{moment(&session.seen_at)}</td><td>{session.address}</td><td>{session.browser}</td>
            <td>{if session.here {
                view! { "この画面" }.into_any()
            } else {
                view! {
                    <button type="button" class="button" aria-label=label on:click=move |_| sessions.end(id)>"終わらせる"</button>
                }.into_any()
            }}</td>
        </tr>
    }
}
