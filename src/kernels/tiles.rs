//! Standardization over tiles: the one computation that all statistics-based normalizations share.
//!
//! An activation is a matrix of rows (samples × positions) by channels. Each normalization cuts it
//! into rectangles of `rows` consecutive rows by `width` consecutive channels and gives each
//! rectangle zero mean and unit variance:
//!
//! | normalization              | rows of a tile      | width of a tile   |
//! |----------------------------|---------------------|-------------------|
//! | BatchNorm                  | the whole batch     | 1 channel         |
//! | BatchNorm of one device    | the device's share  | 1 channel         |
//! | LayerNorm, RMSNorm         | one sample or token | all channels      |
//! | GroupNorm                  | one sample          | channels ÷ groups |
//! | InstanceNorm               | one sample          | 1 channel         |
//!
//! Statistics are stored per tile, row-major over (row block, channel group).

use super::Real;
use super::groups;
use super::reduce::{sum_by, sum_by2};
pub use super::tile::{Standard, Through, Tiles};
use super::tile::{corrected, leaves_room};
use crate::edition::Edition;

/// Rows summed into one accumulator before it is merged: bounds the rounding error of long columns.
const RUN: usize = 128;

/// Calls `f(first channel, lanes)` over all channels in blocks of 16 and 8, unless a number is a
/// [`Real::PAIR`], then 4, then 1. The first edition goes without the 8, for size.
fn channel_blocks<F: Real>(channels: usize, mut f: impl FnMut(usize, Lanes)) {
    let mut c = 0;
    while c < channels {
        let (lanes, n) = match channels - c {
            16.. if !F::PAIR => (Lanes::Sixteen, 16),
            8.. if Edition::Full.is_here() && !F::PAIR => (Lanes::Eight, 8),
            4.. => (Lanes::Four, 4),
            _ => (Lanes::One, 1),
        };
        f(c, lanes);
        c += n;
    }
}

/// How many columns one pass takes side by side.
#[derive(Clone, Copy)]
enum Lanes {
    Sixteen,
    Eight,
    Four,
    One,
}

/// Calls a function that is generic over its number of lanes.
macro_rules! with_lanes {
    ($lanes:expr, $f:ident, $($argument:expr),* $(,)?) => {
        match $lanes {
            Lanes::Sixteen if !F::PAIR => $f::<F, 16>($($argument),*),
            Lanes::Eight if Edition::Full.is_here() && !F::PAIR => $f::<F, 8>($($argument),*),
            Lanes::Sixteen | Lanes::Eight | Lanes::Four => $f::<F, 4>($($argument),*),
            Lanes::One => $f::<F, 1>($($argument),*),
        }
    };
}

/// Mean and biased variance of each tile.
///
/// Two passes with the second's correction (Chan, Golub, LeVeque 1983): the sum of deviations, zero
/// in exact arithmetic, repairs both moments, so that a channel of 10⁴ ± 1 keeps its variance and a
/// constant channel has variance exactly 0.
pub fn moments<F: Real>(tiles: Tiles, x: &[F], mean: &mut [F], variance: &mut [F]) {
    let m = F::of(tiles.count() as f64);
    if tiles.width == 1 {
        for (block, rows) in x.chunks_exact(tiles.rows * tiles.channels).enumerate() {
            let at = block * tiles.channels;
            channel_blocks::<F>(tiles.channels, |c, lanes| {
                let (mean, variance) = (&mut mean[at + c..], &mut variance[at + c..]);
                with_lanes!(lanes, column_moments, rows, c, tiles.channels, m, mean, variance);
            });
        }
        return;
    }
    if groups::fit(tiles) {
        return groups::moments(tiles, x, m, mean, variance);
    }
    tiles.each(x.len(), |set, offset| {
        let rows = || x[offset..].chunks(tiles.channels).take(tiles.rows).map(|row| &row[..tiles.width]);
        let first: F = rows().map(|row| sum_by(row, |v| v)).sum::<F>() / m;
        let off: F = rows().map(|row| sum_by(row, |v| v - first)).sum();
        let square: F = rows().map(|row| sum_by(row, |v| (v - first) * (v - first))).sum();
        mean[set] = first + off / m;
        variance[set] = corrected(square, off, m);
    });
}

