//! A histogram per layer, first layer at the top; mean and standard deviation where layers are many.

use super::axis::Axis;
use super::frame::{Frame, Margins, NAMED_BELOW};
use super::number::{percent, short, tick};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Reading, Table, Theme, text};
use crate::edition::Edition;
use crate::mark::Mark;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// Its name.
    pub name: String,
    /// Counts in equal bins over the axis.
    pub counts: Vec<u32>,
    /// Finite values below and above the axis.
    pub beyond: [u32; 2],
    /// Values that are NaN or infinite.
    pub not_finite: u32,
    /// Mean of the finite values; NaN of none.
    pub mean: f64,
    /// Standard deviation of the finite values, likewise.
    pub deviation: f64,
}

impl Ridge {
    fn total(&self) -> f64 {
        let inside: u32 = self.counts.iter().sum();
        f64::from(inside + self.beyond[0] + self.beyond[1] + self.not_finite).max(1.0)
    }

    /// Whether enough of it is not to be seen in the plot for that to be said beside it.
    pub fn is_partial(&self) -> bool {
        self.not_finite > 0 || f64::from(self.beyond[0] + self.beyond[1]) > 0.01 * self.total()
    }

    /// What is not to be seen, and on which side of the plot.
    fn partly(&self) -> Option<String> {
        let [low, high] = self.beyond.map(|n| f64::from(n) / self.total());
        let share = |share: f64| format!("{:.0} %", (share * 100.0).max(1.0));
        match (self.not_finite > 0, self.is_partial()) {
            (true, _) => Some("not finite".into()),
            (_, false) => None,
            _ if low > 4.0 * high => Some(format!("←{}", share(low))),
            _ if high > 4.0 * low => Some(format!("{}→", share(high))),
            _ => Some(format!("←{}→", share(low + high))),
        }
    }
}

/// A chart of histograms on one axis. Each is scaled to its own peak: shapes compare, heights do not.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridges {
    /// What the horizontal axis measures.
    pub x_name: String,
    /// The values' axis, symmetric about 0.
    pub range: f64,
    /// Colour.
    pub mark: Mark,
    /// Whether room is kept right of the plot for what is not to be seen in it.
    pub aside: bool,
    /// From the first layer on.
    pub layers: Vec<Ridge>,
}

/// Most layers of which histograms are drawn: those of more would be no more than lines.
pub const MOST: usize = 16;
/// Longest name of a layer, in letters; what is longer is shortened.
pub const NAME: usize = 16;
/// Between the name of a part of the network and that of a layer in it.
pub const PART: &str = " · ";
/// Size of the notes beside the plot.
const SMALL: f64 = 10.0;

/// Most of a chart's width that names of layers may take.
const SHARE: f64 = 0.3;
/// Least distance between two names, in pixels.
const APART: f64 = 13.0;

/// What stands left of a chart by layer.
pub struct Names<'a> {
    /// Room that it takes.
    pub margin: f64,
    /// Rows that have a name, with it.
    rows: Vec<(usize, &'a str)>,
}

impl<'a> Names<'a> {
    /// Every layer's own name or, where those would take too much of that width, the part of the network that it
    /// stands in, at its first layer: `step 3` for `step 3 · tanh 1` and what follows.
    pub fn new(names: impl Iterator<Item = &'a str>, width: f64) -> Names<'a> {
        let mut rows: Vec<(usize, &str)> = names.enumerate().collect();
        let wide = |rows: &[(usize, &str)]| {
            let width = |name| text::width(&text::shortened(name, NAME), 11.0, false);
            (rows.iter().map(|row| width(row.1)).fold(0.0, f64::max) + 8.0).max(30.0)
        };
        // A constant: networks with parts are in the full edition alone.
        if Edition::Full.is_here() && wide(&rows) > SHARE * width {
            for row in &mut rows {
                row.1 = row.1.split(PART).next().unwrap_or(row.1);
            }
            rows.dedup_by_key(|row| row.1);
        }
        Names { margin: wide(&rows), rows }
    }

    /// Draws them right-aligned at `x`, each at the height of its row, as long as they do not touch.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        theme: &Theme,
        x: f64,
        height: impl Fn(usize) -> f64,
    ) -> Result<(), Failure<DB>> {
        let mut last = f64::NEG_INFINITY;
        for &(row, name) in &self.rows {
            let y = height(row);
            if y - last >= APART {
                sheet.text(&text::shortened(name, NAME), (x, y), Style::label(theme.muted).right())?;
                last = y;
            }
        }
        Ok(())
    }
}

