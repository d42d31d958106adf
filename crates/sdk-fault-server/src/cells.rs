//! Runs the cells of a table of faults, and sees what they leave behind.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use tokio::runtime;

/// Cells that run at a time; most of them wait.
const AT_ONCE: usize = 12;

/// How long tasks may take to end when they have nothing to do any more.
const PATIENCE: Duration = Duration::from_secs(5);

/// The name of every thread that runs a cell.
const CELL: &str = "cell of a fault table";

/// Panics in cells, also in tasks of theirs that nobody looks at.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Runs work on a runtime of its own, then `after`, and gives its result and how many tasks are left.
///
/// # Panics
///
/// When no runtime can be had.
pub fn alone<T>(work: impl Future<Output = T>, after: impl FnOnce()) -> (T, usize) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    #[expect(clippy::expect_used, reason = "a test cannot go on without")]
    let runtime = runtime.expect("a runtime");
    let result = runtime.block_on(work);
    after();
    let left = runtime.block_on(async {
        let metrics = runtime::Handle::current().metrics();
        let begun = Instant::now();
        while metrics.num_alive_tasks() > 0 && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        metrics.num_alive_tasks()
    });
    (result, left)
}

/// Runs a check for each cell, some at a time, and gives what they complain of, panics included.
pub fn each<T: Send>(mut cells: Vec<T>, check: impl Fn(T) -> Option<String> + Sync) -> Vec<String> {
    count_panics();
    cells.reverse();
    let (cells, found) = (Mutex::new(cells), Mutex::new(Vec::new()));
    let worker = || {
        loop {
            let next = cells.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(next) = next else { break };
            if let Some(wrong) = check(next) {
                found
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(wrong);
            }
        }
    };
    let started = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .filter_map(|_| {
                Builder::new()
                    .name(CELL.to_owned())
                    .spawn_scoped(scope, worker)
                    .ok()
            })
            .collect();
        let started = workers.len();
        for worker in workers {
            // A panic is counted by the hook, like those in tasks.
            drop(worker.join());
        }
        started
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let panics = PANICS.swap(0, Ordering::SeqCst);
    if started == 0 || panics > 0 {
        found.push(format!("{started} threads, {panics} panics"));
    }
    found
}

fn count_panics() {
    static COUNTING: Once = Once::new();
    COUNTING.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() == Some(CELL) {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            usual(info);
        }));
    });
}
