//! Custom attributes, each of which has an etag of its own.

use super::{Editable, part, part_inventory};
use crate::{
    Client, Id, JobError, Json,
    queries::{GetIssue, UpdateIssueAttribute, UpdatePart, UpdatePartInventory},
    types::{AttributeInput, UpdateIssueAttributeInput, UpdatePartInput, UpdatePartInventoryInput},
};

/// A custom attribute as it is read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Attribute {
    /// Its value; none if the row has no attribute of this key yet, or one without a value.
    pub value: Option<Json>,
    /// The `Etag` of the attribute's row; none if there is none of this key yet.
    pub etag: Option<String>,
    /// The `_etag` of the row that has the attribute, where a change has to name that too.
    owner_etag: Option<String>,
}

/// The attribute of a key among those of a row, or the place for it.
macro_rules! of_key {
    ($rows:expr, $key:expr, $owner_etag:expr) => {{
        let mut rows = $rows.into_iter().flatten().flatten();
        let row = rows.find(|row| row.key.as_deref() == Some($key));
        Attribute {
            etag: row.as_ref().and_then(|row| row.etag.clone()),
            value: row.and_then(|row| row.value),
            owner_etag: $owner_etag,
        }
    }};
}

fn change_of(key: &str, row: &Attribute) -> AttributeInput {
    let change = AttributeInput::new(key);
    match &row.etag {
        Some(etag) => change.etag(etag.clone()),
        None => change,
    }
}

/// Attributes that are written as part of the row that has them, under both etags.
macro_rules! of_rows {
    ($(
        $(#[$docs:meta])*
        $target:ident $make:ident($owner:ident) $what:literal:
        $read:ident, $update:ident($input:ident) => $root:ident.$row:ident;
    )+) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $target {
            $owner: Id,
            key: String,
        }

        $(#[$docs])*
        pub fn $make($owner: impl Into<Id>, key: impl Into<String>) -> $target {
            $target {
                $owner: $owner.into(),
                key: key.into(),
            }
        }

        impl Editable for $target {
            type Row = Attribute;
            type Change = AttributeInput;
            type Written = Attribute;

            /// That of the row that has the attribute: a write changes its etag too.
            fn key(&self) -> String {
                $read(self.$owner.clone()).key()
            }

            async fn read(&self, client: &Client) -> Result<Attribute, JobError> {
                let row = $read(self.$owner.clone()).read(client).await?;
                let etag = row.etag.ok_or_else(|| JobError::incomplete($what, "_etag"))?;
                Ok(of_key!(row.attributes, self.key.as_str(), Some(etag)))
            }

            fn change(&self, row: &Attribute) -> Result<AttributeInput, JobError> {
                Ok(change_of(&self.key, row))
            }

            async fn write(
                &self,
                client: &Client,
                row: &Attribute,
                change: AttributeInput,
            ) -> Result<Attribute, JobError> {
                let mut attribute = change_of(&self.key, row);
                attribute.value = change.value;
                let etag = row.owner_etag.clone().unwrap_or_default();
                let input = $input::new(self.$owner.clone(), etag).attributes([attribute]);
                let data = client.execute($update::new(input)).await?;
                let written = data.$root.and_then(|payload| payload.$row);
                let written = written.ok_or_else(|| JobError::incomplete("reply", $what))?;
                Ok(of_key!(written.attributes, self.key.as_str(), written.etag))
            }
        }
    )+};
}

of_rows! {
    /// A custom attribute of a part, by the part's id and the attribute's key.
    PartAttribute part_attribute(part_id) "part":
    part, UpdatePart(UpdatePartInput) => update_part.part;

    /// A custom attribute of a unit, by the unit's id and the attribute's key.
    PartInventoryAttribute part_inventory_attribute(unit_id) "part inventory":
    part_inventory, UpdatePartInventory(UpdatePartInventoryInput) => update_part_inventory.part_inventory;
}

/// A custom attribute of an issue, which is written on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueAttribute {
    issue: Id,
    key: String,
}

/// A custom attribute of an issue, by the issue's id and the attribute's key.
pub fn issue_attribute(issue: impl Into<Id>, key: impl Into<String>) -> IssueAttribute {
    IssueAttribute {
        issue: issue.into(),
        key: key.into(),
    }
}

impl Editable for IssueAttribute {
    type Row = Attribute;
    type Change = AttributeInput;
    type Written = Attribute;

    fn key(&self) -> String {
        format!("issue {} attribute {}", self.issue, self.key)
    }

    async fn read(&self, client: &Client) -> Result<Attribute, JobError> {
        let issue = client.execute(GetIssue::new(&self.issue)).await?.issue;
        let issue = issue.ok_or_else(|| JobError::not_found("issue"))?;
        Ok(of_key!(issue.attributes, self.key.as_str(), None))
    }

    fn change(&self, row: &Attribute) -> Result<AttributeInput, JobError> {
        Ok(change_of(&self.key, row))
    }

    async fn write(
        &self,
        client: &Client,
        row: &Attribute,
        change: AttributeInput,
    ) -> Result<Attribute, JobError> {
        let mut input = UpdateIssueAttributeInput::new(self.issue.clone(), self.key.clone());
        input.value = change.value;
        if let Some(etag) = &row.etag {
            input = input.etag(etag.clone());
        }
        let data = client.execute(UpdateIssueAttribute::new(input)).await?;
        let payload = data.update_issue_attribute;
        let written = payload.and_then(|payload| payload.issue_attribute);
        let written = written.ok_or_else(|| JobError::incomplete("reply", "issueAttribute"))?;
        Ok(Attribute {
            value: written.value,
            etag: written.etag,
            owner_etag: None,
        })
    }
}
