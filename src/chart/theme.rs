//! Colours, dashes and markers: one of each for every normalization, everywhere.

use plotters::style::RGBColor;
use serde::{Deserialize, Serialize};

/// The shape that marks a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Marker {
    /// ●
    Disc,
    /// ○
    Ring,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ▼
    Downwards,
    /// ◆
    Diamond,
    /// ✕
    Cross,
}

impl Marker {
    /// The shape's name, by which the page's styles draw it.
    pub fn name(self) -> &'static str {
        match self {
            Marker::Disc => "disc",
            Marker::Ring => "ring",
            Marker::Square => "square",
            Marker::Triangle => "triangle",
            Marker::Downwards => "downwards",
            Marker::Diamond => "diamond",
            Marker::Cross => "cross",
        }
    }
}

/// How something is told apart: never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// On a light page.
    pub light: (u8, u8, u8),
    /// On a dark page.
    pub dark: (u8, u8, u8),
    /// Lengths of a dash and of the gap behind it, in pixels; none for an unbroken line.
    pub dash: Option<(u8, u8)>,
    /// The shape of single points.
    pub marker: Marker,
}

const fn mark(light: (u8, u8, u8), dark: (u8, u8, u8), dash: Option<(u8, u8)>, marker: Marker) -> Mark {
    Mark { light, dark, dash, marker }
}

/// By the normalization's name. Contrast with the page is 4.5 or more in both themes.
const NAMED: &[(&str, Mark)] = &[
    ("none", mark((105, 101, 94), (169, 165, 157), Some((6, 4)), Marker::Ring)),
    ("batch", mark((0, 99, 184), (90, 169, 238), None, Marker::Disc)),
    ("layer", mark((184, 80, 8), (238, 148, 80), Some((12, 4)), Marker::Square)),
    ("group", mark((0, 122, 88), (69, 189, 151), Some((3, 3)), Marker::Triangle)),
    ("instance", mark((168, 62, 146), (224, 138, 202), Some((9, 3)), Marker::Diamond)),
    ("rms", mark((116, 86, 193), (171, 146, 236), Some((5, 2)), Marker::Cross)),
    // BatchNorm's relatives.
    ("sync", mark((0, 113, 130), (84, 190, 206), Some((14, 3)), Marker::Ring)),
    ("ghost", mark((70, 96, 140), (140, 172, 220), Some((2, 4)), Marker::Square)),
    ("renorm", mark((52, 72, 190), (142, 160, 250), Some((10, 2)), Marker::Triangle)),
    ("lp", mark((20, 110, 60), (104, 196, 128), Some((4, 2)), Marker::Diamond)),
    ("noisy", mark((176, 42, 55), (240, 124, 128), Some((7, 3)), Marker::Disc)),
    ("noise", mark((134, 84, 54), (208, 164, 130), Some((3, 5)), Marker::Cross)),
    ("dyt", mark((136, 98, 0), (214, 178, 62), Some((6, 2)), Marker::Square)),
];

/// For a normalization that has no colours of its own yet.
const SPARE: Mark = mark((136, 102, 0), (214, 178, 62), Some((8, 2)), Marker::Diamond);

impl Mark {
    /// Of what belongs to no run.
    pub const NEUTRAL: Mark = mark((105, 101, 94), (169, 165, 157), Some((2, 3)), Marker::Cross);

    /// The mark of the normalization of that name.
    pub fn of(name: &str) -> Mark {
        NAMED.iter().find(|(n, _)| *n == name).map_or(SPARE, |(_, mark)| *mark)
    }

    /// The same normalization a second time, for a pair that differs in something else: the hue stays,
    /// the line is broken differently and the tone moves towards the ink.
    pub fn second(self) -> Mark {
        let mix = |c: (u8, u8, u8), to: u8| {
            let blend = |v: u8| ((u16::from(v) * 5 + u16::from(to) * 4) / 9) as u8;
            (blend(c.0), blend(c.1), blend(c.2))
        };
        Mark {
            light: mix(self.light, 0),
            dark: mix(self.dark, 255),
            dash: if self.dash == Some((2, 3)) { None } else { Some((2, 3)) },
            marker: if self.marker == Marker::Ring { Marker::Disc } else { Marker::Ring },
        }
    }

