//! The scale of Lp normalization, for p = 1 and ∞, and its gradient; see `lp.rs`.

use super::Power;
use crate::kernels::Real;
use crate::kernels::tiles::{Standard, Tiles};
use crate::nn::layer::Back;

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
