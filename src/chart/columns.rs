//! A horizontal axis of named places, evenly apart, such as the values that a setting took.

use super::axis::Axis;
use super::frame::Frame;
use super::sheet::{Sheet, Style};
use super::{Failure, Theme, text};
use plotters::prelude::DrawingBackend;

/// The places and what they are places of.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// What the axis is, such as `learning rate`.
    pub name: String,
    /// Its places, from left to right.
    pub labels: Vec<String>,
}

impl Columns {
    /// The axis whose values are the places' numbers, with half a place at either end.
    pub fn axis(&self) -> Axis {
        Axis::linear(-0.5, self.labels.len().max(1) as f64 - 0.5)
    }

    /// The place at a pixel.
    pub fn at(&self, frame: &Frame, x: f64) -> Option<usize> {
        let place = self.axis().value((x - frame.left) / frame.width()).round();
        ((frame.left..=frame.right).contains(&x)).then(|| (place.max(0.0) as usize).min(self.labels.len().max(1) - 1))
    }

    /// Every how manieth label there is room for.
    fn every(&self, frame: &Frame) -> usize {
        let longest = self.labels.iter().map(|l| text::width(l, 11.0, false)).fold(0.0, f64::max);
        let room = frame.width() / self.labels.len().max(1) as f64;
        (((longest + 6.0) / room).ceil() as usize).max(1)
    }

    /// The labels below the plot, as many as there is room for.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, frame: &Frame, theme: &Theme) -> Result<(), Failure<DB>> {
        for (i, label) in self.labels.iter().enumerate().step_by(self.every(frame)) {
            sheet.text(label, (frame.px(i as f64), frame.bottom + 11.0), Style::label(theme.muted).centred())?;
        }
        Ok(())
    }
}
