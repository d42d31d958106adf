//! A union around a page, with inline fragments: an operation that `altrata` ships.

use super::{Kind, Probe, cynic, derive, ours, structs};
use crate::{by_hand::organizations, data, derived as derives, under_cynic};

/// A page of organizations that could have been one of two errors.
pub(super) fn union_of_a_page_and_errors(bytes: usize) -> Probe {
    Probe {
        case: "union of a page and errors",
        kind: Kind::FragmentsAndUnions,
        body: data::organizations(bytes).into(),
        decoders: vec![
            ours::<altrata::queries::profile::SearchOrganizations>(),
            structs::<organizations::Data>(),
            derive::<derives::altrata::search_organizations::ResponseData>(),
            cynic::<under_cynic::altrata::search_organizations::SearchOrganizations>(),
        ],
    }
}
