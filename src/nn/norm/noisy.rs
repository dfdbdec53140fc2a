//! Noisy batch normalization (Santurkar et al. 2018, arXiv:1805.11604, §2.1 and Algorithm 1).
//!
//! BatchNorm with γ and β, and in training the noise of `noise.rs` behind it: it gives each unit a mean
//! and a scale that change from step to step, which is covariate shift by construction. The running
//! statistics are of the values in front, and inference is BatchNorm's. The noise enlarges what it acts on,
//! by 1 + a/8 on average: a second such layer has running statistics of larger values than inference brings.
//!
//! Tensors: as `per_batch.rs`. Cached besides: the factor of each value.

use super::noise::Noise;
use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::{Back, Layer, Pass, Running};
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "noisy",
        label: "Noisy BatchNorm",
        help: "BatchNorm with random shifts and scales behind it, drawn anew at each training step.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &["noise_scale"],
    script: Script::of(&["drawn", "noisy", "stepped"], PYTORCH),
    mark: mark((176, 42, 55), (240, 124, 128), Some((7, 3)), Marker::Disc),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class NoisyBatchNorm(nn.modules.batchnorm._BatchNorm):
    """BatchNorm, and noise behind it."""

    def __init__(self, channels, place):
        super().__init__(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)
        self.noise = Noise(place)

    def _check_input_dim(self, x):
        pass

    def forward(self, x):
        return self.noise(super().forward(x))


def normalization(channels, place):
    return NoisyBatchNorm(channels, place)
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_count(site, 1, "batch", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(Box::new(Noisy {
        batch_norm: PerBatch::new(site, Spec::of(&CARD, site), name, layout),
        noise: Noise::new(site),
    }))
}

struct Noisy<F> {
    batch_norm: PerBatch<F>,
    noise: Noise,
}

impl<F: Real> Layer<F> for Noisy<F> {
    fn cache_len(&self, batch: usize) -> usize {
        self.batch_norm.cache_len(batch) + self.noise.len(batch)
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let (inner, factors) = cache.split_at_mut(self.batch_norm.cache_len(pass.batch));
        self.batch_norm.forward(pass, x, y, inner);
        self.noise.act(pass, y, factors);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        let (inner, factors) = cache.split_at_mut(self.batch_norm.cache_len(pass.batch));
        // In place of the factors, which nobody needs any more: the gradient in front of the noise.
        for (factor, &dy) in factors.iter_mut().zip(back.dy) {
            *factor *= dy;
        }
        self.batch_norm.backward(pass, Back { dy: factors, ..back }, inner, dx, gradient);
    }

    fn update_buffers(&self, batch: usize, cache: &[F], buffers: &mut [F], cumulative: bool) {
        let inner = &cache[..self.batch_norm.cache_len(batch)];
        self.batch_norm.update_buffers(batch, inner, buffers, cumulative);
    }

    fn running_statistics(&self) -> Option<Running> {
        self.batch_norm.running_statistics()
    }
}
