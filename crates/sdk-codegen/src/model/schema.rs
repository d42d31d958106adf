//! The schema as lookups: types by name, possible types, fields.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::{
    error::Error,
    source::{Source, Span},
    syntax::{self, Directive, Kind, SchemaItem, Type, TypeBody, ValueKind},
};

/// Scalars every schema has.
pub(crate) const BUILT_IN_SCALARS: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// A schema with its extensions merged in.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    types: BTreeMap<String, TypeDef>,
    roots: BTreeMap<&'static str, String>,
    directives: BTreeMap<String, Vec<InputField>>,
    /// The object types of each interface.
    implementors: BTreeMap<String, BTreeSet<String>>,
}

/// A named type.
#[derive(Debug)]
pub(crate) struct TypeDef {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) evidence: Evidence,
    pub(crate) kind: TypeKind,
}

/// What a type is.
#[derive(Debug)]
pub(crate) enum TypeKind {
    Scalar,
    Object(Composite),
    Interface(Composite),
    Union(Vec<String>),
    Enum(EnumType),
    Input(InputType),
}

/// Fields and interfaces of an object or interface.
#[derive(Debug, Default)]
pub(crate) struct Composite {
    pub(crate) interfaces: Vec<String>,
    pub(crate) fields: Vec<Field>,
}

/// A field of an object or interface.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) arguments: Vec<InputField>,
    pub(crate) ty: Type,
    pub(crate) deprecated: Option<String>,
    pub(crate) evidence: Evidence,
}

/// An enum's values, in the order of the schema.
#[derive(Debug, Default)]
pub(crate) struct EnumType {
    pub(crate) values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) deprecated: Option<String>,
    pub(crate) evidence: Evidence,
}

/// An input object.
#[derive(Debug, Default)]
pub(crate) struct InputType {
    pub(crate) fields: Vec<InputField>,
    /// Exactly one field must be given (`@oneOf`).
    pub(crate) one_of: bool,
}

/// An argument or input field.
#[derive(Debug)]
pub(crate) struct InputField {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) ty: Type,
    pub(crate) default: Option<syntax::Value>,
    pub(crate) deprecated: Option<String>,
    pub(crate) evidence: Evidence,
}

impl InputField {
    /// The default as GraphQL text.
    pub(crate) fn default_text(&self) -> Option<String> {
        let mut text = String::new();
        super::minify::value(&mut text, self.default.as_ref()?);
        Some(text)
    }

    /// True when leaving it out is an error.
    pub(crate) fn is_required(&self) -> bool {
        self.ty.is_non_null() && self.default.is_none()
    }
}

/// What about a member no public source shows (`@inferred(what: […])`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Its name is a guess.
    pub(crate) name_inferred: bool,
    /// Its name was seen, but not letter by letter.
    pub(crate) spelling_inferred: bool,
    /// Its name was seen, its type or nullability is a guess.
    pub(crate) shape_inferred: bool,
}

impl Schema {
    /// Builds the lookups; reports types that are defined twice or that nothing defines.
    pub(crate) fn new(source: &Rc<Source>, items: Vec<SchemaItem>) -> Result<Self, Vec<Error>> {
        let mut schema = Self::default();
        let mut errors = Vec::new();
        let mut extensions = Vec::new();
        for name in BUILT_IN_SCALARS {
            schema.types.insert(name.to_owned(), TypeDef::scalar(name));
        }
        for item in items {
            match item {
                SchemaItem::Roots(roots) => {
                    for (kind, name) in roots {
                        schema.roots.insert(kind.keyword(), name.text);
                    }
                }
                SchemaItem::Directive { name, arguments } => {
                    let arguments = arguments.into_iter().map(input_field).collect();
                    schema.directives.insert(name.text, arguments);
                }
                SchemaItem::Type {
                    extension: true, ..
                } => extensions.push(item),
                SchemaItem::Type {
                    name,
                    description,
                    directives,
                    body,
                    ..
                } => {
                    let built_in = BUILT_IN_SCALARS.contains(&name.text.as_str());
                    if schema.types.contains_key(&name.text) && !built_in {
                        errors.push(Error::at(
                            source,
                            name.span,
                            format!("type `{}` is defined twice", name.text),
                        ));
                        continue;
                    }
                    let def = TypeDef {
                        name: name.text.clone(),
                        description,
                        evidence: evidence(&directives),
                        kind: kind(body, &directives),
                    };
                    schema.types.insert(name.text, def);
                }
            }
        }
        for extension in extensions {
            if let SchemaItem::Type {
                name,
                directives,
                body,
                ..
            } = extension
            {
                let known = schema
                    .types
                    .get_mut(&name.text)
                    .is_some_and(|def| def.kind.extend(kind(body, &directives)));
                if !known {
                    let message =
                        format!("nothing to extend: no type `{}` of this kind", name.text);
                    errors.push(Error::at(source, name.span, message));
                }
            }
        }
        if schema.roots.is_empty() {
            for kind in [Kind::Query, Kind::Mutation, Kind::Subscription] {
                let name = match kind {
                    Kind::Query => "Query",
                    Kind::Mutation => "Mutation",
                    Kind::Subscription => "Subscription",
                };
                if schema.types.contains_key(name) {
                    schema.roots.insert(kind.keyword(), name.to_owned());
                }
            }
        }
        schema.find_implementors();
        schema.check_references(source, &mut errors);
        errors.extend(super::circles::check(source, &schema));
        if errors.is_empty() {
            Ok(schema)
        } else {
            Err(errors)
        }
    }

