//! What must happen.
//!
//! A cell says what becomes of a call when the server fails for ever, and when it fails once: how many
//! requests arrive, how many of them the server may have acted upon, and what the caller gets. So
//! `3/3 Broken; 2/2 done` is a read that is given up after three attempts, and that comes through if the
//! second one does; `1/1 Broken; 1/1 Broken` is a write that is never sent again.

use sdk_fault_server::Fault;

/// A fault and its cells.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) fault: Fault,
    pub(crate) token: Cell,
    pub(crate) query: Cell,
    pub(crate) mutation: Cell,
}

/// What may be seen when the server fails for ever, and what when it fails once; one of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) always: &'static [&'static str],
    /// Empty where the first fault outlasts any deadline.
    pub(crate) once: &'static [&'static str],
}

/// Reads `always; once`, with `or` between what is equally right.
macro_rules! cell {
    ($($always:literal)or+; $($once:literal)or+) => {
        Cell { always: &[$($always),+], once: &[$($once),+] }
    };
    ($always:literal) => {
        Cell { always: &[$always], once: &[] }
    };
}

macro_rules! rows {
    ($($what:literal, $fault:expr => {
        token: ($($token:tt)+), query: ($($query:tt)+), mutation: ($($mutation:tt)+)
    })+) => {
        vec![$(Row {
            what: $what,
            fault: $fault,
            token: cell!($($token)+),
            query: cell!($($query)+),
            mutation: cell!($($mutation)+),
        }),+]
    };
}

mod answers;
mod lifetimes;
mod wire;

pub(crate) use answers::answers;
pub(crate) use lifetimes::LIFETIMES;
pub(crate) use wire::wire;
