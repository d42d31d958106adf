//! A union around a page, with inline fragments: an operation that `altrata` ships.

use super::{DERIVE, Decoder, OURS, Probe, STRUCTS, by_hand, derived, ours};
use crate::{by_hand::organizations, data, derived as derives};

/// A page of organizations that could have been one of two errors.
pub(super) fn union_of_a_page_and_errors() -> Probe {
    Probe {
        case: "union of a page and errors",
        body: data::large_organizations(),
        decoders: vec![
            Decoder {
                name: OURS,
                decode: ours::<altrata::queries::profile::SearchOrganizations>,
            },
            Decoder {
                name: STRUCTS,
                decode: by_hand::<organizations::Data>,
            },
            Decoder {
                name: DERIVE,
                decode: derived::<derives::altrata::search_organizations::ResponseData>,
            },
        ],
    }
}
