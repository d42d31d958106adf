//! The rows that can be edited as a whole.

use super::Editable;
use crate::{
    Client, Id, JobError,
    queries::{
        GetPart, GetPartInventory, GetPurchaseOrder, GetRun, GetStep, UpdatePart,
        UpdatePartInventory, UpdatePurchaseOrder, UpdateRunStep, UpdateRunStepFieldValue,
        UpdateStep, get_part, get_part_inventory, get_purchase_order, get_run, get_step,
        update_part, update_part_inventory, update_purchase_order, update_run_step,
        update_run_step_field_value, update_step,
    },
    types::{
        UpdatePartInput, UpdatePartInventoryInput, UpdatePurchaseOrderInput,
        UpdateRunStepFieldValueInput, UpdateRunStepInput, UpdateStepInput,
    },
};

/// The etag that a change of a row has to name.
fn etag(what: &'static str, etag: Option<&String>) -> Result<String, JobError> {
    etag.cloned()
        .ok_or_else(|| JobError::incomplete(what, "_etag"))
}

/// Rows that a query finds by their id: the target, what it is called, and its two operations.
macro_rules! by_id {
    ($(
        $(#[$docs:meta])*
        $target:ident $make:ident $what:literal:
        $get:ident => $get_module:ident.$field:ident,
        $update:ident($change:ident) => $update_module:ident.$root:ident.$row:ident;
    )+) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $target {
            id: Id,
        }

        $(#[$docs])*
        pub fn $make(id: impl Into<Id>) -> $target {
            $target { id: id.into() }
        }

        impl Editable for $target {
            type Row = $get_module::$target;
            type Change = $change;
            type Written = $update_module::$target;

            fn key(&self) -> String {
                format!(concat!($what, " {}"), self.id)
            }

            async fn read(&self, client: &Client) -> Result<Self::Row, JobError> {
                let data = client.execute($get::new(self.id.clone())).await?;
                data.$field.ok_or_else(|| JobError::not_found($what))
            }

            fn change(&self, row: &Self::Row) -> Result<$change, JobError> {
                Ok($change::new(row.id.clone(), etag($what, row.etag.as_ref())?))
            }

            async fn write(
                &self,
                client: &Client,
                row: &Self::Row,
                mut change: $change,
            ) -> Result<Self::Written, JobError> {
                change.id = row.id.clone();
                change.etag = etag($what, row.etag.as_ref())?;
                let data = client.execute($update::new(change)).await?;
                let written = data.$root.and_then(|payload| payload.$row);
                written.ok_or_else(|| JobError::incomplete("reply", stringify!($row)))
            }
        }
    )+};
}

by_id! {
    /// A part, by its id; its custom attributes have etags of their own, see [`part_attribute`](super::part_attribute).
    Part part "part":
    GetPart => get_part.part,
    UpdatePart(UpdatePartInput) => update_part.update_part.part;

    /// A unit, a lot or a quantity of a part, by its id.
    PartInventory part_inventory "part inventory":
    GetPartInventory => get_part_inventory.part_inventory,
    UpdatePartInventory(UpdatePartInventoryInput) => update_part_inventory.update_part_inventory.part_inventory;

    /// A purchase order, by its id: its status, which is all that the vendor's public sources change.
    PurchaseOrder purchase_order "purchase order":
    GetPurchaseOrder => get_purchase_order.purchase_order,
    UpdatePurchaseOrder(UpdatePurchaseOrderInput) => update_purchase_order.update_purchase_order.purchase_order;

    /// A step of a procedure, by its id; a step of a run is a [`RunStep`].
    Step step "step":
    GetStep => get_step.step,
    UpdateStep(UpdateStepInput) => update_step.update_step.step;
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStep {
    run: Id,
    step: Id,
}

/// A step of a run, by the ids of both: the vendor finds steps by their run alone.
pub fn run_step(run: impl Into<Id>, step: impl Into<Id>) -> RunStep {
    RunStep {
        run: run.into(),
        step: step.into(),
    }
}

async fn steps_of(client: &Client, run: &Id) -> Result<Vec<get_run::RunStep>, JobError> {
    let run = client.execute(GetRun::new(run)).await?.run;
    let run = run.ok_or_else(|| JobError::not_found("run"))?;
    Ok(run.steps.into_iter().flatten().flatten().collect())
}

impl Editable for RunStep {
    type Row = get_run::RunStep;
    type Change = UpdateRunStepInput;
    type Written = update_run_step::RunStep;

    fn key(&self) -> String {
        format!("run step {}", self.step)
    }

    async fn read(&self, client: &Client) -> Result<Self::Row, JobError> {
        let mut steps = steps_of(client, &self.run).await?.into_iter();
        let step = steps.find(|step| step.id == self.step);
        step.ok_or_else(|| JobError::not_found("step of the run"))
    }

    fn change(&self, row: &Self::Row) -> Result<UpdateRunStepInput, JobError> {
        let etag = etag("run step", row.etag.as_ref())?;
        Ok(UpdateRunStepInput::new(row.id.clone(), etag))
    }

    async fn write(
        &self,
        client: &Client,
        row: &Self::Row,
        mut change: UpdateRunStepInput,
    ) -> Result<Self::Written, JobError> {
        change.id = row.id.clone();
        change.etag = etag("run step", row.etag.as_ref())?;
        let data = client.execute(UpdateRunStep::new(change)).await?;
        let written = data.update_run_step.and_then(|payload| payload.run_step);
        written.ok_or_else(|| JobError::incomplete("reply", "runStep"))
    }
}

/// A value that a step of a run asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStepField {
    run: Id,
    field: Id,
}

/// A value that a step of a run asks for, by the ids of the run and of the field.
///
/// [`Client::submit`] looks for it by name, and gives the value the type that the field wants.
pub fn run_step_field(run: impl Into<Id>, field: impl Into<Id>) -> RunStepField {
    RunStepField {
        run: run.into(),
        field: field.into(),
    }
}

impl Editable for RunStepField {
    type Row = get_run::RunStepField;
    type Change = UpdateRunStepFieldValueInput;
    type Written = update_run_step_field_value::RunStepField;

    fn key(&self) -> String {
        format!("run step field {}", self.field)
    }

    async fn read(&self, client: &Client) -> Result<Self::Row, JobError> {
        let steps = steps_of(client, &self.run).await?.into_iter();
        let mut fields = steps.filter_map(|step| step.fields).flatten().flatten();
        let field = fields.find(|field| field.id == self.field);
        field.ok_or_else(|| JobError::not_found("field of the run"))
    }

    fn change(&self, row: &Self::Row) -> Result<UpdateRunStepFieldValueInput, JobError> {
        let etag = etag("run step field", row.etag.as_ref())?;
        Ok(UpdateRunStepFieldValueInput::new(row.id.clone(), etag))
    }

    async fn write(
        &self,
        client: &Client,
        row: &Self::Row,
        mut change: UpdateRunStepFieldValueInput,
    ) -> Result<Self::Written, JobError> {
        change.id = row.id.clone();
        change.etag = etag("run step field", row.etag.as_ref())?;
        let data = client.execute(UpdateRunStepFieldValue::new(change)).await?;
        let payload = data.update_run_step_field_value;
        let written = payload.and_then(|payload| payload.run_step_field);
        written.ok_or_else(|| JobError::incomplete("reply", "runStepField"))
    }
}
