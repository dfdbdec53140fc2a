//! A landscape as a surface in space: the numbers of a [`Field`], seen from a side.
//!
//! Parallel projection, painted from back to front. Cells of a grid over a plane hide one another only
//! in the order in which they lie along each axis, so walking both axes from the far end is exact.

use super::color_bar::{BAR_TICKS, beyond};
use super::colors::Colors;
use super::field::{Field, Scale, ends, rounded};
use super::number::tick;
pub use super::projection::Turn;
use super::projection::{Point, View, slope};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Reading, Table, Theme, text};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// A square grid of numbers as a surface; its height is the place on the field's scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Relief {
    /// The numbers, their axes, their scale and what is marked on them.
    pub field: Field,
    /// The direction of view.
    pub turn: Turn,
}

/// About how many lines of the mesh there are in each direction.
const MESH: usize = 10;

impl Relief {
    fn shades(&self) -> Vec<f64> {
        let shade = |v: &f64| if v.is_finite() { self.field.shade(*v) } else { f64::NAN };
        self.field.values.iter().map(shade).collect()
    }

    /// The cells, from the farthest to the nearest.
    fn cells(&self, view: &View) -> impl DoubleEndedIterator<Item = (usize, usize)> {
        let cells = self.field.points - 1;
        let far = view.far();
        let from = move |far: f64, k: usize| if far > 0.0 { cells - 1 - k } else { k };
        (0..cells * cells).map(move |k| (from(far.0, k % cells), from(far.1, k / cells)))
    }

