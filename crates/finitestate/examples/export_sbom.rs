//! Saves the bill of materials of an asset version, with its vulnerabilities, as CycloneDX.
//!
//! `cargo run -p finitestate --example export_sbom -- [FILE [ASSET_VERSION_ID]]`
//!
//! With `FINITESTATE_*` set it asks the vendor and needs the id; with none of them set it starts a sandbox
//! of its own. Without a file it prints.

#![expect(clippy::print_stderr, reason = "an example says what it did")]

mod support;

use std::error::Error;

use finitestate::{CycloneDxContents, Export, Id};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (file, version) = (arguments.next(), arguments.next());
    let (client, sandbox) = support::client().await?;
    let version = match (version, &sandbox) {
        (Some(version), _) => Id::from(version),
        (None, Some(sandbox)) => Id::from(sandbox.finitestate().main_asset_version_id()),
        (None, None) => return Err("say which asset version to export".into()),
    };
    let contents = CycloneDxContents::ComponentsAndVulnerabilities;
    let export = client.export(Export::cyclone_dx(version, contents));
    let bytes = match file {
        Some(file) => export.save(file).await?,
        None => export.write_to(tokio::io::stdout()).await?,
    };
    eprintln!("{bytes} bytes");
    Ok(())
}
