//! ION Factory OS: list parts, show the open runs, submit one value under its etag, attach a file.

use anyhow::{Context, Result, ensure};
use futures_util::TryStreamExt;
use ion::{
    Client, Config, Env,
    files::Source,
    queries::{
        ListParts, ListRuns, UpdateRunStepFieldValue, get_run::RunStepField, list_runs::Run,
    },
    types::{RunStepFieldType, RunsInputFilters, StringFilter, UpdateRunStepFieldValueInput},
};
use sdk_sandbox::Sandbox;
use serde_json::json;

use super::{Took, chart};

/// Rows in a table.
const SHOWN: usize = 8;

/// Does the main job; against the vendor, the part of it that only reads.
pub(super) async fn play() -> Result<Took> {
    let process = Env::process();
    let sandbox = match Config::is_present(&process) {
        true => None,
        false => Some(Sandbox::start().await?),
    };
    let client = match &sandbox {
        None => Client::from_env()?,
        Some(sandbox) => {
            let env = Env::from_pairs(sandbox.ion().variables());
            Config::from_env(&env)?.into_builder().build()?
        }
    };
    let place = match sandbox {
        Some(_) => "in a sandbox on loopback",
        None => "at the addresses that the environment names; nothing is written",
    };
    println!("\nION Factory OS, {place}\n");

    show_parts(&client).await?;
    let runs = show_open_runs(&client).await?;
    if sandbox.is_some() {
        let in_progress = |run: &&Run| run.status.as_deref() == Some("IN_PROGRESS");
        let run = runs.iter().find(in_progress);
        let run = run.context("no run is in progress")?;
        submit(&client, run).await?;
        attach(&client, run).await?;
    }

    let (tokens, calls) = (client.token_stats(), client.call_stats());
    if let Some(sandbox) = &sandbox {
        let seen = sandbox.ion().counts();
        ensure!(
            (seen.token_requests, seen.api_requests) == (tokens.requests, calls.sent),
            "the sandbox saw {} token requests and {} API requests",
            seen.token_requests,
            seen.api_requests,
        );
    }
    Ok(Took {
        vendor: "ION Factory OS",
        token_requests: tokens.requests,
        api_requests: calls.sent,
    })
}

async fn show_parts(client: &Client) -> Result<()> {
    let parts: Vec<_> = client.items(ListParts::new()).try_collect().await?;
    println!("{} parts, the first of them\n", parts.len());
    let rows = parts.into_iter().take(SHOWN).map(|part| {
        [
            part.part_number.unwrap_or_default(),
            part.revision.unwrap_or_default(),
            part.description.unwrap_or_default(),
        ]
    });
    println!(
        "{}",
        chart::table(["part", "revision", "description"], rows)
    );
    Ok(())
}

async fn show_open_runs(client: &Client) -> Result<Vec<Run>> {
    let open = StringFilter::new().in_(["TODO", "IN_PROGRESS"]);
    let list = ListRuns::new().filters(RunsInputFilters::new().status(open));
    let runs: Vec<Run> = client.items(list).try_collect().await?;
    println!("\n{} open runs, the first of them\n", runs.len());
    let rows = runs.iter().take(SHOWN).map(|run| {
        [
            run.id.to_string(),
            run.title.clone().unwrap_or_default(),
            run.status.clone().unwrap_or_default(),
        ]
    });
    println!("{}", chart::table(["run", "title", "state"], rows));
    Ok(runs)
}

/// Submits a measurement, and shows that an etag from before is spent.
async fn submit(client: &Client, run: &Run) -> Result<()> {
    let progress = client.run_progress(&run.id).await?;
    let step = progress.current().context("the run is complete")?;
    let is_number = |field: &&RunStepField| field.type_ == Some(RunStepFieldType::Number);
    let mut fields = step.fields.iter().flatten().flatten();
    let field = fields
        .find(is_number)
        .context("the step asks for no number")?;
    let name = field.name.clone().context("the field has no name")?;

    // Text, as a file of measurements has it: the field wants a number, and gets one.
    let submitted = client.submit(&run.id, name.clone(), "42.5").send().await?;
    let value = submitted.value.unwrap_or_default();
    println!("\n{name} of run {} is now {value}", run.id);

    let etag = field.etag.clone().context("the field has no etag")?;
    let input = UpdateRunStepFieldValueInput::new(field.id.clone(), etag).value(json!(40));
    let Err(error) = client.execute(UpdateRunStepFieldValue::new(input)).await else {
        anyhow::bail!("a spent etag was taken");
    };
    ensure!(error.is_conflict(), "{error}");
    println!("Another value under the etag from before: {error}");
    Ok(())
}

/// Attaches a file to a run, and fetches it again.
async fn attach(client: &Client, run: &Run) -> Result<()> {
    let entity = run.entity_id.clone().context("the run has no entityId")?;
    let content = "torque\n42.5\n";
    let attached = client
        .attach_file(entity, "measured.csv", Source::bytes(content))
        .send()
        .await?;
    let mut fetched = Vec::new();
    let file = attached.file.id;
    let bytes = client.download(&file).write_to(&mut fetched).await?;
    ensure!(fetched == content.as_bytes(), "another file came back");
    println!("\nmeasured.csv is attached as {file}, and comes back with {bytes} bytes");
    Ok(())
}
