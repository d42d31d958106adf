//! States of jobs that users keep on disk: what a crash, an editor or another version may leave there.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::LazyLock;

use altrata::{MatchError, MatchState, PersonRecord};
use finitestate::{HttpConfig, JobError, Proxy, Source, StateFile, Upload, UploadState, formats};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

/// What is uploaded, and under which names.
const CONTENT: &str = "{}";

/// The SHA-256 of that.
const SHA256: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const ASSET: &str = "asset-1";
const VERSION: &str = "1.0";
const BINARY: &str = "finite_state_binary_analysis";

/// What a state tells of, and no failure may take from it.
const MADE: [&str; 8] = [
    "part_bytes",
    "version",
    "artifact",
    "test",
    "multipart",
    "parts",
    "key",
    "launched",
];

/// One file for each thread of each process, and clients that nobody gives a token.
struct Place {
    path: PathBuf,
    finitestate: finitestate::Client,
    altrata: altrata::Client,
    /// What matching keeps of these records.
    records: Value,
    runtime: Runtime,
}

thread_local! {
    static PLACE: LazyLock<Place> = LazyLock::new(Place::new);
}

/// The first line names the job, the rest is the file that it goes on from.
///
/// What is no state, or that of another job, is an error, and the file stays as it is. A state is the same when it
/// is saved and loaded again. One of this job is gone on from: it ends with what it has made, or without a token,
/// and then the file has lost nothing.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let (job, file) = crate::first_line(bytes);
    PLACE.with(|place| match job {
        b"binary" => place.upload(file, BINARY),
        b"results" => place.upload(file, formats::CYCLONEDX),
        b"matching" => place.matching(file),
        _ => {}
    });
}

