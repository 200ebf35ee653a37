//! 入力: days in any calendar and amounts as people type them. What was typed stays.

use crate::components::{Field, described_by, is_composing, typed};
use crate::format;
use crate::i18n::Lang;
use chrono::NaiveDate;
use kokuho_shared::era::{self, EraError};
use kokuho_shared::money::Yen;
use kokuho_shared::text;
use leptos::prelude::*;

/// 日付: S30.4.1, 昭和30年4月1日, 1955-04-01 …; the other calendar is shown beneath.
#[component]
pub fn DateEntry(
    #[prop(into)] id: String,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<Option<NaiveDate>>,
    #[prop(into, optional)] lang: Signal<Lang>,
    #[prop(into, optional)] required: Signal<Option<String>>,
) -> impl IntoView {
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
        match era::parse_date(&text) {
            Ok(day) => {
                error.set(None);
                value.set(Some(day));
            }
            Err(why) => {
                error.set((why != EraError::Empty).then(|| why.to_string()));
                value.set(None);
            }
        }
        words.set(text);
    };
    let hint = Signal::derive(move || match value.get() {
        Some(day) => format!("= {}", format::date_both(day)),
        None => lang
            .get()
            .pick(
                "例: S30.4.1、1955-04-01",
                "e.g. 1955-04-01",
                "書き方: 1955-04-01、S30.4.1",
            )
            .to_owned(),
    });
    let told = Signal::derive(move || said(error.get(), "Not a day (e.g. 1955-04-01)", lang));
    view! {
        <Field id=id.clone() label=label hint=hint error=told required=required>
            <input id=id.clone() type="text" inputmode="text" autocomplete="off" class="input input-date"
                aria-describedby=described_by(&id) aria-invalid=move || error.get().is_some().to_string()
                prop:value=move || words.get()
                on:input=move |event| if !is_composing(&event) { read(typed(&event)) }
                on:compositionend=move |event| read(typed(&event)) />
        </Field>
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
                error.set(None);
                value.set(amount);
            }
            Err(why) => error.set(Some(why.to_string())),
        }
        words.set(typed);
    };
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
                on:input=move |event| if !is_composing(&event) { read(typed(&event)) }
                on:compositionend=move |event| read(typed(&event))
                on:blur=move |_| if error.get_untracked().is_none() { words.set(shown(value.get_untracked())) } />
            {move || echo().map(|text| view! { <p class="field-echo" aria-live="polite">{text}</p> })}
        </Field>
    }
}
