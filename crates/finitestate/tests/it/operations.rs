//! Every shipped operation against the sandbox: it is accepted, it decodes, and writes can be read.

use std::{collections::BTreeSet, fs};

use finitestate::{Client, Id, queries::*, types::*};
use futures_util::TryStreamExt;

use crate::setup::Setup;

/// The operations that the folder of documents holds.
fn shipped() -> BTreeSet<String> {
    let queries = concat!(env!("CARGO_MANIFEST_DIR"), "/queries");
    let name_of = |text: String| {
        let line = text
            .lines()
            .find(|line| line.starts_with("query ") || line.starts_with("mutation "))
            .unwrap()
            .to_owned();
        let name = line.split([' ', '(']).nth(1).unwrap();
        name.to_owned()
    };
    fs::read_dir(queries)
        .unwrap()
        .map(|entry| name_of(fs::read_to_string(entry.unwrap().path()).unwrap()))
        .collect()
}

#[test]
fn the_table_in_the_docs_lists_every_operation_once() {
    let table = include_str!("../../src/docs/operations.md");
    let name_of = |row: &str| {
        row.strip_prefix("| [`")?
            .split('`')
            .next()
            .map(str::to_owned)
    };
    let listed: Vec<String> = table.lines().filter_map(name_of).collect();
    assert_eq!(BTreeSet::from_iter(listed.clone()), shipped());
    assert_eq!(listed.len(), shipped().len());
}

#[tokio::test]
async fn every_shipped_operation_runs() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let version = Id::from(setup.vendor().main_asset_version_id());

    lists(client).await;
    counts(client).await;
    single_entities(client).await;
    let test = creates(client).await;
    binary_upload(client, &test).await;
    results_upload(client, &test).await;
    exports(client, &version).await;
    triage(client).await;

    let ran: BTreeSet<String> = setup
        .vendor()
        .requests()
        .iter()
        .filter_map(|request| request.body["operationName"].as_str())
        .map(str::to_owned)
        .collect();
    assert_eq!(ran, shipped());
}

async fn lists(client: &Client) {
    macro_rules! first_of {
        ($($list:ident)+) => {$(
            let items: Vec<_> = client.items($list::new().first(2)).try_collect().await.unwrap();
            assert!(!items.is_empty(), stringify!($list));
        )+};
    }
    first_of! {
        ListArtifacts ListAssetSummaries ListAssetVersionArtifacts ListAssetVersions ListAssets
        ListGroupProducts ListGroups ListOrganizations ListProductAssetVersions ListProducts
        ListUsers
    }
    macro_rules! page_of {
        ($($list:ident)+) => {$(
            let page = client.pages($list::new().first(2)).try_next().await.unwrap().unwrap();
            assert_eq!(page.items.len(), 2, stringify!($list));
        )+};
    }
    page_of! {
        ListFindingFiles ListFindingSummaries ListFindings ListLicenseExceptions ListLicenses
        ListSoftwareComponentInstanceFiles ListSoftwareComponentInstanceMetadata
        ListSoftwareComponentInstances ListSoftwareComponents ListTests
        SearchSbomAcrossAssetVersions SearchSbomInAssetVersion
    }
}

async fn counts(client: &Client) {
    let findings = client.execute(CountFindings::new()).await.unwrap();
    let all = findings.all_findings_meta.unwrap().count.unwrap();
    let critical = FindingFilter::new().severity(FindingSeverity::Critical);
    let findings = client
        .execute(CountFindings::new().filter(critical))
        .await
        .unwrap();
    let critical = findings.all_findings_meta.unwrap().count.unwrap();
    assert!(0 < critical && critical < all, "{critical} of {all}");

    let artifacts = client.execute(CountArtifacts::new()).await.unwrap();
    assert!(artifacts.all_artifacts_meta.unwrap().count > Some(0));
    let licenses = client.execute(CountLicenses::new()).await.unwrap();
    assert!(licenses.all_licenses_meta.unwrap().count > Some(0));
    let exceptions = client.execute(CountLicenseExceptions::new()).await.unwrap();
    assert!(exceptions.all_license_exceptions_meta.unwrap().count > Some(0));
    let instances = client
        .execute(CountSoftwareComponentInstances::new())
        .await
        .unwrap();
    let meta = instances.all_software_component_instances_meta;
    assert!(meta.unwrap().count > Some(0));
}

