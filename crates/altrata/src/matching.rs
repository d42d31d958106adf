//! Matching people: any number of records in one request, and whole jobs in `job`.
//!
//! The vendor's pages show the members of a record and not the name of its type, which a variable for a
//! list of records would need. So the document is made for the records at hand from the checked one of a
//! single record, [`MatchPerson`]: the same selection, and a variable for every value.

mod error;
mod job;
mod report;
mod run;
mod split;
mod state;

use std::{fmt, fmt::Write as _};

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    Operation, OperationKind, Outcome, Refusal, Response,
    queries::matching::{MatchPerson, get_match_status::StatusDescription, match_person},
};

pub use error::{FailedMatch, MatchError, OverdueMatch, UncertainSubmission, UnsavedState};
pub use job::MatchJob;
pub use report::{MatchOutcome, MatchReport, MatchedRecord, UnmatchedRecords};
pub use state::MatchState;

/// The largest request that the service takes, in bytes ("Getting Started" on docs.altrata.com: 6 MB).
pub const MAX_MATCH_REQUEST_BYTES: usize = 6_000_000;

/// The members of a record in the order of the document, as the vendor writes them.
const MEMBERS: [&str; 13] = [
    "firstName",
    "middleName",
    "lastName",
    "organizationName",
    "roleTitle",
    "altrataId",
    "bxPersonId",
    "rsPersonId",
    "wxPersonId",
    "briPersonId",
    "wePersonId",
    "workEmail",
    "linkedinProfile",
];

/// How many of [`MEMBERS`] are no id.
const NAMES: usize = 5;

/// A person to look for: by name and organization, by one or more ids, or by both.
///
/// Ids that lead to different people make possible matches and no unique one.
///
/// ```
/// use altrata::PersonRecord;
///
/// let by_name = PersonRecord::named("row-1", "Ada", "Lovelace", "Analytical Engines");
/// let by_id = PersonRecord::new("row-2").work_email("ada@example.com").altrata_id("1-per-1");
/// # let _records = [by_name, by_id];
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRecord {
    client_supplied_id: String,
    /// In the order of [`MEMBERS`].
    members: [Option<String>; 13],
}

impl PersonRecord {
    /// A record with your own id for it, unique among those that are submitted together.
    ///
    /// It needs at least one id beside: see the setters.
    pub fn new(client_supplied_id: impl Into<String>) -> Self {
        Self {
            client_supplied_id: client_supplied_id.into(),
            members: Default::default(),
        }
    }

    /// A record with what matching by name needs.
    pub fn named(
        client_supplied_id: impl Into<String>,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        organization_name: impl Into<String>,
    ) -> Self {
        Self::new(client_supplied_id)
            .with(0, first_name)
            .with(2, last_name)
            .with(3, organization_name)
    }

    fn with(mut self, member: usize, value: impl Into<String>) -> Self {
        if let Some(slot) = self.members.get_mut(member) {
            *slot = Some(value.into());
        }
        self
    }

    /// Your own id of the record; it comes back with the result.
    pub fn client_supplied_id(&self) -> &str {
        &self.client_supplied_id
    }

    /// True with a first name, a last name and an organization, or with an id.
    fn is_complete(&self) -> bool {
        let has = |member: &Option<String>| member.as_deref().is_some_and(|text| !text.is_empty());
        let (names, ids) = self.members.split_at(NAMES);
        let named = [0, 2, 3].into_iter().all(|i| names.get(i).is_some_and(has));
        named || ids.iter().any(has)
    }

    /// The members that are set, by their position in [`MEMBERS`].
    fn set(&self) -> impl Iterator<Item = (usize, &str, &String)> {
        let named = MEMBERS.into_iter().zip(&self.members).enumerate();
        named.filter_map(|(i, (name, value))| value.as_ref().map(|value| (i, name, value)))
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])+ $setter:ident = $member:literal;)+) => {
        impl PersonRecord {$(
            $(#[$doc])+
            #[must_use]
            pub fn $setter(self, value: impl Into<String>) -> Self {
                self.with($member, value)
            }
        )+}
    };
}

setters! {
    /// A middle name, which helps matching by name.
    middle_name = 1;
    /// The title of the person's role, which helps matching by name.
    role_title = 4;
    /// The id at Altrata, such as `1-per-4518022`.
    altrata_id = 5;
    /// The id at BoardEx.
    bx_person_id = 6;
    /// The id at RelSci.
    rs_person_id = 7;
    /// The id at Wealth-X.
    wx_person_id = 8;
    /// The id at BoardRoom Insiders.
    bri_person_id = 9;
    /// The id at WealthEngine.
    we_person_id = 10;
    /// The e-mail address at work.
    work_email = 11;
    /// The address of the LinkedIn profile.
    linkedin_profile = 12;
}

/// Shows the record's own id, and only which members are set: people are nobody's log entry.
impl fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set: Vec<&str> = self.set().map(|(_, name, _)| name).collect();
        f.debug_struct("PersonRecord")
            .field("client_supplied_id", &self.client_supplied_id)
            .field("set", &set)
            .finish()
    }
}

