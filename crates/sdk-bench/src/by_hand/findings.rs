//! A page of findings, as `ListFindings` asks for it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    pub all_findings: Option<Vec<Finding>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    #[serde(rename = "_cursor")]
    pub cursor: Option<String>,
    pub id: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub category: Option<Category>,
    pub subcategory: Option<String>,
    pub severity: Option<Severity>,
    pub risk_score: Option<f64>,
    pub cvss_score: Option<f64>,
    pub cvss_severity: Option<String>,
    pub vuln_id_from_tool: Option<String>,
    pub linked_finding_hash: Option<String>,
    pub source_types: Option<Vec<String>>,
    pub origin: Option<String>,
    pub regression: Option<bool>,
    pub date: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub current_status: Option<Status>,
    pub affects: Option<Vec<Component>>,
    pub cves: Option<Vec<Cve>>,
    pub cwes: Option<Vec<Cwe>>,
    pub original_findings: Option<Vec<Original>>,
    pub original_findings_sources: Option<Vec<Tool>>,
    pub test: Option<Test>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    ConfigIssues,
    Credentials,
    CryptoMaterial,
    Cve,
    SastAnalysis,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Unknown,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub id: String,
    pub status: Option<StatusOption>,
    pub justification: Option<Justification>,
    pub responses: Option<Vec<Reaction>>,
    pub comment: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub created_by: Option<User>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StatusOption {
    Affected,
    Fixed,
    NotAffected,
    UnderInvestigation,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Justification {
    ComponentNotPresent,
    InlineMitigationsAlreadyExist,
    VulnerableCodeCannotBeControlledByAdversary,
    VulnerableCodeNotInExecutePath,
    VulnerableCodeNotPresent,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reaction {
    CannotFix,
    RollbackRequired,
    UpdateRequired,
    WillNotFix,
    WorkaroundAvailable,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub id: String,
    pub name: Option<String>,
    pub version: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cve {
    pub id: String,
    pub cve_id: Option<String>,
    pub cvss_score: Option<f64>,
    pub cvss_base_metric_v3: Option<BaseMetric>,
    pub epss: Option<Epss>,
    pub exploits_info: Option<Exploits>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseMetric {
    pub cvssv3: Option<Cvss>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cvss {
    pub base_score: Option<f64>,
    pub vector_string: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Epss {
    pub epss_score: Option<f64>,
    pub epss_percentile: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exploits {
    pub exploit_proof_of_concept: Option<bool>,
    pub reported_in_the_wild: Option<bool>,
    pub weaponized: Option<bool>,
    pub exploited_by_named_threat_actors: Option<bool>,
    pub exploited_by_botnets: Option<bool>,
    pub exploited_by_ransomware: Option<bool>,
    pub exploits: Option<Vec<Exploit>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exploit {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cwe {
    pub id: String,
    pub cwe_id: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Original {
    pub id: String,
    pub vuln_id_from_tool: Option<String>,
    pub origin: Option<String>,
    pub cvss_score: Option<f64>,
    pub cvss_severity: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    pub id: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    pub id: String,
    pub tools: Option<Vec<Tool>>,
}
