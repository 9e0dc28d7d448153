//! Analyses that may take long: in threads of their own, which give way to those that answer everything else.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};

use super::analysis::{Deadline, Stopped};
use crate::graphql::{Error, Result};
use crate::locale::Message;

/// How long one analysis may take, its waiting for a thread left out.
const BUDGET: Duration = Duration::from_secs(10);

/// How much nicer its threads are than the others, as `nice` counts: the system prefers whoever is less nice.
const NICENESS: i32 = 10;

static POOL: LazyLock<ThreadPool> = LazyLock::new(|| {
    ThreadPoolBuilder::new()
        .thread_name(|number| format!("analysis-{number}"))
        .start_handler(|_| give_way())
        .panic_handler(|_| tracing::error!("an analysis panicked"))
        .build()
        .expect("threads can be started")
});

/// Analyses at one time: as many as there are threads; the others wait for their turn.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(POOL.current_num_threads()));

/// Runs an analysis and waits for it. Who waits no more (the request ended, the client left) cancels it.
pub async fn study<T: Send + 'static>(
    analysis: impl FnOnce(&Deadline) -> Result<T, Stopped> + Send + 'static,
) -> Result<T> {
    let _place = PLACES.acquire().await.expect("never closed");
    let deadline = Deadline::after(BUDGET);
    let _waiting = Waiting(deadline.clone());
    let (tell, told) = oneshot::channel();
    POOL.spawn(move || drop(tell.send(analysis(&deadline))));
    match told.await {
        Ok(result) => Ok(result?),
        Err(panicked) => Err(Error::Internal(Arc::new(panicked))),
    }
}

struct Waiting(Deadline);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl From<Stopped> for Error {
    fn from(_: Stopped) -> Self {
        let seconds = BUDGET.as_secs();
        Self::TooLong(Message::new(
            format!(
                "L'analisi avrebbe richiesto più di {seconds} secondi: restringere la rete (una provincia, meno tipi di \
                 legame) oppure chiedere una misura più semplice, come il grado."
            ),
            format!(
                "The analysis would have taken more than {seconds} seconds: narrow the network (a province, fewer kinds \
                 of ties) or ask for a simpler measure, such as the degree."
            ),
        ))
    }
}

/// Lets the system prefer other threads to this one; on Linux a thread's niceness is its own.
fn give_way() {
    #[cfg(target_os = "linux")]
    // SAFETY: only numbers are passed; a refusal leaves the thread as it is.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn an_analysis_tells_its_result() {
        assert_eq!(study(|_| Ok(7)).await.unwrap(), 7);
        assert_eq!(study::<()>(|_| Err(Stopped::OutOfTime)).await.unwrap_err().code(), "TIMEOUT");
    }

    #[tokio::test]
    async fn an_analysis_that_nobody_waits_for_frees_its_thread() {
        let ended = Arc::new(AtomicBool::new(false));
        let endless = {
            let ended = ended.clone();
            move |deadline: &Deadline| -> Result<(), Stopped> {
                loop {
                    if let Err(stopped) = deadline.check() {
                        ended.store(true, Ordering::SeqCst);
                        return Err(stopped);
                    }
                }
            }
        };
        assert!(tokio::time::timeout(Duration::from_millis(50), study(endless)).await.is_err());
        while !ended.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn an_analysis_that_panics_is_an_error_and_the_next_one_runs() {
        assert_eq!(study::<()>(|_| panic!("on purpose")).await.unwrap_err().code(), "INTERNAL_SERVER_ERROR");
        assert_eq!(study(|_| Ok(1)).await.unwrap(), 1);
    }
}