    fn find_implementors(&mut self) {
        for def in self.types.values() {
            if let TypeKind::Object(object) = &def.kind {
                for interface in &object.interfaces {
                    let objects = self.implementors.entry(interface.clone()).or_default();
                    objects.insert(def.name.clone());
                }
            }
        }
    }

    /// Every type that a member names must exist.
    fn check_references(&self, source: &Rc<Source>, errors: &mut Vec<Error>) {
        let mut check = |name: &str, span: Span, owner: &str| {
            if !self.types.contains_key(name) {
                let message =
                    format!("`{owner}` names the type `{name}`, which the schema does not define");
                errors.push(Error::at(source, span, message));
            }
        };
        for def in self.types.values() {
            let owner = |member: &str| format!("{}.{member}", def.name);
            match &def.kind {
                TypeKind::Object(composite) | TypeKind::Interface(composite) => {
                    for field in &composite.fields {
                        let name = field.ty.name();
                        check(&name.text, name.span, &owner(&field.name));
                        for argument in &field.arguments {
                            let name = argument.ty.name();
                            check(&name.text, name.span, &owner(&field.name));
                        }
                    }
                    for interface in &composite.interfaces {
                        check(interface, Span::default(), &def.name);
                    }
                }
                TypeKind::Input(input) => {
                    for field in &input.fields {
                        let name = field.ty.name();
                        check(&name.text, name.span, &owner(&field.name));
                    }
                }
                TypeKind::Union(members) => {
                    for member in members {
                        check(member, Span::default(), &def.name);
                    }
                }
                TypeKind::Scalar | TypeKind::Enum(_) => {}
            }
        }
        for root in self.roots.values() {
            check(root, Span::default(), "schema");
        }
    }

