//! What was measured: one line per ratio, as a table for people or as JSON for programs.

use serde::Serialize;

use crate::{
    growth::Curve,
    rounds::{Middle, Samples},
};

/// What a figure counts, which decides how it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Nanoseconds of wall time.
    Nanoseconds,
    /// Microseconds of CPU time, user and system.
    CpuMicroseconds,
    /// Allocations.
    Allocations,
    /// Bytes.
    Bytes,
    /// Millions of bytes per second.
    MegabytesPerSecond,
    /// Seconds of wall time.
    Seconds,
    /// Seconds of CPU time, user and system, of all processes together.
    CpuSeconds,
    /// Crates that a build compiles.
    Crates,
}

impl Unit {
    /// Whether more of it is better.
    fn is_a_rate(self) -> bool {
        self == Self::MegabytesPerSecond
    }

    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Nanoseconds => format!("{value:.1} ns"),
            Self::CpuMicroseconds => format!("{value:.1} µs CPU"),
            Self::Allocations => format!("{value:.0} allocations"),
            Self::Bytes if value < 1e5 => format!("{:.1} KB", value / 1e3),
            Self::Bytes => format!("{:.1} MB", value / 1e6),
            Self::MegabytesPerSecond => format!("{value:.0} MB/s"),
            Self::Seconds => format!("{value:.2} s"),
            Self::CpuSeconds if value < 1.0 => format!("{:.0} ms CPU", value * 1e3),
            Self::CpuSeconds => format!("{value:.2} s CPU"),
            Self::Crates => format!("{value:.0}"),
        }
    }
}

/// What a line should show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Our figure is at most this share of the peer's.
    RatioAtMost(f64),
    /// Our figure is at least this share of the peer's.
    RatioAtLeast(f64),
    /// Our figure is at most this, whatever the peer's.
    OursAtMost(f64),
}

/// Our figure beside one peer's.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Which measurement this belongs to.
    pub part: &'static str,
    /// What was done.
    pub case: String,
    /// What the figures count.
    pub unit: Unit,
    /// Our figure, the median of the rounds.
    pub ours: f64,
    /// Who is measured beside us.
    pub peer: String,
    /// The peer's figure, the median of the rounds.
    pub theirs: f64,
    /// Ours over theirs, the median of the ratios of the rounds; absent where theirs is zero.
    pub ratio: Option<f64>,
    /// Half the distance between the quartiles of the ratios, as a share of the median.
    pub noise: f64,
    /// What the line should show, where something is promised.
    pub goal: Option<Goal>,
    /// Whether it shows it.
    pub met: Option<bool>,
}

impl Line {
    /// A line over two contenders of one race.
    pub fn raced(
        part: &'static str,
        case: impl Into<String>,
        unit: Unit,
        ours: &Samples,
        peer: &Samples,
    ) -> Self {
        let Middle { median, noise } = ours.over(peer);
        Self {
            ratio: Some(median),
            noise,
            ..Self::counted(
                part,
                case,
                unit,
                ours.middle().median,
                &peer.name,
                peer.middle().median,
            )
        }
    }

    /// A line over two figures that do not vary.
    pub fn counted(
        part: &'static str,
        case: impl Into<String>,
        unit: Unit,
        ours: f64,
        peer: &str,
        theirs: f64,
    ) -> Self {
        Self {
            part,
            case: case.into(),
            unit,
            ours,
            peer: peer.to_owned(),
            theirs,
            ratio: (theirs != 0.0).then(|| ours / theirs),
            noise: 0.0,
            goal: None,
            met: None,
        }
    }

    /// Says what this line should show.
    #[must_use]
    pub fn goal(mut self, goal: Goal) -> Self {
        self.met = Some(match goal {
            Goal::RatioAtMost(limit) => self.ratio.is_some_and(|ratio| ratio <= limit),
            Goal::RatioAtLeast(limit) => self.ratio.is_some_and(|ratio| ratio >= limit),
            Goal::OursAtMost(limit) => self.ours <= limit,
        });
        self.goal = Some(goal);
        self
    }

