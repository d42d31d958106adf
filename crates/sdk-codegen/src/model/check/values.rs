//! Values in argument position: literals and variables against the type that is expected.

use super::{Check, Owner};
use crate::{
    model::{TypeKind, schema::InputField},
    syntax::{Argument, Name, Type, Value, ValueKind, Variable},
};

impl InputField {
    /// The argument of `@skip` and `@include`.
    pub(super) fn condition() -> Self {
        let boolean = Name {
            text: "Boolean".to_owned(),
            ..Name::default()
        };
        Self {
            name: "if".to_owned(),
            description: String::new(),
            ty: Type::NonNull(Box::new(Type::Named(boolean))),
            default: None,
            deprecated: None,
            evidence: crate::model::Evidence::default(),
        }
    }
}

impl<'a> Check<'a> {
    /// Checks a value; `has_default` is whether the place it goes to has a default of its own.
    pub(super) fn value(&mut self, value: &'a Value, ty: &Type, has_default: bool) {
        match (&value.kind, ty) {
            (ValueKind::Variable(name), _) => self.variable_use(name, ty, has_default),
            (ValueKind::Null, Type::NonNull(_)) => {
                self.error(value.span, format!("`null` where `{ty}` is required"));
            }
            (ValueKind::Null, _) => {}
            (_, Type::NonNull(inner)) => self.value(value, inner, has_default),
            (ValueKind::List(items), Type::List(item)) => {
                for value in items {
                    self.value(value, item, false);
                }
            }
            // A single value stands for a list of one.
            (_, Type::List(item)) => self.value(value, item, false),
            (_, Type::Named(name)) => self.named_value(value, &name.text),
        }
    }

    fn named_value(&mut self, value: &'a Value, ty: &str) {
        let schema = self.schema;
        let fits = match (schema.get(ty).map(|def| &def.kind), &value.kind) {
            (Some(TypeKind::Input(input)), ValueKind::Object(fields)) => {
                return self.object(value, ty, fields, &input.fields, input.one_of);
            }
            (Some(TypeKind::Enum(values)), ValueKind::Enum(text)) => {
                if !values.values.iter().any(|known| known.name == *text) {
                    let known = values.values.iter().map(|value| value.name.as_str());
                    let name = Name {
                        text: text.clone(),
                        span: value.span,
                    };
                    self.unknown(&name, format!("`{ty}` has no value `{text}`"), known);
                }
                return;
            }
            (Some(TypeKind::Scalar), kind) => match (ty, kind) {
                ("Int", ValueKind::Int(text)) => text.parse::<i32>().is_ok(),
                ("Float", ValueKind::Int(_) | ValueKind::Float(_))
                | ("String", ValueKind::String(_))
                | ("Boolean", ValueKind::Boolean(_))
                | ("ID", ValueKind::Int(_) | ValueKind::String(_)) => true,
                ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
                _ => true,
            },
            _ => false,
        };
        if !fits {
            self.error(value.span, format!("this is not of type `{ty}`"));
        }
    }

    fn object(
        &mut self,
        value: &'a Value,
        ty: &str,
        given: &'a [Argument],
        known: &[InputField],
        one_of: bool,
    ) {
        self.arguments(&Owner::Input(ty), value.span, given, known);
        if one_of && given.len() != 1 {
            self.error(
                value.span,
                format!("`{ty}` takes exactly one of its fields"),
            );
        }
    }

    fn variable_use(&mut self, name: &'a Name, ty: &Type, has_default: bool) {
        let Some(variable) = self
            .variables
            .iter()
            .find(|variable| variable.name.text == name.text)
        else {
            self.error_help(
                name.span,
                format!("variable `${}` is not declared", name.text),
                format!("declare it with the operation: `${}: {ty}`", name.text),
            );
            return;
        };
        self.used.insert(&name.text);
        let known = self.schema.is_input(&variable.ty.name().text);
        if known && !variable_fits(variable, ty, has_default) {
            let message = format!(
                "`${}` is of type `{}`, and `{ty}` is expected",
                name.text, variable.ty
            );
            self.error_help(
                name.span,
                message,
                format!("declare it as `${}: {ty}`", name.text),
            );
        }
    }
}

/// The specification's rule for variables in argument position ("All Variable Usages Are Allowed").
fn variable_fits(variable: &Variable, ty: &Type, has_default: bool) -> bool {
    if let (Type::NonNull(expected), false) = (ty, variable.ty.is_non_null()) {
        let own_default = variable
            .default
            .as_ref()
            .is_some_and(|default| !matches!(default.kind, ValueKind::Null));
        return (own_default || has_default) && fits(&variable.ty, expected);
    }
    fits(&variable.ty, ty)
}

fn fits(given: &Type, expected: &Type) -> bool {
    match (given, expected) {
        (Type::NonNull(given), Type::NonNull(expected)) => fits(given, expected),
        (_, Type::NonNull(_)) => false,
        (Type::NonNull(given), expected) => fits(given, expected),
        (Type::List(given), Type::List(expected)) => fits(given, expected),
        (Type::Named(given), Type::Named(expected)) => given.text == expected.text,
        _ => false,
    }
}
