//! The rectangle that a chart plots in, with its two axes.

use super::axis::Axis;
use super::sheet::{Sheet, Style};
use super::{Failure, Theme, text};
use plotters::prelude::DrawingBackend;

/// Space around the plot, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins {
    /// For the labels of the vertical axis.
    pub left: f64,
    /// Above.
    pub top: f64,
    /// For names at the ends of lines.
    pub right: f64,
    /// For the labels of the horizontal axis.
    pub bottom: f64,
}

/// A plot's rectangle on a sheet, and its axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left edge in pixels.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
    /// Horizontal.
    pub x: Axis,
    /// Vertical, growing upwards.
    pub y: Axis,
}

impl Frame {
    /// What the margins leave of a sheet of that size.
    pub fn new((width, height): (f64, f64), margins: Margins, x: Axis, y: Axis) -> Frame {
        Frame {
            left: margins.left,
            top: margins.top,
            right: (width - margins.right).max(margins.left + 1.0),
            bottom: (height - margins.bottom).max(margins.top + 1.0),
            x,
            y,
        }
    }

    /// Width of the plot.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height of the plot.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The pixel of a value on the horizontal axis.
    pub fn px(&self, x: f64) -> f64 {
        self.left + self.width() * self.x.place(x)
    }

    /// The pixel of a value on the vertical axis.
    pub fn py(&self, y: f64) -> f64 {
        self.bottom - self.height() * self.y.place(y)
    }

    /// The same, kept inside the plot.
    pub fn py_inside(&self, y: f64) -> f64 {
        let y = if y.is_nan() { self.y.max } else { y };
        self.py(y).clamp(self.top, self.bottom)
    }

    /// Whether a pixel lies in the plot.
    pub fn holds(&self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Values worth a grid line.
    pub fn y_ticks(&self) -> Vec<f64> {
        self.y.ticks((self.height() / 32.0) as usize + 1)
    }

    /// Values worth a number below the plot.
    pub fn x_ticks(&self) -> Vec<f64> {
        self.x.ticks((self.width() / 56.0) as usize + 1)
    }

    /// Horizontal grid lines with their values, as `label` writes them, left of the plot.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw_y<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        theme: &Theme,
        label: impl Fn(f64) -> String,
    ) -> Result<(), Failure<DB>> {
        for tick in self.y_ticks() {
            let y = self.py(tick);
            sheet.rule((self.left, y), (self.right, y), theme.grid)?;
            sheet.text(&label(tick), (self.left - 6.0, y), Style::label(theme.muted).right())?;
        }
        Ok(())
    }

    /// Values below the plot, as `label` writes them.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw_x<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        theme: &Theme,
        label: impl Fn(f64) -> String,
    ) -> Result<(), Failure<DB>> {
        let mut taken = f64::NEG_INFINITY;
        for tick in self.x_ticks() {
            let label = label(tick);
            let half = text::width(&label, 11.0, false) / 2.0;
            let x = inset(self.px(tick), self.left, self.right, half.min(4.0));
            if x - half < taken {
                continue;
            }
            taken = x + half + 2.0;
            sheet.text(&label, (x, self.bottom + 11.0), Style::label(theme.muted).centred())?;
        }
        Ok(())
    }

    /// Values below the plot, and the axis' name below them: needs a bottom margin of [`NAMED_BELOW`].
    ///
    /// # Errors
    /// The backend's.
    pub fn draw_x_named_below<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        theme: &Theme,
        name: &str,
        label: impl Fn(f64) -> String,
    ) -> Result<(), Failure<DB>> {
        self.draw_x(sheet, theme, label)?;
        // In the middle of the plot, as far as the sheet's edges let it.
        let half = text::width(name, 11.0, false) / 2.0;
        let x = inset(self.left + self.width() / 2.0, 0.0, sheet.width(), half);
        sheet.text(name, (x, self.bottom + 25.0), Style::label(theme.muted).centred())
    }
}

/// Bottom margin for values and, below them, the axis' name.
pub const NAMED_BELOW: f64 = 34.0;

/// The place nearest to `at` that lies at least `margin` within `from` and `to`; where there is no room for
/// that, none is kept.
pub fn inset(at: f64, from: f64, to: f64, margin: f64) -> f64 {
    let margin = if to - from < 2.0 * margin { 0.0 } else { margin };
    at.max(from + margin).min(to - margin)
}
