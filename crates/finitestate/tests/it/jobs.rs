//! Jobs against the sandbox: what they make, and what they do when something breaks.

mod compare;
mod crashes;
mod exports;
#[cfg(unix)]
mod limits;
mod recovery;
mod sources;
mod triage;
mod uploads;
mod versions;
mod waits;

use std::path::PathBuf;

use finitestate::{
    Client, Id,
    queries::{ListAssetVersionArtifacts, ListAssets, ListTests, ListUsers, list_assets::Asset},
    types::AssetVersionFilter,
};
use futures_util::TryStreamExt;

/// The first asset of the sandbox.
async fn first_asset(client: &Client) -> Asset {
    let assets = client.execute(ListAssets::new().first(1)).await.unwrap();
    assets.all_assets.unwrap().remove(0)
}

/// The first user of the sandbox.
async fn first_user(client: &Client) -> Id {
    let users = client.execute(ListUsers::new().first(1)).await.unwrap();
    users.all_users.unwrap().remove(0).id
}

/// The versions of this name of the first asset, each with the number of its artifacts and of its tests.
async fn made(client: &Client, name: &str) -> Vec<(Id, usize, usize)> {
    let versions = first_asset(client).await.versions.unwrap();
    let tests: Vec<_> = client.items(ListTests::new()).try_collect().await.unwrap();
    let mut found = Vec::new();
    for version in versions
        .into_iter()
        .filter(|it| it.name.as_deref() == Some(name))
    {
        let filter = AssetVersionFilter::new().id(version.id.clone());
        let list = ListAssetVersionArtifacts::new().filter(filter);
        let artifacts = client
            .execute(list)
            .await
            .unwrap()
            .all_asset_versions
            .unwrap();
        let artifacts = artifacts[0].artifacts.as_ref().map_or(0, Vec::len);
        let of_version = |test: &&finitestate::queries::list_tests::Test| {
            let artifact = test.artifact_under_test.as_ref();
            let version_of_test = artifact.and_then(|it| it.asset_version.as_ref());
            version_of_test.is_some_and(|it| it.id == version.id)
        };
        let tests = tests.iter().filter(of_version).count();
        found.push((version.id, artifacts, tests));
    }
    found
}

/// A folder of one test, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("finitestate-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

/// Bytes in which every place is different from its neighbours.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

/// The SHA-256 of every part, as the sandbox writes them.
fn digests(content: &[u8], part_bytes: usize) -> Vec<String> {
    use sha2::{Digest as _, Sha256};
    let digest = |part: &[u8]| format!("{:x}", Sha256::digest(part));
    content.chunks(part_bytes).map(digest).collect()
}
