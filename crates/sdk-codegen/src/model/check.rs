//! Light validation: everything that would make the generated Rust wrong or the server refuse.
//!
//! It is close to the specification's rules and needs no validation library in users' builds; the
//! repository's own tests run a full validator over the same documents.

mod extent;
mod suggest;
mod values;

use std::{collections::BTreeSet, fmt, rc::Rc};

use super::{Schema, overlap, schema::InputField};
use crate::{
    error::Error,
    source::{Source, Span},
    syntax::{
        Argument, Directive, Document, Field, Fragment, Name, Operation, Selection, Variable,
    },
};
use suggest::did_you_mean;

/// More errors of one file than this help nobody.
const MAX_ERRORS: usize = 50;

/// Checks one file's operation and fragments; no errors means it can be resolved.
pub(crate) fn check(
    schema: &Schema,
    source: &Rc<Source>,
    document: &Document,
    operation: &Operation,
) -> Vec<Error> {
    let mut check = Check {
        schema,
        source,
        document,
        variables: &operation.variables,
        used: BTreeSet::new(),
        errors: Vec::new(),
    };
    check.fragments(operation);
    if check.errors.is_empty() {
        check.errors = extent::check(source, document, operation);
    }
    if !check.errors.is_empty() {
        return check.errors;
    }
    check.operation(operation);
    if check.errors.is_empty() {
        check.errors = overlap::check(schema, source, document, operation);
    }
    check.errors
}

/// What takes arguments, or has input fields.
enum Owner<'a> {
    Field(&'a str, &'a str),
    Directive(&'a str),
    Input(&'a str),
}

impl Owner<'_> {
    /// What its parts are called.
    fn part(&self) -> &'static str {
        match self {
            Self::Field(..) | Self::Directive(_) => "argument",
            Self::Input(_) => "field",
        }
    }
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(ty, field) => write!(f, "`{ty}.{field}`"),
            Self::Directive(name) => write!(f, "`@{name}`"),
            Self::Input(ty) => write!(f, "`{ty}`"),
        }
    }
}

struct Check<'a> {
    schema: &'a Schema,
    source: &'a Rc<Source>,
    document: &'a Document,
    variables: &'a [Variable],
    used: BTreeSet<&'a str>,
    errors: Vec<Error>,
}

