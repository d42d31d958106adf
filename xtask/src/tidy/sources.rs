//! Rust sources, documentation and snapshots: rooms of a readable size, no stubs, tests that say what they show.

use crate::problem::Problem;

/// Lines of source a file may have, tests not counted.
const MAX_SOURCE_LINES: usize = 500;
/// Lines a snapshot stays under, so that it is read in review.
const MAX_SNAPSHOT_LINES: usize = 150;

// In two halves, so that this file does not find itself.
const STUBS: &[&str] = &[
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
];
const SWITCHED_OFF: &[(&str, &str)] = &[
    (
        concat!("#[ign", "ore"),
        "make it pass or delete it; a test that does not run shows nothing",
    ),
    (
        concat!("#[should", "_panic"),
        "assert on the error instead; library code does not panic",
    ),
];

pub(super) fn check(path: &str, text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    if path.ends_with(".rs") {
        found.extend(size(path, text));
        found.extend(stubs(path, text));
        found.extend(test_names(path, text));
        found.extend(fences(path, text));
    } else if path.ends_with(".md") {
        found.extend(fences(path, text));
    } else if path.ends_with(".snap") {
        found.extend(snapshot(path, text));
    }
    found
}

fn size(path: &str, text: &str) -> Option<Problem> {
    let is_test = ["/tests/", "/benches/", "/examples/"]
        .iter()
        .any(|it| path.contains(it))
        || path.ends_with("/tests.rs");
    let lines = source_lines(text);
    (!is_test && lines > MAX_SOURCE_LINES).then(|| {
        Problem::of_file(
            path,
            format!("{lines} lines of source, more than {MAX_SOURCE_LINES}"),
        )
        .help("split it by what it is about; 300 lines are a good size")
    })
}

/// Lines outside of `#[cfg(test)] mod … { … }`.
fn source_lines(text: &str) -> usize {
    let mut count = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens_tests = line == "#[cfg(test)]"
            && lines
                .peek()
                .is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
        if opens_tests {
            lines.by_ref().find(|line| *line == "}");
        } else {
            count += 1;
        }
    }
    count
}

fn stubs(path: &str, text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if STUBS.iter().any(|it| line.contains(it)) {
            found.push(
                Problem::on_line(path, index + 1, line, "something unfinished")
                    .help("finish it, or leave it out of the tree"),
            );
        }
        for (attribute, help) in SWITCHED_OFF {
            if line.trim_start().starts_with(attribute) {
                found.push(
                    Problem::on_line(
                        path,
                        index + 1,
                        line,
                        "a test that is switched off or expects a panic",
                    )
                    .help(*help),
                );
            }
        }
    }
    found
}

/// Names of tests read as sentences: at least three words, and not "test …".
fn test_names(path: &str, text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut is_test = false;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("#[test]") || trimmed.starts_with("#[tokio::test") {
            is_test = true;
        }
        let Some(name) = function_name(trimmed) else {
            continue;
        };
        if is_test && (name.split('_').count() < 3 || name.starts_with("test_")) {
            found.push(
                Problem::on_line(
                    path,
                    index + 1,
                    line,
                    format!("the name `{name}` does not say what the test shows"),
                )
                .help("name it as a sentence, such as second_process_reuses_the_stored_token"),
            );
        }
        is_test = false;
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

/// Examples in documentation compile and, unless a reason stands at their beginning or in Markdown before them, run.
fn fences(path: &str, text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut open = false;
    let mut before = "";
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let content = documentation(path, line);
        let above = std::mem::replace(&mut before, content.unwrap_or_default());
        let Some(words) = content.and_then(|it| it.strip_prefix("```")) else {
            open &= content.is_some();
            continue;
        };
        let has = |word: &str| words.split([',', ' ']).any(|it| it == word);
        let first = lines.peek().and_then(|(_, line)| documentation(path, line));
        let reason = above.starts_with("<!-- no_run: ")
            || first.is_some_and(|it| it.trim_start_matches("# ").starts_with("// no_run: "));
        if !open && has("ignore") {
            found.push(
                Problem::on_line(
                    path,
                    index + 1,
                    line,
                    "an example that is not even compiled",
                )
                .help("make it compile, or mark the fence as `text` if it is no Rust"),
            );
        }
        if !open && has("no_run") && !reason {
            found.push(
                Problem::on_line(
                    path,
                    index + 1,
                    line,
                    "an example that is not run, without a reason",
                )
                .help("run it against the sandbox, or begin it with `// no_run: REASON`, or write `<!-- no_run: REASON -->` above"),
            );
        }
        open = !open;
    }
    found
}

