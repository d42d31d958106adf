//! What the generator makes of a project: Rust, or errors with their places.

use std::collections::BTreeSet;

use sdk_codegen::{Errors, GeneratedFile, Project};
use syn::{Fields, Item, Lit};

/// The documents that the generated files send, once all that is printed has been looked at.
///
/// # Panics
///
/// When something is printed that is no Rust, or an error points outside of its file.
pub(crate) fn documents(project: &Project, schema: &str, document: &str) -> Option<Vec<String>> {
    match project.generate() {
        Ok(files) => Some(files.iter().flat_map(sent).collect()),
        Err(errors) => {
            point_into(&errors, schema, document);
            None
        }
    }
}

/// The name that the file of an operation must have: that of the first operation in it.
pub(crate) fn file_name(document: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = document
        .split(|c: char| !is_name(c))
        .filter(|it| !it.is_empty());
    let starts = words.any(|word| matches!(word, "query" | "mutation" | "subscription"));
    let name = words.next().filter(|_| starts).unwrap_or("none");
    let mut file = String::new();
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before != '_' && !before.is_ascii_uppercase() {
            file.push('_');
        }
        file.push(c.to_ascii_lowercase());
        before = c;
    }
    file + ".graphql"
}

fn point_into(errors: &Errors, schema: &str, document: &str) {
    assert!(errors.iter().len() > 0);
    for error in errors {
        let text = match error.file() {
            "the schema" => schema,
            _ => document,
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        assert!(!error.message().is_empty());
        let shown = error.to_string();
        assert!(
            shown.contains(error.message()) && shown.contains(error.file()),
            "{shown}"
        );
        if let Some((line, column)) = error.position() {
            let found = text.split('\n').nth(line.wrapping_sub(1));
            let found = found.unwrap_or_else(|| no_place(&shown));
            assert!((1..=found.chars().count() + 1).contains(&column), "{shown}");
        }
    }
}

fn no_place(shown: &str) -> ! {
    panic!("no such line: {shown}")
}

/// The documents in a file that is Rust, and has no two things of one name.
fn sent(file: &GeneratedFile) -> Vec<String> {
    let text = file.text();
    let parsed = syn::parse_file(text);
    let parsed = parsed.unwrap_or_else(|error| panic!("{}: {error}\n{text}", file.name()));
    let mut documents = Vec::new();
    module(&parsed.items, text, &mut documents);
    documents
}

fn module(items: &[Item], text: &str, documents: &mut Vec<String>) {
    let mut names = BTreeSet::new();
    let mut is_new =
        |name: &syn::Ident| assert!(names.insert(name.to_string()), "two {name}\n{text}");
    for item in items {
        match item {
            Item::Struct(it) => {
                is_new(&it.ident);
                fields(&it.fields, text);
            }
            Item::Enum(it) => {
                is_new(&it.ident);
                let variants: BTreeSet<_> = it.variants.iter().map(|it| &it.ident).collect();
                assert_eq!(variants.len(), it.variants.len(), "{}\n{text}", it.ident);
                it.variants.iter().for_each(|it| fields(&it.fields, text));
            }
            Item::Type(it) => is_new(&it.ident),
            Item::Mod(it) => {
                is_new(&it.ident);
                let (_, items) = it
                    .content
                    .as_ref()
                    .map_or((None, &[][..]), |(brace, items)| {
                        (Some(brace), items.as_slice())
                    });
                module(items, text, documents);
            }
            Item::Impl(it) => documents.extend(it.items.iter().filter_map(document)),
            _ => {}
        }
    }
}

fn fields(fields: &Fields, text: &str) {
    let names: BTreeSet<_> = fields.iter().filter_map(|it| it.ident.as_ref()).collect();
    let named = fields.iter().filter(|it| it.ident.is_some()).count();
    assert_eq!(names.len(), named, "two fields of one name\n{text}");
}

/// The text of `const DOCUMENT`.
fn document(item: &syn::ImplItem) -> Option<String> {
    match item {
        syn::ImplItem::Const(it) if it.ident == "DOCUMENT" => match &it.expr {
            syn::Expr::Lit(syn::ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