impl Ridges {
    fn names(&self, width: f64) -> Names<'_> {
        Names::new(self.layers.iter().map(|l| l.name.as_str()), width)
    }

    fn frame(&self, size: (f64, f64)) -> Frame {
        let left = self.names(size.0).margin;
        let longest = ["not finite", "←100 %→"].map(|note| text::width(note, SMALL, false));
        let right = if self.aside { longest[0].max(longest[1]) + 8.0 } else { 8.0 };
        let margins = Margins { left, top: 14.0, right, bottom: NAMED_BELOW };
        Frame::new(size, margins, Axis::linear(-self.range, self.range), Axis::linear(0.0, self.layers.len() as f64))
    }

    /// Draws it.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        let frame = self.frame((sheet.width(), sheet.height()));
        let zero = frame.px(0.0);
        sheet.rule((zero, frame.top), (zero, frame.bottom), theme.grid)?;
        let many = self.layers.len() > MOST;
        let what = if many { format!("{}: mean ± std. deviation", self.x_name) } else { self.x_name.clone() };
        frame.draw_x_named_below(sheet, theme, &what, tick)?;
        let row = frame.height() / self.layers.len().max(1) as f64;
        let at = |i: usize| frame.top + row * i as f64 + if many { row / 2.0 } else { row - 4.0 };
        self.names(sheet.width()).draw(sheet, theme, frame.left - 6.0, at)?;
        for (i, layer) in self.layers.iter().enumerate() {
            let base = frame.top + row * (i + 1) as f64;
            if many {
                self.draw_spread(sheet, &frame, theme, layer, base - row / 2.0, row)?;
            } else {
                self.draw_ridge(sheet, &frame, theme, layer, base, row)?;
            }
        }
        self.draw_notes(sheet, &frame, theme, row)
    }

    fn draw_ridge<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
        layer: &Ridge,
        base: f64,
        row: f64,
    ) -> Result<(), Failure<DB>> {
        let color = theme.color(&self.mark);
        let peak = layer.counts.iter().copied().max().unwrap_or(0).max(1);
        let bin = frame.width() / layer.counts.len().max(1) as f64;
        let height = (row * 1.12).min(row + 12.0) - 1.0;
        let mut outline = vec![(frame.left, base)];
        for (i, &count) in layer.counts.iter().enumerate() {
            let y = base - height * f64::from(count) / f64::from(peak);
            outline.push((frame.left + bin * (i as f64 + 0.5), y));
        }
        outline.push((frame.right, base));
        sheet.fill(&outline, theme.surface.mix(0.75))?;
        sheet.fill(&outline, color.mix(0.28))?;
        sheet.line(&outline, Stroke { color: color.to_rgba(), width: 1.25, dash: None })
    }

    /// A bar of one standard deviation to either side of the mean, as far as the axis reaches.
    fn draw_spread<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
        layer: &Ridge,
        middle: f64,
        row: f64,
    ) -> Result<(), Failure<DB>> {
        if !layer.mean.is_finite() || !layer.deviation.is_finite() {
            return Ok(());
        }
        let color = theme.color(&self.mark);
        // Bars of very many layers touch, and make one outline.
        let half = if row < 4.0 { row / 2.0 } else { row * 0.36 };
        let x = |value: f64| frame.px(value).clamp(frame.left, frame.right);
        let (from, to) = (x(layer.mean - layer.deviation), x(layer.mean + layer.deviation));
        sheet.rect((from, middle - half), (to, middle + half), color.mix(0.32))?;
        if layer.mean.abs() > self.range {
            return Ok(());
        }
        let mean = [(x(layer.mean), middle - half), (x(layer.mean), middle + half)];
        sheet.line(&mean, Stroke { color: color.to_rgba(), width: 2.0, dash: None })
    }

    /// Right of the plot: how much of each layer is not in it. Where layers are many, not of all.
    fn draw_notes<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        frame: &Frame,
        theme: &Theme,
        row: f64,
    ) -> Result<(), Failure<DB>> {
        if !self.aside {
            return Ok(());
        }
        let style = Style::label(theme.ink).size(SMALL);
        let mut last = f64::NEG_INFINITY;
        let mut off_axis = false;
        for (i, layer) in self.layers.iter().enumerate() {
            let Some(note) = layer.partly() else { continue };
            off_axis |= layer.not_finite == 0;
            let y = frame.top + row * (i as f64 + 1.0) - (row / 2.0).min(5.0);
            if y - last >= 12.0 {
                sheet.text(&note, (frame.right + 5.0, y), style)?;
                last = y;
            }
        }
        if off_axis {
            sheet.text("off axis", (frame.right + 5.0, 5.0), Style::label(theme.muted).size(SMALL))?;
        }
        Ok(())
    }

    /// The layer and the bin under the pointer.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        let frame = self.frame(size);
        if self.layers.is_empty() || at.1 < frame.top - 8.0 || at.1 > frame.bottom {
            return None;
        }
        let row = frame.height() / self.layers.len() as f64;
        let layer = &self.layers[(((at.1 - frame.top) / row).max(0.0) as usize).min(self.layers.len() - 1)];
        let mut rows = vec![
            ("mean".into(), moment(layer.mean), None),
            ("standard deviation".into(), moment(layer.deviation), None),
        ];
        let bins = layer.counts.len();
        let bin = ((at.0 - frame.left) / frame.width() * bins as f64).floor();
        if (0.0..bins as f64).contains(&bin) {
            let width = 2.0 * self.range / bins as f64;
            let from = -self.range + width * bin;
            let share = f64::from(layer.counts[bin as usize]) / layer.total();
            rows.insert(0, (format!("{} to {}", short(from), short(from + width)), percent(share), Some(self.mark)));
        }
        if layer.beyond != [0, 0] {
            let [low, high] = layer.beyond.map(|n| percent(f64::from(n) / layer.total()));
            rows.push(("beyond the axis, left and right".into(), format!("{low}, {high}"), None));
        }
        if layer.not_finite > 0 {
            rows.push(("not finite".into(), percent(f64::from(layer.not_finite) / layer.total()), None));
        }
        Some(Reading { title: layer.name.clone(), rows, ..Reading::default() })
    }

    /// Moments and losses by layer.
    pub fn table(&self) -> Table {
        let head = ["layer", "mean", "standard deviation", "beyond the axis", "not finite"].map(str::to_owned).to_vec();
        let rows = self.layers.iter().map(|layer| {
            let share = |n: u32| percent(f64::from(n) / layer.total());
            vec![
                layer.name.clone(),
                moment(layer.mean),
                moment(layer.deviation),
                share(layer.beyond[0] + layer.beyond[1]),
                share(layer.not_finite),
            ]
        });
        Table { head, rows: rows.collect() }
    }
}

/// Of no finite value at all there is none.
fn moment(value: f64) -> String {
    if value.is_nan() { "–".into() } else { short(value) }
}
