//! Lines over a common axis: losses over steps, or the loss along a direction.

use super::axis::Axis;
use super::frame::{Frame, Margins};
use super::labels::{Entry, Foot, draw_ends, draw_events};
pub use super::line::{Event, Line, Weight};
use super::number::{percent, percent_tick, short, tick};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Guide, Reading, Table, Theme, clip, text, thin};
use crate::mark::Marker;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// A place of the horizontal axis that the chart is about: the axis is then a direction of a landscape.
#[derive(Clone, Debug, PartialEq)]
pub struct Here {
    /// Where: a dot stands there on each thick line.
    pub x: f64,
    /// What it is, in a word or two.
    pub name: String,
}

/// A chart of lines. A line that leaves the axes is cut there, and a triangle says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// What the horizontal axis counts, such as `step`.
    pub x_name: String,
    /// What the vertical axis measures, such as `loss`.
    pub y_name: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// Values are shares, to be read as percentages.
    pub percent: bool,
    /// In drawing order.
    pub lines: Vec<Line>,
    /// Vertical marks.
    pub events: Vec<Event>,
    /// A place to be marked instead of the lines' ends.
    pub here: Option<Here>,
}

/// From this width on names stand at the lines' ends; below, in a key under the plot.
const ROOMY: f64 = 480.0;
/// Pixels within which a point counts as being where the pointer is.
const NEAR: f64 = 24.0;
/// Least room for the values of the vertical axis, so that the plot does not shift as they change.
const LEFT: f64 = 42.0;

