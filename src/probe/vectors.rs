//! Products and distances of long vectors, summed in double precision.

use crate::kernels::{Real, reduce};

/// ⟨a, b⟩.
pub(crate) fn dot<F: Real>(a: &[F], b: &[F]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum()
}

/// ‖a − b‖₂.
pub(crate) fn distance<F: Real>(a: &[F], b: &[F]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a.to_f64() - b.to_f64()).powi(2)).sum::<f64>().sqrt()
}

/// The cosine of the angle between a and b; NaN if either is 0.
pub(crate) fn cosine<F: Real>(a: &[F], b: &[F]) -> f64 {
    // Rounding may not take it beyond ±1.
    (dot(a, b) / (reduce::norm(a) * reduce::norm(b))).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let (a, b) = ([3.0f32, 0.0, 4.0], [0.0f32, 5.0, 0.0]);
        assert_eq!((dot(&a, &a), distance(&a, &b), cosine(&a, &b)), (25.0, 50f64.sqrt(), 0.0));
        assert_eq!(cosine(&a, &[-6.0, 0.0, -8.0]), -1.0);
        assert!(cosine(&a, &[0.0; 3]).is_nan());
    }
}
