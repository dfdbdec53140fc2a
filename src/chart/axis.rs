//! An axis: from values to a place between 0 and 1, and the ticks along it.

use super::number::decade;
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

/// A range of values, evenly divided in itself or in its logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Value at the start.
    pub min: f64,
    /// Value at the end.
    pub max: f64,
    /// Equal factors, rather than differences, are equally far apart.
    pub log: bool,
}

impl Axis {
    /// Even in differences.
    pub fn linear(min: f64, max: f64) -> Axis {
        Axis { min, max: if max > min { max } else { min + 1.0 }, log: false }
    }

    /// Even in factors; both ends positive.
    pub fn log(min: f64, max: f64) -> Axis {
        let min = if min > 0.0 { min } else { 1e-12 };
        Axis { min, max: if max > min { max } else { min * 10.0 }, log: true }
    }

    /// An axis that holds all these values with round ends; `floor` is the smallest span, as a
    /// difference or a factor.
    pub fn around(values: impl Iterator<Item = f64>, log: bool, floor: f64) -> Axis {
        let usable = values.filter(|v| v.is_finite() && (!log || *v > 0.0));
        let (mut min, mut max) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        if min > max {
            (min, max) = if log { (0.1, 1.0) } else { (0.0, 1.0) };
        }
        if log {
            let lack = (floor / (max / min)).max(1.0).sqrt();
            return Axis::log(round_log(min / lack, false), round_log(max * lack, true));
        }
        let lack = (floor - (max - min)).max(0.0) / 2.0;
        let (min, max) = (min - lack, max + lack);
        let step = decade(max - min) / 2.0;
        Axis::linear((min / step).floor() * step, (max / step).ceil() * step)
    }

    /// Where a value lies, 0 at the start and 1 at the end; outside that for values beyond.
    pub fn place(&self, value: f64) -> f64 {
        let f = |v: f64| if self.log { libm::log10(v.max(1e-300)) } else { v };
        (f(value) - f(self.min)) / (f(self.max) - f(self.min))
    }

    /// The value at a place.
    pub fn value(&self, place: f64) -> f64 {
        if self.log {
            self.min * libm::pow(self.max / self.min, place)
        } else {
            self.min + (self.max - self.min) * place
        }
    }

    /// Round values along the axis, about `most` of them.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        if !self.log {
            let range = RangedCoordf64::from(self.min..self.max);
            let points = |most| -> Vec<f64> {
                let all = range.key_points(BoldPoints(most));
                all.into_iter().filter(|v| (-1e-9..=1.0 + 1e-9).contains(&self.place(*v))).collect()
            };
            // plotters' steps are 1, 2 and 5: a few more are asked for where that leaves too few.
            return (most..2 * most).map(points).find(|ticks| ticks.len() > 2).unwrap_or_else(|| points(2 * most));
        }
        let decades = (libm::log10(self.min) - 1e-9).ceil() as i32..=(libm::log10(self.max) + 1e-9).floor() as i32;
        let count = decades.clone().count();
        let digits: &[f64] = match count {
            0 | 1 => &[1.0, 2.0, 3.0, 5.0, 7.0],
            2 => &[1.0, 3.0],
            _ => &[1.0],
        };
        let every = count.div_ceil(most.max(1)).max(1) as i32;
        let (first, last) = (libm::log10(self.min).floor() as i32, *decades.end());
        let mut ticks = Vec::new();
        for decade in first..=last {
            if digits.len() == 1 && decade.rem_euclid(every) != 0 {
                continue;
            }
            ticks.extend(digits.iter().map(|d| d * 10f64.powi(decade)));
        }
        ticks.retain(|v| (-1e-9..=1.0 + 1e-9).contains(&self.place(*v)));
        ticks
    }
}

/// The next 1, 2 or 5 times a power of ten.
fn round_log(value: f64, up: bool) -> f64 {
    let decade = decade(value);
    let steps = [1.0, 2.0, 5.0, 10.0].map(|d| d * decade);
    let near = 1.0 + 1e-9;
    if up {
        steps.into_iter().find(|s| s * near >= value).unwrap_or(value)
    } else {
        steps.into_iter().rev().find(|s| *s <= value * near).unwrap_or(value)
    }
}

/// The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten at or above `value`.
pub fn round_up(value: f64) -> f64 {
    let decade = decade(value);
    let steps = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    steps.map(|d| d * decade).into_iter().find(|s| s * (1.0 + 1e-9) >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_values_are_inverse() {
        for axis in [Axis::linear(-3.0, 7.0), Axis::log(0.01, 50.0)] {
            for place in [0.0, 0.3, 1.0] {
                assert!((axis.place(axis.value(place)) - place).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn ticks_are_round_inside_and_few() {
        assert_eq!(Axis::linear(0.0, 1000.0).ticks(6), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(Axis::linear(-3.0, 3.0).ticks(4).len(), 3);
        assert_eq!(Axis::log(0.05, 20.0).ticks(5), [0.1, 1.0, 10.0]);
        let narrow: Vec<String> = Axis::log(0.2, 2.0).ticks(5).into_iter().map(crate::chart::number::tick).collect();
        assert_eq!(narrow, ["0.2", "0.3", "0.5", "0.7", "1", "2"]);
        let wide = Axis::log(1e-12, 1e3).ticks(5);
        let factors: Vec<f64> = wide.windows(2).map(|w| (w[1] / w[0]).log10().round()).collect();
        assert!((3..=5).contains(&wide.len()) && factors.iter().all(|f| *f == factors[0]), "{wide:?}");
    }

    #[test]
    fn an_axis_around_values_holds_them_with_round_ends() {
        let axis = Axis::around([0.013, 2.5, f64::NAN, f64::INFINITY].into_iter(), true, 10.0);
        assert_eq!((axis.min, axis.max), (0.01, 5.0));
        let axis = Axis::around([0.9, 0.97].into_iter(), false, 0.1);
        assert!(axis.min <= 0.9 && axis.max >= 0.97 && axis.max - axis.min <= 0.3, "{axis:?}");
        assert_eq!(Axis::around(std::iter::empty(), true, 10.0).min, 0.1);
    }
}
