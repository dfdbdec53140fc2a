//! A heat map: a coloured tile for each place of two named axes.

use super::axis::Axis;
use super::color_bar::{bar_room, draw_bar};
use super::colors::{Colors, Scale};
use super::columns::Columns;
use super::frame::{Frame, Margins, NAMED_BELOW};
use super::number::{percent_tick, tick};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Theme, text};
use crate::mark::Marker;
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// What a tile shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Tile {
    /// Not known yet.
    Pending,
    /// A number, as it is written on the tile where there is room, and whether some of what it averages
    /// has diverged.
    Value(f64, String, bool),
    /// All diverged.
    Diverged,
    /// Known, but without this number.
    Absent,
    /// What cannot be.
    Impossible,
}

/// A heat map.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Horizontal axis.
    pub columns: Columns,
    /// What the vertical axis is, and its places from top to bottom.
    pub rows: Columns,
    /// Row by row from the top left.
    pub tiles: Vec<Tile>,
    /// From values to colours.
    pub scale: Axis,
    /// Values are shares.
    pub percent: bool,
}

/// Room above the plot.
const TOP: f64 = 6.0;
/// Least size of a tile with its value on it.
const WRITTEN: (f64, f64) = (34.0, 15.0);
/// Distance between the lines of a hatching.
const HATCH: f64 = 7.0;

impl Grid {
    fn label(&self) -> fn(f64) -> String {
        if self.percent { percent_tick } else { tick }
    }

    fn frame(&self, size: (f64, f64)) -> Frame {
        let longest = self.rows.labels.iter().map(|l| text::width(l, 11.0, false)).fold(0.0, f64::max);
        let left = (longest + 12.0).min(size.0 * 0.35) + 18.0;
        let right = bar_room(&self.scale, self.label());
        let margins = Margins { left, top: TOP, right, bottom: NAMED_BELOW };
        Frame::new(size, margins, self.columns.axis(), Axis::linear(0.0, 1.0))
    }

    fn size(&self, frame: &Frame) -> (f64, f64) {
        let count = |columns: &Columns| columns.labels.len().max(1) as f64;
        (frame.width() / count(&self.columns), frame.height() / count(&self.rows))
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        let (width, height) = self.size(&frame);
        let colors = Colors::new(&Scale::Loss(self.scale));
        let across = self.columns.labels.len().max(1);
        // A gap between tiles, as long as that leaves most of them.
        let gap = if width > 8.0 && height > 8.0 { 1.0 } else { 0.0 };
        for (i, tile) in self.tiles.iter().enumerate() {
            let (x, y) = (frame.left + (i % across) as f64 * width, frame.top + (i / across) as f64 * height);
            let area = [(x + gap, y + gap), (x + width - gap, y + height - gap)];
            self.draw_tile(sheet, tile, area, &colors, theme)?;
        }
        self.columns.draw(sheet, &frame, theme)?;
        let style = Style::label(theme.muted);
        let every = (13.0 / height).ceil().max(1.0) as usize;
        for (j, label) in self.rows.labels.iter().enumerate().step_by(every) {
            let most = ((frame.left - 24.0) / 6.5) as usize;
            let label = text::shortened(label, most.max(4));
            sheet.text(&label, (frame.left - 6.0, frame.top + (j as f64 + 0.5) * height), style.right())?;
        }
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        sheet.text(&self.columns.name, (middle.0, frame.bottom + 27.0), style.centred())?;
        sheet.text(&self.rows.name, (7.0, middle.1), style.centred().upwards())?;
        let values = || self.tiles.iter().filter_map(|t| if let Tile::Value(v, ..) = t { Some(*v) } else { None });
        let (least, most) = (self.scale.min * (1.0 - 1e-9), self.scale.max * (1.0 + 1e-9));
        let outside = [values().any(|v| v < least), values().any(|v| v > most)];
        draw_bar(sheet, &frame, &self.scale, outside, self.label(), theme)
    }

    fn draw_tile<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        tile: &Tile,
        [from, to]: [(f64, f64); 2],
        colors: &Colors,
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let size = (to.0 - from.0, to.1 - from.1);
        let cross = (size.0.min(size.1) * 0.25).clamp(2.0, 5.0);
        match tile {
            Tile::Pending => sheet.rect(from, to, theme.grid.mix(0.45)),
            Tile::Absent => {
                sheet.rect(from, to, theme.grid)?;
                sheet.text("–", middle, Style::label(theme.muted).centred())
            }
            Tile::Diverged => {
                sheet.rect(from, to, theme.grid)?;
                sheet.marker(Marker::Cross, middle, cross, theme.ink)
            }
            Tile::Impossible => hatch(sheet, from, to, theme),
            Tile::Value(value, text, flawed) => {
                let color = colors.at(self.scale.place(*value).clamp(0.0, 1.0));
                sheet.rect(from, to, color)?;
                let ink = if is_light(color) { RGBColor(20, 20, 20) } else { RGBColor(255, 255, 255) };
                let wide = text::width(text, 11.0, false) + 4.0;
                if size.0 >= WRITTEN.0.max(wide) && size.1 >= WRITTEN.1 {
                    sheet.text(text, middle, Style::label(ink).centred())?;
                }
                if *flawed {
                    let corner = (to.0 - cross - 3.0, from.1 + cross + 3.0);
                    sheet.marker(Marker::Cross, corner, cross.min(3.0), ink)?;
                }
                Ok(())
            }
        }
    }

    /// The tile under a pixel: its column, its row, and its middle.
    pub fn at(&self, size: (f64, f64), (x, y): (f64, f64)) -> Option<(usize, usize, (f64, f64))> {
        let frame = self.frame(size);
        if !frame.holds((x, y)) || self.rows.labels.is_empty() {
            return None;
        }
        let column = self.columns.at(&frame, x)?;
        let (_, height) = self.size(&frame);
        let row = (((y - frame.top) / height) as usize).min(self.rows.labels.len() - 1);
        Some((column, row, (frame.px(column as f64), frame.top + (row as f64 + 0.5) * height)))
    }
}

/// Whether dark text reads better on it.
fn is_light(RGBColor(r, g, b): RGBColor) -> bool {
    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b) > 140.0
}

/// Slanted lines, cut to the rectangle.
fn hatch<DB: DrawingBackend>(
    sheet: &Sheet<DB>,
    from: (f64, f64),
    to: (f64, f64),
    theme: &Theme,
) -> Result<(), Failure<DB>> {
    sheet.rect(from, to, theme.grid.mix(0.45))?;
    let stroke = Stroke { color: theme.muted.mix(0.7), width: 1.0, dash: None };
    let (width, height) = (to.0 - from.0, to.1 - from.1);
    let mut offset = HATCH / 2.0;
    while offset < width + height {
        // From the lower left to the upper right: x − from.0 + y − from.1 is the offset.
        let start = (offset.min(width), (offset - width).max(0.0));
        let end = ((offset - height).max(0.0), offset.min(height));
        let place = |(x, y): (f64, f64)| (from.0 + x, from.1 + y);
        sheet.line(&[place(start), place(end)], stroke)?;
        offset += HATCH;
    }
    Ok(())
}
