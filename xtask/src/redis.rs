//! The `redis-server` program, which the tests of shared tokens start.

use anyhow::{Result, bail};
use std::process::{Command, Stdio};

const PACKAGE: &str = "redis-server";

/// Installs the program where it is missing and the machine allows it.
pub(crate) fn ensure() -> Result<()> {
    if runs(Command::new(PACKAGE).arg("--version")) {
        return Ok(());
    }
    let Some(installer) = Installer::find() else {
        bail!("redis-server is not installed, and {}", remedy());
    };
    // An image without lists of packages knows none until they have been fetched.
    let installed = installer.apt_get(&["install", "--yes", PACKAGE])
        || (installer.apt_get(&["update"]) && installer.apt_get(&["install", "--yes", PACKAGE]));
    if !installed {
        bail!(
            "redis-server could not be installed, its output is above; {}",
            remedy()
        );
    }
    Ok(())
}

/// How this process may install packages.
enum Installer {
    Root,
    Sudo,
}

impl Installer {
    fn find() -> Option<Self> {
        if !runs(Command::new("apt-get").arg("--version")) {
            return None;
        }
        let id = Command::new("id").arg("-u").output();
        if id.is_ok_and(|id| id.stdout.trim_ascii() == b"0") {
            return Some(Self::Root);
        }
        runs(Command::new("sudo").args(["-n", "true"])).then_some(Self::Sudo)
    }

    fn apt_get(&self, arguments: &[&str]) -> bool {
        let mut command = match self {
            Self::Root => Command::new("apt-get"),
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.args(["-n", "apt-get"]);
                command
            }
        };
        let status = command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
        status.is_ok_and(|status| status.success())
    }
}

fn remedy() -> &'static str {
    if cfg!(target_os = "macos") {
        "this installs it: brew install redis"
    } else {
        "this installs it: sudo apt-get install redis-server"
    }
}

/// True if the program is there and succeeds; it says nothing.
fn runs(command: &mut Command) -> bool {
    let silent = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
