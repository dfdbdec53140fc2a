//! A number per point of a plane: the loss landscape, or a network's answers.

use super::axis::Axis;
use super::color_bar::{BAR_TICKS, bar_room, draw_bar};
pub use super::colors::Scale;
use super::colors::{Colors, class_ink};
use super::frame::{Frame, Margins, NAMED_BELOW, inset};
use super::marks::{self, Marks};
use super::number::{percent, short, tick};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Reading, Table, Theme, text};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// A chart of a square grid of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What the axes are, the horizontal one first.
    pub names: [String; 2],
    /// From where to where the grid's points reach, evenly, horizontally and vertically.
    pub axes: [Axis; 2],
    /// Points on a side; with fewer than two the plot stays empty.
    pub points: usize,
    /// Bottom row first; NaN where nothing is known yet. As many as the square of `points`, or the plot
    /// stays empty.
    pub values: Vec<f64>,
    /// Colours.
    pub scale: Scale,
    /// What is drawn into a landscape.
    pub marks: Marks,
}

/// Space above the plot.
const TOP: f64 = 4.0;

impl Field {
    fn frame(&self, (width, height): (f64, f64)) -> Frame {
        let bar = match &self.scale {
            Scale::Loss(axis) => bar_room(axis, tick),
            Scale::Classes(_) => 8.0,
        };
        // Room for the values and the name of the vertical axis.
        const LEFT: f64 = 34.0;
        let side = (width - bar - LEFT).min(height - TOP - NAMED_BELOW).max(24.0);
        let left = (width - bar - LEFT - side) / 2.0 + LEFT;
        let margins = Margins { left, top: TOP, right: width - left - side, bottom: height - TOP - side };
        Frame::new((width, height), margins, self.axes[0], self.axes[1])
    }

    /// The place of grid point (i, j).
    fn coordinates(&self, i: usize, j: usize) -> (f64, f64) {
        let along = |axis: &Axis, i: usize| axis.value(i as f64 / (self.points - 1) as f64);
        (along(&self.axes[0], i), along(&self.axes[1], j))
    }

    /// Whether there is a whole grid to interpolate.
    pub(super) fn is_whole(&self) -> bool {
        self.points >= 2 && self.values.len() == self.points * self.points
    }

    /// A value's place on its scale of colours.
    pub(super) fn shade(&self, value: f64) -> f64 {
        match &self.scale {
            Scale::Loss(_) if value == f64::INFINITY => 1.0,
            Scale::Loss(axis) => axis.place(value).clamp(0.0, 1.0),
            Scale::Classes(_) => value,
        }
    }

    /// Whether there are values below the scale, and above it.
    pub(super) fn outside(&self, axis: &Axis) -> [bool; 2] {
        let (least, most) = (axis.min * (1.0 - 1e-9), axis.max * (1.0 + 1e-9));
        [self.values.iter().any(|v| *v < least), self.values.iter().any(|v| *v > most)]
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        if self.is_whole() {
            self.draw_values(sheet, &frame, theme)?;
        }
        if let Scale::Loss(axis) = &self.scale {
            draw_bar(sheet, &frame, axis, self.outside(axis), tick, theme)?;
        }
        self.draw_axes(sheet, &frame, theme)
    }

