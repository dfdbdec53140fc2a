//! What BatchNorm and its relatives share: statistics across samples.
//!
//! Each channel is standardized with the mean μ and the biased variance σ² of its m values, then scaled
//! and shifted: y = γ·(x − μ)/√(σ² + ε) + β (Ioffe & Szegedy 2015, arXiv:1502.03167). In training the
//! batch may be cut into parts of neighbouring samples, each with statistics of its own.
//!
//! For inference each batch moves running averages: r ← (1 − ρ)·r + ρ·s with s the batch's mean, or
//! its *unbiased* variance m/(m − 1)·σ². With ρ absent they are plain means over all batches so far.
//!
//! `lp.rs` puts another average of the distances from the mean in σ's place; `renorm.rs` moves γ and β
//! between measuring and standardizing; `noisy.rs` adds noise behind.
//!
//! | tensor                | shape        | starts at |
//! |-----------------------|--------------|-----------|
//! | `weight` γ            | `[channels]` | 1         |
//! | `bias` β              | `[channels]` | 0         |
//! | `running_mean`        | `[channels]` | 0         |
//! | `running_var`         | `[channels]` | 1         |
//! | `num_batches_tracked` | `[]`         | 0         |
//!
//! x, y: `[rows × channels]`. Cached per part and channel: the mean and 1/√(σ² + ε) used, and σ²; then
//! γ, β and their gradients; then the number of parts. With statistics per step in time, positions count as channels, which
//! share γ and β, and running statistics are `[positions × channels]`.

use super::affine::{Affine, Room};
use super::{Card, OverTime, Parts, Power, Refusal, Site, lp_scale};
use crate::kernels::Real;
use crate::kernels::tiles::{self, Standard, Through, Tiles, moments, standardize, standardize_gradient};
use crate::nn::layer::{Back, Layer, Pass, Running, Statistics};
use crate::nn::layout::{Layout, Role, count, set_count};
use std::ops::Range;

/// Whose statistics the running averages follow, where a batch is cut into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    /// The first part's: the first device's, as PyTorch's DistributedDataParallel keeps them.
    First,
    /// The mean of all parts'.
    Mean,
}

/// One normalization of this kind.
pub(super) struct Spec {
    /// Into how many parts a training batch is cut.
    pub parts: usize,
    /// Of the running averages.
    pub follow: Follow,
    /// Which average of the distances from the mean is σ: two for all but `lp.rs`.
    pub power: Power,
    /// Whether the statistics are those of several devices, which must exchange them.
    pub exchanged: bool,
    pub eps: f64,
}

impl Spec {
    /// What follows from the card.
    #[inline(never)] // once for all of BatchNorm's relatives
    pub fn of(card: &Card, site: &Site) -> Spec {
        Spec {
            parts: card.parts.count(site),
            follow: if card.parts == Parts::Ghosts { Follow::Mean } else { Follow::First },
            power: Power::Two,
            exchanged: card.parts == Parts::Exchanged && site.devices > 1,
            eps: site.eps(card),
        }
    }
}

pub(super) struct PerBatch<F> {
    site: Site,
    spec: Spec,
    /// Positions × channels if each step in time has its own statistics, else channels.
    pub columns: usize,
    pub eps: F,
    pub affine: Affine,
    running_mean: Range<usize>,
    running_var: Range<usize>,
    count: Range<usize>,
}

/// The layer of BatchNorm, synchronized or in parts, in an exported script.
pub(super) const PYTORCH: &str = r#"

class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """torch.nn.BatchNorm1d and 2d in one."""  #? !parts
    """torch.nn.BatchNorm, but in training each part of the batch has statistics of its own."""  #? parts

    def _check_input_dim(self, x):
        pass

    def forward(self, x):  #? parts
        if not self.training:  #? parts
            return super().forward(x)  #? parts
        axes = [0, *range(2, x.dim())]  #? parts
        self.num_batches_tracked += 1  #? parts
        rho = 1 / float(self.num_batches_tracked)  #? parts cumulative
        rho = self.momentum  #? parts !cumulative
        parts = x.chunk(PARTS)  #? parts
        followed = parts  #? parts ghost
        followed = parts[:1]  # The first device's.  #? parts !ghost
        with torch.no_grad():  #? parts
            self.running_mean.lerp_(torch.stack([part.mean(axes) for part in followed]).mean(0), rho)  #? parts
            self.running_var.lerp_(torch.stack([part.var(axes) for part in followed]).mean(0), rho)  #? parts
        normed = [functional.batch_norm(p, None, None, self.weight, self.bias, True, eps=self.eps) for p in parts]  #? parts
        return torch.cat(normed)  #? parts


def normalization(channels):
    return nn.BatchNorm1d(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)  #? vectors !parts
    return BatchNorm(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)  #? !vectors !parts
    return BatchNorm(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)  #? parts
"#;

