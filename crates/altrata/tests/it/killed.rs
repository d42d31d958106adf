//! Matching jobs whose process is killed at every step, and which another client brings to their end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use altrata::{
    Backoff, Client, Config, Env, MatchError, MatchJob, MatchOutcome, MatchReport, MatchState,
    PersonRecord, StateFile,
    queries::{
        matching::get_unique_matches::{PersonMatch, PersonMatchResult},
        profile::SearchPeople,
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sdk_sandbox::{Altrata, Counts, Endpoint, Fault, Sandbox, SandboxBuilder};

use crate::setup::{builder, unlimited};

/// Where the process that is killed keeps its state. Set in that process alone.
const STATE: &str = "ALTRATA_TEST_STATE";

const TEST: &str = "killed::a_job_killed_at_any_step_is_continued_to_one_job_for_each_part";

/// Requests that the records are split into.
const PARTS: usize = 3;

/// Records of each part.
const PART: usize = 5;

/// Requests after the submissions, of each part: three looks, the unique matches, and three pages of others.
const REQUESTS_OF_A_PART: usize = 7;

fn sandbox() -> SandboxBuilder {
    Sandbox::builder().items(50).looks_until_done(2)
}

/// People who are there, but for the last of each part.
fn records() -> Vec<PersonRecord> {
    let record = |i: usize| match i % PART {
        4 => PersonRecord::named(format!("row {i}"), "No", "Body", "Nowhere"),
        _ => PersonRecord::new(format!("row {i}")).altrata_id(format!("1-per-{}", 4_000_000 + i)),
    };
    (0..PARTS * PART).map(record).collect()
}

/// A job of several parts, which asks for one kind of results page by page.
fn job(client: &Client, state: &StateFile) -> MatchJob {
    client
        .match_people(records())
        .max_request_bytes(2_900)
        .backoff(Backoff::new(Duration::from_millis(1)).max(Duration::from_millis(5)))
        .save_state(state.clone())
        // The sandbox has no such query, as nobody knows its name: people found by words stand for it.
        .possible_matches(|client, _| {
            let people = client.items(SearchPeople::new("ada").first(2));
            let ids = people.map_ok(|person| person.id).try_collect();
            stream::once(ids).map_ok(|ids| candidates("row 4", ids))
        })
}

fn candidates(id: &str, people: Vec<Option<String>>) -> PersonMatchResult {
    let person = |altrata_id| PersonMatch {
        altrata_id,
        first_name: None,
        last_name: None,
        role_title: None,
        organization_name: None,
    };
    PersonMatchResult {
        client_supplied_id: Some(id.to_owned()),
        match_result_id: None,
        match_result_type: None,
        matches: Some(people.into_iter().map(|id| Some(person(id))).collect()),
    }
}

/// Where the process is killed: before the request has its effect, or before its answer arrives.
#[derive(Debug, Clone, Copy)]
struct Kill {
    endpoint: Endpoint,
    request: usize,
    has_effect: bool,
}

impl Kill {
    /// True if nobody can know whether the request that was under way has started a job.
    fn is_uncertain(self) -> bool {
        self.endpoint == Endpoint::Api && self.request <= PARTS
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_killed_at_any_step_is_continued_to_one_job_for_each_part() {
    let env = Env::process();
    if let Some(state) = env.reader().optional(STATE, "a path") {
        let client = unlimited(Config::from_env(&env).unwrap().into_builder()).build();
        let state = StateFile::new(PathBuf::from(state));
        let report = job(&client.unwrap(), &state).await.unwrap();
        assert!(report.is_complete());
        return;
    }
    let folder = Folder::new();
    let (undisturbed, counts) = undisturbed(&folder).await;
    let requests = PARTS + PARTS * REQUESTS_OF_A_PART;
    assert_eq!(
        (counts.token_requests, counts.api_requests),
        (1, requests as u64)
    );
    let each = |endpoint, requests| {
        (1..=requests).flat_map(move |request| {
            [false, true].map(|has_effect| Kill {
                endpoint,
                request,
                has_effect,
            })
        })
    };
    let kills: Vec<_> = each(Endpoint::Token, 1)
        .chain(each(Endpoint::Api, requests))
        .collect();
    let runs = kills
        .iter()
        .map(|kill| kill_and_continue(&folder, *kill, &undisturbed));
    stream::iter(runs)
        .buffer_unordered(4)
        .collect::<Vec<()>>()
        .await;
}

/// What a job gives whose process lives, and what it sends.
async fn undisturbed(folder: &Folder) -> (MatchReport, Counts) {
    let sandbox = sandbox().start().await.unwrap();
    let vendor = sandbox.altrata();
    let client = unlimited(builder(vendor)).build().unwrap();
    let report = job(&client, &folder.state("undisturbed")).await.unwrap();
    assert_eq!(vendor.jobs_started(), PARTS);
    for (i, person) in report.people.iter().enumerate() {
        let expected = match i {
            4 => matches!(&person.outcome, MatchOutcome::Possible(people) if people.len() == 5),
            9 | 14 => person.outcome == MatchOutcome::NotUnique,
            _ => matches!(person.outcome, MatchOutcome::Unique(_)),
        };
        assert!(expected, "row {i}: {:?}", person.outcome);
    }
    (report, vendor.counts())
}

async fn kill_and_continue(folder: &Folder, kill: Kill, undisturbed: &MatchReport) {
    let sandbox = sandbox().start().await.unwrap();
    let vendor = sandbox.altrata();
    let state = folder.state(&format!("{kill:?}"));
    run_and_kill(vendor, state.path(), kill).await;

    let client = unlimited(builder(vendor)).build().unwrap();
    let saved = || state.load::<MatchState>().unwrap();
    let mut report = job(&client, &state).resume(saved()).await.unwrap();
    let mut jobs = PARTS;
    if kill.is_uncertain() {
        // Whether a job has started is for nobody to find out, so none is started without being told to.
        let [lost] = &report.unmatched[..] else {
            panic!("{kill:?}: {:?}", report.unmatched);
        };
        assert!(
            matches!(&lost.error, MatchError::Uncertain(lost) if lost.records() == PART),
            "{kill:?}: {}",
            lost.error
        );
        let started = PARTS - usize::from(!kill.has_effect);
        assert_eq!(vendor.jobs_started(), started, "{kill:?}");
        assert_eq!(report.people.len(), (PARTS - 1) * PART, "{kill:?}");
        let job = job(&client, &state).resume(saved());
        report = job.resubmit_uncertain().await.unwrap();
        jobs += usize::from(kill.has_effect);
    }
    assert!(report.is_complete(), "{kill:?}: {:?}", report.unmatched);
    assert_eq!(report.people, undisturbed.people, "{kill:?}");
    assert_eq!(report.strangers, undisturbed.strangers, "{kill:?}");
    assert_eq!(vendor.jobs_started(), jobs, "{kill:?}");
}

/// Runs the job in a process of its own, and kills that at this step.
async fn run_and_kill(vendor: &Altrata, state: &Path, kill: Kill) {
    let before = u32::try_from(kill.request - 1).unwrap();
    let minute = Duration::from_secs(60);
    let last = match kill.has_effect {
        true => Fault::hold_answer(minute),
        false => Fault::delay(minute),
    };
    vendor.fail_times(kill.endpoint, Fault::delay(Duration::ZERO), before);
    vendor.fail_next(kill.endpoint, last);
    let mut process = Process::start(vendor, state);
    let deadline = Instant::now() + minute;
    loop {
        let counts = vendor.counts();
        let reached = match kill.has_effect {
            true => counts.answers_held == 1,
            false => counts.faults == kill.request as u64,
        };
        if reached {
            break;
        }
        assert!(Instant::now() < deadline, "{kill:?} was never reached");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process.0.kill().unwrap();
    let status = process.0.wait().unwrap();
    assert!(!status.success(), "{kill:?}: it was done already");
    vendor.clear_faults();
}

/// This test binary again, as a process that matches people. Killed when it is dropped, so that a failed
/// test leaves none.
struct Process(Child);

impl Process {
    fn start(vendor: &Altrata, state: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([TEST, "--exact"]);
        command.env(STATE, state).envs(vendor.variables());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Keeps the state files of the test; removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("altrata-killed-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn state(&self, name: &str) -> StateFile {
        StateFile::new(self.0.join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}
