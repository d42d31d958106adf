//! What a vendor crate's build script tells those of its dependents, as a text file of one fact per line.

use std::{collections::BTreeMap, path::PathBuf, rc::Rc};

use crate::{
    error::Error,
    paging::Paging,
    refusals::Refusals,
    rust::{Imported, Options},
    source::{Source, Span},
};

/// The first line. Another number is another format.
const FORMAT: &str = "sdk-codegen 1";

/// Where a crate has what it shares, as the caller of [`Project::share`](crate::Project::share) says.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) types: String,
    pub(crate) runtime: String,
}

/// A schema, and everything a generator needs to go on from what its crate has.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The crate's own path, which stands for `crate` in the others.
    pub(crate) vendor: String,
    pub(crate) schema: PathBuf,
    options: Options,
}

impl Shared {
    /// What a project shares: its options, and the enums and inputs it has printed.
    pub(crate) fn new(
        share: &Share,
        schema: PathBuf,
        options: &Options,
        types: BTreeMap<String, String>,
    ) -> Self {
        Self {
            vendor: String::new(),
            schema,
            options: Options {
                runtime: Some(share.runtime.clone()),
                imported: Imported {
                    module: share.types.clone(),
                    types,
                },
                folder: String::new(),
                ..options.clone()
            },
        }
    }

