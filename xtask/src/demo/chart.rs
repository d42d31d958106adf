//! Tables and bars for a terminal.

use comfy_table::{ContentArrangement, Table, presets};

/// The longest bar, in columns.
const WIDTH: usize = 48;

/// A table that fits the terminal.
pub(super) fn table<const N: usize>(
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header)
        .add_rows(rows);
    table
}

/// One bar per row, the longest of full width, a sliver for anything above zero.
pub(super) fn bars(rows: &[(&str, usize)]) -> String {
    let most = rows
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0)
        .max(1);
    let longest = rows.iter().map(|(name, _)| name.len()).max();
    let column = longest.unwrap_or(0).max(9);
    rows.iter()
        .map(|(name, count)| {
            let eighths = (count * WIDTH * 8).div_ceil(most);
            let bar =
                "█".repeat(eighths / 8) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
            format!("  {name:<column$} {count:>7}  {bar}\n")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion_and_never_vanish() {
        let drawn = bars(&[("HIGH", 480), ("LOW", 240), ("INFO", 1), ("NONE", 0)]);
        let lengths: Vec<usize> = drawn
            .lines()
            .map(|line| line.chars().skip(21).count())
            .collect();
        assert_eq!(lengths, [48, 24, 1, 0]);
    }
}
