//! What a soak showed, and whether it was good enough.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::Arguments;
use super::calls::Seen;
use super::process::{Readings, Span};
use super::server::Farewell;

/// From so many seconds on, it is judged what grew: a process warms up for longer than a short run takes.
const JUDGED: u64 = 60;

/// How far above its value in the first fifth resident memory may end, in percent.
const MEMORY_PERCENT: u64 = 10;

/// How far above theirs tasks and open files may end: the connections that happen to be open vary.
const OTHERS_PERCENT: u64 = 20;

/// How many of 100 calls must get the right answer: most of those that meet a fault are sent again.
const ANSWERED_PERCENT: u64 = 90;

/// How many token requests each vendor may see in the lifetime of a token, faults aside, which cause more: a token
/// is renewed before its end.
const REQUESTS_PER_LIFETIME: u64 = 3;

/// The lines, and what is wrong with them.
pub(super) struct Report {
    lines: Vec<(&'static str, Value)>,
    broken: Vec<String>,
}

impl Report {
    pub(super) fn new(
        arguments: &Arguments,
        seen: &Seen,
        readings: &Readings,
        lost: usize,
        farewell: &Farewell,
    ) -> Self {
        let errors: u64 = seen.errors.values().sum();
        let unexpected: u64 = seen.unexpected.values().sum();
        let calls = seen.answers + seen.wrong + errors + unexpected;
        let mut report = Self {
            lines: vec![
                ("callers", json!(arguments.callers)),
                ("seconds", json!(arguments.seconds)),
                ("calls", json!(calls)),
                ("right answers", json!(seen.answers)),
                ("wrong answers", json!(seen.wrong)),
                ("errors that faults explain", json!(seen.errors)),
                ("other errors", json!(seen.unexpected)),
                ("lost callers", json!(lost)),
                ("late calls", json!(seen.late)),
                ("longest call, s", json!(seen.longest.as_secs_f64())),
                ("requests to the APIs", json!(farewell.requests)),
                ("token requests", json!(farewell.token_requests)),
                ("faults", json!(farewell.faults)),
            ],
            broken: Vec::new(),
        };
        report.none("wrong answers", seen.wrong);
        report.none("other errors", unexpected);
        report.none("lost callers", lost as u64);
        report.none("late calls", seen.late);
        if calls == 0 || arguments.faults > 0 && farewell.faults == 0 {
            report.broken.push("nothing was put to the test".to_owned());
        }
        if seen.answers * 100 < calls * ANSWERED_PERCENT {
            let share = format!("{} right answers to {calls} calls", seen.answers);
            report.broken.push(share);
        }
        let lifetimes = arguments.seconds / arguments.token_ttl.max(1) + 1;
        let allowed = 2 * REQUESTS_PER_LIFETIME * lifetimes + farewell.faults;
        if farewell.token_requests > allowed {
            let storm = format!("{} token requests", farewell.token_requests);
            report.broken.push(storm);
        }
        let is_judged = arguments.seconds >= JUDGED;
        for (name, span, percent) in [
            (
                "resident memory, kB",
                readings.resident_kb(),
                MEMORY_PERCENT,
            ),
            ("tasks", readings.tasks(), OTHERS_PERCENT),
            ("open files", readings.files(), OTHERS_PERCENT),
        ] {
            report.lines.push((name, json!(span)));
            if let Some(span) = span.filter(|span| is_judged && grew(*span, percent)) {
                report
                    .broken
                    .push(format!("{name} grew from {} to {}", span.early, span.late));
            }
        }
        report
    }

    fn none(&mut self, what: &str, count: u64) {
        if count > 0 {
            self.broken.push(format!("{count} {what}"));
        }
    }

    /// Prints a line for each figure, or one object.
    #[expect(clippy::print_stdout, reason = "the verb reports what it saw")]
    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            let lines = self.lines.iter();
            let object: serde_json::Map<String, Value> = lines
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .chain([("broken".to_owned(), json!(self.broken))])
                .collect();
            println!("{}", Value::from(object));
            return;
        }
        for (name, value) in &self.lines {
            match value {
                Value::Object(parts) => {
                    let parts = parts.iter().map(|(part, value)| format!("{part} {value}"));
                    println!("{name:<27} {}", parts.collect::<Vec<_>>().join(", "));
                }
                value => println!("{name:<27} {value}"),
            }
        }
    }

    /// # Errors
    ///
    /// If a line is not as it has to be.
    pub(super) fn verdict(&self) -> Result<()> {
        if !self.broken.is_empty() {
            bail!("{}", self.broken.join("; "));
        }
        Ok(())
    }
}

/// True if a value ends more than so many percent above where it was.
fn grew(span: Span, percent: u64) -> bool {
    span.late * 100 > span.early * (100 + percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_what_exceeds_the_percentage() {
        let span = |late| Span { early: 1000, late };
        assert!(!grew(span(900), 10));
        assert!(!grew(span(1100), 10));
        assert!(grew(span(1101), 10));
    }
}
