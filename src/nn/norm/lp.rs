//! Lp normalization (Santurkar et al. 2018, arXiv:1805.11604, §3.3): BatchNorm with another scale.
//!
//! y = γ·(x − μ)/√(s² + ε) + β with μ the mean over samples and positions, and s the mean ℓp norm of the
//! distances from it: mean |x − μ| for p = 1, √(mean (x − μ)²) for p = 2, which is BatchNorm to the bit,
//! and max |x − μ| for p = ∞. ε stands where BatchNorm has it, so that a constant channel becomes β at
//! every p.
//!
//! Tensors are BatchNorm's, `per_batch.rs`; `running_var` follows s². For p = 2 that is the unbiased
//! variance, as there; for the others s² as it is.
//!
//! Backward over m values, with g = γ·dy, x̂ = (x − μ)·k and k = 1/√(s² + ε):
//! dx = k·(g − mean(g) − Σ(g·x̂)·s·k·(t − mean(t))) with t = ∂s/∂(x − μ): sign(x − μ)/m for p = 1; for ∞
//! the sign of the most distant value at its place, the first of equals, and 0 elsewhere.

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Power, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::kernels::tiles::{Standard, Tiles};
use crate::mark::{Marker, mark};
use crate::nn::layer::{Back, Layer};
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "lp",
        label: "Lp-norm",
        help: "BatchNorm that divides by another average of the distances from the mean.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &["power"],
    script: Script::of(&["settles"], PYTORCH),
    mark: mark((20, 110, 60), (104, 196, 128), Some((4, 2)), Marker::Diamond),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class LpNorm(Running):
    """Santurkar et al. 2018: BatchNorm with another average of the distances from the mean."""

    def forward(self, x):
        mean, square = self.running_mean, self.running_var
        if self.training:
            mean, square = moments(x)
            self.follow(mean, square)  #? !lp2
            count = x.numel() / x.shape[1]  #? lp2
            self.follow(mean, square * count / (count - 1))  #? lp2
        return self.affine((x - per_channel(mean, x)) / per_channel((square + EPS).sqrt(), x))


def normalization(channels):
    return LpNorm(channels)
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_count(site, 1, "batch", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(PerBatch::boxed(site, Spec { power: site.power, ..Spec::of(&CARD, site) }, name, layout))
}

/// Columns taken side by side.
const LANES: usize = 16;

/// Rows summed into one accumulator before it is merged, as in [`crate::kernels::tiles`].
const RUN: usize = 128;

/// −1, 0 or 1.
#[inline(always)]
fn sign<F: Real>(x: F) -> F {
    if x > F::ZERO {
        F::ONE
    } else if x < F::ZERO {
        -F::ONE
    } else {
        F::ZERO
    }
}

/// s² of each tile, for p = 1 and ∞. Tiles are one channel wide; `mean`, `square`: one value per tile.
pub(super) fn squares<F: Real>(tiles: Tiles, power: Power, x: &[F], mean: &[F], square: &mut [F]) {
    let (m, stride) = (F::of(tiles.rows as f64), tiles.channels);
    for (block, x) in x.chunks_exact(tiles.rows * stride).enumerate() {
        for from in (0..stride).step_by(LANES) {
            let columns = from..stride.min(from + LANES);
            let mean = &mean[block * stride..][columns.clone()];
            let (mut sum, mut largest) = ([F::ZERO; LANES], [F::ZERO; LANES]);
            for run in x.chunks(RUN * stride) {
                let mut part = [F::ZERO; LANES];
                for row in run.chunks_exact(stride) {
                    for (l, (&x, &mean)) in row[columns.clone()].iter().zip(mean).enumerate() {
                        let distance = (x - mean).abs();
                        part[l] += distance;
                        largest[l] = distance.larger(largest[l]);
                    }
                }
                for (sum, part) in sum.iter_mut().zip(part) {
                    *sum += part;
                }
            }
            for (l, square) in square[block * stride..][columns].iter_mut().enumerate() {
                let s = if power == Power::Max { largest[l] } else { sum[l] / m };
                *square = s * s;
            }
        }
    }
}

/// What the gradient of one column sums up.
#[derive(Clone, Copy)]
struct Sums<F> {
    /// Σ dy.
    one: F,
    /// Σ dy·x̂.
    along: F,
    /// Σ sign(x − μ).
    signs: F,
}

/// The most distant value of one column.
#[derive(Clone, Copy)]
struct Farthest<F> {
    distance: F,
    row: usize,
    sign: F,
}

/// The gradient of [`crate::kernels::tiles::standardize`] where s comes from [`squares`]: `dx` is
/// written, `dgamma` and `dbeta` are added to.
#[allow(clippy::too_many_arguments)]
pub(super) fn gradient<F: Real>(
    tiles: Tiles,
    power: Power,
    back: Back<F>,
    by: Standard<F>,
    square: &[F],
    dx: &mut [F],
    dgamma: &mut [F],
    dbeta: &mut [F],
) {
    let (m, stride) = (F::of(tiles.rows as f64), tiles.channels);
    let block = tiles.rows * stride;
    let blocks = back.x.chunks_exact(block).zip(back.dy.chunks_exact(block)).zip(dx.chunks_exact_mut(block));
    for (i, ((x, dy), dx)) in blocks.enumerate() {
        for c in 0..stride {
            let (mean, scale) = (by.mean[i * stride + c], by.scale[i * stride + c]);
            let column = || x[c..].iter().step_by(stride).zip(dy[c..].iter().step_by(stride));
            let mut total = Sums { one: F::ZERO, along: F::ZERO, signs: F::ZERO };
            let mut part = total;
            let mut far = Farthest { distance: F::ZERO, row: 0, sign: F::ZERO };
            for (row, (&x, &dy)) in column().enumerate() {
                let off = x - mean;
                part.one += dy;
                part.along += dy * (off * scale);
                part.signs += sign(off);
                if off.abs() > far.distance {
                    far = Farthest { distance: off.abs(), row, sign: sign(off) };
                }
                if row % RUN == RUN - 1 || row == tiles.rows - 1 {
                    total.one += part.one;
                    total.along += part.along;
                    total.signs += part.signs;
                    part = Sums { one: F::ZERO, along: F::ZERO, signs: F::ZERO };
                }
            }
            dgamma[c] += total.along;
            dbeta[c] += total.one;
            let gain = by.gamma[c] * scale;
            let through = total.along * square[i * stride + c].sqrt() * scale;
            let (one, signs) = (total.one / m, total.signs / m);
            let out = dx[c..].iter_mut().step_by(stride).zip(column());
            for (row, (dx, (&x, &dy))) in out.enumerate() {
                let t = match power {
                    Power::Max if row == far.row => far.sign - far.sign / m,
                    Power::Max => -far.sign / m,
                    _ => (sign(x - mean) - signs) / m,
                };
                *dx = gain * (dy - one - through * t);
            }
        }
    }
}
