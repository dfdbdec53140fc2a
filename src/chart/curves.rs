//! Lines over a common axis: losses over steps, or the loss along a direction.

use super::axis::Axis;
use super::frame::{Frame, Margins, inset};
use super::number::{short, tick};
use super::sheet::{Sheet, Stroke, Style};
use super::theme::Mark;
use super::{Failure, Reading, Table, Theme, thin};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What the eye should follow.
    Thick,
    /// The noisy thing behind it.
    Thin,
    /// What was there before.
    Ghost,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name in read-outs; at its end too, if it is thick.
    pub name: String,
    /// The short name at its end.
    pub end: String,
    /// Its colour and dash.
    pub mark: Mark,
    /// How much it matters.
    pub weight: Weight,
    /// Points from left to right.
    pub points: Vec<(f64, f64)>,
    /// Smallest and largest value that each point stands for; empty if that is the point itself.
    pub band: Vec<(f64, f64)>,
}

impl Line {
    /// The value of the first point that is not before `x`. A point stands for its surroundings, up to
    /// half the distance to its neighbour; none, where the line has ended before that.
    fn at(&self, x: f64) -> Option<f64> {
        let i = self.points.partition_point(|p| p.0 < x);
        let reaches = |w: &[(f64, f64)]| x - w[1].0 <= (w[1].0 - w[0].0) / 2.0;
        let last = || self.points.windows(2).last().filter(|w| reaches(w)).map(|w| &w[1]);
        self.points.get(i).or_else(last).map(|p| p.1)
    }
}

/// Something that happened at one place of the horizontal axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Where.
    pub x: f64,
    /// What, in a few words.
    pub text: String,
    /// Whose.
    pub mark: Mark,
}

/// A chart of lines.
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
}

impl Curves {
    fn frame(&self, size: (f64, f64)) -> Frame {
        let roomy = size.0 > 480.0 && self.lines.iter().any(|l| !l.end.is_empty());
        let right = if roomy { 112.0 } else { 10.0 };
        Frame::new(size, Margins { left: 42.0, top: 22.0, right, bottom: 22.0 }, self.x, self.y)
    }

    fn value(&self, v: f64) -> String {
        if self.percent { super::number::percent(v) } else { short(v) }
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        frame.draw_y(sheet, theme)?;
        frame.draw_x_named_beside(sheet, theme, &self.x_name)?;
        sheet.text(&self.y_name, (0.0, 6.0), Style::label(theme.muted))?;
        for line in &self.lines {
            draw_band(sheet, &frame, line, theme)?;
        }
        for line in &self.lines {
            draw_line(sheet, &frame, line, theme)?;
        }
        for event in &self.events {
            draw_event(sheet, &frame, event, theme)?;
        }
        self.draw_ends(sheet, &frame, theme)
    }