    /// A cell's corners, counter-clockwise; none where a value is missing.
    fn corners(&self, shades: &[f64], (i, j): (usize, usize)) -> Option<[Point; 4]> {
        let n = self.field.points;
        let place = |i: usize| 2.0 * i as f64 / (n - 1) as f64 - 1.0;
        let corners =
            [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)].map(|(i, j)| (place(i), place(j), shades[j * n + i]));
        corners.iter().all(|c| !c.2.is_nan()).then_some(corners)
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let view = View::new(self.turn, (sheet.width(), sheet.height()));
        self.draw_box(sheet, &view, theme)?;
        if self.field.is_whole() {
            let shades = self.shades();
            self.draw_surface(sheet, &view, &shades)?;
            self.draw_marks(sheet, &view, &shades, theme)?;
        }
        self.draw_axes(sheet, &view, theme)
    }

    /// Floor and far walls, with a line for each value of the scale.
    fn draw_box<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, view: &View, theme: &Theme) -> Result<(), Failure<DB>> {
        let (fx, fy) = view.far();
        let stroke = Stroke { color: theme.grid.to_rgba(), width: 1.0, dash: None };
        let wall = |z: f64| [(-fx, fy, z), (fx, fy, z), (fx, -fy, z)].map(|p| view.at(p));
        sheet.line(&[(fx, -fy), (-fx, -fy), (-fx, fy)].map(|(x, y)| view.at((x, y, 0.0))), stroke)?;
        for z in self.ticks().into_iter().map(|(z, _)| z).chain([0.0, 1.0]) {
            sheet.line(&wall(z), stroke)?;
        }
        for (x, y) in [(-fx, fy), (fx, fy), (fx, -fy)] {
            sheet.line(&[(x, y, 0.0), (x, y, 1.0)].map(|p| view.at(p)), stroke)?;
        }
        Ok(())
    }

    /// Values along the height, with their place.
    fn ticks(&self) -> Vec<(f64, f64)> {
        match &self.field.scale {
            Scale::Loss(axis) => axis.ticks(BAR_TICKS).into_iter().map(|v| (axis.place(v), v)).collect(),
            Scale::Classes(_) => [0.0, 0.5, 1.0].map(|v| (v, v)).into(),
        }
    }

    fn draw_surface<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        view: &View,
        shades: &[f64],
    ) -> Result<(), Failure<DB>> {
        let colors = Colors::new(&self.field.scale);
        let last = self.field.points - 1;
        let every = last.div_ceil(MESH).max(1);
        let mesh = Stroke { color: RGBColor(20, 10, 30).mix(0.28), width: 0.75, dash: None };
        for (i, j) in self.cells(view) {
            let Some(corners) = self.corners(shades, (i, j)) else { continue };
            let [a, b, c, d] = corners.map(|p| view.at(p));
            let mean = corners.iter().map(|p| p.2).sum::<f64>() / 4.0;
            // A little wider than it is: between polygons that only touch, the page would shine through.
            let middle = ((a.0 + b.0 + c.0 + d.0) / 4.0, (a.1 + b.1 + c.1 + d.1) / 4.0);
            let wider = |p: (f64, f64)| {
                let (dx, dy) = (p.0 - middle.0, p.1 - middle.1);
                let more = 1.0 + 0.4 / libm::hypot(dx, dy).max(0.4);
                (middle.0 + dx * more, middle.1 + dy * more)
            };
            sheet.fill(&[a, b, c, d].map(wider), lit(colors.at(mean), slope(corners, view)))?;
            for (on, from, to) in
                [(j % every == 0, a, b), (j + 1 == last, d, c), (i % every == 0, a, d), (i + 1 == last, b, c)]
            {
                if on {
                    sheet.line(&[from, to], mesh)?;
                }
            }
        }
        Ok(())
    }

    /// Path and marked places, over whatever surface is in front of them, each spot on a stem from above.
    fn draw_marks<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        view: &View,
        shades: &[f64],
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        let on = |(x, y): (f64, f64)| {
            let [x, y] = [(0, x), (1, y)].map(|(k, v)| 2.0 * self.field.axes[k].place(v) - 1.0);
            self.height(shades, x, y).map(|z| (x, y, z))
        };
        let marks = &self.field.marks;
        let path: Vec<_> = marks.path.iter().map(|place| on(*place).map(|p| view.at(p))).collect();
        super::marks::draw_path(sheet, &path)?;
        for spot in &marks.spots {
            let Some((x, y, z)) = on(spot.at) else { continue };
            let stem = Stroke { color: theme.ink.mix(0.6), width: 1.0, dash: None };
            let (foot, top) = (view.at((x, y, z)), view.at((x, y, 1.0)));
            sheet.line(&[foot, top], stem)?;
            super::marks::draw_spot(sheet, foot)?;
            if !spot.name.is_empty() {
                sheet.text(&spot.name, (top.0, top.1 - 7.0), Style::label(theme.ink).centred().bold())?;
            }
        }
        Ok(())
    }

    /// The surface's height at a place of the box; none where a value is missing or outside.
    fn height(&self, shades: &[f64], x: f64, y: f64) -> Option<f64> {
        let n = self.field.points;
        if !(-1.0..=1.0).contains(&x) || !(-1.0..=1.0).contains(&y) {
            return None;
        }
        let cell = |v: f64| {
            let at = (v + 1.0) / 2.0 * (n - 1) as f64;
            let i = (at as usize).min(n - 2);
            (i, at - i as f64)
        };
        let ((i, fx), (j, fy)) = (cell(x), cell(y));
        // A corner without a say does not spoil the place.
        let term = |i: usize, j: usize, share: f64| if share == 0.0 { 0.0 } else { share * shades[j * n + i] };
        let z = term(i, j, (1.0 - fx) * (1.0 - fy))
            + term(i + 1, j, fx * (1.0 - fy))
            + term(i, j + 1, (1.0 - fx) * fy)
            + term(i + 1, j + 1, fx * fy);
        (!z.is_nan()).then_some(z)
    }

    /// Values and names: of the height at the box's left edge, of the plane along its near edges.
    fn draw_axes<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, view: &View, theme: &Theme) -> Result<(), Failure<DB>> {
        let (fx, fy) = view.far();
        let style = Style::label(theme.muted);
        let edges = [(-fx, fy), (fx, -fy), (fx, fy), (-fx, -fy)];
        let left = edges.into_iter().min_by(|p, q| {
            let x = |&(x, y): &(f64, f64)| view.at((x, y, 0.0)).0;
            x(p).total_cmp(&x(q))
        });
        let Some((ex, ey)) = left else { return Ok(()) };
        let mut taken = self.draw_heights(sheet, view, theme, (ex, ey))?;
        // The edge along x lies at the near end of y, and the other way round.
        let edges = [(true, -fy), (false, -fx)].map(|(along_x, near)| {
            let point = move |t: f64| if along_x { (t, near, 0.0) } else { (near, t, 0.0) };
            let (from, to) = (view.at(point(-1.0)), view.at(point(1.0)));
            let (inner, outer) = (view.at((0.0, 0.0, 0.0)), view.at(point(0.0)));
            let away = (outer.0 - inner.0, outer.1 - inner.1);
            let length = libm::hypot(away.0, away.1).max(1.0);
            let away = (away.0 / length, away.1 / length);
            let out = move |t: f64, by: f64| {
                let (x, y) = view.at(point(t));
                (x + away.0 * by * 1.15, y + away.1 * by)
            };
            // Seen from its end, an edge has no room for words.
            let seen = libm::hypot(from.0 - to.0, from.1 - to.1) >= 40.0;
            (usize::from(!along_x), seen, away, if to.1 > from.1 { 1.0 } else { -1.0 }, out)
        });
        for (k, seen, _, _, out) in &edges {
            let axis = &self.field.axes[*k];
            // Not at the very ends: another axis ends there too.
            for (value, _) in ends(axis).into_iter().filter(|_| *seen) {
                let label = rounded(value, 2);
                let words = Words::around(out((2.0 * axis.place(value) - 1.0) * 0.88, 10.0), &label);
                if !taken.iter().any(|other| words.touches(other)) {
                    sheet.text(&label, words.middle(), style.centred())?;
                    taken.push(words);
                }
            }
        }
        let places = edges.iter().filter(|edge| edge.1).map(|(k, _, away, lower, out)| {
            let name = &self.field.names[*k];
            let width = text::width(name, 11.0, false);
            let end = (sheet.width() - width).max(0.0);
            let at = |left: f64, y: f64| {
                let left = super::frame::inset(left, 0.0, end, 0.0);
                Words::around((left + width / 2.0, y.min(sheet.height() - 6.0)), name)
            };
            // Beside the edge, preferably its lower half, where there is more room, growing away from it; else below all.
            let beside = [0.45, 0.2, 0.0, -0.2].map(|t| {
                let (x, y) = out(t * lower, 20.0);
                let aside = if away.0.abs() > 0.35 { width / 2.0 * away.0.signum() } else { 0.0 };
                at(x - width / 2.0 + aside, y)
            });
            let below = [out(0.0, 0.0).0 - width / 2.0, 0.0, end].map(|left| at(left, sheet.height()));
            let free = |words: &Words| taken.iter().all(|other| !words.touches(other));
            let all = beside.into_iter().chain(below);
            (name, all.enumerate().filter(|(_, words)| free(words)).collect::<Vec<_>>())
        });
        match &places.collect::<Vec<_>>()[..] {
            [(name, places)] => {
                if let Some((_, words)) = places.first() {
                    sheet.text(name, words.middle(), style.centred())?;
                }
            }
            [(first, p), (second, q)] => {
                // The best places of both that leave room for each other.
                let pairs = p.iter().flat_map(|p| q.iter().map(move |q| (p, q)));
                let apart = pairs.filter(|(p, q)| !p.1.touches(&q.1));
                if let Some((p, q)) = apart.min_by_key(|(p, q)| p.0 + q.0) {
                    sheet.text(first, p.1.middle(), style.centred())?;
                    sheet.text(second, q.1.middle(), style.centred())?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The values of the height, and what they are, beside an upright edge; where they stand.
    fn draw_heights<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        view: &View,
        theme: &Theme,
        (ex, ey): (f64, f64),
    ) -> Result<Vec<Words>, Failure<DB>> {
        let style = Style::label(theme.muted);
        let place = |z: f64| view.at((ex, ey, z));
        let (foot, top) = (place(0.0), place(1.0));
        let mut taken: Vec<Words> = Vec::new();
        // From above the height is not seen.
        if foot.1 - top.1 < 24.0 {
            return Ok(taken);
        }
        let mut label = |(x, y): (f64, f64), label: &str| {
            let words = Words::before((x - 5.0, y), label);
            if taken.iter().all(|other| (y - other.y).abs() >= 11.0) {
                sheet.text(label, (words.right, y), style.right())?;
                taken.push(words);
            }
            Ok(())
        };
        if let Scale::Loss(axis) = &self.field.scale {
            for ((out, value), at) in self.field.outside(axis).into_iter().zip(beyond(axis, tick)).zip([foot, top]) {
                if out {
                    label(at, &value)?;
                }
            }
        }
        for (z, value) in self.ticks() {
            label(place(z), &tick(value))?;
        }
        let name = if matches!(self.field.scale, Scale::Loss(_)) { "loss" } else { "probability" };
        let half = text::width(name, 11.0, false) / 2.0;
        let x = super::frame::inset(top.0, 0.0, sheet.width(), half);
        let named = Words::around((x, (top.1 - 14.0).max(6.0)), name);
        sheet.text(name, named.middle(), style.centred())?;
        taken.push(named);
        Ok(taken)
    }

    /// The corner of the grid that is nearest to the pointer, of the foremost cell under it.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        if !self.field.is_whole() {
            return None;
        }
        let view = View::new(self.turn, size);
        let shades = self.shades();
        let hit = self.cells(&view).rev().find_map(|cell| {
            let corners = self.corners(&shades, cell)?.map(|p| view.at(p));
            holds(&corners, at).then_some((cell, corners))
        });
        let ((i, j), corners) = hit?;
        let far = |p: &(f64, f64)| libm::hypot(p.0 - at.0, p.1 - at.1);
        let nearest = (0..4).min_by(|&p, &q| far(&corners[p]).total_cmp(&far(&corners[q])))?;
        let (di, dj) = [(0, 0), (1, 0), (1, 1), (0, 1)][nearest];
        Some(self.field.reading(i + di, j + dj, corners[nearest]))
    }

    /// The field's.
    pub fn table(&self) -> Table {
        self.field.table()
    }
}

