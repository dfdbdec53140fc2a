//! Batch renormalization (Ioffe 2017, arXiv:1702.03275).
//!
//! In training x̂ = (x − μ_B)/σ_B·r + d, then y = γ·x̂ + β, with σ_B = √(v + ε) of the batch and, from the
//! running averages as they are before the step,
//!
//! r = σ_B/σ_run, clipped to [1/r_max, r_max], and d = (μ_B − μ_run)/σ_run, clipped to [−d_max, d_max].
//!
//! Without clipping x̂ is what inference computes, (x − μ_run)/σ_run. In the backward pass r and d are
//! constants (there, §3). For the first `warmup` steps r = 1 and d = 0, which is BatchNorm; over as many
//! steps again the limits rise linearly, from 1 to r_max and from 0 to d_max. Without warm-up they are
//! there from the first step. At inference, and wherever nothing is random, it is BatchNorm.
//!
//! The paper's moving average is of σ_B itself, biased and with ε inside the root. Here it is of the
//! unbiased variance, and σ_run = √(running_var + ε): the same tensors as BatchNorm's, so that either can
//! go on from the other's checkpoint and both are the same at inference.
//!
//! Tensors: as `per_batch.rs`. Cached besides: r and d per channel.

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::{Back, Layer, Pass, Running, Statistics};
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "renorm",
        label: "Batch Renorm",
        help: "BatchNorm corrected towards its running averages, so that training and inference come closer.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &["r_max", "d_max", "warmup"],
    script: Script::of(&["settles", "stepped"], PYTORCH),
    mark: mark((52, 72, 190), (142, 160, 250), Some((10, 2)), Marker::Triangle),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class BatchRenorm(Running):
    """Ioffe 2017; r and d come from the running averages as they are before the step."""

    def forward(self, x):
        mean, variance = moments(x) if self.training else (self.running_mean, self.running_var)
        scale = (variance + EPS).sqrt()
        x_hat = (x - per_channel(mean, x)) / per_channel(scale, x)
        if self.training:
            share = min(max(STEP[0] - WARMUP, 0), WARMUP) / WARMUP  #? warmup
            r_max, d_max = 1 + (R_MAX - 1) * share, D_MAX * share  #? warmup
            r_max, d_max = R_MAX, D_MAX  #? !warmup
            run = (self.running_var + EPS).sqrt()
            r = (scale.detach() / run).clamp(1 / r_max, r_max)
            d = ((mean.detach() - self.running_mean) / run).clamp(-d_max, d_max)
            x_hat = x_hat * per_channel(r, x) + per_channel(d, x)
            count = x.numel() / x.shape[1]
            self.follow(mean, variance * count / (count - 1))
        return self.affine(x_hat)


def normalization(channels):
    return BatchRenorm(channels)
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    let sound = per_batch::check_count(site, 1, "batch", CARD.choice.label);
    sound.map_err(|refusal| {
        // Here d brings a single value back, but as a constant.
        let label = CARD.choice.label;
        let reason =
            || format!("{label} of a single value per channel passes no gradient on: the value is its own mean");
        Refusal::new(refusal.field, refusal.others, reason)
    })
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let batch_norm = PerBatch::new(site, Spec::of(&CARD, site), name, layout);
    Some(Box::new(Renorm { batch_norm, r_max: site.r_max, d_max: site.d_max, warmup: site.warmup as u64 }))
}

struct Renorm<F> {
    batch_norm: PerBatch<F>,
    r_max: f64,
    d_max: f64,
    warmup: u64,
}

/// `value`, but not beyond the limits; NaN stays NaN.
fn clipped<F: Real>(value: F, low: F, high: F) -> F {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

impl<F: Real> Renorm<F> {
    /// The limits of r and d; none where nothing is corrected. Steps count from 1.
    fn limits(&self, pass: &Pass<F>) -> Option<(f64, f64)> {
        let step = pass.draw.filter(|_| pass.statistics == Statistics::Batch)?.step;
        let after = step.saturating_sub(self.warmup).min(self.warmup);
        let share = if self.warmup == 0 { 1.0 } else { after as f64 / self.warmup as f64 };
        (share > 0.0).then_some((1.0 + (self.r_max - 1.0) * share, self.d_max * share))
    }

    /// BatchNorm's cache; r and d.
    fn cut<'a>(&self, batch: usize, cache: &'a mut [F]) -> (&'a mut [F], &'a mut [F], &'a mut [F]) {
        let (inner, rest) = cache.split_at_mut(self.batch_norm.cache_len(batch));
        let (r, d) = rest.split_at_mut(self.batch_norm.columns);
        (inner, r, d)
    }
}

impl<F: Real> Layer<F> for Renorm<F> {
    fn cache_len(&self, batch: usize) -> usize {
        self.batch_norm.cache_len(batch) + 2 * self.batch_norm.columns
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let (inner, r, d) = self.cut(pass.batch, cache);
        let measured = self.batch_norm.measure(pass, x, inner);
        r.fill(F::ONE);
        d.fill(F::ZERO);
        if let Some((r_max, d_max)) = self.limits(pass) {
            let (lowest, r_max, d_max) = (F::of(1.0 / r_max), F::of(r_max), F::of(d_max));
            let (run_mean, run_var) = self.batch_norm.running(pass);
            for c in 0..r.len() {
                let run = (run_var[c] + self.batch_norm.eps).sqrt();
                r[c] = clipped(F::ONE / (measured.scale[c] * run), lowest, r_max);
                d[c] = clipped((measured.mean[c] - run_mean[c]) / run, -d_max, d_max);
                // γ·(x̂·r + d) + β = (γ·r)·x̂ + (β + γ·d)
                measured.room.beta[c] += measured.room.gamma[c] * d[c];
                measured.room.gamma[c] *= r[c];
            }
        }
        self.batch_norm.standardize(pass, x, y, &measured);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        // A norm always stands behind a layer with weights, so its input's gradient is always wanted.
        let Some(dx) = dx else { return };
        let (inner, r, d) = self.cut(pass.batch, cache);
        let room = self.batch_norm.differentiate(pass, back, inner, dx);
        for c in 0..r.len() {
            // Σ dy·(x̂·r + d)
            room.dgamma[c] = room.dgamma[c] * r[c] + room.dbeta[c] * d[c];
        }
        self.batch_norm.affine.add(&room, gradient);
    }

    fn update_buffers(&self, batch: usize, cache: &[F], buffers: &mut [F], cumulative: bool) {
        let inner = &cache[..self.batch_norm.cache_len(batch)];
        self.batch_norm.update_buffers(batch, inner, buffers, cumulative);
    }

    fn running_statistics(&self) -> Option<Running> {
        self.batch_norm.running_statistics()
    }
}
