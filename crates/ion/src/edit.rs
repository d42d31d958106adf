//! Safe edits: read, change, write under the etag, and again if somebody else was faster.
//!
//! A row of ION is changed by sending back the etag it was read with. [`Client::edit`] does so: it
//! reads the row, hands it to a closure that says what to change, and writes that under the etag of
//! the row the closure saw. If another writer came first, the server refuses the write, and the edit
//! reads again and asks the closure again. So no update is ever lost: what is written was decided upon
//! the row that it replaces.
//!
//! ```
//! use ion::{Client, Id, edit};
//!
//! # async fn example(client: &Client, part: Id) -> Result<(), ion::JobError> {
//! let edited = client
//!     .edit(edit::part(part))
//!     .apply(|part, change| {
//!         let text = part.description.as_deref().unwrap_or_default();
//!         change.description(format!("{text} (checked)"))
//!     })
//!     .await?;
//! println!("{:?}", edited.written().and_then(|part| part.description));
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::start().await?;
//! #     let env = ion::Env::from_pairs(sandbox.ion().variables());
//! #     let client = ion::Config::from_env(&env)?.into_builder().build()?;
//! #     use futures_util::TryStreamExt;
//! #     let mut parts = client.items(ion::queries::ListParts::new().first(1));
//! #     let part = parts.try_next().await?.ok_or("no part")?;
//! #     example(&client, part.id).await?;
//! #     Ok(())
//! # }
//! ```
//!
//! The closure may run several times, each time with the row as it is then; let it decide from what it
//! is given, and have no other effect. It gives `None` if there is nothing to change.
//!
//! A write whose outcome is unknown, because the connection broke after it was sent, is not repeated: the
//! error comes back, and whether the change is there is for the caller to see. All else would make an
//! addition happen twice.

mod attributes;
mod targets;
mod turns;

use std::time::Duration;

pub use attributes::{
    Attribute, IssueAttribute, PartAttribute, PartInventoryAttribute, issue_attribute,
    part_attribute, part_inventory_attribute,
};
pub use targets::{
    Part, PartInventory, PurchaseOrder, RunStep, RunStepField, Step, part, part_inventory,
    purchase_order, run_step, run_step_field, step,
};
pub(crate) use turns::Turns;

use crate::{Client, ContendedError, JobError};

/// How often a change is sent at most, unless [`Edit::attempts`] says otherwise.
const ATTEMPTS: u32 = 10;

/// The longest wait after the first conflict; each further conflict doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The longest wait after any conflict.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A row that can be edited: how it is read, and how a change of it is written under its etag.
///
/// This module has one for every row that the vendor's public sources show being changed; those of your
/// own operations work the same.
pub trait Editable {
    /// The row as it is read.
    type Row;
    /// A change of it.
    type Change;
    /// The row as the write answers with it.
    type Written;

    /// Names the row, so that the edits of one client take turns at it.
    fn key(&self) -> String;

    /// Reads the row.
    ///
    /// # Errors
    ///
    /// When the operation fails, or there is no such row.
    fn read(&self, client: &Client) -> impl Future<Output = Result<Self::Row, JobError>> + Send;

    /// A change of the row that changes nothing yet.
    ///
    /// # Errors
    ///
    /// When the row has no etag.
    fn change(&self, row: &Self::Row) -> Result<Self::Change, JobError>;

    /// Writes a change under the etag of `row`, whatever the change itself says.
    ///
    /// # Errors
    ///
    /// When the operation fails; as a conflict ([`JobError::is_conflict`]) when the etag is stale.
    fn write(
        &self,
        client: &Client,
        row: &Self::Row,
        change: Self::Change,
    ) -> impl Future<Output = Result<Self::Written, JobError>> + Send;
}

/// What an edit came to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Edited<T: Editable> {
    /// The change was written; this is the row after it, with its next etag.
    Written(T::Written),
    /// The closure had nothing to change; this is the row as it was read.
    Unchanged(T::Row),
}

impl<T: Editable> Edited<T> {
    /// The row after the change, if there was one.
    pub fn written(self) -> Option<T::Written> {
        match self {
            Self::Written(row) => Some(row),
            Self::Unchanged(_) => None,
        }
    }
}

/// An edit that waits for its change; [`Client::edit`] makes it.
#[derive(Debug, Clone)]
#[must_use = "an edit does nothing until a change is applied"]
pub struct Edit<T> {
    client: Client,
    target: T,
    attempts: u32,
}

impl Client {
    /// Changes a row safely: reads it, and writes what a closure makes of it under its etag.
    ///
    /// See [`edit`](crate::edit) for what can be edited.
    pub fn edit<T: Editable>(&self, target: T) -> Edit<T> {
        Edit {
            client: self.clone(),
            target,
            attempts: ATTEMPTS,
        }
    }
}

impl<T: Editable> Edit<T> {
    /// How often the change is sent at most, 1 or more. Default: 10.
    ///
    /// Between two attempts the edit waits, at random, at first up to 50 ms and each time up to twice
    /// as long, at most 5 s. Edits of one row by clones of one client take turns and do not count
    /// against each other; others' do.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Reads the row, asks `change` what to change, and writes it, until no other writer is faster.
    ///
    /// # Errors
    ///
    /// When there is no such row, an operation fails, or others wrote the row before every attempt
    /// ([`JobError::Contended`]); in the last case nothing has been written.
    pub async fn apply<C>(
        self,
        mut change: impl FnMut(&T::Row, T::Change) -> C,
    ) -> Result<Edited<T>, JobError>
    where
        C: Into<Option<T::Change>>,
    {
        let Self {
            client,
            target,
            attempts,
        } = self;
        let turns = client.turns().clone();
        let _turn = turns.take(target.key()).await;
        let mut attempt = 1;
        loop {
            let row = target.read(&client).await?;
            let Some(changed) = change(&row, target.change(&row)?).into() else {
                return Ok(Edited::Unchanged(row));
            };
            match target.write(&client, &row, changed).await {
                Ok(written) => return Ok(Edited::Written(written)),
                Err(error) if !error.is_conflict() => return Err(error),
                Err(error) if attempt == attempts => {
                    let last = Box::new(error);
                    return Err(ContendedError { attempts, last }.into());
                }
                Err(_) => {
                    tokio::time::sleep(wait_after(attempt)).await;
                    attempt += 1;
                }
            }
        }
    }
}

/// Anything up to a limit that grows, so that writers who collided once do not do so again.
fn wait_after(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let longest = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    longest.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_limit_and_never_beyond() {
        for (attempt, longest) in [(1, 50), (2, 100), (4, 400), (8, 5_000), (u32::MAX, 5_000)] {
            for _ in 0..100 {
                assert!(
                    wait_after(attempt) <= Duration::from_millis(longest),
                    "{attempt}"
                );
            }
        }
    }
}