    /// The file's text.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{FORMAT}\nschema {}\n", self.schema.display());
        let mut line = |fact: &str, value: &str| {
            if !value.is_empty() {
                text.push_str(&format!("{fact} {value}\n"));
            }
        };
        line("crate", &self.vendor);
        let options = &self.options;
        line("runtime", options.runtime());
        line("service", &options.service);
        if options.inline_fragments {
            line("fragments", "inline");
        }
        for (scalar, rust) in options.scalars.iter() {
            line("scalar", &format!("{scalar} {rust}"));
        }
        line("types", &options.imported.module);
        for (name, rust) in &options.imported.types {
            line("type", &format!("{name} {rust}"));
        }
        if let Some(paging) = &options.paging {
            line(
                "paging",
                &format!("{} {}", paging.cursor, paging.macro_path),
            );
            line("paging-argument", &paging.argument);
            line("paging-items", &paging.items);
            line("paging-info", &paging.info);
            for name in &paging.optional {
                line("paging-optional", name);
            }
            for path in &paging.selects {
                line("paging-selects", path);
            }
            for (variable, path) in &paging.selects_with {
                line("paging-selects-with", &format!("{variable} {path}"));
            }
        }
        if let Some(refusals) = &options.refusals {
            line(
                "refusals",
                &format!("{} {}", refusals.suffix, refusals.function),
            );
            for (setter, field) in &refusals.parts {
                line("refusals-part", &format!("{setter} {field}"));
            }
        }
        text
    }

    /// Reads the file; paths stay as they are in it until [`move_to`](Self::move_to).
    pub(crate) fn parse(source: &Rc<Source>) -> Result<Self, Error> {
        let mut lines = source.text.lines();
        if lines.next() != Some(FORMAT) {
            let first = Span { start: 0, end: 1 };
            return Err(Error::at(
                source,
                first,
                "this was shared by another version of sdk-codegen",
            )
            .help("use the version of sdk-codegen that the vendor's crate uses"));
        }
        let mut shared = Self::default();
        let options = &mut shared.options;
        for line in lines {
            let Some((fact, value)) = line.split_once(' ') else {
                continue;
            };
            let pair = || value.split_once(' ').unwrap_or((value, ""));
            match fact {
                "schema" => shared.schema = PathBuf::from(value),
                "crate" => shared.vendor = value.to_owned(),
                "runtime" => options.runtime = Some(value.to_owned()),
                "service" => options.service = value.to_owned(),
                "fragments" => options.inline_fragments = true,
                "scalar" => options.scalars.set(pair().0, pair().1),
                "types" => options.imported.module = value.to_owned(),
                "type" => {
                    let (name, rust) = owned(pair());
                    options.imported.types.insert(name, rust);
                }
                "paging" => options.paging = Some(Paging::new(pair().1, pair().0)),
                "refusals" => options.refusals = Some(Refusals::new(pair().1, pair().0)),
                "refusals-part" => {
                    if let Some(refusals) = &mut options.refusals {
                        refusals.parts.push(owned(pair()));
                    }
                }
                _ => {
                    if let Some(paging) = &mut options.paging {
                        paging_fact(paging, fact, value);
                    }
                }
            }
        }
        Ok(shared)
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn paging_fact(paging: &mut Paging, fact: &str, value: &str) {
    match fact {
        "paging-argument" => value.clone_into(&mut paging.argument),
        "paging-items" => value.clone_into(&mut paging.items),
        "paging-info" => value.clone_into(&mut paging.info),
        "paging-optional" => paging.optional.push(value.to_owned()),
        "paging-selects" => paging.selects.push(value.to_owned()),
        "paging-selects-with" => {
            let pair = value.split_once(' ').unwrap_or((value, ""));
            paging.selects_with.push(owned(pair));
        }
        _ => {}
    }
}

impl Shared {
    /// The options of a project of a dependent, which override those that the vendor shares.
    pub(crate) fn options(&self, own: &Options) -> Options {
        let mut options = self.options.clone();
        options.folder.clone_from(&own.folder);
        options.inline_fragments |= own.inline_fragments;
        for (scalar, rust) in own.scalars.iter() {
            options.scalars.set(scalar, rust);
        }
        if !own.service.is_empty() {
            options.service.clone_from(&own.service);
        }
        if own.runtime.is_some() {
            options.runtime.clone_from(&own.runtime);
        }
        if own.paging.is_some() {
            options.paging.clone_from(&own.paging);
        }
        if own.refusals.is_some() {
            options.refusals.clone_from(&own.refusals);
        }
        options
    }

    /// Makes the paths of the vendor's crate those that a dependent writes, who may call the crate by
    /// another path than its own.
    pub(crate) fn move_to(&mut self, path: Option<&str>) {
        let vendor = path.unwrap_or(&self.vendor);
        let moved = |rust: &str| move_paths(rust, vendor);
        let options = &mut self.options;
        options.runtime = options.runtime.as_deref().map(moved);
        options.imported.module = moved(&options.imported.module);
        options.scalars.change(moved);
        if let Some(paging) = &mut options.paging {
            paging.macro_path = moved(&paging.macro_path);
        }
        if let Some(refusals) = &mut options.refusals {
            refusals.function = moved(&refusals.function);
        }
    }
}

/// A type or path with another crate in place of `crate`.
fn move_paths(rust: &str, vendor: &str) -> String {
    let mut moved = String::new();
    let mut rest = rust;
    while let Some(at) = rest.find("crate::") {
        let (before, found) = rest.split_at(at);
        let is_word =
            before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ':'));
        moved.push_str(before);
        moved.push_str(if is_word { "crate" } else { vendor });
        rest = found.strip_prefix("crate").unwrap_or_default();
    }
    moved + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::Scalars;

    fn shared() -> Shared {
        let mut scalars = Scalars::default();
        scalars.set("Decimal", "crate::Decimal");
        scalars.set("Date", "::std::string::String");
        scalars.set("Tags", "Vec<crate::Tag>");
        let options = Options {
            service: "fleet".to_owned(),
            scalars,
            inline_fragments: true,
            paging: Some(
                Paging::new("crate::paged", "after")
                    .optional(["first", "last"])
                    .items("edges.node")
                    .selects(["pageInfo.endCursor"])
                    .argument("page.after")
                    .selects_with("last", ["pageInfo.startCursor"])
                    .info("pageInfo"),
            ),
            refusals: Some(Refusals::new("crate::refusal", "Error").codes(["code", "errorCode"])),
            ..Options::default()
        };
        let share = Share {
            types: "crate::types".to_owned(),
            runtime: "crate::sdk_graphql".to_owned(),
        };
        let types = [("unit", "Unit"), ("Filter", "Filter2")];
        let types = types.map(|(name, rust)| (name.to_owned(), rust.to_owned()));
        Shared {
            vendor: "::vendor".to_owned(),
            ..Shared::new(
                &share,
                "/in a/schema.graphql".into(),
                &options,
                types.into(),
            )
        }
    }

    fn read(text: &str) -> Result<Shared, Error> {
        Shared::parse(&Source::new("shared.txt", text))
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = shared().to_text();
        assert_eq!(read(&text).unwrap().to_text(), text);
    }

    #[test]
    fn paths_become_those_of_the_dependent() {
        let mut moved = shared();
        moved.move_to(None);
        insta::assert_snapshot!(moved.to_text(), @r"
        sdk-codegen 1
        schema /in a/schema.graphql
        crate ::vendor
        runtime ::vendor::sdk_graphql
        service fleet
        fragments inline
        scalar Date ::std::string::String
        scalar Decimal ::vendor::Decimal
        scalar Tags Vec<::vendor::Tag>
        types ::vendor::types
        type Filter Filter2
        type unit Unit
        paging after ::vendor::paged
        paging-argument page.after
        paging-items edges.node
        paging-info pageInfo
        paging-optional first
        paging-optional last
        paging-selects pageInfo.endCursor
        paging-selects-with last pageInfo.startCursor
        refusals Error ::vendor::refusal
        refusals-part with_code code
        refusals-part with_code errorCode
        ");
        let mut renamed = shared();
        renamed.move_to(Some("::other"));
        assert_eq!(renamed.options.imported.module, "::other::types");
    }

    #[test]
    fn the_dependents_options_come_first() {
        let mut own = Options::default();
        own.scalars.set("Decimal", "f64");
        let options = shared().options(&own);
        let scalars: Vec<_> = options.scalars.iter().collect();
        assert!(scalars.contains(&("Decimal", "f64")), "{scalars:?}");
        assert_eq!(options.service, "fleet");
    }

    #[test]
    fn another_format_is_refused() {
        let error = read("sdk-codegen 99\n").unwrap_err();
        assert!(error.message().contains("another version"), "{error}");
    }
}