/// Whether a batch can be cut into that many equal parts, one for each device.
pub(super) fn check_cut(site: &Site, parts: usize) -> Result<(), Refusal> {
    if site.batch.is_multiple_of(parts) {
        return Ok(());
    }
    let reason = || format!("a batch of {} cannot be cut into {parts} equal parts", site.batch);
    Err(Refusal::new("devices", &["batch"], reason))
}

/// Whether each part of a batch that is cut into so many has more than one value per channel; `field` says
/// how many values there are, and `label` is the normalization's.
pub(super) fn check_count(site: &Site, parts: usize, field: &'static str, label: &str) -> Result<(), Refusal> {
    let positions = if site.over_time == OverTime::Step { 1 } else { site.positions() };
    if site.batch / parts * positions > 1 {
        return Ok(());
    }
    let reason = || {
        let cut = if parts > 1 { format!(", in each of the {parts} parts of the batch") } else { String::new() };
        format!(
            "{label} needs more than one value per channel in training{cut}: with a single value, the value is its own \
             mean and every output would be β"
        )
    };
    Err(Refusal::new(field, &["devices", "head_norm", "over_time", "shortest", "masked", "norm"], reason))
}

/// What the cache holds.
pub(super) struct Cache<'a, F> {
    /// Subtracted. `[parts × columns]`.
    pub mean: &'a mut [F],
    /// 1/√(σ² + ε). `[parts × columns]`.
    pub scale: &'a mut [F],
    /// σ². `[parts × columns]`.
    pub variance: &'a mut [F],
    /// γ, β and their gradients, `[columns]` each.
    pub room: Room<'a, F>,
}

impl<F: Real> PerBatch<F> {
    /// Registers its tensors under `name`; running statistics of a step in time under `name.stepT`.
    pub fn new(site: &Site, spec: Spec, name: &str, layout: &mut Layout) -> PerBatch<F> {
        let channels = site.shape.channels;
        let alone = site.over_time == OverTime::Step;
        let positions = if alone { site.shape.positions } else { 1 };
        let shape = if positions > 1 { vec![positions, channels] } else { vec![channels] };
        let affine = Affine::new(layout, name, channels, positions, site.affine, site.affine);
        let place = match site.step {
            Some(step) if alone => format!("{name}.step{}", step + 1),
            _ => name.to_owned(),
        };
        let mut buffer = |key: &str, shape: &[usize], role| layout.buffers.add(format!("{place}.{key}"), shape, role);
        PerBatch {
            columns: positions * channels,
            eps: F::of(spec.eps),
            affine,
            running_mean: buffer("running_mean", &shape, Role::Zero),
            running_var: buffer("running_var", &shape, Role::One),
            count: buffer("num_batches_tracked", &[], Role::Count),
            site: *site,
            spec,
        }
    }

    /// [`PerBatch::new`], as a layer.
    pub fn boxed(site: &Site, spec: Spec, name: &str, layout: &mut Layout) -> Box<dyn Layer<F>> {
        Box::new(PerBatch::new(site, spec, name, layout))
    }

    /// The tiles of a pass: one, or in training as many as there are parts.
    fn tiles(&self, batch: usize, parts: usize) -> Tiles {
        let values = batch * self.site.shape.len();
        Tiles { rows: values / self.columns / parts, width: 1, channels: self.columns }
    }

    fn parts(&self, pass: &Pass<F>) -> usize {
        if pass.draw.is_some() && pass.statistics == Statistics::Batch { self.spec.parts } else { 1 }
    }

