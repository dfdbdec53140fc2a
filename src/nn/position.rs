//! A learned vector for each position, added to what stands there (Radford et al. 2019, GPT-2's `wpe`).

use super::layer::{Back, Layer, Pass, Shape};
use super::layout::{Layout, Role};
use crate::kernels::{Real, reduce};
use std::ops::Range;

/// y[n, t] = x[n, t] + P[t]: x, y `[N·T × C]`, P `[T × C]`; in PyTorch, `x + weight` of `[N, T, C]`.
///
/// Backward: dx = dy, dP = Σₙ dy[n]. Caches nothing. Starts as GPT-2's, N(0, 0.02²), whatever the
/// initialization of products: small beside the tokens' own vectors. A Gaussian of a set deviation
/// applies to it too.
pub struct Positions {
    weight: Range<usize>,
}

impl Positions {
    /// Registers `name.weight`, `[positions, channels]` of that shape.
    pub fn new(layout: &mut Layout, name: &str, sequence: Shape) -> Positions {
        let shape = [sequence.positions, sequence.channels];
        Positions { weight: layout.params.add(format!("{name}.weight"), &shape, Role::Position) }
    }
}

impl<F: Real> Layer<F> for Positions {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        y.copy_from_slice(x);
        for y in y.chunks_exact_mut(self.weight.len()) {
            reduce::axpy(F::ONE, &pass.params[self.weight.clone()], y);
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        for dy in back.dy.chunks_exact(self.weight.len()) {
            reduce::axpy(F::ONE, dy, &mut gradient[self.weight.clone()]);
        }
        if let Some(dx) = dx {
            dx.copy_from_slice(back.dy);
        }
    }
}
