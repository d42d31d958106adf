//! What the verbs say, and the programs that they start.

use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::Command;

/// Prints a line for whoever started the verb.
#[expect(clippy::print_stdout, reason = "the verbs report what they do")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Runs a program that has to succeed, and lets it print.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", line(command)))?;
    ensure!(
        status.success(),
        "its output is above; to run it alone: {}",
        line(command)
    );
    Ok(())
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let mut line = program.into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_is_shown_as_a_person_would_type_it() {
        assert_eq!(
            line(&crate::workspace::cargo(&["fmt", "--check"])),
            "cargo fmt --check"
        );
    }
}