    /// The mark of the `i`-th of `n` things that are no normalizations but follow each other: the later, the
    /// closer to the ink.
    pub fn nth(i: usize, n: usize) -> Mark {
        const DASHES: [Option<(u8, u8)>; 5] = [None, Some((8, 3)), Some((2, 3)), Some((12, 3)), Some((5, 3))];
        const MARKERS: [Marker; 6] =
            [Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Ring, Marker::Downwards];
        let along = i as f64 / n.saturating_sub(1).max(1) as f64;
        let mix = |from: (u8, u8, u8), to: (u8, u8, u8)| {
            let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * along).round() as u8;
            (blend(from.0, to.0), blend(from.1, to.1), blend(from.2, to.2))
        };
        Mark {
            light: mix((16, 106, 126), (34, 22, 66)),
            dark: mix((92, 168, 188), (236, 228, 255)),
            dash: DASHES[i % DASHES.len()],
            marker: MARKERS[i % MARKERS.len()],
        }
    }

    /// Its colour as CSS.
    pub fn css(&self, dark: bool) -> String {
        let (r, g, b) = if dark { self.dark } else { self.light };
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// The page's neutral colours, as charts use them. The style sheets in `www/` have the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Whether the page is dark.
    pub dark: bool,
    /// Text and the zero line.
    pub ink: RGBColor,
    /// Axis labels.
    pub muted: RGBColor,
    /// Grid lines.
    pub grid: RGBColor,
    /// Behind everything.
    pub surface: RGBColor,
}

impl Theme {
    /// Dark on light.
    pub const LIGHT: Theme = Theme {
        dark: false,
        ink: RGBColor(28, 27, 25),
        muted: RGBColor(105, 101, 94),
        grid: RGBColor(229, 225, 216),
        surface: RGBColor(255, 255, 255),
    };

    /// Light on dark.
    pub const DARK: Theme = Theme {
        dark: true,
        ink: RGBColor(241, 239, 233),
        muted: RGBColor(163, 158, 149),
        grid: RGBColor(52, 51, 47),
        surface: RGBColor(28, 28, 26),
    };

    /// A mark's colour on this page.
    pub fn color(&self, mark: &Mark) -> RGBColor {
        let (r, g, b) = if self.dark { mark.dark } else { mark.light };
        RGBColor(r, g, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(c: RGBColor) -> f64 {
        let channel = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.039_28 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(c.0) + 0.7152 * channel(c.1) + 0.0722 * channel(c.2)
    }

    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_that_carries_meaning_is_readable_in_both_themes() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            assert!(contrast(theme.muted, theme.surface) >= 4.5);
            let ordered = (0..5).map(|i| ("ordered", Mark::nth(i, 5)));
            for (name, mark) in NAMED.iter().copied().chain([("spare", SPARE)]).chain(ordered) {
                for mark in [mark, mark.second()] {
                    let c = contrast(theme.color(&mark), theme.surface);
                    assert!(c >= 4.5, "{name} has contrast {c:.2}, dark: {}", theme.dark);
                }
            }
        }
    }

    #[test]
    fn no_two_normalizations_look_alike_without_colours() {
        for (i, (a, x)) in NAMED.iter().enumerate() {
            for (b, y) in &NAMED[i + 1..] {
                assert_ne!(x.dash, y.dash, "{a} and {b}");
                // There are fewer markers than normalizations: BatchNorm's relatives share those of the rest.
                assert!(i >= 6 || NAMED[..6].iter().all(|(n, _)| n != b) || x.marker != y.marker, "{a} and {b}");
            }
        }
    }

    #[test]
    fn every_normalization_has_a_mark_of_its_own() {
        use crate::choice::Choices;
        for norm in crate::nn::norm::Norm::ALL {
            let name = norm.choice().name;
            assert!(NAMED.iter().any(|(n, _)| *n == name), "{name}");
        }
    }
}
