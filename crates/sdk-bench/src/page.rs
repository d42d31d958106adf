//! `docs/benchmarks.md` and its pictures, written from a report.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    plot,
    report::{Line, Report},
};

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench`; do not edit. What each line measures, and how, is in
[`crates/sdk-bench/README.md`](../crates/sdk-bench/README.md). Ours and the peer's figure are medians of the same
rounds; the ratio is the median of the ratios of the rounds. In the pictures a bar to the right is how many
times better we are, whichever way the figure counts.
";

/// Writes the page and its pictures into a folder, over those of an earlier run.
///
/// # Errors
///
/// When a picture cannot be drawn or a file cannot be written.
pub fn write(report: &Report, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    remove_old_pictures(folder)?;
    let mut text = String::from(HEAD);
    machine(report, &mut text)?;
    goals(report, &mut text)?;
    for lines in report.lines.chunk_by(|one, next| one.part == next.part) {
        let Some(first) = lines.first() else { continue };
        write!(text, "\n## {}\n\n", capitalised(first.part))?;
        let growing = first.part.starts_with("growth");
        let picture = if growing {
            plot::growth(&report.curves)?
        } else {
            plot::ratios(first.part, &lines.iter().collect::<Vec<_>>())?
        };
        if let Some(picture) = picture {
            let file = format!("benchmarks-{}.svg", slug(first.part));
            fs::write(folder.join(&file), picture)?;
            write!(text, "![{}]({file})\n\n", first.part)?;
        }
        table(lines.iter(), &mut text)?;
    }
    let path = folder.join("benchmarks.md");
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
}

/// A part that is measured no more leaves no picture behind.
fn remove_old_pictures(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("benchmarks-") && name.ends_with(".svg") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn machine(report: &Report, text: &mut String) -> Result<()> {
    let machine = &report.machine;
    let [before, after] = machine.load;
    writeln!(text, "\n## The machine\n")?;
    writeln!(text, "| | |\n|---|---|")?;
    writeln!(
        text,
        "| processor | {}, {} cores |",
        machine.processor, machine.cores
    )?;
    writeln!(text, "| memory | {:.0} GB |", machine.memory / 1e9)?;
    writeln!(text, "| system | {} |", machine.system)?;
    writeln!(text, "| compiler | {} |", machine.rustc)?;
    writeln!(
        text,
        "| load average | {before:.1} at the start, {after:.1} at the end |"
    )?;
    let minutes: f64 = report.took.iter().map(|took| took.seconds / 60.0).sum();
    let parts: Vec<_> = report
        .took
        .iter()
        .map(|took| format!("{} {:.0} s", took.part, took.seconds))
        .collect();
    writeln!(
        text,
        "| time | {minutes:.0} minutes: {} |",
        parts.join(", ")
    )?;
    let rounds = if report.quick {
        "short (`--quick`)"
    } else {
        "full"
    };
    writeln!(text, "| rounds | {rounds} |")?;
    Ok(())
}

fn goals(report: &Report, text: &mut String) -> Result<()> {
    let promised = report
        .lines
        .iter()
        .filter(|line| line.goal.is_some())
        .count();
    let missed: Vec<_> = report.missed().collect();
    writeln!(text, "\n## Goals\n")?;
    if promised == 0 {
        writeln!(text, "Nothing is promised about this.")?;
    } else if missed.is_empty() {
        writeln!(text, "All {promised} are met.")?;
    } else {
        writeln!(
            text,
            "{} of {promised} are met; these are not:\n",
            promised - missed.len()
        )?;
        table_of(missed.into_iter(), true, text)?;
    }
    if !report.left_out.is_empty() {
        let parts = report.left_out.join(", ");
        writeln!(
            text,
            "\nNot measured, because this run was not asked to: {parts}."
        )?;
    }
    for failure in &report.failures {
        writeln!(
            text,
            "\nNot measured, because it failed: {} ({}).",
            failure.part, failure.why
        )?;
    }
    Ok(())
}

fn table<'a>(lines: impl Iterator<Item = &'a Line>, text: &mut String) -> Result<()> {
    table_of(lines, false, text)
}

fn table_of<'a>(
    lines: impl Iterator<Item = &'a Line>,
    with_part: bool,
    text: &mut String,
) -> Result<()> {
    writeln!(text, "| | ours | peer's | peer | ratio | noise | goal |")?;
    writeln!(text, "|---|---:|---:|---|---:|---:|---|")?;
    for line in lines {
        let [case, ours, theirs, peer, ratio, noise, goal] = line.cells();
        let case = if with_part {
            format!("{}: {case}", line.part)
        } else {
            case
        };
        writeln!(
            text,
            "| {case} | {ours} | {theirs} | {peer} | {ratio} | {noise} | {goal} |"
        )?;
    }
    Ok(())
}

fn capitalised(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The first words of a part's name, for a file's.
fn slug(part: &str) -> String {
    let (name, _) = part.split_once(',').unwrap_or((part, ""));
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).take(7).collect();
    words.join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::SIZES;

    #[test]
    fn parts_of_every_size_have_pictures_of_their_own() {
        let parts = SIZES.iter().flat_map(|size| [size.part, size.peak]);
        let slugs: std::collections::BTreeSet<_> = parts.map(slug).collect();
        assert_eq!(slugs.len(), SIZES.len() * 2);
    }
}