impl Place {
    #[expect(
        clippy::expect_used,
        reason = "without a client nothing can be checked"
    )]
    fn new() -> Self {
        let thread = format!("{:?}", std::thread::current().id());
        let digits: String = thread.chars().filter(char::is_ascii_digit).collect();
        let name = format!("sdk-fuzz-job-{}-{digits}.json", std::process::id());
        let url = refusing();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let finitestate = finitestate::Client::builder()
            .credentials(finitestate::Credentials::client("nobody", "nothing"))
            .organization_context("1")
            .token_url(url.clone())
            .api_url(url.clone())
            .http(HttpConfig::new().proxy(Proxy::None))
            .build();
        let mut altrata = altrata::Client::builder()
            .credentials(altrata::Credentials::service_user(
                "nobody", "nothing", "none",
            ))
            .token_url(url.clone())
            .http(HttpConfig::new().proxy(Proxy::None))
            .single_process();
        for service in altrata::Service::ALL {
            altrata = altrata.service_url(service, url.clone());
        }
        let mut place = Self {
            path: std::env::temp_dir().join(name),
            finitestate: finitestate.expect("a client"),
            altrata: altrata.build().expect("a client"),
            records: Value::Null,
            runtime,
        };
        // The first run leaves what later ones must find to go on.
        let _ = fs::remove_file(&place.path); // of a process that had the same number
        let begun = place.run_matching(None).expect("a report of nobody");
        assert!(!begun.is_complete(), "{begun:?}");
        let state: Option<Value> = place.file().load().expect("a state");
        place.records = state.expect("a state");
        place
    }

    fn file(&self) -> StateFile {
        StateFile::new(&self.path)
    }

    /// The state in these bytes, if there is one, as a job would read it.
    #[expect(clippy::expect_used, reason = "without a file nothing can be checked")]
    fn put<T>(&self, bytes: &[u8]) -> Option<T>
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        fs::write(&self.path, bytes).expect("a file");
        let loaded = self.file().load::<T>();
        if let Err(error) = &loaded {
            assert_eq!(error.path(), self.path);
        }
        let state = loaded.ok()?.expect("the file is there");
        let written = serde_json::to_vec(&state).expect("a state is JSON");
        let again: T = serde_json::from_slice(&written).expect("what was written is read");
        assert_eq!(again, state);
        Some(state)
    }

    fn upload(&self, bytes: &[u8], format: &str) {
        let state: Option<UploadState> = self.put(bytes);
        let client = &self.finitestate;
        let source = Source::bytes(CONTENT);
        let ended = self.runtime.block_on(async {
            if format == BINARY {
                let job = client.upload_binary(ASSET, VERSION, source);
                job.state_file(&self.path).await
            } else {
                let job = client.upload_test_results(ASSET, VERSION, format, source);
                job.state_file(&self.path).await
            }
        });
        let Some(state) = state else {
            assert!(matches!(ended, Err(JobError::SaveState(_))), "{ended:?}");
            return self.is_untouched(bytes);
        };
        let said = members(&state);
        let of_this_job = json!({
            "format": 1,
            "asset": ASSET,
            "version_name": VERSION,
            "test_format": format,
            "source": { "length_bytes": CONTENT.len(), "modified_ns": null, "sha256": SHA256 },
        });
        if !holds(&said, &of_this_job) {
            assert!(
                matches!(ended, Err(JobError::StateMismatch(_))),
                "{ended:?}"
            );
            return self.is_untouched(bytes);
        }
        match ended {
            Ok(made) => self.is_done(&said, &made),
            Err(JobError::StateMismatch(error)) => panic!("{error}: {said}"),
            Err(error) => {
                let kept = self.file().load::<UploadState>().ok().flatten();
                let kept = kept.as_ref().map(members).unwrap_or_default();
                assert!(holds(&kept, &of_this_job), "{error:?}: {kept}");
                // A step may have begun since; nothing that was made is forgotten.
                for made in MADE {
                    assert_eq!(kept.get(made), said.get(made), "{made}");
                }
            }
        }
    }

    /// What was made is what the state says, and the file is gone.
    fn is_done(&self, said: &Value, made: &Upload) {
        assert_eq!(said.get("launched"), Some(&Value::Bool(true)), "{said}");
        let made = json!({
            "version": made.asset_version_id,
            "artifact": made.artifact_id,
            "test": made.test_id,
            "key": made.key,
            "bandit_scan": made.bandit_scan_id,
        });
        assert!(holds(said, &made), "{made} of {said}");
        assert!(!self.path.exists());
    }

    fn matching(&self, bytes: &[u8]) {
        let Some(state) = self.put::<MatchState>(bytes) else {
            return;
        };
        let said = members(&state);
        let (asked, uncertain) = (texts(state.request_ids()), state.is_uncertain());
        let ended = self.run_matching(Some(state));
        let of_these = ["version", "records", "fingerprint"];
        let fits = of_these
            .iter()
            .all(|it| said.get(it) == self.records.get(it));
        if !fits {
            assert!(matches!(ended, Err(MatchError::OtherRecords)), "{ended:?}");
        }
        // The server lets nobody in, and so every request fails by itself.
        let report = match ended {
            Ok(report) => report,
            Err(MatchError::OtherRecords | MatchError::Input(_)) => {
                return self.is_untouched(bytes);
            }
            Err(error) => panic!("{error:?} of {said}"),
        };
        let unmatched = report.unmatched.iter();
        let unmatched: usize = unmatched.map(|it| it.records.len()).sum();
        assert_eq!((report.people.len(), unmatched), (0, 2), "{report:?}");
        let kept = self.file().load::<MatchState>().ok().flatten();
        let kept = kept.map(|it| (texts(it.request_ids()), it.is_uncertain()));
        // No job is forgotten, and no submission becomes uncertain that was refused.
        assert_eq!(kept, Some((asked, uncertain)), "{report:?}");
        let mut errors = report.unmatched.iter().map(|it| &it.error);
        assert!(uncertain || !errors.any(|error| matches!(error, MatchError::Uncertain(_))));
    }

    fn run_matching(&self, state: Option<MatchState>) -> Result<altrata::MatchReport, MatchError> {
        let records = ["row 1", "row 2"];
        let records = records.map(|id| PersonRecord::new(id).work_email("ada@example.com"));
        let job = self.altrata.match_people(records);
        let job = job.resume(state).save_state(self.file());
        self.runtime.block_on(async { job.await })
    }

    #[track_caller]
    fn is_untouched(&self, bytes: &[u8]) {
        assert_eq!(fs::read(&self.path).ok().as_deref(), Some(bytes));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path); // nothing more can be done
    }
}

/// What a state says. By its text, because a time may have more digits than a [`Value`] made of it.
fn members(state: &impl Serialize) -> Value {
    let text = serde_json::to_string(state).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The ids of jobs, in their order.
fn texts<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    ids.map(str::to_owned).collect()
}

/// Whether an object has these members, among others.
fn holds(object: &Value, members: &Value) -> bool {
    let mut members = members.as_object().into_iter().flatten();
    members.all(|(name, value)| object.get(name) == Some(value))
}

/// A server that lets nobody in.
#[expect(
    clippy::expect_used,
    reason = "without a server nothing can be checked"
)]
fn refusing() -> Url {
    const ANSWER: &str = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n\
        connection: close\r\ncontent-length: 26\r\n\r\n{\"error\":\"invalid_client\"}";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer); // whatever it asks
            let _ = stream.write_all(ANSWER.as_bytes()); // it may be gone
        }
    });
    format!("http://{address}/").parse().expect("a URL")
}
