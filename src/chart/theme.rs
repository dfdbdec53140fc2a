//! The page's colours, as charts use them.

use crate::mark::Mark;
use plotters::style::RGBColor;

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
    use crate::choice::Choices;
    use crate::edition::Edition;
    use crate::nn::norm::Norm;

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
            let named = Norm::ALL.iter().map(|norm| (norm.choice().name, norm.card().mark));
            for (name, mark) in named.chain(ordered) {
                for mark in [mark, mark.second()] {
                    let c = contrast(theme.color(&mark), theme.surface);
                    assert!(c >= 4.5, "{name} has contrast {c:.2}, dark: {}", theme.dark);
                }
            }
        }
    }

    #[test]
    fn no_two_normalizations_look_alike_without_colours() {
        // There are fewer markers than normalizations: those of the first visit share none.
        let first = |norm: Norm| norm.edition() == Edition::First;
        for (i, &a) in Norm::ALL.iter().enumerate() {
            for &b in &Norm::ALL[i + 1..] {
                let (x, y) = (a.card().mark, b.card().mark);
                assert_ne!(x.dash, y.dash, "{a:?} and {b:?}");
                assert!(!(first(a) && first(b)) || x.marker != y.marker, "{a:?} and {b:?}");
            }
        }
    }
}