/// Submits any number of people for matching, which starts one job.
///
/// Like every mutation it is sent once: after an answer that was lost, a job may have started, and sending
/// it again starts another one.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchPeople {
    records: Vec<PersonRecord>,
    document: String,
}

/// Records that cannot be submitted together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatchInputError {
    /// There is no record.
    #[error("there are no records to match")]
    Empty,
    /// A record has neither a first name, a last name and an organization, nor any id.
    #[error("record `{0}` has neither a first name, a last name and an organization, nor an id")]
    Incomplete(String),
    /// Two records have the same id, or one has an empty one.
    #[error("`{0}` is not the id of exactly one record")]
    NotUnique(String),
    /// The request would be larger than the service takes; submit the records in several.
    #[error(
        "the request would have {bytes} bytes, more than {MAX_MATCH_REQUEST_BYTES}; submit fewer records at once"
    )]
    TooLarge {
        /// The size of the request.
        bytes: usize,
    },
}

impl MatchPeople {
    /// The records as one request.
    ///
    /// # Errors
    ///
    /// When there are none, one of them cannot be matched at all, their ids are not unique, or the
    /// request would be larger than [`MAX_MATCH_REQUEST_BYTES`].
    pub fn new(records: impl IntoIterator<Item = PersonRecord>) -> Result<Self, MatchInputError> {
        let records: Vec<PersonRecord> = records.into_iter().collect();
        split::check(&records)?;
        let document = document(&records);
        let operation = Self { records, document };
        match operation.encode().map_or(0, |body| body.len()) {
            bytes if bytes > MAX_MATCH_REQUEST_BYTES => Err(MatchInputError::TooLarge { bytes }),
            _ => Ok(operation),
        }
    }

    /// The records that are submitted.
    pub fn records(&self) -> &[PersonRecord] {
        &self.records
    }
}

/// The checked document of one record, with its variables and its record repeated for each.
fn document(records: &[PersonRecord]) -> String {
    let (mut variables, mut persons) = (String::new(), String::new());
    for (index, record) in records.iter().enumerate() {
        // Writing to a String does not fail.
        let _ = write!(variables, "$i{index}:String!");
        let _ = write!(persons, "{{clientSuppliedId:$i{index}");
        for (member, name, _) in record.set() {
            let _ = write!(variables, "$v{index}_{member}:String!");
            let _ = write!(persons, " {name}:$v{index}_{member}");
        }
        persons.push('}');
    }
    let selection = MatchPerson::DOCUMENT
        .split_once("}])")
        .map_or("", |(_, selection)| selection);
    format!("mutation MatchPeople({variables}){{personsMatch(persons:[{persons}]){selection}")
}

/// The variables of a document made by [`document`].
struct Variables<'a>(&'a [PersonRecord]);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (index, record) in self.0.iter().enumerate() {
            map.serialize_entry(&format!("i{index}"), &record.client_supplied_id)?;
            for (member, _, value) in record.set() {
                map.serialize_entry(&format!("v{index}_{member}"), value)?;
            }
        }
        map.end()
    }
}

impl Operation for MatchPeople {
    type Data = match_person::Data;

    fn name(&self) -> &'static str {
        "MatchPeople"
    }

    fn document(&self) -> &str {
        &self.document
    }

    fn kind(&self) -> OperationKind {
        OperationKind::Mutation
    }

    fn service(&self) -> &'static str {
        crate::Service::Matching.name()
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            query: &'a str,
            operation_name: &'static str,
            variables: Variables<'a>,
        }

        serde_json::to_vec(&Body {
            query: &self.document,
            operation_name: self.name(),
            variables: Variables(&self.records),
        })
    }

    fn decode(body: &[u8]) -> Result<Response<Self::Data>, serde_json::Error> {
        MatchPerson::decode(body)
    }

    fn refusal(data: &Self::Data) -> Option<Refusal> {
        MatchPerson::refusal(data)
    }
}

impl Outcome for MatchPeople {
    type Success = match_person::RequestResponse;

    fn success(data: Self::Data) -> Option<Self::Success> {
        MatchPerson::success(data)
    }
}

impl StatusDescription {
    /// True once the results of the job can be fetched.
    ///
    /// The vendor's words for that are `Matched Results Available`; they are compared without regard to
    /// case, because no source shows them letter by letter.
    pub fn is_ready(&self) -> bool {
        self.status.as_deref().is_some_and(|status| {
            status
                .trim()
                .eq_ignore_ascii_case("Matched Results Available")
        })
    }

    /// True when the job has ended without results.
    ///
    /// No page shows the words for that. A status that speaks of a failure or an error is taken for one;
    /// any other is taken for a job that goes on, until a deadline ends the wait.
    pub fn has_failed(&self) -> bool {
        self.status.as_deref().is_some_and(|status| {
            let status = status.to_ascii_lowercase();
            ["fail", "error"]
                .into_iter()
                .any(|word| status.contains(word))
        })
    }
}