/// Mean of the squares of each tile: the statistic of RMSNorm.
pub fn mean_square<F: Real>(tiles: Tiles, x: &[F], square: &mut [F]) {
    let m = F::of(tiles.count() as f64);
    if groups::fit(tiles) {
        return groups::mean_square(tiles, x, m, square);
    }
    tiles.each(x.len(), |set, offset| {
        let rows = x[offset..].chunks(tiles.channels).take(tiles.rows);
        square[set] = rows.map(|row| sum_by(&row[..tiles.width], |v| v * v)).sum::<F>() / m;
    });
}

/// `L` neighbouring columns of each row, the first of them `c`, for which there is to be room: [`leaves_room`].
#[inline(always)]
fn columns<F, const L: usize>(x: &[F], c: usize, stride: usize) -> impl ExactSizeIterator<Item = &[F]> {
    x.chunks_exact(stride).map(move |row| &row[c..c + L])
}

/// The same, to be written.
#[inline(always)]
fn columns_mut<F, const L: usize>(x: &mut [F], c: usize, stride: usize) -> impl ExactSizeIterator<Item = &mut [F]> {
    x.chunks_exact_mut(stride).map(move |row| &mut row[c..c + L])
}

/// The moments of `L` neighbouring columns, the first of them `c`.
#[inline(always)]
fn column_moments<F: Real, const L: usize>(x: &[F], c: usize, stride: usize, m: F, mean: &mut [F], variance: &mut [F]) {
    leaves_room::<L>(c, stride);
    let mut first = [F::ZERO; L];
    for run in x.chunks(RUN * stride) {
        let mut sum = [F::ZERO; L];
        for row in columns::<F, L>(run, c, stride) {
            for l in 0..L {
                sum[l] += row[l];
            }
        }
        for (f, s) in first.iter_mut().zip(sum) {
            *f += s;
        }
    }
    for f in &mut first {
        *f = *f / m;
    }
    let (mut off, mut square) = ([F::ZERO; L], [F::ZERO; L]);
    for run in x.chunks(RUN * stride) {
        let (mut o, mut s) = ([F::ZERO; L], [F::ZERO; L]);
        for row in columns::<F, L>(run, c, stride) {
            for l in 0..L {
                let d = row[l] - first[l];
                o[l] += d;
                s[l] += d * d;
            }
        }
        for l in 0..L {
            off[l] += o[l];
            square[l] += s[l];
        }
    }
    for l in 0..L {
        mean[l] = first[l] + off[l] / m;
        variance[l] = corrected(square[l], off[l], m);
    }
}

/// 1/√(σ² + ε). NaN where σ² left the finite range: 1/√∞ would be 0, and every output β without a word.
#[inline(always)]
pub fn scale<F: Real>(variance: F, eps: F) -> F {
    F::ONE / (variance + eps).sqrt() - variance.unless_finite()
}

/// y = γ·(x − mean)·scale + β.
pub fn standardize<F: Real>(tiles: Tiles, x: &[F], by: Standard<F>, beta: &[F], y: &mut [F]) {
    if tiles.width == 1 {
        let block = tiles.rows * tiles.channels;
        for (i, (x, y)) in x.chunks_exact(block).zip(y.chunks_exact_mut(block)).enumerate() {
            let at = i * tiles.channels;
            channel_blocks::<F>(tiles.channels, |c, lanes| {
                let by = Standard { mean: &by.mean[at + c..], scale: &by.scale[at + c..], gamma: &by.gamma[c..] };
                with_lanes!(lanes, column_standardize, x, c, tiles.channels, by, &beta[c..], y);
            });
        }
        return;
    }
    if groups::fit(tiles) {
        return groups::standardize(tiles, x, by, beta, y);
    }
    tiles.each(x.len(), |set, offset| {
        let (mean, scale) = (by.mean[set], by.scale[set]);
        let c = offset % tiles.channels;
        let (gamma, beta) = (&by.gamma[c..c + tiles.width], &beta[c..c + tiles.width]);
        let rows = x[offset..].chunks(tiles.channels).zip(y[offset..].chunks_mut(tiles.channels));
        for (x, y) in rows.take(tiles.rows) {
            let (x, y) = (&x[..tiles.width], &mut y[..tiles.width]);
            for k in 0..tiles.width {
                y[k] = (x[k] - mean) * scale * gamma[k] + beta[k];
            }
        }
    });
}

