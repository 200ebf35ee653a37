//! 記録の一覧: by account or household, the newest first.

use super::chain::Chain;
use crate::listing::Listing;
use crate::words::moment;
use crate::{api, state};
use kokuho_shared::access::Role;
use kokuho_shared::api::audit::{AuditAction, AuditRecord};
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What was asked for and what came.
#[derive(Clone, Copy)]
struct Search {
    login: RwSignal<String>,
    household: RwSignal<String>,
    found: RwSignal<Option<Vec<AuditRecord>>>,
    problem: RwSignal<Option<String>>,
    /// The last page was not full.
    whole: RwSignal<bool>,
    /// The number of the newest request: an answer to an older one comes too late.
    request: StoredValue<u32>,
}

const PAGE: usize = 200;

impl Search {
    /// The newest records, or those before the last one shown.
    fn load(self, more: bool) {
        let office = state::office();
        let household = self.household.get_untracked().trim().to_owned();
        if !household.chars().all(|c| c.is_ascii_digit()) {
            self.problem
                .set(Some("世帯の番号は数字で入力してください".to_owned()));
            return;
        }
        let shown = self
            .found
            .get_untracked()
            .filter(|_| more)
            .unwrap_or_default();
        let before = shown
            .last()
            .map(|record| format!("&before={}", record.seq))
            .unwrap_or_default();
        let household = if household.is_empty() {
            household
        } else {
            format!("&household={household}")
        };
        let path = format!(
            "/api/audit?login={}{household}{before}",
            api::encoded(&self.login.get_untracked())
        );
        self.problem.set(None);
        self.request.update_value(|number| *number += 1);
        let number = self.request.get_value();
        spawn_local(async move {
            let answer = api::get::<Vec<AuditRecord>>(&path).await;
            if self.request.try_get_value() != Some(number) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.whole.set(page.len() < PAGE);
                    self.found
                        .set(Some(shown.into_iter().chain(page).collect()));
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
pub fn AuditPage() -> impl IntoView {
    let search = Search {
        login: RwSignal::new(String::new()),
        household: RwSignal::new(String::new()),
        found: RwSignal::new(None),
        problem: RwSignal::new(None),
        whole: RwSignal::new(true),
        request: StoredValue::new(0),
    };
    state::entered("監査記録");
    search.load(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        search.load(false);
    };
    view! {
        <h1 id=state::HEADING tabindex="-1">"監査記録"</h1>
        <p>"だれがいつ、どの世帯の何を見て、何を変えたかの記録です。氏名や番号は残りません。記録は後から変えられず、変えればここで分かります。"</p>
        <Chain />
        <form on:submit=submit role="search" aria-label="監査記録の検索">
            <div class="search-keys">
                <Field id="audit-login" label="利用者名".to_owned()>
                    <input id="audit-login" class="input" type="text" autocomplete="off" aria-describedby=described_by("audit-login")
                        prop:value=move || search.login.get() on:input=move |event| search.login.set(typed(&event)) />
                </Field>
                <Field id="audit-household" label="世帯（内部の番号）".to_owned()>
                    <input id="audit-household" class="input" type="text" inputmode="numeric" autocomplete="off"
                        aria-describedby=described_by("audit-household")
                        prop:value=move || search.household.get() on:input=move |event| search.household.set(typed(&event)) />
                </Field>
            </div>
            <div class="buttons"><button type="submit" class="button button-primary">"記録を探す"</button></div>
        </form>
        {move || search.problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || search.found.get().map(table)}
        <Show when=move || !search.whole.get()>
            <button type="button" class="button" on:click=move |_| search.load(true)>"前の記録も表示"</button>
        </Show>
    }
}

fn table(records: Vec<AuditRecord>) -> AnyView {
    if records.is_empty() {
        return view! { <p class="empty">"該当する記録はありません。利用者名と世帯の番号を確かめてください。"</p> }.into_any();
    }
    view! {
        <Listing label="監査記録の一覧">
            <table class="grid-table found-table">
                <thead><tr>
                    <th scope="col" class="num">"番号"</th><th scope="col">"時刻"</th><th scope="col">"利用者"</th><th scope="col">"職務"</th>
                    <th scope="col">"操作"</th><th scope="col" class="num">"世帯"</th><th scope="col" class="num">"人数"</th><th scope="col">"内容"</th>
                </tr></thead>
                <tbody>{records.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(record: AuditRecord) -> impl IntoView {
    let role = Role::of_key(&record.role).map_or("", Role::name);
    // What a newer server records is shown by its word.
    let what = AuditAction::of_key(&record.what).map_or(record.what, |what| what.name().to_owned());
    let machine = (!record.channel.is_empty())
        .then(|| format!("（{}：{}）", record.channel, record.machine_user));
    view! {
        <tr>
            <th scope="row" class="num">{record.seq}</th><td>{moment(&record.at)}</td><td>{record.login}</td><td>{role}</td>
            <td>{what}</td><td class="num">{record.household.map(|id| id.to_string())}</td>
            <td class="num">{record.persons.len()}</td><td>{record.detail}{machine}</td>
        </tr>
    }
}
