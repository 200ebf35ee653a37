//! お知らせ: what was done, said where the eyes are whatever part of the page one looks at, with the way to it.

use leptos::prelude::*;

/// The newest stand longest: older ones make room.
const MOST: usize = 3;

/// 結果の知らせ: stays until it is closed, newer ones push it out, or somebody else signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    place: u32,
    text: String,
    link: Option<Link>,
}

/// Where a toast leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub label: String,
    pub href: String,
    /// Opens beside the page: a letter to print.
    pub beside: bool,
}

impl Link {
    /// Another page of the office.
    pub fn to(label: &str, href: String) -> Link {
        Link {
            label: label.to_owned(),
            href,
            beside: false,
        }
    }

    /// A letter beside the page, to be printed.
    pub fn to_pdf(href: String) -> Link {
        Link {
            label: "開く・印刷（PDF・新しい画面）".to_owned(),
            href,
            beside: true,
        }
    }
}

#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    /// Counts what was said.
    next: RwSignal<u32>,
}

impl Toasts {
    pub fn new() -> Toasts {
        Toasts {
            shown: RwSignal::new(Vec::new()),
            next: RwSignal::new(0),
        }
    }

    pub fn say(self, text: impl Into<String>) {
        self.push(text.into(), None);
    }

    pub fn say_with(self, text: impl Into<String>, link: Link) {
        self.push(text.into(), Some(link));
    }

    /// Tells whoever listens that something was said.
    pub fn said(self) {
        self.next.track();
    }

    pub fn clear(self) {
        self.shown.set(Vec::new());
    }

    fn push(self, text: String, link: Option<Link>) {
        let place = self.next.get_untracked();
        self.next.set(place.wrapping_add(1));
        self.shown.update(|all| {
            all.push(Toast { place, text, link });
            let over = all.len().saturating_sub(MOST);
            all.drain(..over);
        });
    }

    fn close(self, place: u32) {
        self.shown
            .update(|all| all.retain(|toast| toast.place != place));
    }
}

#[component]
pub fn ToastList(toasts: Toasts) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-label="結果">
            <For each=move || toasts.shown.get() key=|toast| toast.place children=move |toast| {
                let place = toast.place;
                let link = toast.link.map(|link| view! {
                    <a href=link.href target=link.beside.then_some("_blank") rel=link.beside.then_some("external noopener")>{link.label}</a>
                });
                view! {
                    <div class="toast" data-testid="toast">
                        <p>{toast.text}</p>
                        {link}
                        <button type="button" class="button button-plain" aria-label="知らせを閉じる" on:click=move |_| toasts.close(place)>"閉じる"</button>
                    </div>
                }
            } />
        </div>
    }
}
