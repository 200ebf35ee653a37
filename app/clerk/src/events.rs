//! 進捗の受信: a stream of server-sent events, closed when the screen is left.

use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// An open stream with the functions that hear it; dropping it ends both.
pub struct Stream {
    source: EventSource,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _broken: Closure<dyn FnMut()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl Stream {
    /// `heard` gets each event and says whether more is wanted; `lost` is called when the server
    /// refuses. `None` where the browser cannot open a stream.
    pub fn open<T: DeserializeOwned>(
        path: &str,
        heard: impl Fn(T) -> bool + 'static,
        lost: impl Fn() + 'static,
    ) -> Option<Stream> {
        let source = EventSource::new(path).ok()?;
        let closing = source.clone();
        let hear = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            if let Ok(now) = serde_json::from_str::<T>(&text)
                && !heard(now)
            {
                closing.close();
            }
        });
        let failing = source.clone();
        let broken = Closure::new(move || {
            // The browser tries again by itself, except when the server refuses.
            if failing.ready_state() == EventSource::CLOSED {
                lost();
            }
        });
        source.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        source.set_onerror(Some(broken.as_ref().unchecked_ref()));
        Some(Stream {
            source,
            _heard: hear,
            _broken: broken,
        })
    }
}
