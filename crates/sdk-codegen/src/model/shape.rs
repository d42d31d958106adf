//! The shapes of a response: what each selection set can decode to.

use super::Evidence;

/// Index of a shape in [`Shapes`].
pub(crate) type ShapeId = usize;

/// The shapes of one operation, children before parents, equal ones only once.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    all: Vec<Named>,
}

/// A shape with what its Rust name is made from.
#[derive(Debug)]
pub(crate) struct Named {
    /// The schema type's name, or the fragment's when the selection is exactly one fragment.
    pub(crate) label: String,
    /// Type and field names from the root down, used when labels clash.
    pub(crate) path: Vec<String>,
    pub(crate) shape: Shape,
}

/// What a selection set decodes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Shape {
    Object(ObjectShape),
    Abstract(AbstractShape),
}

/// A struct: one selection on one type.
#[derive(Debug, PartialEq)]
pub(crate) struct ObjectShape {
    pub(crate) type_name: String,
    pub(crate) description: String,
    pub(crate) evidence: Evidence,
    /// Stands for several types and so keeps the name of the one it was.
    pub(crate) keeps_type_name: bool,
    pub(crate) fields: Vec<ShapeField>,
}

/// An enum: a selection that differs by the type of the object.
#[derive(Debug, PartialEq)]
pub(crate) struct AbstractShape {
    pub(crate) type_name: String,
    pub(crate) description: String,
    pub(crate) members: Vec<Member>,
    /// Decodes every type that no member names.
    pub(crate) other: ShapeId,
}

/// One variant: the types that decode to one shape.
#[derive(Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) label: String,
    pub(crate) types: Vec<String>,
    pub(crate) shape: ShapeId,
}

/// A response key of a struct.
#[derive(Debug, PartialEq)]
pub(crate) struct ShapeField {
    pub(crate) key: String,
    /// The field's name in the schema.
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) deprecated: Option<String>,
    pub(crate) evidence: Evidence,
    /// True for leaves whose type is a guess.
    pub(crate) lenient: bool,
    pub(crate) ty: Output,
}

/// The type of a response key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Output {
    Optional(Box<Output>),
    List(Box<Output>),
    /// A scalar or enum, by its name in the schema.
    Leaf(String),
    Shape(ShapeId),
}

impl Shapes {
    /// Adds a shape, or finds the equal one that is there already.
    ///
    /// A fragment's label replaces a type's: the author chose it.
    pub(crate) fn intern(&mut self, named: Named, is_fragment: bool) -> ShapeId {
        if let Some(id) = self.all.iter().position(|known| known.shape == named.shape) {
            if let (true, Some(known)) = (is_fragment, self.all.get_mut(id)) {
                known.label = named.label;
            }
            return id;
        }
        self.all.push(named);
        self.all.len() - 1
    }

    pub(crate) fn get(&self, id: ShapeId) -> Option<&Named> {
        self.all.get(id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ShapeId, &Named)> {
        self.all.iter().enumerate()
    }
}
