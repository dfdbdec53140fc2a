//! Plain data to picture: the same code on a canvas in the page and as SVG in tests.
//!
//! A chart is a plain struct of numbers, names and [`Mark`]s. It can be drawn on a [`Sheet`], asked
//! what stands under a pointer ([`Reading`]), and written out as a [`Table`]. Nothing here knows what a
//! network is.

pub mod axis;
pub mod clip;
mod color_bar;
mod colors;
pub mod columns;
pub mod curves;
pub mod density;
pub mod field;
pub mod frame;
pub mod grid;
mod labels;
mod line;
pub mod marks;
pub mod number;
pub mod profiles;
mod projection;
pub mod relief;
pub mod ridges;
pub mod sheet;
pub mod stems;
pub mod text;
pub mod theme;

pub use crate::mark::Mark;
pub use sheet::Sheet;
pub use theme::Theme;

use crate::edition::Edition;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::DrawingBackend;

/// What a backend reports when it cannot draw.
pub type Failure<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;

/// What stands under the pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The place, in words: `step 240`.
    pub title: String,
    /// Name, value and colour of each thing there.
    pub rows: Vec<(String, String, Option<Mark>)>,
    /// Points to mark, in pixels of the sheet.
    pub dots: Vec<(f64, f64)>,
    /// A vertical guide, if the chart is read along x alone.
    pub guide: Option<Guide>,
    /// In a loss landscape: where it is, along the first and the second direction.
    pub place: Option<(f64, f64)>,
}

/// A vertical line over the plot, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// Where it stands.
    pub x: f64,
    /// Its upper end.
    pub top: f64,
    /// Its lower end.
    pub bottom: f64,
}

/// A chart's numbers for those who read rather than look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Column heads.
    pub head: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}

/// Most rows of a [`Table`]; longer series are thinned evenly.
pub const TABLE_ROWS: usize = 40;

/// Every how manieth of `n` items a table shows.
pub fn thin(n: usize) -> usize {
    n.div_ceil(TABLE_ROWS).max(1)
}

/// A chart of whichever kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Chart {
    /// Lines over a common axis.
    Curves(curves::Curves),
    /// A histogram per layer.
    Ridges(ridges::Ridges),
    /// A number per layer.
    Stems(stems::Stems),
    /// How many numbers lie where; drawn by the full edition alone.
    Density(density::Density),
    /// A number per point of a plane.
    Field(field::Field),
    /// The same as a surface in space; flat in the first edition of the engine.
    Relief(relief::Relief),
    /// Nothing to show yet, and why.
    Empty(String),
}

impl Chart {
    /// Draws it over the whole sheet.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        match self {
            Chart::Curves(chart) => chart.draw(sheet, theme),
            Chart::Ridges(chart) => chart.draw(sheet, theme),
            Chart::Stems(chart) => chart.draw(sheet, theme),
            Chart::Density(chart) if Edition::Full.is_here() => chart.draw(sheet, theme),
            Chart::Density(_) => Ok(()),
            Chart::Field(chart) => chart.draw(sheet, theme),
            Chart::Relief(chart) if Edition::Full.is_here() => chart.draw(sheet, theme),
            Chart::Relief(chart) => chart.field.draw(sheet, theme),
            Chart::Empty(why) => {
                const LINE: f64 = 15.0;
                let lines = text::wrapped(why, sheet.width() - 16.0, 11.0);
                let top = sheet.height() / 2.0 - LINE * (lines.len() - 1) as f64 / 2.0;
                let style = sheet::Style::label(theme.muted).centred();
                let place = |i: usize| (sheet.width() / 2.0, top + LINE * i as f64);
                lines.iter().enumerate().try_for_each(|(i, line)| sheet.text(line, place(i), style))
            }
        }
    }

    /// What stands at pixel (x, y) of a sheet of that size.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        match self {
            Chart::Curves(chart) => chart.read(size, at),
            Chart::Ridges(chart) => chart.read(size, at),
            Chart::Stems(chart) => chart.read(size, at),
            Chart::Density(chart) if Edition::Full.is_here() => chart.read(size, at),
            Chart::Field(chart) => chart.read(size, at),
            Chart::Relief(chart) if Edition::Full.is_here() => chart.read(size, at),
            Chart::Relief(chart) => chart.field.read(size, at),
            Chart::Density(_) | Chart::Empty(_) => None,
        }
    }

    /// Its numbers.
    pub fn table(&self) -> Table {
        match self {
            Chart::Curves(chart) => chart.table(),
            Chart::Ridges(chart) => chart.table(),
            Chart::Stems(chart) => chart.table(),
            Chart::Density(chart) if Edition::Full.is_here() => chart.table(),
            Chart::Density(_) => Table::default(),
            Chart::Field(chart) => chart.table(),
            Chart::Relief(chart) if Edition::Full.is_here() => chart.table(),
            Chart::Relief(chart) => chart.field.table(),
            Chart::Empty(why) => Table { head: vec![why.clone()], rows: vec![] },
        }
    }
}
