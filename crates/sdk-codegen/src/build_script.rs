//! What a build script says to cargo, and what cargo says to it.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    error::Error,
    generate,
    project::{Project, Queries, SchemaInput},
    shared::Shared,
};

impl Project {
    /// Generates into cargo's output folder, for a build script.
    ///
    /// Tells cargo which files to watch. On errors it prints all of them, writes nothing and ends the
    /// build script with status 1.
    pub fn emit(&self) {
        let folders = (folder("CARGO_MANIFEST_DIR"), folder("OUT_DIR"));
        let (Some(package), Some(out)) = folders else {
            fail("`emit` runs in a build script: CARGO_MANIFEST_DIR and OUT_DIR are not set");
        };
        tell("rerun-if-changed=build.rs");
        if let SchemaInput::File(path) | SchemaInput::Shared(path) = &self.schema {
            watch(&package.join(path));
        }
        if let Queries::Folder(path) = &self.queries {
            watch(&package.join(path));
        }
        let output = match generate::all(self, &package) {
            Ok(output) => output,
            Err(errors) => fail(&errors.to_string()),
        };
        output.read.iter().for_each(|path| watch(path));
        for file in &output.files {
            write(&out.join(file.name()), file.text());
        }
        if let Some(shared) = output.shared {
            self.share_with_dependents(&out, shared);
        }
    }

    /// Writes down what dependents' build scripts need, and has cargo tell them where.
    fn share_with_dependents(&self, out: &Path, mut shared: Shared) {
        if variable("CARGO_MANIFEST_LINKS").is_none() {
            fail("a shared project needs `links = \"NAME\"` under [package] in Cargo.toml");
        }
        let name = variable("CARGO_PKG_NAME").unwrap_or_default();
        shared.vendor = format!("::{}", name.to_string_lossy().replace('-', "_"));
        let path = out.join(&self.options.folder).join("shared.txt");
        write(&path, &shared.to_text());
        let key = metadata_key(&self.options.folder);
        tell(&format!("metadata={key}={}", path.display()));
    }
}

/// The file in which a direct dependency shares its schema: `NAME`, or `NAME/FOLDER`.
pub(crate) fn shared_by(vendor: &str) -> Result<PathBuf, Error> {
    let (links, service) = vendor.split_once('/').unwrap_or((vendor, ""));
    let variable = format!("DEP_{}_{}", shouted(links), metadata_key(service));
    folder(&variable).ok_or_else(|| {
        Error::in_file("build.rs", format!("no dependency shares a schema as `{vendor}`")).help(
            format!("add `{links}` to [dependencies] in Cargo.toml: cargo tells a build script about direct dependencies, by {variable}"),
        )
    })
}

/// The name of a project among what its package tells dependents.
fn metadata_key(folder: &str) -> String {
    match folder {
        "" => "SDK".to_owned(),
        folder => format!("SDK_{}", shouted(folder)),
    }
}

/// A name as cargo writes it in the names of variables.
fn shouted(name: &str) -> String {
    name.to_uppercase().replace(['-', '/'], "_")
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts through variables"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn folder(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from)
}

fn watch(path: &Path) {
    tell(&format!("rerun-if-changed={}", path.display()));
}

#[expect(
    clippy::print_stdout,
    reason = "cargo reads a build script's standard output"
)]
fn tell(instruction: &str) {
    println!("cargo::{instruction}");
}

/// Writes a file or ends the build script.
fn write(path: &Path, text: &str) {
    if let Err(error) = replace(path, text) {
        fail(&format!("{} cannot be written: {error}", path.display()));
    }
}

/// Writes a whole file or none of it, and leaves an unchanged one alone, so that nothing that watches it
/// runs again.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, path)
}

#[expect(
    clippy::print_stderr,
    reason = "cargo shows a failed build script's standard error"
)]
fn fail(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_nothing_stays_beside_it() {
        let folder = std::env::temp_dir().join(format!("sdk-codegen-{}", std::process::id()));
        let path = folder.join("inner/a.rs");
        for text in ["one", "two", "two"] {
            replace(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let beside = fs::read_dir(folder.join("inner")).unwrap();
        assert_eq!(beside.count(), 1);
        // What cannot be written leaves the old file as it is.
        fs::create_dir(path.with_extension("unfinished")).unwrap();
        assert!(replace(&path, "three").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_vendor_that_is_no_dependency_is_named_with_the_remedy() {
        let error = shared_by("no-such/service").unwrap_err().to_string();
        assert!(error.contains("as `no-such/service`"), "{error}");
        assert!(error.contains("add `no-such` to [dependencies]"), "{error}");
        assert!(error.contains("DEP_NO_SUCH_SDK_SERVICE"), "{error}");
    }
}
