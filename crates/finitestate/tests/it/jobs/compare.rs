//! Versions side by side.

use finitestate::{Change, Id, queries::ListAssetVersions};
use futures_util::TryStreamExt;
use sdk_sandbox::Sandbox;

use crate::setup::Setup;

/// New, fixed, unchanged.
fn counts<T>(changes: &[Change<T>]) -> (usize, usize, usize) {
    let count = |wanted: fn(&Change<T>) -> bool| changes.iter().filter(|it| wanted(it)).count();
    (
        count(|it| matches!(it, Change::New(_))),
        count(|it| matches!(it, Change::Fixed(_))),
        count(|it| matches!(it, Change::Unchanged { .. })),
    )
}

#[tokio::test]
async fn a_comparison_accounts_for_every_finding_and_component_of_both_versions() {
    let setup = Setup::with(Sandbox::builder().items(60)).await;
    let client = &setup.client;
    let main = Id::from(setup.vendor().main_asset_version_id());
    let same = client.compare_versions(&main, &main);
    let findings: Vec<_> = same.findings().try_collect().await.unwrap();
    assert_eq!(counts(&findings), (0, 0, 60));
    let components: Vec<_> = same.components().try_collect().await.unwrap();
    let (new, gone, unchanged) = counts(&components);
    assert!((new, gone) == (0, 0) && unchanged > 0);

    let versions: Vec<_> = client
        .items(ListAssetVersions::new())
        .map_ok(|version| version.id)
        .try_collect()
        .await
        .unwrap();
    let other = versions.into_iter().find(|id| *id != main).unwrap();
    let there: Vec<_> = client
        .compare_versions(&main, &other)
        .findings()
        .try_collect()
        .await
        .unwrap();
    let back: Vec<_> = client
        .compare_versions(&other, &main)
        .findings()
        .try_collect()
        .await
        .unwrap();
    let (new, fixed, unchanged) = counts(&there);
    assert_eq!((fixed + unchanged, new + unchanged), (60, 12));
    assert_eq!(counts(&back), (fixed, new, unchanged));
}