async fn single_entities(client: &Client) {
    macro_rules! found_by_id {
        ($($list:ident => $get:ident.$field:ident,)+) => {$(
            let id = client.items($list::new().first(1)).try_next().await.unwrap().unwrap().id;
            let found = client.execute($get::new(id.clone())).await.unwrap().$field.unwrap();
            assert_eq!(found.id, id);
            let missing = client.execute($get::new("no-such-id")).await.unwrap().$field;
            assert!(missing.is_none(), stringify!($get));
        )+};
    }
    found_by_id! {
        ListArtifacts => GetArtifact.artifact,
        ListFindings => GetFinding.finding,
        ListLicenses => GetLicense.license,
        ListLicenseExceptions => GetLicenseException.license_exception,
        ListSoftwareComponents => GetSoftwareComponent.software_component,
        ListSoftwareComponentInstances =>
            GetSoftwareComponentInstance.software_component_instance,
    }
}

/// Creates a product, an asset with versions, an artifact and a test; gives the test's id.
async fn creates(client: &Client) -> Id {
    let group = client
        .items(ListGroups::new())
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .id;
    let user = client
        .items(ListUsers::new())
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .id;

    let input = CreateProductInput::new()
        .name("Thermostat")
        .group(group.clone())
        .created_by(user.clone())
        .ctx(ProductContextInput::new().business_unit(group.clone()));
    let created = client.execute(CreateProduct::new(input)).await.unwrap();
    let product = created.create_product.unwrap();
    let filter = ProductFilter::new().id(product.id.clone());
    let listed = client
        .items(ListProducts::new().filter(filter))
        .try_next()
        .await
        .unwrap();
    assert_eq!(listed.unwrap().name.as_deref(), Some("Thermostat"));

    let ctx = AssetContextInput::new()
        .products([product.id.clone()])
        .business_units([group.clone()]);
    let input = CreateAssetInput::new()
        .name("Thermostat firmware")
        .group(group)
        .created_by(user.clone())
        .ctx(ctx.clone());
    let asset = client
        .execute(CreateAsset::new(input))
        .await
        .unwrap()
        .create_asset
        .unwrap()
        .id;

    let on_asset = CreateNewAssetVersionOnAsset::new("1.0", asset.clone())
        .created_by_user_id(user.clone())
        .product_id(product.id);
    let version = client.execute(on_asset).await.unwrap();
    let version = version
        .create_new_asset_version_on_asset
        .unwrap()
        .asset_version
        .unwrap()
        .id;
    let input = CreateAssetVersionInput::new()
        .name("1.1")
        .asset(asset.clone())
        .created_by(user.clone())
        .ctx(ctx.clone());
    let second = client
        .execute(CreateAssetVersion::new(input))
        .await
        .unwrap();
    let second = second.create_asset_version.unwrap().id;
    let input = UpdateAssetInput::new(asset.clone()).default_version(second.clone());
    let updated = client
        .execute(UpdateAsset::new(input))
        .await
        .unwrap()
        .update_asset
        .unwrap();
    assert_eq!(updated.default_version.unwrap().id, second);

    let input = CreateArtifactInput::new()
        .name("Thermostat firmware 1.0 - Firmware Binary")
        .created_by(user.clone())
        .asset_version(version.clone())
        .ctx(ctx.clone().asset(version));
    let artifact = client.execute(CreateArtifact::new(input)).await.unwrap();
    let artifact = artifact.create_artifact.unwrap().id;
    let input = CreateTestInput::new()
        .name("Thermostat firmware 1.0 - Firmware Binary")
        .created_by(user)
        .artifact_under_test(artifact)
        .test_result_file_format("finite_state_binary_analysis")
        .ctx(ctx.asset(asset))
        .tools([CreateTestToolInput::new().name("Finite State Binary Analysis")])
        .upload_method(UploadMethod::Api);
    client
        .execute(CreateTest::new(input))
        .await
        .unwrap()
        .create_test
        .unwrap()
        .id
}

/// Sends bytes to a presigned link, without a token, and gives the ETag.
async fn put(link: &str, body: &'static str) -> String {
    let response = reqwest::Client::new()
        .put(link)
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    response.headers()["etag"].to_str().unwrap().to_owned()
}

