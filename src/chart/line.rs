//! The lines and events of a chart over the steps.

use super::Theme;
use crate::mark::Mark;
use plotters::style::{Color, RGBAColor};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What the eye should follow.
    Thick,
    /// The noisy thing behind it.
    Thin,
    /// What was there before.
    Ghost,
    /// What theory expects; named above its left end, or its right one.
    Reference,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name in read-outs; at its end too, if it is thick.
    pub name: String,
    /// The short name at its end; of a reference, above its beginning.
    pub end: String,
    /// Its colour and dash.
    pub mark: Mark,
    /// How much it matters.
    pub weight: Weight,
    /// Points from left to right.
    pub points: Vec<(f64, f64)>,
    /// Smallest and largest value that each point stands for; empty if that is the point itself.
    pub band: Vec<(f64, f64)>,
}

impl Line {
    /// Its colour; fainter if it matters less.
    pub(super) fn ink(&self, theme: &Theme) -> RGBAColor {
        let color = theme.color(&self.mark);
        match self.weight {
            Weight::Thick => color.to_rgba(),
            Weight::Thin => color.mix(0.4),
            Weight::Ghost => color.mix(0.3),
            Weight::Reference => color.mix(0.7),
        }
    }

    /// The point nearest to `x`.
    pub(super) fn nearest(&self, x: f64) -> Option<usize> {
        let i = self.points.partition_point(|p| p.0 < x);
        let candidates = [i.checked_sub(1), Some(i)].into_iter().flatten().filter(|&i| i < self.points.len());
        let away = |i: usize| (self.points[i].0 - x).abs();
        candidates.min_by(|&a, &b| away(a).total_cmp(&away(b)))
    }

    /// Whether point `i` still speaks for `x`: they are no further apart than the line's points are around it.
    pub(super) fn covers(&self, i: usize, x: f64) -> bool {
        let gap = |w: &[(f64, f64)]| w[1].0 - w[0].0;
        let around = self.points[i.saturating_sub(1)..].windows(2).take(2);
        (self.points[i].0 - x).abs() <= around.map(gap).fold(0.0, f64::max)
    }

    /// The value of the first point that is not before `x`. A point stands for its surroundings, up to
    /// half the distance to its neighbour; none, where the line has ended before that.
    pub(super) fn at(&self, x: f64) -> Option<f64> {
        let i = self.points.partition_point(|p| p.0 < x);
        let reaches = |w: &[(f64, f64)]| x - w[1].0 <= (w[1].0 - w[0].0) / 2.0;
        let last = || self.points.windows(2).last().filter(|w| reaches(w)).map(|w| &w[1]);
        self.points.get(i).or_else(last).map(|p| p.1)
    }
}

/// Something that happened at one place of the horizontal axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Where.
    pub x: f64,
    /// What, in a few words.
    pub text: String,
    /// Whose.
    pub mark: Mark,
}