#[inline(always)]
fn column_standardize<F: Real, const L: usize>(
    x: &[F],
    c: usize,
    stride: usize,
    by: Standard<F>,
    beta: &[F],
    y: &mut [F],
) {
    leaves_room::<L>(c, stride);
    let (mut mean, mut gain, mut shift) = ([F::ZERO; L], [F::ZERO; L], [F::ZERO; L]);
    for l in 0..L {
        mean[l] = by.mean[l];
        gain[l] = by.scale[l] * by.gamma[l];
        shift[l] = beta[l];
    }
    for (x, y) in columns::<F, L>(x, c, stride).zip(columns_mut::<F, L>(y, c, stride)) {
        for l in 0..L {
            y[l] = (x[l] - mean[l]) * gain[l] + shift[l];
        }
    }
}

/// The gradient of [`standardize`].
///
/// With x̂ = (x − mean)·scale, g = γ·dy and m values in the tile:
/// dx = scale·(g − mean(g) − x̂·mean(g·x̂)), without the terms that `through` says do not exist;
/// dγ += Σ dy·x̂ and dβ += Σ dy, over all rows (Ioffe & Szegedy 2015, §3).
#[allow(clippy::too_many_arguments)]
pub fn standardize_gradient<F: Real>(
    tiles: Tiles,
    through: Through,
    x: &[F],
    dy: &[F],
    by: Standard<F>,
    dx: &mut [F],
    dgamma: &mut [F],
    dbeta: &mut [F],
) {
    let m = F::of(tiles.count() as f64);
    if tiles.width == 1 {
        let block = tiles.rows * tiles.channels;
        let blocks = x.chunks_exact(block).zip(dy.chunks_exact(block)).zip(dx.chunks_exact_mut(block));
        for (i, ((x, dy), dx)) in blocks.enumerate() {
            let at = i * tiles.channels;
            channel_blocks::<F>(tiles.channels, |c, lanes| {
                let by = Standard { mean: &by.mean[at + c..], scale: &by.scale[at + c..], gamma: &by.gamma[c..] };
                let (dgamma, dbeta) = (&mut dgamma[c..], &mut dbeta[c..]);
                with_lanes!(lanes, column_gradient, through, m, x, dy, c, tiles.channels, by, dx, dgamma, dbeta);
            });
        }
        return;
    }
    if groups::fit(tiles) {
        return groups::standardize_gradient(tiles, through, m, x, dy, by, dx, dgamma, dbeta);
    }
    tiles.each(x.len(), |set, offset| {
        let (mean, scale) = (by.mean[set], by.scale[set]);
        let channels = offset % tiles.channels..offset % tiles.channels + tiles.width;
        let gamma = &by.gamma[channels.clone()];
        let (dgamma, dbeta) = (&mut dgamma[channels.clone()], &mut dbeta[channels]);
        let (mut along_one, mut along_x) = (F::ZERO, F::ZERO);
        for (x, dy) in x[offset..].chunks(tiles.channels).zip(dy[offset..].chunks(tiles.channels)).take(tiles.rows) {
            let (x, dy) = (&x[..tiles.width], &dy[..tiles.width]);
            along_one += sum_by2(dy, gamma, |g, gamma| g * gamma);
            for k in 0..tiles.width {
                dgamma[k] += dy[k] * ((x[k] - mean) * scale);
                dbeta[k] += dy[k];
            }
            // dx holds γ·dy·x̂ for a moment, so that it is summed with the kernel's fixed order.
            let out = &mut dx[offset..][..tiles.width];
            for k in 0..tiles.width {
                out[k] = dy[k] * gamma[k] * ((x[k] - mean) * scale);
            }
            along_x += sum_by(out, |v| v);
        }
        let one = if through == Through::MeanAndScale { along_one / m } else { F::ZERO };
        let along = if through == Through::Nothing { F::ZERO } else { along_x / m };
        let rows = x[offset..].chunks(tiles.channels).zip(dy[offset..].chunks(tiles.channels));
        for ((x, dy), dx) in rows.zip(dx[offset..].chunks_mut(tiles.channels)).take(tiles.rows) {
            let (x, dy, dx) = (&x[..tiles.width], &dy[..tiles.width], &mut dx[..tiles.width]);
            for k in 0..tiles.width {
                dx[k] = scale * (dy[k] * gamma[k] - one - (x[k] - mean) * scale * along);
            }
        }
    });
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn column_gradient<F: Real, const L: usize>(
    through: Through,
    m: F,
    x: &[F],
    dy: &[F],
    c: usize,
    stride: usize,
    by: Standard<F>,
    dx: &mut [F],
    dgamma: &mut [F],
    dbeta: &mut [F],
) {
    leaves_room::<L>(c, stride);
    let (mut mean, mut scale) = ([F::ZERO; L], [F::ZERO; L]);
    mean.copy_from_slice(&by.mean[..L]);
    scale.copy_from_slice(&by.scale[..L]);
    let (mut along_one, mut along_x) = ([F::ZERO; L], [F::ZERO; L]);
    for (x, dy) in x.chunks(RUN * stride).zip(dy.chunks(RUN * stride)) {
        let (mut one, mut hat) = ([F::ZERO; L], [F::ZERO; L]);
        for (x, dy) in columns::<F, L>(x, c, stride).zip(columns::<F, L>(dy, c, stride)) {
            for l in 0..L {
                one[l] += dy[l];
                hat[l] += dy[l] * ((x[l] - mean[l]) * scale[l]);
            }
        }
        for l in 0..L {
            along_one[l] += one[l];
            along_x[l] += hat[l];
        }
    }
    let (mut gain, mut one, mut along) = ([F::ZERO; L], [F::ZERO; L], [F::ZERO; L]);
    for l in 0..L {
        dgamma[l] += along_x[l];
        dbeta[l] += along_one[l];
        gain[l] = by.gamma[l] * scale[l];
        one[l] = if through == Through::MeanAndScale { along_one[l] / m } else { F::ZERO };
        along[l] = if through == Through::Nothing { F::ZERO } else { along_x[l] / m * scale[l] };
    }
    let from = columns::<F, L>(x, c, stride).zip(columns::<F, L>(dy, c, stride));
    for ((x, dy), dx) in from.zip(columns_mut::<F, L>(dx, c, stride)) {
        for l in 0..L {
            dx[l] = gain[l] * (dy[l] - one[l] - (x[l] - mean[l]) * along[l]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ways to cut 6 rows × 21 channels (21 = 16 + 4 + 1: every lane width).
    fn cuts() -> Vec<Tiles> {
        [(6, 1), (3, 1), (1, 21), (2, 21), (1, 7), (3, 7), (6, 3), (2, 1)]
            .map(|(rows, width)| Tiles { rows, width, channels: 21 })
            .to_vec()
    }

    #[test]
    fn neighbouring_columns_change_no_bit() {
        // 29 = 16 + 8 + 4 + 1, over more rows than one run.
        let (rows, channels) = (2 * RUN + 3, 29);
        let single = |salt| sample(rows * channels, salt).iter().map(|v| *v as f32).collect::<Vec<f32>>();
        let column = |v: &[f32], c: usize| v.iter().skip(c).step_by(channels).copied().collect::<Vec<f32>>();
        let compute = |channels: usize, x: &[f32], dy: &[f32], gamma: &[f32], beta: &[f32]| {
            let t = Tiles { rows, width: 1, channels };
            let [mut mean, mut variance, mut dgamma, mut dbeta] = [(); 4].map(|()| vec![0f32; channels]);
            let [mut y, mut dx] = [(); 2].map(|()| vec![0f32; x.len()]);
            moments(t, x, &mut mean, &mut variance);
            let scale: Vec<f32> = variance.iter().map(|v| scale(*v, 1e-5)).collect();
            let by = Standard { mean: &mean, scale: &scale, gamma };
            standardize(t, x, by, beta, &mut y);
            standardize_gradient(t, Through::MeanAndScale, x, dy, by, &mut dx, &mut dgamma, &mut dbeta);
            [mean, variance, dgamma, dbeta, y, dx]
        };
        let (x, dy, gamma, beta) = (single(0.1), single(0.7), single(0.2), single(0.3));
        let all = compute(channels, &x, &dy, &gamma[..channels], &beta[..channels]);
        for c in 0..channels {
            let alone = compute(1, &column(&x, c), &column(&dy, c), &gamma[c..=c], &beta[c..=c]);
            for (all, alone) in all.iter().zip(&alone) {
                let bits = |v: &[f32]| v.iter().map(|v| v.to_bits()).collect::<Vec<u32>>();
                assert_eq!(bits(&column(all, c)), bits(alone), "{c}");
            }
        }
    }

    fn sample(n: usize, salt: f64) -> Vec<f64> {
        (0..n).map(|i| (i as f64 * 0.7311 + salt).sin() * 2.0 + 0.5).collect()
    }

    /// The tile that holds the value at (row, channel).
    fn tile_of(t: Tiles, row: usize, channel: usize) -> usize {
        (row / t.rows) * (t.channels / t.width) + channel / t.width
    }

    #[test]
    fn moments_agree_with_the_definition() {
        let x = sample(6 * 21, 0.2);
        for t in cuts() {
            let n = t.sets(x.len());
            let (mut mean, mut variance) = (vec![0.0; n], vec![0.0; n]);
            moments(t, &x, &mut mean, &mut variance);
            let mut square = vec![0.0; n];
            mean_square(t, &x, &mut square);
            for set in 0..n {
                let values: Vec<f64> =
                    (0..6 * 21).filter(|i| tile_of(t, i / 21, i % 21) == set).map(|i| x[i]).collect();
                let m = values.len() as f64;
                assert_eq!(values.len(), t.count());
                let mu = values.iter().sum::<f64>() / m;
                let var = values.iter().map(|v| (v - mu) * (v - mu)).sum::<f64>() / m;
                assert!((mean[set] - mu).abs() < 1e-12, "{t:?}");
                assert!((variance[set] - var).abs() < 1e-12, "{t:?}");
                assert!((square[set] - values.iter().map(|v| v * v).sum::<f64>() / m).abs() < 1e-12, "{t:?}");
            }
        }
    }

    #[test]
    fn variance_survives_a_large_mean_and_a_constant_channel() {
        for t in [Tiles { rows: 512, width: 1, channels: 3 }, Tiles { rows: 1, width: 512, channels: 512 }] {
            let len = 512 * if t.width == 1 { 3 } else { 1 };
            let x: Vec<f32> = (0..len).map(|i| 1e4 + if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
            let constant = vec![12_345.678f32; len];
            let (mut mean, mut variance) = ([0.0f32; 3], [0.0f32; 3]);
            moments(t, &x, &mut mean, &mut variance);
            assert!((variance[0] - 1.0).abs() < 1e-3, "{variance:?}");
            moments(t, &constant, &mut mean, &mut variance);
            assert_eq!(variance[0], 0.0);
            assert_eq!(mean[0], constant[0]);
        }
    }

    /// Σ r·y for fixed random r: a plain sum of a standardized output has gradient zero by construction.
    fn projected(t: Tiles, centred: bool, x: &[f64], gamma: &[f64], beta: &[f64], r: &[f64]) -> f64 {
        let n = t.sets(x.len());
        let (mut mean, mut variance, mut y) = (vec![0.0; n], vec![0.0; n], vec![0.0; x.len()]);
        if centred {
            moments(t, x, &mut mean, &mut variance);
        } else {
            mean_square(t, x, &mut variance);
        }
        let scale: Vec<f64> = variance.iter().map(|v| 1.0 / (v + 1e-5).sqrt()).collect();
        standardize(t, x, Standard { mean: &mean, scale: &scale, gamma }, beta, &mut y);
        y.iter().zip(r).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn gradients_match_central_differences_for_every_cut() {
        let x = sample(6 * 21, 0.2);
        let (gamma, beta, r) = (sample(21, 1.0), sample(21, 2.0), sample(6 * 21, 3.0));
        for t in cuts() {
            for through in [Through::MeanAndScale, Through::Scale] {
                let centred = through == Through::MeanAndScale;
                let n = t.sets(x.len());
                let (mut mean, mut variance) = (vec![0.0; n], vec![0.0; n]);
                if centred {
                    moments(t, &x, &mut mean, &mut variance);
                } else {
                    mean_square(t, &x, &mut variance);
                }
                let scale: Vec<f64> = variance.iter().map(|v| 1.0 / (v + 1e-5).sqrt()).collect();
                let (mut dx, mut dgamma, mut dbeta) = (vec![0.0; x.len()], vec![0.0; 21], vec![0.0; 21]);
                let by = Standard { mean: &mean, scale: &scale, gamma: &gamma };
                standardize_gradient(t, through, &x, &r, by, &mut dx, &mut dgamma, &mut dbeta);
                let difference = |which: usize, i: usize| {
                    let at = |h: f64| {
                        let mut v = [x.clone(), gamma.clone(), beta.clone()];
                        v[which][i] += h;
                        projected(t, centred, &v[0], &v[1], &v[2], &r)
                    };
                    (at(1e-5) - at(-1e-5)) / 2e-5
                };
                for (i, &dx) in dx.iter().enumerate() {
                    assert!((dx - difference(0, i)).abs() < 1e-8, "{t:?} {through:?} dx[{i}]");
                }
                for i in 0..21 {
                    assert!((dgamma[i] - difference(1, i)).abs() < 1e-8, "{t:?} {through:?} dgamma[{i}]");
                    assert!((dbeta[i] - difference(2, i)).abs() < 1e-8, "{t:?} {through:?} dbeta[{i}]");
                }
            }
        }
    }
}
