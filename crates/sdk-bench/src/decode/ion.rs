//! Connections inside rows: an operation that `ion` ships.

use super::{Kind, Probe, cynic, derive, ours, structs};
use crate::{by_hand::procedures::Data, data, derived as derives, under_cynic};

/// A procedure with its steps, each with a connection of columns, in both spellings of ids.
pub(super) fn nested_connections(bytes: usize) -> [Probe; 2] {
    [
        Probe {
            case: "nested connections",
            kind: Kind::Plain,
            body: data::procedure(bytes).into(),
            decoders: vec![
                ours::<ion::queries::GetProcedure>(),
                structs::<Data<String>>(),
                derive::<derives::ion::get_procedure::ResponseData>(),
                cynic::<under_cynic::ion::get_procedure::GetProcedure>(),
            ],
        },
        // The others read no ids that are numbers, which is what the vendor sends.
        Probe {
            case: "nested connections, ids as numbers",
            kind: Kind::Plain,
            body: data::procedure_of_numbers(bytes).into(),
            decoders: vec![ours::<ion::queries::GetProcedure>(), structs::<Data<i64>>()],
        },
    ]
}
