//! Shipped operations rest on evidence: nothing whose name is inferred, nothing that is deprecated.

use super::{Source, Verdict};
use apollo_compiler::ast::{Directive, Type, Value};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

/// A line that starts so, with a reason behind it, lets the operation of the file use what is deprecated.
const ALLOW_DEPRECATED: &str = "# allow deprecated:";

pub(super) fn check(
    source: &Source,
    document: &ExecutableDocument,
    schema: &Schema,
    verdict: &mut Verdict,
) {
    let allowed = source.text.lines().find_map(|line| {
        let reason = line.trim_start().strip_prefix(ALLOW_DEPRECATED)?.trim();
        (!reason.is_empty()).then_some(reason)
    });
    let mut review = Review {
        source,
        schema,
        allowed,
        verdict,
    };
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            let ty = variable.ty.inner_named_type();
            review.type_name(ty, variable.ty.location(), "the type of a variable");
            if let Some(value) = &variable.default_value {
                review.value(value, &variable.ty);
            }
        }
        review.selections(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        let condition = fragment.type_condition();
        review.type_name(
            condition,
            condition.location(),
            "the condition of a fragment",
        );
        review.selections(&fragment.selection_set);
    }
}

struct Review<'a> {
    source: &'a Source,
    schema: &'a Schema,
    /// Why the file may use what is deprecated, if it may.
    allowed: Option<&'a str>,
    verdict: &'a mut Verdict,
}

impl Review<'_> {
    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let what = format!("field `{}.{}`", set.ty, field.name);
                    self.member(&what, &field.definition.directives, field.name.location());
                    for argument in &field.arguments {
                        let Some(definition) = field.definition.argument_by_name(&argument.name)
                        else {
                            continue;
                        };
                        let what = format!(
                            "argument `{}` of `{}.{}`",
                            argument.name, set.ty, field.name
                        );
                        self.member(&what, &definition.directives, argument.name.location());
                        self.value(&argument.value, &definition.ty);
                    }
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    if let Some(condition) = &fragment.type_condition {
                        self.type_name(
                            condition,
                            condition.location(),
                            "the condition of a fragment",
                        );
                    }
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Literals name members of inputs and values of enums.
    fn value(&mut self, value: &Node<Value>, ty: &Type) {
        match &**value {
            Value::List(items) => items
                .iter()
                .for_each(|item| self.value(item, ty.item_type())),
            Value::Object(members) => {
                let Some(ExtendedType::InputObject(input)) =
                    self.schema.types.get(ty.inner_named_type())
                else {
                    return;
                };
                let input = input.clone();
                for (name, value) in members {
                    let Some(definition) = input.fields.get(name) else {
                        continue;
                    };
                    let what = format!("input member `{}.{name}`", input.name);
                    self.member(&what, &definition.directives, name.location());
                    self.value(value, &definition.ty);
                }
            }
            Value::Enum(name) => {
                let Some(ExtendedType::Enum(definition)) =
                    self.schema.types.get(ty.inner_named_type())
                else {
                    return;
                };
                let Some(value) = definition.values.get(name).cloned() else {
                    return;
                };
                let what = format!("enum value `{}.{name}`", definition.name);
                self.member(&what, &value.directives, name.location());
            }
            _ => {}
        }
    }

    fn member(&mut self, what: &str, directives: &[Node<Directive>], location: Option<SourceSpan>) {
        if infers_name(directives.iter().map(|it| &**it)) {
            self.verdict.problems.push(
                self.source
                    .problem(location, format!("{what} is inferred: no public source shows it under this name"))
                    .help("leave it out; when the vendor documents it, name the page in the schema and remove the mark"),
            );
        }
        let Some(deprecated) = directives.iter().find(|it| it.name == "deprecated") else {
            return;
        };
        let reason = deprecated
            .specified_argument_by_name("reason")
            .and_then(|it| it.as_str());
        let reason = reason.map(|it| format!(": {it}")).unwrap_or_default();
        match self.allowed {
            Some(allowed) => self.verdict.deprecated.push(format!(
                "{}: {what} is deprecated{reason}; allowed because {allowed}",
                self.source.path
            )),
            None => self.verdict.problems.push(
                self.source
                    .problem(location, format!("{what} is deprecated{reason}"))
                    .help(format!(
                        "use its successor, or write `{ALLOW_DEPRECATED} REASON` into the file"
                    )),
            ),
        }
    }

    fn type_name(&mut self, name: &Name, location: Option<SourceSpan>, place: &str) {
        let Some(definition) = self.schema.types.get(name) else {
            return;
        };
        if infers_name(definition.directives().iter().map(|it| &***it)) {
            self.verdict.problems.push(
                self.source
                    .problem(location, format!("`{name}` stands as {place}, but the server's name of that type is not known"))
                    .help("only the fields of such a type can be used, not its name; leave the variable or the condition out"),
            );
        }
    }
}

/// Whether `@inferred(what: …)` is there and lists `NAME`.
fn infers_name<'a>(mut directives: impl Iterator<Item = &'a Directive>) -> bool {
    directives.any(|directive| {
        directive.name == "inferred"
            && directive
                .specified_argument_by_name("what")
                .is_some_and(|what| match &**what {
                    Value::List(items) => items.iter().any(|item| is_name(item)),
                    _ => is_name(what),
                })
    })
}

fn is_name(value: &Value) -> bool {
    matches!(value, Value::Enum(what) if what == "NAME")
}
