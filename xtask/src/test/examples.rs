//! Every example of every crate, as the README says to run it: pointed to a sandbox by the variables that
//! `cargo xtask sandbox` prints, or with none set and a sandbox of its own. What they print and write holds no secret.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use finitestate::queries::ListAssets;
use ion::queries::ListRuns;
use sdk_canary::marks;
use sdk_sandbox::Sandbox;
use tokio::runtime::Runtime;

use super::secrets;
use crate::workspace;

/// An example as it is run.
struct Run {
    package: &'static str,
    name: &'static str,
    arguments: Vec<String>,
    /// Where it is pointed to; nowhere for a sandbox of its own.
    variables: Vec<(&'static str, String)>,
}

impl Run {
    /// The example without any of these variables.
    fn command(&self, variables: &[&str]) -> Command {
        let mut example = workspace::cargo(&["run", "--quiet", "--package", self.package]);
        for name in variables {
            example.env_remove(name);
        }
        example.args(["--example", self.name, "--"]);
        example.args(&self.arguments);
        example
    }
}

/// Runs the demo and all examples, each that is let in also with a secret that is not.
pub(super) fn run() -> Result<()> {
    let runtime = Runtime::new()?;
    let sandbox = marked(&runtime)?;
    let folder = std::env::temp_dir().join(format!("xtask-examples-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = in_folder(&runtime, &sandbox, &folder);
    std::fs::remove_dir_all(&folder)?;
    outcome?;
    own_queries(&runtime)?;
    demo_in_place(&runtime)
}

/// A sandbox whose secrets can be told from everything else.
fn marked(runtime: &Runtime) -> Result<Sandbox> {
    Ok(runtime.block_on(Sandbox::builder().marks(marks()).start())?)
}

fn in_folder(runtime: &Runtime, sandbox: &Sandbox, folder: &Path) -> Result<()> {
    let ids = runtime.block_on(Ids::of(sandbox))?;
    let seen_before = Seen::by(sandbox);
    let runs = runs(sandbox, folder, &ids)?;
    ensure_all_are_run(&runs)?;
    let ours: Vec<&str> = runs
        .iter()
        .flat_map(|run| &run.variables)
        .map(|(name, _)| *name)
        .collect();
    let mut demo = demo();
    for name in &ours {
        demo.env_remove(name);
    }
    secrets::succeed(&mut demo)?;
    for run in &runs {
        secrets::succeed(run.command(&ours).envs(run.variables.clone()))?;
        if !run.variables.is_empty() {
            secrets::fail(run.command(&ours).envs(secrets::refused(&run.variables)))?;
        }
    }
    secrets::search(folder)?;
    seen_before.check(sandbox, &runs)
}

fn demo() -> Command {
    workspace::cargo(&["run", "--quiet", "--package", "xtask", "--", "demo"])
}

/// All runs, each example at least once.
fn runs(sandbox: &Sandbox, folder: &Path, ids: &Ids) -> Result<Vec<Run>> {
    let path = |name: &str| folder.join(name).display().to_string();
    let (firmware, photo, people) = (path("firmware.bin"), path("photo.jpg"), path("people.csv"));
    std::fs::write(&firmware, "firmware")?;
    std::fs::write(&photo, "pixels")?;
    std::fs::write(&people, "row-1,No,Body,Nowhere\n")?;
    let of = |package, name, arguments: &[&str], variables: &[(&'static str, String)]| Run {
        package,
        name,
        arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
        variables: variables.to_vec(),
    };
    let finite = sandbox.finitestate().variables();
    let ion = sandbox.ion().variables();
    let altrata = sandbox.altrata().variables();
    let version = sandbox.finitestate().main_asset_version_id();
    let (sbom, state) = (path("sbom.json"), path("state.json"));
    let store = format!("file:{}", path("tokens"));
    let token_url = sandbox.finitestate().token_url();
    Ok(vec![
        of("finitestate", "list_findings", &[], &finite),
        of("finitestate", "upload_binary", &[&firmware], &[]),
        of(
            "finitestate",
            "upload_binary",
            &[&firmware, &ids.asset, "9.9"],
            &finite,
        ),
        of("finitestate", "export_sbom", &[&sbom], &[]),
        of("finitestate", "export_sbom", &[&sbom, version], &finite),
        of("ion", "list_parts", &[], &ion),
        of("ion", "attach_file", &[], &[]),
        of("ion", "attach_file", &[&ids.entity, &photo], &ion),
        of("altrata", "search_people", &[], &altrata),
        of("altrata", "match_people", &[], &[]),
        of("altrata", "match_people", &[&people, &state], &altrata),
        of("finlex", "open_tenders", &[], &sandbox.finlex().variables()),
        of(
            "sdk-auth",
            "authorized_json",
            &[],
            &sandbox.oauth2_basic().variables(),
        ),
        of(
            "sdk-auth",
            "token_status",
            &[&store, &token_url, "client"],
            &[],
        ),
    ])
}

/// Refuses an example that is in the tree and in no run.
fn ensure_all_are_run(runs: &[Run]) -> Result<()> {
    for file in workspace::files(&workspace::root())? {
        let parts: Vec<&str> = file.split('/').collect();
        let ["crates", package, "examples", name] = parts[..] else {
            continue;
        };
        let name = name.strip_suffix(".rs").unwrap_or(name);
        ensure!(
            runs.iter()
                .any(|run| (run.package, run.name) == (package, name)),
            "{file} is run by nothing: add it to xtask/src/test/examples.rs"
        );
    }
    Ok(())
}

/// What some examples want as arguments.
struct Ids {
    asset: String,
    entity: String,
}

impl Ids {
    async fn of(sandbox: &Sandbox) -> Result<Self> {
        let env = finitestate::Env::from_pairs(sandbox.finitestate().variables());
        let client = finitestate::Config::from_env(&env)?
            .into_builder()
            .build()?;
        let assets = client.execute(ListAssets::new().first(1)).await?.all_assets;
        let asset = assets.into_iter().flatten().next().context("no asset")?.id;
        let env = ion::Env::from_pairs(sandbox.ion().variables());
        let client = ion::Config::from_env(&env)?.into_builder().build()?;
        let runs = client.execute(ListRuns::new().first(1)).await?.runs;
        let run = runs.and_then(|runs| runs.edges?.into_iter().flatten().next()?.node);
        let entity = run.and_then(|run| run.entity_id).context("no run")?;
        Ok(Self {
            asset: asset.to_string(),
            entity: entity.to_string(),
        })
    }
}

/// Tokens that each vendor has given out and API requests that it has seen, by its package.
struct Seen([(&'static str, u64, u64); 5]);

impl Seen {
    fn by(sandbox: &Sandbox) -> Self {
        let counts = [
            ("finitestate", sandbox.finitestate().counts()),
            ("ion", sandbox.ion().counts()),
            ("altrata", sandbox.altrata().counts()),
            ("finlex", sandbox.finlex().counts()),
            ("sdk-auth", sandbox.oauth2_basic().counts()),
        ];
        Self(counts.map(|(package, seen)| (package, seen.tokens_issued, seen.api_requests)))
    }

    /// Checks that each run used the sandbox that it was pointed to.
    fn check(&self, sandbox: &Sandbox, runs: &[Run]) -> Result<()> {
        for (before, after) in self.0.iter().zip(Self::by(sandbox).0) {
            let (package, tokens, calls) = after;
            let pointed = runs.iter().filter(|run| run.package == package);
            let pointed = pointed.filter(|run| !run.variables.is_empty()).count();
            ensure!(
                tokens - before.1 == pointed as u64 && calls > before.2,
                "an example of {package} did not use the sandbox that it was pointed to"
            );
        }
        Ok(())
    }
}

/// The example of a service with operations of its own, on a sandbox of its own: it has its own tokens.
fn own_queries(runtime: &Runtime) -> Result<()> {
    let sandbox = marked(runtime)?;
    let mut example = workspace::cargo(&["run", "--quiet", "--package", "own-queries"]);
    example
        .envs(sandbox.finitestate().variables())
        .envs(sandbox.altrata().variables());
    secrets::succeed(&mut example)?;
    let seen = [sandbox.finitestate().counts(), sandbox.altrata().counts()];
    ensure!(
        seen.iter().all(|seen| seen.api_requests > 0),
        "the example of own operations did not use the sandbox: {seen:?}"
    );
    Ok(())
}

/// The demo where every vendor is named by variables.
fn demo_in_place(runtime: &Runtime) -> Result<()> {
    let sandbox = marked(runtime)?;
    let mut demo = demo();
    demo.envs(sandbox.finitestate().variables())
        .envs(sandbox.ion().variables())
        .envs(sandbox.altrata().variables())
        .envs(sandbox.finlex().variables());
    secrets::succeed(&mut demo)
}
