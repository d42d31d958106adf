//! Parts, by number and revision.

use futures_util::TryStreamExt;
use sdk_graphql::Input;

use super::{Action, FieldChange, Upsert, Upsertable, Upserted, compare::Differences};
use crate::{
    Client, Id, JobError,
    edit::{self, Editable},
    queries::{CreatePart, ListParts, get_part},
    types::{CreatePartInput, PartsInputFilters, StringFilter, UpdatePartInput},
};

/// The revision of a part that is created without one ("Parts and part revisioning").
const FIRST_REVISION: &str = "A";

/// A part as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct PartUpsert {
    wanted: CreatePartInput,
}

impl Client {
    /// Creates a part, or changes the one that has its number and revision; without one, revision `A`.
    ///
    /// A part that is to become a tool gets its tracking type first and its part type then, each under an
    /// etag of its own: the server refuses both at once.
    pub fn upsert_part(&self, wanted: CreatePartInput) -> Upsert<PartUpsert> {
        Upsert::new(self, PartUpsert { wanted })
    }
}

impl PartUpsert {
    fn revision(&self) -> &str {
        let revision = self.wanted.revision.as_value();
        revision.map_or(FIRST_REVISION, String::as_str)
    }

    async fn find(&self, client: &Client) -> Result<Option<Id>, JobError> {
        let filters = PartsInputFilters::new()
            .part_number(StringFilter::new().eq(self.wanted.part_number.clone()))
            .revision(StringFilter::new().eq(self.revision()));
        let mut parts = client.items(ListParts::new().filters(filters));
        let mut found = None;
        while let Some(part) = parts.try_next().await? {
            let is_this = part.part_number.as_deref() == Some(&self.wanted.part_number)
                && part.revision.as_deref() == Some(self.revision());
            if is_this && found.replace(part.id).is_some() {
                return Err(JobError::ambiguous("part"));
            }
        }
        Ok(found)
    }

    /// Writes into `change` what `row` lacks, and says what that is.
    fn compare(&self, row: &get_part::Part, change: &mut UpdatePartInput) -> Vec<FieldChange> {
        let (wanted, mut differences) = (&self.wanted, Differences::default());
        change.description =
            differences.of("description", &wanted.description, row.description.as_ref());
        change.part_type = differences.of("partType", &wanted.part_type, row.part_type.as_ref());
        change.tracking_type = differences.of(
            "trackingType",
            &wanted.tracking_type,
            row.tracking_type.as_ref(),
        );
        change.maintenance_interval_seconds = differences.of(
            "maintenanceIntervalSeconds",
            &wanted.maintenance_interval_seconds,
            row.maintenance_interval_seconds.as_ref(),
        );
        change.attributes = differences.of_attributes(&wanted.attributes, |key| {
            let mut rows = row.attributes.iter().flatten().flatten();
            let row = rows.find(|row| row.key.as_deref() == Some(key))?;
            Some((row.value.as_ref(), row.etag.as_ref()))
        });
        differences.changes
    }
}

impl Upsertable for PartUpsert {
    async fn plan(&self, client: &Client) -> Result<Upserted, JobError> {
        let Some(id) = self.find(client).await? else {
            return Ok(Upserted {
                action: Action::Create,
                id: None,
                changes: Vec::new(),
            });
        };
        let target = edit::part(id.clone());
        let row = target.read(client).await?;
        let changes = self.compare(&row, &mut target.change(&row)?);
        Ok(Upserted::of_present(id, changes))
    }

    async fn create(&self, client: &Client) -> Result<Id, JobError> {
        let data = client.execute(CreatePart::new(self.wanted.clone())).await?;
        let part = data.create_part.and_then(|payload| payload.part);
        let part = part.ok_or_else(|| JobError::incomplete("reply", "part"))?;
        Ok(part.id)
    }

    async fn update(&self, client: &Client, id: &Id) -> Result<Vec<FieldChange>, JobError> {
        let mut changes = Vec::new();
        loop {
            let mut is_half = false;
            let edit = client.edit(edit::part(id.clone()));
            let mut written = Vec::new();
            edit.apply(|row, mut change| {
                written = self.compare(row, &mut change);
                is_half = is_value(&change.tracking_type) && is_value(&change.part_type);
                if is_half {
                    change = UpdatePartInput {
                        part_type: Input::Unset,
                        ..change
                    };
                    written.retain(|change| change.field != "partType");
                }
                (!written.is_empty()).then_some(change)
            })
            .await?;
            changes.append(&mut written);
            if !is_half {
                return Ok(changes);
            }
        }
    }
}

fn is_value<T>(input: &Input<T>) -> bool {
    input.as_value().is_some()
}
