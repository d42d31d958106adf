//! Finite State: list products, stream the findings of a version, show the worst, triage one.

mod jobs;
mod stage;

use anyhow::{Context, Result, ensure};
use finitestate::{
    Client, FindingStatusUpdate, Id,
    queries::{
        CountFindings, GetFinding, ListFindings, ListProductAssetVersions, ListUsers,
        UpdateFindingsStatuses,
        list_findings::Finding,
        list_product_asset_versions::{AssetVersion, Product},
    },
    types::{FindingFilter, FindingStatusJustificationEnum},
};
use futures_util::TryStreamExt;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Took, chart};
use stage::Stage;

/// Findings asked for at once.
const PAGE_SIZE: i32 = 200;

/// Severities as the vendor orders them, the worst first.
const SEVERITIES: [&str; 6] = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO", "UNKNOWN"];

/// Rows in the table of the worst findings.
const WORST: usize = 10;

/// Does the main job; against the vendor, the part of it that only reads.
pub(super) async fn play() -> Result<Took> {
    let stage = Stage::set().await?;
    let client = stage.client();
    println!("{}\n", stage.describe());

    let products: Vec<Product> = client
        .items(ListProductAssetVersions::new())
        .try_collect()
        .await?;
    let version = show_products(&products).context("no product has an asset version")?;

    let findings = stream_findings(client, version).await?;
    show_worst(&findings);
    println!("\nFindings by severity\n");
    print!("{}", chart::bars(&count_by_severity(&findings)));

    if stage.may_write() {
        triage(client, &findings).await?;
        jobs::upload(client).await?;
        jobs::export(client, &version.id).await?;
    }
    stage.took()
}

/// Prints the products and picks the version with the most findings.
fn show_products(products: &[Product]) -> Option<&AssetVersion> {
    println!("{} products\n", products.len());
    let versions_of = |product: &Product| product.assets.as_deref().map_or(0, <[_]>::len);
    let rows = products.iter().map(|product| {
        let findings: i64 = product.assets.iter().flatten().map(findings_of).sum();
        [
            product.name.clone().unwrap_or_default(),
            versions_of(product).to_string(),
            findings.to_string(),
        ]
    });
    println!(
        "{}",
        chart::table(["product", "versions", "findings"], rows)
    );
    let versions = products
        .iter()
        .flat_map(|product| product.assets.iter().flatten());
    versions.max_by_key(|version| findings_of(version))
}

fn findings_of(version: &AssetVersion) -> i64 {
    let count = version.findings_meta.as_ref().and_then(|meta| meta.count);
    count.unwrap_or(0)
}

fn name_of(version: &AssetVersion) -> String {
    let asset = version
        .asset
        .as_ref()
        .and_then(|asset| asset.name.as_deref());
    let name = version.name.as_deref().unwrap_or("(no name)");
    asset.map_or_else(|| name.to_owned(), |asset| format!("{asset} {name}"))
}

/// What counts as a finding: neither merged into another one nor deleted.
fn live_findings_of(version: &AssetVersion) -> FindingFilter {
    FindingFilter::new()
        .asset_version_ref_id(version.id.clone())
        .merged_finding_ref_id(None)
        .deleted_at(None)
}

async fn stream_findings(client: &Client, version: &AssetVersion) -> Result<Vec<Finding>> {
    let filter = live_findings_of(version);
    let count = client
        .execute(CountFindings::new().filter(filter.clone()))
        .await?;
    let total = count
        .all_findings_meta
        .and_then(|meta| meta.count)
        .unwrap_or(0);

    println!("\nStreaming {total} findings of {}", name_of(version));
    let bar = ProgressBar::new(u64::try_from(total).unwrap_or(0));
    bar.set_style(ProgressStyle::with_template(
        "{wide_bar} {pos}/{len} {per_sec} {elapsed}",
    )?);
    let findings = client
        .items(ListFindings::new().filter(filter).first(PAGE_SIZE))
        .inspect_ok(|_| bar.inc(1))
        .try_collect::<Vec<_>>()
        .await?;
    bar.finish();
    ensure!(
        i64::try_from(findings.len()) == Ok(total),
        "the stream gave {} findings where the server counts {total}",
        findings.len(),
    );
    Ok(findings)
}

fn show_worst(findings: &[Finding]) {
    println!("\nThe worst findings\n");
    let mut worst: Vec<&Finding> = findings.iter().collect();
    worst.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let rows = worst.into_iter().take(WORST).map(|finding| {
        [
            format!("{:.1}", score(finding)),
            finding
                .severity
                .as_ref()
                .map_or("-", |severity| severity.as_str())
                .to_owned(),
            finding.title.clone().unwrap_or_default(),
            component_of(finding),
            status_of(finding),
        ]
    });
    println!(
        "{}",
        chart::table(["risk", "severity", "finding", "component", "status"], rows)
    );
}

/// How many findings have each severity; one without counts as unknown.
fn count_by_severity(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let severity = |finding: &Finding| {
        let name = finding
            .severity
            .as_ref()
            .map_or("UNKNOWN", |severity| severity.as_str());
        SEVERITIES
            .iter()
            .position(|known| *known == name)
            .unwrap_or(SEVERITIES.len() - 1)
    };
    let mut counts = SEVERITIES.map(|name| (name, 0));
    for finding in findings {
        counts[severity(finding)].1 += 1;
    }
    counts.to_vec()
}

fn score(finding: &Finding) -> f64 {
    finding.risk_score.unwrap_or(0.0)
}

fn component_of(finding: &Finding) -> String {
    let component = finding.affects.iter().flatten().next();
    component.map_or_else(String::new, |component| {
        let name = component.name.as_deref().unwrap_or_default();
        let version = component.version.as_deref().unwrap_or_default();
        format!("{name} {version}")
    })
}

fn status_of(finding: &Finding) -> String {
    let status = finding
        .current_status
        .as_ref()
        .and_then(|current| current.status.as_ref());
    status
        .map_or("untouched", |status| status.as_str())
        .to_owned()
}

/// Changes the worst finding's status and reads it back.
async fn triage(client: &Client, findings: &[Finding]) -> Result<()> {
    let worst = findings.iter().max_by(|a, b| score(a).total_cmp(&score(b)));
    let id: Id = worst.context("there is no finding to triage")?.id.clone();
    // A stream would ask for the next page at once; one user is all that is needed here.
    let users = client.execute(ListUsers::new().first(1)).await?;
    let user = users.all_users.into_iter().flatten().next();
    let user = user.context("there is no user")?;

    let verdict = FindingStatusUpdate::not_affected(
        FindingStatusJustificationEnum::VulnerableCodeNotInExecutePath,
    )
    .comment("the parser is never called");
    client
        .execute(UpdateFindingsStatuses::new([id.clone()], verdict, user.id))
        .await?;

    let read_back = client.execute(GetFinding::new(id.clone())).await?;
    let status = read_back
        .finding
        .and_then(|finding| finding.current_status)
        .and_then(|current| current.status)
        .context("the finding has no status after the update")?;
    println!("\nFinding {id} is now {}", status.as_str());
    Ok(())
}
