//! Matching jobs. Time is counted in looks: each poll of a status moves its job on.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// All jobs, and the failures that wait for the next ones.
#[derive(Debug)]
pub(super) struct Jobs {
    looks_until_done: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    submitted: HashMap<String, Job>,
    failures: VecDeque<String>,
}

#[derive(Debug)]
struct Job {
    records: Vec<Value>,
    looks: u32,
    failure: Option<String>,
}

/// The words of a status and of its description.
type Status = (&'static str, String);

impl Jobs {
    pub(super) fn new(looks_until_done: u32) -> Self {
        Self {
            looks_until_done,
            state: Mutex::default(),
        }
    }

    /// Lets the next job that starts end in failure.
    pub(super) fn fail_next(&self, message: String) {
        self.lock().failures.push_back(message);
    }

    /// How many jobs have started.
    pub(super) fn count(&self) -> usize {
        self.lock().submitted.len()
    }

    /// Starts a job, another one for every request.
    pub(super) fn submit(&self, records: Vec<Value>) -> String {
        let mut state = self.lock();
        let number = state.submitted.len();
        let id = format!("matchApi_{number}_name_person");
        let job = Job {
            records,
            looks: 0,
            failure: state.failures.pop_front(),
        };
        state.submitted.insert(id.clone(), job);
        id
    }

    /// Status and description of a job, which moves on.
    pub(super) fn look(&self, id: &str) -> Option<Status> {
        let mut state = self.lock();
        let job = state.submitted.get_mut(id)?;
        if job.looks < self.looks_until_done {
            job.looks += 1;
            let description = "The request is being matched";
            return Some(("Matching Started", description.to_owned()));
        }
        Some(match &job.failure {
            Some(message) => ("Matching Failed", message.clone()),
            None => (
                "Matched Results Available",
                "The results of the request can be fetched".to_owned(),
            ),
        })
    }

    /// The records of a job that is done and has not failed.
    pub(super) fn results(&self, id: &str) -> Option<Vec<Value>> {
        let state = self.lock();
        let job = state.submitted.get(id)?;
        let has_results = job.looks >= self.looks_until_done && job.failure.is_none();
        has_results.then(|| job.records.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
