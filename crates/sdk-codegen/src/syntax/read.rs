//! What documents and schemas have in common: names, types, values, directives.

use std::rc::Rc;

use apollo_parser::{
    Parser,
    cst::{self, CstNode},
};

use super::{Argument, Directive, Name, Type, Value, ValueKind};
use crate::{
    error::Error,
    source::{Source, Span},
};

/// Nested selections, lists or input objects deeper than this are refused, so that no input can
/// exhaust the stack.
const MAX_DEPTH: usize = 200;

/// What follows the first few syntax errors is mostly their consequence.
const MAX_ERRORS: usize = 20;

/// Parses a source, or reports each syntax error at its place.
pub(super) fn parse(source: &Rc<Source>) -> Result<cst::Document, Vec<Error>> {
    let tree = Parser::new(&source.text).recursion_limit(MAX_DEPTH).parse();
    let errors: Vec<Error> = tree
        .errors()
        .take(MAX_ERRORS)
        .map(|error| {
            let start = error.index();
            let span = Span {
                start,
                end: start + error.data().len(),
            };
            Error::at(source, span, readable(error.message()))
        })
        .collect();
    if errors.is_empty() {
        Ok(tree.document())
    } else {
        Err(errors)
    }
}

/// The parser's message with its names of tokens replaced by the tokens.
fn readable(message: &str) -> String {
    const TOKENS: [(&str, &str); 14] = [
        ("L_CURLY", "`{`"),
        ("R_CURLY", "`}`"),
        ("L_PAREN", "`(`"),
        ("R_PAREN", "`)`"),
        ("L_BRACK", "`[`"),
        ("R_BRACK", "`]`"),
        ("SPREAD", "`...`"),
        ("COLON", "`:`"),
        ("BANG", "`!`"),
        ("DOLLAR", "`$`"),
        ("PIPE", "`|`"),
        ("EQ", "`=`"),
        ("AT", "`@`"),
        ("EOF", "the end of the file"),
    ];
    let words = message.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', '.']);
        match TOKENS.iter().find(|(name, _)| *name == bare) {
            Some((name, token)) => word.replace(name, token),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

pub(super) fn span(node: &impl CstNode) -> Span {
    let range = node.syntax().text_range();
    Span {
        start: range.start().into(),
        end: range.end().into(),
    }
}

/// The place of a node without the white space and comments the parser counts in at its end.
pub(super) fn trimmed(source: &Source, node: &impl CstNode) -> Span {
    let Span { start, end } = span(node);
    let text = source.text.get(start..end).unwrap_or_default();
    Span {
        start,
        end: start + text.trim_end().len(),
    }
}

pub(super) fn name(node: Option<cst::Name>) -> Option<Name> {
    let node = node?;
    let text = node.text().to_string();
    let start = span(&node).start;
    Some(Name {
        span: Span {
            start,
            end: start + text.len(),
        },
        text,
    })
}

pub(super) fn named_type(node: Option<cst::NamedType>) -> Option<Name> {
    name(node?.name())
}

pub(super) fn ty(node: Option<cst::Type>) -> Option<Type> {
    Some(match node? {
        cst::Type::NamedType(node) => Type::Named(named_type(Some(node))?),
        cst::Type::ListType(node) => Type::List(Box::new(ty(node.ty())?)),
        cst::Type::NonNullType(node) => {
            let inner = match (node.named_type(), node.list_type()) {
                (Some(named), _) => Type::Named(named_type(Some(named))?),
                (None, Some(list)) => Type::List(Box::new(ty(list.ty())?)),
                (None, None) => return None,
            };
            Type::NonNull(Box::new(inner))
        }
    })
}

pub(super) fn value(source: &Source, node: Option<cst::Value>) -> Option<Value> {
    let node = node?;
    let place = trimmed(source, &node);
    let text = || {
        source
            .text
            .get(place.start..place.end)
            .unwrap_or_default()
            .to_owned()
    };
    let kind = match &node {
        cst::Value::Variable(variable) => ValueKind::Variable(name(variable.name())?),
        cst::Value::StringValue(_) => ValueKind::String(first_token(&node)?),
        cst::Value::FloatValue(_) => ValueKind::Float(first_token(&node)?),
        cst::Value::IntValue(_) => ValueKind::Int(first_token(&node)?),
        cst::Value::BooleanValue(boolean) => ValueKind::Boolean(boolean.true_token().is_some()),
        cst::Value::NullValue(_) => ValueKind::Null,
        cst::Value::EnumValue(value) => {
            ValueKind::Enum(name(value.name()).map_or_else(text, |name| name.text))
        }
        cst::Value::ListValue(list) => ValueKind::List(
            list.values()
                .filter_map(|item| value(source, Some(item)))
                .collect(),
        ),
        cst::Value::ObjectValue(object) => ValueKind::Object(
            object
                .object_fields()
                .filter_map(|field| {
                    Some(Argument {
                        name: name(field.name())?,
                        value: value(source, field.value())?,
                    })
                })
                .collect(),
        ),
    };
    Some(Value { kind, span: place })
}

/// The text of a scalar literal; what follows it in the node is white space or a comment.
fn first_token(node: &cst::Value) -> Option<String> {
    Some(node.syntax().first_token()?.text().to_owned())
}

pub(super) fn arguments(source: &Source, node: Option<cst::Arguments>) -> Vec<Argument> {
    node.into_iter()
        .flat_map(|arguments| arguments.arguments())
        .filter_map(|argument| {
            Some(Argument {
                name: name(argument.name())?,
                value: value(source, argument.value())?,
            })
        })
        .collect()
}

pub(super) fn directives(source: &Source, node: Option<cst::Directives>) -> Vec<Directive> {
    node.into_iter()
        .flat_map(|directives| directives.directives())
        .filter_map(|directive| {
            Some(Directive {
                name: name(directive.name())?,
                arguments: arguments(source, directive.arguments()),
            })
        })
        .collect()
}

/// The text of a description, or nothing.
pub(super) fn description(node: Option<cst::Description>) -> String {
    node.and_then(|description| description.string_value())
        .map(String::from)
        .unwrap_or_default()
}

/// The comment lines right above `start`, without their `#`; nothing for what does not open its line.
pub(super) fn comment_above(source: &Source, start: usize) -> String {
    let before = source.text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let (above, indent) = before.split_at(line_start);
    if !indent.trim().is_empty() {
        return String::new();
    }
    let mut lines: Vec<&str> = above
        .lines()
        .rev()
        .map_while(|line| line.trim().strip_prefix('#'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.reverse();
    lines.join("\n").trim().to_owned()
}
