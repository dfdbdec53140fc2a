//! The core of causal self-attention (Vaswani et al. 2017, arXiv:1706.03762, §3.2).

use super::layer::{Back, Layer, Pass};
use crate::kernels::{Real, reduce, softmax};

/// Each position mixes the values of itself and of the positions before it.
///
/// x `[N·T × 3C]` holds q, k and v of each position side by side, as `nn.MultiheadAttention`'s
/// `in_proj` gives them; y is `[N·T × C]`. Head h owns the channels h·d … (h + 1)·d − 1 of each, with
/// d = C/heads. For each sample and head, with j ≤ i alone:
///
/// - sᵢⱼ = qᵢ·kⱼ/√d, pᵢⱼ = softmaxⱼ(sᵢⱼ), yᵢ = Σⱼ pᵢⱼ vⱼ
/// - backward, with g = ∂L/∂y: dpᵢⱼ = gᵢ·vⱼ, dsᵢⱼ = pᵢⱼ(dpᵢⱼ − Σₗ pᵢₗ dpᵢₗ)/√d; then
///   dqᵢ = Σⱼ dsᵢⱼ kⱼ, dkⱼ = Σᵢ dsᵢⱼ qᵢ, dvⱼ = Σᵢ pᵢⱼ gᵢ
///
/// Cached: p, `[N × heads × T × T]`, with zeros above the diagonal; then T values of room for one row
/// of dp. Sums run over j, and over i, in ascending order, so that what an earlier position gives does
/// not depend on how many come later. Semantics of `torch.nn.functional.scaled_dot_product_attention`
/// with `is_causal=True`.
pub struct Attention {
    length: usize,
    width: usize,
    heads: usize,
}

impl Attention {
    /// For sequences of `length` positions and `width` channels; `heads` must divide `width`.
    pub fn new(length: usize, width: usize, heads: usize) -> Attention {
        Attention { length, width, heads }
    }

    /// Probabilities of one sample.
    fn square(&self) -> usize {
        self.heads * self.length * self.length
    }

    /// Each head and position of a sample.
    fn rows(&self) -> impl Iterator<Item = Row> {
        let Attention { length, width, heads } = *self;
        let d = width / heads;
        (0..heads).flat_map(move |h| (0..length).map(move |i| Row { i, head: h * d, row: (h * length + i) * length }))
    }
}

/// One position as one head sees it.
struct Row {
    /// The position.
    i: usize,
    /// The head's first channel.
    head: usize,
    /// Where its probabilities start among the sample's.
    row: usize,
}

/// Calls a method that is generic over the channels of a head, if they are as many as the compiler knows; 0 is
/// any number of them, and a [`Real::PAIR`]'s.
macro_rules! with_channels {
    ($attention:expr, $f:ident, $($argument:expr),*) => {
        match $attention.width / $attention.heads {
            8 if !F::PAIR => $attention.$f::<F, 8>($($argument),*),
            16 if !F::PAIR => $attention.$f::<F, 16>($($argument),*),
            _ => $attention.$f::<F, 0>($($argument),*),
        }
    };
}

impl<F: Real> Layer<F> for Attention {
    fn cache_len(&self, batch: usize) -> usize {
        batch * self.square() + self.length
    }

    fn forward(&self, _pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        with_channels!(self, mix, x, y, cache);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        with_channels!(self, differentiate, pass.batch, back, cache, dx);
    }
}

impl Attention {
    /// Channels of a head.
    #[inline(always)]
    fn channels<const D: usize>(&self) -> usize {
        if D > 0 { D } else { self.width / self.heads }
    }

