//! The data of a fresh sandbox: a maker of connected devices, the same on every run.
//!
//! The main asset version has as many visible findings as asked for; about one row in twenty-five more
//! is merged into another one or deleted, so that a caller who forgets the filter for it sees too much.

mod catalogue;
mod components;
mod details;
mod findings;
mod inventory;
mod names;
mod versions;

pub(super) use versions::context;

use super::kinds::{REVERSES, TYPE_NAMES};
use crate::data::{Row, Store};

/// 2026-01-01T00:00:00Z, the time of the first change.
const FIRST_CHANGE: i64 = 1_767_225_600;

/// 2024-01-15T08:00:00Z, when the first row was made.
const FIRST_ROW: i64 = 1_705_305_600;

const DAY: i64 = 86_400;

/// Findings of every asset version but the main one.
const FINDINGS_ELSEWHERE: usize = 12;

/// The data and the row that callers start from.
pub(super) struct Seeded {
    pub(super) store: Store,
    pub(super) main_asset_version: Row,
}

/// Fills a store; the main asset version gets `items` findings that are neither merged nor deleted.
pub(super) fn seed(items: usize) -> Seeded {
    let mut store = Store::new(TYPE_NAMES, REVERSES, FIRST_CHANGE);
    let catalogue = catalogue::seed(&mut store);
    let inventory = inventory::seed(&mut store);
    for (number, version) in inventory.versions.iter().enumerate() {
        let items = if number == 0 {
            items
        } else {
            FINDINGS_ELSEWHERE
        };
        let components = components::seed(&mut store, &catalogue, version, items);
        findings::seed(&mut store, &catalogue, version, &components, items);
    }
    let main_asset_version = inventory.main_asset_version();
    Seeded {
        store,
        main_asset_version,
    }
}
