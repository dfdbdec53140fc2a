//! Lines over named places: one for each row of a grid, with a band from the least to the greatest value.

use super::axis::Axis;
use super::columns::Columns;
use super::curves::{Line, Weight, draw_band, draw_line};
use super::frame::{Frame, Margins};
use super::labels::{Entry, Foot, draw_ends};
use super::number::{percent_tick, tick};
use super::sheet::{Sheet, Style};
use super::{Failure, Guide, Reading, Theme, text};
use crate::mark::Marker;
use plotters::prelude::DrawingBackend;

/// A chart of lines over places.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    /// Horizontal axis.
    pub columns: Columns,
    /// What the vertical axis measures.
    pub y_name: String,
    /// Vertical axis.
    pub y: Axis,
    /// Values are shares.
    pub percent: bool,
    /// One for each row: its points are places' numbers and values, NaN where there is none.
    pub lines: Vec<Line>,
    /// For each row, the places where it is marked as diverged.
    pub diverged: Vec<Vec<usize>>,
}

/// From this width on names stand at the lines' ends.
const ROOMY: f64 = 560.0;

/// Room above the plot: for the axis' name and, below it, the crosses.
const TOP: f64 = 30.0;

/// What the crosses above the plot mean.
const DIVERGED: &str = "diverged";

impl Profiles {
    fn foot(&self, width: f64) -> Option<Foot> {
        let entry = |l: &Line| Entry { name: l.end.clone(), mark: l.mark, marker: l.mark.marker };
        (width < ROOMY).then(|| Foot::new(self.lines.iter().map(entry).collect(), &self.columns.name, width))
    }

    fn tick(&self, v: f64) -> String {
        if self.percent { percent_tick(v) } else { tick(v) }
    }

    fn frame(&self, size: (f64, f64)) -> Frame {
        let (right, bottom) = match self.foot(size.0) {
            Some(foot) => (10.0, 22.0 + foot.height()),
            None => {
                let longest = self.lines.iter().map(|l| text::width(&l.end, 12.0, true)).fold(0.0, f64::max);
                ((28.0 + longest).min(size.0 * 0.3), 38.0)
            }
        };
        let frame = |left| Frame::new(size, Margins { left, top: TOP, right, bottom }, self.columns.axis(), self.y);
        let labels = frame(42.0).y_ticks().into_iter().map(|v| text::width(&self.tick(v), 11.0, false));
        frame(labels.fold(32.0, f64::max) + 10.0)
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        frame.draw_y(sheet, theme, |v| self.tick(v))?;
        self.columns.draw(sheet, &frame, theme)?;
        sheet.text(&self.y_name, (0.0, 6.0), Style::label(theme.muted))?;
        for line in &self.lines {
            draw_band(sheet, &frame, line, theme)?;
        }
        for line in &self.lines {
            draw_line(sheet, &frame, line, theme)?;
            for &(x, y) in line.points.iter().filter(|p| !p.1.is_nan()) {
                let at = (frame.px(x), frame.py(y));
                if frame.holds(at) {
                    sheet.marker(line.mark.marker, at, 3.0, theme.color(&line.mark))?;
                }
            }
        }
        self.draw_diverged(sheet, &frame, theme)?;
        match self.foot(sheet.width()) {
            Some(foot) => foot.draw(sheet, &frame, theme),
            None => {
                let middle = (frame.left + frame.width() / 2.0, frame.bottom + 27.0);
                sheet.text(&self.columns.name, middle, Style::label(theme.muted).centred())?;
                draw_ends(sheet, &frame, self.lines.iter(), theme)
            }
        }
    }

    /// A cross above the plot wherever some run diverged, the rows beside each other.
    fn draw_diverged<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        let apart =
            (frame.width() / self.columns.labels.len().max(1) as f64 / self.lines.len().max(1) as f64).min(11.0);
        for (row, (places, line)) in self.diverged.iter().zip(&self.lines).enumerate() {
            let aside = (row as f64 - (self.lines.len() as f64 - 1.0) / 2.0) * apart;
            for &place in places {
                let at = (frame.px(place as f64) + aside, frame.top - 8.0);
                sheet.marker(Marker::Cross, at, 3.5, theme.color(&line.mark))?;
            }
        }
        if self.diverged.iter().any(|places| !places.is_empty()) {
            sheet.text(DIVERGED, (frame.right, 6.0), Style::label(theme.muted).right())?;
            let left = frame.right - text::width(DIVERGED, 11.0, false) - 6.0;
            sheet.marker(Marker::Cross, (left, 6.0), 3.5, theme.muted)?;
        }
        Ok(())
    }

    /// The place under a pixel, and a read-out with its guide and the lines' points there, yet without words.
    pub fn at(&self, size: (f64, f64), (x, _): (f64, f64)) -> Option<(usize, Reading)> {
        let frame = self.frame(size);
        let place = self.columns.at(&frame, x)?;
        let guide = Guide { x: frame.px(place as f64), top: frame.top, bottom: frame.bottom };
        let points = self.lines.iter().filter_map(|l| l.points.get(place));
        let dots = points.filter(|p| !p.1.is_nan()).map(|p| (guide.x, frame.py(p.1))).filter(|at| frame.holds(*at));
        Some((place, Reading { dots: dots.collect(), guide: Some(guide), ..Reading::default() }))
    }

    /// A line through these values, from place to place.
    pub fn line(name: String, mark: super::Mark, values: &[Option<f64>], ranges: &[Option<(f64, f64)>]) -> Line {
        let point = |(i, v): (usize, &Option<f64>)| (i as f64, v.unwrap_or(f64::NAN));
        Line {
            end: name.clone(),
            name,
            mark,
            weight: Weight::Thick,
            points: values.iter().enumerate().map(point).collect(),
            band: ranges.iter().map(|r| r.unwrap_or((f64::NAN, f64::NAN))).collect(),
        }
    }
}
