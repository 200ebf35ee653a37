//! 保存・印刷・QR: what was entered stays on the device, or goes to the counter on paper or in a code.

use crate::form::Form;
use crate::words::word;
use kokuho_shared::assessment::sheet::{Sheet, code};
use kokuho_ui::components::{Button, Field, When, described_by};
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};
use std::fmt::Write;
use std::time::Duration;

const KEPT: &str = "kokuho-estimate";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The sheet that is kept on this device.
pub fn kept() -> Option<Sheet> {
    let line = storage()?.get_item(KEPT).ok()??;
    code::read(&line).ok()
}

/// The sheet in the address of the page, which a code brought here. Browsers do not send this part of an address.
pub fn brought() -> Option<Sheet> {
    let hash = web_sys::window()?.location().hash().ok()?;
    code::read(&hash).ok()
}

/// The address of this page without what stands behind it.
fn address() -> Option<String> {
    let location = web_sys::window()?.location();
    Some(format!(
        "{}{}#",
        location.origin().ok()?,
        location.pathname().ok()?
    ))
}

/// The dark squares of the code of a sheet, as a path, and the length of a side.
fn squares(sheet: &Sheet) -> Option<(String, i32)> {
    let (address, line) = (address()?, code::write(sheet));
    let parts = [
        QrSegment::make_bytes(address.as_bytes()),
        QrSegment::make_alphanumeric(&line),
    ];
    let code = QrCode::encode_segments(&parts, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for (y, x) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (y, x))) {
        if code.get_module(x, y) {
            // A quiet border of four squares belongs to a code.
            let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
        }
    }
    Some((path, code.size() + 8))
}

/// What came of a button.
#[derive(Clone, Copy)]
enum Said {
    Saved,
    Forgotten,
    Refused,
}

impl Said {
    fn words(self, lang: Lang) -> &'static str {
        match self {
            Said::Saved => lang.pick(
                "この端末に保存しました。次にこのページを開くと表示されます。",
                "Saved on this device. It will be shown the next time this page is opened.",
                "保存しました。次に この ページを ひらくと 出ます。",
            ),
            Said::Forgotten => lang.pick(
                "この端末の保存を消しました。",
                "What was saved on this device is deleted.",
                "保存を 消しました。",
            ),
            Said::Refused => lang.pick(
                "この端末では保存できません。",
                "This device does not allow saving.",
                "この 機械では 保存できません。",
            ),
        }
    }
}

#[component]
pub fn Keep(
    form: Form,
    sheet: Memo<Sheet>,
    /// How often the page was printed.
    printed: RwSignal<u32>,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let said = RwSignal::new(None::<Said>);
    let save = move |()| {
        let line = code::write(&sheet.get_untracked());
        let stored = storage().is_some_and(|storage| storage.set_item(KEPT, &line).is_ok());
        said.set(Some(if stored { Said::Saved } else { Said::Refused }));
    };
    let forget = move |()| {
        let gone = storage().is_some_and(|storage| storage.remove_item(KEPT).is_ok());
        said.set(Some(if gone { Said::Forgotten } else { Said::Refused }));
    };
    let print = move |()| {
        printed.update(|times| *times += 1);
        // The printed page is drawn first.
        set_timeout(
            || {
                if let Some(window) = web_sys::window() {
                    // A browser without a printer says so itself.
                    let _ = window.print();
                }
            },
            Duration::ZERO,
        );
    };
    let wanted = RwSignal::new(false);
    view! {
        <section aria-labelledby="keep-heading" class="keep no-print">
            <h3 id="keep-heading">{word(lang, "保存・印刷・窓口で見せる", "Save, print, show at the counter", "保存する・印刷する・窓口で 見せる")}</h3>
            <div class="buttons">
                <Button id="save" label=word(lang, "この端末に保存", "Save on this device", "この 機械に 保存") press=save />
                <Button id="forget" class="button-plain" label=word(lang, "保存を消す", "Delete what is saved", "保存を 消す") press=forget />
                <Button id="print" label=word(lang, "印刷する", "Print", "印刷する") press=print />
                <button type="button" class="button" id="qr" aria-expanded=move || wanted.get().to_string() aria-controls="qr-picture"
                    on:click=move |_| wanted.update(|wanted| *wanted = !*wanted)>{word(lang, "QRコード", "QR code", "QRコード")}</button>
            </div>
            <p role="status">{move || said.get().map(|said| said.words(lang.get()))}</p>
            <div id="qr-picture">
                <QrPicture sheet=sheet wanted=wanted lang=lang />
                <When holds=wanted>
                    <p class="muted">{word(lang,
                        "入力した内容がそのまま入っています。窓口の端末で読み取ると、同じ試算が開きます。生年月日と収入が読めるので、人に渡さないでください。",
                        "It holds what was entered. Read at the counter, it opens the same estimate. It shows dates of birth and incomes: do not hand it to others.",
                        "書いた ことが ぜんぶ 入っています。窓口で 見せると、同じ 画面が 出ます。ほかの 人に 見せないで ください。")}</p>
                </When>
            </div>
            <Reader form=form lang=lang />
        </section>
    }
}

/// The code of the sheet, once it is wanted.
#[component]
pub fn QrPicture(
    sheet: Memo<Sheet>,
    #[prop(into)] wanted: Signal<bool>,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let picture = Memo::new(move |_| wanted.get().then(|| squares(&sheet.get())).flatten());
    move || {
        picture.get().map(|(path, side)| view! {
            <svg class="qr" data-testid="qr" role="img" viewBox=format!("0 0 {side} {side}") shape-rendering="crispEdges"
                aria-label=word(lang, "入力した内容のQRコード", "QR code of what was entered", "書いた ことの QRコード")>
                <rect width=side.to_string() height=side.to_string() fill="#fff" />
                <path d=path fill="#000" />
            </svg>
        })
    }
}

/// A code that a reader typed, opened again.
#[component]
fn Reader(form: Form, lang: RwSignal<Lang>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let open = move || match code::read(&text.get_untracked()) {
        Ok(sheet) => {
            error.set(None);
            text.set(String::new());
            form.fill(&sheet);
        }
        Err(why) => error.set(Some(match lang.get_untracked() {
            Lang::En => "This is not a whole code of an estimate.".to_owned(),
            _ => why.to_string(),
        })),
    };
    view! {
        <details class="more">
            <summary>{word(lang, "窓口の方へ", "For the counter’s staff", "窓口の 人へ")}</summary>
            <p class="muted">{word(lang, "QRコードを読み取った文字から、同じ試算を開きます。", "Opens the estimate of a code that a reader typed.", "QRコードを 読んで 開きます。")}</p>
            <Field id="read" label=word(lang, "読み取った文字", "What the reader gave", "読んだ 文字") error=error>
                <input id="read" type="text" class="input" autocomplete="off" aria-describedby=described_by("read")
                    prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))
                    // A reader ends with the key Enter.
                    on:keydown=move |event| if event.key() == "Enter" { event.prevent_default(); open() } />
            </Field>
            <Button id="open-read" label=word(lang, "開く", "Open", "開く") press=move |()| open() />
        </details>
    }
}
