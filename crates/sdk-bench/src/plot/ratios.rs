//! Bars to the right where we are ahead of a peer, to the left where we are behind, on a logarithmic axis: twice as
//! good and twice as bad are equally long.

use anyhow::{Result, anyhow};
use plotters::{
    coord::Shift,
    prelude::{Color, DrawingArea, IntoDrawingArea, PathElement, Rectangle, SVGBackend, Text},
    style::text_anchor::HPos,
};

use super::{AHEAD, BEHIND, GRID, INK, PALE, text};
use crate::report::Line;

const WIDTH: i32 = 1000;
const ROW: i32 = 22;
const TOP: i32 = 64;
const BOTTOM: i32 = 42;
/// Where the peers' names and the bars begin, and where the bars end.
const PEERS: i32 = 330;
const LEFT: i32 = 590;
const RIGHT: i32 = 940;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Where a factor lies between the left and the right edge.
struct Axis {
    least: f64,
    most: f64,
}

impl Axis {
    /// Powers of two around all factors, and at least a half and two.
    fn around(factors: impl Iterator<Item = f64> + Clone) -> Self {
        let least = factors.clone().fold(0.5, f64::min).log2().floor();
        let most = factors.fold(2.0, f64::max).log2().ceil();
        Self { least, most }
    }

    fn place(&self, factor: f64) -> i32 {
        let share = (factor.log2() - self.least) / (self.most - self.least);
        LEFT + (share * f64::from(RIGHT - LEFT)).round() as i32
    }

    /// Powers of two, so few that their labels do not meet.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        let step = ((self.most - self.least) / 8.0).ceil().max(1.0);
        let (from, to) = (
            (self.least / step).ceil() as i32,
            (self.most / step).floor() as i32,
        );
        (from..=to).map(move |power| (f64::from(power) * step).exp2())
    }
}

/// `12×`, `1.5×`, `0.12×`.
fn times(factor: f64) -> String {
    if factor >= 10.0 || (factor.fract() == 0.0 && factor >= 1.0) {
        format!("{factor:.0}×")
    } else if factor < 0.095 {
        format!("{factor:.3}×")
    } else {
        format!("{factor:.2}×")
    }
}

pub(super) fn draw(title: &str, lines: &[&Line]) -> Result<Option<String>> {
    let rows: Vec<_> = lines
        .iter()
        .filter_map(|line| Some((*line, line.advantage()?)))
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let axis = Axis::around(rows.iter().map(|(_, factor)| *factor));
    let bottom = TOP + ROW * rows.len() as i32;
    let mut picture = String::new();
    {
        let size = (WIDTH as u32, (bottom + BOTTOM) as u32);
        let area = SVGBackend::with_string(&mut picture, size).into_drawing_area();
        frame(&area, title, &axis, bottom).map_err(|failure| anyhow!("{failure}"))?;
        let mut last = "";
        for (place, (line, factor)) in rows.iter().enumerate() {
            let repeated = last == line.case;
            last = &line.case;
            let top = TOP + ROW * place as i32;
            row(&area, &axis, top, line, *factor, repeated)
                .map_err(|failure| anyhow!("{failure}"))?;
        }
        area.present().map_err(|failure| anyhow!("{failure}"))?;
    }
    Ok(Some(picture))
}

type Drawn<'a> = Result<
    (),
    plotters::drawing::DrawingAreaErrorKind<
        <SVGBackend<'a> as plotters::prelude::DrawingBackend>::ErrorType,
    >,
>;

fn frame<'a>(area: &Area<'a>, title: &str, axis: &Axis, bottom: i32) -> Drawn<'a> {
    area.fill(&plotters::prelude::WHITE)?;
    let heading = title.to_owned();
    area.draw(&Text::new(heading, (20, 22), text(17, INK, HPos::Left)))?;
    for factor in axis.ticks() {
        let (x, colour) = (axis.place(factor), if factor == 1.0 { PALE } else { GRID });
        let line = vec![(x, TOP - 4), (x, bottom + 4)];
        area.draw(&PathElement::new(line, colour.stroke_width(1)))?;
        let label = Text::new(
            times(factor),
            (x, bottom + 16),
            text(12, PALE, HPos::Center),
        );
        area.draw(&label)?;
    }
    let one = axis.place(1.0);
    for (label, x, side) in [
        ("← the peer is ahead", one - 8, HPos::Right),
        ("we are ahead →", one + 8, HPos::Left),
    ] {
        area.draw(&Text::new(label, (x, TOP - 14), text(12, PALE, side)))?;
    }
    let legend = "A dark mark is the goal.";
    area.draw(&Text::new(
        legend,
        (20, bottom + 16),
        text(12, PALE, HPos::Left),
    ))
}

fn row<'a>(
    area: &Area<'a>,
    axis: &Axis,
    top: i32,
    line: &Line,
    factor: f64,
    repeated: bool,
) -> Drawn<'a> {
    let middle = top + ROW / 2;
    if !repeated {
        if top > TOP {
            let rule = vec![(20, top), (RIGHT, top)];
            area.draw(&PathElement::new(rule, GRID.stroke_width(1)))?;
        }
        let case = line.case.clone();
        area.draw(&Text::new(case, (20, middle), text(13, INK, HPos::Left)))?;
    }
    let peer = line.peer.clone();
    area.draw(&Text::new(
        peer,
        (PEERS, middle),
        text(13, PALE, HPos::Left),
    ))?;

    let (one, end) = (axis.place(1.0), axis.place(factor));
    let colour = if factor >= 1.0 { AHEAD } else { BEHIND };
    let bar = [
        (one.min(end), top + 5),
        (one.max(end).max(one.min(end) + 1), top + ROW - 5),
    ];
    area.draw(&Rectangle::new(bar, colour.filled()))?;
    let goal = line.goal_as_advantage();
    let goal = goal.map(|goal| axis.place(goal).clamp(LEFT, RIGHT));
    // The figure stands beside the bar and clear of the mark.
    let (x, side) = if factor >= 1.0 {
        (goal.map_or(end, |goal| end.max(goal)) + 6, HPos::Left)
    } else {
        (goal.map_or(end, |goal| end.min(goal)) - 6, HPos::Right)
    };
    area.draw(&Text::new(times(factor), (x, middle), text(12, INK, side)))?;
    if let Some(x) = goal {
        let mark = [(x - 1, top + 2), (x + 1, top + ROW - 2)];
        area.draw(&Rectangle::new(mark, INK.filled()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Unit;

    #[test]
    fn twice_as_good_and_twice_as_bad_are_equally_long() {
        let axis = Axis::around([0.3, 5.0].into_iter());
        let one = axis.place(1.0);
        assert_eq!(axis.place(2.0) - one, one - axis.place(0.5));
    }

    #[test]
    fn a_picture_names_case_peer_and_factor() -> Result<()> {
        let line = Line::counted("part", "case", Unit::Seconds, 2.0, "peer", 3.0);
        let picture = draw("title", &[&line])?.unwrap_or_default();
        for text in ["title", "case", "peer", "1.50×"] {
            assert!(picture.contains(text), "{text}");
        }
        Ok(())
    }

    #[test]
    fn nothing_beside_nothing_is_not_drawn() -> Result<()> {
        let line = Line::counted("part", "case", Unit::Allocations, 0.0, "peer", 2.0);
        assert_eq!(draw("title", &[&line])?, None);
        Ok(())
    }
}
