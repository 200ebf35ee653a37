//! 検索: two keys open a person. What was typed and found stays while one looks at a household, so that going back
//! shows it again; it never stands in an address.

use super::found::{self, FoundTable};
use super::search_line::Line;
use crate::{api, dom, state};
use chrono::NaiveDate;
use kokuho_shared::api::household::{Found, PersonSearch};
use kokuho_shared::ids::HouseholdId;
use kokuho_ui::components::{Banner, Field, Tone, described_by, typed};
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The address of the list of people found.
pub const PATH: &str = "/search";

/// What was typed and what came of it.
#[derive(Clone, Copy)]
pub struct Search {
    number: RwSignal<String>,
    name: RwSignal<String>,
    birth: RwSignal<Option<NaiveDate>>,
    found: RwSignal<Option<Vec<Found>>>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Counts the searches: only the answer of the newest is shown.
    asked: StoredValue<u32>,
}

impl Search {
    pub fn new() -> Search {
        Search {
            number: RwSignal::new(String::new()),
            name: RwSignal::new(String::new()),
            birth: RwSignal::new(None),
            found: RwSignal::new(None),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
            asked: StoredValue::new(0),
        }
    }

    /// Nothing of one person's search is shown to the next who signs in.
    pub fn forget(self) {
        self.asked.update_value(|asked| *asked += 1);
        self.number.set(String::new());
        self.name.set(String::new());
        self.birth.set(None);
        self.found.set(None);
        self.problem.set(None);
        self.busy.set(false);
    }

    /// Takes the keys of one line.
    pub fn take(self, line: &str, today: NaiveDate) {
        let Line {
            number,
            name,
            birth,
        } = Line::read(line, today);
        self.number.set(number);
        self.name.set(name);
        self.birth.set(birth);
    }

    /// `open`: leads to a household that a scanned symbol alone found.
    pub fn start(self, office: state::Office, open: impl Fn(HouseholdId) + 'static) {
        let keys = PersonSearch {
            number: self.number.get_untracked(),
            name: self.name.get_untracked(),
            birth_date: self.birth.get_untracked(),
        };
        self.asked.update_value(|asked| *asked += 1);
        let this = self.asked.get_value();
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let answer = api::post::<_, Vec<Found>>("/api/persons/search", &keys).await;
            if self.asked.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(list) => {
                    let alone = keys.name.is_empty() && keys.birth_date.is_none();
                    if let Some(one) = list.first().filter(|_| alone) {
                        office.unsure.set(Some(one.household_id));
                        open(one.household_id);
                    } else if !list.is_empty() {
                        dom::focus(found::id_of(0));
                    }
                    self.found.set(Some(list));
                }
                Err(failed) => {
                    office.heard(&failed);
                    self.found.set(None);
                    self.problem.set(Some(failed.problem().message.clone()));
                    dom::focus(match (keys.number.is_empty(), keys.name.is_empty()) {
                        (true, false) => "key-birth",
                        (false, true) => "key-name",
                        _ => "key-number",
                    });
                }
            }
            self.busy.set(false);
        });
    }
}

/// Goes to a household.
pub fn opener(navigate: impl Fn(&str, NavigateOptions)) -> impl Fn(HouseholdId) {
    move |household| {
        navigate(
            &format!("/households/{household}"),
            NavigateOptions::default(),
        )
    }
}

#[component]
pub fn SearchPage() -> impl IntoView {
    let office = state::office();
    let search = expect_context::<Search>();
    state::titled("検索");
    let navigate = use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if dom::is_wrong("key-birth") {
            dom::focus("key-birth");
        } else {
            search.start(office, opener(navigate.clone()));
        }
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
                <button type="submit" class="button button-primary" id="search-start" disabled=move || search.busy.get()>
                    {move || if search.busy.get() { "探しています…" } else { "検索" }}
                </button>
            </div>
        </form>
        {move || search.problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        <p class="visually-hidden" role="status">{move || search.found.get().map(|list| format!("{}人見つかりました", list.len()))}</p>
        {move || search.found.get().map(|list| view! { <FoundTable found=list /> })}
        <Show when=move || search.found.get().is_none() && search.problem.get().is_none() && !search.busy.get()>
            <p class="empty">"ここに検索の結果が並びます。"</p>
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
