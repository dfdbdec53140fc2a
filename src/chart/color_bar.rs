//! The scale of colours beside a landscape.

use super::axis::Axis;
use super::colors::{Colors, Scale};
use super::frame::{Frame, inset};
use super::sheet::{Sheet, Style};
use super::{Failure, Theme, text};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

/// Between the plot and the scale of colours, the scale's width, and between it and its values.
const BAR: (f64, usize, f64) = (10.0, 9, 5.0);
/// Height of the scale's ends, kept for values beyond it.
const CAP: f64 = 8.0;

/// About how many values stand beside the scale of colours.
pub(super) const BAR_TICKS: usize = 6;

/// What stands at the scale's ends where values lie beyond them.
pub(super) fn beyond(axis: &Axis, label: fn(f64) -> String) -> [String; 2] {
    [format!("< {}", label(axis.min)), format!("> {}", label(axis.max))]
}

/// Room that the scale of colours takes beside the plot, with its values as `label` writes them.
pub(super) fn bar_room(axis: &Axis, label: fn(f64) -> String) -> f64 {
    let labels = axis.ticks(BAR_TICKS).into_iter().map(label).chain(beyond(axis, label));
    let longest = labels.map(|label| text::width(&label, 11.0, false)).fold(0.0, f64::max);
    BAR.0 + BAR.1 as f64 + BAR.2 + longest
}

/// The scale of colours beside the plot, with its values. An end beyond which there are values,
/// `outside`, is pointed.
pub(super) fn draw_bar<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    frame: &Frame,
    axis: &Axis,
    outside: [bool; 2],
    label: fn(f64) -> String,
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    let colors = Colors::new(&Scale::Loss(*axis));
    let (left, width) = ((frame.right + BAR.0).round(), BAR.1);
    let (top, bottom) = ((frame.top + CAP).round(), (frame.bottom - CAP).round());
    let height = (bottom - top).max(0.0);
    let mut rgb = Vec::with_capacity(height as usize * width * 3);
    for row in 0..height as usize {
        let RGBColor(r, g, b) = colors.at(1.0 - (row as f64 + 0.5) / height);
        (0..width).for_each(|_| rgb.extend([r, g, b]));
    }
    sheet.image((left, top), width, height as usize, rgb)?;
    let style = Style::label(theme.muted);
    let text = left + width as f64 + BAR.2;
    let mut taken = Vec::new();
    for (place, (out, words)) in [0.0, 1.0].into_iter().zip(outside.into_iter().zip(beyond(axis, label))) {
        if out {
            let (base, tip) = if place == 0.0 { (bottom, bottom + CAP) } else { (top, top - CAP) };
            let right = left + width as f64;
            sheet.fill(&[(left, base), (right, base), ((left + right) / 2.0, tip)], colors.at(place))?;
            let y = inset((base + tip) / 2.0, frame.top, frame.bottom, 5.0);
            sheet.text(&words, (text, y), style)?;
            taken.push(y);
        }
    }
    for value in axis.ticks(BAR_TICKS) {
        let y = inset(bottom - height * axis.place(value), frame.top, frame.bottom, 5.0);
        if taken.iter().all(|other| (y - other).abs() >= 11.0) {
            sheet.text(&label(value), (text, y), style)?;
            taken.push(y);
        }
    }
    Ok(())
}
