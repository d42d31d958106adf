//! Two trees side by side, by part number: serial numbers differ between any two units.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::AsBuilt;
use crate::{Decimal, Id};

/// A place where two trees differ.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The part numbers from below the root down to this place; `-` for a part without one.
    pub path: Vec<String>,
    /// What the left tree has there, if it has the place.
    pub left: Option<Line>,
    /// What the right tree has there, if it has the place.
    pub right: Option<Line>,
}

/// What a tree has at one place: all requirements of the same path together.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Line {
    /// How much is required.
    pub required: f64,
    /// How much is installed.
    pub installed: f64,
    /// The revisions of what is installed.
    pub revisions: BTreeSet<String>,
    /// The units that are installed, in the order of the tree. They make no difference.
    pub units: Vec<Id>,
}

impl Line {
    fn is_like(&self, other: &Self) -> bool {
        let same = |left: f64, right: f64| (left - right).abs() <= 1e-9 * left.abs().max(1.0);
        same(self.required, other.required)
            && same(self.installed, other.installed)
            && self.revisions == other.revisions
    }
}

/// The places where two trees differ: in what is required, in how much of it is installed, or in the
/// revisions of that; in the order of their paths.
#[must_use]
pub fn compare(left: &AsBuilt, right: &AsBuilt) -> Vec<Difference> {
    let (left, mut right) = (lines(left), lines(right));
    let mut differences = Vec::new();
    for (path, left) in left {
        let right = right.remove(&path);
        if right.as_ref().is_none_or(|right| !left.is_like(right)) {
            differences.push(Difference {
                path,
                left: Some(left),
                right,
            });
        }
    }
    differences.extend(right.into_iter().map(|(path, right)| Difference {
        path,
        left: None,
        right: Some(right),
    }));
    differences.sort_by(|one, other| one.path.cmp(&other.path));
    differences
}

fn lines(tree: &AsBuilt) -> BTreeMap<Vec<String>, Line> {
    let mut lines = BTreeMap::<Vec<String>, Line>::new();
    // Where a unit stands, and which requirements have been counted: those with several units come again.
    let mut paths = HashMap::<&Id, Vec<String>>::new();
    let mut counted = BTreeSet::<&Id>::new();
    for place in tree.places() {
        let mut path = paths.get(&place.parent.id).cloned().unwrap_or_default();
        let number = place.requirement.part.number.as_deref();
        path.push(number.unwrap_or("-").to_owned());
        if let Some(unit) = place.unit
            && !place.is_repeated
        {
            paths.insert(&unit.id, path.clone());
        }
        let line = lines.entry(path).or_default();
        if counted.insert(&place.requirement.id) {
            line.required += amount(place.requirement.quantity.as_ref());
        }
        if let Some(installed) = place.installed {
            line.installed += amount(installed.quantity.as_ref());
            line.units.extend(installed.unit.clone());
        }
        let revision = place.unit.and_then(|unit| unit.part.revision.clone());
        line.revisions.extend(revision);
    }
    lines
}

fn amount(quantity: Option<&Decimal>) -> f64 {
    quantity.map_or(0.0, Decimal::to_f64)
}
