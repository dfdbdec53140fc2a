//! Standardization over tiles of two, four or eight channels, as GroupNorm's in a small network.
//!
//! Eight channels at a time: within each tile, a row's values are added so that every channel ends up with
//! its tile's sum, in the order in which [`super::reduce::sum_by`] adds them. So one statistic per channel is
//! kept, the same for all of a tile, and nothing is ever taken apart. Bit for bit what [`super::tiles`] computes
//! tile by tile.

use super::Real;
use super::tile::{Standard, Through, Tiles, corrected, leaves_room};
use crate::edition::Edition;
use std::ops::Range;

/// Channels at a time.
const LANES: usize = 8;

/// A value per channel.
type Lanes<F> = [F; LANES];

/// Whether tiles are such. The first edition trains no images, and does without.
pub(super) fn fit(tiles: Tiles) -> bool {
    Edition::Full.is_here()
        && matches!(tiles.width, 2 | 4 | 8)
        && tiles.channels.is_multiple_of(LANES)
        && tiles.rows > 1
}

/// Each channel's tile's sum of one row.
#[inline(always)]
fn across<F: Real>(width: usize, values: Lanes<F>) -> Lanes<F> {
    let mut sums = values;
    if width == 8 {
        let s = sums;
        sums = std::array::from_fn(|c| s[c] + s[c ^ 4]);
    }
    if width >= 4 {
        let s = sums;
        sums = std::array::from_fn(|c| s[c] + s[c ^ 2]);
    }
    let s = sums;
    std::array::from_fn(|c| s[c] + s[c ^ 1])
}

/// Eight neighbouring columns of a tile's rows, the first of them `c`; `x` starts at the tile's first row.
#[inline(always)]
fn rows<F: Real>(x: &[F], c: usize, channels: usize) -> impl Iterator<Item = &[F]> {
    x.chunks_exact(channels).map(move |row| &row[c..c + LANES])
}

/// The same, to be written.
#[inline(always)]
fn rows_mut<F: Real>(x: &mut [F], c: usize, channels: usize) -> impl Iterator<Item = &mut [F]> {
    x.chunks_exact_mut(channels).map(move |row| &mut row[c..c + LANES])
}

/// Calls `f(places of a row of tiles, first channel, first tile)` for eight columns after another of one row of
/// tiles after another.
#[inline(always)]
fn each(tiles: Tiles, len: usize, mut f: impl FnMut(Range<usize>, usize, usize)) {
    let block = tiles.rows * tiles.channels;
    for i in 0..len / block {
        for c in (0..tiles.channels).step_by(LANES) {
            leaves_room::<LANES>(c, tiles.channels);
            f(i * block..(i + 1) * block, c, (i * tiles.channels + c) / tiles.width);
        }
    }
}

/// Each tile's statistic, once for each of its channels.
#[inline(always)]
fn spread<F: Real>(tiles: Tiles, per_tile: &[F]) -> Lanes<F> {
    std::array::from_fn(|c| per_tile[c / tiles.width])
}

/// Back to one for each tile.
#[inline(always)]
fn gather<F: Real>(tiles: Tiles, lanes: Lanes<F>, per_tile: &mut [F]) {
    for (to, from) in per_tile.iter_mut().zip(lanes.chunks_exact(tiles.width)) {
        *to = from[0];
    }
}

/// What a sum over rows starts from: with 0, and never −0, no sum is −0, as where each row's starts from 0 too.
fn nothing<F: Real>() -> Lanes<F> {
    [F::ZERO; LANES]
}

/// [`super::tiles::moments`].
pub(super) fn moments<F: Real>(tiles: Tiles, x: &[F], m: F, mean: &mut [F], variance: &mut [F]) {
    let Tiles { width, channels, .. } = tiles;
    each(tiles, x.len(), |at, c, set| {
        let x = &x[at];
        let mut first = nothing::<F>();
        for row in rows(x, c, channels) {
            let sum = across(width, std::array::from_fn(|c| row[c]));
            for c in 0..LANES {
                first[c] += sum[c];
            }
        }
        let first = first.map(|v| v / m);
        let (mut off, mut square) = (nothing::<F>(), nothing::<F>());
        for row in rows(x, c, channels) {
            let distance: Lanes<F> = std::array::from_fn(|c| row[c] - first[c]);
            let sum = across(width, distance);
            let squares = across(width, distance.map(|d| d * d));
            for c in 0..LANES {
                off[c] += sum[c];
                square[c] += squares[c];
            }
        }
        gather(tiles, std::array::from_fn(|c| first[c] + off[c] / m), &mut mean[set..]);
        gather(tiles, std::array::from_fn(|c| corrected(square[c], off[c], m)), &mut variance[set..]);
    });
}

