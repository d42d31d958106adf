//! Schema documents: type definitions and extensions.

use std::rc::Rc;

use apollo_parser::cst;

use super::{EnumValue, FieldDefinition, InputValue, Kind, Name, SchemaItem, TypeBody, read};
use crate::{error::Error, source::Source};

/// Parses a schema.
pub(crate) fn parse_schema(source: &Rc<Source>) -> Result<Vec<SchemaItem>, Vec<Error>> {
    let document = read::parse(source)?;
    Ok(document
        .definitions()
        .filter_map(|definition| item(source, definition))
        .collect())
}

fn item(source: &Source, definition: cst::Definition) -> Option<SchemaItem> {
    use cst::Definition as D;
    let extension = definition.is_extension_definition();
    let type_name = definition.name();
    let (description, directives, body) = match definition {
        D::SchemaDefinition(node) => {
            return Some(SchemaItem::Roots(roots(
                node.root_operation_type_definitions(),
            )));
        }
        D::SchemaExtension(node) => {
            return Some(SchemaItem::Roots(roots(
                node.root_operation_type_definitions(),
            )));
        }
        D::DirectiveDefinition(node) => {
            return Some(SchemaItem::Directive {
                name: read::name(node.name())?,
                arguments: arguments(source, node.arguments_definition()),
            });
        }
        D::OperationDefinition(_) | D::FragmentDefinition(_) => return None,
        D::ScalarTypeDefinition(node) => (node.description(), node.directives(), TypeBody::Scalar),
        D::ScalarTypeExtension(node) => (None, node.directives(), TypeBody::Scalar),
        D::ObjectTypeDefinition(node) => (
            node.description(),
            node.directives(),
            TypeBody::Object {
                interfaces: interfaces(node.implements_interfaces()),
                fields: fields(source, node.fields_definition()),
            },
        ),
        D::ObjectTypeExtension(node) => (
            None,
            node.directives(),
            TypeBody::Object {
                interfaces: interfaces(node.implements_interfaces()),
                fields: fields(source, node.fields_definition()),
            },
        ),
        D::InterfaceTypeDefinition(node) => (
            node.description(),
            node.directives(),
            TypeBody::Interface {
                interfaces: interfaces(node.implements_interfaces()),
                fields: fields(source, node.fields_definition()),
            },
        ),
        D::InterfaceTypeExtension(node) => (
            None,
            node.directives(),
            TypeBody::Interface {
                interfaces: interfaces(node.implements_interfaces()),
                fields: fields(source, node.fields_definition()),
            },
        ),
        D::UnionTypeDefinition(node) => (
            node.description(),
            node.directives(),
            TypeBody::Union {
                members: members(node.union_member_types()),
            },
        ),
        D::UnionTypeExtension(node) => (
            None,
            node.directives(),
            TypeBody::Union {
                members: members(node.union_member_types()),
            },
        ),
        D::EnumTypeDefinition(node) => (
            node.description(),
            node.directives(),
            TypeBody::Enum {
                values: values(source, node.enum_values_definition()),
            },
        ),
        D::EnumTypeExtension(node) => (
            None,
            node.directives(),
            TypeBody::Enum {
                values: values(source, node.enum_values_definition()),
            },
        ),
        D::InputObjectTypeDefinition(node) => (
            node.description(),
            node.directives(),
            TypeBody::Input {
                fields: input_fields(source, node.input_fields_definition()),
            },
        ),
        D::InputObjectTypeExtension(node) => (
            None,
            node.directives(),
            TypeBody::Input {
                fields: input_fields(source, node.input_fields_definition()),
            },
        ),
    };
    Some(SchemaItem::Type {
        name: read::name(type_name)?,
        description: read::description(description),
        directives: read::directives(source, directives),
        body,
        extension,
    })
}

fn roots(nodes: cst::CstChildren<cst::RootOperationTypeDefinition>) -> Vec<(Kind, Name)> {
    nodes
        .filter_map(|root| {
            let operation = root.operation_type()?;
            let kind = if operation.mutation_token().is_some() {
                Kind::Mutation
            } else if operation.subscription_token().is_some() {
                Kind::Subscription
            } else {
                Kind::Query
            };
            Some((kind, read::named_type(root.named_type())?))
        })
        .collect()
}

fn interfaces(node: Option<cst::ImplementsInterfaces>) -> Vec<Name> {
    node.into_iter()
        .flat_map(|interfaces| interfaces.named_types())
        .filter_map(|node| read::named_type(Some(node)))
        .collect()
}

fn members(node: Option<cst::UnionMemberTypes>) -> Vec<Name> {
    node.into_iter()
        .flat_map(|members| members.named_types())
        .filter_map(|node| read::named_type(Some(node)))
        .collect()
}

fn fields(source: &Source, node: Option<cst::FieldsDefinition>) -> Vec<FieldDefinition> {
    node.into_iter()
        .flat_map(|fields| fields.field_definitions())
        .filter_map(|field| {
            Some(FieldDefinition {
                name: read::name(field.name())?,
                description: read::description(field.description()),
                arguments: arguments(source, field.arguments_definition()),
                ty: read::ty(field.ty())?,
                directives: read::directives(source, field.directives()),
            })
        })
        .collect()
}

fn arguments(source: &Source, node: Option<cst::ArgumentsDefinition>) -> Vec<InputValue> {
    node.into_iter()
        .flat_map(|arguments| arguments.input_value_definitions())
        .filter_map(|value| input_value(source, &value))
        .collect()
}

fn input_fields(source: &Source, node: Option<cst::InputFieldsDefinition>) -> Vec<InputValue> {
    node.into_iter()
        .flat_map(|fields| fields.input_value_definitions())
        .filter_map(|value| input_value(source, &value))
        .collect()
}

fn input_value(source: &Source, node: &cst::InputValueDefinition) -> Option<InputValue> {
    Some(InputValue {
        name: read::name(node.name())?,
        description: read::description(node.description()),
        ty: read::ty(node.ty())?,
        default: node
            .default_value()
            .and_then(|default| read::value(source, default.value())),
        directives: read::directives(source, node.directives()),
    })
}

fn values(source: &Source, node: Option<cst::EnumValuesDefinition>) -> Vec<EnumValue> {
    node.into_iter()
        .flat_map(|values| values.enum_value_definitions())
        .filter_map(|value| {
            Some(EnumValue {
                name: read::name(value.enum_value()?.name())?,
                description: read::description(value.description()),
                directives: read::directives(source, value.directives()),
            })
        })
        .collect()
}
