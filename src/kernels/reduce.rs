//! Sums over flat buffers, and other operations on whole vectors.
//!
//! Eight accumulators each: LLVM does not reorder floating-point sums, so the parallelism that SIMD
//! needs is written out, and the order of summation is fixed by it.

use super::Real;

const LANES: usize = 8;

/// Merges the accumulators in a fixed tree.
#[inline(always)]
fn merge<F: Real>(a: [F; LANES]) -> F {
    ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))
}

/// Σ f(xᵢ).
#[inline(always)]
pub fn sum_by<F: Real>(x: &[F], f: impl Fn(F) -> F) -> F {
    let mut lanes = [F::ZERO; LANES];
    let mut chunks = x.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += f(value);
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(chunks.remainder()) {
        *lane += f(value);
    }
    merge(lanes)
}

/// Σ f(xᵢ, yᵢ) over the shorter of the two.
#[inline(always)]
pub fn sum_by2<F: Real>(x: &[F], y: &[F], f: impl Fn(F, F) -> F) -> F {
    let n = x.len().min(y.len());
    let (x, y) = (&x[..n], &y[..n]);
    let mut lanes = [F::ZERO; LANES];
    let (mut xs, mut ys) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    for (a, b) in (&mut xs).zip(&mut ys) {
        for l in 0..LANES {
            lanes[l] += f(a[l], b[l]);
        }
    }
    for (l, (&a, &b)) in xs.remainder().iter().zip(ys.remainder()).enumerate() {
        lanes[l] += f(a, b);
    }
    merge(lanes)
}

/// Where the first value is that is not finite.
pub fn first_non_finite<F: Real>(x: &[F]) -> Option<usize> {
    // One quick pass, since there is none as a rule: no sum is finite of which a term is not.
    if sum_by(x, |v| v).is_finite() { None } else { x.iter().position(|v| !v.is_finite()) }
}

/// ⟨x, y⟩.
#[inline(always)]
pub fn dot<F: Real>(x: &[F], y: &[F]) -> F {
    sum_by2(x, y, |a, b| a * b)
}

/// ‖x‖₂ in double precision, so that no square overflows on the way.
pub fn norm<F: Real>(x: &[F]) -> f64 {
    x.iter().map(|v| v.to_f64() * v.to_f64()).sum::<f64>().sqrt()
}

/// y ← y + a·x.
#[inline(always)]
pub fn axpy<F: Real>(a: F, x: &[F], y: &mut [F]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_a_plain_sum_over_odd_lengths() {
        for n in [0, 1, 7, 8, 9, 63, 1000] {
            let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.37).sin()).collect();
            let y: Vec<f64> = (0..n).map(|i| (i as f64 * 0.91).cos()).collect();
            assert!((sum_by(&x, |v| v) - x.iter().sum::<f64>()).abs() < 1e-12);
            let want: f64 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
            assert!((dot(&x, &y) - want).abs() < 1e-12);
        }
    }

    #[test]
    fn the_first_value_that_is_not_finite_is_found_wherever_it_is() {
        for n in [0, 1, 7, 8, 9, 63] {
            // Finite, though their sum is not.
            let x = vec![f32::MAX; n];
            assert_eq!(first_non_finite(&x), None);
            for at in 0..n {
                for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    let mut x = x.clone();
                    x[at] = value;
                    x[n - 1] = f32::INFINITY;
                    assert_eq!(first_non_finite(&x), Some(at), "{value} at {at} of {n}");
                }
            }
        }
    }

    #[test]
    fn norm_survives_squares_beyond_single_precision() {
        assert!((norm(&[3e30f32, 4e30]) / 5e30 - 1.0).abs() < 1e-6);
    }
}
