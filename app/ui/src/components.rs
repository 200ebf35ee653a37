//! Small parts that forms are made of. They know no word of the office.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// 入力欄: label, help, error, and the input itself (which takes `id` and [`described_by`]).
#[component]
pub fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: Signal<String>,
    #[prop(into, optional)] hint: Signal<String>,
    #[prop(into, optional)] error: Signal<Option<String>>,
    #[prop(into, optional)] required: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field" class:field-wrong=move || error.get().is_some()>
            <label for=id>
                {move || label.get()}
                {move || required.get().map(|word| view! { <span class="field-required">{word}</span> })}
            </label>
            {children()}
            <p class="field-hint" id=hint_id aria-live="polite">{move || hint.get()}</p>
            <p class="field-error" id=error_id role="alert">{move || error.get()}</p>
        </div>
    }
}

/// The ids of help and error of a field, for `aria-describedby`.
pub fn described_by(id: &str) -> String {
    format!("{id}-hint {id}-error")
}

/// What is there only while something holds. Like `Show`, but one piece of program for all places.
#[component]
pub fn When(#[prop(into)] holds: Signal<bool>, children: ChildrenFn) -> impl IntoView {
    let holds = Memo::new(move |_| holds.get());
    move || holds.get().then(|| children())
}

/// ボタン. `class`: what stands beside `button`.
#[component]
pub fn Button(
    #[prop(into)] id: String,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] class: &'static str,
    #[prop(into)] press: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class=format!("button {class}") id=id on:click=move |_| press.run(())>{move || label.get()}</button>
    }
}

/// 選択肢: values with their words.
#[component]
pub fn Choice(
    #[prop(into)] id: String,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choose: Callback<String>,
) -> impl IntoView {
    view! {
        <Field id=id.clone() label=label>
            <select id=id.clone() class="select" aria-describedby=described_by(&id) on:change=move |event| choose.run(event_target_value(&event))>
                {move || {
                    let chosen = value.get();
                    let option = |(value, word): (String, String)| view! { <option selected=value == chosen value=value>{word}</option> };
                    options.get().into_iter().map(option).collect_view()
                }}
            </select>
        </Field>
    }
}

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Success,
    Warning,
    Error,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Info => "notice notice-info",
            Tone::Success => "notice notice-success",
            Tone::Warning => "notice notice-warning",
            Tone::Error => "notice notice-error",
        }
    }
}

/// お知らせ: a message in the page.
#[component]
pub fn Banner(tone: Tone, children: Children) -> impl IntoView {
    let role = if tone == Tone::Error {
        "alert"
    } else {
        "status"
    };
    view! { <div class=tone.class() role=role>{children()}</div> }
}

/// 進捗: counts of long work.
#[component]
pub fn ProgressBar(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] done: Signal<u64>,
    #[prop(into)] total: Signal<u64>,
) -> impl IntoView {
    view! {
        <div class="progress">
            <p role="status">{move || format!("{} {} / {}", label.get(), done.get(), total.get())}</p>
            <progress max=move || total.get().max(1).to_string() prop:value=move || done.get().to_string()
                aria-label=move || label.get()></progress>
        </div>
    }
}

/// Moves the focus to an element by its id, after the page has been drawn.
pub fn focus(id: &'static str) {
    request_animation_frame(move || {
        let found = document().get_element_by_id(id);
        if let Some(element) =
            found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            // An element that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    });
}

/// The text of an input event.
pub fn typed(event: &web_sys::Event) -> String {
    event_target_value(event)
}

/// Whether an input method is still composing: what stands in the field is not meant yet.
pub fn is_composing(event: &web_sys::Event) -> bool {
    event
        .dyn_ref::<web_sys::InputEvent>()
        .is_some_and(web_sys::InputEvent::is_composing)
}
