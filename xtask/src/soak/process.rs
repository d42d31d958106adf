//! What this process takes: memory, tasks, open files.

use std::time::Duration;

use tokio::runtime::Handle;

/// One look at the process. What the system does not tell is missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    after: Duration,
    resident_kb: Option<u64>,
    /// Open files, nearly all of them sockets.
    files: Option<u64>,
    tasks: u64,
}

/// Looks at the process over time.
#[derive(Debug, Default)]
pub(super) struct Readings(Vec<Reading>);

/// A value in the first fifth of the run and in the last fifth, on average.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Span {
    pub(super) early: u64,
    pub(super) late: u64,
}

impl Reading {
    /// Looks now; within a runtime.
    pub(super) fn take(after: Duration) -> Self {
        Self {
            after,
            resident_kb: resident_kb(),
            files: std::fs::read_dir("/proc/self/fd")
                .ok()
                .map(|files| files.count() as u64),
            tasks: Handle::current().metrics().num_alive_tasks() as u64,
        }
    }
}

/// Resident memory, where the system tells it.
fn resident_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

impl Readings {
    pub(super) fn add(&mut self, reading: Reading) {
        self.0.push(reading);
    }

    pub(super) fn resident_kb(&self) -> Option<Span> {
        self.span(|reading| reading.resident_kb)
    }

    pub(super) fn files(&self) -> Option<Span> {
        self.span(|reading| reading.files)
    }

    pub(super) fn tasks(&self) -> Option<Span> {
        self.span(|reading| Some(reading.tasks))
    }

    fn span(&self, value: impl Fn(&Reading) -> Option<u64>) -> Option<Span> {
        let whole = self.0.last()?.after;
        let average = |is_in: &dyn Fn(Duration) -> bool| {
            let readings = self.0.iter().filter(|reading| is_in(reading.after));
            let values: Vec<u64> = readings.filter_map(&value).collect();
            values.iter().sum::<u64>().checked_div(values.len() as u64)
        };
        Some(Span {
            early: average(&|after| after * 5 <= whole)?,
            late: average(&|after| after * 5 >= whole * 4)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_is_seen_between_the_first_fifth_and_the_last() {
        let mut readings = Readings::default();
        assert_eq!(readings.tasks(), None);
        for second in 1..=10 {
            readings.add(Reading {
                after: Duration::from_secs(second),
                resident_kb: None,
                files: Some(7),
                tasks: second * 10,
            });
        }
        assert_eq!(
            readings.tasks(),
            Some(Span {
                early: 15,
                late: 90
            })
        );
        assert_eq!(readings.files(), Some(Span { early: 7, late: 7 }));
        assert_eq!(readings.resident_kb(), None);
    }

    #[tokio::test]
    async fn a_look_sees_this_process() {
        let reading = Reading::take(Duration::ZERO);
        assert_eq!(reading.tasks, 0);
        if cfg!(target_os = "linux") {
            assert!(reading.resident_kb > Some(1000), "{reading:?}");
            assert!(reading.files > Some(2), "{reading:?}");
        }
    }
}
