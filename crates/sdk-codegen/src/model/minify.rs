//! The document as sent: no white space, no comments, only the fragments it reaches.

use std::collections::HashSet;

use crate::syntax::{
    Argument, Directive, Document, Field, Fragment, Operation, Selection, Value, ValueKind,
};

/// How the document is written.
pub(crate) struct Minify<'a> {
    pub(crate) document: &'a Document,
    /// Fields whose selection must open with `__typename`.
    pub(crate) typed: &'a HashSet<*const Field>,
    /// Writes named fragments in place, for servers that refuse them.
    pub(crate) inline_fragments: bool,
}

impl Minify<'_> {
    pub(crate) fn operation(&self, operation: &Operation) -> String {
        let mut out = operation.kind.keyword().to_owned();
        if let Some(name) = &operation.name {
            out.push(' ');
            out.push_str(&name.text);
        }
        if !operation.variables.is_empty() {
            out.push('(');
            for (index, variable) in operation.variables.iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                out.push_str(&format!("${}:{}", variable.name.text, variable.ty));
                if let Some(default) = &variable.default {
                    out.push('=');
                    value(&mut out, default);
                }
                directives(&mut out, &variable.directives);
            }
            out.push(')');
        }
        directives(&mut out, &operation.directives);
        self.selections(&mut out, &operation.selections, false);
        if !self.inline_fragments {
            let mut reached = Vec::new();
            self.reach(&operation.selections, &mut reached);
            for fragment in reached {
                out.push_str(&format!(
                    "fragment {} on {}",
                    fragment.name.text, fragment.condition.text
                ));
                directives(&mut out, &fragment.directives);
                self.selections(&mut out, &fragment.selections, false);
            }
        }
        out
    }

    fn reach<'d>(&'d self, selections: &'d [Selection], reached: &mut Vec<&'d Fragment>) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.reach(&field.selections, reached),
                Selection::Inline(inline) => self.reach(&inline.selections, reached),
                Selection::Spread(spread) => {
                    let Some(fragment) = self.fragment(&spread.name.text) else {
                        continue;
                    };
                    if !reached
                        .iter()
                        .any(|known| known.name.text == fragment.name.text)
                    {
                        reached.push(fragment);
                        self.reach(&fragment.selections, reached);
                    }
                }
            }
        }
    }

    fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.document.fragment(name)
    }

    fn selections(&self, out: &mut String, selections: &[Selection], typed: bool) {
        out.push('{');
        let opens_with_type_name = matches!(
            selections.first(),
            Some(Selection::Field(field)) if field.key() == "__typename" && field.directives.is_empty()
        );
        if typed && !opens_with_type_name {
            out.push_str("__typename");
        }
        for selection in selections {
            if !out.ends_with(['{', '}', ')', ']', '"'])
                && !matches!(selection, Selection::Inline(_) | Selection::Spread(_))
            {
                out.push(' ');
            }
            match selection {
                Selection::Field(field) => self.field(out, field),
                Selection::Inline(inline) => {
                    out.push_str("...");
                    if let Some(condition) = &inline.condition {
                        out.push_str("on ");
                        out.push_str(&condition.text);
                    }
                    directives(out, &inline.directives);
                    self.selections(out, &inline.selections, false);
                }
                Selection::Spread(spread) => match self.fragment(&spread.name.text) {
                    Some(fragment) if self.inline_fragments => {
                        out.push_str("...on ");
                        out.push_str(&fragment.condition.text);
                        directives(out, &spread.directives);
                        self.selections(out, &fragment.selections, false);
                    }
                    _ => {
                        out.push_str("...");
                        out.push_str(&spread.name.text);
                        directives(out, &spread.directives);
                    }
                },
            }
        }
        out.push('}');
    }

    fn field(&self, out: &mut String, field: &Field) {
        if let Some(alias) = &field.alias {
            out.push_str(&alias.text);
            out.push(':');
        }
        out.push_str(&field.name.text);
        arguments(out, &field.arguments);
        directives(out, &field.directives);
        if !field.selections.is_empty() {
            self.selections(
                out,
                &field.selections,
                self.typed.contains(&std::ptr::from_ref(field)),
            );
        }
    }
}

/// Arguments in canonical text, in the order they are written.
fn arguments(out: &mut String, arguments: &[Argument]) {
    if arguments.is_empty() {
        return;
    }
    out.push('(');
    entries(out, arguments);
    out.push(')');
}

fn entries(out: &mut String, arguments: &[Argument]) {
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 && !out.ends_with(['}', ']', '"']) {
            out.push(' ');
        }
        out.push_str(&argument.name.text);
        out.push(':');
        value(out, &argument.value);
    }
}

fn directives(out: &mut String, directives: &[Directive]) {
    for directive in directives {
        out.push('@');
        out.push_str(&directive.name.text);
        arguments(out, &directive.arguments);
    }
}

/// A literal in canonical text.
pub(crate) fn value(out: &mut String, literal: &Value) {
    match &literal.kind {
        ValueKind::Variable(name) => {
            out.push('$');
            out.push_str(&name.text);
        }
        ValueKind::Int(text)
        | ValueKind::Float(text)
        | ValueKind::String(text)
        | ValueKind::Enum(text) => {
            out.push_str(text);
        }
        ValueKind::Boolean(true) => out.push_str("true"),
        ValueKind::Boolean(false) => out.push_str("false"),
        ValueKind::Null => out.push_str("null"),
        ValueKind::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                value(out, item);
            }
            out.push(']');
        }
        ValueKind::Object(fields) => {
            out.push('{');
            entries(out, fields);
            out.push('}');
        }
    }
}
