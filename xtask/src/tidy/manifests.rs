//! Manifests: which crate may know which, one place for versions and lints, and few features.

use super::Tree;
use crate::problem::Problem;
use anyhow::{Context as _, Result};

/// Which crates of the workspace a crate may depend on: at run time, in its build script, in its tests.
struct Arrows {
    run: &'static [&'static str],
    build: &'static [&'static str],
    test: &'static [&'static str],
}

impl Arrows {
    fn allow(&self, section: &str, name: &str) -> bool {
        let allowed = match section {
            "dependencies" => self.run,
            "build-dependencies" => self.build,
            _ => self.test,
        };
        allowed.contains(&name)
    }
}

/// Features that a crate may have. Each doubles what must be tested.
const FEATURES: &[&str] = &["redis"];

/// Parts of package names that give away a GraphQL library.
const GRAPHQL: &[&str] = &["graphql", "apollo", "cynic", "juniper"];

/// The arrows of ARCHITECTURE.md. `None` for xtask, which may know everything.
fn arrows(package: &str) -> Option<Arrows> {
    Some(match package {
        "xtask" => return None,
        "sdk-auth" => Arrows {
            run: &[],
            build: &[],
            test: &["sdk-sandbox"],
        },
        "sdk-graphql" => Arrows {
            run: &["sdk-auth"],
            build: &[],
            test: &["sdk-fault-server", "sdk-sandbox"],
        },
        "sdk-transfer" => Arrows {
            run: &["sdk-auth"],
            build: &[],
            test: &["sdk-fault-server", "sdk-sandbox"],
        },
        "sdk-codegen" => Arrows {
            run: &[],
            build: &[],
            test: &["sdk-auth", "sdk-graphql"],
        },
        "sdk-fault-server" | "sdk-sandbox" => Arrows {
            run: &[],
            build: &[],
            test: &[],
        },
        // Gives bytes from outside to everything that reads them.
        "sdk-fuzz" => Arrows {
            run: &[
                "altrata",
                "finitestate",
                "finlex",
                "ion",
                "sdk-auth",
                "sdk-codegen",
                "sdk-codegen-properties",
                "sdk-graphql",
            ],
            build: &[],
            test: &[],
        },
        // Looks for leaks in all of them.
        "sdk-canary" => Arrows {
            run: &["sdk-sandbox"],
            build: &[],
            test: &[
                "altrata",
                "finitestate",
                "finlex",
                "ion",
                "sdk-auth",
                "sdk-fault-server",
            ],
        },
        // A user of the vendors' crates.
        "own-queries" => Arrows {
            run: &["altrata", "finitestate"],
            build: &["sdk-codegen"],
            test: &["sdk-sandbox"],
        },
        // A vendor whose API is REST.
        "finlex" => Arrows {
            run: &["sdk-auth", "sdk-transfer"],
            build: &[],
            test: &["sdk-sandbox"],
        },
        // A vendor, or a crate of tests that stands in for one.
        _ => Arrows {
            run: &["sdk-auth", "sdk-graphql", "sdk-transfer"],
            build: &["sdk-codegen"],
            test: &[
                "sdk-codegen",
                "sdk-codegen-properties",
                "sdk-fault-server",
                "sdk-sandbox",
            ],
        },
    })
}

pub(super) fn check(tree: &Tree) -> Result<Vec<Problem>> {
    let ours: Vec<String> = crate::workspace::crates(&tree.root)?;
    let mut found = Vec::new();
    for path in tree
        .files
        .iter()
        .filter(|it| it.ends_with("Cargo.toml") && *it != "Cargo.toml")
    {
        found.extend(manifest(path, &tree.read(path)?, &ours)?);
    }
    Ok(found)
}

fn manifest(path: &str, text: &str, ours: &[String]) -> Result<Vec<Problem>> {
    let manifest: toml::Table = text
        .parse()
        .with_context(|| format!("{path} is not valid TOML"))?;
    if manifest.contains_key("workspace") {
        return Ok(Vec::new()); // a workspace of its own, such as the benchmarks with all their peers
    }
    let package = manifest
        .get("package")
        .and_then(|it| it.get("name"))
        .and_then(toml::Value::as_str)
        .with_context(|| format!("{path} names no package"))?;
    let mut found = Vec::new();
    let lints = manifest.get("lints").and_then(|it| it.get("workspace"));
    if lints.and_then(toml::Value::as_bool) != Some(true) {
        found.push(
            Problem::of_file(
                path,
                format!("{package} does not take the lints of the workspace"),
            )
            .help("add `[lints]` with `workspace = true`"),
        );
    }
    let features = manifest
        .get("features")
        .and_then(toml::Value::as_table)
        .filter(|_| is_published(&manifest));
    for feature in features.into_iter().flat_map(toml::Table::keys) {
        if !FEATURES.contains(&feature.as_str()) {
            let help = format!(
                "features double what must be tested; only {} is agreed on",
                FEATURES.join(", ")
            );
            let message = format!("{package} has a feature `{feature}`");
            found.push(at_key(path, text, "[features]", feature, message).help(help));
        }
    }
    for (section, header, table) in dependencies(&manifest) {
        for (name, dependency) in table {
            for (message, help) in faults(package, section, name, dependency, ours) {
                found.push(at_key(path, text, &header, name, message).help(help));
            }
        }
    }
    Ok(found)
}

/// False for a package that only tests see.
fn is_published(manifest: &toml::Table) -> bool {
    let publish = manifest.get("package").and_then(|it| it.get("publish"));
    publish.and_then(toml::Value::as_bool) != Some(false)
}

