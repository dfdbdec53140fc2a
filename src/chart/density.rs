//! How many numbers lie where, known by a few of them that stand for all.

use super::axis::Axis;
use super::frame::{Frame, Margins, NAMED_BELOW};
use super::number::{decade, short, tick};
use super::sheet::{Sheet, Stroke, Style};
use super::{Failure, Guide, Reading, Table, Theme, text};
use crate::mark::Mark;
use crate::order::sorted;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;
use std::f64::consts::TAU;

/// Standard deviation of the bell that each number is drawn as, in widths of the horizontal axis.
const SMEAR: f64 = 0.015;

/// Points of the curve.
const POINTS: usize = 240;

/// Decades below the peak that are still shown.
const DECADES: i32 = 8;

/// A density on a logarithmic axis: each node is a bell whose area is its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    /// What is counted.
    pub name: String,
    /// The numbers' axis.
    pub x: Axis,
    /// The density's, see [`Density::heights`].
    pub y: Axis,
    /// Colour.
    pub mark: Mark,
    /// Numbers and the shares of all that they stand for.
    pub nodes: Vec<(f64, f64)>,
    /// A number worth a line, and its name.
    pub edge: Option<(f64, &'static str)>,
}

/// Of a bell of weight 1 on that axis, its peak.
fn peak(x: &Axis) -> f64 {
    1.0 / (SMEAR * (x.max - x.min) * TAU.sqrt())
}

impl Density {
    /// A horizontal axis for all these numbers and 0, whose bells have room on it.
    pub fn places(numbers: impl Iterator<Item = f64>) -> Axis {
        let (low, high) = numbers.fold((0.0, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
        let room = 3.0 * SMEAR * (high - low);
        let ends = [(low, -room), (high, room)].map(|(end, room)| if end == 0.0 { 0.0 } else { end + room });
        Axis::around(ends.into_iter(), false, 1e-6)
    }

    /// A vertical axis for all these nodes: from below the lowest bell to above the highest.
    pub fn heights(x: &Axis, nodes: &[(f64, f64)]) -> Axis {
        let weights = || nodes.iter().map(|n| n.1).filter(|w| *w > 0.0);
        let (least, all) = (weights().fold(1.0, f64::min), peak(x));
        let top = libm::pow(10.0, libm::log10(2.0 * all).ceil());
        let bottom = decade(least * all / 2.0);
        Axis::log(bottom.max(top * 10f64.powi(-DECADES)), top)
    }

    /// Share per unit at a place of the axis.
    fn at(&self, value: f64) -> f64 {
        let width = SMEAR * (self.x.max - self.x.min);
        let bell = |&(node, weight): &(f64, f64)| weight * libm::exp(-0.5 * ((value - node) / width).powi(2));
        peak(&self.x) * self.nodes.iter().map(bell).sum::<f64>()
    }

    fn frame(&self, size: (f64, f64)) -> Frame {
        let labels = self.y.ticks(4).into_iter().map(|v| text::width(&tick(v), 11.0, false));
        let left = labels.fold(22.0, f64::max) + 8.0;
        Frame::new(size, Margins { left, top: 28.0, right: 10.0, bottom: NAMED_BELOW }, self.x, self.y)
    }

    /// Draws it, with a stroke below for each node; above the plot stand the vertical axis' name and the line's.
    ///
    /// # Errors
    /// The backend's.
    pub fn draw<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, theme: &Theme) -> Result<(), Failure<DB>> {
        const STROKE: f64 = 5.0;
        let frame = self.frame((sheet.width(), sheet.height()));
        sheet.text("share per unit", (frame.left, frame.top - 20.0), Style::label(theme.muted))?;
        frame.draw_y(sheet, theme, tick)?;
        frame.draw_x_named_below(sheet, theme, &self.name, tick)?;
        let color = theme.color(&self.mark);
        let value = |i: usize| self.x.value(i as f64 / (POINTS - 1) as f64);
        let curve: Vec<(f64, f64)> =
            (0..POINTS).map(value).map(|v| (frame.px(v), frame.py_inside(self.at(v).max(self.y.min)))).collect();
        let corners = [(frame.right, frame.bottom), (frame.left, frame.bottom)];
        sheet.fill(&curve.iter().copied().chain(corners).collect::<Vec<_>>(), color.mix(0.18))?;
        sheet.line(&curve, Stroke { color: color.to_rgba(), width: 1.5, dash: self.mark.dash })?;
        for &(node, _) in &self.nodes {
            let x = frame.px(node).clamp(frame.left, frame.right);
            sheet.rule((x, frame.bottom - STROKE), (x, frame.bottom), color)?;
        }
        if let Some((edge, name)) = self.edge.filter(|e| (0.0..=1.0).contains(&self.x.place(e.0))) {
            let x = frame.px(edge);
            let stroke = Stroke { color: theme.muted.to_rgba(), width: 1.0, dash: Some((4, 3)) };
            sheet.line(&[(x, frame.top), (x, frame.bottom)], stroke)?;
            let half = text::width(name, 11.0, false) / 2.0;
            let at = super::frame::inset(x, frame.left, frame.right, half);
            sheet.text(name, (at, frame.top - 8.0), Style::label(theme.muted).centred())?;
        }
        Ok(())
    }

    /// The density at the pointer, and the node next to it.
    pub fn read(&self, size: (f64, f64), at: (f64, f64)) -> Option<Reading> {
        let frame = self.frame(size);
        if !frame.holds(at) {
            return None;
        }
        let value = self.x.value((at.0 - frame.left) / frame.width());
        let distance = |node: &&(f64, f64)| (node.0 - value).abs();
        let (node, weight) = *self.nodes.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        let x = frame.px(node).clamp(frame.left, frame.right);
        Some(Reading {
            title: format!("{} near {}", self.name, short(node)),
            rows: vec![("estimated share of all".into(), share(weight), Some(self.mark))],
            dots: vec![(x, frame.py_inside(self.at(node)))],
            guide: Some(Guide { x, top: frame.top, bottom: frame.bottom }),
            ..Reading::default()
        })
    }

    /// Its nodes, largest first.
    pub fn table(&self) -> Table {
        let nodes = &self.nodes;
        let order = sorted(nodes.len(), &|i, j| nodes[j].0.total_cmp(&nodes[i].0));
        let row = |(node, weight): (f64, f64)| vec![short(node), share(weight)];
        Table {
            head: vec![self.name.clone(), "estimated share of all".into()],
            rows: order.into_iter().map(|i| row(nodes[i])).collect(),
        }
    }
}

/// A share that may be that of one in very many.
fn share(share: f64) -> String {
    format!("{} %", short(100.0 * share))
}
