//! How far a transfer is, for those who watch.

use std::fmt;
use std::sync::Arc;

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes handed to the connection or received. It falls when a part has to be sent again; parts that an
    /// earlier run has sent count as done.
    pub done_bytes: u64,
    /// Bytes in all, where that is known.
    pub total_bytes: Option<u64>,
}

/// Who is told of progress; by default nobody.
///
/// It is called for every piece of some hundred KiB, on the task that moves the bytes: it should be quick.
///
/// ```
/// use sdk_transfer::OnProgress;
///
/// let shown = OnProgress::new(|progress| eprintln!("{} bytes", progress.done_bytes));
/// shown.report(1024, None);
/// ```
#[derive(Clone, Default)]
pub struct OnProgress(Option<Arc<dyn Fn(Progress) + Send + Sync>>);

impl OnProgress {
    /// Calls this function.
    pub fn new(report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(report)))
    }

    /// Tells of progress, in bytes.
    pub fn report(&self, done_bytes: u64, total_bytes: Option<u64>) {
        if let Some(report) = &self.0 {
            report(Progress {
                done_bytes,
                total_bytes,
            });
        }
    }
}

impl fmt::Debug for OnProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.0.as_ref().map(|_| "a function");
        f.debug_tuple("OnProgress").field(&who).finish()
    }
}
