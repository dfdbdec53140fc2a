//! What LayerNorm, GroupNorm, InstanceNorm and RMSNorm share: statistics of one sample at a time.
//!
//! No batch, no buffers, no difference between training and inference. Each sample (or token) is cut
//! into tiles of `rows` positions × `width` channels; each tile is standardized (or, without
//! centring, divided by its root mean square), then γ and β act per channel.
//!
//! x, y: `[rows × channels]`. Cached per tile: the mean and 1/√(σ² + ε) used.

use crate::kernels::Real;
use crate::kernels::tiles::{Standard, Through, Tiles, mean_square, moments, standardize, standardize_gradient};
use crate::nn::layer::{Back, Layer, Pass, Shape};
use crate::nn::layout::{Layout, Role};
use std::ops::Range;

pub(super) struct PerSample<F> {
    shape: Shape,
    tiles: Tiles,
    centred: bool,
    eps: F,
    gamma: Range<usize>,
    /// Absent in RMSNorm, which then adds these zeros.
    beta: Option<Range<usize>>,
    zeros: Vec<F>,
}

/// One normalization of this kind.
pub(super) struct Spec {
    pub shape: Shape,
    /// Positions and channels of a tile.
    pub rows: usize,
    pub width: usize,
    pub eps: f64,
    /// Subtract the mean, and learn β.
    pub centred: bool,
}

impl<F: Real> PerSample<F> {
    /// Registers `name.weight` (γ) and, if centred, `name.bias` (β), `[channels]` each.
    pub fn boxed(spec: Spec, name: &str, layout: &mut Layout) -> Box<dyn Layer<F>> {
        let channels = spec.shape.channels;
        let gamma = layout.params.add(format!("{name}.weight"), &[channels], Role::Gain);
        let beta = spec.centred.then(|| layout.params.add(format!("{name}.bias"), &[channels], Role::Shift));
        Box::new(PerSample {
            shape: spec.shape,
            tiles: Tiles { rows: spec.rows, width: spec.width, channels },
            centred: spec.centred,
            eps: F::of(spec.eps),
            gamma,
            beta,
            zeros: vec![F::ZERO; channels],
        })
    }

    fn sets(&self, batch: usize) -> usize {
        self.tiles.sets(batch * self.shape.len())
    }
}

impl<F: Real> Layer<F> for PerSample<F> {
    fn cache_len(&self, batch: usize) -> usize {
        // The tail stands in for dβ where there is no β.
        2 * self.sets(batch) + self.tiles.channels
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let (mean, rest) = cache.split_at_mut(self.sets(pass.batch));
        let scale = &mut rest[..mean.len()];
        if self.centred {
            moments(self.tiles, x, mean, scale);
        } else {
            mean.fill(F::ZERO);
            mean_square(self.tiles, x, scale);
        }
        for s in scale.iter_mut() {
            *s = F::ONE / (*s + self.eps).sqrt();
        }
        let beta = self.beta.as_ref().map_or(&self.zeros[..], |beta| &pass.params[beta.clone()]);
        let by = Standard { mean, scale, gamma: &pass.params[self.gamma.clone()] };
        standardize(self.tiles, x, by, beta, y);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        let (mean, rest) = cache.split_at_mut(self.sets(pass.batch));
        let (scale, spare) = rest.split_at_mut(mean.len());
        let by = Standard { mean, scale, gamma: &pass.params[self.gamma.clone()] };
        let (dgamma, after) = gradient[self.gamma.start..].split_at_mut(self.tiles.channels);
        let (through, dbeta) = match &self.beta {
            Some(_) => (Through::MeanAndScale, &mut after[..self.tiles.channels]),
            None => (Through::Scale, spare),
        };
        standardize_gradient(self.tiles, through, back.x, back.dy, by, dx, dgamma, dbeta);
    }
}