    pub(crate) fn root(&self, kind: Kind) -> Option<&str> {
        self.roots.get(kind.keyword()).map(String::as_str)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&TypeDef> {
        self.types.get(name)
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = &TypeDef> {
        self.types.values()
    }

    /// The arguments of a directive the schema declares.
    pub(crate) fn directive(&self, name: &str) -> Option<&[InputField]> {
        self.directives.get(name).map(Vec::as_slice)
    }

    pub(crate) fn is_leaf(&self, name: &str) -> bool {
        matches!(
            self.get(name).map(|def| &def.kind),
            Some(TypeKind::Scalar | TypeKind::Enum(_))
        )
    }

    pub(crate) fn is_composite(&self, name: &str) -> bool {
        self.is_abstract(name) || self.is_object(name)
    }

    pub(crate) fn is_object(&self, name: &str) -> bool {
        matches!(
            self.get(name).map(|def| &def.kind),
            Some(TypeKind::Object(_))
        )
    }

    pub(crate) fn is_abstract(&self, name: &str) -> bool {
        matches!(
            self.get(name).map(|def| &def.kind),
            Some(TypeKind::Interface(_) | TypeKind::Union(_))
        )
    }

    pub(crate) fn is_input(&self, name: &str) -> bool {
        matches!(
            self.get(name).map(|def| &def.kind),
            Some(TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::Input(_))
        )
    }

    pub(crate) fn fields(&self, name: &str) -> &[Field] {
        match self.get(name).map(|def| &def.kind) {
            Some(TypeKind::Object(composite) | TypeKind::Interface(composite)) => &composite.fields,
            _ => &[],
        }
    }

    pub(crate) fn field(&self, ty: &str, name: &str) -> Option<&Field> {
        self.fields(ty).iter().find(|field| field.name == name)
    }

    pub(crate) fn input(&self, name: &str) -> Option<&InputType> {
        match &self.get(name)?.kind {
            TypeKind::Input(input) => Some(input),
            _ => None,
        }
    }

    /// The object types a value of this type can have.
    pub(crate) fn possible(&self, name: &str) -> BTreeSet<&str> {
        match self.get(name).map(|def| (&def.name, &def.kind)) {
            Some((name, TypeKind::Object(_))) => BTreeSet::from([name.as_str()]),
            Some((_, TypeKind::Union(members))) => members.iter().map(String::as_str).collect(),
            Some((name, TypeKind::Interface(_))) => {
                let implementors = self.implementors.get(name).into_iter().flatten();
                implementors.map(String::as_str).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}

impl TypeDef {
    fn scalar(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: String::new(),
            evidence: Evidence::default(),
            kind: TypeKind::Scalar,
        }
    }
}

impl TypeKind {
    /// Merges an extension in; false when it is of another kind.
    fn extend(&mut self, extension: Self) -> bool {
        match (self, extension) {
            (Self::Object(own), Self::Object(more))
            | (Self::Interface(own), Self::Interface(more)) => {
                own.interfaces.extend(more.interfaces);
                own.fields.extend(more.fields);
            }
            (Self::Union(own), Self::Union(more)) => own.extend(more),
            (Self::Enum(own), Self::Enum(more)) => own.values.extend(more.values),
            (Self::Input(own), Self::Input(more)) => {
                own.fields.extend(more.fields);
                own.one_of |= more.one_of;
            }
            (Self::Scalar, Self::Scalar) => {}
            _ => return false,
        }
        true
    }
}

fn kind(body: TypeBody, directives: &[Directive]) -> TypeKind {
    let names = |names: Vec<syntax::Name>| names.into_iter().map(|name| name.text).collect();
    let composite = |interfaces, fields: Vec<syntax::FieldDefinition>| Composite {
        interfaces: names(interfaces),
        fields: fields.into_iter().map(field).collect(),
    };
    match body {
        TypeBody::Scalar => TypeKind::Scalar,
        TypeBody::Object { interfaces, fields } => TypeKind::Object(composite(interfaces, fields)),
        TypeBody::Interface { interfaces, fields } => {
            TypeKind::Interface(composite(interfaces, fields))
        }
        TypeBody::Union { members } => TypeKind::Union(names(members)),
        TypeBody::Enum { values } => TypeKind::Enum(EnumType {
            values: values
                .into_iter()
                .map(|value| EnumValue {
                    name: value.name.text,
                    description: value.description,
                    deprecated: deprecated(&value.directives),
                    evidence: evidence(&value.directives),
                })
                .collect(),
        }),
        TypeBody::Input { fields } => TypeKind::Input(InputType {
            fields: fields.into_iter().map(input_field).collect(),
            one_of: directives
                .iter()
                .any(|directive| directive.name.text == "oneOf"),
        }),
    }
}

fn field(field: syntax::FieldDefinition) -> Field {
    Field {
        deprecated: deprecated(&field.directives),
        evidence: evidence(&field.directives),
        name: field.name.text,
        description: field.description,
        arguments: field.arguments.into_iter().map(input_field).collect(),
        ty: field.ty,
    }
}

fn input_field(value: syntax::InputValue) -> InputField {
    InputField {
        deprecated: deprecated(&value.directives),
        evidence: evidence(&value.directives),
        name: value.name.text,
        description: value.description,
        ty: value.ty,
        default: value.default,
    }
}

/// The reason of `@deprecated`, or the specification's default reason.
fn deprecated(directives: &[Directive]) -> Option<String> {
    let directive = directives
        .iter()
        .find(|directive| directive.name.text == "deprecated")?;
    let reason = directive
        .arguments
        .iter()
        .find(|argument| argument.name.text == "reason");
    Some(match reason.map(|reason| &reason.value.kind) {
        Some(ValueKind::String(text)) => super::literal::unquote(text),
        _ => "No longer supported".to_owned(),
    })
}

fn evidence(directives: &[Directive]) -> Evidence {
    let mut evidence = Evidence::default();
    let inferred = directives
        .iter()
        .filter(|directive| directive.name.text == "inferred");
    for value in inferred
        .flat_map(|directive| &directive.arguments)
        .map(|argument| &argument.value)
    {
        let values = match &value.kind {
            ValueKind::List(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for value in values {
            match &value.kind {
                ValueKind::Enum(what) if what == "NAME" => evidence.name_inferred = true,
                ValueKind::Enum(what) if what == "SPELLING" => evidence.spelling_inferred = true,
                ValueKind::Enum(what) if what == "SHAPE" => evidence.shape_inferred = true,
                _ => {}
            }
        }
    }
    evidence
}
