//! 検索: two keys open a person.

use super::found::{self, FoundTable};
use crate::{api, dom, state};
use chrono::NaiveDate;
use kokuho_shared::api::household::{Found, PersonSearch};
use kokuho_ui::components::{Field, Notice, Tone, described_by, typed};
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What was typed and what came of it.
#[derive(Clone, Copy)]
struct Search {
    number: RwSignal<String>,
    name: RwSignal<String>,
    birth: RwSignal<Option<NaiveDate>>,
    found: RwSignal<Option<Vec<Found>>>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Search {
    fn new() -> Search {
        Search {
            number: RwSignal::new(String::new()),
            name: RwSignal::new(String::new()),
            birth: RwSignal::new(None),
            found: RwSignal::new(None),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    fn start(self, office: state::Office) {
        if dom::is_wrong("key-birth") {
            dom::focus("key-birth");
            return;
        }
        let keys = PersonSearch {
            number: self.number.get_untracked(),
            name: self.name.get_untracked(),
            birth_date: self.birth.get_untracked(),
        };
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match api::post::<_, Vec<Found>>("/api/persons/search", &keys).await {
                Ok(list) => {
                    if !list.is_empty() {
                        dom::focus(found::id_of(0));
                    }
                    self.found.set(Some(list));
                }
                Err(failed) => {
                    office.heard(&failed);
                    self.found.set(None);
                    self.problem.set(Some(failed.problem().message.clone()));
                }
            }
            self.busy.set(false);
        });
    }
}

#[component]
pub fn SearchPage() -> impl IntoView {
    let office = state::office();
    let search = Search::new();
    state::titled("検索");
    let called_by_key = office.seeking.get_untracked();
    office.seeking.set(false);
    dom::focus(if called_by_key {
        "key-number"
    } else {
        state::HEADING
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        search.start(office);
    };
    // From the fields straight into the list below them.
    let down = move |event: web_sys::KeyboardEvent| {
        if event.key() == "ArrowDown" && !event.is_composing() && dom::is_there(&found::id_of(0)) {
            event.prevent_default();
            dom::focus(found::id_of(0));
        }
    };
    view! {
        <h1 id=state::HEADING tabindex="-1">"世帯を開く"</h1>
        <p class="muted">"番号・氏名・生年月日のうち2つ以上で探します。カナは前方一致、全角・半角・ひらがなのどれでも同じです。"</p>
        <form on:submit=submit on:keydown=down role="search" aria-label="世帯の検索">
            <Keys search=search />
            <div class="buttons">
                <button type="submit" class="button button-primary" disabled=move || search.busy.get()>"検索"<kbd>"Enter"</kbd></button>
            </div>
        </form>
        {move || search.problem.get().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <p class="visually-hidden" role="status">{move || search.found.get().map(|list| format!("{}人見つかりました", list.len()))}</p>
        {move || search.found.get().map(|list| view! { <FoundTable found=list /> })}
        <Show when=move || search.found.get().is_none() && search.problem.get().is_none()>
            <p class="empty">"ここに検索の結果が並びます。まだ何も取り込んでいない場合は、先に"<a href="/imports">"取込"</a>"で住基・所得・資格台帳のファイルを取り込んでください。"</p>
        </Show>
    }
}

#[component]
fn Keys(search: Search) -> impl IntoView {
    let (number, name) = (search.number, search.name);
    view! {
        <div class="search-keys">
            <Field id="key-number" label="番号（印刷されているもの）".to_owned()
                hint="世帯・宛名・被保険者・納付書・通知書・文書・照会のどの番号でも。納付書のバーコードも読み取れます".to_owned()>
                <input id="key-number" class="input" type="text" autocomplete="off" aria-describedby=described_by("key-number")
                    prop:value=move || number.get() on:input=move |event| number.set(typed(&event)) />
            </Field>
            <Field id="key-name" label="氏名またはカナ".to_owned()>
                <input id="key-name" class="input" type="text" autocomplete="off" aria-describedby=described_by("key-name")
                    prop:value=move || name.get() on:input=move |event| name.set(typed(&event)) />
            </Field>
            <DateEntry id="key-birth" label="生年月日".to_owned() value=search.birth />
        </div>
    }
}
