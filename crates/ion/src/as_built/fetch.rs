//! Reads a tree level by level, several units at once.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{AsBuilt, Installed, Part, Requirement, Unit};
use crate::{
    Client, Id, JobError,
    queries::{GetPartInventoryAbom, get_part_inventory_abom},
};

/// How many units are asked for at once, unless said otherwise: what public scripts settled on is 10 to 15.
const CONCURRENCY: usize = 8;

/// How many units a tree may have, unless said otherwise.
const MAX_UNITS: usize = 10_000;

/// A tree that waits to be fetched; [`Client::as_built`] makes it.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked for until the tree is fetched"]
pub struct AsBuiltRequest {
    client: Client,
    root: Id,
    concurrency: usize,
    max_units: usize,
}

impl Client {
    /// Everything that is installed in a unit, at any depth.
    pub fn as_built(&self, unit: impl Into<Id>) -> AsBuiltRequest {
        AsBuiltRequest {
            client: self.clone(),
            root: unit.into(),
            concurrency: CONCURRENCY,
            max_units: MAX_UNITS,
        }
    }
}

impl AsBuiltRequest {
    /// How many units are asked for at once, 1 or more. Default: 8.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// How many units the tree may have. Default: 10 000.
    pub fn max_units(mut self, max_units: usize) -> Self {
        self.max_units = max_units;
        self
    }

    /// Asks for the unit, for what is installed in it, and so on; one request for each unit.
    ///
    /// # Errors
    ///
    /// When an operation fails, the unit does not exist, or the tree has more units than allowed. An
    /// installed unit that the key may not see is no error; see [`Installed::unit`].
    pub async fn fetch(self) -> Result<AsBuilt, JobError> {
        let mut tree = AsBuilt {
            root: self.root.clone(),
            units: HashMap::new(),
        };
        let mut seen = HashSet::from([self.root.clone()]);
        let mut waiting = vec![self.root.clone()];
        let mut asked = FuturesUnordered::new();
        loop {
            while asked.len() < self.concurrency
                && let Some(id) = waiting.pop()
            {
                asked.push(unit(&self.client, id));
            }
            let Some(answer) = asked.next().await else {
                break;
            };
            let Some(unit) = answer? else {
                continue;
            };
            for child in unit.requirements.iter().flat_map(|it| &it.installed) {
                if let Some(id) = &child.unit
                    && seen.insert(id.clone())
                {
                    waiting.push(id.clone());
                }
            }
            if seen.len() > self.max_units {
                return Err(JobError::too_large("as-built tree", self.max_units));
            }
            tree.units.insert(unit.id.clone(), unit);
        }
        match tree.root() {
            Some(_) => Ok(tree),
            None => Err(JobError::not_found("part inventory")),
        }
    }
}

async fn unit(client: &Client, id: Id) -> Result<Option<Unit>, JobError> {
    let data = client.execute(GetPartInventoryAbom::new(id)).await?;
    let Some(unit) = data.part_inventory else {
        return Ok(None);
    };
    let requirements = unit.build_requirements.into_iter().flatten().flatten();
    let requirements = requirements.map(|requirement| Requirement {
        id: requirement.id,
        part: part(requirement.part, requirement.part_id),
        quantity: requirement.quantity,
        installed: installed(requirement.abom_installations),
    });
    Ok(Some(Unit {
        id: unit.id,
        part: part(unit.part, None),
        serial_number: unit.serial_number,
        lot_number: unit.lot_number,
        requirements: requirements.collect(),
    }))
}

fn installed(
    rows: Option<Vec<Option<get_part_inventory_abom::ABomInstallation>>>,
) -> Vec<Installed> {
    let rows = rows.into_iter().flatten().flatten();
    let rows = rows.map(|row| Installed {
        id: row.id,
        unit: row
            .part_inventory
            .map(|unit| unit.id)
            .or(row.part_inventory_id),
        quantity: row.quantity,
    });
    rows.collect()
}

fn part(part: Option<get_part_inventory_abom::Part>, id: Option<Id>) -> Part {
    match part {
        Some(part) => Part {
            id: Some(part.id),
            number: part.part_number,
            revision: part.revision,
        },
        None => Part {
            id,
            ..Part::default()
        },
    }
}
