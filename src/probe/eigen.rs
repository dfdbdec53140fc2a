//! Eigenvalues and eigenvectors of small symmetric matrices.

use crate::order::sorted;

/// Sweeps over all pairs: each at least squares what is left off the diagonal, so a dozen is plenty.
const SWEEPS: usize = 60;

/// The eigenvalues of a symmetric `n × n` matrix, largest first, and a unit eigenvector for each.
///
/// Jacobi's cyclic rotations (Golub & Van Loan, *Matrix Computations*, §8.5): O(n³) and accurate to the
/// last digits. Only the lower triangle counts. What is not finite gives NaNs.
pub(super) fn symmetric(mut a: Vec<f64>, n: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    for i in 0..n {
        for j in i + 1..n {
            a[i * n + j] = a[j * n + i];
        }
    }
    let mut v = vec![0.0; n * n];
    (0..n).for_each(|i| v[i * n + i] = 1.0);
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| i * n + j)).map(|k| a[k] * a[k]).sum();
        let all: f64 = a.iter().map(|x| x * x).sum();
        if off <= 1e-32 * all {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, n, p, q);
            }
        }
    }
    let order = sorted(n, &|i, j| a[j * n + j].total_cmp(&a[i * n + i]));
    let vector = |i: usize| (0..n).map(|k| v[k * n + i]).collect();
    (order.iter().map(|&i| a[i * n + i]).collect(), order.iter().map(|&i| vector(i)).collect())
}

/// Makes entry (p, q) zero.
fn rotate(a: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let apq = a[p * n + q];
    if apq == 0.0 {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..n {
        let (kp, kq) = (a[k * n + p], a[k * n + q]);
        (a[k * n + p], a[k * n + q]) = (c * kp - s * kq, s * kp + c * kq);
    }
    for k in 0..n {
        let (pk, qk) = (a[p * n + k], a[q * n + k]);
        (a[p * n + k], a[q * n + k]) = (c * pk - s * qk, s * pk + c * qk);
        let (kp, kq) = (v[k * n + p], v[k * n + q]);
        (v[k * n + p], v[k * n + q]) = (c * kp - s * kq, s * kp + c * kq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    /// −1, 2, −1 on three diagonals: 2 − 2cos(kπ/(n + 1)).
    #[test]
    fn the_second_difference_has_known_eigenvalues() {
        let n = 30;
        let entry = |i: usize, j: usize| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let (values, _) = symmetric((0..n * n).map(|k| entry(k / n, k % n)).collect(), n);
        for (k, value) in values.iter().enumerate() {
            let want = 2.0 - 2.0 * (std::f64::consts::PI * (n - k) as f64 / (n + 1) as f64).cos();
            assert!((value - want).abs() < 1e-13, "{k}: {value} {want}");
        }
    }

    #[test]
    fn vectors_are_orthonormal_and_rebuild_the_matrix() {
        let n = 17;
        let mut stream = Stream::new(1, "test");
        let mut a = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let value = stream.normal();
                (a[i * n + j], a[j * n + i]) = (value, value);
            }
        }
        let (values, vectors) = symmetric(a.clone(), n);
        assert!(values.is_sorted_by(|x, y| x >= y));
        for i in 0..n {
            for j in 0..n {
                let dot: f64 = (0..n).map(|k| vectors[i][k] * vectors[j][k]).sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-13);
                let rebuilt: f64 = (0..n).map(|k| values[k] * vectors[k][i] * vectors[k][j]).sum();
                assert!((rebuilt - a[i * n + j]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn multiples_of_the_identity_and_nothing_at_all() {
        assert_eq!(symmetric(vec![3.0, 0.0, 0.0, 3.0], 2).0, [3.0, 3.0]);
        assert_eq!(symmetric(vec![], 0).0, [0.0; 0]);
        assert!(symmetric(vec![f64::NAN], 1).0[0].is_nan());
    }
}