    /// The forward pass.
    fn mix<F: Real, const D: usize>(&self, x: &[F], y: &mut [F], cache: &mut [F]) {
        let Attention { length, width, .. } = *self;
        let d = self.channels::<D>();
        let scale = F::ONE / F::of(d as f64).sqrt();
        let samples = x.chunks_exact(length * 3 * width).zip(y.chunks_exact_mut(length * width));
        for ((x, y), p) in samples.zip(cache.chunks_exact_mut(self.square())) {
            // Which: 0 for q, 1 for k, 2 for v.
            let at = |j: usize, which: usize, head: usize| &x[(3 * j + which) * width + head..][..d];
            for Row { i, head, row } in self.rows() {
                let (seen, later) = p[row..row + length].split_at_mut(i + 1);
                for (j, s) in seen.iter_mut().enumerate() {
                    *s = scale * reduce::dot(at(i, 0, head), at(j, 1, head));
                }
                // The largest is taken off first, so that nothing overflows.
                let largest = softmax::largest(seen);
                for s in seen.iter_mut() {
                    *s -= largest;
                }
                later.fill(F::ZERO);
            }
            // All in one go, those above the diagonal for nothing: SIMD's lanes are full.
            for s in p.iter_mut() {
                *s = s.exp();
            }
            for Row { i, head, row } in self.rows() {
                let (seen, later) = p[row..row + length].split_at_mut(i + 1);
                let sum: F = seen.iter().copied().sum();
                for p in seen.iter_mut() {
                    *p = *p / sum;
                }
                later.fill(F::ZERO);
                let y = &mut y[i * width + head..][..d];
                y.fill(F::ZERO);
                for (j, &p) in seen.iter().enumerate() {
                    reduce::axpy(p, at(j, 2, head), y);
                }
            }
        }
    }

    /// The backward pass.
    fn differentiate<F: Real, const D: usize>(&self, batch: usize, back: Back<F>, cache: &mut [F], dx: &mut [F]) {
        let Attention { length, width, .. } = *self;
        let d = self.channels::<D>();
        let scale = F::ONE / F::of(d as f64).sqrt();
        let sample = length * 3 * width;
        let (p, room) = cache.split_at_mut(batch * self.square());
        let xs = back.x.chunks_exact(sample).zip(back.dy.chunks_exact(length * width));
        dx.fill(F::ZERO);
        for (((x, dy), dx), p) in xs.zip(dx.chunks_exact_mut(sample)).zip(p.chunks_exact(self.square())) {
            for Row { i, head, row } in self.rows() {
                let at = |j: usize, which: usize| (3 * j + which) * width + head;
                let p = &p[row..=row + i];
                let dp = &mut room[..=i];
                let dy = &dy[i * width + head..][..d];
                for (j, dp) in dp.iter_mut().enumerate() {
                    *dp = reduce::dot(dy, &x[at(j, 2)..][..d]);
                }
                let mean = reduce::dot(p, dp);
                for (j, (&p, &dp)) in p.iter().zip(dp.iter()).enumerate() {
                    let ds = scale * p * (dp - mean);
                    reduce::axpy(ds, &x[at(j, 1)..][..d], &mut dx[at(i, 0)..][..d]);
                    reduce::axpy(ds, &x[at(i, 0)..][..d], &mut dx[at(j, 1)..][..d]);
                    reduce::axpy(p, dy, &mut dx[at(j, 2)..][..d]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forward and backward, by the method for `D` channels per head: output, probabilities, gradient.
    fn run<const D: usize>(attention: &Attention, x: &[f32], dy: &[f32]) -> Vec<u32> {
        let batch = 2;
        let mut cache = vec![9f32; Layer::<f32>::cache_len(attention, batch)];
        let (mut y, mut dx) = (vec![9f32; dy.len()], vec![9f32; x.len()]);
        attention.mix::<f32, D>(x, &mut y, &mut cache);
        let p = cache[..batch * attention.square()].to_vec();
        attention.differentiate::<f32, D>(batch, Back { x, y: &y, dy }, &mut cache, &mut dx);
        [y, p, dx].concat().iter().map(|v| v.to_bits()).collect()
    }

    #[test]
    fn a_known_number_of_channels_changes_no_bit() {
        for length in [1, 2, 5, 8, 13] {
            let (eight, sixteen) = (Attention::new(length, 24, 3), Attention::new(length, 32, 2));
            let sample = |n: usize| (0..n).map(|i| (i as f32 * 0.7311).sin() * 3.0).collect::<Vec<f32>>();
            let (x, dy) = (sample(2 * length * 72), sample(2 * length * 24));
            assert_eq!(run::<8>(&eight, &x, &dy), run::<0>(&eight, &x, &dy), "{length}");
            let (x, dy) = (sample(2 * length * 96), sample(2 * length * 32));
            assert_eq!(run::<16>(&sixteen, &x, &dy), run::<0>(&sixteen, &x, &dy), "{length}");
        }
    }
}
