//! Findings as a busy vendor sends them.

use super::Words;
use crate::by_hand::findings::{
    BaseMetric, Category, Component, Cve, Cvss, Cwe, Epss, Exploit, Exploits, Finding,
    Justification, Original, Reaction, Severity, Status, StatusOption, Test, Tool, User,
};

pub(super) fn finding(words: &mut Words, number: usize) -> Finding {
    let score = words.score();
    Finding {
        cursor: Some(format!("{{\"id\":\"{}\",\"n\":{number}}}", words.id())),
        id: words.id(),
        title: Some(format!("CVE-2024-{number:05}")),
        description: Some(words.sentence(40)),
        category: Some(words.one_of(&[Category::Cve, Category::ConfigIssues])),
        subcategory: None,
        severity: Some(words.one_of(&[Severity::Critical, Severity::High, Severity::Medium])),
        risk_score: Some(words.score()),
        cvss_score: Some(score),
        cvss_severity: Some("HIGH".to_owned()),
        vuln_id_from_tool: Some(format!("CVE-2024-{number:05}")),
        linked_finding_hash: Some(words.hex()),
        source_types: Some(vec!["SCA".to_owned(), "BINARY".to_owned()]),
        origin: Some("analysis".to_owned()),
        regression: Some(words.flag()),
        date: Some(words.instant()),
        created_at: Some(words.instant()),
        updated_at: Some(words.instant()),
        deleted_at: None,
        current_status: words.flag().then(|| status(words)),
        affects: Some(words.some(2, |words| Component {
            id: words.id(),
            name: Some(words.sentence(1)),
            version: Some("1.1.1k".to_owned()),
        })),
        cves: Some(vec![cve(words, number, score)]),
        cwes: Some(words.some(2, |words| Cwe {
            id: words.id(),
            cwe_id: Some("CWE-787".to_owned()),
            name: Some(words.sentence(3)),
        })),
        original_findings: Some(words.some(2, |words| Original {
            id: words.id(),
            vuln_id_from_tool: Some(format!("CVE-2024-{number:05}")),
            origin: Some("analysis".to_owned()),
            cvss_score: Some(score),
            cvss_severity: Some("HIGH".to_owned()),
        })),
        original_findings_sources: Some(vec![tool(words)]),
        test: Some(Test {
            id: words.id(),
            tools: Some(vec![tool(words)]),
        }),
    }
}

fn status(words: &mut Words) -> Status {
    Status {
        id: words.id(),
        status: Some(words.one_of(&[StatusOption::Affected, StatusOption::NotAffected])),
        justification: Some(Justification::VulnerableCodeNotInExecutePath),
        responses: Some(vec![Reaction::UpdateRequired]),
        comment: Some(words.sentence(12)),
        created_at: Some(words.instant()),
        created_by: Some(User {
            id: words.id(),
            email: Some("a.person@example.com".to_owned()),
        }),
        updated_at: Some(words.instant()),
    }
}

fn cve(words: &mut Words, number: usize, score: f64) -> Cve {
    Cve {
        id: words.id(),
        cve_id: Some(format!("CVE-2024-{number:05}")),
        cvss_score: Some(score),
        cvss_base_metric_v3: Some(BaseMetric {
            cvssv3: Some(Cvss {
                base_score: Some(score),
                vector_string: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned()),
            }),
        }),
        epss: Some(Epss {
            epss_score: Some(words.share()),
            epss_percentile: Some(words.share()),
        }),
        exploits_info: Some(Exploits {
            exploit_proof_of_concept: Some(words.flag()),
            reported_in_the_wild: Some(words.flag()),
            weaponized: Some(words.flag()),
            exploited_by_named_threat_actors: Some(false),
            exploited_by_botnets: Some(false),
            exploited_by_ransomware: Some(words.flag()),
            exploits: Some(words.some(2, |words| Exploit { id: words.id() })),
        }),
    }
}

fn tool(words: &mut Words) -> Tool {
    Tool {
        id: Some(words.id()),
        name: Some(words.sentence(1)),
    }
}
