//! Exports: software bills of materials and reports, made from the data when their job is done.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::input::{Input, Result};
use super::jobs::{Export, Jobs, Stage};
use super::kinds::{ASSET_VERSION, PRODUCT};
use crate::data::select::QueryError;
use crate::data::{Row, Store, Value};
use crate::storage::{Content, Storage};

/// Launches an export; `subtype` and `target` are the names of its two arguments.
pub(super) fn launch(
    store: &Store,
    jobs: &Jobs,
    kind: &'static str,
    input: Input<'_>,
    subtype: &str,
) -> Result<Value> {
    let of = match kind {
        "product-csv" => input.required(store, PRODUCT, "productId")?,
        _ => input.required(store, ASSET_VERSION, "assetVersionId")?,
    };
    let subtype = input.text(subtype).unwrap_or_default().to_owned();
    let id = jobs.launch_export(Export {
        kind,
        subtype,
        of,
        made_up_bytes: None,
    });
    Ok(Value::object(
        "ExportJob",
        vec![("exportJobId", Value::text(id))],
    ))
}

/// Looks at an export; one that is done comes with a fresh link each time.
pub(super) fn look(store: &Store, jobs: &Jobs, storage: &Storage, id: &str) -> Result<Value> {
    let found = jobs.look_at_export(id);
    let (export, stage) = found
        .ok_or_else(|| QueryError::coded("NOT_FOUND", format!("no export has the id {id}")))?;
    let (status, link) = match stage {
        Stage::Queued => ("PENDING", Value::Null),
        Stage::Running => ("IN_PROGRESS", Value::Null),
        Stage::Failed(_) => ("FAILED", Value::Null),
        Stage::Done => {
            let (extension, content_type, content) = content(store, &export);
            let key = format!("exports/{id}.{extension}");
            storage.offer(key.clone(), content_type, content);
            (
                "COMPLETED",
                Value::text(storage.presign(&Method::GET, &key, &[])),
            )
        }
    };
    let fields = vec![("status", Value::Static(status)), ("downloadLink", link)];
    Ok(Value::object("ExportDownloadPresignedUrl", fields))
}

fn content(store: &Store, export: &Export) -> (&'static str, &'static str, Content) {
    if let Some(bytes) = export.made_up_bytes {
        return ("bin", "application/octet-stream", Content::MadeUp(bytes));
    }
    match export.kind {
        "cyclonedx" => (
            "json",
            "application/json",
            cyclonedx(store, export).to_string().into(),
        ),
        "spdx" => (
            "json",
            "application/json",
            spdx(store, export.of).to_string().into(),
        ),
        "artifact-pdf" => ("pdf", "application/pdf", pdf(store, export.of).into()),
        _ => ("csv", "text/csv; charset=utf-8", csv(store, export).into()),
    }
}

/// The rows of a list of a version that are neither merged nor deleted.
fn visible(store: &Store, version: Row, list: &str) -> Vec<Row> {
    let Some((kind, rows)) = store.related(version, list) else {
        return Vec::new();
    };
    let rows = rows.iter().map(|index| Row {
        kind,
        index: *index,
    });
    rows.filter(|row| {
        ["deletedAt", "mergedFindingRefId", "mergedComponentRefId"]
            .iter()
            .all(|field| store.get(*row, field).is_null())
    })
    .collect()
}

fn text(store: &Store, row: Row, field: &str) -> String {
    match store.get(row, field).to_json() {
        apollo_compiler::response::JsonValue::String(text) => text.as_str().to_owned(),
        apollo_compiler::response::JsonValue::Null => String::new(),
        other => other.to_string(),
    }
}

