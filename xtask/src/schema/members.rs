//! Everything that a schema defines, by schema coordinate.

use apollo_compiler::ast::{Directive, InputValueDefinition, Type};
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Node, Schema};

/// One definition: a type, a field, an argument, a member of an input, a value of an enum.
#[derive(Debug)]
pub(crate) struct Member {
    /// Such as `Query.findings(first:)`.
    pub(crate) coordinate: String,
    pub(crate) description: Option<Node<str>>,
    pub(crate) directives: Vec<Node<Directive>>,
    /// What it holds; none for types and values of enums.
    pub(crate) ty: Option<Type>,
}

/// All of a schema's own, built-in ones left out, in the order of the schema.
pub(crate) fn all(schema: &Schema) -> Vec<Member> {
    let mut members = Vec::new();
    for (name, definition) in &schema.types {
        if definition.is_built_in() {
            continue;
        }
        members.push(Member {
            coordinate: name.to_string(),
            description: definition.description().cloned(),
            directives: definition
                .directives()
                .0
                .iter()
                .map(|it| it.node.clone())
                .collect(),
            ty: None,
        });
        match definition {
            ExtendedType::Object(it) => fields(name, it.fields.values(), &mut members),
            ExtendedType::Interface(it) => fields(name, it.fields.values(), &mut members),
            ExtendedType::InputObject(it) => {
                let inputs = it.fields.values();
                members.extend(inputs.map(|it| input(format!("{name}.{}", it.name), it)));
            }
            ExtendedType::Enum(it) => members.extend(it.values.values().map(|it| Member {
                coordinate: format!("{name}.{}", it.value),
                description: it.description.clone(),
                directives: it.directives.iter().cloned().collect(),
                ty: None,
            })),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }
    for (name, definition) in &schema.directive_definitions {
        if definition.is_built_in() {
            continue;
        }
        members.push(Member {
            coordinate: format!("@{name}"),
            description: definition.description.clone(),
            directives: Vec::new(),
            ty: None,
        });
        let arguments = definition.arguments.iter();
        members.extend(arguments.map(|it| input(format!("@{name}({}:)", it.name), it)));
    }
    members
}

fn fields<'a>(
    owner: &Name,
    fields: impl Iterator<Item = &'a Component<FieldDefinition>>,
    members: &mut Vec<Member>,
) {
    for field in fields {
        let coordinate = format!("{owner}.{}", field.name);
        for argument in &field.arguments {
            members.push(input(format!("{coordinate}({}:)", argument.name), argument));
        }
        members.push(Member {
            coordinate,
            description: field.description.clone(),
            directives: field.directives.iter().cloned().collect(),
            ty: Some(field.ty.clone()),
        });
    }
}

fn input(coordinate: String, definition: &InputValueDefinition) -> Member {
    Member {
        coordinate,
        description: definition.description.clone(),
        directives: definition.directives.iter().cloned().collect(),
        ty: Some((*definition.ty).clone()),
    }
}
