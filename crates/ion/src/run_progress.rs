//! How far a run is: the vendor has no field for it, so it follows from the states of the steps.

use crate::{
    Client, Id, JobError,
    queries::{
        GetRun,
        get_run::{Run, RunStep},
    },
    types::RunStepStatus,
};

/// How far a run is.
#[derive(Debug, Clone, PartialEq)]
pub struct RunProgress {
    run: Run,
}

impl Client {
    /// Reads a run, and tells how far it is.
    ///
    /// # Errors
    ///
    /// When the operation fails, or there is no such run.
    pub async fn run_progress(&self, run: impl Into<Id>) -> Result<RunProgress, JobError> {
        let run = self.execute(GetRun::new(run)).await?.run;
        let run = run.ok_or_else(|| JobError::not_found("run"))?;
        Ok(RunProgress::of(run))
    }
}

impl RunProgress {
    /// The progress of a run that has been read.
    #[must_use]
    pub fn of(mut run: Run) -> Self {
        if let Some(steps) = &mut run.steps {
            // Steps without a position come last, as they came.
            let position = |step: &RunStep| step.position.unwrap_or(i64::MAX);
            steps.sort_by_key(|step| step.as_ref().map_or(i64::MAX, position));
        }
        Self { run }
    }

    /// The run, its steps in their order.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The step to work on: the first in progress, or else the first that is neither complete nor
    /// canceled, whatever keeps it (to do, on hold, failed, a redline); none if all are done.
    #[must_use]
    pub fn current(&self) -> Option<&RunStep> {
        let in_progress = |step: &&RunStep| step.status == Some(RunStepStatus::InProgress);
        self.steps()
            .find(in_progress)
            .or_else(|| self.steps().find(|step| !is_complete(step)))
    }

    /// How many steps are complete.
    #[must_use]
    pub fn complete(&self) -> usize {
        self.steps().filter(|step| is_complete(step)).count()
    }

    /// How many steps there are to complete: all but the canceled ones.
    #[must_use]
    pub fn total(&self) -> usize {
        self.steps().count()
    }

    /// True if every step is complete or canceled.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete() == self.total()
    }

    /// The steps that are not canceled, in their order.
    fn steps(&self) -> impl Iterator<Item = &RunStep> {
        let steps = self.run.steps.iter().flatten().flatten();
        steps.filter(|step| step.status != Some(RunStepStatus::Canceled))
    }
}

fn is_complete(step: &RunStep) -> bool {
    step.status == Some(RunStepStatus::Complete)
}

#[cfg(test)]
mod tests {
    use sdk_graphql::Operation;
    use serde_json::json;

    use super::*;

    fn run(states: &[&str]) -> RunProgress {
        let steps = states.iter().enumerate().map(|(place, state)| {
            // The server's order is not that of the positions.
            let position = states.len() - place;
            json!({"id": position, "status": state, "position": position})
        });
        let steps: Vec<_> = steps.collect();
        let body = json!({"data": {"run": {"id": 1, "steps": steps}}});
        let answer = GetRun::decode(body.to_string().as_bytes()).unwrap();
        RunProgress::of(answer.data.unwrap().run.unwrap())
    }

    #[test]
    fn the_current_step_follows_from_the_states() {
        // Positions count down, so the last state is that of the first step.
        for (states, current, complete, total) in [
            (&["TODO", "TODO"][..], Some("1"), 0, 2),
            (&["TODO", "IN_PROGRESS", "COMPLETE"], Some("2"), 1, 3),
            (&["IN_PROGRESS", "TODO", "COMPLETE"], Some("3"), 1, 3),
            (&["TODO", "HOLD", "COMPLETE"], Some("2"), 1, 3),
            (&["TODO", "CANCELED", "COMPLETE"], Some("3"), 1, 2),
            (&["TODO", "PAUSED_SOMEHOW"], Some("1"), 0, 2),
            (&["COMPLETE", "CANCELED"], None, 1, 1),
            (&[], None, 0, 0),
        ] {
            let progress = run(states);
            let step = progress.current().map(|step| step.id.as_str());
            assert_eq!(step, current, "{states:?}");
            assert_eq!((progress.complete(), progress.total()), (complete, total));
            assert_eq!(progress.is_complete(), current.is_none(), "{states:?}");
        }
    }
}
