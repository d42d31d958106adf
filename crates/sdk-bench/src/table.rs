//! The report as a table for people.

use comfy_table::{CellAlignment, Table, TableComponent, presets};

use crate::report::Report;

/// One table per measurement, then the verdict.
pub fn print(report: &Report) {
    let machine = &report.machine;
    println!(
        "{}, {} cores, {}",
        machine.processor, machine.cores, machine.rustc
    );
    let [before, after] = machine.load;
    println!("load average {before:.1} at the start, {after:.1} at the end");
    for lines in report.lines.chunk_by(|one, next| one.part == next.part) {
        let Some(first) = lines.first() else { continue };
        println!("\n{}", first.part);
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
        table.remove_style(TableComponent::HorizontalLines);
        table.remove_style(TableComponent::MiddleIntersections);
        table.set_header(["", "ours", "peer's", "peer", "ratio", "noise", "goal"]);
        for line in lines {
            table.add_row(line.cells());
        }
        for column in [1, 2, 4, 5] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        println!("{table}");
    }
    let promised = report
        .lines
        .iter()
        .filter(|line| line.goal.is_some())
        .count();
    let missed: Vec<_> = report
        .missed()
        .map(|line| format!("{}: {}", line.part, line.case))
        .collect();
    if promised == 0 {
        println!("\nNothing is promised about this.");
    } else if missed.is_empty() {
        println!("\nAll {promised} goals are met.");
    } else {
        println!("\n{} of {promised} goals are missed:", missed.len());
        for line in missed {
            println!("  {line}");
        }
    }
    let took = report.took.iter();
    let took: Vec<_> = took
        .map(|took| format!("{} {:.0} s", took.part, took.seconds))
        .collect();
    println!("\nTime: {}", took.join(", "));
    if !report.left_out.is_empty() {
        println!("Not asked for: {}", report.left_out.join(", "));
    }
    for failure in &report.failures {
        println!("\nFAILED: {}: {}", failure.part, failure.why);
    }
}
