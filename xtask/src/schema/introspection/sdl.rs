//! From the answer to SDL.

use super::answer::{self, Directive, Fault, Field, Input, Root, Schema, Type, TypeRef};
use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, Selection};
use std::fmt::Write as _;

/// Scalars that every schema has.
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// Directives that every schema has, as far as the parser of SDL knows them.
const KNOWN: [&str; 4] = ["include", "skip", "deprecated", "specifiedBy"];

/// SDL of the schema in the answer to an introspection query. It is not validated yet.
pub(crate) fn sdl(text: &str) -> Result<String, Fault> {
    let schema = answer::read(text)?;
    let mut sdl = String::new();
    head(&schema, &mut sdl)?;
    for directive in schema.directives.iter().flatten() {
        if !KNOWN.contains(&directive.name.as_str()) {
            one_directive(directive, &mut sdl)?;
        }
    }
    for ty in &schema.types {
        let own = !BUILT_IN.contains(&ty.name.as_str()) && !ty.name.starts_with("__");
        if own {
            one_type(ty, &mut sdl)?;
        }
    }
    Ok(sdl)
}

fn impossible(place: &str, what: impl Into<String>) -> Fault {
    Fault::Impossible {
        place: place.to_owned(),
        what: what.into(),
    }
}

/// A name as it is, or a fault: nothing else comes into the text as it is on the wire.
fn name<'a>(name: &'a str, place: &str) -> Result<&'a str, Fault> {
    match Name::is_valid_syntax(name) {
        true => Ok(name),
        false => Err(impossible(place, format!("has `{name}` for a name"))),
    }
}

fn described(description: Option<&str>, indent: &str, sdl: &mut String) {
    if let Some(text) = description.filter(|it| !it.is_empty()) {
        let _ = writeln!(sdl, "{indent}{}", string(text));
    }
}

/// A string of GraphQL: JSON escapes the same characters in the same way.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn deprecated(is: Option<bool>, reason: Option<&str>) -> String {
    match (is, reason) {
        (Some(true), Some(reason)) => format!(" @deprecated(reason: {})", string(reason)),
        (Some(true), None) => " @deprecated".to_owned(),
        _ => String::new(),
    }
}

fn head(schema: &Schema, sdl: &mut String) -> Result<(), Fault> {
    described(schema.description.as_deref(), "", sdl);
    sdl.push_str("schema {\n");
    for (kind, root) in [
        ("query", &schema.query_type),
        ("mutation", &schema.mutation_type),
        ("subscription", &schema.subscription_type),
    ] {
        if let Some(Root { name: root }) = root {
            let _ = writeln!(sdl, "  {kind}: {}", name(root, "a root type")?);
        }
    }
    sdl.push_str("}\n");
    Ok(())
}

fn one_directive(directive: &Directive, sdl: &mut String) -> Result<(), Fault> {
    let place = format!("@{}", directive.name);
    described(directive.description.as_deref(), "", sdl);
    let _ = write!(sdl, "directive @{}", name(&directive.name, &place)?);
    arguments(&place, directive.args.as_deref(), sdl)?;
    let repeatable = match directive.is_repeatable {
        Some(true) => " repeatable",
        _ => "",
    };
    let _ = write!(sdl, "{repeatable} on ");
    for (index, location) in directive.locations.iter().enumerate() {
        let separator = if index == 0 { "" } else { " | " };
        let _ = write!(sdl, "{separator}{}", name(location, &place)?);
    }
    sdl.push('\n');
    Ok(())
}

fn one_type(ty: &Type, sdl: &mut String) -> Result<(), Fault> {
    let own = name(&ty.name, "a type")?;
    described(ty.description.as_deref(), "", sdl);
    match ty.kind.as_str() {
        "SCALAR" => {
            let _ = write!(sdl, "scalar {own}");
            if let Some(url) = &ty.specified_by_url {
                let _ = write!(sdl, " @specifiedBy(url: {})", string(url));
            }
        }
        "OBJECT" => fields("type", own, ty, sdl)?,
        "INTERFACE" => fields("interface", own, ty, sdl)?,
        "UNION" => {
            let _ = write!(sdl, "union {own}");
            list(" = ", " | ", own, ty.possible_types.as_deref(), sdl)?;
        }
        "ENUM" => {
            let _ = writeln!(sdl, "enum {own} {{");
            for value in ty.enum_values.iter().flatten() {
                described(value.description.as_deref(), "  ", sdl);
                let mark = deprecated(value.is_deprecated, value.deprecation_reason.as_deref());
                let _ = writeln!(sdl, "  {}{mark}", name(&value.name, own)?);
            }
            sdl.push('}');
        }
        "INPUT_OBJECT" => {
            let one_of = match ty.is_one_of {
                Some(true) => " @oneOf",
                _ => "",
            };
            let _ = writeln!(sdl, "input {own}{one_of} {{");
            for field in ty.input_fields.iter().flatten() {
                one_input(&format!("{own}.{}", field.name), field, sdl)?;
            }
            sdl.push('}');
        }
        other => return Err(impossible(own, format!("is of the unknown kind `{other}`"))),
    }
    sdl.push('\n');
    Ok(())
}

