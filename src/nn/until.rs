//! One side of a choice between two states: of sequences that go on, or of those that have ended.

use super::layer::{Back, Layer, Pass, Shape};
use crate::kernels::Real;

/// y ← x of the samples that still go on at step t, or of those that have ended before it; 0 of the others.
///
/// x, y: `[N × C]`. The sum of both sides, each of its own x, carries the last valid state of each sample on
/// to the end. Backward: dx is dy of those samples and 0 of the others. Caches nothing. Without
/// [`Pass::lengths`] every sample goes on.
pub struct Until {
    shape: Shape,
    t: usize,
    ended: bool,
}

impl Until {
    /// Of vectors of that shape, at step `t`, counted from 0; `ended`: which side.
    pub fn new(shape: Shape, t: usize, ended: bool) -> Until {
        Until { shape, t, ended }
    }

    fn choose<F: Real>(&self, pass: &Pass<F>, from: &[F], to: &mut [F]) {
        let n = self.shape.len();
        for (i, (from, to)) in from.chunks_exact(n).zip(to.chunks_exact_mut(n)).enumerate() {
            let ended = pass.lengths.is_some_and(|lengths| self.t >= lengths[i] as usize);
            if ended == self.ended {
                to.copy_from_slice(from);
            } else {
                to.fill(F::ZERO);
            }
        }
    }
}

impl<F: Real> Layer<F> for Until {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        self.choose(pass, x, y);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        if let Some(dx) = dx {
            self.choose(pass, back.dy, dx);
        }
    }
}
