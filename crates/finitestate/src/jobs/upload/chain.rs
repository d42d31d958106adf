//! The steps that every upload shares: version, artifact, test; each happens once, whatever gets lost.
//!
//! Before a step whose request makes something, the state says that it has begun. Whoever finds that in a
//! state looks first whether the thing is there already: in another process after a crash, or here after
//! an answer that was lost.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sdk_transfer::{Backoff, SaveState};

use super::Choices;
use super::refusal::is_without_effect;
use super::state::{Context, Step, UploadState};
use super::steps::{NewArtifact, NewTest, NewVersion};
use crate::jobs::error::{JobError, MissingError, SaveStateError, UploadLostError};
use crate::queries::ListAssets;
use crate::types::{AssetContextInput, AssetFilter};
use crate::{Client, Id};

/// How often a step is tried when its answer gets lost.
const ATTEMPTS: u32 = 4;

/// An upload under way.
pub(super) struct Chain {
    pub(super) client: Client,
    pub(super) choices: Choices,
    state: Mutex<UploadState>,
    save: SaveState<UploadState>,
    /// Only one saves at a time, the newest state last.
    saving: tokio::sync::Mutex<()>,
}

/// What the test is for, in the vendor's words.
pub(super) struct TestKind<'a> {
    pub(super) format: &'a str,
    pub(super) tool: Option<&'static str>,
    pub(super) description: &'static str,
}

/// A step that must not happen twice.
pub(super) trait Once: Sync {
    /// What the step makes.
    type Made: Send;

    const STEP: Step;

    /// Looks for what the step has made already.
    fn find(&self) -> impl Future<Output = Result<Option<Self::Made>, JobError>> + Send;

    /// Makes it.
    fn make(&self) -> impl Future<Output = Result<Self::Made, JobError>> + Send;
}

impl Chain {
    pub(super) fn new(
        client: Client,
        choices: Choices,
        state: UploadState,
        save: SaveState<UploadState>,
    ) -> Self {
        Self {
            client,
            choices,
            state: Mutex::new(state),
            save,
            saving: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, UploadState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and saves it.
    pub(super) async fn record(
        &self,
        change: impl FnOnce(&mut UploadState),
    ) -> Result<(), JobError> {
        let _alone = self.saving.lock().await;
        let copy = {
            let mut state = self.state();
            change(&mut state);
            state.clone()
        };
        let save = self.save.clone();
        let saved = tokio::task::spawn_blocking(move || save.save(&copy)).await;
        let saved = saved.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        Ok(saved.map_err(SaveStateError)?)
    }

    /// Forgets what the store was sent, so that the next run sends it again; gives the error that says so.
    pub(super) async fn lose_file(&self, cause: JobError) -> JobError {
        match self.record(UploadState::forget_sent).await {
            Ok(()) => UploadLostError(Box::new(cause)).into(),
            Err(not_saved) => not_saved,
        }
    }

    /// Version, artifact and test, each made if it is not there; gives the test.
    pub(super) async fn prepare(&self, kind: &TestKind<'_>) -> Result<Id, JobError> {
        let context = self.context().await?;
        let version = self.version(&context).await?;
        let artifact = self.artifact(&context, &version, kind).await?;
        self.test(&context, &version, &artifact, kind).await
    }

    async fn version(&self, context: &Context) -> Result<Id, JobError> {
        let known = self.state().version.clone();
        if let Some(version) = known {
            return Ok(version);
        }
        let version = self.once(&NewVersion::of(self, context)).await?;
        let kept = version.clone();
        self.record(|state| (state.version, state.begun) = (Some(kept), None))
            .await?;
        Ok(version)
    }

    async fn artifact(
        &self,
        context: &Context,
        version: &Id,
        kind: &TestKind<'_>,
    ) -> Result<Id, JobError> {
        let known = self.state().artifact.clone();
        if let Some(artifact) = known {
            return Ok(artifact);
        }
        let step = NewArtifact {
            chain: self,
            context,
            version,
            name: self.name(context, kind),
        };
        let artifact = self.once(&step).await?;
        let kept = artifact.clone();
        self.record(|state| (state.artifact, state.begun) = (Some(kept), None))
            .await?;
        Ok(artifact)
    }

    async fn test(
        &self,
        context: &Context,
        version: &Id,
        artifact: &Id,
        kind: &TestKind<'_>,
    ) -> Result<Id, JobError> {
        let known = self.state().test.clone();
        if let Some(test) = known {
            return Ok(test);
        }
        let step = NewTest {
            chain: self,
            context,
            version,
            artifact,
            kind,
            name: self.name(context, kind),
        };
        let test = self.once(&step).await?;
        let kept = test.clone();
        self.record(|state| (state.test, state.begun) = (Some(kept), None))
            .await?;
        Ok(test)
    }

    /// Does a step that must not happen twice. After an answer that was lost, and in a state of another
    /// process that had begun it, it looks first for what the step has made.
    pub(super) async fn once<O: Once>(&self, once: &O) -> Result<O::Made, JobError> {
        let mut backoff = Backoff::new(Duration::from_millis(200)).factor(2.0);
        let mut attempt = 1;
        loop {
            let begun = self.state().begun == Some(O::STEP);
            if begun && let Some(found) = once.find().await? {
                return Ok(found);
            }
            if !begun {
                self.record(|state| state.begun = Some(O::STEP)).await?;
            }
            match once.make().await {
                Err(error) if error.is_retryable() && attempt < ATTEMPTS => attempt += 1,
                Err(error) => {
                    // Nothing is there to be found, and what somebody else makes later must not be taken
                    // for it. An earlier request, though, may still have its effect.
                    if !begun && is_without_effect(&error) {
                        self.record(|state| state.begun = None).await?;
                    }
                    return Err(error);
                }
                made => return made,
            }
            tokio::time::sleep(backoff.pause()).await;
        }
    }

    async fn context(&self) -> Result<Context, JobError> {
        let known = self.state().context.clone();
        if let Some(context) = known {
            return Ok(context);
        }
        let asset = self.state().asset().clone();
        let filter = AssetFilter::new().id(asset.clone());
        let found = self
            .client
            .execute(ListAssets::new().filter(filter).first(1));
        let found = found.await?.all_assets.into_iter().flatten().next();
        let missing = || MissingError {
            what: "asset",
            id: asset,
        };
        let found = found.ok_or_else(missing)?;
        let mut products = found.ctx.and_then(|ctx| ctx.products).unwrap_or_default();
        products.extend(
            self.choices
                .product
                .clone()
                .filter(|id| !products.contains(id)),
        );
        let group = found.group.map(|group| group.id);
        let user = found.created_by.map(|user| user.id);
        let context = Context {
            asset_name: found.name.unwrap_or_default(),
            products,
            group: self.choices.group.clone().or(group),
            user: self.choices.user.clone().or(user),
            versions_before: found
                .versions
                .into_iter()
                .flatten()
                .map(|version| version.id)
                .collect(),
        };
        let kept = context.clone();
        self.record(|state| state.context = Some(kept)).await?;
        Ok(context)
    }

    fn name(&self, context: &Context, kind: &TestKind<'_>) -> String {
        let description = self.choices.description.as_deref();
        format!(
            "{} {} - {}",
            context.asset_name,
            self.state().version_name(),
            description.unwrap_or(kind.description)
        )
    }

    /// What decides who may see a thing; `of` is the asset or the asset version.
    pub(super) fn access(&self, context: &Context, of: Id) -> AssetContextInput {
        AssetContextInput::new()
            .asset(of)
            .products(context.products.clone())
            .business_units(context.group.clone().into_iter().collect::<Vec<_>>())
    }
}