/// The text of a line of documentation, without its comment marks.
fn documentation<'a>(path: &str, line: &'a str) -> Option<&'a str> {
    if path.ends_with(".md") {
        return Some(line.trim());
    }
    let line = line.trim_start();
    line.strip_prefix("///")
        .or_else(|| line.strip_prefix("//!"))
        .map(str::trim)
}

fn snapshot(path: &str, text: &str) -> Option<Problem> {
    let lines = text.lines().count();
    (lines >= MAX_SNAPSHOT_LINES).then(|| {
        Problem::of_file(
            path,
            format!("a snapshot of {lines} lines; they stay under {MAX_SNAPSHOT_LINES}"),
        )
        .help("snapshot one thing at a time, so that its difference is read in review")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(path: &str, text: &str) -> String {
        check(path, text)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn tests_do_not_count_towards_the_size_of_a_file() {
        let long = "a\n".repeat(MAX_SOURCE_LINES);
        assert_eq!(
            rendered(
                "crates/x/src/a.rs",
                &format!("{long}#[cfg(test)]\nmod tests {{\n{long}}}\n")
            ),
            ""
        );
        assert_eq!(
            rendered("crates/x/tests/it/a.rs", &format!("{long}b\n")),
            ""
        );
        insta::assert_snapshot!(rendered("crates/x/src/a.rs", &format!("{long}b\n")), @r"
        error: 501 lines of source, more than 500
         --> crates/x/src/a.rs:1:1
          = help: split it by what it is about; 300 lines are a good size
        ");
    }

    #[test]
    fn stubs_and_switched_off_tests_are_refused() {
        let text = [
            STUBS[0],
            ")\n",
            SWITCHED_OFF[0].0,
            "]\n  ",
            SWITCHED_OFF[1].0,
            "]\n",
        ]
        .concat();
        assert_eq!(check("a.rs", &text).len(), 3);
    }

    #[test]
    fn names_of_tests_read_as_sentences() {
        let test = |name: &str| rendered("a.rs", &format!("#[test]\nfn {name}() {{}}\n"));
        assert_eq!(test("a_late_rejection_is_ignored"), "");
        insta::assert_snapshot!(test("works"), @r"
        error: the name `works` does not say what the test shows
         --> a.rs:2:1
          |
        2 | fn works() {}
          | ^^^^^^^^^^^^^
          = help: name it as a sentence, such as second_process_reuses_the_stored_token
        ");
        assert!(test("test_that_it_works").contains("does not say"));
    }

    #[test]
    fn helpers_beside_tests_may_be_called_anything() {
        assert_eq!(
            rendered("a.rs", "#[test]\nfn one_two_three() {}\n\nfn check() {}\n"),
            ""
        );
    }

    #[test]
    fn examples_that_do_not_run_need_a_reason() {
        insta::assert_snapshot!(rendered("a.rs", "//! ```no_run\n//! a\n//! ```\n"), @r"
        error: an example that is not run, without a reason
         --> a.rs:1:1
          |
        1 | //! ```no_run
          | ^^^^^^^^^^^^^
          = help: run it against the sandbox, or begin it with `// no_run: REASON`, or write `<!-- no_run: REASON -->` above
        ");
        let inside = "//! ```no_run\n//! // no_run: waits for a person\n//! ```\n";
        assert_eq!(rendered("a.rs", inside), "");
        let above = "<!-- no_run: asks the vendor -->\n```rust,no_run\na\n```\n";
        assert_eq!(rendered("README.md", above), "");
    }

    #[test]
    fn examples_that_do_not_compile_are_refused() {
        insta::assert_snapshot!(rendered("README.md", "```rust,ignore\na\n```\n"), @r"
        error: an example that is not even compiled
         --> README.md:1:1
          |
        1 | ```rust,ignore
          | ^^^^^^^^^^^^^^
          = help: make it compile, or mark the fence as `text` if it is no Rust
        ");
        assert_eq!(rendered("README.md", "```text\nno_run ignore\n```\n"), "");
    }

    #[test]
    fn long_snapshots_are_refused() {
        assert_eq!(
            rendered("a.snap", &"a\n".repeat(MAX_SNAPSHOT_LINES - 1)),
            ""
        );
        insta::assert_snapshot!(rendered("a.snap", &"a\n".repeat(MAX_SNAPSHOT_LINES)), @r"
        error: a snapshot of 150 lines; they stay under 150
         --> a.snap:1:1
          = help: snapshot one thing at a time, so that its difference is read in review
        ");
    }
}
