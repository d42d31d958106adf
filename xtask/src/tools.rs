//! Programs from the package registry that some verbs run, each at one version, installed where they are missing.

use crate::terminal::say;
use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// A cargo subcommand at a fixed version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// The package, which is also the program.
    pub(crate) name: &'static str,
    /// The exact version.
    pub(crate) version: &'static str,
}

pub(crate) const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};
pub(crate) const CARGO_HACK: Tool = Tool {
    name: "cargo-hack",
    version: "0.6.46",
};
pub(crate) const CARGO_CYCLONEDX: Tool = Tool {
    name: "cargo-cyclonedx",
    version: "0.5.9",
};
pub(crate) const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
};

impl Tool {
    /// A command that runs the program in the root of the work tree, as cargo would by its second word.
    pub(crate) fn command(self) -> Result<Command> {
        let program = self.installed()?;
        let mut command = Command::new(program);
        let subcommand = self.name.strip_prefix("cargo-").unwrap_or(self.name);
        command.arg(subcommand).current_dir(workspace::root());
        Ok(command)
    }

    /// Where the program is, under `target/tools`, after it has been installed there if need be.
    fn installed(self) -> Result<PathBuf> {
        let Self { name, version } = self;
        let home = workspace::root()
            .join("target/tools")
            .join(format!("{name}-{version}"));
        let program = home
            .join("bin")
            .join(name)
            .with_extension(std::env::consts::EXE_EXTENSION);
        if !program.is_file() {
            say(&format!(
                "{name} {version} is not in target/tools; installing it there"
            ));
            let status = workspace::cargo(&["install", "--locked", "--debug", "--quiet", "--root"])
                .arg(&home)
                .args([name, "--version", version])
                .status()
                .context("cannot run cargo")?;
            ensure!(
                status.success(),
                "cannot install {name}; the reason is above"
            );
        }
        Ok(program)
    }
}