/// [`super::tiles::mean_square`].
pub(super) fn mean_square<F: Real>(tiles: Tiles, x: &[F], m: F, square: &mut [F]) {
    each(tiles, x.len(), |at, c, set| {
        let mut sums = nothing::<F>();
        for row in rows(&x[at], c, tiles.channels) {
            let sum = across(tiles.width, std::array::from_fn(|c| row[c] * row[c]));
            for c in 0..LANES {
                sums[c] += sum[c];
            }
        }
        gather(tiles, sums.map(|v| v / m), &mut square[set..]);
    });
}

/// [`super::tiles::standardize`].
pub(super) fn standardize<F: Real>(tiles: Tiles, x: &[F], by: Standard<F>, beta: &[F], y: &mut [F]) {
    each(tiles, x.len(), |at, channel, set| {
        let (mean, scale) = (spread(tiles, &by.mean[set..]), spread(tiles, &by.scale[set..]));
        let Some((gamma, beta)) = by.gamma[channel..].first_chunk::<LANES>().zip(beta[channel..].first_chunk()) else {
            return;
        };
        let (gamma, beta): (Lanes<F>, Lanes<F>) = (*gamma, *beta);
        let x = rows(&x[at.clone()], channel, tiles.channels);
        for (x, y) in x.zip(rows_mut(&mut y[at], channel, tiles.channels)) {
            for c in 0..LANES {
                y[c] = (x[c] - mean[c]) * scale[c] * gamma[c] + beta[c];
            }
        }
    });
}

