//! A plotters drawing area measured in pixels with fractions.
//!
//! plotters' coordinates are whole numbers. A sheet multiplies pixels by a unit first, so that curves
//! keep a fraction of a pixel on any backend; the canvas divides by the same unit when it draws.

use super::Failure;
use crate::mark::Marker;
use plotters::coord::Shift;
use plotters::element::{Circle, DashedPathElement, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontStyle, FontTransform, IntoFont, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingErrorKind;

/// The page's own typeface; a name in the charts alone would not be loaded.
const FAMILY: FontFamily<'static> = FontFamily::Name("system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif");

/// Somewhere to draw.
pub struct Sheet<DB: DrawingBackend> {
    area: DrawingArea<DB, Shift>,
    unit: f64,
}

/// Size, weight, colour and anchor of a text.
#[derive(Clone, Copy)]
pub struct Style {
    size: f64,
    bold: bool,
    color: RGBAColor,
    anchor: Pos,
    turned: bool,
}

impl Style {
    /// An axis label: anchored at its left, centred vertically.
    pub fn label(color: impl Color) -> Style {
        let anchor = Pos::new(HPos::Left, VPos::Center);
        Style { size: 11.0, bold: false, color: color.to_rgba(), anchor, turned: false }
    }

    /// Anchored at its middle.
    pub fn centred(self) -> Style {
        Style { anchor: Pos::new(HPos::Center, VPos::Center), ..self }
    }

    /// Anchored at its right end.
    pub fn right(self) -> Style {
        Style { anchor: Pos::new(HPos::Right, VPos::Center), ..self }
    }

    /// In a heavier weight.
    pub fn bold(self) -> Style {
        Style { bold: true, ..self }
    }

    /// In another size, in pixels.
    pub fn size(self, size: f64) -> Style {
        Style { size, ..self }
    }

    /// Turned to read upwards.
    pub fn upwards(self) -> Style {
        Style { turned: true, ..self }
    }
}

/// A line's colour, width in pixels and dash.
#[derive(Clone, Copy)]
pub struct Stroke {
    /// Colour.
    pub color: RGBAColor,
    /// Width in pixels.
    pub width: f64,
    /// Lengths of a dash and a gap in pixels.
    pub dash: Option<(u8, u8)>,
}

impl<DB: DrawingBackend> Sheet<DB> {
    /// A sheet whose backend counts `unit` for a pixel.
    pub fn new(area: DrawingArea<DB, Shift>, unit: f64) -> Sheet<DB> {
        Sheet { area, unit }
    }

    /// Width in pixels.
    pub fn width(&self) -> f64 {
        f64::from(self.area.dim_in_pixel().0) / self.unit
    }

    /// Height in pixels.
    pub fn height(&self) -> f64 {
        f64::from(self.area.dim_in_pixel().1) / self.unit
    }

    fn at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        // A value far outside must not wrap around; nothing sensible is drawn beyond this anyway.
        let whole = |v: f64| (v * self.unit).round().clamp(-1e7, 1e7) as i32;
        (whole(x), whole(y))
    }

    fn stroke(&self, stroke: Stroke) -> ShapeStyle {
        ShapeStyle { color: stroke.color, filled: false, stroke_width: (stroke.width * self.unit).round() as u32 }
    }

    /// An open path.
    ///
    /// # Errors
    /// The backend's, as everywhere here.
    pub fn line(&self, points: &[(f64, f64)], stroke: Stroke) -> Result<(), Failure<DB>> {
        if points.len() < 2 {
            return Ok(());
        }
        let style = self.stroke(stroke);
        let points = points.iter().map(|p| self.at(*p));
        match stroke.dash {
            None => self.area.draw(&PathElement::new(points.collect::<Vec<_>>(), style)),
            Some((dash, gap)) => {
                let length = |v: u8| (f64::from(v) * self.unit) as u32;
                self.area.draw(&DashedPathElement::new(points, length(dash), length(gap), style))
            }
        }
    }

    /// A straight line, moved so that it fills whole pixels.
    ///
    /// # Errors
    /// The backend's.
    pub fn rule(&self, from: (f64, f64), to: (f64, f64), color: impl Color) -> Result<(), Failure<DB>> {
        let snap = |(x, y): (f64, f64)| (x.floor() + 0.5, y.floor() + 0.5);
        self.line(&[snap(from), snap(to)], Stroke { color: color.to_rgba(), width: 1.0, dash: None })
    }

    /// A filled polygon.
    ///
    /// # Errors
    /// The backend's.
    pub fn fill(&self, points: &[(f64, f64)], color: impl Color) -> Result<(), Failure<DB>> {
        if points.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(points.iter().map(|p| self.at(*p)).collect::<Vec<_>>(), color.filled()))
    }

    /// A filled rectangle.
    ///
    /// # Errors
    /// The backend's.
    pub fn rect(&self, from: (f64, f64), to: (f64, f64), color: impl Color) -> Result<(), Failure<DB>> {
        self.area.draw(&Rectangle::new([self.at(from), self.at(to)], color.filled()))
    }

    /// A disc.
    ///
    /// # Errors
    /// The backend's.
    pub fn disc(&self, at: (f64, f64), radius: f64, color: impl Color) -> Result<(), Failure<DB>> {
        self.area.draw(&Circle::new(self.at(at), (radius * self.unit) as i32, color.filled()))
    }

    /// A circle's outline.
    ///
    /// # Errors
    /// The backend's.
    pub fn ring(&self, at: (f64, f64), radius: f64, stroke: Stroke) -> Result<(), Failure<DB>> {
        self.area.draw(&Circle::new(self.at(at), (radius * self.unit) as i32, self.stroke(stroke)))
    }

    /// A marker of about that radius.
    ///
    /// # Errors
    /// The backend's.
    pub fn marker(&self, marker: Marker, (x, y): (f64, f64), r: f64, color: impl Color) -> Result<(), Failure<DB>> {
        let stroke = Stroke { color: color.to_rgba(), width: 1.75, dash: None };
        match marker {
            Marker::Disc => self.disc((x, y), r, color),
            Marker::Ring => self.ring((x, y), r, stroke),
            Marker::Square => self.rect((x - r * 0.9, y - r * 0.9), (x + r * 0.9, y + r * 0.9), color),
            Marker::Triangle => {
                self.fill(&[(x, y - r * 1.1), (x + r * 1.1, y + r * 0.9), (x - r * 1.1, y + r * 0.9)], color)
            }
            Marker::Downwards => {
                self.fill(&[(x, y + r * 1.1), (x + r * 1.1, y - r * 0.9), (x - r * 1.1, y - r * 0.9)], color)
            }
            Marker::Diamond => {
                self.fill(&[(x, y - r * 1.3), (x + r * 1.1, y), (x, y + r * 1.3), (x - r * 1.1, y)], color)
            }
            Marker::Cross => {
                self.line(&[(x - r, y - r), (x + r, y + r)], stroke)?;
                self.line(&[(x - r, y + r), (x + r, y - r)], stroke)
            }
        }
    }

    /// A text; left out where its anchor is off the sheet, which happens only on sheets too small to read.
    ///
    /// # Errors
    /// The backend's.
    pub fn text(&self, text: &str, at: (f64, f64), style: Style) -> Result<(), Failure<DB>> {
        if !(0.0..=self.width()).contains(&at.0) || !(0.0..=self.height()).contains(&at.1) {
            return Ok(());
        }
        let weight = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = (FAMILY, style.size * self.unit, weight).into_font();
        let font = if style.turned { font.transform(FontTransform::Rotate270) } else { font };
        let style = TextStyle::from(font).color(&style.color).pos(style.anchor);
        self.area.draw(&Text::new(text.to_owned(), self.at(at), style))
    }

    /// An image of `width × height` RGB pixels, one per pixel of the sheet.
    ///
    /// # Errors
    /// The backend's.
    pub fn image(&self, at: (f64, f64), width: usize, height: usize, rgb: Vec<u8>) -> Result<(), Failure<DB>> {
        self.area.draw(&Raster { at: self.at(at), size: (width as u32, height as u32), rgb })
    }
}

/// An image as a plotters element. A backend whose coordinates are finer than pixels stretches it.
struct Raster {
    at: (i32, i32),
    size: (u32, u32),
    rgb: Vec<u8>,
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a Raster {
    type Point = &'a (i32, i32);
    type IntoIter = std::iter::Once<&'a (i32, i32)>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Raster {
    fn draw<I: Iterator<Item = (i32, i32)>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _size: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        points.next().map_or(Ok(()), |at| backend.blit_bitmap(at, self.size, &self.rgb))
    }
}
