//! Lanczos' method: the extreme eigenvalues of a symmetric operator from its products with vectors.

use crate::kernels::reduce;
use crate::probe::eigen::symmetric;

/// A new direction shorter than this share of the operator's size is rounding: the space is exhausted.
const EXHAUSTED: f64 = 1e-8;

/// An orthonormal basis q₁, q₂, … of the Krylov space of a start vector, in which the operator is a
/// tridiagonal matrix T with α on its diagonal and β beside it (Golub & Van Loan, *Matrix Computations*,
/// §10.1–10.3). Each new direction is made orthogonal to all earlier ones, twice: no eigenvalue appears
/// more often than it is there.
pub struct Lanczos {
    basis: Vec<Vec<f64>>,
    alpha: Vec<f64>,
    beta: Vec<f64>,
    /// Of the products so far: the sum of the squared lengths of what T leaves out of them, and what is left
    /// over behind its last direction is not.
    left_out: f64,
    /// The direction to go on with; none once the space is exhausted.
    next: Option<Vec<f64>>,
}

/// An eigenvalue of T.
#[derive(Clone, Debug, PartialEq)]
pub struct Ritz {
    /// The value.
    pub value: f64,
    /// The operator has an eigenvalue no further from it than this: the length of A·y − θ·y for this value θ
    /// and its unit vector y. Of that, β·|s| with s the vector's last entry is left to further steps; the rest
    /// is rounding: what the products have beside T, and what n terms of a sum may lose, n·ε·‖A‖ (Parlett,
    /// *The Symmetric Eigenvalue Problem*, §4.5, 13.2).
    ///
    /// It does not say which one that eigenvalue is. The largest value is never above the largest eigenvalue
    /// by more; it is below as long as the start vector's share in the leading directions is not found.
    pub error: f64,
    /// Its unit eigenvector in the basis.
    pub vector: Vec<f64>,
}

impl Lanczos {
    /// Starts from a vector of any length but 0; without one, the space is exhausted at once.
    pub fn new(start: Vec<f64>) -> Lanczos {
        let next = unit(start, 0.0);
        Lanczos { basis: Vec::new(), alpha: Vec::new(), beta: Vec::new(), left_out: 0.0, next }
    }

    /// Takes one step with one product, `times(v, out)`: out ← operator·v. False if there was nothing
    /// left to do: the space is exhausted, or a product was not finite.
    pub fn step(&mut self, times: impl FnOnce(&[f64], &mut [f64])) -> bool {
        let Some(q) = self.next.take() else {
            return false;
        };
        let mut w = vec![0.0; q.len()];
        times(&q, &mut w);
        self.alpha.push(reduce::dot(&q, &w));
        self.basis.push(q);
        let mut along = vec![0.0; self.steps()];
        for _ in 0..2 {
            for (q, along) in self.basis.iter().zip(&mut along) {
                let part = reduce::dot(q, &w);
                reduce::axpy(-part, q, &mut w);
                *along += part;
            }
        }
        // In exact arithmetic a symmetric operator's product has no part but along the last two.
        let expected = self.alpha.last().into_iter().chain(self.beta.last());
        along.iter_mut().rev().zip(expected).for_each(|(along, expected)| *along -= expected);
        self.left_out += reduce::dot(&along, &along);
        let size = self.alpha.iter().chain(&self.beta).fold(0.0, |m: f64, v| m.max(v.abs()));
        self.beta.push(reduce::norm(&w));
        self.next = unit(w, EXHAUSTED * size);
        true
    }

    /// Steps taken.
    pub fn steps(&self) -> usize {
        self.alpha.len()
    }

    /// Whether nothing is left to do.
    pub fn is_exhausted(&self) -> bool {
        self.next.is_none()
    }

    /// The basis so far.
    pub fn basis(&self) -> &[Vec<f64>] {
        &self.basis
    }