impl<'a> Check<'a> {
    /// Adds an error, unless there are enough of them to read already.
    fn push(&mut self, error: impl FnOnce() -> Error) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error());
        }
    }

    fn error(&mut self, span: Span, message: String) {
        let source = self.source;
        self.push(|| Error::at(source, span, message));
    }

    /// An error with its remedy.
    fn error_help(&mut self, span: Span, message: String, help: impl Into<String>) {
        let source = self.source;
        self.push(|| Error::at(source, span, message).help(help));
    }

    /// An error about a name, with the known name that is most like it.
    fn unknown<'n>(&mut self, name: &Name, message: String, known: impl Iterator<Item = &'n str>) {
        let source = self.source;
        self.push(|| {
            let error = Error::at(source, name.span, message);
            match did_you_mean(&name.text, known) {
                Some(help) => error.help(help),
                None => error,
            }
        });
    }

    /// Fragments by themselves: known, used, on composite types, defined once, and not in circles.
    fn fragments(&mut self, operation: &'a Operation) {
        let mut reached = BTreeSet::new();
        let mut trail = Vec::new();
        if let Err(place) = self.follow(&operation.selections, &mut reached, &mut trail, 0) {
            let error = extent::too_deep(self.source, place);
            return self.push(|| error);
        }
        let mut names = BTreeSet::new();
        for fragment in &self.document.fragments {
            let Name { text, span } = &fragment.name;
            if !names.insert(text) {
                self.error(*span, format!("fragment `{text}` is defined twice"));
            } else if !reached.contains(text.as_str()) {
                self.error_help(
                    *span,
                    format!("fragment `{text}` is not used"),
                    format!("spread it with `...{text}`, or remove it"),
                );
            }
        }
    }

    /// Follows spreads from the operation; reports unknown fragments and circles, and gives the place
    /// where it is too deep to go on.
    fn follow(
        &mut self,
        selections: &'a [Selection],
        reached: &mut BTreeSet<&'a str>,
        trail: &mut Vec<&'a str>,
        depth: usize,
    ) -> Result<(), Span> {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let below = extent::below(depth, field.name.span)?;
                    self.follow(&field.selections, reached, trail, below)?;
                }
                Selection::Inline(inline) => {
                    let place = inline.condition.as_ref().map(|name| name.span);
                    let below = extent::below(depth, place.unwrap_or_default())?;
                    self.follow(&inline.selections, reached, trail, below)?;
                }
                Selection::Spread(spread) => {
                    let name = spread.name.text.as_str();
                    if trail.contains(&name) {
                        self.error_help(
                            spread.name.span,
                            format!("fragment `{name}` contains itself"),
                            "spell the levels out: a selection has a fixed depth",
                        );
                        continue;
                    }
                    let Some(fragment) = self.fragment(name) else {
                        let document = self.document;
                        let known = document.fragments.iter().map(|f| f.name.text.as_str());
                        self.unknown(
                            &spread.name,
                            format!("no fragment `{name}` in this file"),
                            known,
                        );
                        continue;
                    };
                    if reached.insert(name) {
                        let below = extent::below(depth, spread.name.span)?;
                        trail.push(name);
                        self.follow(&fragment.selections, reached, trail, below)?;
                        trail.pop();
                    }
                }
            }
        }
        Ok(())
    }

    fn fragment(&self, name: &str) -> Option<&'a Fragment> {
        self.document.fragment(name)
    }

    fn operation(&mut self, operation: &'a Operation) {
        for (index, variable) in operation.variables.iter().enumerate() {
            self.variable(
                variable,
                operation.variables.get(..index).unwrap_or_default(),
            );
        }
        self.directives(&operation.directives);
        match self.schema.root(operation.kind) {
            Some(root) => self.selections(root, &operation.selections),
            None => {
                let span = operation
                    .name
                    .as_ref()
                    .map_or(operation.span, |name| name.span);
                let kind = operation.kind.keyword();
                self.error(span, format!("the schema has no {kind} type"));
            }
        }
        for fragment in &self.document.fragments {
            self.directives(&fragment.directives);
            if self.condition(&fragment.condition, None) {
                self.selections(&fragment.condition.text, &fragment.selections);
            }
        }
        for variable in &operation.variables {
            let name = variable.name.text.as_str();
            if !self.used.contains(name) {
                self.error_help(
                    variable.name.span,
                    format!("variable `${name}` is not used"),
                    "pass it to an argument, or remove it",
                );
            }
        }
    }

    fn variable(&mut self, variable: &'a Variable, earlier: &[Variable]) {
        let Name { text, span } = &variable.name;
        if earlier.iter().any(|other| other.name.text == *text) {
            self.error(*span, format!("variable `${text}` is declared twice"));
        }
        let ty = variable.ty.name();
        if self.schema.get(&ty.text).is_none() {
            let schema = self.schema;
            let known = schema
                .types()
                .map(|def| def.name.as_str())
                .filter(|name| schema.is_input(name));
            self.unknown(ty, format!("the schema has no type `{}`", ty.text), known);
        } else if !self.schema.is_input(&ty.text) {
            self.error_help(
                ty.span,
                format!("`{}` is a type of the response, not of a variable", ty.text),
                "a variable is a scalar, an enum or an input object",
            );
        } else if let Some(default) = &variable.default {
            self.value(default, &variable.ty, false);
        }
        self.directives(&variable.directives);
    }

    fn selections(&mut self, ty: &str, selections: &'a [Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(ty, field),
                Selection::Inline(inline) => {
                    self.directives(&inline.directives);
                    let condition = inline.condition.as_ref();
                    if condition.is_none_or(|condition| self.condition(condition, Some(ty))) {
                        let ty = condition.map_or(ty, |condition| &condition.text);
                        self.selections(ty, &inline.selections);
                    }
                }
                Selection::Spread(spread) => {
                    self.directives(&spread.directives);
                    if let Some(fragment) = self.fragment(&spread.name.text) {
                        self.can_apply(spread.name.span, &fragment.condition.text, ty);
                    }
                }
            }
        }
    }

    /// True when the condition names a type that can hold here.
    fn condition(&mut self, condition: &Name, within: Option<&str>) -> bool {
        let name = condition.text.as_str();
        if self.schema.get(name).is_none() {
            let schema = self.schema;
            let known = schema
                .types()
                .map(|def| def.name.as_str())
                .filter(|name| schema.is_composite(name));
            self.unknown(condition, format!("the schema has no type `{name}`"), known);
            return false;
        }
        if !self.schema.is_composite(name) {
            self.error_help(
                condition.span,
                format!("`{name}` has no fields to select"),
                "a condition names an object, interface or union",
            );
            return false;
        }
        within.is_none_or(|ty| self.can_apply(condition.span, name, ty))
    }

    /// Reports a condition that no object of the selected type can meet.
    fn can_apply(&mut self, span: Span, condition: &str, ty: &str) -> bool {
        let possible = self.schema.possible(ty);
        let apply = self
            .schema
            .possible(condition)
            .iter()
            .any(|name| possible.contains(name));
        if !apply && self.schema.get(condition).is_some() {
            self.error_help(
                span,
                format!("no `{ty}` is ever of type `{condition}`"),
                "select on a type that this field can return",
            );
        }
        apply
    }

    fn field(&mut self, ty: &str, field: &'a Field) {
        self.directives(&field.directives);
        let name = field.name.text.as_str();
        if name == "__typename" {
            if let Some(argument) = field.arguments.first() {
                self.error(
                    argument.name.span,
                    "`__typename` takes no arguments".to_owned(),
                );
            }
            return;
        }
        let alias = field
            .alias
            .as_ref()
            .filter(|alias| alias.text.starts_with("__"));
        if let Some(alias) = alias {
            self.error_help(
                alias.span,
                format!("the alias `{}` starts with two underscores", alias.text),
                "such names belong to GraphQL itself",
            );
        }
        let schema = self.schema;
        let Some(def) = schema.field(ty, name) else {
            let known = schema.fields(ty).iter().map(|field| field.name.as_str());
            self.unknown(&field.name, format!("`{ty}` has no field `{name}`"), known);
            return;
        };
        self.arguments(
            &Owner::Field(ty, name),
            field.name.span,
            &field.arguments,
            &def.arguments,
        );
        let of = &def.ty.name().text;
        if schema.is_leaf(of) {
            if !field.selections.is_empty() {
                self.error_help(
                    field.name.span,
                    format!("`{name}` is of type `{of}`, which has no fields"),
                    "remove the braces behind it",
                );
            }
        } else if field.selections.is_empty() {
            let fields: Vec<&str> = schema
                .fields(of)
                .iter()
                .take(3)
                .map(|field| field.name.as_str())
                .collect();
            self.error_help(
                field.name.span,
                format!("`{name}` is of type `{of}`: which of its fields?"),
                format!("select some, such as `{name} {{ {} }}`", fields.join(" ")),
            );
        } else {
            self.selections(of, &field.selections);
        }
    }

    fn arguments(
        &mut self,
        owner: &Owner<'_>,
        span: Span,
        given: &'a [Argument],
        known: &[InputField],
    ) {
        for (index, argument) in given.iter().enumerate() {
            let Name { text, span } = &argument.name;
            if given
                .iter()
                .take(index)
                .any(|other| other.name.text == *text)
            {
                self.error(*span, format!("{} `{text}` is given twice", owner.part()));
            }
            match known.iter().find(|known| known.name == *text) {
                Some(known) => self.value(&argument.value, &known.ty, known.default.is_some()),
                None => {
                    let names = known.iter().map(|known| known.name.as_str());
                    self.unknown(
                        &argument.name,
                        format!("{owner} has no {} `{text}`", owner.part()),
                        names,
                    );
                }
            }
        }
        for required in known.iter().filter(|known| known.is_required()) {
            if !given
                .iter()
                .any(|argument| argument.name.text == required.name)
            {
                self.error_help(
                    span,
                    format!("{owner} needs the {} `{}`", owner.part(), required.name),
                    format!("its type is `{}`", required.ty),
                );
            }
        }
    }

    fn directives(&mut self, directives: &'a [Directive]) {
        for directive in directives {
            let Name { text, span } = &directive.name;
            let built_in = ["skip", "include"].contains(&text.as_str());
            let condition = [InputField::condition()];
            let known = if built_in {
                Some(condition.as_slice())
            } else {
                self.schema.directive(text)
            };
            match known {
                Some(known) => {
                    self.arguments(&Owner::Directive(text), *span, &directive.arguments, known)
                }
                None => {
                    self.unknown(
                        &directive.name,
                        format!("the schema has no directive `@{text}`"),
                        ["skip", "include"].into_iter(),
                    );
                }
            }
        }
    }
}
