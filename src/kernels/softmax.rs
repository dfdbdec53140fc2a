//! Softmax cross-entropy, the usual loss of a classifier.

use super::Real;

/// Mean cross-entropy of the rows' softmax against the labels, and how many rows have their largest
/// logit at the label (the first of equal logits wins).
///
/// `logits`: `[rows × classes]`; `labels`: one class per row. For a row z with label k the loss is
/// ln Σⱼ exp(zⱼ − max z) − (z_k − max z).
pub fn cross_entropy<F: Real>(logits: &[F], labels: &[u32], classes: usize) -> (f64, usize) {
    let mut total = 0.0;
    let mut correct = 0;
    for (row, &label) in logits.chunks_exact(classes).zip(labels) {
        let (best, largest) = (best(row), largest(row));
        let sum: F = row.iter().map(|&z| (z - largest).exp()).sum();
        total += (sum.ln() - (row[label as usize] - largest)).to_f64();
        correct += usize::from(best == label as usize);
    }
    (total / labels.len() as f64, correct)
}

/// As [`cross_entropy`], and the gradient of the mean loss with respect to the logits:
/// (softmax(z) − onehot)/rows, `[rows × classes]`.
pub fn cross_entropy_gradient<F: Real>(
    logits: &[F],
    labels: &[u32],
    classes: usize,
    gradient: &mut [F],
) -> (f64, usize) {
    let mut total = 0.0;
    let mut correct = 0;
    let scale = F::ONE / F::of(labels.len() as f64);
    for (row, out) in logits.chunks_exact(classes).zip(gradient.chunks_exact_mut(classes)) {
        let largest = largest(row);
        for (o, &z) in out.iter_mut().zip(row) {
            *o = z - largest;
        }
    }
    // All in one go: SIMD's lanes are full.
    for o in gradient.iter_mut() {
        *o = o.exp();
    }
    for ((row, out), &label) in logits.chunks_exact(classes).zip(gradient.chunks_exact_mut(classes)).zip(labels) {
        let (best, label) = (best(row), label as usize);
        let sum: F = out.iter().copied().sum();
        let factor = scale / sum;
        for o in out.iter_mut() {
            *o *= factor;
        }
        out[label] -= scale;
        // Where the largest is not finite, the sum is not either.
        total += (sum.ln() - (row[label] - row[best])).to_f64();
        correct += usize::from(best == label);
    }
    (total / labels.len() as f64, correct)
}

/// The largest entry; NaN if any is not finite, though e^(−∞) would be 0.
pub fn largest<F: Real>(row: &[F]) -> F {
    row.iter().fold(row[0], |m, &z| m.larger(z - z.unless_finite()))
}

/// Position of the largest entry, the first of equals.
pub fn best<F: Real>(row: &[F]) -> usize {
    let mut best = 0;
    for (i, &z) in row.iter().enumerate() {
        if z > row[best] {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_logits_cost_the_log_of_the_classes() {
        let (loss, _) = cross_entropy(&[0.3f64; 12], &[0, 1, 2], 4);
        assert!((loss - 4f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn gradient_matches_central_differences() {
        let logits = [0.2, -1.3, 2.0, 0.4, 0.1, -0.7];
        let labels = [2, 0];
        let mut gradient = [0.0; 6];
        cross_entropy_gradient(&logits, &labels, 3, &mut gradient);
        for i in 0..6 {
            let at = |h: f64| {
                let mut z = logits;
                z[i] += h;
                cross_entropy(&z, &labels, 3).0
            };
            assert!((gradient[i] - (at(1e-5) - at(-1e-5)) / 2e-5).abs() < 1e-9);
        }
    }

    #[test]
    fn a_row_among_others_has_the_bits_that_it_has_alone() {
        for classes in [2, 3, 10] {
            let logits: Vec<f32> = (0..8 * classes).map(|i| (i as f32 * 0.7311).sin() * 30.0).collect();
            let mut all = vec![9f32; logits.len()];
            cross_entropy_gradient(&logits, &[1; 8], classes, &mut all);
            for (row, all) in logits.chunks(classes).zip(all.chunks(classes)) {
                let mut alone = vec![9f32; classes];
                let (loss, correct) = cross_entropy_gradient(row, &[1], classes, &mut alone);
                // An eighth of a mean over eight is exact.
                let eighth: Vec<u32> = alone.iter().map(|v| (v / 8.0).to_bits()).collect();
                assert_eq!(all.iter().map(|v| v.to_bits()).collect::<Vec<u32>>(), eighth);
                assert_eq!((loss.to_bits(), correct), {
                    let (loss, correct) = cross_entropy(row, &[1], classes);
                    (loss.to_bits(), correct)
                });
            }
        }
    }

    #[test]
    fn not_a_number_is_never_hidden() {
        assert!(cross_entropy(&[1.0f32, f32::NAN, 0.0], &[0], 3).0.is_nan());
        assert!(cross_entropy(&[f32::INFINITY, 1.0, 0.0], &[1], 3).0.is_nan());
        assert!(cross_entropy(&[1.0, f32::NEG_INFINITY, 0.0], &[0], 3).0.is_nan());
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for logits in [[bad, 0.0, 1.0], [0.0, bad, 1.0], [1.0, 0.0, bad]] {
                assert!(cross_entropy_gradient(&logits, &[0], 3, &mut [0.0; 3]).0.is_nan());
            }
        }
    }
}
