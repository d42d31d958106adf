//! Root fields of mutations: which function answers which field.

use apollo_compiler::response::JsonMap;

use super::Server;
use super::exports;
use super::input::{Input, Result};
use super::mutations as change;
use super::uploads::{Uploads, key_response};
use crate::data::select::QueryError;
use crate::data::{Store, Value};

/// Performs one mutation and gives what its field answers.
pub(super) fn mutate(
    server: &Server,
    store: &mut Store,
    field: &str,
    arguments: &JsonMap,
) -> Result<Value> {
    let arguments = Input(arguments);
    let input = arguments.object("input");
    let row = match field {
        "createProduct" => change::create_product(store, input)?,
        "createAsset" => change::create_asset(store, input)?,
        "updateAsset" => change::update_asset(store, input)?,
        "createAssetVersion" => change::create_asset_version(store, input)?,
        "createArtifact" => change::create_artifact(store, input)?,
        "createTest" => change::create_test(store, input)?,
        "createNewAssetVersionOnAsset" => {
            let version = change::create_new_asset_version_on_asset(store, arguments)?;
            let id = Value::Id(Store::id(version));
            let fields = vec![("id", id), ("assetVersion", Value::One(version))];
            return Ok(Value::object(
                "CreateNewAssetVersionOnAssetResponse",
                fields,
            ));
        }
        "updateFindingsStatuses" => return change::update_findings_statuses(store, arguments),
        _ => return jobs(server, store, field, arguments, input),
    };
    Ok(Value::One(row))
}

/// The mutations that leave the tables alone: uploads and exports. The older forms of the uploads take
/// an `input`, the newer ones take its members as arguments.
fn jobs(
    server: &Server,
    store: &Store,
    field: &str,
    arguments: Input<'_>,
    input: Input<'_>,
) -> Result<Value> {
    let jobs = &server.jobs;
    let uploads = Uploads {
        storage: &server.storage,
        jobs,
        store,
    };
    let export = |kind, subtype| exports::launch(store, jobs, kind, arguments, subtype);
    match field {
        "startMultipartUploadV2" => {
            uploads.start(arguments, "StartMultipartUploadV2Response", "uploadId")
        }
        "startMultipartUpload" => uploads.start(input, "StartMultipartUploadResponse", "id"),
        "generateUploadPartUrlV2" => uploads.part_url(arguments),
        "generateUploadPartUrl" => uploads.part_url(input),
        "completeMultipartUploadV2" => uploads.complete(arguments),
        "completeMultipartUpload" => uploads.complete(input),
        "generateSinglePartUploadUrl" => uploads.single(arguments),
        "generateTestResultUploadUrl" => uploads.single(input),
        "launchTestResultProcessing" => Ok(key_response(uploads.launch(arguments)?)),
        "completeTestResultUpload" => Ok(key_response(uploads.launch(input)?)),
        "launchBinaryUploadProcessing" => {
            let key = uploads.launch(arguments)?;
            let options = arguments.list("configurationOptions").iter();
            let bandit = options.filter_map(|option| option.as_str());
            let scan = match bandit
                .into_iter()
                .any(|option| option == "ENABLE_BANDIT_SCAN")
            {
                true => Value::text(jobs.next_id()),
                false => Value::Null,
            };
            let fields = vec![("key", Value::text(key)), ("newBanditScanId", scan)];
            Ok(Value::object(
                "LaunchBinaryUploadProcessingResponse",
                fields,
            ))
        }
        "launchCycloneDxExport" => export("cyclonedx", "cdxSubtype"),
        "launchSpdxExport" => export("spdx", "spdxSubtype"),
        "launchArtifactCSVExport" => export("artifact-csv", "artifactCsvSubtype"),
        "launchArtifactPdfExport" => export("artifact-pdf", "artifactPdfSubtype"),
        "launchProductCSVExport" => export("product-csv", "productCsvSubtype"),
        _ => Err(QueryError::plain(format!(
            "the sandbox does not know the mutation {field}"
        ))),
    }
}
