//! What may be said about a finding, so that a pair the vendor refuses cannot be written down.

use serde::{Serialize, Serializer};

use crate::types::{
    FindingStatusJustificationEnum as Justification, FindingStatusOption as Status,
    FindingStatusResponseEnum as Response,
};

/// A verdict on findings, for [`UpdateFindingsStatuses`](crate::queries::UpdateFindingsStatuses).
///
/// The vendor's own SDK refuses a justification for what is affected and a response for what is not.
/// Each constructor gives the choices that make sense with its status, as VEX has them: responses for
/// what is affected, a justification for what is not, neither for the rest.
///
/// ```
/// use finitestate::{FindingStatusUpdate, types::FindingStatusJustificationEnum};
///
/// let update = FindingStatusUpdate::not_affected(
///     FindingStatusJustificationEnum::VulnerableCodeNotPresent,
/// )
/// .comment("the parser is compiled out");
/// assert_eq!(
///     serde_json::to_value(&update)?,
///     serde_json::json!({
///         "status": "NOT_AFFECTED",
///         "justification": "VULNERABLE_CODE_NOT_PRESENT",
///         "comment": "the parser is compiled out",
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FindingStatusUpdate {
    status: Status,
    justification: Option<Justification>,
    responses: Vec<Response>,
    comment: Option<String>,
}

impl FindingStatusUpdate {
    /// The product is affected; `responses` say what is done about it, and may be empty.
    pub fn affected(responses: impl IntoIterator<Item = Response>) -> Self {
        Self {
            responses: responses.into_iter().collect(),
            ..Self::bare(Status::Affected)
        }
    }

    /// The product is not affected, for this reason; `None` gives no reason.
    pub fn not_affected(justification: impl Into<Option<Justification>>) -> Self {
        Self {
            justification: justification.into(),
            ..Self::bare(Status::NotAffected)
        }
    }

    /// The product was affected and is no longer.
    pub fn fixed() -> Self {
        Self::bare(Status::Fixed)
    }

    /// Nobody knows yet.
    pub fn under_investigation() -> Self {
        Self::bare(Status::UnderInvestigation)
    }

    /// A comment for those who read the status. Default: none.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// The status that this update sets.
    pub fn status(&self) -> &Status {
        &self.status
    }

    fn bare(status: Status) -> Self {
        Self {
            status,
            justification: None,
            responses: Vec::new(),
            comment: None,
        }
    }
}

/// Writes the schema's `UpdateFindingStatusesInput`, with only what was said.
impl Serialize for FindingStatusUpdate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", &self.status)?;
        if let Some(justification) = &self.justification {
            map.serialize_entry("justification", justification)?;
        }
        if !self.responses.is_empty() {
            map.serialize_entry("responses", &self.responses)?;
        }
        if let Some(comment) = &self.comment {
            map.serialize_entry("comment", comment)?;
        }
        map.end()
    }
}
