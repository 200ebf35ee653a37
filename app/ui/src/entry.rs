//! 入力: days in any calendar and amounts as people type them. What was typed stays.

use crate::components::{Field, described_by, is_composing, typed};
use crate::format;
use crate::i18n::Lang;
use chrono::NaiveDate;
use kokuho_shared::era::{self, EraError};
use kokuho_shared::money::Yen;
use kokuho_shared::text;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// 読めない入力: the fields of a page whose text is not understood, by id, with what they are called. A page that shows
/// what comes of its fields provides this, so that it never shows an older result as if it were theirs.
#[derive(Clone, Copy)]
pub struct Unread(RwSignal<BTreeMap<String, String>>);

impl Unread {
    /// For all fields below the component that is being made.
    pub fn provide() -> Unread {
        let unread = Unread(RwSignal::new(BTreeMap::new()));
        provide_context(unread);
        unread
    }

    pub fn any(self) -> bool {
        self.0.with(|fields| !fields.is_empty())
    }

    /// Ids and names.
    pub fn fields(self) -> BTreeMap<String, String> {
        self.0.get()
    }

    fn tell(self, id: &str, name: Option<String>) {
        // A field may go together with its page.
        let known = self
            .0
            .try_with_untracked(|fields| fields.contains_key(id))
            .unwrap_or(false);
        if known != name.is_some() {
            let _ = self.0.try_update(|fields| match name {
                Some(name) => fields.insert(id.to_owned(), name),
                None => fields.remove(id),
            });
        }
    }
}

/// What a field tells the page that wants to know it; nothing where no page does.
#[derive(Clone)]
struct Teller {
    page: Option<Unread>,
    id: String,
    label: Signal<String>,
}

impl Teller {
    fn of(id: &str, label: Signal<String>) -> Teller {
        let page = use_context::<Unread>();
        let gone = id.to_owned();
        on_cleanup(move || {
            if let Some(page) = page {
                page.tell(&gone, None);
            }
        });
        Teller {
            page,
            id: id.to_owned(),
            label,
        }
    }

    fn tell(&self, wrong: bool) {
        if let Some(page) = self.page {
            page.tell(&self.id, wrong.then(|| self.label.get_untracked()));
        }
    }
}

/// 日付: S30.4.1, 昭和30年4月1日, 1955-04-01 …; the other calendar is shown beneath.
#[component]
pub fn DateEntry(
    #[prop(into)] id: String,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<Option<NaiveDate>>,
    #[prop(into, optional)] lang: Signal<Lang>,
    #[prop(into, optional)] required: Signal<Option<String>>,
    /// What is wrong with a day that can be read.
    #[prop(into, optional)]
    wrong: Signal<Option<String>>,
) -> impl IntoView {
    let teller = Teller::of(&id, label);
    let words = RwSignal::new(
        value
            .get_untracked()
            .map(|day| day.to_string())
            .unwrap_or_default(),
    );
    let error = RwSignal::new(None::<String>);
    // A value set from outside (undo, reload) replaces the text, unless the text means it.
    Effect::new(move |_| {
        let now = value.get();
        if era::parse_date(&words.get_untracked()).ok() != now {
            let keep = now.is_none() && error.get_untracked().is_some();
            if !keep {
                words.set(now.map(|day| day.to_string()).unwrap_or_default());
            }
        }
    });
    let read = move |text: String| {
        // The page hears of it before the day goes.
        match era::parse_date(&text) {
            Ok(day) => {
                teller.tell(false);
                error.set(None);
                value.set(Some(day));
            }
            Err(why) => {
                let unread = why != EraError::Empty;
                teller.tell(unread);
                error.set(unread.then(|| why.to_string()));
                value.set(None);
            }
        }
        words.set(text);
    };
    // Both the keys and the end of a composition read.
    let read = StoredValue::new(read);
    let hint = Signal::derive(move || match value.get() {
        Some(day) => format!("= {}", echo_of(day, lang.get())),
        None => lang
            .get()
            .pick(
                "例: S30.4.1、1955-04-01",
                "e.g. 1955-04-01",
                "書き方: 1955-04-01、S30.4.1",
            )
            .to_owned(),
    });
    let told = Signal::derive(move || {
        let unread = said(error.get(), "Not a day (e.g. 1955-04-01)", lang);
        unread.or_else(|| wrong.get())
    });
    view! {
        <Field id=id.clone() label=label hint=hint error=told required=required>
            <input id=id.clone() type="text" inputmode="text" autocomplete="off" class="input input-date"
                aria-describedby=described_by(&id) aria-invalid=move || told.get().is_some().to_string()
                prop:value=move || words.get()
                on:input=move |event| if !is_composing(&event) { read.with_value(|read| read(typed(&event))) }
                on:compositionend=move |event| read.with_value(|read| read(typed(&event))) />
        </Field>
    }
}

/// A day in the other calendar, or in words to those who know only one.
pub fn echo_of(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::En => format::date_in_english(day),
        _ => format::date_both(day),
    }
}

/// Why an entry is refused; its own words are Japanese.
fn said(why: Option<String>, english: &str, lang: Signal<Lang>) -> Option<String> {
    why.map(|why| match lang.get() {
        Lang::En => english.to_owned(),
        _ => why,
    })
}

/// 金額: full width, commas, 円 and 万 are understood; nothing is zero.
#[component]
pub fn YenEntry(
    #[prop(into)] id: String,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<Yen>,
    #[prop(into, optional)] lang: Signal<Lang>,
    #[prop(into, optional)] help: Signal<String>,
    /// A loss may be entered, with a minus or ▲.
    #[prop(optional)]
    signed: bool,
) -> impl IntoView {
    let teller = Teller::of(&id, label);
    let parse = if signed {
        text::parse_signed_yen
    } else {
        text::parse_yen
    };
    let shown = |amount: Yen| {
        if amount == Yen::ZERO {
            String::new()
        } else {
            format::number(amount.0)
        }
    };
    let words = RwSignal::new(shown(value.get_untracked()));
    let error = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let now = value.get();
        if parse(&words.get_untracked()).is_ok_and(|meant| meant != now) {
            words.set(shown(now));
        }
    });
    let read = move |typed: String| {
        match parse(&typed) {
            Ok(amount) => {
                teller.tell(false);
                error.set(None);
                value.set(amount);
            }
            Err(why) => {
                teller.tell(true);
                error.set(Some(why.to_string()));
            }
        }
        words.set(typed);
    };
    let read = StoredValue::new(read);
    let echo = move || {
        let words = words.get();
        let plain = parse(&words).ok().filter(|_| words.contains(['万', '億']));
        plain.map(|amount| format!("= {}", format::yen(amount, lang.get())))
    };
    let told = Signal::derive(move || said(error.get(), "Not an amount (e.g. 1,234,567)", lang));
    view! {
        <Field id=id.clone() label=label hint=help error=told>
            <input id=id.clone() type="text" inputmode=if signed { "text" } else { "numeric" } autocomplete="off" class="input input-yen"
                aria-describedby=described_by(&id) aria-invalid=move || error.get().is_some().to_string()
                prop:value=move || words.get()
                on:input=move |event| if !is_composing(&event) { read.with_value(|read| read(typed(&event))) }
                on:compositionend=move |event| read.with_value(|read| read(typed(&event)))
                on:blur=move |_| if error.get_untracked().is_none() { words.set(shown(value.get_untracked())) } />
            {move || echo().map(|text| view! { <p class="field-echo" aria-live="polite">{text}</p> })}
        </Field>
    }
}