impl Curves {
    /// The lines that have a name at their end.
    fn named(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|l| l.weight == Weight::Thick && !l.end.is_empty())
    }

    /// What stands below the values of the horizontal axis; nothing, where there is room beside them.
    fn foot(&self, width: f64) -> Option<Foot> {
        if width > ROOMY && self.here.is_none() && self.named().next().is_some() {
            return None;
        }
        let entry = |name: &str, line: &Line, marker| Entry { name: name.into(), mark: line.mark, marker };
        let entries = match &self.here {
            Some(here) => self.thick().take(1).map(|l| entry(&here.name, l, Marker::Disc)).collect(),
            None => self.named().map(|l| entry(&l.end, l, l.mark.marker)).collect(),
        };
        Some(Foot::new(entries, &self.x_name, width))
    }

    fn thick(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|l| l.weight == Weight::Thick)
    }

    fn frame(&self, size: (f64, f64)) -> Frame {
        let (right, bottom) = match self.foot(size.0) {
            Some(foot) => (10.0, 22.0 + foot.height()),
            None => {
                let names = self.named().map(|l| l.end.as_str()).chain([self.x_name.as_str()]);
                let longest = names.map(|name| text::width(name, 12.0, true)).fold(0.0, f64::max);
                ((28.0 + longest).min(size.0 * 0.4), 22.0)
            }
        };
        let frame = |left| Frame::new(size, Margins { left, top: 22.0, right, bottom }, self.x, self.y);
        let labels = frame(LEFT).y_ticks().into_iter().map(|v| text::width(&self.tick(v), 11.0, false));
        frame(labels.fold(LEFT - 10.0, f64::max) + 10.0)
    }

    fn value(&self, v: f64) -> String {
        if v.is_nan() {
            return "missing".into();
        }
        if self.percent { percent(v) } else { short(v) }
    }

    fn tick(&self, v: f64) -> String {
        if self.percent { percent_tick(v) } else { tick(v) }
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        frame.draw_y(sheet, theme, |v| self.tick(v))?;
        frame.draw_x(sheet, theme, tick)?;
        sheet.text(&self.y_name, (0.0, 6.0), Style::label(theme.muted))?;
        for line in &self.lines {
            draw_band(sheet, &frame, line, theme)?;
        }
        for line in &self.lines {
            draw_line(sheet, &frame, line, theme)?;
        }
        self.draw_references(sheet, &frame, theme)?;
        let off_scale = self.draw_off_scale(sheet, &frame, theme)?;
        for line in self.thick() {
            let point = match &self.here {
                Some(here) => line.nearest(here.x).map(|i| line.points[i]),
                None => line.points.last().copied(),
            };
            let at = point.map(|(x, y)| (frame.px(x), frame.py(y))).filter(|at| frame.holds(*at));
            if let Some(at) = at {
                let radius = if self.here.is_some() { 4.0 } else { 3.0 };
                sheet.disc(at, radius, theme.color(&line.mark))?;
            }
        }
        draw_events(sheet, &frame, &self.events, usize::from(off_scale), theme)?;
        match self.foot(sheet.width()) {
            Some(foot) => foot.draw(sheet, &frame, theme),
            None => {
                sheet.text(&self.x_name, (frame.right + 22.0, frame.bottom + 11.0), Style::label(theme.muted))?;
                draw_ends(sheet, &frame, self.named(), theme)
            }
        }
    }

    /// The names of references, each above its line, unless another one is there.
    fn draw_references<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        let mut taken: Vec<f64> = Vec::new();
        for line in self.lines.iter().filter(|l| l.weight == Weight::Reference) {
            let Some((x, y)) = line.points.iter().find(|p| !p.1.is_nan()).map(|p| (frame.px(p.0), frame.py(p.1)))
            else {
                continue;
            };
            // Below the line where above it there is no room.
            let y = if y - 14.0 < frame.top { y + 8.0 } else { y - 8.0 };
            if frame.holds((x, y)) && taken.iter().all(|t| (t - y).abs() >= 12.0) {
                // At the other end if a run's curve begins where the words would stand.
                let width = text::width(&line.end, 11.0, false);
                let solid = || self.lines.iter().filter(|l| l.weight == Weight::Thick).flat_map(|l| &l.points);
                let on = |from: f64| {
                    let near = |p: &&(f64, f64)| (frame.py(p.1) - y).abs() < 9.0;
                    solid().filter(near).any(|p| (from - 6.0..=from + width).contains(&frame.px(p.0)))
                };
                let ends = [x + 6.0, frame.right - 6.0 - width];
                let from = ends.into_iter().find(|from| !on(*from)).unwrap_or(ends[0]);
                sheet.text(&line.end, (from, y), Style::label(theme.color(&line.mark)))?;
                taken.push(y);
            }
        }
        Ok(())
    }

    /// Triangles at the edges where lines leave the plot, explained above it; whether there are any.
    fn draw_off_scale<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
    ) -> Result<bool, Failure<DB>> {
        let mut taken: Vec<(f64, f64)> = Vec::new();
        // The thick lines first: of the others only what they leave unmarked.
        let (thick, others): (Vec<&Line>, Vec<&Line>) = self.lines.iter().partition(|l| l.weight == Weight::Thick);
        for line in thick.into_iter().chain(others) {
            let clipped = clip::line(frame, line.points.iter().copied());
            let mut last = [f64::NEG_INFINITY; 2];
            for (side, (places, y)) in
                [(&clipped.above, frame.top + 5.0), (&clipped.below, frame.bottom - 5.0)].into_iter().enumerate()
            {
                for &place in places {
                    let near = |x: f64, apart: f64| taken.iter().any(|t| t.1 == y && (t.0 - x).abs() < apart);
                    if place - last[side] < APART || (line.weight != Weight::Thick && near(place, APART)) {
                        continue;
                    }
                    last[side] = place;
                    let mut x = place;
                    while near(x, 9.0) {
                        x += 9.0;
                    }
                    let marker = [Marker::Triangle, Marker::Downwards][side];
                    sheet.marker(marker, (x, y), 4.0, line.ink(theme))?;
                    taken.push((x, y));
                }
            }
        }
        if !taken.is_empty() {
            let upwards = taken.iter().any(|t| t.1 < frame.bottom - 5.0);
            let (marker, right) = (if upwards { Marker::Triangle } else { Marker::Downwards }, frame.right);
            sheet.text(OFF_SCALE, (right, 6.0), Style::label(theme.muted).right())?;
            sheet.marker(marker, (right - text::width(OFF_SCALE, 11.0, false) - 4.0, 6.0), 4.0, theme.muted)?;
        }
        Ok(!taken.is_empty())
    }

    /// The nearest point of every line at the pointer's place on the horizontal axis.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        let frame = self.frame(size);
        if !(frame.left - 4.0..=frame.right + 4.0).contains(&at.0) {
            return None;
        }
        let wanted = self.x.value((at.0 - frame.left) / frame.width());
        let solid = self.lines.iter().filter(|l| !matches!(l.weight, Weight::Ghost | Weight::Reference));
        let lead = solid.filter_map(|l| l.nearest(wanted).map(|i| l.points[i].0));
        let x = lead.min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()))?;
        let shown = tick(x.round_to(3));
        let title = match &self.here {
            Some(here) if here.x == x => format!("{shown} along {}: {}", self.x_name, here.name),
            Some(_) => format!("{shown} along {}", self.x_name),
            None => format!("{} {shown}", self.x_name),
        };
        let guide = Guide { x: frame.px(x), top: frame.top, bottom: frame.bottom };
        let known = |l: &Line| l.points.iter().any(|p| p.0 == x && p.1.is_finite());
        let place = self.here.as_ref().filter(|_| self.lines.iter().any(known)).map(|_| (x, 0.0));
        let mut reading = Reading { title, guide: Some(guide), place, ..Reading::default() };
        for line in &self.lines {
            let Some(i) = line.nearest(wanted) else { continue };
            let (px, y) = line.points[i];
            // A line that ends elsewhere says nothing about this place; one with points far apart says which it is.
            let far = (frame.px(px) - frame.px(x)).abs() > NEAR;
            if line.weight == Weight::Reference {
                let at = line.at(x).map(|y| (line.name.clone(), self.value(y), Some(line.mark)));
                reading.rows.extend(at);
                continue;
            }
            if far && !line.covers(i, x) {
                continue;
            }
            let mut value = match line.band.get(i) {
                Some((low, high)) if low < high => {
                    format!("{} ({} to {})", self.value(y), self.value(*low), self.value(*high))
                }
                _ => self.value(y),
            };
            if far {
                value += &format!(" at {} {}", self.x_name, tick(px.round_to(3)));
            }
            reading.rows.push((line.name.clone(), value, Some(line.mark)));
            // Off the scale there is nothing to point at.
            let at = (frame.px(px), frame.py(y));
            if line.weight == Weight::Thick && frame.holds(at) {
                reading.dots.push(at);
            }
        }
        for event in self.events.iter().filter(|e| (frame.px(e.x) - frame.px(x)).abs() < 6.0) {
            reading.rows.push((event.text.clone(), String::new(), Some(event.mark)));
        }
        Some(reading)
    }

    /// All lines side by side, thinned; a dash where a line has no value.
    pub fn table(&self) -> Table {
        let Some(longest) = self.lines.iter().filter(|l| l.weight == Weight::Thick).max_by_key(|l| l.points.len())
        else {
            return Table::default();
        };
        let mut head = vec![self.x_name.clone()];
        head.extend(self.lines.iter().map(|l| l.name.clone()));
        let every = thin(longest.points.len());
        let last = longest.points.len().saturating_sub(1);
        let chosen = longest.points.iter().enumerate().filter(|(i, _)| i % every == 0 || *i == last);
        let rows = chosen
            .map(|(_, (x, _))| {
                let mut row = vec![tick(x.round_to(3))];
                row.extend(self.lines.iter().map(|l| l.at(*x).map_or_else(|| "–".into(), |y| self.value(y))));
                row
            })
            .collect();
        Table { head, rows }
    }
}