fn fields(keyword: &str, own: &str, ty: &Type, sdl: &mut String) -> Result<(), Fault> {
    let _ = write!(sdl, "{keyword} {own}");
    list(" implements ", " & ", own, ty.interfaces.as_deref(), sdl)?;
    sdl.push_str(" {\n");
    for field in ty.fields.iter().flatten() {
        one_field(own, field, sdl)?;
    }
    sdl.push('}');
    Ok(())
}

fn list(
    opening: &str,
    separator: &str,
    place: &str,
    types: Option<&[TypeRef]>,
    sdl: &mut String,
) -> Result<(), Fault> {
    for (index, ty) in types.into_iter().flatten().enumerate() {
        sdl.push_str(if index == 0 { opening } else { separator });
        sdl.push_str(name(ty.name.as_deref().unwrap_or_default(), place)?);
    }
    Ok(())
}

fn one_field(owner: &str, field: &Field, sdl: &mut String) -> Result<(), Fault> {
    let place = format!("{owner}.{}", field.name);
    described(field.description.as_deref(), "  ", sdl);
    let _ = write!(sdl, "  {}", name(&field.name, &place)?);
    arguments(&place, field.args.as_deref(), sdl)?;
    let mark = deprecated(field.is_deprecated, field.deprecation_reason.as_deref());
    let _ = writeln!(sdl, ": {}{mark}", type_of(&field.ty, &place)?);
    Ok(())
}

fn arguments(owner: &str, arguments: Option<&[Input]>, sdl: &mut String) -> Result<(), Fault> {
    let arguments = arguments.unwrap_or_default();
    if arguments.is_empty() {
        return Ok(());
    }
    sdl.push_str("(\n");
    for argument in arguments {
        one_input(&format!("{owner}({}:)", argument.name), argument, sdl)?;
    }
    sdl.push_str("  )");
    Ok(())
}

fn one_input(place: &str, input: &Input, sdl: &mut String) -> Result<(), Fault> {
    described(input.description.as_deref(), "    ", sdl);
    let (name, ty) = (name(&input.name, place)?, type_of(&input.ty, place)?);
    let _ = write!(sdl, "    {name}: {ty}");
    if let Some(text) = &input.default_value {
        let value = value(text).ok_or_else(|| {
            impossible(
                place,
                format!("has the default `{text}`, which is no value"),
            )
        })?;
        let _ = write!(sdl, " = {value}");
    }
    let mark = deprecated(input.is_deprecated, input.deprecation_reason.as_deref());
    let _ = writeln!(sdl, "{mark}");
    Ok(())
}

/// A text that is one value and nothing else, written anew.
fn value(text: &str) -> Option<String> {
    let alone = Document::parse(format!("{{ f(a: {text}\n) }}"), "default").ok()?;
    let [Definition::OperationDefinition(operation)] = alone.definitions.as_slice() else {
        return None;
    };
    let [Selection::Field(field)] = operation.selection_set.as_slice() else {
        return None;
    };
    let [argument] = field.arguments.as_slice() else {
        return None;
    };
    field
        .selection_set
        .is_empty()
        .then(|| argument.value.serialize().no_indent().to_string())
}

fn type_of(ty: &TypeRef, place: &str) -> Result<String, Fault> {
    let inner = || match &ty.of_type {
        Some(inner) => type_of(inner, place),
        None => Err(impossible(
            place,
            "has a type that is cut off: ask for more levels of `ofType`",
        )),
    };
    match ty.kind.as_str() {
        "NON_NULL" => Ok(format!("{}!", inner()?)),
        "LIST" => Ok(format!("[{}]", inner()?)),
        _ => name(ty.name.as_deref().unwrap_or_default(), place).map(str::to_owned),
    }
}
