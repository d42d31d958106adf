//! How large the parts of an upload are.

use std::fmt;

const MIB: u64 = 1024 * 1024;

/// The most parts an upload may have, as in S3.
pub const MAX_PARTS: u64 = 10_000;

/// How many parts a file is cut into, as long as that gives parts of an ordinary size.
const USUAL_PARTS: u64 = 128;

/// Parts of an ordinary size: large enough for the speed of a connection, small enough to repeat.
const USUAL_BYTES: (u64, u64) = (8 * MIB, 64 * MIB);

/// The part sizes that a store takes; only the last part may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSizes {
    min: u64,
    max: u64,
}

/// A part size that a store does not take, or a file that is too large for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartSizeError {
    /// The size asked for is not between these, in bytes.
    OutOfRange {
        /// The smallest size taken.
        min_bytes: u64,
        /// The largest size taken.
        max_bytes: u64,
    },
    /// With parts of this size, in bytes, the file would have more than [`MAX_PARTS`].
    TooManyParts {
        /// The size.
        part_bytes: u64,
    },
}

impl PartSizes {
    /// Sizes from `min_bytes` to `max_bytes`, both included; at least 1.
    #[must_use]
    pub const fn new(min_bytes: u64, max_bytes: u64) -> Self {
        let min = if min_bytes == 0 { 1 } else { min_bytes };
        let max = if max_bytes < min { min } else { max_bytes };
        Self { min, max }
    }

    /// The size for a file of `length_bytes`, or for one of unknown length.
    ///
    /// 8 to 64 MiB, whole MiB, about 128 parts; larger where there would be more than [`MAX_PARTS`]
    /// otherwise, always within what the store takes.
    ///
    /// # Errors
    ///
    /// When the file does not fit into the largest number of the largest parts.
    pub fn choose(self, length_bytes: Option<u64>) -> Result<u64, PartSizeError> {
        let usual = match length_bytes {
            Some(length) => whole_mib(length.div_ceil(USUAL_PARTS)),
            None => USUAL_BYTES.1,
        };
        let needed = whole_mib(length_bytes.unwrap_or(0).div_ceil(MAX_PARTS));
        let size = usual
            .clamp(USUAL_BYTES.0, USUAL_BYTES.1)
            .max(needed)
            .clamp(self.min, self.max);
        self.check(size, length_bytes)
    }

    /// The size that a caller asks for, if a file of this length can be sent with it.
    ///
    /// # Errors
    ///
    /// When the store takes no such parts, or there would be more than [`MAX_PARTS`].
    pub fn check(self, part_bytes: u64, length_bytes: Option<u64>) -> Result<u64, PartSizeError> {
        if !(self.min..=self.max).contains(&part_bytes) {
            return Err(PartSizeError::OutOfRange {
                min_bytes: self.min,
                max_bytes: self.max,
            });
        }
        if length_bytes.unwrap_or(0).div_ceil(part_bytes) > MAX_PARTS {
            return Err(PartSizeError::TooManyParts { part_bytes });
        }
        Ok(part_bytes)
    }
}

fn whole_mib(bytes: u64) -> u64 {
    bytes.div_ceil(MIB).saturating_mul(MIB)
}

impl fmt::Display for PartSizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange {
                min_bytes,
                max_bytes,
            } => write!(f, "a part must have {min_bytes} to {max_bytes} bytes"),
            Self::TooManyParts { part_bytes } => write!(
                f,
                "the file has more than {MAX_PARTS} parts of {part_bytes} bytes"
            ),
        }
    }
}

impl std::error::Error for PartSizeError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 MiB to just under 2000 MiB.
    const SIZES: PartSizes = PartSizes::new(5 * MIB, 2000 * MIB - 1);
    const GIB: u64 = 1024 * MIB;

    #[track_caller]
    fn check_choice(length: Option<u64>, expected_mib: u64) {
        assert_eq!(SIZES.choose(length), Ok(expected_mib * MIB), "{length:?}");
    }

    #[test]
    fn part_sizes_grow_with_the_file() {
        check_choice(Some(0), 8);
        check_choice(Some(GIB), 8);
        check_choice(Some(2 * GIB), 16);
        check_choice(Some(2 * GIB + 1), 17);
        check_choice(Some(100 * GIB), 64);
        check_choice(Some(625 * GIB), 64);
        check_choice(Some(626 * GIB), 65);
        check_choice(None, 64);
    }

    #[test]
    fn every_choice_keeps_to_the_limits_and_what_cannot_is_an_error() {
        let largest = MAX_PARTS * (2000 * MIB - 1);
        assert_eq!(SIZES.choose(Some(largest)), Ok(2000 * MIB - 1));
        for too_large in [largest + 1, u64::MAX] {
            let part_bytes = 2000 * MIB - 1;
            let refused = Err(PartSizeError::TooManyParts { part_bytes });
            assert_eq!(SIZES.choose(Some(too_large)), refused);
        }
        for length in (0..60).map(|power| 1_u64 << power) {
            if let Ok(size) = SIZES.choose(Some(length)) {
                assert!((5 * MIB..2000 * MIB).contains(&size));
                assert!(length.div_ceil(size) <= MAX_PARTS, "{length}");
            }
        }
    }

    #[test]
    fn a_size_that_is_asked_for_is_checked() {
        assert_eq!(SIZES.check(5 * MIB, None), Ok(5 * MIB));
        let out_of_range = Err(PartSizeError::OutOfRange {
            min_bytes: 5 * MIB,
            max_bytes: 2000 * MIB - 1,
        });
        assert_eq!(SIZES.check(5 * MIB - 1, None), out_of_range);
        assert_eq!(SIZES.check(2000 * MIB, None), out_of_range);
        let part_bytes = 5 * MIB;
        let too_many = Err(PartSizeError::TooManyParts { part_bytes });
        assert_eq!(
            SIZES.check(part_bytes, Some(part_bytes * MAX_PARTS + 1)),
            too_many
        );
    }
}
