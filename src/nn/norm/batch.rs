//! Batch normalization (Ioffe & Szegedy 2015, arXiv:1502.03167), `torch.nn.BatchNorm1d`.
//!
//! Each channel is standardized with the mean μ and the biased variance σ² of its m values in the
//! batch (m = samples × positions), then scaled and shifted:
//! y = γ·(x − μ)/√(σ² + ε) + β.
//!
//! For inference each batch moves running averages: r ← (1 − ρ)·r + ρ·s with s the batch's mean, or
//! its *unbiased* variance m/(m − 1)·σ². With ρ absent they are plain means over all batches so far.
//!
//! | tensor                | shape        | starts at |
//! |-----------------------|--------------|-----------|
//! | `weight` γ            | `[channels]` | 1         |
//! | `bias` β              | `[channels]` | 0         |
//! | `running_mean`        | `[channels]` | 0         |
//! | `running_var`         | `[channels]` | 1         |
//! | `num_batches_tracked` | `[]`         | 0         |
//!
//! x, y: `[rows × channels]`. Cached, `[channels]` each: the mean and 1/√(σ² + ε) used, and σ².

use super::{Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::kernels::tiles::{Standard, Through, Tiles, moments, standardize, standardize_gradient};
use crate::nn::layer::{Back, Layer, Pass, Shape, Statistics};
use crate::nn::layout::{Layout, Role};
use std::ops::Range;

pub(super) const CHOICE: Choice = Choice {
    name: "batch",
    label: "BatchNorm",
    help: "Standardizes each channel over the mini-batch; uses running averages once training is over.",
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    if site.batch * site.shape.positions > 1 {
        return Ok(());
    }
    Err(Refusal {
        field: "batch",
        allowed: "2 or more".into(),
        reason: "BatchNorm needs more than one value per channel in training: with a single value, \
                 the value is its own mean and every output would be β"
            .into(),
        fix: "2".into(),
    })
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let channels = site.shape.channels;
    let params = &mut layout.params;
    let gamma = params.add(format!("{name}.weight"), &[channels], Role::Gain);
    let beta = params.add(format!("{name}.bias"), &[channels], Role::Shift);
    let buffers = &mut layout.buffers;
    Some(Box::new(BatchNorm {
        shape: site.shape,
        eps: F::of(site.eps.unwrap_or(1e-5)),
        momentum: site.momentum,
        gamma,
        beta,
        running_mean: buffers.add(format!("{name}.running_mean"), &[channels], Role::Zero),
        running_var: buffers.add(format!("{name}.running_var"), &[channels], Role::One),
        count: buffers.add(format!("{name}.num_batches_tracked"), &[], Role::Count),
    }))
}

struct BatchNorm<F> {
    shape: Shape,
    eps: F,
    momentum: Option<f64>,
    gamma: Range<usize>,
    beta: Range<usize>,
    running_mean: Range<usize>,
    running_var: Range<usize>,
    count: Range<usize>,
}

impl<F: Real> BatchNorm<F> {
    fn tiles(&self, batch: usize) -> Tiles {
        Tiles { rows: batch * self.shape.positions, width: 1, channels: self.shape.channels }
    }
}

impl<F: Real> Layer<F> for BatchNorm<F> {
    fn cache_len(&self, _batch: usize) -> usize {
        3 * self.shape.channels
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let tiles = self.tiles(pass.batch);
        let (mean, rest) = cache.split_at_mut(tiles.channels);
        let (scale, variance) = rest.split_at_mut(tiles.channels);
        match pass.statistics {
            Statistics::Batch => moments(tiles, x, mean, variance),
            Statistics::Running => {
                mean.copy_from_slice(&pass.buffers[self.running_mean.clone()]);
                variance.copy_from_slice(&pass.buffers[self.running_var.clone()]);
            }
        }
        for (s, &v) in scale.iter_mut().zip(variance.iter()) {
            *s = F::ONE / (v + self.eps).sqrt();
        }
        let by = Standard { mean, scale, gamma: &pass.params[self.gamma.clone()] };
        standardize(tiles, x, by, &pass.params[self.beta.clone()], y);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        // A norm always stands behind a layer with weights, so its input's gradient is always wanted.
        let Some(dx) = dx else { return };
        let tiles = self.tiles(pass.batch);
        let (mean, rest) = cache.split_at(tiles.channels);
        let through = match pass.statistics {
            Statistics::Batch => Through::MeanAndScale,
            Statistics::Running => Through::Nothing,
        };
        let by = Standard { mean, scale: &rest[..tiles.channels], gamma: &pass.params[self.gamma.clone()] };
        let (dgamma, dbeta) = gradient[self.gamma.start..self.beta.end].split_at_mut(tiles.channels);
        standardize_gradient(tiles, through, back.x, back.dy, by, dx, dgamma, dbeta);
    }

    fn update_buffers(&self, batch: usize, cache: &[F], buffers: &mut [F]) {
        let tiles = self.tiles(batch);
        buffers[self.count.start] += F::ONE;
        let rho = match self.momentum {
            Some(rho) => F::of(rho),
            None => F::ONE / buffers[self.count.start],
        };
        let m = F::of(tiles.count() as f64);
        let unbiased = m / (m - F::ONE);
        let (mean, variance) = (&cache[..tiles.channels], &cache[2 * tiles.channels..]);
        for (r, &s) in buffers[self.running_mean.clone()].iter_mut().zip(mean) {
            *r = (F::ONE - rho) * *r + rho * s;
        }
        for (r, &s) in buffers[self.running_var.clone()].iter_mut().zip(variance) {
            *r = (F::ONE - rho) * *r + rho * (s * unbiased);
        }
    }
}
