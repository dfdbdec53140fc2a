//! The 3 × 3 convolution, `torch.nn.Conv2d`.

use super::layer::{Back, Layer, Pass};
use super::layout::{Layout, Role};
use crate::kernels::Real;
use crate::kernels::conv::{Lowering, add_from_columns, weights_to_columns};
use crate::kernels::matmul;
use std::ops::Range;

/// y[o](i, j) = b[o] + Σ w[o][c][k][l]·x[c](i·stride + k − p, j·stride + l − p) over channels c and the
/// kernel's rows k and columns l: a cross-correlation, as everywhere in deep learning.
///
/// Semantics of `torch.nn.Conv2d(channels, outputs, 3, stride)` with `padding=1`, `padding=1,
/// padding_mode='reflect'` or `padding=0`, by [`Lowering::border`].
///
/// | tensor   | shape                         |
/// |----------|-------------------------------|
/// | `weight` | `[outputs, channels, 3, 3]`   |
/// | `bias`   | `[outputs]`                   |
///
/// x `[batch · side² × channels]`, y `[batch · output side² × outputs]`. Cached: the columns of as
/// many images as are best lowered at once; of a larger batch, the backward pass makes them again (a copy,
/// beside three products), so that memory does not grow with it; the weights and their gradient in the columns' order.
pub struct Conv2d {
    lowering: Lowering,
    outputs: usize,
    weight: Range<usize>,
    bias: Option<Range<usize>>,
}

impl Conv2d {
    /// Registers the parameters `name.weight` and, if wanted, `name.bias`.
    pub fn new(layout: &mut Layout, name: &str, lowering: Lowering, outputs: usize, bias: bool) -> Conv2d {
        let (fan_in, fan_out) = (lowering.row(), 9 * outputs);
        let shape = [outputs, lowering.channels, 3, 3];
        let weight = layout.params.add(format!("{name}.weight"), &shape, Role::Weight { fan_in, fan_out });
        let bias = bias.then(|| layout.params.add(format!("{name}.bias"), &[outputs], Role::Bias { fan_in }));
        Conv2d { lowering, outputs, weight, bias }
    }

    /// Cuts the cache: columns of as many images as there is room for, weights, their gradient.
    fn cut<'a, F>(&self, cache: &'a mut [F]) -> [&'a mut [F]; 3] {
        let n = self.weight.len();
        let (columns, rest) = cache.split_at_mut(cache.len() - 2 * n);
        let (weights, gradient) = rest.split_at_mut(n);
        [columns, weights, gradient]
    }

    /// Values of one image of the output.
    fn output(&self) -> usize {
        self.lowering.output_side() * self.lowering.output_side() * self.outputs
    }
}

impl<F: Real> Layer<F> for Conv2d {
    fn cache_len(&self, batch: usize) -> usize {
        self.lowering.at_once(batch) * self.lowering.columns() + 2 * self.weight.len()
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let Conv2d { lowering, outputs, .. } = *self;
        let [columns, weights, _] = self.cut(cache);
        weights_to_columns(&pass.params[self.weight.clone()], lowering.channels, weights);
        let images = columns.len() / lowering.columns();
        for (x, y) in x.chunks(images * lowering.image()).zip(y.chunks_mut(images * self.output())) {
            let columns = &mut columns[..x.len() / lowering.image() * lowering.columns()];
            lowering.lower(x, columns);
            matmul::forward(columns, weights, y, lowering.row(), outputs);
        }
        if let Some(bias) = &self.bias {
            let bias = &pass.params[bias.clone()];
            for pixel in y.chunks_exact_mut(outputs) {
                for (y, &b) in pixel.iter_mut().zip(bias) {
                    *y += b;
                }
            }
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, cache: &mut [F], mut dx: Option<&mut [F]>, gradient: &mut [F]) {
        let Conv2d { lowering, outputs, .. } = *self;
        let [columns, weights, own] = self.cut(cache);
        own.fill(F::ZERO);
        let images = columns.len() / lowering.columns();
        let (from, to) = (images * lowering.image(), images * self.output());
        for (i, (x, dy)) in back.x.chunks(from).zip(back.dy.chunks(to)).enumerate() {
            let columns = &mut columns[..x.len() / lowering.image() * lowering.columns()];
            // Of a batch that fits as a whole, they are there from the forward pass.
            if back.x.len() > from {
                lowering.lower(x, columns);
            }
            matmul::weight_gradient(dy, columns, own, lowering.row(), outputs);
            if let Some(dx) = &mut dx {
                // The columns have served, and their gradient takes their place.
                matmul::input_gradient(dy, weights, columns, lowering.row(), outputs);
                let dx = &mut dx[i * from..][..x.len()];
                dx.fill(F::ZERO);
                lowering.raise(columns, dx);
            }
        }
        add_from_columns(own, lowering.channels, &mut gradient[self.weight.clone()]);
        if let Some(bias) = &self.bias {
            let gradient = &mut gradient[bias.clone()];
            for pixel in back.dy.chunks_exact(outputs) {
                for (g, &dy) in gradient.iter_mut().zip(pixel) {
                    *g += dy;
                }
            }
        }
    }
}
