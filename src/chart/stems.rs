//! A number per layer, first layer at the top.

use super::axis::Axis;
use super::frame::{Frame, Margins, NAMED_BELOW};
use super::number::{percent, percent_tick, short, tick};
use super::ridges::Names;
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Reading, Table, Theme};
use crate::mark::Mark;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// One layer's number.
#[derive(Clone, Debug, PartialEq)]
pub struct Stem {
    /// The layer's name.
    pub name: String,
    /// Its value; none, if it is missing.
    pub value: Option<f64>,
    /// What theory expects.
    pub expected: Option<f64>,
}

/// A chart of one number per layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Stems {
    /// What is measured.
    pub name: String,
    /// The values' axis.
    pub axis: Axis,
    /// Values are shares, to be read as percentages.
    pub percent: bool,
    /// What is expected, in a few words.
    pub expectation: String,
    /// Colour.
    pub mark: Mark,
    /// From the first layer on.
    pub layers: Vec<Stem>,
}

impl Stems {
    fn names(&self, width: f64) -> Names<'_> {
        Names::new(self.layers.iter().map(|l| l.name.as_str()), width)
    }

    fn frame(&self, size: (f64, f64)) -> Frame {
        let left = self.names(size.0).margin;
        let margins = Margins { left, top: 10.0, right: 14.0, bottom: NAMED_BELOW };
        Frame::new(size, margins, self.axis, Axis::linear(0.0, self.layers.len() as f64))
    }

    fn value(&self, value: Option<f64>) -> String {
        match value {
            None => "missing".into(),
            Some(share) if self.percent => percent(share),
            Some(value) => short(value),
        }
    }

    /// Draws it: stems from 0, or from the left where the axis is logarithmic. There, a value of 0 has no place: it stands
    /// at the left as a ring. What is expected is a bar across the layer's row.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        for tick in frame.x_ticks() {
            sheet.rule((frame.px(tick), frame.top), (frame.px(tick), frame.bottom), theme.grid)?;
        }
        frame.draw_x_named_below(sheet, theme, &self.name, if self.percent { percent_tick } else { tick })?;
        let color = theme.color(&self.mark);
        let row = frame.height() / self.layers.len().max(1) as f64;
        self.names(sheet.width()).draw(sheet, theme, frame.left - 6.0, |i| frame.top + row * (i as f64 + 0.5))?;
        let radius = (row / 3.0).clamp(1.0, 4.5);
        // The last line that has words.
        let mut worded = f64::NEG_INFINITY;
        let base = if self.axis.log { frame.left } else { frame.px(0.0).clamp(frame.left, frame.right) };
        for (i, Stem { value, expected, .. }) in self.layers.iter().enumerate() {
            let y = frame.top + row * (i as f64 + 0.5);
            if let Some(x) = expected.map(|v| frame.px(v)).filter(|x| (frame.left..=frame.right).contains(x)) {
                let bar = Stroke { color: theme.muted.to_rgba(), width: 1.0, dash: None };
                sheet.line(&[(x, y - row / 2.0), (x, y + row / 2.0)], bar)?;
            }
            let stroke = Stroke { color: color.to_rgba(), width: 1.5, dash: self.mark.dash };
            let room = y - worded >= 11.0;
            let finite = value.filter(|v| v.is_finite());
            let Some(value) = finite else {
                if room {
                    let why = if value.is_some() { "not finite" } else { "missing" };
                    sheet.text(why, (frame.left + 4.0, y), Style::label(theme.ink).size(10.0))?;
                    worded = y;
                }
                continue;
            };
            if self.axis.log && value <= 0.0 {
                sheet.ring((frame.left + radius, y), radius, Stroke { dash: None, ..stroke })?;
                if room {
                    sheet.text("0", (frame.left + 2.0 * radius + 6.0, y), Style::label(theme.ink).bold())?;
                    worded = y;
                }
            } else {
                let x = frame.px(value).clamp(frame.left, frame.right);
                sheet.line(&[(base, y), (x, y)], stroke)?;
                sheet.disc((x, y), radius, color)?;
            }
        }
        Ok(())
    }

    /// The layer under the pointer.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        let frame = self.frame(size);
        if self.layers.is_empty() || at.1 < frame.top || at.1 > frame.bottom {
            return None;
        }
        let row = frame.height() / self.layers.len() as f64;
        let i = (((at.1 - frame.top) / row) as usize).min(self.layers.len() - 1);
        let layer = &self.layers[i];
        let mut rows = vec![(self.name.clone(), self.value(layer.value), Some(self.mark))];
        rows.extend(layer.expected.map(|v| (self.expectation.clone(), self.value(Some(v)), None)));
        Some(Reading { title: layer.name.clone(), rows, ..Reading::default() })
    }

    /// By layer.
    pub fn table(&self) -> Table {
        let expects = self.layers.iter().any(|l| l.expected.is_some());
        let row = |l: &Stem| {
            let expected = expects.then(|| self.value(l.expected));
            [l.name.clone(), self.value(l.value)].into_iter().chain(expected).collect()
        };
        let heads = ["layer".into(), self.name.clone()];
        let head = heads.into_iter().chain(expects.then(|| self.expectation.clone())).collect();
        Table { head, rows: self.layers.iter().map(row).collect() }
    }
}
