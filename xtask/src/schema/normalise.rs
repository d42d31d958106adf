//! One form for every schema, so that a difference of two files is a difference of two schemas.

use super::marks::{MARK, MARK_ENUM};
use super::members;
use apollo_compiler::ast::{DirectiveList, InputValueDefinition};
use apollo_compiler::collections::{IndexMap, IndexSet};
use apollo_compiler::schema::{self, Component, ComponentName, ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Node, Schema};
use std::collections::HashMap;

/// Descriptions by schema coordinate.
pub(crate) type Descriptions = HashMap<String, Node<str>>;

/// The descriptions that a schema has.
pub(crate) fn descriptions(schema: &Schema) -> Descriptions {
    let members = members::all(schema).into_iter();
    members
        .filter_map(|it| Some((it.coordinate, it.description?)))
        .collect()
}

/// The schema as text: everything in order of name, extensions folded in, no mark of ours, these descriptions.
///
/// Arguments and values of enums are sorted too, as graphql-js sorts them: their order means nothing.
pub(crate) fn normalised(schema: &Schema, descriptions: &Descriptions) -> String {
    let mut schema = schema.clone();
    let form = Form(descriptions);
    schema.directive_definitions.shift_remove(MARK);
    schema.types.shift_remove(MARK_ENUM);
    let definition = schema.schema_definition.make_mut();
    definition.directives.0.iter_mut().for_each(in_definition);
    let roots = [
        &mut definition.query,
        &mut definition.mutation,
        &mut definition.subscription,
    ];
    for root in roots.into_iter().flatten() {
        *root = ComponentName::from(root.name.clone());
    }
    schema.types.sort_keys();
    schema.directive_definitions.sort_keys();
    for (name, definition) in &mut schema.directive_definitions {
        if definition.is_built_in() {
            continue;
        }
        let coordinate = format!("@{name}");
        let definition = definition.make_mut();
        definition.description = form.description(&coordinate);
        definition.locations.sort_by_key(ToString::to_string);
        form.arguments(&coordinate, &mut definition.arguments);
    }
    for (name, definition) in &mut schema.types {
        if !definition.is_built_in() {
            form.one(name, definition);
        }
    }
    schema.serialize().to_string()
}

struct Form<'a>(&'a Descriptions);

impl Form<'_> {
    fn description(&self, coordinate: &str) -> Option<Node<str>> {
        self.0.get(coordinate).cloned()
    }

    fn one(&self, name: &Name, definition: &mut ExtendedType) {
        let description = self.description(name);
        match definition {
            ExtendedType::Scalar(it) => {
                let it = it.make_mut();
                it.description = description;
                type_directives(&mut it.directives);
            }
            ExtendedType::Object(it) => {
                let it = it.make_mut();
                it.description = description;
                type_directives(&mut it.directives);
                names(&mut it.implements_interfaces);
                self.fields(name, &mut it.fields);
            }
            ExtendedType::Interface(it) => {
                let it = it.make_mut();
                it.description = description;
                type_directives(&mut it.directives);
                names(&mut it.implements_interfaces);
                self.fields(name, &mut it.fields);
            }
            ExtendedType::Union(it) => {
                let it = it.make_mut();
                it.description = description;
                type_directives(&mut it.directives);
                names(&mut it.members);
            }
            ExtendedType::Enum(it) => {
                let it = it.make_mut();
                it.description = description;
                type_directives(&mut it.directives);
                it.values.sort_keys();
                for value in it.values.values_mut() {
                    in_definition(value);
                    let value = value.make_mut();
                    value.description = self.description(&format!("{name}.{}", value.value));
                    member_directives(&mut value.directives);
                }
            }
            ExtendedType::InputObject(it) => {
                let it = it.make_mut();
                it.description = description;
                type_directives(&mut it.directives);
                it.fields.sort_keys();
                for field in it.fields.values_mut() {
                    in_definition(field);
                    let coordinate = format!("{name}.{}", field.name);
                    self.input(&coordinate, field.make_mut());
                }
            }
        }
    }

    fn fields(&self, owner: &Name, fields: &mut IndexMap<Name, Component<FieldDefinition>>) {
        fields.sort_keys();
        for field in fields.values_mut() {
            in_definition(field);
            let coordinate = format!("{owner}.{}", field.name);
            let field = field.make_mut();
            field.description = self.description(&coordinate);
            member_directives(&mut field.directives);
            self.arguments(&coordinate, &mut field.arguments);
        }
    }

    fn arguments(&self, owner: &str, arguments: &mut [Node<InputValueDefinition>]) {
        arguments.sort_by(|a, b| a.name.cmp(&b.name));
        for argument in arguments {
            let coordinate = format!("{owner}({}:)", argument.name);
            self.input(&coordinate, argument.make_mut());
        }
    }

    fn input(&self, coordinate: &str, input: &mut InputValueDefinition) {
        input.description = self.description(coordinate);
        member_directives(&mut input.directives);
    }
}

