//! Counts of allocations, taken by a program of its own, because counting slows down every
//! allocation and the timed program must not pay for it.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::report::{Line, Unit};

/// One figure of one contender.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Count {
    /// What was counted.
    pub what: String,
    /// Doing what.
    pub case: String,
    /// Whose code ran.
    pub name: String,
    /// How many, or how many bytes.
    pub value: f64,
}

/// Everything the counting program found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Allocations(pub Vec<Count>);

impl Allocations {
    /// Runs the counting program, which is built beside this one.
    ///
    /// # Errors
    ///
    /// When it is not there, fails, or prints something else than counts.
    pub fn count(token_url: &str) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("allocations");
        let output = Command::new(&program)
            .arg(token_url)
            .output()
            .with_context(|| format!("running {}", program.display()))?;
        ensure!(
            output.status.success(),
            "counting allocations failed: {}",
            String::from_utf8_lossy(&output.stderr),
        );
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// The counts of one case, ours beside each peer's. Ours is the first that was counted.
    pub fn lines(&self, part: &'static str, what: &str, case: &str, unit: Unit) -> Vec<Line> {
        let mut counts = self
            .0
            .iter()
            .filter(|count| count.what == what && count.case == case);
        let Some(ours) = counts.next() else {
            return Vec::new();
        };
        let title = if part == what {
            case.to_owned()
        } else {
            format!("{case}, {what}")
        };
        counts
            .map(|peer| {
                Line::counted(
                    part,
                    title.as_str(),
                    unit,
                    ours.value,
                    &peer.name,
                    peer.value,
                )
            })
            .collect()
    }
}
