//! One step of a sequence.

use super::layer::{Back, Layer, Pass, Shape};
use crate::kernels::Real;

/// y ← x's position t, or each sample's last valid one: x `[N·T × C]`, y `[N × C]`; in PyTorch, `x[:, t]` of
/// `[N, T, C]`, or `x[arange(N), lengths - 1]`.
///
/// Backward: dx is dy at that position and 0 elsewhere. Caches nothing.
pub struct Step {
    sequence: Shape,
    /// None: the last one.
    t: Option<usize>,
}

impl Step {
    /// Picks position `t`, counted from 0, of sequences of that shape; `t` must be below its positions.
    pub fn new(sequence: Shape, t: usize) -> Step {
        Step { sequence, t: Some(t) }
    }

    /// Picks the last position, or where sequences end early, see [`Pass::lengths`], the last before the end.
    pub fn last(sequence: Shape) -> Step {
        Step { sequence, t: None }
    }

    fn at<F>(&self, pass: &Pass<F>, sample: usize) -> usize {
        let length = || pass.lengths.map_or(self.sequence.positions, |lengths| lengths[sample] as usize);
        self.t.unwrap_or_else(|| length() - 1)
    }
}

impl<F: Real> Layer<F> for Step {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        let Shape { channels, .. } = self.sequence;
        for (i, (x, y)) in x.chunks_exact(self.sequence.len()).zip(y.chunks_exact_mut(channels)).enumerate() {
            y.copy_from_slice(&x[self.at(pass, i) * channels..][..channels]);
        }
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        let Shape { channels, .. } = self.sequence;
        dx.fill(F::ZERO);
        let samples = dx.chunks_exact_mut(self.sequence.len()).zip(back.dy.chunks_exact(channels));
        for (i, (dx, dy)) in samples.enumerate() {
            dx[self.at(pass, i) * channels..][..channels].copy_from_slice(dy);
        }
    }
}
