//! Connections inside rows: an operation that `ion` ships.

use super::{DERIVE, Decoder, OURS, Probe, STRUCTS, by_hand, derived, ours};
use crate::{by_hand::procedures, data, derived as derives};

/// A procedure with its steps, each with a connection of columns.
pub(super) fn nested_connections() -> Probe {
    Probe {
        case: "nested connections",
        body: data::large_procedure(),
        decoders: vec![
            Decoder {
                name: OURS,
                decode: ours::<ion::queries::GetProcedure>,
            },
            Decoder {
                name: STRUCTS,
                decode: by_hand::<procedures::Data>,
            },
            Decoder {
                name: DERIVE,
                decode: derived::<derives::ion::get_procedure::ResponseData>,
            },
        ],
    }
}
