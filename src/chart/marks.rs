//! What is drawn into a landscape besides its values.

use super::Failure;
use super::sheet::{Sheet, Stroke};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBAColor, RGBColor};

/// A path and single places, in the units of the landscape's axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Where training went, in order.
    pub path: Vec<(f64, f64)>,
    /// Places worth a dot.
    pub spots: Vec<Spot>,
}

/// A marked place.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Along the first and the second direction.
    pub at: (f64, f64),
    /// What stands beside it; empty where the dot says enough.
    pub name: String,
}

impl Marks {
    /// One dot without a name, in the middle: the present weights.
    pub fn here() -> Marks {
        Marks { path: Vec::new(), spots: vec![Spot { at: (0.0, 0.0), name: String::new() }] }
    }
}

/// The path's line, dark under light: one of them is seen on every colour of the scale.
const PATH: [Stroke; 2] = [
    Stroke { color: RGBAColor(20, 20, 20, 0.6), width: 3.5, dash: None },
    Stroke { color: RGBAColor(255, 255, 255, 1.0), width: 1.5, dash: None },
];

/// A path through pixels; broken where one is missing.
pub(super) fn draw_path<DB: DrawingBackend>(sheet: &Sheet<DB>, path: &[Option<(f64, f64)>]) -> Result<(), Failure<DB>> {
    for stroke in PATH {
        for part in path.split(|at| at.is_none()) {
            sheet.line(&part.iter().flatten().copied().collect::<Vec<_>>(), stroke)?;
        }
    }
    Ok(())
}

/// A white dot with a dark edge: seen on every colour of the scale.
pub(super) fn draw_spot<DB: DrawingBackend>(sheet: &Sheet<DB>, at: (f64, f64)) -> Result<(), Failure<DB>> {
    sheet.disc(at, 4.0, RGBColor(255, 255, 255))?;
    sheet.ring(at, 4.0, Stroke { color: RGBColor(20, 20, 20).to_rgba(), width: 1.25, dash: None })
}
