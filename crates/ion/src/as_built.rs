//! The as-built tree of a unit as a whole: what is installed in it, and in that, and so on.
//!
//! The vendor answers one level at a time. [`Client::as_built`](crate::Client::as_built) walks all of them,
//! several units at once, asks for each unit once however often it is installed, and ends even if units are
//! installed in each other in a circle.
//!
//! ```
//! use ion::{Client, Id, as_built};
//!
//! # async fn example(client: &Client, one: Id, other: Id) -> Result<(), ion::JobError> {
//! let left = client.as_built(one).fetch().await?;
//! for place in left.places() {
//!     let number = place.requirement.part.number.as_deref().unwrap_or("-");
//!     println!("{:indent$}{number}", "", indent = 2 * place.depth);
//! }
//! let right = client.as_built(other).fetch().await?;
//! for difference in as_built::compare(&left, &right) {
//!     println!("{}", difference.path.join(" / "));
//! }
//! # Ok(())
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = sdk_sandbox::Sandbox::start().await?;
//! #     let env = ion::Env::from_pairs(sandbox.ion().variables());
//! #     let client = ion::Config::from_env(&env)?.into_builder().build()?;
//! #     let filters = ion::types::PartInventoriesInputFilters::new();
//! #     let list = ion::queries::ListPartInventories::new().filters(filters).first(2);
//! #     let units = client.execute(list).await?.part_inventories.and_then(|it| it.edges);
//! #     let mut units = units.into_iter().flatten().flatten().filter_map(|edge| edge.node);
//! #     let (one, other) = (units.next().ok_or("no unit")?, units.next().ok_or("no other")?);
//! #     example(&client, one.id, other.id).await?;
//! #     Ok(())
//! # }
//! ```
//!
//! A tree is read in several requests: what is installed or removed meanwhile may be in it or not.

mod compare;
mod fetch;

use std::collections::{HashMap, HashSet};

pub use compare::{Difference, Line, compare};
pub use fetch::AsBuiltRequest;

use crate::{Decimal, Id};

/// A unit with everything that is installed in it.
#[derive(Debug, Clone, PartialEq)]
pub struct AsBuilt {
    root: Id,
    units: HashMap<Id, Unit>,
}

/// A serial number, a lot or a quantity of a part, with what it requires.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Unit {
    /// Its id.
    pub id: Id,
    /// What it is one of.
    pub part: Part,
    /// Its serial number, if it has one.
    pub serial_number: Option<String>,
    /// Its lot number, if it has one.
    pub lot_number: Option<String>,
    /// What has to be installed in it, in the server's order.
    pub requirements: Vec<Requirement>,
}

/// What is known of a part.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Part {
    /// Its id; none if the key may not see the part.
    pub id: Option<Id>,
    /// Its part number.
    pub number: Option<String>,
    /// Its revision.
    pub revision: Option<String>,
}

/// What has to be installed, and what is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Requirement {
    /// Its id.
    pub id: Id,
    /// What has to be installed.
    pub part: Part,
    /// How much of it.
    pub quantity: Option<Decimal>,
    /// What is installed, in the server's order.
    pub installed: Vec<Installed>,
}

/// A unit that is installed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Installed {
    /// The id of the installation.
    pub id: Id,
    /// The unit; none if the key may not see it.
    pub unit: Option<Id>,
    /// How much of it.
    pub quantity: Option<Decimal>,
}

/// One place of a tree: a requirement of a unit, with one of the units installed for it, or none.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Place<'a> {
    /// How many units are above; 0 for what the root itself requires.
    pub depth: usize,
    /// The unit that requires it.
    pub parent: &'a Unit,
    /// What is required.
    pub requirement: &'a Requirement,
    /// What is installed; none if nothing is.
    pub installed: Option<&'a Installed>,
    /// The unit that is installed, if the key may see it.
    pub unit: Option<&'a Unit>,
    /// True if the unit stood at an earlier place already: what is below it is not walked again.
    pub is_repeated: bool,
}

impl AsBuilt {
    /// The unit that was asked for.
    #[must_use]
    pub fn root(&self) -> Option<&Unit> {
        self.units.get(&self.root)
    }

    /// A unit of the tree by its id.
    #[must_use]
    pub fn unit(&self, id: &Id) -> Option<&Unit> {
        self.units.get(id)
    }

    /// How many units the tree has, each counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// True if nothing is installed, and nothing is known of the root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// All places from the root down: each unit before what is below it, in the server's order.
    ///
    /// What is below a unit comes once, at its first place, so the walk ends whatever is installed where.
    pub fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let mut walked = HashSet::from([&self.root]);
        let mut waiting = self
            .root()
            .map_or_else(Vec::new, |root| self.places_of(root, 0));
        std::iter::from_fn(move || {
            let mut place = waiting.pop()?;
            if let Some(unit) = place.unit {
                place.is_repeated = !walked.insert(&unit.id);
                if !place.is_repeated {
                    waiting.extend(self.places_of(unit, place.depth + 1));
                }
            }
            Some(place)
        })
    }

    /// The places right below a unit, the last one first.
    fn places_of<'a>(&'a self, parent: &'a Unit, depth: usize) -> Vec<Place<'a>> {
        let place = |requirement, installed: Option<&'a Installed>| Place {
            depth,
            parent,
            requirement,
            installed,
            unit: installed
                .and_then(|installed| installed.unit.as_ref())
                .and_then(|id| self.unit(id)),
            is_repeated: false,
        };
        let mut places = Vec::new();
        for requirement in &parent.requirements {
            if requirement.installed.is_empty() {
                places.push(place(requirement, None));
            }
            let installed = requirement.installed.iter();
            places.extend(installed.map(|installed| place(requirement, Some(installed))));
        }
        places.reverse();
        places
    }
}
