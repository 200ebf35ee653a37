//! The amount in one line that stays in sight while a telephone's screen is full of fields, and what is told politely
//! once it has changed.

use crate::form::{Answer, Outcome};
use crate::payments::payments;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::refusal;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;

/// 年 579,377円 ・ 1回 57,937円×10; none while nothing can be said yet.
fn line(answer: &Answer, lang: Lang) -> Option<String> {
    match answer {
        Answer::Now(Outcome::TownMissing | Outcome::BirthMissing(_)) => None,
        Answer::Now(Outcome::Elderly) => Some(
            lang.pick(
                "後期高齢者医療の人です（国民健康保険料はありません）",
                "Insured from 75 on elsewhere: no premium here",
                "75歳からの 保険の 人です",
            )
            .to_owned(),
        ),
        Answer::Now(Outcome::NoEffect(place, why)) => {
            Some(refusal::circumstance(*place, *why, lang))
        }
        Answer::Now(Outcome::Refused(why)) => Some(refusal::words(why, lang)),
        Answer::Now(Outcome::Assessed(known)) | Answer::Stale(Some(known)) => {
            let total = format::yen(known.premium.total, lang);
            let total = match lang {
                Lang::En => format!("{total} a year"),
                _ => format!("年 {total}"),
            };
            let payments = payments(&known.instalments, lang);
            let between = if payments.is_empty() {
                ""
            } else {
                lang.of(" ・ ", " · ")
            };
            Some(format!("{total}{between}{payments}"))
        }
        Answer::Stale(None) => Some(String::new()),
    }
}

/// That an amount is the one before a field became unreadable.
pub fn stale_words(lang: Lang) -> &'static str {
    lang.pick(
        "読めない項目があります。直すと金額が出ます",
        "A field cannot be read. Mend it to see the amount",
        "読めない ところが あります。なおすと お金が 出ます",
    )
}

#[component]
pub fn Bar(answer: Memo<Answer>, lang: RwSignal<Lang>) -> impl IntoView {
    let stale = move || answer.with(|answer| matches!(answer, Answer::Stale(_)));
    let shown = move || answer.with(|answer| line(answer, lang.get()));
    let before = move || lang.get().pick("前の金額：", "before: ", "前の お金：");
    move || {
        let shown = shown()?;
        let bar = match (stale(), shown.is_empty()) {
            (false, _) => view! { <b>{shown}</b> }.into_any(),
            (true, true) => view! { <b>{stale_words(lang.get())}</b> }.into_any(),
            (true, false) => view! { <b>{stale_words(lang.get())}</b> <span class="stale-amount">{before()}<s>{shown}</s></span> }.into_any(),
        };
        Some(view! { <p class="bar no-print" class:bar-stale=stale data-testid="bar">{bar}</p> })
    }
}

/// What is told to those who do not see the amount change: once typing rests, not at each key.
#[component]
pub fn Told(answer: Memo<Answer>, lang: RwSignal<Lang>) -> impl IntoView {
    const REST: Duration = Duration::from_millis(1200);
    let told = RwSignal::new(String::new());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<String>| {
        let lang = lang.get();
        let text = answer.with(|answer| match answer {
            Answer::Stale(_) => stale_words(lang).to_owned(),
            now => line(now, lang).unwrap_or_default(),
        });
        if before.as_ref().is_some_and(|before| *before != text) {
            if let Some(earlier) = waiting.get_value() {
                earlier.clear();
            }
            let next = text.clone();
            let handle = set_timeout_with_handle(move || told.set(next), REST);
            waiting.set_value(handle.ok());
        }
        text
    });
    view! { <p class="visually-hidden" role="status" data-testid="told">{move || told.get()}</p> }
}
