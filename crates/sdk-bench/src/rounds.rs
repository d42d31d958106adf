//! Rounds of a race: every contender runs in every round, so that drift of the machine hits all of
//! them alike and a ratio of one round compares like with like.

use std::time::{Duration, Instant};

use anyhow::Result;

/// How much to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Rounds of every race. Odd, so that the median is a measured value.
    pub rounds: usize,
    /// How long one contender runs in one round.
    pub round: Duration,
    /// Leaves out what takes minutes.
    pub quick: bool,
}

impl Effort {
    /// The full measurement.
    pub const FULL: Self = Self {
        rounds: 15,
        round: Duration::from_millis(200),
        quick: false,
    };
    /// Shorter rounds, fewer of them, and no slow build peers.
    pub const QUICK: Self = Self {
        rounds: 5,
        round: Duration::from_millis(60),
        quick: true,
    };
}

/// One side of a race.
pub struct Contender<'a> {
    /// Whose code runs.
    pub name: String,
    cost: Box<dyn FnMut() -> Result<f64> + 'a>,
}

impl std::fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contender")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<'a> Contender<'a> {
    /// A contender whose `cost` runs one round and tells the price of one repetition.
    pub fn new(name: impl Into<String>, cost: impl FnMut() -> Result<f64> + 'a) -> Self {
        Self {
            name: name.into(),
            cost: Box::new(cost),
        }
    }
}

/// What one contender cost in each round.
#[derive(Debug, Clone)]
pub struct Samples {
    /// Whose code ran.
    pub name: String,
    values: Vec<f64>,
}

/// The middle of some figures, and how far the middle half of them spreads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Middle {
    /// Half of the figures are smaller, half are larger.
    pub median: f64,
    /// Half the distance between the quartiles, as a share of the median.
    pub noise: f64,
}

impl Samples {
    /// Figures that were taken beside those of a race.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            values,
        }
    }

    /// The middle of the rounds.
    pub fn middle(&self) -> Middle {
        middle(self.values.clone())
    }

    /// This contender's figure over the other's, round by round.
    pub fn over(&self, other: &Self) -> Middle {
        middle(
            self.values
                .iter()
                .zip(&other.values)
                .map(|(ours, theirs)| ours / theirs)
                .collect(),
        )
    }
}

fn middle(mut values: Vec<f64>) -> Middle {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * values.len().saturating_sub(1) as f64;
        values
            .get(place.round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    let median = at(0.5);
    Middle {
        median,
        noise: (at(0.75) - at(0.25)) / 2.0 / median,
    }
}

/// Runs every contender once and forgets the figures.
///
/// # Errors
///
/// When a contender breaks.
pub fn warm_up(contenders: &mut [Contender<'_>]) -> Result<()> {
    contenders
        .iter_mut()
        .try_for_each(|contender| (contender.cost)().map(|_| ()))
}

/// Runs the race. Each round goes through the contenders in the opposite order of the one before.
///
/// # Errors
///
/// When a contender breaks.
pub fn race(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Result<Vec<Samples>> {
    let mut samples: Vec<_> = contenders
        .iter()
        .map(|contender| Samples {
            name: contender.name.clone(),
            values: Vec::new(),
        })
        .collect();
    for round in 0..rounds {
        let mut pairs: Vec<_> = contenders.iter_mut().zip(&mut samples).collect();
        if round % 2 == 1 {
            pairs.reverse();
        }
        for (contender, samples) in pairs {
            samples.values.push((contender.cost)()?);
        }
    }
    Ok(samples)
}

/// How many repetitions of `work` fill `round`.
///
/// # Errors
///
/// When `work` breaks.
pub fn repetitions(round: Duration, mut work: impl FnMut(u64) -> Result<()>) -> Result<u64> {
    let mut times = 1;
    loop {
        let start = Instant::now();
        work(times)?;
        let took = start.elapsed();
        if took * 8 >= round {
            let wanted = times as f64 * round.as_secs_f64() / took.as_secs_f64();
            return Ok((wanted as u64).max(1));
        }
        times *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_taken_within_each_round() -> Result<()> {
        let (mut slow, mut fast) = (0.0, 0.0);
        let samples = race(
            5,
            vec![
                Contender::new("slow", || {
                    slow += 2.0;
                    Ok(slow)
                }),
                Contender::new("fast", || {
                    fast += 1.0;
                    Ok(fast)
                }),
            ],
        )?;
        assert_eq!(
            samples[0].over(&samples[1]),
            Middle {
                median: 2.0,
                noise: 0.0
            }
        );
        Ok(())
    }

    #[test]
    fn noise_is_half_the_spread_of_the_middle_half() {
        let middle = middle(vec![1.0, 2.0, 4.0, 6.0, 100.0]);
        assert_eq!(
            middle,
            Middle {
                median: 4.0,
                noise: 0.5
            }
        );
    }
}
