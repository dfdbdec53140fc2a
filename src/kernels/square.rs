//! Mean squared error, `torch.nn.MSELoss`.

use super::Real;

/// Mean over all values of (z − t)²: over rows and over their outputs, PyTorch's `reduction='mean'`, so a
/// row's loss is a `width`-th of the sum over its outputs.
///
/// `outputs`: `[rows × width]`; row i is compared with the row `labels[i]` of `targets`,
/// `[any number × width]`.
pub fn mean_square<F: Real>(outputs: &[F], labels: &[u32], targets: &[F], width: usize) -> f64 {
    let mut total = 0.0;
    for (row, &label) in outputs.chunks_exact(width).zip(labels) {
        total += distance(row, &targets[label as usize * width..][..width]);
    }
    total / (labels.len() * width) as f64
}

/// As [`mean_square`], and its gradient with respect to the outputs: 2·(z − t)/(rows·width).
pub fn mean_square_gradient<F: Real>(
    outputs: &[F],
    labels: &[u32],
    targets: &[F],
    width: usize,
    gradient: &mut [F],
) -> f64 {
    let scale = F::of(2.0 / (labels.len() * width) as f64);
    let rows = outputs.chunks_exact(width).zip(gradient.chunks_exact_mut(width)).zip(labels);
    for ((row, out), &label) in rows {
        for ((out, &z), &t) in out.iter_mut().zip(row).zip(&targets[label as usize * width..]) {
            *out = scale * (z - t);
        }
    }
    mean_square(outputs, labels, targets, width)
}

/// Σ (z − t)² of one row.
fn distance<F: Real>(row: &[F], target: &[F]) -> f64 {
    row.iter().zip(target).map(|(&z, &t)| ((z - t) * (z - t)).to_f64()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUTS: [f64; 6] = [0.2, -1.3, 2.0, 0.4, 0.1, -0.7];
    const TARGETS: [f64; 9] = [1.0, 0.0, 0.0, 0.5, -2.0, 3.0, 0.2, -1.3, 1.0];

    #[test]
    fn each_row_is_compared_with_the_target_of_its_label() {
        // (0² + 0² + 1²) + (0.6² + 0.1² + 0.7²) over six values.
        assert!((mean_square(&OUTPUTS, &[2, 0], &TARGETS, 3) - (1.0 + 0.36 + 0.01 + 0.49) / 6.0).abs() < 1e-15);
        assert!(mean_square(&[f32::NAN, 0.0], &[0], &[0.0, 0.0], 2).is_nan());
    }

    #[test]
    fn gradient_matches_central_differences() {
        let mut gradient = [0.0; 6];
        let loss = mean_square_gradient(&OUTPUTS, &[1, 2], &TARGETS, 3, &mut gradient);
        assert_eq!(loss, mean_square(&OUTPUTS, &[1, 2], &TARGETS, 3));
        for i in 0..6 {
            let at = |h: f64| {
                let mut z = OUTPUTS;
                z[i] += h;
                mean_square(&z, &[1, 2], &TARGETS, 3)
            };
            assert!((gradient[i] - (at(1e-5) - at(-1e-5)) / 2e-5).abs() < 1e-9);
        }
    }
}
