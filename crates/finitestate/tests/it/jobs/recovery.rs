//! Uploads that were refused or lost: what the next run does about it.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use finitestate::{
    Client, Id, JobError, LockError, SaveState, Source, StateError, StateFile, Upload, UploadState,
    formats, queries::CreateNewAssetVersionOnAsset,
};
use sdk_sandbox::{Endpoint, Fault, FiniteState, Sandbox};

use super::{Folder, content, first_asset, made};
use crate::setup::Setup;

/// Requests to the API in order, for a binary of one part: asset, version, artifact, test, start, link,
/// completion, launch.
const VERSION: u32 = 2;
const COMPLETION: u32 = 7;

/// An asset of a sandbox, and a state file for an upload to it.
struct Case {
    setup: Setup,
    folder: Folder,
    asset: Id,
}

impl Case {
    async fn new(name: &str) -> Self {
        let setup = Setup::with(Sandbox::builder().items(5).looks_until_done(1)).await;
        let asset = first_asset(&setup.client).await.id;
        let folder = Folder::new(name);
        Self {
            setup,
            folder,
            asset,
        }
    }

    fn client(&self) -> &Client {
        &self.setup.client
    }

    fn vendor(&self) -> &FiniteState {
        self.setup.vendor()
    }

    /// The next requests to the API pass, and the one with this number, from 1, meets these faults.
    fn fail_at(&self, request: u32, faults: impl IntoIterator<Item = Fault>) {
        let vendor = self.vendor();
        vendor.fail_times(Endpoint::Api, Fault::delay(Duration::ZERO), request - 1);
        for fault in faults {
            vendor.fail_next(Endpoint::Api, fault);
        }
    }

    async fn upload(&self) -> Result<Upload, JobError> {
        let source = Source::bytes(content(1000));
        let upload = self.client().upload_binary(&self.asset, "9.9", source);
        upload.state_file(self.folder.0.join("state.json")).await
    }

    fn requests(&self, operation: &str) -> usize {
        let requests = self.vendor().requests();
        let same =
            |name: &serde_json::Value| name.as_str().is_some_and(|it| it.contains(operation));
        let requests = requests.iter();
        requests
            .filter(|it| same(&it.body["operationName"]))
            .count()
    }

    /// One version with its artifact and its test, one whole file, and nothing left to go on with.
    async fn assert_whole(&self, upload: &Upload) {
        let version = upload.asset_version_id.clone();
        assert_eq!(made(self.client(), "9.9").await, [(version, 1, 1)]);
        let objects = self.vendor().stored_objects();
        let keys: Vec<_> = objects.iter().map(|object| &object.key).collect();
        assert_eq!(keys, [&upload.key]);
        assert!(!self.folder.names().contains(&"state.json".to_owned()));
    }
}

fn refusal(code: Option<&str>) -> Fault {
    Fault::GraphqlError {
        message: "no".to_owned(),
        code: code.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_completion_that_was_refused_is_asked_for_again_by_the_next_run() {
    for code in [None, Some("PERMISSION_DENIED"), Some("BAD_USER_INPUT")] {
        let case = Case::new("refused-completion").await;
        case.fail_at(COMPLETION, [refusal(code)]);
        let error = case.upload().await.unwrap_err();
        assert!(matches!(error, JobError::Call(_)), "{code:?}: {error}");
        // The same refusal again is no sign that the first request had its effect.
        case.vendor().fail_next(Endpoint::Api, refusal(code));
        let error = case.upload().await.unwrap_err();
        assert!(matches!(error, JobError::Call(_)), "{code:?}: {error}");
        assert_eq!(case.vendor().stored_objects(), []);
        let upload = case.upload().await.unwrap();
        case.assert_whole(&upload).await;
        assert_eq!(case.vendor().counts().storage_requests, 1, "{code:?}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_account_is_never_taken_for_parts_that_are_joined_already() {
    for code in ["UNAUTHENTICATED", "PERMISSION_DENIED", "BAD_USER_INPUT"] {
        let case = Case::new("refused-account").await;
        case.fail_at(COMPLETION, [Fault::status(503), refusal(Some(code))]);
        let error = case.upload().await.unwrap_err();
        assert!(matches!(error, JobError::Call(_)), "{code}: {error}");
        assert_eq!(case.requests("Launch"), 0, "{code}");
        let upload = case.upload().await.unwrap();
        case.assert_whole(&upload).await;
    }
}

#[tokio::test]
async fn a_file_that_was_wrongly_taken_to_be_joined_is_sent_again_by_the_next_run() {
    let case = Case::new("never-joined").await;
    case.fail_at(COMPLETION, [Fault::status(503), refusal(None)]);
    let error = case.upload().await.unwrap_err();
    assert!(matches!(error, JobError::UploadLost(_)), "{error}");
    assert!(error.is_retryable());
    let upload = case.upload().await.unwrap();
    case.assert_whole(&upload).await;
    assert_eq!(case.vendor().counts().storage_requests, 2);
}

#[tokio::test]
async fn results_that_the_store_lost_between_two_runs_are_sent_again_by_the_third() {
    let case = Case::new("lost-results").await;
    let upload = || {
        let source = Source::bytes("{}");
        let client = case.client();
        let upload = client.upload_test_results(&case.asset, "9.9", formats::CYCLONEDX, source);
        upload.state_file(case.folder.0.join("state.json"))
    };
    // Asset, version, artifact, test, link, launch.
    case.fail_at(6, [refusal(None)]);
    let error = upload().await.unwrap_err();
    assert!(
        matches!(error, JobError::Call(_)),
        "of this very run: {error}"
    );
    case.vendor().fail_next(Endpoint::Api, refusal(None));
    let error = upload().await.unwrap_err();
    assert!(matches!(error, JobError::UploadLost(_)), "{error}");
    let done = upload().await.unwrap();
    let version = done.asset_version_id;
    assert_eq!(made(case.client(), "9.9").await, [(version, 1, 1)]);
    assert_eq!(case.vendor().counts().storage_requests, 2);
}

#[tokio::test]
async fn a_version_that_was_refused_is_not_mistaken_for_one_that_somebody_else_makes_later() {
    let case = Case::new("refused-version").await;
    case.fail_at(VERSION, [refusal(Some("PERMISSION_DENIED"))]);
    let error = case.upload().await.unwrap_err();
    assert!(matches!(error, JobError::Call(_)), "{error}");

    let create = CreateNewAssetVersionOnAsset::new("9.9", case.asset.clone());
    case.client().execute(create).await.unwrap();
    let theirs = made(case.client(), "9.9").await.remove(0).0;
    let upload = case.upload().await.unwrap();
    assert_ne!(upload.asset_version_id, theirs);
    let mut versions = made(case.client(), "9.9").await;
    versions.retain(|(id, _, _)| *id == theirs);
    assert_eq!(versions, [(theirs, 0, 0)], "nothing is put into it");
}

#[tokio::test]
async fn a_version_whose_answer_is_spoilt_is_looked_for_and_not_made_again() {
    let case = Case::new("spoilt-version").await;
    let spoilt = r#"{"data": null, "errors": [{"message": "no",
        "path": ["createNewAssetVersionOnAsset", "assetVersion"]}]}"#;
    let spoilt = Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(spoilt.to_owned()),
    };
    case.fail_at(VERSION, [spoilt]);
    let error = case.upload().await.unwrap_err();
    assert!(matches!(error, JobError::Call(_)), "{error}");
    // What the answer stood for: the version is there.
    let create = CreateNewAssetVersionOnAsset::new("9.9", case.asset.clone());
    case.client().execute(create).await.unwrap();
    let upload = case.upload().await.unwrap();
    case.assert_whole(&upload).await;
}

