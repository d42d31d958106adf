//! Units of a part, by serial number.

use futures_util::TryStreamExt;

use super::{Action, FieldChange, Upsert, Upsertable, Upserted, compare::Differences};
use crate::{
    Client, Id, IdFilter, JobError,
    edit::{self, Editable},
    queries::{CreatePartInventory, ListPartInventories, get_part_inventory},
    types::{
        CreatePartInventoryInput, PartInventoriesInputFilters, StringFilter,
        UpdatePartInventoryInput,
    },
};

/// A unit as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitUpsert {
    wanted: CreatePartInventoryInput,
}

impl Client {
    /// Creates a unit, or changes the one that has its part and its serial number, which is required.
    pub fn upsert_unit(&self, wanted: CreatePartInventoryInput) -> Upsert<UnitUpsert> {
        Upsert::new(self, UnitUpsert { wanted })
    }
}

impl UnitUpsert {
    async fn find(&self, client: &Client) -> Result<Option<Id>, JobError> {
        let serial_number = self.wanted.serial_number.as_value();
        let serial_number =
            serial_number.ok_or_else(|| JobError::incomplete("input", "serialNumber"))?;
        let filters = PartInventoriesInputFilters::new()
            .part_id(IdFilter::eq(self.wanted.part_id.clone()))
            .serial_number(StringFilter::new().eq(serial_number.clone()));
        let mut units = client.items(ListPartInventories::new().filters(filters));
        let mut found = None;
        while let Some(unit) = units.try_next().await? {
            let is_this = unit.serial_number.as_ref() == Some(serial_number);
            if is_this && found.replace(unit.id).is_some() {
                return Err(JobError::ambiguous("unit"));
            }
        }
        Ok(found)
    }

    /// Writes into `change` what `row` lacks, and says what that is.
    fn compare(
        &self,
        row: &get_part_inventory::PartInventory,
        change: &mut UpdatePartInventoryInput,
    ) -> Vec<FieldChange> {
        let (wanted, mut differences) = (&self.wanted, Differences::default());
        change.quantity =
            differences.of_decimal("quantity", &wanted.quantity, row.quantity.as_ref());
        change.location_id =
            differences.of("locationId", &wanted.location_id, row.location_id.as_ref());
        change.last_maintained_date = differences.of(
            "lastMaintainedDate",
            &wanted.last_maintained_date,
            row.last_maintained_date.as_ref(),
        );
        change.attributes = differences.of_attributes(&wanted.attributes, |key| {
            let mut rows = row.attributes.iter().flatten().flatten();
            let row = rows.find(|row| row.key.as_deref() == Some(key))?;
            Some((row.value.as_ref(), row.etag.as_ref()))
        });
        differences.changes
    }
}

impl Upsertable for UnitUpsert {
    async fn plan(&self, client: &Client) -> Result<Upserted, JobError> {
        let Some(id) = self.find(client).await? else {
            return Ok(Upserted {
                action: Action::Create,
                id: None,
                changes: Vec::new(),
            });
        };
        let target = edit::part_inventory(id.clone());
        let row = target.read(client).await?;
        let changes = self.compare(&row, &mut target.change(&row)?);
        Ok(Upserted::of_present(id, changes))
    }

    async fn create(&self, client: &Client) -> Result<Id, JobError> {
        let create = CreatePartInventory::new(self.wanted.clone());
        let data = client.execute(create).await?;
        let payload = data.create_part_inventory;
        let unit = payload.and_then(|payload| payload.part_inventory);
        let unit = unit.ok_or_else(|| JobError::incomplete("reply", "partInventory"))?;
        Ok(unit.id)
    }

    async fn update(&self, client: &Client, id: &Id) -> Result<Vec<FieldChange>, JobError> {
        let mut changes = Vec::new();
        let edit = client.edit(edit::part_inventory(id.clone()));
        edit.apply(|row, mut change| {
            changes = self.compare(row, &mut change);
            (!changes.is_empty()).then_some(change)
        })
        .await?;
        Ok(changes)
    }
}