    /// The eigenvalues of T, largest first; none if any product was not finite. The largest and the
    /// smallest converge first.
    pub fn ritz(&self) -> Vec<Ritz> {
        let n = self.steps();
        if !self.alpha.iter().chain(&self.beta).all(|v| v.is_finite()) {
            return Vec::new();
        }
        let mut t = vec![0.0; n * n];
        for i in 0..n {
            t[i * n + i] = self.alpha[i];
            if i > 0 {
                t[i * n + i - 1] = self.beta[i - 1];
            }
        }
        let (values, vectors) = symmetric(t, n);
        let size = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let terms = self.basis.first().map_or(0, Vec::len) as f64;
        let rounding = self.left_out.sqrt() + terms * f64::EPSILON * size;
        let pairs = values.into_iter().zip(vectors);
        let last = self.beta.last().copied().unwrap_or(0.0);
        let ritz = pairs.map(|(value, vector)| {
            let error = last * vector.last().map_or(0.0, |s| s.abs()) + rounding;
            Ritz { value, error, vector }
        });
        ritz.collect()
    }
}

/// v/‖v‖; none if it is not longer than `least`, or not finite.
fn unit(mut v: Vec<f64>, least: f64) -> Option<Vec<f64>> {
    let length = reduce::norm(&v);
    if !length.is_finite() || length <= least {
        return None;
    }
    v.iter_mut().for_each(|x| *x /= length);
    Some(v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn start(n: usize) -> Vec<f64> {
        let mut stream = Stream::new(1, "test");
        (0..n).map(|_| stream.normal()).collect()
    }

    fn diagonal(values: &[f64]) -> impl Fn(&[f64], &mut [f64]) + '_ {
        |v, out| (0..v.len()).for_each(|i| out[i] = values[i] * v[i])
    }

    /// The quadratic ½ Σ λᵢxᵢ²: as many steps as there are eigenvalues find them all, signs and all.
    #[test]
    fn a_quadratic_gives_exactly_its_eigenvalues() {
        let values = [9.0, 4.0, 1.0, 0.5, 0.0, -0.25, -3.0];
        let mut lanczos = Lanczos::new(start(7));
        while lanczos.step(diagonal(&values)) {
            assert!(lanczos.steps() <= 7);
        }
        let ritz = lanczos.ritz();
        assert_eq!(ritz.len(), 7);
        for (ritz, value) in ritz.iter().zip(values) {
            assert!((ritz.value - value).abs() < 1e-12, "{} {value}", ritz.value);
        }
    }

    #[test]
    fn extremes_come_first_and_within_their_error() {
        let values: Vec<f64> = (0..400).map(|i| if i == 0 { 50.0 } else { (f64::from(i) * 0.37).sin() }).collect();
        let mut lanczos = Lanczos::new(start(400));
        for _ in 0..25 {
            lanczos.step(diagonal(&values));
        }
        let ritz = lanczos.ritz();
        assert!((ritz[0].value - 50.0).abs() < 1e-10 && ritz[0].error < 1e-10);
        for ritz in &ritz {
            let nearest = values.iter().map(|v| (v - ritz.value).abs()).fold(f64::INFINITY, f64::min);
            assert!(nearest <= ritz.error + 1e-12, "{ritz:?}");
        }
        // Without re-orthogonalisation 50 would be there several times by now.
        assert!(ritz[1].value < 1.01);
    }

    #[test]
    fn multiples_of_the_identity_are_exhausted_at_once() {
        let mut lanczos = Lanczos::new(start(5));
        assert!(lanczos.step(diagonal(&[2.0; 5])) && lanczos.is_exhausted());
        assert!(!lanczos.step(diagonal(&[2.0; 5])));
        assert!((lanczos.ritz()[0].value - 2.0).abs() < 1e-12 && lanczos.ritz().len() == 1);
        assert!(Lanczos::new(vec![0.0; 3]).is_exhausted());
    }

    #[test]
    fn what_is_not_finite_has_no_eigenvalues() {
        let mut lanczos = Lanczos::new(start(5));
        lanczos.step(diagonal(&[f64::NAN; 5]));
        assert!(lanczos.is_exhausted() && lanczos.ritz().is_empty());
    }
}