#[tokio::test]
async fn an_upload_that_is_given_up_under_a_part_or_before_its_completion_begins_again() {
    let gone = Fault::Status {
        status: 404,
        retry_after: None,
        body: Some("<Error><Code>NoSuchUpload</Code></Error>".to_owned()),
    };
    let under_a_part = |case: &Case| case.vendor().fail_next(Endpoint::Storage, gone.clone());
    let before_completion = |case: &Case| case.fail_at(COMPLETION, [refusal(Some("NOT_FOUND"))]);
    let ways: [&dyn Fn(&Case); 2] = [&under_a_part, &before_completion];
    for give_up in ways {
        let case = Case::new("given-up").await;
        give_up(&case);
        let error = case.upload().await.unwrap_err();
        assert!(matches!(error, JobError::UploadLost(_)), "{error}");
        let upload = case.upload().await.unwrap();
        case.assert_whole(&upload).await;
        assert_eq!(case.requests("Start"), 2);
    }
}

#[tokio::test]
async fn a_state_file_is_held_by_one_run_and_a_function_of_the_caller_is_told_as_well() {
    let case = Case::new("held").await;
    let file = StateFile::new(case.folder.0.join("state.json"));
    let lock = file.lock().unwrap();
    let error = case.upload().await.unwrap_err();
    let JobError::StateHeld(held) = &error else {
        panic!("{error}");
    };
    assert_eq!(held.path(), file.path());
    assert_eq!(case.requests("Create"), 0, "nothing was made");
    drop(lock);

    let seen = Arc::new(Mutex::new(Vec::new()));
    let (kept, looked_at) = (seen.clone(), file.clone());
    let save = SaveState::new(move |state: &UploadState| {
        let is_held = matches!(looked_at.lock(), Err(LockError::Held(_)));
        let in_file = looked_at.load::<UploadState>()?;
        let is_same = in_file.as_ref() == Some(state);
        kept.lock().unwrap().push((is_held, is_same));
        Ok(())
    });
    let upload = case
        .client()
        .upload_binary(&case.asset, "9.9", Source::bytes("firmware"));
    upload
        .state_file(file.path())
        .save_state(save)
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    assert!(
        seen.len() > 5 && seen.iter().all(|it| *it == (true, true)),
        "{seen:?}"
    );
    drop(file.lock().unwrap());
}

#[tokio::test]
async fn a_state_file_that_cannot_be_used_is_named_with_its_kind_of_error() {
    let case = Case::new("unusable").await;
    let upload = |path: &std::path::Path| {
        let source = Source::bytes("firmware");
        let upload = case.client().upload_binary(&case.asset, "9.9", source);
        upload.state_file(path)
    };
    let nowhere = case.folder.0.join("gone").join("state.json");
    let not_ours = case.folder.0.join("other.json");
    std::fs::write(&not_ours, "{}").unwrap();
    for (path, kind) in [
        (&nowhere, std::io::ErrorKind::NotFound),
        (&not_ours, std::io::ErrorKind::InvalidData),
    ] {
        let error = upload(path).await.unwrap_err();
        let JobError::SaveState(error) = &error else {
            panic!("{error}");
        };
        assert_eq!(error.io_error().kind(), kind);
        let named = error.io_error().get_ref();
        let named = named.and_then(|error| error.downcast_ref::<StateError>());
        assert_eq!(named.unwrap().path(), path);
        assert!(error.source().is_some());
    }
}
