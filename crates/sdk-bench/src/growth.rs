//! What more of everything costs: operations, callers at once, and rows to a page.

mod callers;
mod operations;
mod pages;

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::{
    loopback::Loopback,
    report::{Goal, Line, Unit},
    rounds::{Effort, Samples},
};

const PART: &str = "growth: what one costs among many, beside among fewer";

/// The cost of one, over how many there are.
#[derive(Debug, Clone, Serialize)]
pub struct Curve {
    /// What is done.
    pub name: &'static str,
    /// What there is more and more of.
    pub of: &'static str,
    /// What the figures count.
    pub unit: Unit,
    /// How many there were, and what one cost: the median of the rounds.
    pub points: Vec<(usize, f64)>,
}

/// Everything about growth: each step as a line, each whole as a curve.
#[derive(Debug, Default)]
pub struct Growth {
    /// One line for every step from a count to the next.
    pub lines: Vec<Line>,
    /// What the steps add up to.
    pub curves: Vec<Curve>,
}

impl Growth {
    /// Adds the cost of one at each count; a step may raise it by this factor at most, if by any.
    fn add(
        &mut self,
        name: &'static str,
        of: &'static str,
        unit: Unit,
        limit: Option<f64>,
        each: &[(usize, Samples)],
    ) {
        for pair in each.windows(2) {
            if let [(_, fewer), (count, more)] = pair {
                let case = format!("{name}: {count} {of}");
                let line = Line::raced(PART, case, unit, more, fewer);
                self.lines.push(match limit {
                    Some(limit) => line.goal(Goal::RatioAtMost(limit)),
                    None => line,
                });
            }
        }
        let point = |(count, samples): &(usize, Samples)| (*count, samples.middle().median);
        self.curves.push(Curve {
            name,
            of,
            unit,
            points: each.iter().map(point).collect(),
        });
    }
}

/// Measures all growth; scratch crates are built under `root`. What was measured before a failure remains.
///
/// # Errors
///
/// When anything does not run.
pub fn measure(
    effort: Effort,
    loopback: &Loopback,
    root: &Path,
    growth: &mut Growth,
) -> Result<()> {
    operations::generating(effort, growth)?;
    callers::tokens(effort, loopback, growth)?;
    pages::reading(effort, loopback, growth)?;
    operations::compiling(effort, root, growth)?;
    callers::requests(effort, loopback, growth)
}
