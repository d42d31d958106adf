//! Connections inside rows: an operation that `ion` ships.

use super::{DERIVE, Decoder, OURS, Probe, STRUCTS, by_hand, derived, ours};
use crate::{by_hand::procedures::Data, data, derived as derives};

/// A procedure with its steps, each with a connection of columns, in both spellings of ids.
pub(super) fn nested_connections() -> [Probe; 2] {
    let own = Decoder {
        name: OURS,
        decode: ours::<ion::queries::GetProcedure>,
    };
    let structs = |decode| Decoder {
        name: STRUCTS,
        decode,
    };
    [
        Probe {
            case: "nested connections",
            body: data::large_procedure(),
            decoders: vec![
                own,
                structs(by_hand::<Data<String>>),
                Decoder {
                    name: DERIVE,
                    decode: derived::<derives::ion::get_procedure::ResponseData>,
                },
            ],
        },
        // The derive reads no ids that are numbers, which is what the vendor sends.
        Probe {
            case: "nested connections, ids as numbers",
            body: data::large_procedure_of_numbers(),
            decoders: vec![own, structs(by_hand::<Data<i64>>)],
        },
    ]
}
