//! Operations that answer with a result or a refusal: finding both, and calling the runtime's macros.

use std::collections::BTreeMap;

use super::{
    response::{field_names, variant_names},
    types::Types,
    writer::{Writer, literal},
};
use crate::{
    model::{AbstractShape, Member, ObjectShape, Operation, Output, Shape, ShapeId},
    refusals::Refusals,
};

/// The union that an operation answers with.
pub(super) struct Answer<'a> {
    refusals: &'a Refusals,
    types: &'a Types<'a>,
    operation: &'a Operation,
    union: &'a AbstractShape,
    /// The root field and its type, such as `optional person of get_person::PersonResult`.
    place: String,
}

impl<'a> Answer<'a> {
    /// The union that the only root field answers with, if it does.
    pub(super) fn find(
        refusals: Option<&'a Refusals>,
        operation: &'a Operation,
        types: &'a Types<'a>,
        module: &str,
        names: &BTreeMap<ShapeId, String>,
    ) -> Option<Self> {
        let refusals = refusals?;
        let Shape::Object(data) = &operation.shapes.get(operation.data)?.shape else {
            return None;
        };
        let (_, fields) = field_names(data);
        let mut fields = (data.fields.iter().zip(fields)).filter(|(it, _)| it.key != "__typename");
        let (Some((field, rust)), None) = (fields.next(), fields.next()) else {
            return None;
        };
        let (nullable, id) = match &field.ty {
            Output::Shape(id) => ("required", *id),
            Output::Optional(inner) => match inner.as_ref() {
                Output::Shape(id) => ("optional", *id),
                _ => return None,
            },
            _ => return None,
        };
        let Shape::Abstract(union) = &operation.shapes.get(id)?.shape else {
            return None;
        };
        Some(Self {
            refusals,
            types,
            operation,
            union,
            place: format!("{nullable} {rust} of {module}::{}", names.get(&id)?),
        })
    }

    fn is_refusal(&self, ty: &str) -> bool {
        ty.ends_with(&self.refusals.suffix)
    }

    /// What the operation's `refusal` is made of, as a part of the call that implements `Operation`.
    pub(super) fn print(&self, out: &mut Writer) {
        let (variants, other) = variant_names(self.union);
        out.block(
            &format!("refusals {}: {}", self.refusals.function, self.place),
            |out| {
                for (member, variant) in self.union.members.iter().zip(variants) {
                    self.member(out, member, &variant);
                }
                let unless = match self.unselected().as_slice() {
                    [] => String::new(),
                    results => format!(" unless {}", results.join(" | ")),
                };
                out.line(&format!("_ = {other}{unless}"));
            },
        );
    }

    fn member(&self, out: &mut Writer, member: &Member, variant: &str) {
        let kinds = member.types.iter().filter(|ty| self.is_refusal(ty));
        let kinds: Vec<String> = kinds.map(|ty| literal(ty)).collect();
        let Some(Shape::Object(object)) =
            (self.operation.shapes.get(member.shape)).map(|named| &named.shape)
        else {
            return;
        };
        if kinds.is_empty() {
            return;
        }
        let kept = if object.keeps_type_name {
            "[type_name]"
        } else {
            ""
        };
        let kinds = kinds.join(" | ");
        let parts = match self.parts(object).as_slice() {
            [] => "{}".to_owned(),
            parts => format!("{{ {} }}", parts.join(", ")),
        };
        out.line(&format!("{variant}{kept} = {kinds} {parts},"));
    }

    /// The setters of a refusal, each with the field that its value is in.
    fn parts(&self, object: &ObjectShape) -> Vec<String> {
        let (_, names) = field_names(object);
        let mut parts: Vec<(&str, String)> = Vec::new();
        for (setter, wanted) in &self.refusals.parts {
            if parts.iter().any(|(known, _)| known == setter) {
                continue;
            }
            let mut fields = object.fields.iter().zip(&names);
            let found = fields.find_map(|(field, rust)| {
                let (nullable, leaf) = match &field.ty {
                    Output::Optional(inner) => ("optional", inner.as_ref()),
                    ty => ("required", ty),
                };
                let is_text = matches!(leaf, Output::Leaf(name) if self.types.is_text(name));
                (field.name == *wanted && is_text).then(|| format!("{setter}: {nullable} {rust}"))
            });
            parts.extend(found.map(|part| (setter.as_str(), part)));
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// Results that the schema knows and the operation does not select.
    fn unselected(&self) -> Vec<String> {
        let selected = |ty: &str| {
            let mut types = self.union.members.iter().flat_map(|member| &member.types);
            types.any(|known| known == ty)
        };
        let possible = self.types.schema.possible(&self.union.type_name);
        let results = possible
            .into_iter()
            .filter(|ty| !self.is_refusal(ty) && !selected(ty));
        results.map(literal).collect()
    }

    /// The call that implements the runtime's `Outcome`, where one member is the only result.
    pub(super) fn print_outcome(
        &self,
        out: &mut Writer,
        rust: &str,
        module: &str,
        names: &BTreeMap<ShapeId, String>,
    ) {
        if !self.unselected().is_empty() {
            return; // What is not selected is a result, too, and is not to pass for nothing.
        }
        let (variants, _) = variant_names(self.union);
        let members = self.union.members.iter().zip(variants);
        let mut results =
            members.filter(|(member, _)| !member.types.iter().any(|ty| self.is_refusal(ty)));
        let (Some((member, variant)), None) = (results.next(), results.next()) else {
            return;
        };
        let Some(success) = names.get(&member.shape) else {
            return;
        };
        out.block("codegen::outcome!", |out| {
            out.line(&format!(
                "{rust} = {}::{variant}({module}::{success})",
                self.place
            ));
        });
        out.blank();
    }
}
