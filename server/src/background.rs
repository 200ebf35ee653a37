//! Work that nobody waits for at a screen: imports, runs, letters and files. It has threads of its own, which
//! give way: while the processor is busy, requests of screens go first.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

/// Niceness of the threads, from 0 (like everybody else) to 19.
const NICE: i32 = 15;

static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();

/// Begins work in the background. Where there are no such threads it is done on those of the caller.
pub fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match RUNTIME.get_or_init(runtime) {
        Some(runtime) => runtime.spawn(work),
        None => Handle::current().spawn(work),
    }
}

/// Does work in the background, and waits for it; a panic of it is one of the caller.
pub async fn done<F>(work: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match spawn(work).await {
        Ok(output) => output,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The program is stopping.
            Err(_) => std::future::pending().await,
        },
    }
}

fn runtime() -> Option<Runtime> {
    let made = Builder::new_multi_thread()
        .thread_name("background")
        .on_thread_start(|| {
            // A system that does not let it leaves the thread as it is.
            let _ = rustix::process::setpriority_process(None, NICE);
        })
        .enable_all()
        .build();
    match made {
        Ok(runtime) => Some(runtime),
        Err(why) => {
            tracing::error!(kind = ?why.kind(), "no threads for the background");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_done_in_the_background_gives_way_and_the_caller_does_not() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let own = nice();
        assert_eq!(done(async move { nice() }).await, NICE.max(own));
        let blocking = done(async move { tokio::task::spawn_blocking(nice).await.unwrap() });
        assert_eq!((blocking.await, nice()), (NICE.max(own), own));
    }

    #[tokio::test]
    async fn a_panic_in_the_background_reaches_who_waits() {
        let waits = tokio::spawn(done(async { panic!("on purpose") }));
        assert!(waits.await.unwrap_err().is_panic());
    }
}
