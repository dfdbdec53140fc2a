//! The fully connected layer, `torch.nn.Linear`.

use super::layer::{Back, Layer, Pass};
use super::layout::{Layout, Role};
use crate::kernels::{Real, matmul};
use std::ops::Range;

/// y = x·Wᵀ + b with x `[rows × inputs]`, W `[outputs × inputs]`, b `[outputs]`, y `[rows × outputs]`.
///
/// Backward: dx = dy·W, dW = dyᵀ·x, db = Σ_rows dy. Caches nothing.
pub struct Linear {
    inputs: usize,
    outputs: usize,
    weight: Range<usize>,
    bias: Option<Range<usize>>,
}

impl Linear {
    /// Registers the parameters `name.weight` and, if wanted, `name.bias`.
    pub fn new(layout: &mut Layout, name: &str, inputs: usize, outputs: usize, bias: bool) -> Linear {
        let bias = bias.then(|| format!("{name}.bias"));
        Linear::named(layout, format!("{name}.weight"), bias, inputs, outputs)
    }

    /// Registers the parameters under names of their own, as `nn.MultiheadAttention`'s `in_proj_weight`.
    pub fn named(layout: &mut Layout, weight: String, bias: Option<String>, inputs: usize, outputs: usize) -> Linear {
        let role = Role::Weight { fan_in: inputs, fan_out: outputs };
        let weight = layout.params.add(weight, &[outputs, inputs], role);
        let bias = bias.map(|name| layout.params.add(name, &[outputs], Role::Bias { fan_in: inputs }));
        Linear { inputs, outputs, weight, bias }
    }

    /// The same product plus the bias of another one of as many outputs, if that has one.
    #[must_use]
    pub fn with_bias_of(self, other: &Linear) -> Linear {
        Linear { bias: other.bias.clone(), ..self }
    }
}

impl<F: Real> Layer<F> for Linear {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        matmul::forward(x, &pass.params[self.weight.clone()], y, self.inputs, self.outputs);
        if let Some(bias) = &self.bias {
            let bias = &pass.params[bias.clone()];
            for row in y.chunks_exact_mut(self.outputs) {
                for (y, &b) in row.iter_mut().zip(bias) {
                    *y += b;
                }
            }
        }
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        matmul::weight_gradient(back.dy, back.x, &mut gradient[self.weight.clone()], self.inputs, self.outputs);
        if let Some(bias) = &self.bias {
            let gradient = &mut gradient[bias.clone()];
            for row in back.dy.chunks_exact(self.outputs) {
                for (g, &dy) in gradient.iter_mut().zip(row) {
                    *g += dy;
                }
            }
        }
        if let Some(dx) = dx {
            matmul::input_gradient(back.dy, &pass.params[self.weight.clone()], dx, self.inputs, self.outputs);
        }
    }
}
