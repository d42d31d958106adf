//! What libFuzzer says about a run.

/// How a run ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    executions: u64,
    per_second: u64,
    /// Edges of the program that some case took.
    edges: u64,
    peak_mb: u64,
    /// The file of a case that broke the property, or took too long or too much memory.
    pub(super) case: Option<String>,
}

impl Outcome {
    /// Reads the log of a run with `-print_final_stats=1`.
    pub(super) fn of_log(log: &str) -> Self {
        let mut outcome = Self::default();
        for line in log.lines() {
            let stat = |name: &str| {
                line.strip_prefix("stat::")?
                    .strip_prefix(name)?
                    .strip_prefix(':')
            };
            let number = |text: &str| text.trim().parse().ok();
            if let Some(count) = stat("number_of_executed_units").and_then(number) {
                outcome.executions = count;
            } else if let Some(rate) = stat("average_exec_per_sec").and_then(number) {
                outcome.per_second = rate;
            } else if let Some(peak) = stat("peak_rss_mb").and_then(number) {
                outcome.peak_mb = peak;
            } else if let Some((_, path)) = line.split_once("Test unit written to ") {
                outcome.case = Some(path.trim().to_owned());
            } else if line.starts_with('#')
                && let Some((_, rest)) = line.split_once(" cov: ")
                && let Some(edges) = rest.split(' ').next().and_then(number)
            {
                outcome.edges = edges;
            }
        }
        outcome
    }

    /// A row of the report.
    pub(super) fn row(&self, name: &str, kept: usize, found: usize) -> [String; 8] {
        let verdict = match self.case {
            None => "holds",
            Some(_) => "BROKEN",
        };
        [
            name.to_owned(),
            self.executions.to_string(),
            self.per_second.to_string(),
            self.edges.to_string(),
            kept.to_string(),
            found.to_string(),
            self.peak_mb.to_string(),
            verdict.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
INFO: seed corpus: files: 44 min: 3b max: 400b total: 9000b rss: 40Mb
#45\tINITED cov: 900 ft: 2100 corp: 40/8Kb exec/s: 0 rss: 41Mb
#1048576\tpulse  cov: 1234 ft: 4000 corp: 400/30Kb lim: 4096 exec/s: 9000 rss: 60Mb
#2000000\tDONE   cov: 1240 ft: 4010 corp: 404/30Kb lim: 4096 exec/s: 9100 rss: 60Mb
Done 2000000 runs in 220 second(s)
stat::number_of_executed_units: 2000000
stat::average_exec_per_sec:     9090
stat::new_units_added:          364
stat::slowest_unit_time_sec:    0
stat::peak_rss_mb:              61
";

    #[test]
    fn the_figures_are_those_of_the_last_line() {
        let outcome = Outcome::of_log(LOG);
        let row = outcome.row("webhook", 40, 404);
        let expected = [
            "webhook", "2000000", "9090", "1240", "40", "404", "61", "holds",
        ];
        assert_eq!(row, expected);
    }

    #[test]
    fn a_case_that_breaks_a_property_is_named() {
        let log =
            format!("{LOG}artifact_prefix='b/'; Test unit written to b/crash-1234\nBase64: YQ==\n");
        let outcome = Outcome::of_log(&log);
        assert_eq!(outcome.case.as_deref(), Some("b/crash-1234"));
        assert_eq!(outcome.row("webhook", 1, 1)[7], "BROKEN");
    }
}
