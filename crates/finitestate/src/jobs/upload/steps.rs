//! The steps that make something: how each is made, and how it is found when its answer was lost.

use futures_util::TryStreamExt as _;

use super::chain::{Chain, Once, TestKind};
use super::state::{Context, Step};
use crate::Id;
use crate::jobs::error::{AmbiguousError, JobError, Needed as _};
use crate::queries::{
    CreateArtifact, CreateNewAssetVersionOnAsset, CreateTest, ListAssetVersionArtifacts,
    ListAssetVersions, ListAssets, ListTests,
};
use crate::types::{
    AssetFilter, AssetVersionFilter, CreateArtifactInput, CreateTestInput, CreateTestToolInput,
    TestFilter, UploadMethod,
};

/// A new version of the asset.
pub(super) struct NewVersion<'a> {
    chain: &'a Chain,
    context: &'a Context,
    asset: Id,
    name: String,
}

/// The artifact: the file of the version.
pub(super) struct NewArtifact<'a> {
    pub(super) chain: &'a Chain,
    pub(super) context: &'a Context,
    pub(super) version: &'a Id,
    pub(super) name: String,
}

/// The test of the artifact.
pub(super) struct NewTest<'a> {
    pub(super) chain: &'a Chain,
    pub(super) context: &'a Context,
    pub(super) version: &'a Id,
    pub(super) artifact: &'a Id,
    pub(super) kind: &'a TestKind<'a>,
    pub(super) name: String,
}

impl<'a> NewVersion<'a> {
    pub(super) fn of(chain: &'a Chain, context: &'a Context) -> Self {
        let state = chain.state();
        Self {
            chain,
            context,
            asset: state.asset().clone(),
            name: state.version_name().to_owned(),
        }
    }
}

impl Once for NewVersion<'_> {
    type Made = Id;

    const STEP: Step = Step::CreateVersion;

    /// A version of this name that was not there before.
    async fn find(&self) -> Result<Option<Id>, JobError> {
        let filter = AssetFilter::new().id(self.asset.clone());
        let list = ListAssets::new().filter(filter).first(1);
        let found = self.chain.client.execute(list).await?.all_assets;
        let found = found.into_iter().flatten().next();
        let versions = found.and_then(|asset| asset.versions).unwrap_or_default();
        let mut new = versions
            .into_iter()
            .filter(|version| version.name.as_deref() == Some(&self.name))
            .map(|version| version.id)
            .filter(|id| !self.context.versions_before.contains(id));
        let first = new.next();
        match new.count() {
            0 => Ok(first),
            more => Err(AmbiguousError {
                what: "versions of this name",
                count: more.saturating_add(1),
            }
            .into()),
        }
    }

    async fn make(&self) -> Result<Id, JobError> {
        let mut create = CreateNewAssetVersionOnAsset::new(self.name.clone(), self.asset.clone());
        if let Some(user) = &self.context.user {
            create = create.created_by_user_id(user.clone());
        }
        if let Some(product) = &self.chain.choices.product {
            create = create.product_id(product.clone());
        }
        let data = self.chain.client.execute(create).await?;
        let made = data.create_new_asset_version_on_asset;
        let made = made.and_then(|made| made.asset_version);
        let made = made.needed("CreateNewAssetVersionOnAsset", "assetVersion")?;
        Ok(made.id)
    }
}

impl Once for NewArtifact<'_> {
    type Made = Id;

    const STEP: Step = Step::CreateArtifact;

    /// The version is this upload's own, so that whatever has this name in it is, too.
    async fn find(&self) -> Result<Option<Id>, JobError> {
        let filter = AssetVersionFilter::new().id(self.version.clone());
        let list = ListAssetVersionArtifacts::new().filter(filter).first(1);
        let found = self.chain.client.execute(list).await?.all_asset_versions;
        let versions = found.into_iter().flatten();
        let mut artifacts = versions.flat_map(|version| version.artifacts.into_iter().flatten());
        let same = artifacts.find(|artifact| artifact.name.as_deref() == Some(&self.name));
        Ok(same.map(|artifact| artifact.id))
    }

    async fn make(&self) -> Result<Id, JobError> {
        let mut input = CreateArtifactInput::new()
            .name(self.name.clone())
            .asset_version(self.version.clone())
            .ctx(self.chain.access(self.context, self.version.clone()));
        if let Some(user) = &self.context.user {
            input = input.created_by(user.clone());
        }
        let data = self
            .chain
            .client
            .execute(CreateArtifact::new(input))
            .await?;
        let made = data.create_artifact;
        Ok(made.needed("CreateArtifact", "createArtifact")?.id)
    }
}

impl Once for NewTest<'_> {
    type Made = Id;

    const STEP: Step = Step::CreateTest;

    /// A test of the artifact. Tests are listed from the creation of the version on, because no filter by
    /// artifact is documented.
    async fn find(&self) -> Result<Option<Id>, JobError> {
        let filter = AssetVersionFilter::new().id(self.version.clone());
        let list = ListAssetVersions::new().filter(filter).first(1);
        let found = self.chain.client.execute(list).await?.all_asset_versions;
        let version = found.into_iter().flatten().next();
        let mut filter = TestFilter::new();
        if let Some(created) = version.and_then(|version| version.created_at) {
            filter = filter.created_at_gte(created);
        }
        let mut tests = self.chain.client.items(ListTests::new().filter(filter));
        while let Some(test) = tests.try_next().await? {
            let of = test.artifact_under_test;
            if of.is_some_and(|artifact| artifact.id == *self.artifact) {
                return Ok(Some(test.id));
            }
        }
        Ok(None)
    }

    async fn make(&self) -> Result<Id, JobError> {
        let asset = self.chain.state().asset().clone();
        let tool = |name: &str| CreateTestToolInput::new().name(name).description(name);
        let tools: Vec<_> = self.kind.tool.map(tool).into_iter().collect();
        let mut input = CreateTestInput::new()
            .name(self.name.clone())
            .artifact_under_test(self.artifact.clone())
            .test_result_file_format(self.kind.format)
            .ctx(self.chain.access(self.context, asset))
            .tools(tools)
            .upload_method(UploadMethod::Api);
        if let Some(user) = &self.context.user {
            input = input.created_by(user.clone());
        }
        let data = self.chain.client.execute(CreateTest::new(input)).await?;
        Ok(data.create_test.needed("CreateTest", "createTest")?.id)
    }
}
