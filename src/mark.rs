//! How what is told apart looks: a colour, a dash and a marker.

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

/// A mark of these colours, light and dark.
pub const fn mark(light: (u8, u8, u8), dark: (u8, u8, u8), dash: Option<(u8, u8)>, marker: Marker) -> Mark {
    Mark { light, dark, dash, marker }
}

impl Mark {
    /// Of what belongs to no run.
    pub const NEUTRAL: Mark = mark((105, 101, 94), (169, 165, 157), Some((2, 3)), Marker::Cross);

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
