//! What a plane's numbers are, and the colours that they have.

use super::axis::Axis;
use plotters::style::RGBColor;
use plotters::style::colors::colormaps::{ColorMap, DerivedColorMap};

/// What the numbers are, which decides their colours.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// A loss, on a logarithmic scale from low to high; not finite above everything.
    Loss(Axis),
    /// The probability of class 0, with the samples drawn in: place and class.
    Classes(Vec<(f64, f64, u32)>),
}

/// A class's sample: the colour of the dot and of its edge. Light against dark, so that the two can
/// be told apart without colour.
pub(super) fn class_ink(class: u32) -> (RGBColor, RGBColor) {
    if class == 0 {
        (RGBColor(30, 50, 66), RGBColor(255, 255, 255))
    } else {
        (RGBColor(255, 250, 235), RGBColor(90, 60, 0))
    }
}

/// A table of colours: looked up for each pixel of an image.
pub(super) struct Colors(Vec<RGBColor>);

impl Colors {
    pub(super) fn new(scale: &Scale) -> Colors {
        let stops: &[RGBColor] = match scale {
            // Dark at low loss, light at high; lightness rises evenly (after matplotlib's inferno).
            Scale::Loss(_) => &[
                RGBColor(13, 8, 60),
                RGBColor(66, 12, 104),
                RGBColor(120, 28, 109),
                RGBColor(172, 47, 91),
                RGBColor(217, 81, 58),
                RGBColor(245, 130, 32),
                RGBColor(250, 190, 70),
                RGBColor(252, 240, 160),
            ],
            Scale::Classes(_) => &[
                RGBColor(240, 190, 70),
                RGBColor(248, 226, 165),
                RGBColor(244, 242, 236),
                RGBColor(170, 190, 203),
                RGBColor(88, 118, 140),
            ],
        };
        let map = DerivedColorMap::new(stops);
        Colors((0..256).map(|i| map.get_color(i as f32 / 255.0)).collect())
    }

    pub(super) fn at(&self, place: f64) -> RGBColor {
        self.0[((place * 255.0).round().clamp(0.0, 255.0)) as usize]
    }
}
