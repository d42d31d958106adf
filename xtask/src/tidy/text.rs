//! Text of any kind: nothing that is true on one machine only.

use crate::problem::Problem;

// In two halves, so that this file does not find itself.
const MACHINE_FOLDERS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:\\Us", "ers\\"),
];
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(path: &str, text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if MACHINE_FOLDERS
            .iter()
            .any(|folder| names_folder(line, folder))
        {
            found.push(
                Problem::on_line(path, index + 1, line, "a path of one machine")
                    .help("write it relative to the tree, or ask the program for it at run time"),
            );
        }
        if path == "Cargo.lock" && line.starts_with("source = ") && !line.contains(REGISTRY) {
            found.push(
                Problem::on_line(path, index + 1, line, "a dependency that is not from crates.io")
                    .help("lock the graph again without replaced sources; a mirror belongs into the machine's own configuration"),
            );
        }
        let header = line.trim();
        let configures_source = header.starts_with("[source.")
            || header.starts_with("[registries")
            || header.starts_with("[registry");
        if path.ends_with(".toml") && path != "deny.toml" && configures_source {
            found.push(
                Problem::on_line(path, index + 1, line, "a registry in the tree")
                    .help("dependencies come from crates.io; a mirror belongs into the machine's own configuration"),
            );
        }
    }
    found
}

/// Whether the line has an absolute path that begins with the folder, and not a URL or a longer path that contains it.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line.get(..start).unwrap_or_default().chars().next_back();
        before.is_none_or(|it| !it.is_alphanumeric() && !"._-*/~}".contains(it))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(path, text).len()
    }

    #[test]
    fn paths_of_a_machine_are_refused_and_urls_are_not() {
        let folder = MACHINE_FOLDERS[3];
        assert_eq!(count("a.md", &format!("see {folder}x\n")), 1);
        assert_eq!(
            count(
                "a.md",
                &format!("see https://example.com{folder}x and src{folder}y\n")
            ),
            0
        );
    }

    #[test]
    fn every_dependency_is_locked_from_crates_io() {
        assert_eq!(
            count("Cargo.lock", &format!("source = \"{REGISTRY}\"\n")),
            0
        );
        assert_eq!(
            count(
                "Cargo.lock",
                "source = \"sparse+https://mirror.example/index/\"\n"
            ),
            1
        );
    }

    #[test]
    fn registries_are_not_configured_in_the_tree() {
        assert_eq!(count(".cargo/config.toml", "[source.crates-io]\n"), 1);
        assert_eq!(count(".cargo/config.toml", "[alias]\n"), 0);
    }
}