/// Rounds away what is not worth reading in a place on an axis.
trait RoundTo {
    fn round_to(self, places: i32) -> f64;
}

impl RoundTo for f64 {
    fn round_to(self, places: i32) -> f64 {
        let scale = 10f64.powi(places);
        (self * scale).round() / scale
    }
}

/// What triangles at the edges mean.
const OFF_SCALE: &str = "off scale";
/// Least distance between two triangles of a line.
const APART: f64 = 16.0;

pub(super) fn draw_band<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    line: &Line,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    if line.band.is_empty() || line.band.iter().all(|(low, high)| low == high) {
        return Ok(());
    }
    let values = line.points.iter().map(|p| p.0).zip(line.band.iter().copied());
    for area in clip::band(frame, values) {
        sheet.fill(&area, theme.color(&line.mark).mix(0.16))?;
    }
    Ok(())
}

/// Draws what of a line lies inside.
pub(super) fn draw_line<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    line: &Line,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    let (width, dash) = match line.weight {
        Weight::Thick => (2.25, line.mark.dash),
        Weight::Thin => (1.0, None),
        Weight::Ghost => (1.75, line.mark.dash),
        Weight::Reference => (1.0, Some((2, 3))),
    };
    let stroke = Stroke { color: line.ink(theme), width, dash };
    for piece in clip::line(frame, line.points.iter().copied()).pieces {
        sheet.line(&piece, stroke)?;
    }
    if line.weight == Weight::Thick {
        for at in lone(&line.points).map(|(x, y)| (frame.px(x), frame.py(y))).filter(|at| frame.holds(*at)) {
            sheet.disc(at, 2.0, theme.color(&line.mark))?;
        }
    }
    Ok(())
}

/// The values between two that are missing: there is no line to them. The last one has a dot of its own.
fn lone(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    let missing = |i: Option<usize>| i.and_then(|i| points.get(i)).is_none_or(|p| p.1.is_nan());
    let alone = move |i: usize| missing(i.checked_sub(1)) && missing(Some(i + 1)) && !points[i].1.is_nan();
    (0..points.len().saturating_sub(1)).filter(move |&i| alone(i)).map(|i| points[i])
}
