//! Executable documents: operations and fragments.

use std::rc::Rc;

use apollo_parser::cst;

use super::{
    Document, Field, Fragment, Inline, Kind, Operation, Selection, Spread, Variable, read,
};
use crate::{error::Error, source::Source};

/// Parses one operation file.
pub(crate) fn parse_document(source: &Rc<Source>) -> Result<Document, Vec<Error>> {
    let mut document = Document::default();
    let mut errors = Vec::new();
    for definition in read::parse(source)?.definitions() {
        match definition {
            cst::Definition::OperationDefinition(node) => {
                document.operations.push(operation(source, &node));
            }
            cst::Definition::FragmentDefinition(node) => {
                document.fragments.extend(fragment(source, &node));
            }
            other => errors.push(
                Error::at(
                    source,
                    read::trimmed(source, &other),
                    "a type definition in an operation file",
                )
                .help("operation files hold one operation and its fragments; types belong in the schema"),
            ),
        }
    }
    if errors.is_empty() {
        Ok(document)
    } else {
        Err(errors)
    }
}

fn operation(source: &Source, node: &cst::OperationDefinition) -> Operation {
    let kind = node.operation_type().map_or(Kind::Query, |kind| {
        if kind.mutation_token().is_some() {
            Kind::Mutation
        } else if kind.subscription_token().is_some() {
            Kind::Subscription
        } else {
            Kind::Query
        }
    });
    let span = read::trimmed(source, node);
    Operation {
        kind,
        name: read::name(node.name()),
        comment: read::comment_above(source, span.start),
        variables: node
            .variable_definitions()
            .into_iter()
            .flat_map(|variables| variables.variable_definitions())
            .filter_map(|variable| {
                Some(Variable {
                    name: read::name(variable.variable()?.name())?,
                    ty: read::ty(variable.ty())?,
                    default: variable
                        .default_value()
                        .and_then(|default| read::value(source, default.value())),
                    directives: read::directives(source, variable.directives()),
                    comment: read::comment_above(source, read::span(&variable).start),
                })
            })
            .collect(),
        directives: read::directives(source, node.directives()),
        selections: selections(source, node.selection_set()),
        span,
    }
}

fn fragment(source: &Source, node: &cst::FragmentDefinition) -> Option<Fragment> {
    Some(Fragment {
        name: read::name(node.fragment_name()?.name())?,
        condition: read::named_type(node.type_condition()?.named_type())?,
        directives: read::directives(source, node.directives()),
        selections: selections(source, node.selection_set()),
    })
}

fn selections(source: &Source, node: Option<cst::SelectionSet>) -> Vec<Selection> {
    node.into_iter()
        .flat_map(|set| set.selections())
        .filter_map(|node| {
            Some(match node {
                cst::Selection::Field(field) => Selection::Field(Field {
                    alias: field.alias().and_then(|alias| read::name(alias.name())),
                    name: read::name(field.name())?,
                    arguments: read::arguments(source, field.arguments()),
                    directives: read::directives(source, field.directives()),
                    selections: selections(source, field.selection_set()),
                }),
                cst::Selection::FragmentSpread(spread) => Selection::Spread(Spread {
                    name: read::name(spread.fragment_name()?.name())?,
                    directives: read::directives(source, spread.directives()),
                }),
                cst::Selection::InlineFragment(inline) => Selection::Inline(Inline {
                    condition: inline
                        .type_condition()
                        .and_then(|condition| read::named_type(condition.named_type())),
                    directives: read::directives(source, inline.directives()),
                    selections: selections(source, inline.selection_set()),
                }),
            })
        })
        .collect()
}
