//! Average pooling, `torch.nn.AvgPool2d(2)`.

use super::layer::{Back, Layer, Pass};
use crate::kernels::Real;

/// Channels at a time: a small net's few make loops over any number of them mostly preparation.
const LANES: usize = 4;

/// Each pixel of the output is the mean of 2 × 2 pixels, channel by channel; of an odd side the last row
/// and column are left out, as there (`ceil_mode=False`).
///
/// x `[batch · side² × channels]`, y `[batch · ⌊side/2⌋² × channels]`. Caches nothing. Backward: each of
/// the four pixels gets a quarter of dy.
pub struct AvgPool2d {
    side: usize,
    channels: usize,
}

impl AvgPool2d {
    /// For images of `side × side` pixels, 2 or more on a side.
    pub fn new(side: usize, channels: usize) -> AvgPool2d {
        AvgPool2d { side, channels }
    }

    /// Pixels on a side of the output.
    pub fn output_side(&self) -> usize {
        self.side / 2
    }

    /// Calls `f(output pixel's place, its four pixels' places)` for all images of a batch.
    #[inline(always)]
    fn each(&self, batch: usize, mut f: impl FnMut(usize, [usize; 4])) {
        let (half, right, down) = (self.output_side(), self.channels, self.side * self.channels);
        let mut to = 0;
        for image in 0..batch {
            for y in 0..half {
                for x in 0..half {
                    let from = ((image * self.side + 2 * y) * self.side + 2 * x) * self.channels;
                    f(to, [from, from + right, from + down, from + down + right]);
                    to += self.channels;
                }
            }
        }
    }
}

impl<F: Real> Layer<F> for AvgPool2d {
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        let (n, quarter) = (self.channels, F::of(0.25));
        self.each(pass.batch, |to, from| {
            let [a, b, c, d] = from.map(|at| x[at..at + n].as_chunks::<LANES>());
            let (y, rest) = y[to..to + n].as_chunks_mut::<LANES>();
            let mean = |a: F, b: F, c: F, d: F| ((a + b) + (c + d)) * quarter;
            for ((((y, a), b), c), d) in y.iter_mut().zip(a.0).zip(b.0).zip(c.0).zip(d.0) {
                *y = std::array::from_fn(|k| mean(a[k], b[k], c[k], d[k]));
            }
            for ((((y, &a), &b), &c), &d) in rest.iter_mut().zip(a.1).zip(b.1).zip(c.1).zip(d.1) {
                *y = mean(a, b, c, d);
            }
        });
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        let (n, quarter) = (self.channels, F::of(0.25));
        if !self.side.is_multiple_of(2) {
            // Pixels that no output sees.
            dx.fill(F::ZERO);
        }
        self.each(pass.batch, |from, to| {
            let (dy, rest) = back.dy[from..from + n].as_chunks::<LANES>();
            for at in to {
                let (dx, dx_rest) = dx[at..at + n].as_chunks_mut::<LANES>();
                for (dx, dy) in dx.iter_mut().zip(dy) {
                    *dx = dy.map(|dy| dy * quarter);
                }
                for (dx, &dy) in dx_rest.iter_mut().zip(rest) {
                    *dx = dy * quarter;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layer::Statistics;

    #[test]
    fn means_of_four_pixels_and_no_odd_ones() {
        // One image of 3 × 3 pixels and 2 channels, the second ten times the first; then its double.
        let one: Vec<f64> = (1..=9).flat_map(|v| [f64::from(v), f64::from(10 * v)]).collect();
        let x: Vec<f64> = one.iter().copied().chain(one.iter().map(|v| 2.0 * v)).collect();
        let pass = Pass::evaluation(&[], &[], 2, Statistics::Batch);
        let mut y = [f64::NAN; 4];
        AvgPool2d::new(3, 2).forward(&pass, &x, &mut y, &mut []);
        // (1 + 2 + 4 + 5)/4
        assert_eq!(y, [3.0, 30.0, 6.0, 60.0]);
    }
}