    /// The colours, contours, and the points drawn on them.
    fn draw_values<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        let shades: Vec<f64> = self.values.iter().map(|&v| self.shade(v)).collect();
        self.draw_image(sheet, frame, theme, &shades)?;
        match &self.scale {
            Scale::Loss(axis) => {
                // At the ends of the scale a contour would only show where colours stop changing.
                let inner =
                    axis.ticks(BAR_TICKS).into_iter().filter(|level| (0.001..=0.999).contains(&axis.place(*level)));
                self.draw_levels(sheet, frame, &shades, axis, inner)?;
                self.draw_marks(sheet, frame)?;
            }
            Scale::Classes(samples) => {
                let stroke = Stroke { color: theme.ink.mix(0.9), width: 1.0, dash: None };
                for piece in self.contour(frame, &shades, 0.5) {
                    sheet.line(&piece, stroke)?;
                }
                for &(x, y, class) in samples {
                    let at = (frame.px(x), frame.py(y));
                    if frame.holds(at) {
                        let (fill, edge) = class_ink(class);
                        sheet.disc(at, 2.5, fill)?;
                        sheet.ring(at, 2.5, Stroke { color: edge.to_rgba(), width: 0.75, dash: None })?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Both ends and the middle of each axis, with its name.
    fn draw_axes<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
    ) -> Result<(), Failure<DB>> {
        let style = Style::label(theme.muted);
        let [right, up] = &self.names;
        let middle = (frame.left + frame.width() / 2.0, frame.top + frame.height() / 2.0);
        let half = text::width(right, 11.0, false) / 2.0;
        sheet.text(right, (inset(middle.0, 0.0, sheet.width(), half), frame.bottom + 25.0), style.centred())?;
        sheet.text(up, (frame.left - 27.0, middle.1), style.centred().upwards())?;
        // Labels at the ends stay within the plot's width and height.
        for (value, end) in ends(&self.axes[0]) {
            sheet.text(&rounded(value, 2), (frame.px(value) - 6.0 * end, frame.bottom + 11.0), style.centred())?;
        }
        for (value, end) in ends(&self.axes[1]) {
            sheet.text(&rounded(value, 2), (frame.left - 6.0, frame.py(value) + 4.0 * end), style.right())?;
        }
        Ok(())
    }

    /// The shades, bilinearly between the grid's points.
    fn draw_image<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
        shades: &[f64],
    ) -> Result<(), Failure<DB>> {
        let (width, height) = (frame.width().round() as usize, frame.height().round() as usize);
        let n = self.points;
        // The grid cell of a pixel, and how far into it the pixel lies.
        let cell = |pixel: usize, pixels: usize| {
            let at = ((pixel as f64 + 0.5) / pixels as f64 * (n - 1) as f64).max(0.0);
            let i = (at as usize).min(n - 2);
            (i, at - i as f64)
        };
        let columns: Vec<(usize, f64)> = (0..width).map(|c| cell(c, width)).collect();
        let colors = Colors::new(&self.scale);
        let whole = self.values.iter().all(|v| v.is_finite());
        let mut rgb = Vec::with_capacity(width * height * 3);
        for row in 0..height {
            let (j, fy) = cell(height - 1 - row, height);
            let (low, high) = (&shades[j * n..], &shades[(j + 1) * n..]);
            let nearest = &self.values[(j + usize::from(fy >= 0.5)) * n..];
            for (column, &(i, fx)) in columns.iter().enumerate() {
                let mix = |row: &[f64]| row[i] * (1.0 - fx) + row[i + 1] * fx;
                let shade = mix(low) * (1.0 - fy) + mix(high) * fy;
                let lacks = !whole && !nearest[i + usize::from(fx >= 0.5)].is_finite();
                let RGBColor(r, g, b) = match lacks || shade.is_nan() {
                    // Hatched: no colour of the scale, in any colours.
                    true if (row + column) % 7 < 2 => theme.muted,
                    true => theme.grid,
                    false => colors.at(shade),
                };
                rgb.extend([r, g, b]);
            }
        }
        sheet.image((frame.left.round(), frame.top.round()), width, height, rgb)
    }

    /// Contours, each with its value where there is room.
    fn draw_levels<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        shades: &[f64],
        axis: &Axis,
        levels: impl Iterator<Item = f64>,
    ) -> Result<(), Failure<DB>> {
        let colors = Colors::new(&self.scale);
        let mut taken: Vec<(f64, f64)> =
            self.marks.spots.iter().map(|spot| (frame.px(spot.at.0), frame.py(spot.at.1))).collect();
        let mut labels = Vec::new();
        for level in levels {
            let place = axis.place(level);
            let pieces = self.contour(frame, shades, place);
            // White on dark, dark on light.
            let ink = if place < 0.7 { RGBColor(255, 255, 255) } else { RGBColor(50, 20, 30) };
            for piece in &pieces {
                sheet.line(piece, Stroke { color: ink.mix(0.65), width: 1.0, dash: None })?;
            }
            let label = tick(level);
            let room = text::width(&label, 10.0, false) / 2.0 + 2.0;
            if let Some(at) = label_place(frame, &pieces, room, &taken) {
                taken.push(at);
                labels.push((label, at, room, ink, colors.at(place)));
            }
        }
        for (label, (x, y), room, ink, ground) in labels {
            sheet.rect((x - room, y - 6.0), (x + room, y + 6.0), ground)?;
            sheet.text(&label, (x, y), Style::label(ink).centred().size(10.0))?;
        }
        Ok(())
    }

    /// Path and marked places.
    fn draw_marks<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, frame: &Frame) -> Result<(), Failure<DB>> {
        let at = |(x, y): (f64, f64)| (frame.px(x), frame.py(y));
        let path: Vec<_> = self.marks.path.iter().map(|place| Some(at(*place)).filter(|at| frame.holds(*at))).collect();
        marks::draw_path(sheet, &path)?;
        for spot in self.marks.spots.iter().filter(|spot| frame.holds(at(spot.at))) {
            let (x, y) = at(spot.at);
            marks::draw_spot(sheet, (x, y))?;
            if !spot.name.is_empty() {
                let (left, right) = (x - 12.0, x + 12.0);
                let x = if right > frame.right - 8.0 { left } else { right };
                sheet.disc((x, y), 7.0, RGBColor(255, 255, 255))?;
                sheet.text(&spot.name, (x, y), Style::label(RGBColor(20, 20, 20)).centred().bold())?;
            }
        }
        Ok(())
    }

