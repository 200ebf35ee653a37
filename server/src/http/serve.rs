//! Takes connections and answers on them, within limits that keep one client from standing in the
//! way of all others, and ends in a bounded time.

use super::connections::{ConnectionSlot, ConnectionSlots, Limits};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

/// The largest head of a request.
const LARGEST_HEAD: usize = 64 * 1024;
/// Before the next try where the system has no connection to give.
const BREATH: Duration = Duration::from_millis(100);

/// The signal to stop, as every request carries it in its extensions.
#[derive(Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Waits until the server is told to stop.
    pub async fn wait(mut self) {
        // A server that is gone has stopped too.
        let _: Result<_, _> = self.0.wait_for(|stopped| *stopped).await;
    }
}

/// Serves the routes until `stopped` is over, then what has begun, and cuts off what is still open
/// when the time of `limits` for stopping has passed.
pub async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let limits = Arc::new(limits);
    let places = ConnectionSlots::new(limits.clone());
    let (stop, stopping) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut full = false;
    let mut stopped = pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => break,
            Some(_) = open.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let place = places.take(peer.ip());
                if place.is_none() && !full {
                    tracing::warn!("too many connections: new ones are closed at once");
                }
                full = place.is_none();
                // Without a place the stream is dropped, which closes it.
                if let Some(place) = place {
                    let client = Client {
                        peer,
                        stopping: Stopping(stopping.clone()),
                        limits: limits.clone(),
                        _place: place,
                    };
                    open.spawn(client.serve(stream, router.clone()));
                }
            }
            Err(error) if is_the_clients(error.kind()) => {}
            Err(error) => {
                tracing::error!(kind = ?error.kind(), "no connection can be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    stop.send_replace(true);
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.stop, all).await.is_err() {
        tracing::warn!(connections = open.len(), "cut off");
        open.shutdown().await;
    }
    Ok(())
}

/// Whether the client closed the connection.
fn is_the_clients(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

struct Client {
    peer: SocketAddr,
    stopping: Stopping,
    limits: Arc<Limits>,
    _place: ConnectionSlot,
}

impl Client {
    async fn serve(self, stream: TcpStream, router: Router) {
        // Small answers leave at once; where that cannot be set they leave a little later.
        let _: Result<(), _> = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.limits.write));
        let (peer, stopping, body) = (self.peer, self.stopping.clone(), self.limits.body);
        let begun = Arc::new(AtomicBool::new(false));
        let begins = begun.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            begins.store(true, Ordering::Relaxed);
            let mut request = request.map(|incoming| Body::new(TimeoutBody::new(body, incoming)));
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(stopping.clone());
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.idle)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let mut connection = pin!(connection);
        let first = async {
            tokio::time::sleep(self.limits.head).await;
            if begun.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        // How a connection ends is the client's matter.
        let _: Result<(), _> = tokio::select! {
            ended = connection.as_mut() => ended,
            () = first => Ok(()),
            () = self.stopping.clone().wait() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
    }
}
