//! A number per layer on a logarithmic axis, first layer at the top.

use super::axis::Axis;
use super::frame::{Frame, Margins, NAMED_BELOW};
use super::number::short;
use super::ridges::{NAME, margin, named_every};
use super::sheet::{Sheet, Stroke, Style};
use super::text::shortened;
use super::theme::Mark;
use super::{Failure, Reading, Table, Theme};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// A chart of one number per layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Stems {
    /// What is measured.
    pub name: String,
    /// The values' axis; logarithmic.
    pub axis: Axis,
    /// Colour.
    pub mark: Mark,
    /// Name and value, from the first layer on.
    pub layers: Vec<(String, f64)>,
}

impl Stems {
    fn frame(&self, size: (f64, f64)) -> Frame {
        let left = margin(self.layers.iter().map(|l| l.0.as_str()));
        let margins = Margins { left, top: 10.0, right: 14.0, bottom: NAMED_BELOW };
        Frame::new(size, margins, self.axis, Axis::linear(0.0, self.layers.len() as f64))
    }

    /// Draws it. A value of 0 has no place on a logarithmic axis: it stands at the left as a ring.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        for tick in self.axis.ticks((frame.width() / 48.0) as usize + 1) {
            sheet.rule((frame.px(tick), frame.top), (frame.px(tick), frame.bottom), theme.grid)?;
        }
        frame.draw_x_named_below(sheet, theme, &self.name)?;
        let color = theme.color(&self.mark);
        let row = frame.height() / self.layers.len().max(1) as f64;
        let every = named_every(self.layers.len(), frame.height());
        let radius = (row / 3.0).clamp(1.0, 4.5);
        // The last line that has words.
        let mut worded = f64::NEG_INFINITY;
        for (i, (name, value)) in self.layers.iter().enumerate() {
            let y = frame.top + row * (i as f64 + 0.5);
            if i % every == 0 {
                sheet.text(&shortened(name, NAME), (frame.left - 6.0, y), Style::label(theme.muted).right())?;
            }
            let stroke = Stroke { color: color.to_rgba(), width: 1.5, dash: self.mark.dash };
            let room = y - worded >= 11.0;
            if !value.is_finite() {
                if room {
                    sheet.text("not finite", (frame.left + 4.0, y), Style::label(theme.ink).size(10.0))?;
                    worded = y;
                }
            } else if *value <= 0.0 {
                sheet.ring((frame.left + radius, y), radius, Stroke { dash: None, ..stroke })?;
                if room {
                    sheet.text("0", (frame.left + 2.0 * radius + 6.0, y), Style::label(theme.ink).bold())?;
                    worded = y;
                }
            } else {
                let x = frame.px(*value).clamp(frame.left, frame.right);
                sheet.line(&[(frame.left, y), (x, y)], stroke)?;
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
        let (name, value) = &self.layers[i];
        Some(Reading {
            title: name.clone(),
            rows: vec![(self.name.clone(), short(*value), Some(self.mark))],
            ..Reading::default()
        })
    }

    /// By layer.
    pub fn table(&self) -> Table {
        let rows = self.layers.iter().map(|(name, value)| vec![name.clone(), short(*value)]).collect();
        Table { head: vec!["layer".into(), self.name.clone()], rows }
    }
}
