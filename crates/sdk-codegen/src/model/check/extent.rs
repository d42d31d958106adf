//! How deep and how large an operation is with its fragments written out, so that no document can exhaust
//! the stack or the memory of a build.

use std::{collections::BTreeMap, rc::Rc};

use crate::{
    error::Error,
    source::{Source, Span},
    syntax::{Document, Operation, Selection},
};

/// The deepest nesting of selections, those of fragments included.
const MAX_DEPTH: usize = 200;

/// The most fields, those of a fragment counted at every place that spreads it.
const MAX_FIELDS: usize = 20_000;

/// Reports an operation that is too deep or too large; its fragments are known and not in circles.
pub(super) fn check(source: &Rc<Source>, document: &Document, operation: &Operation) -> Vec<Error> {
    let mut measure = Measure {
        document,
        known: BTreeMap::new(),
    };
    let name = operation.name.as_ref();
    let place = name.map_or(operation.span, |name| name.span);
    let error = |message: String, help: &str| vec![Error::at(source, place, message).help(help)];
    match measure.of(&operation.selections, 0) {
        Err(place) => vec![too_deep(source, place)],
        Ok(extent) if extent.fields > MAX_FIELDS => error(
            format!(
                "the operation has more than {MAX_FIELDS} fields with its fragments written out"
            ),
            "split it, or spread its fragments at fewer places",
        ),
        Ok(_) => Vec::new(),
    }
}

/// The error of a place where selections nest too deep.
pub(super) fn too_deep(source: &Rc<Source>, place: Span) -> Error {
    let message = format!("selections nest deeper than {MAX_DEPTH} levels");
    Error::at(source, place, message)
        .help("split the operation, or spread fewer fragments inside each other")
}

/// The depth below this one, or the place if that is too deep.
pub(super) fn below(depth: usize, place: Span) -> Result<usize, Span> {
    if depth < MAX_DEPTH {
        Ok(depth + 1)
    } else {
        Err(place)
    }
}

#[derive(Clone, Copy, Default)]
struct Extent {
    depth: usize,
    fields: usize,
}

struct Measure<'a> {
    document: &'a Document,
    /// The fragments that were measured.
    known: BTreeMap<&'a str, Extent>,
}

impl<'a> Measure<'a> {
    /// Measures selections that are `above` levels deep themselves.
    fn of(&mut self, selections: &'a [Selection], above: usize) -> Result<Extent, Span> {
        let mut whole = Extent::default();
        for selection in selections {
            let inside = match selection {
                Selection::Field(field) => {
                    let inside = self.below(&field.selections, above, field.name.span)?;
                    Extent {
                        fields: inside.fields.saturating_add(1),
                        ..inside
                    }
                }
                Selection::Inline(inline) => {
                    let place = inline.condition.as_ref().map(|name| name.span);
                    self.below(&inline.selections, above, place.unwrap_or_default())?
                }
                Selection::Spread(spread) => {
                    let name = spread.name.text.as_str();
                    let extent = match (self.known.get(name), self.document.fragment(name)) {
                        (Some(extent), _) => *extent,
                        (None, Some(fragment)) => {
                            let inside =
                                self.below(&fragment.selections, above, spread.name.span)?;
                            self.known.insert(name, inside);
                            inside
                        }
                        (None, None) => Extent::default(),
                    };
                    if above + extent.depth > MAX_DEPTH {
                        return Err(spread.name.span);
                    }
                    extent
                }
            };
            whole.depth = whole.depth.max(inside.depth);
            whole.fields = whole.fields.saturating_add(inside.fields);
        }
        Ok(whole)
    }

    /// Measures what is one level deeper.
    fn below(
        &mut self,
        selections: &'a [Selection],
        above: usize,
        place: Span,
    ) -> Result<Extent, Span> {
        let inside = self.of(selections, below(above, place)?)?;
        Ok(Extent {
            depth: inside.depth + 1,
            ..inside
        })
    }
}
