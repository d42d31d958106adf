//! One change: how bad it is, what it is about, and which documents it reaches.

use apollo_compiler::ast::OperationType;
use serde::Serialize;

/// What a change means for documents that were valid before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    /// A document that uses it is refused, or its answer has another shape.
    Breaking,
    /// Documents stay valid, but may behave otherwise or answer something that was not there before.
    Dangerous,
    /// Nothing that was right before becomes wrong.
    Safe,
}

/// Which documents a change reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// None in particular.
    Nothing,
    /// Those that use what this coordinate names.
    Coordinate(String),
    /// All of one kind.
    Operations(OperationType),
    /// Those that narrow `whole` to `part`, or the other way round.
    Overlap { whole: String, part: String },
    /// Those that put the directive at this place.
    Place { directive: String, place: String },
}

/// One change from the old schema to the new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) class: Class,
    /// The category, as GraphQL Inspector calls it.
    pub(crate) kind: &'static str,
    /// The schema coordinate that it is about, such as `Query.findings(first:)`.
    pub(crate) coordinate: String,
    /// One sentence, without its full stop.
    pub(crate) message: String,
    pub(crate) reach: Reach,
}

impl Change {
    pub(crate) fn new(
        class: Class,
        kind: &'static str,
        coordinate: String,
        message: String,
    ) -> Self {
        let reach = match class {
            Class::Safe => Reach::Nothing,
            _ => Reach::Coordinate(coordinate.clone()),
        };
        Self {
            class,
            kind,
            coordinate,
            message,
            reach,
        }
    }

    /// Says that it reaches other documents than those that use its coordinate.
    #[must_use]
    pub(crate) fn reaching(mut self, reach: Reach) -> Self {
        if self.class != Class::Safe {
            self.reach = reach;
        }
        self
    }
}