fn cyclonedx(store: &Store, export: &Export) -> Json {
    let component = |row: Row| {
        json!({
            "bom-ref": Store::id(row).to_string(),
            "type": text(store, row, "type").to_lowercase().replace('_', "-"),
            "name": text(store, row, "name"),
            "version": text(store, row, "version"),
            "author": text(store, row, "author"),
        })
    };
    let vulnerability = |row: Row| {
        let affects = store.related(row, "affects");
        let affects = affects.map(|(kind, rows)| {
            let reference =
                |index: &u32| json!({"ref": Store::id(Row { kind, index: *index }).to_string()});
            rows.iter().map(reference).collect::<Vec<_>>()
        });
        json!({
            "id": text(store, row, "vulnIdFromTool"),
            "description": text(store, row, "description"),
            "ratings": [{"severity": text(store, row, "severity").to_lowercase()}],
            "affects": affects.unwrap_or_default(),
        })
    };
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.4",
        "version": 1,
        "metadata": {"component": {
            "bom-ref": Store::id(export.of).to_string(),
            "type": "firmware",
            "name": asset_name(store, export.of),
            "version": text(store, export.of, "name"),
        }},
    });
    if export.subtype != "VDR_ONLY" {
        let components = visible(store, export.of, "softwareComponentInstances");
        document["components"] = components.into_iter().map(component).collect();
    }
    if export.subtype != "SBOM_ONLY" {
        let findings = visible(store, export.of, "findings").into_iter();
        let findings = findings.filter(|row| store.get(*row, "category").as_text() == Some("CVE"));
        document["vulnerabilities"] = findings.map(vulnerability).collect();
    }
    document
}

fn spdx(store: &Store, version: Row) -> Json {
    let package = |row: Row| {
        json!({
            "SPDXID": format!("SPDXRef-{}", Store::id(row)),
            "name": text(store, row, "name"),
            "versionInfo": text(store, row, "version"),
            "supplier": format!("Organization: {}", text(store, row, "author")),
            "downloadLocation": "NOASSERTION",
        })
    };
    let components = visible(store, version, "softwareComponentInstances");
    json!({
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "dataLicense": "CC0-1.0",
        "name": format!("{} {}", asset_name(store, version), text(store, version, "name")),
        "packages": components.into_iter().map(package).collect::<Vec<_>>(),
    })
}

fn asset_name(store: &Store, version: Row) -> String {
    let asset = store.get(version, "asset").as_row();
    asset
        .map(|asset| text(store, asset, "name"))
        .unwrap_or_default()
}

fn csv(store: &Store, export: &Export) -> String {
    let versions = match (export.kind, store.related(export.of, "assets")) {
        ("product-csv", Some((kind, rows))) => rows
            .iter()
            .map(|index| Row {
                kind,
                index: *index,
            })
            .collect(),
        _ => vec![export.of],
    };
    let (list, columns): (_, &[&str]) = match export.subtype.as_str() {
        "ALL_COMPONENTS" => (
            "softwareComponentInstances",
            &[
                "id",
                "name",
                "version",
                "type",
                "author",
                "absoluteRiskScore",
            ],
        ),
        _ => (
            "findings",
            &[
                "id",
                "title",
                "category",
                "severity",
                "riskScore",
                "cvssScore",
                "vulnIdFromTool",
            ],
        ),
    };
    let mut lines = columns.join(",");
    lines.push_str("\r\n");
    for row in versions
        .into_iter()
        .flat_map(|version| visible(store, version, list))
    {
        if export.subtype == "EXPLOIT_INTELLIGENCE" && !is_exploited(store, row) {
            continue;
        }
        let cell = |column: &&str| match *column {
            "id" => Store::id(row).to_string(),
            column => quote(&text(store, row, column)),
        };
        lines.push_str(&columns.iter().map(cell).collect::<Vec<_>>().join(","));
        lines.push_str("\r\n");
    }
    lines
}

/// A cell as RFC 4180 writes it.
fn quote(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

fn is_exploited(store: &Store, finding: Row) -> bool {
    let Some((kind, cves)) = store.related(finding, "cves") else {
        return false;
    };
    cves.iter().any(|index| {
        let Value::Object(info) = store.get(
            Row {
                kind,
                index: *index,
            },
            "exploitsInfo",
        ) else {
            return false;
        };
        info.fields
            .iter()
            .any(|(_, value)| matches!(value, Value::Bool(true)))
    })
}

/// One page with the counts by severity: small, and a file that readers open.
fn pdf(store: &Store, version: Row) -> String {
    let findings = visible(store, version, "findings");
    let count = |severity| {
        let same = |row: &&Row| store.get(**row, "severity").as_text() == Some(severity);
        findings.iter().filter(same).count()
    };
    let lines =
        ["CRITICAL", "HIGH", "MEDIUM", "LOW"].map(|name| format!("{name}: {}", count(name)));
    let drawing = format!("BT /F1 14 Tf 72 720 Td ({}) Tj ET", lines.join(", "));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = file.len();
    file.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    file.push_str(&format!(
        "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    ));
    file
}