/// Where words lie on the sheet: from the left to the right, and the height of their middle.
struct Words {
    left: f64,
    right: f64,
    y: f64,
}

impl Words {
    fn around((x, y): (f64, f64), words: &str) -> Words {
        let half = text::width(words, 11.0, false) / 2.0;
        Words { left: x - half, right: x + half, y }
    }

    fn before((right, y): (f64, f64), words: &str) -> Words {
        Words { left: right - text::width(words, 11.0, false), right, y }
    }

    fn middle(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, self.y)
    }

    fn touches(&self, other: &Words) -> bool {
        (self.y - other.y).abs() < 12.0 && self.left < other.right && other.left < self.right
    }
}

/// Whether a convex or folded quadrilateral holds a point.
fn holds(corners: &[(f64, f64); 4], at: (f64, f64)) -> bool {
    let mut inside = false;
    for e in 0..4 {
        let (p, q) = (corners[e], corners[(e + 1) % 4]);
        if (p.1 > at.1) != (q.1 > at.1) && at.0 < (q.0 - p.0) * (at.1 - p.1) / (q.1 - p.1) + p.0 {
            inside = !inside;
        }
    }
    inside
}

/// A colour in that light: close to its own, which is what the scale says.
fn lit(color: RGBColor, slope: f64) -> RGBColor {
    let light = 0.8 + 0.28 * slope.max(0.0);
    let channel = |v: u8| (f64::from(v) * light).round().min(255.0) as u8;
    RGBColor(channel(color.0), channel(color.1), channel(color.2))
}
