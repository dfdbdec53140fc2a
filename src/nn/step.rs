//! One step of a sequence.

use super::layer::{Back, Layer, Pass, Shape};
use crate::kernels::Real;

/// y ← x's position t: x `[N·T × C]`, y `[N × C]`; in PyTorch, `x[:, t]` of `[N, T, C]`.
///
/// Backward: dx is dy at position t and 0 elsewhere. Caches nothing.
pub struct Step {
    sequence: Shape,
    t: usize,
}

impl Step {
    /// Picks position `t`, counted from 0, of sequences of that shape; `t` must be below its positions.
    pub fn new(sequence: Shape, t: usize) -> Step {
        Step { sequence, t }
    }
}

impl<F: Real> Layer<F> for Step {
    fn forward(&self, _pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        let Shape { channels, .. } = self.sequence;
        for (x, y) in x.chunks_exact(self.sequence.len()).zip(y.chunks_exact_mut(channels)) {
            y.copy_from_slice(&x[self.t * channels..][..channels]);
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        let Shape { channels, .. } = self.sequence;
        dx.fill(F::ZERO);
        for (dx, dy) in dx.chunks_exact_mut(self.sequence.len()).zip(back.dy.chunks_exact(channels)) {
            dx[self.t * channels..][..channels].copy_from_slice(dy);
        }
    }
}
