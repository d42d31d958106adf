//! What one costs among many, over what it costs among the fewest: a flat line is perfect.

use anyhow::{Result, anyhow};
use plotters::{
    chart::ChartBuilder,
    coord::combinators::IntoLogRange,
    prelude::{Circle, Color, IntoDrawingArea, LineSeries, RGBColor, SVGBackend, Text, WHITE},
    style::text_anchor::HPos,
};

use super::{GRID, INK, PALE, text};
use crate::growth::Curve;

const SIZE: (u32, u32) = (1000, 440);
/// Told apart by people who see no red, too.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(130, 110, 0),
    RGBColor(86, 100, 120),
];
/// The distance below which two names at the right end would meet, as a share of the axis.
const APART: f64 = 0.055;

/// Counts with the cost of one over the first.
fn relative(curve: &Curve) -> Vec<(f64, f64)> {
    let Some((_, first)) = curve.points.first() else {
        return Vec::new();
    };
    let points = curve.points.iter();
    points
        .map(|(count, cost)| (*count as f64, cost / first))
        .collect()
}

pub(super) fn draw(curves: &[Curve]) -> Result<Option<String>> {
    let mut drawn: Vec<_> = curves
        .iter()
        .zip(COLOURS)
        .map(|(curve, colour)| (curve, colour, relative(curve)))
        .filter(|(_, _, points)| !points.is_empty())
        .collect();
    if drawn.is_empty() {
        return Ok(None);
    }
    let all = drawn.iter().flat_map(|(_, _, points)| points.iter());
    let highest = all.fold(1.5, |most: f64, (_, cost)| most.max(*cost)) * 1.1;
    let mut picture = String::new();
    {
        let area = SVGBackend::with_string(&mut picture, SIZE).into_drawing_area();
        let failed = |failure: &dyn std::fmt::Display| anyhow!("{failure}");
        area.fill(&WHITE).map_err(|failure| failed(&failure))?;
        let title = "growth: what one costs among many, over what it costs among the fewest";
        area.draw(&Text::new(title, (20, 22), text(17, INK, HPos::Left)))
            .map_err(|failure| failed(&failure))?;
        let mut chart = ChartBuilder::on(&area)
            .margin_top(50)
            .margin_left(14)
            .margin_right(330)
            .margin_bottom(10)
            .x_label_area_size(46)
            .y_label_area_size(48)
            .build_cartesian_2d((1.0..10_000.0).log_scale(), 0.0..highest)
            .map_err(|failure| failed(&failure))?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(GRID.mix(0.0))
            .bold_line_style(GRID)
            .axis_style(PALE)
            .x_labels(5)
            .y_labels(6)
            .x_label_formatter(&|count| format!("{count:.0}"))
            .y_label_formatter(&|cost| format!("{cost:.1}×"))
            .x_desc("how many: operations, callers at once, or findings to a page")
            .label_style(text(12, PALE, HPos::Center))
            .draw()
            .map_err(|failure| failed(&failure))?;
        let last = |points: &[(f64, f64)]| points.last().map_or(1.0, |(_, cost)| *cost);
        drawn.sort_by(|one, next| last(&one.2).total_cmp(&last(&next.2)));
        let mut below = f64::NEG_INFINITY;
        for (curve, colour, points) in &drawn {
            let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
            chart
                .draw_series(line)
                .map_err(|failure| failed(&failure))?;
            let dots = points.iter().map(|at| Circle::new(*at, 4, colour.filled()));
            chart
                .draw_series(dots)
                .map_err(|failure| failed(&failure))?;
            let height = last(points).max(below + APART * highest);
            below = height;
            let (_, y) = chart.backend_coord(&(10_000.0, height));
            let first = curve.points.first().map_or(0.0, |(_, cost)| *cost);
            let name = format!("{} (1× is {})", curve.name, curve.unit.show(first));
            let x = SIZE.0 as i32 - 318;
            area.draw(&Text::new(name, (x, y), text(12, *colour, HPos::Left)))
                .map_err(|failure| failed(&failure))?;
        }
        area.present().map_err(|failure| failed(&failure))?;
    }
    Ok(Some(picture))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Unit;

    #[test]
    fn a_curve_starts_at_one_and_is_named_with_its_first_figure() -> Result<()> {
        let curve = Curve {
            name: "reading",
            of: "rows",
            unit: Unit::Nanoseconds,
            points: vec![(10, 40.0), (100, 60.0)],
        };
        assert_eq!(relative(&curve), [(10.0, 1.0), (100.0, 1.5)]);
        let picture = draw(&[curve])?.unwrap_or_default();
        assert!(picture.contains("reading (1× is 40.0 ns)"));
        Ok(())
    }
}
