//! 進捗の送信: a stream of events lasts no longer than the session it was opened in, and not beyond
//! the server's own end.

use super::app::App;
use super::cookie::cookie;
use super::failure::Failure;
use super::serve::Stopping;
use crate::access::sessions;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::Db;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::{Stream, StreamExt};

/// How often the session of somebody who watches is looked up.
const EVERY: Duration = Duration::from_secs(2);

/// Somebody who watches; of which session.
pub struct Watcher {
    db: Db,
    clock: Clock,
    token: String,
    stopping: Option<Stopping>,
}

impl FromRequestParts<App> for Watcher {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Watcher, Failure> {
        let token = cookie(&parts.headers, sessions::COOKIE);
        Ok(Watcher {
            db: app.db()?.clone(),
            clock: app.clock,
            token: token.ok_or(ServiceError::NotSignedIn)?,
            stopping: parts.extensions.get::<Stopping>().cloned(),
        })
    }
}

impl Watcher {
    /// The events, until they, the session or the server end.
    pub fn events(
        self,
        events: impl Stream<Item = Event> + Send + 'static,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let told = events.map(Some).chain(tokio_stream::once(None));
        let end = tokio_stream::once(self).then(Watcher::over);
        let both = told.merge(end.map(|()| None));
        let until_end = both.map_while(|event| event.map(Ok));
        Sse::new(until_end).keep_alive(KeepAlive::default())
    }

    /// Waits for the end of the session or of the server.
    async fn over(self) {
        let stopping = self.stopping.clone();
        let stopped = async {
            match stopping {
                Some(stopping) => stopping.wait().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopped => {}
            () = self.signed_out() => {}
        }
    }

    async fn signed_out(&self) {
        loop {
            tokio::time::sleep(EVERY).await;
            // The stream ends if the session cannot be looked up; the page connects again.
            let lasts = sessions::lasts(&self.db, &self.token, self.clock.now()).await;
            if !lasts.unwrap_or(false) {
                return;
            }
        }
    }
}