/// Forgets that something was written in an extension.
fn in_definition<T>(component: &mut Component<T>) {
    component.origin = schema::ComponentOrigin::Definition;
}

fn names(set: &mut IndexSet<ComponentName>) {
    let mut sorted: Vec<Name> = set.iter().map(|it| it.name.clone()).collect();
    sorted.sort();
    *set = sorted.into_iter().map(ComponentName::from).collect();
}

fn type_directives(list: &mut schema::DirectiveList) {
    list.0.retain(|it| it.name != MARK);
    list.0.iter_mut().for_each(in_definition);
    list.0.sort_by(|a, b| a.name.cmp(&b.name));
}

fn member_directives(list: &mut DirectiveList) {
    list.0.retain(|it| it.name != MARK);
    list.0.sort_by(|a, b| a.name.cmp(&b.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Schema {
        Schema::parse_and_validate(text, "it").unwrap().into_inner()
    }

    #[test]
    fn order_extensions_and_marks_make_no_difference() {
        let written = schema(
            "directive @inferred(what: [InferredWhat!]!) on FIELD_DEFINITION | OBJECT\n\
             enum InferredWhat { NAME }\n\
             type Query { b(y: Int, x: Int): Int @inferred(what: [NAME]) a: Kind }\n\
             extend type Query { c: Int @deprecated(reason: \"No.\") }\n\
             enum Kind { Z A }\nscalar Date @specifiedBy(url: \"u\")\nunion U = Query",
        );
        insta::assert_snapshot!(normalised(&written, &Descriptions::new()), @r#"
        scalar Date @specifiedBy(url: "u")

        enum Kind {
          A
          Z
        }

        type Query {
          a: Kind
          b(x: Int, y: Int): Int
          c: Int @deprecated(reason: "No.")
        }

        union U = Query
        "#);
    }

    #[test]
    fn the_normal_form_is_its_own_normal_form() {
        let root = crate::workspace::root();
        for project in crate::projects::load(&root).unwrap() {
            let text = std::fs::read_to_string(root.join(&project.schema)).unwrap();
            let parsed = schema(&text);
            let once = normalised(&parsed, &descriptions(&parsed));
            let parsed = schema(&once);
            let twice = normalised(&parsed, &descriptions(&parsed));
            assert!(once == twice, "{}", project.name);
        }
    }

    #[test]
    fn descriptions_are_those_that_are_given() {
        let text = "\"Theirs.\" type Query { \"Theirs.\" a(\"Theirs.\" b: Int): Int }";
        let ours = schema("type Query { \"Ours.\" a(b: Int): Int }");
        insta::assert_snapshot!(normalised(&schema(text), &descriptions(&ours)), @r#"
        type Query {
          """Ours."""
          a(b: Int): Int
        }
        "#);
    }
}