    /// The line along which the shade is `level`, in pieces, by marching squares.
    fn contour(&self, frame: &Frame, shades: &[f64], level: f64) -> Vec<[(f64, f64); 2]> {
        let n = self.points;
        let place = |i: f64, j: f64| {
            let last = (n - 1) as f64;
            (frame.left + frame.width() * i / last, frame.bottom - frame.height() * j / last)
        };
        let mut pieces = Vec::new();
        for j in 0..n - 1 {
            for i in 0..n - 1 {
                let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                let v = corners.map(|(i, j)| shades[j * n + i]);
                if v.iter().any(|v| v.is_nan()) {
                    continue;
                }
                let mut crossings = [(0.0, 0.0); 4];
                let mut count = 0;
                for e in 0..4 {
                    let (a, b) = (v[e], v[(e + 1) % 4]);
                    if (a < level) != (b < level) {
                        let t = (level - a) / (b - a);
                        let ((i0, j0), (i1, j1)) = (corners[e], corners[(e + 1) % 4]);
                        let mix = |p: usize, q: usize| p as f64 + (q as f64 - p as f64) * t;
                        crossings[count] = place(mix(i0, i1), mix(j0, j1));
                        count += 1;
                    }
                }
                pieces.extend(crossings[..count].chunks_exact(2).map(|pair| [pair[0], pair[1]]));
            }
        }
        pieces
    }

    /// The grid point under the pointer.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        let frame = self.frame(size);
        if !frame.holds(at) || !self.is_whole() {
            return None;
        }
        let last = (self.points - 1) as f64;
        let i = ((at.0 - frame.left) / frame.width() * last).round() as usize;
        let j = ((frame.bottom - at.1) / frame.height() * last).round() as usize;
        let (x, y) = self.coordinates(i, j);
        Some(self.reading(i, j, (frame.px(x), frame.py(y))))
    }

    /// What stands at grid point (i, j), which is at that pixel.
    pub(super) fn reading(&self, i: usize, j: usize, dot: (f64, f64)) -> Reading {
        let value = self.values[j * self.points + i];
        let row = match &self.scale {
            Scale::Loss(_) if value.is_nan() => ("loss".into(), "not computed yet".into(), None),
            Scale::Loss(_) => ("loss".into(), short(value), None),
            Scale::Classes(_) => ("probability of the dark class".into(), percent(value), None),
        };
        let place = self.coordinates(i, j);
        Reading {
            title: format!("({}, {})", short(place.0), short(place.1)),
            rows: vec![row],
            dots: vec![dot],
            guide: None,
            place: (matches!(self.scale, Scale::Loss(_)) && value.is_finite()).then_some(place),
        }
    }

    /// Nine by nine points of the grid.
    pub fn table(&self) -> Table {
        if !self.is_whole() {
            return Table::default();
        }
        let last = self.points - 1;
        let chosen: Vec<usize> = (0..9).map(|k| k * last / 8).collect();
        let mut head = vec!["up \\ right".to_owned()];
        head.extend(chosen.iter().map(|&i| rounded(self.coordinates(i, 0).0, 3)));
        let rows = chosen.iter().rev().map(|&j| {
            let mut row = vec![rounded(self.coordinates(0, j).1, 3)];
            row.extend(chosen.iter().map(|&i| match self.values[j * self.points + i] {
                v if v.is_nan() => "–".to_owned(),
                v => short(v),
            }));
            row
        });
        Table { head, rows: rows.collect() }
    }
}

/// The values that stand along an axis: both ends, −1 and 1, and 0 where it is well between them.
pub(super) fn ends(axis: &Axis) -> Vec<(f64, f64)> {
    let zero = axis.place(0.0);
    let between = (0.2..=0.8).contains(&zero).then_some((0.0, 0.0));
    [(axis.min, -1.0)].into_iter().chain(between).chain([(axis.max, 1.0)]).collect()
}

/// So many significant digits at most, as short as they can be.
pub(super) fn rounded(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digit = libm::pow(10.0, libm::log10(value.abs()).floor() + 1.0 - f64::from(digits));
    tick((value / digit).round() * digit)
}

/// Where a contour's value stands: on the contour, to the upper right of the middle if it can, with room
/// for it in the plot and between the values `taken` before.
fn label_place(frame: &Frame, pieces: &[[(f64, f64); 2]], room: f64, taken: &[(f64, f64)]) -> Option<(f64, f64)> {
    let middle = (frame.left + frame.width() / 2.0, frame.top + frame.height() / 2.0);
    let inside = |(x, y): (f64, f64)| {
        (frame.left + room..=frame.right - room).contains(&x) && (frame.top + 7.0..=frame.bottom - 7.0).contains(&y)
    };
    let free = |(x, y): (f64, f64)| taken.iter().all(|t| (x - t.0).abs() > 2.0 * room || (y - t.1).abs() > 14.0);
    // How far from the direction of one o'clock.
    let astray = |(x, y): (f64, f64)| {
        let angle = libm::atan2(middle.1 - y, x - middle.0);
        (angle - std::f64::consts::FRAC_PI_3).abs()
    };
    let places = pieces.iter().map(|[p, q]| ((p.0 + q.0) / 2.0, (p.1 + q.1) / 2.0));
    places.filter(|at| inside(*at) && free(*at)).min_by(|p, q| astray(*p).total_cmp(&astray(*q)))
}