    /// Cuts the cache of a pass over that many parts.
    fn cut<'a>(&self, parts: usize, cache: &'a mut [F]) -> Cache<'a, F> {
        let (all, n) = (self.spec.parts * self.columns, parts * self.columns);
        let (mean, rest) = cache.split_at_mut(all);
        let (scale, rest) = rest.split_at_mut(all);
        let (variance, room) = rest.split_at_mut(all);
        Cache {
            mean: &mut mean[..n],
            scale: &mut scale[..n],
            variance: &mut variance[..n],
            room: self.affine.room(room),
        }
    }

    /// The running mean and variance, `[columns]` each.
    pub fn running<'a>(&self, pass: &Pass<'a, F>) -> (&'a [F], &'a [F]) {
        (&pass.buffers[self.running_mean.clone()], &pass.buffers[self.running_var.clone()])
    }

    /// The first half of the forward pass: statistics, γ and β, as they are then applied.
    pub fn measure<'a>(&self, pass: &Pass<F>, x: &[F], cache: &'a mut [F]) -> Cache<'a, F> {
        let parts = self.parts(pass);
        let tiles = self.tiles(pass.batch, parts);
        // The last value: which parts there are is not known any more when the buffers are updated.
        if let Some(last) = cache.last_mut() {
            *last = F::of(parts as f64);
        }
        let mut cut = self.cut(parts, cache);
        let Cache { mean, scale, variance, room } = &mut cut;
        let (run_mean, run_var) = self.running(pass);
        match pass.statistics {
            Statistics::Batch => self.moments(tiles, x, mean, variance),
            Statistics::Running => {
                mean.copy_from_slice(run_mean);
                variance.copy_from_slice(run_var);
            }
            Statistics::Blended(share) => {
                self.moments(tiles, x, mean, variance);
                let share = F::of(share);
                for (own, run) in [(&mut *mean, run_mean), (&mut *variance, run_var)] {
                    for (own, &run) in own.iter_mut().zip(run) {
                        *own = (F::ONE - share) * run + share * *own;
                    }
                }
            }
        }
        for (s, &v) in scale.iter_mut().zip(variance.iter()) {
            *s = tiles::scale(v, self.eps);
        }
        self.affine.load(pass.params, room);
        cut
    }

    fn moments(&self, tiles: Tiles, x: &[F], mean: &mut [F], variance: &mut [F]) {
        moments(tiles, x, mean, variance);
        if self.spec.power != Power::Two {
            lp_scale::squares(tiles, self.spec.power, x, mean, variance);
        }
    }

    /// The second half: y = γ·(x − μ)/√(σ² + ε) + β.
    pub fn standardize(&self, pass: &Pass<F>, x: &[F], y: &mut [F], by: &Cache<F>) {
        let tiles = self.tiles(pass.batch, self.parts(pass));
        standardize(tiles, x, Standard { mean: by.mean, scale: by.scale, gamma: by.room.gamma }, by.room.beta, y);
    }

    /// The backward pass of [`PerBatch::standardize`]: dx, and dγ and dβ of this pass in the cache's room.
    pub fn differentiate<'a>(&self, pass: &Pass<F>, back: Back<F>, cache: &'a mut [F], dx: &mut [F]) -> Room<'a, F> {
        let parts = self.parts(pass);
        let tiles = self.tiles(pass.batch, parts);
        let Cache { mean, scale, variance, room } = self.cut(parts, cache);
        let through = match pass.statistics {
            Statistics::Batch => Through::MeanAndScale,
            Statistics::Running | Statistics::Blended(_) => Through::Nothing,
        };
        room.dgamma.fill(F::ZERO);
        room.dbeta.fill(F::ZERO);
        let by = Standard { mean, scale, gamma: room.gamma };
        if through == Through::Nothing || self.spec.power == Power::Two {
            standardize_gradient(tiles, through, back.x, back.dy, by, dx, room.dgamma, room.dbeta);
        } else {
            lp_scale::gradient(tiles, self.spec.power, back, by, variance, dx, room.dgamma, room.dbeta);
        }
        room
    }
}

impl<F: Real> Layer<F> for PerBatch<F> {
    fn cache_len(&self, _batch: usize) -> usize {
        3 * self.spec.parts * self.columns + self.affine.room_len() + 1
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let measured = self.measure(pass, x, cache);
        self.standardize(pass, x, y, &measured);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        // A norm always stands behind a layer with weights, so its input's gradient is always wanted.
        let Some(dx) = dx else { return };
        let room = self.differentiate(pass, back, cache, dx);
        self.affine.add(&room, gradient);
    }

    fn update_buffers(&self, batch: usize, cache: &[F], buffers: &mut [F], cumulative: bool) {
        let n = self.columns;
        let places = &mut buffers[self.count.clone()];
        let seen = count(places) + 1.0;
        set_count(places, seen);
        let rho = match self.site.momentum {
            Some(rho) if !cumulative => F::of(rho),
            _ => F::ONE / F::of(seen),
        };
        let parts = cache[self.cache_len(batch) - 1].to_f64() as usize;
        let m = F::of(self.tiles(batch, parts).rows as f64);
        // Only of the variance is it known how much too small a sample makes it, whatever the distribution.
        let unbiased = if self.spec.power == Power::Two { m / (m - F::ONE) } else { F::ONE };
        let all = self.spec.parts * n;
        let (means, variances) = (&cache[..all], &cache[2 * all..3 * all]);
        let followed = match self.spec.follow {
            Follow::First => 1,
            Follow::Mean => parts,
        };
        let share = F::ONE / F::of(followed as f64);
        let mut follow = |range: &Range<usize>, values: &[F], unbiased: F| {
            let running = &mut buffers[range.clone()];
            if followed == 1 {
                for (running, &value) in running.iter_mut().zip(values) {
                    *running = (F::ONE - rho) * *running + rho * (value * unbiased);
                }
                return;
            }
            for (c, running) in running.iter_mut().enumerate() {
                let mean = (0..followed).map(|p| values[p * n + c]).sum::<F>() * share;
                *running = (F::ONE - rho) * *running + rho * (mean * unbiased);
            }
        };
        follow(&self.running_mean, means, F::ONE);
        follow(&self.running_var, variances, unbiased);
    }

    fn running_statistics(&self) -> Option<Running> {
        Some(Running { mean: self.running_mean.clone(), variance: self.running_var.clone() })
    }

    fn exchanged(&self) -> usize {
        // Forward: mean, scale and a count; backward: the two sums of the gradient.
        if self.spec.exchanged { 4 * self.columns + 1 } else { 0 }
    }
}
