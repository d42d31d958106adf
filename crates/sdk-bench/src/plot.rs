//! Pictures of a report, as SVG: who is ahead by how much, and how costs grow.

mod growth;
mod ratios;

use anyhow::Result;
use plotters::style::{
    IntoFont, RGBColor, TextStyle,
    text_anchor::{HPos, Pos, VPos},
};

use crate::{growth::Curve, report::Line};

const INK: RGBColor = RGBColor(36, 41, 47);
const PALE: RGBColor = RGBColor(101, 109, 118);
const GRID: RGBColor = RGBColor(225, 228, 232);
const AHEAD: RGBColor = RGBColor(9, 105, 218);
const BEHIND: RGBColor = RGBColor(207, 106, 18);

/// Every line of one part of a report beside its peer. None where no line has a ratio.
///
/// # Errors
///
/// When the picture cannot be drawn.
pub fn ratios(title: &str, lines: &[&Line]) -> Result<Option<String>> {
    ratios::draw(title, lines)
}

/// What one costs among many, over what it costs among few. None without curves.
///
/// # Errors
///
/// When the picture cannot be drawn.
pub fn growth(curves: &[Curve]) -> Result<Option<String>> {
    growth::draw(curves)
}

/// Text of a size and colour, with the point it is drawn at on its left, in its middle or on its right.
fn text(size: u32, colour: RGBColor, at: HPos) -> TextStyle<'static> {
    let font = ("system-ui, sans-serif", size).into_font();
    font.color(&colour).pos(Pos::new(at, VPos::Center))
}
