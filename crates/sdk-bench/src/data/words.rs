//! Deterministic pieces of text and numbers.

use chrono::{DateTime, Utc};

const WORDS: [&str; 24] = [
    "buffer",
    "overflow",
    "in",
    "the",
    "parser",
    "of",
    "a",
    "device",
    "firmware",
    "lets",
    "remote",
    "attackers",
    "read",
    "memory",
    "via",
    "crafted",
    "packet",
    "kernel",
    "library",
    "update",
    "without",
    "checks",
    "when",
    "length",
];

/// A seeded source of plausible values.
#[derive(Debug)]
pub struct Words {
    random: fastrand::Rng,
}

impl Words {
    /// The same sequence each time.
    pub fn new() -> Self {
        Self {
            random: fastrand::Rng::with_seed(0x5eed),
        }
    }

    /// A few words; every eighth time with something that JSON must escape.
    pub fn sentence(&mut self, words: usize) -> String {
        let mut text = String::new();
        for _ in 0..words {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.one_of(&WORDS));
        }
        if self.random.u8(..) < 32 {
            text.push_str(" (\"see\\notes\")\n");
        }
        text
    }

    /// A number in text, as vendors' ids are.
    pub fn id(&mut self) -> String {
        self.random
            .u64(100_000_000_000..999_999_999_999)
            .to_string()
    }

    /// Hexadecimal text.
    pub fn hex(&mut self) -> String {
        format!("{:032x}", self.random.u128(..))
    }

    /// A number from 0 to 10 with one decimal.
    pub fn score(&mut self) -> f64 {
        f64::from(self.random.u8(0..=100)) / 10.0
    }

    /// A share with five decimals.
    pub fn share(&mut self) -> f64 {
        f64::from(self.random.u32(0..100_000)) / 100_000.0
    }

    /// True or false.
    pub fn flag(&mut self) -> bool {
        self.random.bool()
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.random.usize(..limit)
    }

    /// An instant of the year 2024, to the microsecond.
    pub fn instant(&mut self) -> DateTime<Utc> {
        let micros = 1_704_067_200_000_000 + self.random.i64(..31_536_000_000_000);
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.random.usize(..choices.len())]
    }

    /// A list of one to `most` items.
    pub fn some<T>(&mut self, most: usize, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..=self.below(most)).map(|_| item(self)).collect()
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}
