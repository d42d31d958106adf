//! Numbers that look random and are the same on every run.

/// A stream of numbers that depends on nothing but its seed (splitmix64).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(salt: u64, number: usize) -> Self {
        Self(
            salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ (number as u64).wrapping_mul(0xd1b5_4a32_d192_ed03),
        )
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % (end as u64).max(1)) as usize
    }

    /// True in one of `of` cases.
    pub(crate) fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// One of the items. An empty slice has none to give.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// A number with one decimal place.
    pub(crate) fn tenths(&mut self, from: u32, to: u32) -> f64 {
        f64::from(from + self.below((to - from) as usize + 1) as u32) / 10.0
    }
}

/// As many hexadecimal digits as asked for, up to 64.
pub(crate) fn hex(random: &mut Random, digits: usize) -> String {
    let mut text = String::with_capacity(64);
    for _ in 0..4 {
        text.push_str(&format!("{:016x}", random.next()));
    }
    text.truncate(digits);
    text
}
