//! A chart's picture, read back from SVG.

use normlab::chart::{Chart, Mark, Sheet, Theme};
use plotters::drawing::IntoDrawingArea;
use plotters::prelude::SVGBackend;
use std::collections::HashMap;

/// The mark of all charts here: an unbroken line and discs.
pub fn mark() -> Mark {
    normlab::nn::norm::Norm::Batch.card().mark
}

/// A drawing on a light page.
pub struct Picture {
    pub size: (f64, f64),
    pub shapes: Vec<Shape>,
    pub texts: Vec<Text>,
}

/// Anything but a text.
pub struct Shape {
    pub tag: String,
    attributes: HashMap<String, String>,
}

/// A text and where its anchor lies.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub at: (f64, f64),
    size: f64,
    /// How much of it lies left of the anchor: 0, a half or all.
    left: f64,
    turned: bool,
}

impl Picture {
    pub fn of(chart: &Chart, size: (u32, u32)) -> Picture {
        Picture::of_drawing(size, |sheet, theme| chart.draw(sheet, theme).unwrap())
    }

    pub fn of_drawing(size: (u32, u32), draw: impl FnOnce(&Sheet<SVGBackend>, &Theme)) -> Picture {
        let mut svg = String::new();
        let sheet = Sheet::new(SVGBackend::with_string(&mut svg, size).into_drawing_area(), 1.0);
        draw(&sheet, &Theme::LIGHT);
        drop(sheet);
        let size = (f64::from(size.0), f64::from(size.1));
        let mut picture = Picture { size, shapes: Vec::new(), texts: Vec::new() };
        let mut lines = svg.lines();
        while let Some(line) = lines.next() {
            let Some((tag, rest)) = line.strip_prefix('<').and_then(|line| line.split_once(' ')) else { continue };
            let shape = Shape { tag: tag.into(), attributes: attributes(rest) };
            match tag {
                "svg" => {}
                "text" => picture.texts.push(Text::of(&shape, lines.next().unwrap())),
                _ => picture.shapes.push(shape),
            }
        }
        picture
    }

    /// Shapes of that kind in the mark's colour.
    pub fn marked(&self, tag: &str) -> Vec<&Shape> {
        let color = mark().css(false);
        self.shapes.iter().filter(|s| s.tag == tag && (s.is("fill", &color) || s.is("stroke", &color))).collect()
    }

    pub fn says(&self, text: &str) -> bool {
        self.texts.iter().any(|t| t.text == text)
    }

    /// Fails unless every text lies in the picture from end to end. Letters are taken to be half as
    /// wide as they are high, as they are on average.
    pub fn assert_texts_inside(&self) {
        assert!(!self.texts.is_empty());
        for text in &self.texts {
            let length = text.length();
            let (x, y) = text.at;
            let (from, to, across) = match text.turned {
                false => (x - text.left * length, x + (1.0 - text.left) * length, (y, self.size.1)),
                true => (y - (1.0 - text.left) * length, y + text.left * length, (x, self.size.0)),
            };
            let most = if text.turned { self.size.1 } else { self.size.0 };
            assert!(from >= 0.0 && to <= most, "{text:?} in {:?}", self.size);
            let half = text.size / 2.0;
            assert!(across.0 >= half - 2.0 && across.0 <= across.1 - half + 2.0, "{text:?} in {:?}", self.size);
        }
    }

    /// Fails unless every text begins, ends or is centred inside the picture.
    pub fn assert_anchors_inside(&self) {
        for text in &self.texts {
            let (x, y) = text.at;
            let inside = (0.0..=self.size.0).contains(&x) && (0.0..=self.size.1).contains(&y);
            assert!(inside, "{text:?} in {:?}", self.size);
        }
    }
}

impl Shape {
    fn is(&self, attribute: &str, color: &str) -> bool {
        self.attributes.get(attribute).is_some_and(|value| value.eq_ignore_ascii_case(color))
    }

    pub fn number(&self, attribute: &str) -> f64 {
        self.attributes[attribute].parse().unwrap()
    }

    /// A circle's middle.
    pub fn middle(&self) -> (f64, f64) {
        (self.number("cx"), self.number("cy"))
    }

    /// The points of a path or a polygon.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let pairs = self.attributes["points"].split_whitespace().map(|pair| pair.split_once(',').unwrap());
        pairs.map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
    }
}

impl Text {
    fn length(&self) -> f64 {
        0.5 * self.size * self.text.chars().count() as f64
    }

    /// Whether two level texts lie on each other, letters being as wide as in [`Picture::assert_texts_inside`].
    pub fn touches(&self, other: &Text) -> bool {
        let ends = |text: &Text| {
            let from = text.at.0 - text.left * text.length();
            (from, from + text.length())
        };
        let ((a, b), (c, d)) = (ends(self), ends(other));
        a < d && c < b && (self.at.1 - other.at.1).abs() < 0.8 * self.size.min(other.size)
    }

    fn of(shape: &Shape, content: &str) -> Text {
        let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
        Text {
            text: plain.iter().fold(content.to_owned(), |text, (from, to)| text.replace(from, to)),
            at: (shape.number("x"), shape.number("y")),
            // The backend writes sizes smaller by this factor than they are on a canvas.
            size: shape.number("font-size") * 1.24,
            left: match shape.attributes["text-anchor"].as_str() {
                "start" => 0.0,
                "middle" => 0.5,
                _ => 1.0,
            },
            turned: shape.attributes.contains_key("transform"),
        }
    }
}

/// `name="value"` pairs.
fn attributes(text: &str) -> HashMap<String, String> {
    let parts: Vec<&str> = text.split('"').collect();
    let pair = |pair: &[&str]| (pair[0].trim().trim_end_matches('=').to_owned(), pair[1].to_owned());
    parts.chunks_exact(2).map(pair).collect()
}
