//! A matching job whose process is killed at every step, and continued by another one.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use altrata::{
    Backoff, Client, Env, MatchError, MatchOutcome, MatchState, PersonRecord, StateFile,
};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use crate::setup::{Setup, builder, unlimited};

/// Where the process that is killed keeps its state. Set in that process alone.
const STATE: &str = "ALTRATA_TEST_STATE";

const TEST: &str =
    "killed::a_job_whose_process_is_killed_at_any_step_is_continued_and_never_starts_twice";

fn records() -> Vec<PersonRecord> {
    let record =
        |i| PersonRecord::new(format!("row {i}")).altrata_id(format!("1-per-{}", 4_000_000 + i));
    (0..10).map(record).collect()
}

/// The program that is killed.
async fn program(state: PathBuf) {
    let client = Client::from_env().unwrap();
    let job = client
        .match_people(records())
        .save_to(StateFile::new(state));
    let _killed = job.backoff(Backoff::new(Duration::from_millis(20))).await;
}

/// Kills the process when it is dropped, so that a failed test leaves none.
struct Process(Child);

impl Process {
    fn start(setup: &Setup, state: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([TEST, "--exact", "--nocapture"]);
        command.env(STATE, state).envs(setup.vendor().variables());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Waits until the saved state holds this text.
async fn until_saved(state: &StateFile, text: &str) {
    for _ in 0..3_000 {
        if std::fs::read_to_string(state.path()).is_ok_and(|saved| saved.contains(text)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the process never saved `{text}`");
}

async fn until_a_job_has_started(setup: &Setup) {
    for _ in 0..3_000 {
        if setup.vendor().jobs_started() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the process never submitted anything");
}

#[derive(Debug, Clone, Copy)]
enum Step {
    WaitingForAToken,
    AwaitingTheAnswerOfTheSubmission,
    WaitingForTheJob,
    FetchingResults,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_process_is_killed_at_any_step_is_continued_and_never_starts_twice() {
    let env = Env::process();
    if let Some(state) = env.reader().optional(STATE, "a path") {
        return program(state.into()).await;
    }
    for step in [
        Step::WaitingForAToken,
        Step::AwaitingTheAnswerOfTheSubmission,
        Step::WaitingForTheJob,
        Step::FetchingResults,
    ] {
        let looks = if matches!(step, Step::FetchingResults) {
            1
        } else {
            20
        };
        let setup = Setup::with(Sandbox::builder().items(50).looks_until_done(looks)).await;
        let file = format!("altrata-killed-{}-{step:?}.json", std::process::id());
        let state = StateFile::new(std::env::temp_dir().join(file));
        let long = Duration::from_secs(60);
        match step {
            Step::WaitingForAToken => setup.vendor().set_latency(Endpoint::Token, long),
            Step::AwaitingTheAnswerOfTheSubmission => {
                setup
                    .vendor()
                    .fail_next(Endpoint::Api, Fault::hold_answer(long));
            }
            Step::WaitingForTheJob => {}
            Step::FetchingResults => {
                // The submission, two looks, and the results, which never come.
                setup
                    .vendor()
                    .fail_times(Endpoint::Api, Fault::delay(Duration::ZERO), 3);
                setup
                    .vendor()
                    .fail_next(Endpoint::Api, Fault::hold_answer(long));
            }
        }
        let process = Process::start(&setup, state.path());
        match step {
            Step::WaitingForAToken => until_saved(&state, "submitting").await,
            Step::AwaitingTheAnswerOfTheSubmission => until_a_job_has_started(&setup).await,
            Step::WaitingForTheJob => until_saved(&state, "submitted").await,
            Step::FetchingResults => until_saved(&state, "ready").await,
        }
        drop(process);
        setup.vendor().clear_faults();
        setup.vendor().set_latency(Endpoint::Token, Duration::ZERO);

        let client = unlimited(builder(setup.vendor())).build().unwrap();
        let continued = || {
            let saved = state.load::<MatchState>().unwrap();
            let job = client.match_people(records()).resume(saved);
            job.backoff(Backoff::new(Duration::from_millis(1)).max(Duration::from_millis(5)))
        };
        let report = match continued().await {
            Ok(report) => report,
            // Nobody can know whether the job has started, so none is started without being told to.
            Err(MatchError::Uncertain(_)) => {
                let sent = matches!(step, Step::AwaitingTheAnswerOfTheSubmission);
                assert!(sent || matches!(step, Step::WaitingForAToken), "{step:?}");
                assert_eq!(setup.vendor().jobs_started(), usize::from(sent), "{step:?}");
                state.remove().unwrap();
                if sent {
                    continue;
                }
                continued().await.unwrap()
            }
            Err(error) => panic!("{step:?}: {error}"),
        };
        let unique = |outcome: &MatchOutcome| matches!(outcome, MatchOutcome::Unique(_));
        assert!(
            report.people.iter().all(|person| unique(&person.outcome)),
            "{step:?}"
        );
        assert_eq!(setup.vendor().jobs_started(), 1, "{step:?}");
        state.remove().unwrap();
    }
}