/// Every table of dependencies: its section, the header it stands under, and the table.
fn dependencies(manifest: &toml::Table) -> Vec<(&'static str, String, &toml::Table)> {
    const SECTIONS: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];
    let mut tables = Vec::new();
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    for section in SECTIONS {
        if let Some(table) = manifest.get(section).and_then(toml::Value::as_table) {
            tables.push((section, format!("[{section}]"), table));
        }
        for (target, sections) in targets.into_iter().flatten() {
            if let Some(table) = sections.get(section).and_then(toml::Value::as_table) {
                tables.push((section, format!("[target.'{target}'.{section}]"), table));
            }
        }
    }
    tables
}

/// What is wrong with one dependency, and how to mend it.
fn faults(
    package: &str,
    section: &str,
    name: &str,
    dependency: &toml::Value,
    ours: &[String],
) -> Vec<(String, &'static str)> {
    let mut faults = Vec::new();
    let is_ours = ours.iter().any(|it| it == name);
    let inherited = dependency.get("workspace").and_then(toml::Value::as_bool) == Some(true);
    // Cargo leaves a test dependency that has a path and no version out of the packaged crate.
    let unpublished = is_ours && section == "dev-dependencies" && dependency.get("path").is_some();
    if !inherited && !unpublished {
        faults.push((
            format!("the version of `{name}` is not that of the workspace"),
            "put the version into [workspace.dependencies] of the root manifest and write `workspace = true` here",
        ));
    }
    if is_ours && arrows(package).is_some_and(|it| !it.allow(section, name)) {
        faults.push((
            format!("{package} must not know {name} in its {section}"),
            "the arrows between crates are in ARCHITECTURE.md; move the code to the side that may know both",
        ));
    }
    if package == "sdk-auth" && GRAPHQL.iter().any(|it| name.contains(it)) {
        faults.push((
            format!("{package} must not know GraphQL, and `{name}` is a GraphQL library"),
            "move what needs it to sdk-graphql",
        ));
    }
    faults
}

/// A problem at the line of a key in a table, or at the start of the file when the key is not written on a line of its own.
fn at_key(path: &str, text: &str, header: &str, key: &str, message: String) -> Problem {
    let mut lines = text
        .lines()
        .enumerate()
        .skip_while(|(_, line)| line.trim() != header)
        .skip(1);
    let line = lines.find(|(_, line)| {
        line.trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
    });
    match line {
        Some((index, line)) => Problem::on_line(path, index + 1, line, message),
        None => Problem::of_file(path, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        let ours = ["sdk-auth", "sdk-graphql", "sdk-sandbox", "acme", "other"].map(String::from);
        let problems = manifest("crates/x/Cargo.toml", text, &ours).unwrap();
        problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_manifest_that_keeps_the_rules_has_no_problem() {
        let text = "[package]\nname = \"acme\"\n[dependencies]\nsdk-auth.workspace = true\nserde = { workspace = true }\n\
                    [features]\nredis = []\n[lints]\nworkspace = true\n";
        assert_eq!(check(text), "");
    }

    #[test]
    fn vendors_do_not_know_each_other() {
        let text = "[package]\nname = \"acme\"\n[dev-dependencies]\nother.workspace = true\n[lints]\nworkspace = true\n";
        insta::assert_snapshot!(check(text), @r"
        error: acme must not know other in its dev-dependencies
         --> crates/x/Cargo.toml:4:1
          |
        4 | other.workspace = true
          | ^^^^^^^^^^^^^^^^^^^^^^
          = help: the arrows between crates are in ARCHITECTURE.md; move the code to the side that may know both
        ");
    }

    #[test]
    fn the_sandbox_knows_no_crate_of_the_workspace() {
        let text = "[package]\nname = \"sdk-sandbox\"\n[dev-dependencies]\nacme.workspace = true\n[lints]\nworkspace = true\n";
        insta::assert_snapshot!(check(text), @r"
        error: sdk-sandbox must not know acme in its dev-dependencies
         --> crates/x/Cargo.toml:4:1
          |
        4 | acme.workspace = true
          | ^^^^^^^^^^^^^^^^^^^^^
          = help: the arrows between crates are in ARCHITECTURE.md; move the code to the side that may know both
        ");
    }

    #[test]
    fn auth_knows_no_graphql_library() {
        let text = "[package]\nname = \"sdk-auth\"\n[dependencies]\ngraphql_client.workspace = true\n[lints]\nworkspace = true\n";
        insta::assert_snapshot!(check(text), @r"
        error: sdk-auth must not know GraphQL, and `graphql_client` is a GraphQL library
         --> crates/x/Cargo.toml:4:1
          |
        4 | graphql_client.workspace = true
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: move what needs it to sdk-graphql
        ");
    }

    #[test]
    fn versions_lints_and_features_are_the_workspaces() {
        let text =
            "[package]\nname = \"acme\"\n[dependencies]\nserde = \"1\"\n[features]\ndefault = []\n";
        insta::assert_snapshot!(check(text), @r#"
        error: acme does not take the lints of the workspace
         --> crates/x/Cargo.toml:1:1
          = help: add `[lints]` with `workspace = true`
        error: acme has a feature `default`
         --> crates/x/Cargo.toml:6:1
          |
        6 | default = []
          | ^^^^^^^^^^^^
          = help: features double what must be tested; only redis is agreed on
        error: the version of `serde` is not that of the workspace
         --> crates/x/Cargo.toml:4:1
          |
        4 | serde = "1"
          | ^^^^^^^^^^^
          = help: put the version into [workspace.dependencies] of the root manifest and write `workspace = true` here
        "#);
    }
}