/// [`super::tiles::standardize_gradient`].
#[allow(clippy::too_many_arguments)]
pub(super) fn standardize_gradient<F: Real>(
    tiles: Tiles,
    through: Through,
    m: F,
    x: &[F],
    dy: &[F],
    by: Standard<F>,
    dx: &mut [F],
    dgamma: &mut [F],
    dbeta: &mut [F],
) {
    let Tiles { width, channels, .. } = tiles;
    each(tiles, x.len(), |at, channel, set| {
        let (x, dy, dx) = (&x[at.clone()], &dy[at.clone()], &mut dx[at]);
        let (mean, scale) = (spread(tiles, &by.mean[set..]), spread(tiles, &by.scale[set..]));
        let Some(gamma) = by.gamma[channel..].first_chunk::<LANES>().copied() else { return };
        let (dgamma, dbeta) = (&mut dgamma[channel..], &mut dbeta[channel..]);
        let (Some(dgamma), Some(dbeta)) = (dgamma.first_chunk_mut::<LANES>(), dbeta.first_chunk_mut::<LANES>()) else {
            return;
        };
        let (mut gain, mut shift) = (*dgamma, *dbeta);
        let (mut along_one, mut along_x) = (nothing::<F>(), nothing::<F>());
        for (x, dy) in rows(x, channel, channels).zip(rows(dy, channel, channels)) {
            let hat: Lanes<F> = std::array::from_fn(|c| (x[c] - mean[c]) * scale[c]);
            let g: Lanes<F> = std::array::from_fn(|c| dy[c] * gamma[c]);
            let one = across(width, g);
            let along = across(width, std::array::from_fn(|c| g[c] * hat[c]));
            for c in 0..LANES {
                gain[c] += dy[c] * hat[c];
                shift[c] += dy[c];
                along_one[c] += one[c];
                along_x[c] += along[c];
            }
        }
        (*dgamma, *dbeta) = (gain, shift);
        let one = if through == Through::MeanAndScale { along_one.map(|v| v / m) } else { [F::ZERO; LANES] };
        let along = if through == Through::Nothing { [F::ZERO; LANES] } else { along_x.map(|v| v / m) };
        let from = rows(x, channel, channels).zip(rows(dy, channel, channels));
        for ((x, dy), dx) in from.zip(rows_mut(dx, channel, channels)) {
            for c in 0..LANES {
                dx[c] = scale[c] * (dy[c] * gamma[c] - one[c] - (x[c] - mean[c]) * scale[c] * along[c]);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::reduce::{sum_by, sum_by2};
    use super::*;
    use crate::rng::Stream;

    /// Tile by tile, as [`super::super::tiles`] says it: every tile's first value, and its rows.
    fn plainly(t: Tiles, len: usize, mut f: impl FnMut(usize, usize, Vec<usize>)) {
        let across = t.channels / t.width;
        for set in 0..t.sets(len) {
            let first = (set / across) * t.rows * t.channels + (set % across) * t.width;
            f(set, (set % across) * t.width, (0..t.rows).map(|r| first + r * t.channels).collect());
        }
    }

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    /// Values of both signs and several sizes, zeros of both signs among them.
    fn sample(stream: &mut Stream, n: usize) -> Vec<f32> {
        let one = |u: f64| match (u * 16.0) as usize {
            0 => 0.0,
            1 => -0.0,
            k => ((u - 0.5) * [0.01, 0.1, 1.0, 10.0, 1e4][k % 5]) as f32,
        };
        (0..n).map(|_| one(stream.uniform())).collect()
    }

    #[test]
    fn the_same_bits_as_tile_by_tile() {
        let mut stream = Stream::new(1, "groups");
        for case in 0..200u32 {
            let width = [2, 4, 8][case as usize % 3];
            let channels = 8 * (1 + (stream.uniform() * 5.0) as usize);
            let t = Tiles { rows: 2 + (stream.uniform() * 70.0) as usize, width, channels };
            assert!(fit(t));
            let (n, m) = ((1 + case as usize % 3) * t.rows * channels, (t.rows * width) as f32);
            let (x, dy) = (sample(&mut stream, n), sample(&mut stream, n));
            let (gamma, beta) = (sample(&mut stream, channels), sample(&mut stream, channels));
            let sets = t.sets(n);
            let mut got = [vec![9f32; sets], vec![9f32; sets], vec![9f32; sets]];
            let [mean, variance, square] = &mut got;
            moments(t, &x, m, mean, variance);
            mean_square(t, &x, m, square);
            let mut want = [vec![0f32; sets], vec![0f32; sets], vec![0f32; sets]];
            plainly(t, n, |set, _, rows| {
                let sum = |f: &dyn Fn(f32) -> f32| rows.iter().map(|&r| sum_by(&x[r..r + width], f)).sum::<f32>();
                let first = sum(&|v| v) / m;
                let off = sum(&|v| v - first);
                want[0][set] = first + off / m;
                want[1][set] = corrected(sum(&|v| (v - first) * (v - first)), off, m);
                want[2][set] = sum(&|v| v * v) / m;
            });
            for (got, want) in got.iter().zip(&want) {
                assert_eq!(bits(got), bits(want), "{t:?}");
            }

            let scale: Vec<f32> = got[1].iter().map(|v| 1.0 / (v + 1e-5).sqrt()).collect();
            let by = Standard { mean: &got[0], scale: &scale, gamma: &gamma };
            let (mut y, mut plain) = (vec![9f32; n], vec![0f32; n]);
            standardize(t, &x, by, &beta, &mut y);
            plainly(t, n, |set, c, rows| {
                for (row, k) in rows.iter().flat_map(|&r| (0..width).map(move |k| (r, k))) {
                    plain[row + k] = (x[row + k] - got[0][set]) * scale[set] * gamma[c + k] + beta[c + k];
                }
            });
            assert_eq!(bits(&y), bits(&plain), "{t:?}");

            for through in [Through::MeanAndScale, Through::Scale, Through::Nothing] {
                let start = sample(&mut stream, channels);
                let (mut dx, mut dgamma, mut dbeta) = (vec![9f32; n], start.clone(), start.clone());
                standardize_gradient(t, through, m, &x, &dy, by, &mut dx, &mut dgamma, &mut dbeta);
                let (mut want, mut wanted_gamma, mut wanted_beta) = (vec![0f32; n], start.clone(), start);
                plainly(t, n, |set, c, rows| {
                    let (mean, scale, gamma) = (got[0][set], scale[set], &gamma[c..c + width]);
                    let (mut along_one, mut along_x) = (0.0, 0.0);
                    for &r in &rows {
                        let (x, dy) = (&x[r..r + width], &dy[r..r + width]);
                        along_one += sum_by2(dy, gamma, |g, gamma| g * gamma);
                        let out: Vec<f32> = (0..width).map(|k| dy[k] * gamma[k] * ((x[k] - mean) * scale)).collect();
                        along_x += sum_by(&out, |v| v);
                        for k in 0..width {
                            wanted_gamma[c + k] += dy[k] * ((x[k] - mean) * scale);
                            wanted_beta[c + k] += dy[k];
                        }
                    }
                    let one = if through == Through::MeanAndScale { along_one / m } else { 0.0 };
                    let along = if through == Through::Nothing { 0.0 } else { along_x / m };
                    for (r, k) in rows.iter().flat_map(|&r| (0..width).map(move |k| (r, k))) {
                        let (x, dy) = (x[r + k], dy[r + k]);
                        want[r + k] = scale * (dy * gamma[k] - one - (x - mean) * scale * along);
                    }
                });
                assert_eq!(bits(&dx), bits(&want), "{t:?} {through:?}");
                assert_eq!(bits(&dgamma), bits(&wanted_gamma), "{t:?} {through:?}");
                assert_eq!(bits(&dbeta), bits(&wanted_beta), "{t:?} {through:?}");
            }
        }
    }
}
