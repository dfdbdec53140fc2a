//! Points in the plane in two classes, after TensorFlow Playground's sets.
//!
//! All lie in about the square [−2, 2]², so that each coordinate's variance is near 1.

use super::{Data, DataSet, Split};
use crate::kernels::Real;
use crate::rng::Stream;

pub(super) const TRAIN: usize = 400;
const VALIDATION: usize = 200;

/// Draws both classes in turn, jitters each coordinate by a Gaussian of standard deviation `noise`,
/// and deals the points to the two splits.
pub(super) fn load<F: Real>(data: Data, noise: f64, seed: u32) -> DataSet<F> {
    let mut place = Stream::new(seed, "data/plane");
    let mut jitter = Stream::new(seed, "data/noise");
    let total = TRAIN + VALIDATION;
    let mut points: Vec<(f64, f64, u32)> = (0..total)
        .map(|i| {
            let class = (i % 2) as u32;
            let (x, y) = point(data, class, &mut place);
            (x + noise * jitter.normal(), y + noise * jitter.normal(), class)
        })
        .collect();
    Stream::new(seed, "data/shuffle").shuffle(&mut points);
    let split = |points: &[(f64, f64, u32)]| Split {
        x: points.iter().flat_map(|&(x, y, _)| [F::of(x), F::of(y)]).collect(),
        y: points.iter().map(|p| p.2).collect(),
    };
    DataSet {
        features: 2,
        classes: 2,
        targets: None,
        train: split(&points[..TRAIN]),
        validation: split(&points[TRAIN..]),
    }
}

/// A point of that class before the jitter.
fn point(data: Data, class: u32, stream: &mut Stream) -> (f64, f64) {
    let side = if class == 0 { 1.0 } else { -1.0 };
    match data {
        // One and a quarter turns outwards; the classes are half a turn apart. At one and three quarters
        // a plain net of the default size would still be guessing after 1000 steps.
        Data::Spirals => {
            let t = stream.uniform();
            let (sin, cos) = libm::sincos(1.25 * std::f64::consts::TAU * t);
            (side * 2.0 * t * sin, side * 2.0 * t * cos)
        }
        // Uniform over a disc of radius 1, and over the ring from 1.4 to 2.
        Data::Circles => {
            let (inner, outer) = if class == 0 { (0.0, 1.0) } else { (1.4 * 1.4, 4.0) };
            let radius = stream.between(inner, outer).sqrt();
            let (sin, cos) = libm::sincos(std::f64::consts::TAU * stream.uniform());
            (radius * cos, radius * sin)
        }
        // Quadrants with a gap of 0.1 on each side of the axes.
        Data::Xor => {
            let (x, y) = (stream.between(0.1, 2.0), stream.between(0.1, 2.0));
            let flip = if stream.uniform() < 0.5 { 1.0 } else { -1.0 };
            (flip * x, side * flip * y)
        }
        _ => (side + 0.5 * stream.normal(), side + 0.5 * stream.normal()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::data::Recipe;

    fn recipe(noise: f64) -> Recipe {
        Recipe { noise, style: 0.0, length: 4, shortest: 0, seed: 2 }
    }

    #[test]
    fn classes_lie_where_they_should_without_noise() {
        let set = Data::Circles.load::<f64>(&recipe(0.0));
        for (p, &y) in set.train.x.chunks(2).zip(&set.train.y) {
            let r = p[0].hypot(p[1]);
            assert!(if y == 0 { r <= 1.0 } else { (1.4..=2.0).contains(&r) });
        }
        let set = Data::Xor.load::<f64>(&recipe(0.0));
        assert!(set.train.x.chunks(2).zip(&set.train.y).all(|(p, &y)| (p[0] * p[1] > 0.0) == (y == 0)));
    }

    #[test]
    fn noise_moves_points_by_its_standard_deviation() {
        for &data in Data::ALL.iter().filter(|d| d.is_plane()) {
            let (clean, noisy) = (data.load::<f64>(&recipe(0.0)), data.load::<f64>(&recipe(0.3)));
            let n = clean.train.x.len() as f64;
            let square: f64 = clean.train.x.iter().zip(&noisy.train.x).map(|(a, b)| (a - b) * (a - b)).sum();
            assert!(((square / n).sqrt() / 0.3 - 1.0).abs() < 0.1, "{data:?}");
            assert_eq!(clean.train.y, noisy.train.y);
        }
    }
}
