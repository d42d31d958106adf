//! How far an upload came: saved after every step, enough to go on in another process.

use std::collections::BTreeMap;

use sdk_transfer::{Fingerprint, FinishedPart};
use serde::{Deserialize, Serialize};

use crate::Id;
use crate::jobs::error::{JobError, ReaderResumedError, StateMismatchError};

/// The shape of the saved state; another one is not understood.
const FORMAT: u32 = 1;

/// How far an upload came.
///
/// It can be saved with serde, in whatever form and place, and given to another upload of the same file.
/// It holds ids and ETags, no secret and no link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UploadState {
    format: u32,
    asset: Id,
    version_name: String,
    /// The format of the test: what kind of upload this is.
    test_format: String,
    source: Fingerprint,
    /// Zero for an upload in one piece.
    pub(super) part_bytes: u64,
    pub(super) context: Option<Context>,
    /// The step whose request may have had its effect without an answer.
    pub(super) begun: Option<Step>,
    pub(super) version: Option<Id>,
    pub(super) artifact: Option<Id>,
    pub(super) test: Option<Id>,
    pub(super) multipart: Option<Multipart>,
    pub(super) parts: BTreeMap<u32, FinishedPart>,
    /// The key of the whole file, once the store has it.
    pub(super) key: Option<String>,
    pub(super) bandit_scan: Option<Id>,
    pub(super) launched: bool,
}

/// What is known of the asset when the upload begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Context {
    pub(super) asset_name: String,
    pub(super) products: Vec<Id>,
    pub(super) group: Option<Id>,
    pub(super) user: Option<Id>,
    /// The versions that were there before: a further one is this upload's.
    pub(super) versions_before: Vec<Id>,
}

/// A multipart upload that the store has opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Multipart {
    pub(super) upload_id: Id,
    pub(super) key: String,
}

/// The steps that must not happen twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    CreateVersion,
    CreateArtifact,
    CreateTest,
    Complete,
    Launch,
}

impl UploadState {
    pub(super) fn new(
        asset: Id,
        version_name: String,
        test_format: &str,
        source: Fingerprint,
        part_bytes: u64,
    ) -> Self {
        Self {
            format: FORMAT,
            asset,
            version_name,
            test_format: test_format.to_owned(),
            source,
            part_bytes,
            context: None,
            begun: None,
            version: None,
            artifact: None,
            test: None,
            multipart: None,
            parts: BTreeMap::new(),
            key: None,
            bandit_scan: None,
            launched: false,
        }
    }

    /// Refuses to go on with another file, for another asset, under another name or in another format.
    pub(super) fn check(
        &self,
        asset: &Id,
        version_name: &str,
        test_format: &str,
        source: &Fingerprint,
    ) -> Result<(), JobError> {
        let what = if self.format != FORMAT {
            "format of its state"
        } else if self.asset != *asset {
            "asset"
        } else if self.version_name != version_name {
            "version name"
        } else if self.test_format != test_format {
            "format of its file"
        } else if self.source != *source {
            "file, or of a file that has changed since"
        } else if self.has_sent() && !self.launched && !source.is_telling() {
            return Err(ReaderResumedError.into());
        } else {
            return Ok(());
        };
        Err(StateMismatchError { what }.into())
    }

    /// The asset version, once it has been made.
    #[must_use]
    pub fn asset_version_id(&self) -> Option<&Id> {
        self.version.as_ref()
    }

    /// The test, once it has been made.
    #[must_use]
    pub fn test_id(&self) -> Option<&Id> {
        self.test.as_ref()
    }

    /// How many parts the store has.
    #[must_use]
    pub fn finished_parts(&self) -> usize {
        self.parts.len()
    }

    /// True once the analysis has been launched: nothing is left to do.
    #[must_use]
    pub fn is_launched(&self) -> bool {
        self.launched
    }

    /// Forgets what the store was sent, and keeps what has been made: the file is sent again from its
    /// beginning, for the same version. Does nothing once the analysis has been launched.
    pub fn forget_sent(&mut self) {
        if self.launched {
            return;
        }
        self.multipart = None;
        self.parts.clear();
        self.key = None;
        if self.begun == Some(Step::Complete) {
            self.begun = None;
        }
    }

    fn has_sent(&self) -> bool {
        !self.parts.is_empty() || self.key.is_some()
    }

    pub(super) fn asset(&self) -> &Id {
        &self.asset
    }

    pub(super) fn version_name(&self) -> &str {
        &self.version_name
    }
}
