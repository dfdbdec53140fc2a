//! The plane in which a path of training moved most.

use super::directions::ZeroDirection;
use crate::kernels::Real;
use crate::probe::eigen::symmetric;
use crate::probe::vectors::dot;

/// How far beyond the path its plane reaches, in parts of the path's extent.
const MARGIN: f64 = 0.25;

/// A path through the weights, projected into its principal plane; its last point is (0, 0).
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Coordinates of each point along the two components.
    pub points: Vec<[f64; 2]>,
    /// Shares of the path's variance that the two components explain. Even a random walk gives about
    /// 60 % and 15 % (Antognini & Sohl-Dickstein 2018, arXiv:1806.08805): large shares say little.
    pub explained: [f64; 2],
}

impl Path {
    /// From where to where the points reach, with a margin.
    pub(super) fn bounds(&self) -> [[f64; 2]; 2] {
        [0, 1].map(|axis| {
            let values = self.points.iter().map(|p| p[axis]);
            let (low, high) = values.fold((0.0, 0.0), |(low, high), v: f64| (v.min(low), v.max(high)));
            let margin = MARGIN * (high - low);
            [low - margin, high + margin]
        })
    }
}

/// The two leading principal components of θ_t − θ_T, as unit vectors, and the path along them. `points`
/// are the θ_t in order, `end` is θ_T; each component is turned so that the path's first point has a
/// coordinate of 0 or more.
///
/// By the eigenvectors of the points' inner products: there are fewer points than parameters.
pub(super) fn components<F: Real>(points: &[Vec<F>], end: &[F]) -> Result<(Vec<F>, Vec<F>, Path), ZeroDirection> {
    const WHAT: &str = "the path of training";
    let (n, width) = (points.len(), end.len());
    let mut middle = vec![0.0; width];
    for point in points {
        for (m, p) in middle.iter_mut().zip(point) {
            *m += p.to_f64() / n as f64;
        }
    }
    let offset = |t: usize| -> Vec<f64> { points[t].iter().zip(&middle).map(|(p, m)| p.to_f64() - m).collect() };
    let offsets: Vec<Vec<f64>> = (0..n).map(offset).collect();
    let products: Vec<f64> =
        (0..n * n).map(|k| if k % n <= k / n { dot(&offsets[k / n], &offsets[k % n]) } else { 0.0 }).collect();
    let total: f64 = (0..n).map(|i| products[i * n + i]).sum();
    if !total.is_finite() {
        return Err(ZeroDirection { what: WHAT, why: "is not finite" });
    }
    let (values, vectors) = symmetric(products, n);
    if n < 2 || total == 0.0 {
        return Err(ZeroDirection { what: WHAT, why: "does not move" });
    }
    // Single precision cannot tell less from rounding.
    if n < 3 || values[1] <= 1e-12 * total {
        return Err(ZeroDirection { what: WHAT, why: "runs along a straight line" });
    }
    let component = |k: usize| -> Vec<f64> {
        let mut component = vec![0.0; width];
        for (weight, offset) in vectors[k].iter().zip(&offsets) {
            for (c, o) in component.iter_mut().zip(offset) {
                *c += weight * o / values[k].sqrt();
            }
        }
        let start: f64 =
            points[0].iter().zip(end).zip(&component).map(|((p, e), c)| (p.to_f64() - e.to_f64()) * c).sum();
        if start < 0.0 {
            component.iter_mut().for_each(|c| *c = -*c);
        }
        component
    };
    let (u, v) = (component(0), component(1));
    let project = |point: &Vec<F>| {
        let along =
            |axis: &[f64]| point.iter().zip(end).zip(axis).map(|((p, e), c)| (p.to_f64() - e.to_f64()) * c).sum();
        [along(&u), along(&v)]
    };
    let path = Path { points: points.iter().map(project).collect(), explained: [values[0] / total, values[1] / total] };
    let narrow = |axis: &[f64]| axis.iter().map(|&c| F::of(c)).collect();
    Ok((narrow(&u), narrow(&v), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path in the plane of e₁ + e₂ and e₃, with twelve times as much variance along the former.
    #[test]
    fn a_flat_path_is_found_again() {
        let points: Vec<Vec<f64>> = [(-3.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (3.0, 1.0)]
            .iter()
            .map(|(a, b)| vec![7.0 + a, a - 7.0, *b, 5.0])
            .collect();
        let (u, v, path) = components(&points, &points[3]).unwrap();
        assert!((path.explained[0] - 40.0 / 44.0).abs() < 1e-12 && (path.explained[1] - 4.0 / 44.0).abs() < 1e-12);
        let root = 0.5f64.sqrt();
        for (found, want) in u.iter().chain(&v).zip([-root, -root, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]) {
            assert!((found.abs() - f64::abs(want)).abs() < 1e-12, "{u:?} {v:?}");
        }
        let first = path.points[0];
        assert!((first[0] - 6.0 * 2f64.sqrt()).abs() < 1e-12 && first[1].abs() < 1e-12, "{path:?}");
        assert_eq!(path.points[3], [0.0, 0.0]);
        let [[low, high], _] = path.bounds();
        assert!((low + 0.25 * first[0]).abs() < 1e-12 && (high - 1.25 * first[0]).abs() < 1e-12);
    }

    #[test]
    fn paths_without_a_plane_are_refused_in_words() {
        let why = |points: &[Vec<f64>]| components(points, &points[points.len() - 1]).unwrap_err().to_string();
        let still = vec![vec![1.0, 2.0]; 4];
        assert_eq!(why(&still), "the path of training does not move: it spans no plane");
        let straight: Vec<_> = (0..4).map(|i| vec![f64::from(i), 2.0 * f64::from(i)]).collect();
        assert_eq!(why(&straight), "the path of training runs along a straight line: it spans no plane");
        assert!(why(&[vec![1.0, 2.0], vec![3.0, 1.0]]).contains("straight"));
        assert!(why(&[vec![1.0, f64::NAN], vec![3.0, 1.0], vec![2.0, 2.0]]).contains("not finite"));
    }
}