async fn binary_upload(client: &Client, test: &Id) {
    let started = client
        .execute(StartMultipartUpload::new(test.clone()))
        .await
        .unwrap();
    let started = started.start_multipart_upload_v2.unwrap();
    let (upload, key) = (started.upload_id.unwrap(), started.key.unwrap());
    let link = GenerateUploadPartUrl::new(1, upload.clone(), key.clone());
    let link = client
        .execute(link)
        .await
        .unwrap()
        .generate_upload_part_url_v2
        .unwrap();
    let etag = put(&link.upload_url.unwrap(), "firmware").await;
    let parts = vec![PartInput::new(etag, 1)];
    let complete = CompleteMultipartUpload::new(parts, upload, key);
    let completed = client
        .execute(complete)
        .await
        .unwrap()
        .complete_multipart_upload_v2
        .unwrap();
    let launch = LaunchBinaryUploadProcessing::new(completed.key.unwrap(), test.clone())
        .configuration_options([BinaryAnalysisConfigurationOption::QuickScan]);
    let launched = client.execute(launch).await.unwrap();
    assert!(
        launched
            .launch_binary_upload_processing
            .unwrap()
            .key
            .is_some()
    );

    let listed = ListTests::new().filter(TestFilter::new().id(test.clone()));
    let state = client
        .items(listed)
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .state;
    assert!(
        state.is_some(),
        "the test has no processing state after its launch"
    );
}

async fn results_upload(client: &Client, test: &Id) {
    let link = client
        .execute(GenerateSinglePartUploadUrl::new(test.clone()))
        .await
        .unwrap();
    let link = link.generate_single_part_upload_url.unwrap();
    put(&link.upload_url.unwrap(), "{}").await;
    let launch = LaunchTestResultProcessing::new(link.key.unwrap(), test.clone());
    let launched = client
        .execute(launch)
        .await
        .unwrap()
        .launch_test_result_processing;
    assert!(launched.unwrap().key.is_some());
}

async fn exports(client: &Client, version: &Id) {
    let product = client
        .items(ListProducts::new())
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .id;
    macro_rules! job {
        ($operation:expr, $field:ident) => {{
            let launched = client.execute($operation).await.unwrap().$field.unwrap();
            launched.export_job_id.unwrap()
        }};
    }
    let version = || version.clone();
    let jobs = [
        job!(
            LaunchCycloneDxExport::new(CycloneDxExportSubtype::SbomWithVdr, version()),
            launch_cyclone_dx_export
        ),
        job!(
            LaunchSpdxExport::new(SpdxExportSubtype::SbomOnly, version()),
            launch_spdx_export
        ),
        job!(
            LaunchArtifactCsvExport::new(ArtifactCSVExportSubtype::AllFindings, version()),
            launch_artifact_csv_export
        ),
        job!(
            LaunchArtifactPdfExport::new(ArtifactPdfExportSubtype::RiskSummary, version()),
            launch_artifact_pdf_export
        ),
        job!(
            LaunchProductCsvExport::new(ProductCSVExportSubtype::AllFindings, product),
            launch_product_csv_export
        ),
    ];
    for job in jobs {
        let link = finished(client, job).await;
        let bytes = reqwest::get(link).await.unwrap().bytes().await.unwrap();
        assert!(!bytes.is_empty());
    }
}

/// Looks at an export until it is done, and gives its link.
async fn finished(client: &Client, job: Id) -> String {
    for _ in 0..10 {
        let look = GetExportDownloadPresignedUrl::new(job.clone());
        let looked = client.execute(look).await.unwrap();
        let export = looked.generate_export_download_presigned_url.unwrap();
        if export.status.as_deref() == Some("COMPLETED") {
            return export.download_link.unwrap();
        }
    }
    panic!("export {job} does not end");
}

async fn triage(client: &Client) {
    let user = client
        .items(ListUsers::new())
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .id;
    let finding = client
        .items(ListFindings::new().first(1))
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .id;
    let update = UpdateFindingsStatuses::new(
        vec![finding.clone()],
        finitestate::FindingStatusUpdate::fixed(),
        user,
    );
    let updated = client
        .execute(update)
        .await
        .unwrap()
        .update_findings_statuses
        .unwrap();
    assert_eq!(updated.ids.unwrap(), [finding]);
}
