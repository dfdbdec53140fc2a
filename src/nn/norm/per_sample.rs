//! What LayerNorm, GroupNorm, InstanceNorm and RMSNorm share: statistics of one sample at a time.
//!
//! No batch, no buffers, no difference between training and inference. Each sample (or token) is cut
//! into tiles of `rows` positions × `width` channels; each tile is standardized (or, without
//! centring, divided by its root mean square), then γ and β act per channel.
//!
//! Where sequences end early and the padding is to be left out, a sample's tile is as long as its sequence,
//! and padded positions get 0.
//!
//! x, y: `[rows × channels]`. Cached per tile: the mean and 1/√(σ² + ε) used;
//! then γ, β and their gradients.

use super::affine::Affine;
use crate::kernels::Real;
use crate::kernels::tiles::{self, Standard, Through, Tiles, mean_square, moments, standardize, standardize_gradient};
use crate::nn::layer::{Back, Layer, Pass, Shape};
use crate::nn::layout::Layout;
use std::ops::Range;

pub(super) struct PerSample<F> {
    shape: Shape,
    tiles: Tiles,
    centred: bool,
    /// Leave out the padding.
    masked: bool,
    eps: F,
    affine: Affine,
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
    /// Leave out the padding behind sequences that end early.
    pub masked: bool,
    /// Learn γ, and β if centred.
    pub affine: bool,
}

impl<F: Real> PerSample<F> {
    /// Registers `name.weight` (γ) and, if centred, `name.bias` (β), `[channels]` each.
    pub fn boxed(spec: Spec, name: &str, layout: &mut Layout) -> Box<dyn Layer<F>> {
        let channels = spec.shape.channels;
        let affine = Affine::new(layout, name, channels, 1, spec.affine, spec.affine && spec.centred);
        Box::new(PerSample {
            shape: spec.shape,
            tiles: Tiles { rows: spec.rows, width: spec.width, channels },
            centred: spec.centred,
            masked: spec.masked && spec.rows > 1,
            eps: F::of(spec.eps),
            affine,
        })
    }

    fn sets(&self, batch: usize) -> usize {
        self.tiles.sets(batch * self.shape.len())
    }

    /// Calls `f` with the tiles of the whole batch, or of one sample after the other, and the ranges of
    /// their values and of their statistics.
    fn each(&self, pass: &Pass<F>, mut f: impl FnMut(Tiles, Range<usize>, Range<usize>)) {
        let Some(lengths) = pass.lengths.filter(|_| self.masked) else {
            return f(self.tiles, 0..pass.batch * self.shape.len(), 0..self.sets(pass.batch));
        };
        let Tiles { width, channels, .. } = self.tiles;
        for (sample, &length) in lengths[..pass.batch].iter().enumerate() {
            let tiles = Tiles { rows: length as usize, ..self.tiles };
            let (from, set) = (sample * self.shape.len(), sample * channels / width);
            f(tiles, from..from + tiles.rows * channels, set..set + channels / width);
        }
    }
}

impl<F: Real> Layer<F> for PerSample<F> {
    fn cache_len(&self, batch: usize) -> usize {
        2 * self.sets(batch) + self.affine.room_len()
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let (mean, rest) = cache.split_at_mut(self.sets(pass.batch));
        let (scale, room) = rest.split_at_mut(mean.len());
        if self.masked {
            y.fill(F::ZERO);
        }
        self.each(pass, |tiles, values, sets| {
            let (mean, scale) = (&mut mean[sets.clone()], &mut scale[sets]);
            if self.centred {
                moments(tiles, &x[values], mean, scale);
            } else {
                mean.fill(F::ZERO);
                mean_square(tiles, &x[values], scale);
            }
        });
        for s in scale.iter_mut() {
            *s = tiles::scale(*s, self.eps);
        }
        let mut room = self.affine.room(room);
        self.affine.load(pass.params, &mut room);
        self.each(pass, |tiles, values, sets| {
            let by = Standard { mean: &mean[sets.clone()], scale: &scale[sets], gamma: room.gamma };
            standardize(tiles, &x[values.clone()], by, room.beta, &mut y[values]);
        });
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        let (mean, rest) = cache.split_at_mut(self.sets(pass.batch));
        let (scale, room) = rest.split_at_mut(mean.len());
        let room = self.affine.room(room);
        room.dgamma.fill(F::ZERO);
        room.dbeta.fill(F::ZERO);
        if self.masked {
            dx.fill(F::ZERO);
        }
        let through = if self.centred { Through::MeanAndScale } else { Through::Scale };
        self.each(pass, |tiles, values, sets| {
            let by = Standard { mean: &mean[sets.clone()], scale: &scale[sets], gamma: room.gamma };
            let (x, dy) = (&back.x[values.clone()], &back.dy[values.clone()]);
            standardize_gradient(tiles, through, x, dy, by, &mut dx[values], room.dgamma, room.dbeta);
        });
        self.affine.add(&room, gradient);
    }
}
