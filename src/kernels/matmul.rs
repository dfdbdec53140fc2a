//! The three matrix products of a fully connected layer, by `ndarray` ([`Real::product`]).
//!
//! All matrices are dense and row-major: x is \[rows × inputs\], w is \[outputs × inputs\] as in PyTorch,
//! y is \[rows × outputs\].

use super::Real;
use ndarray::{ArrayView2, ArrayViewMut2};

/// y ← x·wᵀ: the forward product. Shapes `[rows × inputs]`, `[outputs × inputs]` → `[rows × outputs]`.
///
/// # Panics
/// When a buffer's length is not a multiple of `inputs` and `outputs`, or the row counts disagree.
pub fn forward<F: Real>(x: &[F], w: &[F], y: &mut [F], inputs: usize, outputs: usize) {
    let rows = x.len() / inputs;
    let w = view(w, outputs, inputs).reversed_axes();
    F::product(&view(x, rows, inputs), &w, false, &mut view_mut(y, rows, outputs));
}

/// dx ← dy·w: the gradient with respect to the input.
///
/// # Panics
/// As [`forward`].
pub fn input_gradient<F: Real>(dy: &[F], w: &[F], dx: &mut [F], inputs: usize, outputs: usize) {
    let rows = dy.len() / outputs;
    F::product(&view(dy, rows, outputs), &view(w, outputs, inputs), false, &mut view_mut(dx, rows, inputs));
}

/// dw ← dw + dyᵀ·x: the gradient with respect to the weights, accumulated.
///
/// # Panics
/// As [`forward`].
pub fn weight_gradient<F: Real>(dy: &[F], x: &[F], dw: &mut [F], inputs: usize, outputs: usize) {
    let rows = dy.len() / outputs;
    let dy = view(dy, rows, outputs).reversed_axes();
    F::product(&dy, &view(x, rows, inputs), true, &mut view_mut(dw, outputs, inputs));
}

fn view<F: Real>(data: &[F], rows: usize, columns: usize) -> ArrayView2<'_, F> {
    match ArrayView2::from_shape((rows, columns), data) {
        Ok(view) => view,
        Err(error) => panic!("a {rows} × {columns} matrix over {} values: {error}", data.len()),
    }
}

fn view_mut<F: Real>(data: &mut [F], rows: usize, columns: usize) -> ArrayViewMut2<'_, F> {
    let length = data.len();
    match ArrayViewMut2::from_shape((rows, columns), data) {
        Ok(view) => view,
        Err(error) => panic!("a {rows} × {columns} matrix over {length} values: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// y[r][o] = Σᵢ x[r][i]·w[o][i], one term after the other.
    fn reference(x: &[f64], w: &[f64], rows: usize, inputs: usize, outputs: usize) -> Vec<f64> {
        let mut y = vec![0.0; rows * outputs];
        for r in 0..rows {
            for o in 0..outputs {
                y[r * outputs + o] = (0..inputs).map(|i| x[r * inputs + i] * w[o * inputs + i]).sum();
            }
        }
        y
    }

    fn transpose(a: &[f64], rows: usize, columns: usize) -> Vec<f64> {
        (0..rows * columns).map(|k| a[(k % rows) * columns + k / rows]).collect()
    }

    fn sample(n: usize, salt: f64) -> Vec<f64> {
        (0..n).map(|i| (i as f64 * 0.7311 + salt).sin()).collect()
    }

    #[test]
    fn agree_with_the_definition_over_odd_sizes() {
        for (rows, inputs, outputs) in [(1, 1, 1), (3, 5, 2), (8, 8, 8), (17, 33, 9), (31, 2, 65), (64, 7, 1)] {
            let (x, w, dy) = (sample(rows * inputs, 0.1), sample(outputs * inputs, 0.2), sample(rows * outputs, 0.3));
            let close = |got: &[f64], want: &[f64]| {
                assert!(got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12), "{rows} {inputs} {outputs}");
            };
            let mut y = vec![9.0; rows * outputs];
            forward(&x, &w, &mut y, inputs, outputs);
            close(&y, &reference(&x, &w, rows, inputs, outputs));

            let mut dx = vec![9.0; rows * inputs];
            input_gradient(&dy, &w, &mut dx, inputs, outputs);
            close(&dx, &reference(&dy, &transpose(&w, outputs, inputs), rows, outputs, inputs));

            let mut dw = vec![1.0; outputs * inputs];
            weight_gradient(&dy, &x, &mut dw, inputs, outputs);
            let want = reference(&transpose(&dy, rows, outputs), &transpose(&x, rows, inputs), outputs, rows, inputs);
            close(&dw, &want.iter().map(|v| v + 1.0).collect::<Vec<_>>());
        }
    }
}
