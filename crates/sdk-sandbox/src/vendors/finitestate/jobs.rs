//! What takes time: the analysis of an upload, the making of an export.
//!
//! Time is counted in looks, so that tests are quick and always the same: a job is done once it has been
//! looked at as often as the builder says. The vendor documents no values but `COMPLETED`; the others are
//! this sandbox's.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::data::Row;

/// The ids of exports and uploads begin here.
const FIRST_JOB: u64 = 9_000_000_001;

/// All jobs of one sandbox.
#[derive(Debug)]
pub(super) struct Jobs {
    looks_until_done: u32,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    count: u64,
    fail_next: Vec<String>,
    large_exports: Vec<u64>,
    uploads: HashMap<String, Upload>,
    exports: HashMap<String, (Export, Progress)>,
    tests: HashMap<Row, Progress>,
}

/// A multipart upload that was started.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) key: String,
}

/// An export that was launched.
#[derive(Clone, Debug)]
pub(super) struct Export {
    pub(super) kind: &'static str,
    pub(super) subtype: String,
    pub(super) of: Row,
    /// Its size, if it is one of no meaning.
    pub(super) made_up_bytes: Option<u64>,
}

#[derive(Clone, Debug)]
struct Progress {
    looks: u32,
    failure: Option<String>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Queued,
    Running,
    Done,
    Failed(String),
}

impl Jobs {
    pub(super) fn new(looks_until_done: u32) -> Self {
        Self {
            looks_until_done,
            inner: Mutex::default(),
        }
    }

    /// Lets the next job that is launched fail, with this message.
    pub(super) fn fail_next(&self, message: String) {
        self.lock().fail_next.push(message);
    }

    /// Makes the next export this large.
    pub(super) fn make_next_export_large(&self, bytes: u64) {
        self.lock().large_exports.push(bytes);
    }

    /// Starts a multipart upload and gives its id.
    pub(super) fn start_upload(&self, key: String) -> String {
        let mut inner = self.lock();
        let id = inner.next_id();
        inner.uploads.insert(id.clone(), Upload { key });
        id
    }

    /// A started upload, by the id and the key it was started with.
    pub(super) fn upload(&self, id: &str, key: &str) -> Option<Upload> {
        self.lock()
            .uploads
            .get(id)
            .filter(|upload| upload.key == key)
            .cloned()
    }

    /// Forgets an upload that is complete.
    pub(super) fn finish_upload(&self, id: &str) {
        self.lock().uploads.remove(id);
    }

    /// A number for a key or a scan.
    pub(super) fn next_id(&self) -> String {
        self.lock().next_id()
    }

    pub(super) fn launch_export(&self, mut export: Export) -> String {
        let mut inner = self.lock();
        if !inner.large_exports.is_empty() {
            export.made_up_bytes = Some(inner.large_exports.remove(0));
        }
        let id = inner.next_id();
        let progress = inner.progress();
        inner.exports.insert(id.clone(), (export, progress));
        id
    }

    /// Looks at an export, which moves it on.
    pub(super) fn look_at_export(&self, id: &str) -> Option<(Export, Stage)> {
        let mut inner = self.lock();
        let (export, progress) = inner.exports.get_mut(id)?;
        let stage = progress.stage(self.looks_until_done);
        progress.looks = progress.looks.saturating_add(1);
        Some((export.clone(), stage))
    }

    pub(super) fn launch_test(&self, test: Row) {
        let mut inner = self.lock();
        let progress = inner.progress();
        inner.tests.insert(test, progress);
    }

    /// How far the analysis of a test is; `None` when none was launched here.
    pub(super) fn test_stage(&self, test: Row) -> Option<Stage> {
        let inner = self.lock();
        inner
            .tests
            .get(&test)
            .map(|progress| progress.stage(self.looks_until_done))
    }

    /// Looks at the analysis of a test, which moves it on.
    pub(super) fn look_at_test(&self, test: Row) {
        if let Some(progress) = self.lock().tests.get_mut(&test) {
            progress.looks = progress.looks.saturating_add(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn next_id(&mut self) -> String {
        let id = FIRST_JOB + self.count;
        self.count += 1;
        id.to_string()
    }

    fn progress(&mut self) -> Progress {
        let failure = (!self.fail_next.is_empty()).then(|| self.fail_next.remove(0));
        Progress { looks: 0, failure }
    }
}

impl Progress {
    fn stage(&self, looks_until_done: u32) -> Stage {
        match (self.looks, &self.failure) {
            (looks, Some(message)) if looks >= looks_until_done => Stage::Failed(message.clone()),
            (looks, None) if looks >= looks_until_done => Stage::Done,
            (0, _) => Stage::Queued,
            _ => Stage::Running,
        }
    }
}