    /// How many times better than the peer we are; none where one of the figures is nothing.
    pub(crate) fn advantage(&self) -> Option<f64> {
        self.as_advantage(self.ratio?)
    }

    /// The goal on the scale of [`Self::advantage`].
    pub(crate) fn goal_as_advantage(&self) -> Option<f64> {
        self.as_advantage(match self.goal? {
            Goal::RatioAtMost(limit) | Goal::RatioAtLeast(limit) => limit,
            Goal::OursAtMost(_) => return None,
        })
    }

    fn as_advantage(&self, ratio: f64) -> Option<f64> {
        let advantage = if self.unit.is_a_rate() {
            ratio
        } else {
            1.0 / ratio
        };
        (advantage.is_finite() && advantage > 0.0).then_some(advantage)
    }

    /// The cells of the line's row in the table.
    pub(crate) fn cells(&self) -> [String; 7] {
        let goal = match self.goal {
            Some(Goal::RatioAtMost(limit)) => format!("≤ {limit}"),
            Some(Goal::RatioAtLeast(limit)) => format!("≥ {limit}"),
            Some(Goal::OursAtMost(limit)) => format!("≤ {}", self.unit.show(limit)),
            None => String::new(),
        };
        let verdict = match self.met {
            Some(true) => format!("{goal}  met"),
            Some(false) => format!("{goal}  MISSED"),
            None => goal,
        };
        [
            self.case.clone(),
            self.unit.show(self.ours),
            self.unit.show(self.theirs),
            self.peer.clone(),
            self.ratio.map_or_else(|| "–".to_owned(), show_ratio),
            if self.noise > 0.0 {
                format!("±{:.0} %", self.noise * 100.0)
            } else {
                String::new()
            },
            verdict,
        ]
    }
}

/// With a third place where two would hide the goal.
fn show_ratio(ratio: f64) -> String {
    let places = if ratio < 0.1 { 3 } else { 2 };
    format!("{ratio:.places$}")
}

/// Everything one run measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The machine and the toolchain.
    pub machine: Machine,
    /// True when the run took the short way.
    pub quick: bool,
    /// The measured lines, in the order they were taken.
    pub lines: Vec<Line>,
    /// How costs grow.
    pub curves: Vec<Curve>,
    /// How long each part took.
    pub took: Vec<Took>,
    /// What did not run to its end.
    pub failures: Vec<Failure>,
    /// Parts that this run was not asked for.
    pub left_out: Vec<&'static str>,
}

/// How long a part took.
#[derive(Debug, Clone, Serialize)]
pub struct Took {
    /// The part's name.
    pub part: String,
    /// Seconds of wall time.
    pub seconds: f64,
}

/// A part that did not run to its end.
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// The part's name.
    pub part: String,
    /// What went wrong, with its causes, in one line.
    pub why: String,
}

impl Report {
    /// The lines that promise something and do not show it.
    pub fn missed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.met == Some(false))
    }
}

/// What the figures were taken on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor's name, where the system tells it.
    pub processor: String,
    /// How many processors this process may use.
    pub cores: usize,
    /// Bytes of memory.
    pub memory: f64,
    /// The operating system and its kernel.
    pub system: String,
    /// What `rustc --version` prints.
    pub rustc: String,
    /// Runnable processes, averaged over the minute before the start and before the end.
    pub load: [f64; 2],
}

impl Machine {
    /// Asks the system. The load at the end equals the one at the start until it is taken again.
    pub fn describe() -> Self {
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = cpu
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, name)| name);
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kibibytes = memory
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:")?.trim().split(' ').next())
            .and_then(|kibibytes| kibibytes.parse::<f64>().ok());
        let load = load();
        Self {
            processor: processor.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            memory: kibibytes.unwrap_or_default() * 1024.0,
            system: said("uname", "-sr"),
            rustc: said("rustc", "--version"),
            load: [load, load],
        }
    }
}

/// What a program says about itself.
fn said(program: &str, argument: &str) -> String {
    let output = std::process::Command::new(program).arg(argument).output();
    output.map_or_else(
        |_| format!("unknown {program}"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// Runnable processes, averaged over the last minute; 0 where the system does not tell.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(0.0)
}
