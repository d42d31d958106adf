//! Upserts: create what is not there, change what differs, and say which, by the key people know.
//!
//! A part is known by its number and revision, a unit by its part and serial number. [`Upsert::plan`]
//! says what would happen and writes nothing; [`Upsert::apply`] does it.
//!
//! ```
//! use ion::{Client, types::CreatePartInput};
//!
//! # async fn example(client: &Client) -> Result<(), ion::JobError> {
//! let shaft = CreatePartInput::new("S-100").revision("B").description("Shaft, hardened");
//! let planned = client.upsert_part(shaft.clone()).plan().await?;
//! for change in &planned.changes {
//!     println!("{}: {} instead of {}", change.field, change.to, change.from);
//! }
//! let done = client.upsert_part(shaft).apply().await?;
//! assert_eq!(done.action, planned.action);
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::start().await?;
//! #     let env = ion::Env::from_pairs(sandbox.ion().variables());
//! #     let client = ion::Config::from_env(&env)?.into_builder().build()?;
//! #     example(&client).await?;
//! #     Ok(())
//! # }
//! ```
//!
//! Values are compared as they are written, `007` differs from `7`; quantities are compared as numbers.
//! What an input leaves unset stays as it is. What ION takes at creation alone (a part's supplier number;
//! a unit's lot number, cost and unit of measure) is not compared. Attributes that an input does not name
//! stay as they are.

mod compare;
mod parts;
mod units;

pub use parts::PartUpsert;
pub use units::UnitUpsert;

use crate::{Client, Id, JobError, Json};

/// How often a row is looked for again after somebody else has created it meanwhile.
const TRIES: u32 = 3;

/// What an upsert did, or would do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Upserted {
    /// Whether the row was created, changed, or is as it should be.
    pub action: Action,
    /// The row; none if it is planned and not there yet.
    pub id: Option<Id>,
    /// What differed, field by field; empty if the row was created or is as it should be.
    pub changes: Vec<FieldChange>,
}

impl Upserted {
    /// Of a row that is there, by what differs.
    fn of_present(id: Id, changes: Vec<FieldChange>) -> Self {
        Self {
            action: match changes.is_empty() {
                true => Action::Keep,
                false => Action::Update,
            },
            id: Some(id),
            changes,
        }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// There was none of this key.
    Create,
    /// There was one, and it differed.
    Update,
    /// There was one, and it was as it should be.
    Keep,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// The field, as the schema calls it; a custom attribute as `attributes.` and its key.
    pub field: String,
    /// What it is.
    pub from: Json,
    /// What it is to be.
    pub to: Json,
}

/// What can be upserted: a [`PartUpsert`] or a [`UnitUpsert`].
pub trait Upsertable {
    /// Looks the row up by its key, and compares it.
    ///
    /// # Errors
    ///
    /// When an operation fails, the key is incomplete, or several rows have it.
    fn plan(&self, client: &Client) -> impl Future<Output = Result<Upserted, JobError>> + Send;

    /// Creates the row.
    ///
    /// # Errors
    ///
    /// When the operation fails.
    fn create(&self, client: &Client) -> impl Future<Output = Result<Id, JobError>> + Send;

    /// Writes what differs, and gives it.
    ///
    /// # Errors
    ///
    /// As [`Edit::apply`](crate::edit::Edit::apply).
    fn update(
        &self,
        client: &Client,
        id: &Id,
    ) -> impl Future<Output = Result<Vec<FieldChange>, JobError>> + Send;
}

/// An upsert that waits for its choice between [`plan`](Self::plan) and [`apply`](Self::apply).
#[derive(Debug, Clone)]
#[must_use = "an upsert does nothing until it is planned or applied"]
pub struct Upsert<T> {
    client: Client,
    wanted: T,
}

impl<T: Upsertable> Upsert<T> {
    pub(crate) fn new(client: &Client, wanted: T) -> Self {
        Self {
            client: client.clone(),
            wanted,
        }
    }

    /// Says what [`apply`](Self::apply) would do, and writes nothing.
    ///
    /// # Errors
    ///
    /// When an operation fails, the key is incomplete, or several rows have it.
    pub async fn plan(self) -> Result<Upserted, JobError> {
        self.wanted.plan(&self.client).await
    }

    /// Creates the row, or changes what differs under its etag.
    ///
    /// If somebody else creates the row at the same moment, theirs is changed.
    ///
    /// # Errors
    ///
    /// As [`plan`](Self::plan), and when others write the row again and again
    /// ([`JobError::Contended`]). A creation whose outcome is unknown is not repeated.
    pub async fn apply(self) -> Result<Upserted, JobError> {
        let Self { client, wanted } = self;
        let mut tries = 1;
        loop {
            let mut planned = wanted.plan(&client).await?;
            match (planned.action, &planned.id) {
                (Action::Update, Some(id)) => {
                    planned.changes = wanted.update(&client, id).await?;
                    if planned.changes.is_empty() {
                        planned.action = Action::Keep;
                    }
                    return Ok(planned);
                }
                (Action::Create, _) => match wanted.create(&client).await {
                    Ok(id) => {
                        planned.id = Some(id);
                        return Ok(planned);
                    }
                    Err(error) if is_duplicate(&error) && tries < TRIES => tries += 1,
                    Err(error) => return Err(error),
                },
                _ => return Ok(planned),
            }
        }
    }
}

/// A refusal because the key is taken, as the vendor's public scripts meet it.
fn is_duplicate(error: &JobError) -> bool {
    let JobError::Call(error) = error else {
        return false;
    };
    let errors = error.graphql_errors();
    errors.iter().any(|error| {
        let message = error.message.to_lowercase();
        message.contains("already exists") || message.contains("not unique")
    })
}