    /// Names at the right ends of the thick lines, pushed apart where they would collide.
    fn draw_ends<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        const APART: f64 = 15.0;
        if sheet.width() - frame.right < 40.0 {
            return Ok(());
        }
        let named = self.lines.iter().filter(|l| l.weight == Weight::Thick && !l.end.is_empty());
        let mut ends: Vec<(f64, &Line)> = Vec::new();
        for line in named {
            let Some(y) = line.points.last().map(|p| frame.py_inside(p.1)) else {
                continue;
            };
            ends.insert(ends.partition_point(|end| end.0 < y), (y, line));
        }
        for i in 1..ends.len() {
            let lack = APART - (ends[i].0 - ends[i - 1].0);
            if lack > 0.0 {
                ends[i - 1].0 -= lack / 2.0;
                ends[i].0 += lack / 2.0;
            }
        }
        for (y, line) in ends {
            let y = inset(y, frame.top, frame.bottom, 4.0);
            let color = theme.color(&line.mark);
            sheet.marker(line.mark.marker, (frame.right + 13.0, y), 4.0, color)?;
            sheet.text(&line.end, (frame.right + 22.0, y), Style::label(color).bold().size(12.0))?;
        }
        Ok(())
    }

    /// The nearest point of every line at the pointer's place on the horizontal axis.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        let frame = self.frame(size);
        if !(frame.left - 4.0..=frame.right + 4.0).contains(&at.0) {
            return None;
        }
        let wanted = self.x.value((at.0 - frame.left) / frame.width());
        let nearest = |line: &Line| {
            let i = line.points.partition_point(|p| p.0 < wanted);
            let candidates = [i.checked_sub(1), Some(i)].into_iter().flatten().filter(|&i| i < line.points.len());
            candidates.min_by(|&a, &b| (line.points[a].0 - wanted).abs().total_cmp(&(line.points[b].0 - wanted).abs()))
        };
        let lead =
            self.lines.iter().filter(|l| l.weight != Weight::Ghost).filter_map(|l| nearest(l).map(|i| l.points[i].0));
        let x = lead.min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()))?;
        let mut reading = Reading {
            title: format!("{} {}", self.x_name, tick(x.round_to(3))),
            guide: Some(frame.px(x)),
            ..Reading::default()
        };
        for line in &self.lines {
            let Some(i) = nearest(line) else { continue };
            let (px, y) = line.points[i];
            // A line that ends elsewhere says nothing about this place.
            if (frame.px(px) - frame.px(x)).abs() > 24.0 {
                continue;
            }
            let value = match line.band.get(i) {
                Some((low, high)) if low < high => {
                    format!("{} ({} to {})", self.value(y), self.value(*low), self.value(*high))
                }
                _ => self.value(y),
            };
            reading.rows.push((line.name.clone(), value, Some(line.mark)));
            if line.weight == Weight::Thick {
                reading.dots.push((frame.px(px), frame.py_inside(y)));
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

fn pixels(frame: &Frame, points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    points.map(|(x, y)| (frame.px(x), frame.py_inside(y))).collect()
}

fn draw_band<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    line: &Line,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    if line.band.is_empty() || line.band.iter().all(|(low, high)| low == high) {
        return Ok(());
    }
    let xs = || line.points.iter().map(|p| p.0);
    let mut outline = pixels(frame, xs().zip(line.band.iter().map(|b| b.1)));
    let mut lower = pixels(frame, xs().zip(line.band.iter().map(|b| b.0)));
    lower.reverse();
    outline.extend(lower);
    sheet.fill(&outline, theme.color(&line.mark).mix(0.16))
}

fn draw_line<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    line: &Line,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    let color = theme.color(&line.mark);
    let stroke = match line.weight {
        Weight::Thick => Stroke { color: color.to_rgba(), width: 2.25, dash: line.mark.dash },
        Weight::Thin => Stroke { color: color.mix(0.4), width: 1.0, dash: None },
        Weight::Ghost => Stroke { color: color.mix(0.3), width: 1.75, dash: line.mark.dash },
    };
    let points = pixels(frame, line.points.iter().copied());
    sheet.line(&points, stroke)?;
    match points.last() {
        Some(&end) if line.weight == Weight::Thick => sheet.disc(end, 3.0, color),
        _ => Ok(()),
    }
}

fn draw_event<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    event: &Event,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    let color = theme.color(&event.mark);
    let x = frame.px(event.x);
    sheet.line(
        &[(x, frame.top), (x, frame.bottom)],
        Stroke { color: color.to_rgba(), width: 1.0, dash: Some((3, 3)) },
    )?;
    let middle = (x, frame.top + 7.0);
    let style = Style::label(color).bold();
    // The words go to the side where there is room.
    if x > frame.left + frame.width() / 2.0 {
        sheet.text(&event.text, (middle.0 - 6.0, middle.1), style.right())
    } else {
        sheet.text(&event.text, (middle.0 + 6.0, middle.1), style)
    }
}
