//! Dynamic tanh (Zhu et al. 2025, arXiv:2503.10622): what a normalization does to large values, without
//! any statistics.
//!
//! y = γ·tanh(α·x) + β, value by value, with γ (`weight`, ones) and β (`bias`, zeros) per channel and one
//! α (`alpha`, `[1]`, 0.5) for the layer. Nothing is standardized: no batch, no buffers, and training and
//! inference are the same. γ and β stand behind the tanh, so β does not take the place of a bias in front.
//!
//! x, y: `[rows × channels]`. Cached: tanh(α·x); then γ, β and their gradients. Backward, with
//! g = γ·dy·(1 − tanh²): dx = α·g, dα = Σ g·x, dγ = Σ dy·tanh, dβ = Σ dy.

use super::affine::Affine;
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::{Real, reduce};
use crate::mark::{Marker, mark};
use crate::nn::layer::{Back, Layer, Pass, Shape};
use crate::nn::layout::{Layout, Role};
use std::ops::Range;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "dyt",
        label: "Dynamic tanh",
        help: "Squashes each value with a tanh of learned steepness; it measures nothing.",
    },
    over: Over::Nothing,
    running: false,
    scale_free: false,
    replaces_bias: false,
    learns: Learns::GainAndShift,
    eps: None,
    parts: Parts::Whole,
    settings: &[],
    script: Script::of(&[], PYTORCH),
    mark: mark((136, 98, 0), (214, 178, 62), Some((6, 2)), Marker::Square),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class DynamicTanh(Affine):
    def __init__(self, channels):
        super().__init__(channels)
        self.alpha = nn.Parameter(torch.full([1], 0.5))

    def forward(self, x):
        return self.affine(torch.tanh(self.alpha * x))


def normalization(channels):
    return DynamicTanh(channels)
"#;

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let alpha = layout.params.add(format!("{name}.alpha"), &[1], Role::Slope);
    let affine = Affine::new(layout, name, site.shape.channels, 1, site.affine, site.affine);
    Some(Box::new(DynamicTanh { shape: site.shape, alpha, affine }))
}

struct DynamicTanh {
    shape: Shape,
    alpha: Range<usize>,
    affine: Affine,
}

impl<F: Real> Layer<F> for DynamicTanh {
    fn cache_len(&self, batch: usize) -> usize {
        batch * self.shape.len() + self.affine.room_len()
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let (tanh, room) = cache.split_at_mut(x.len());
        let mut room = self.affine.room(room);
        self.affine.load(pass.params, &mut room);
        let alpha = pass.params[self.alpha.start];
        for (t, &x) in tanh.iter_mut().zip(x) {
            let steep = alpha * x;
            // An overflow is not to pass for a saturated unit.
            *t = steep.tanh() - steep.unless_finite();
        }
        let n = self.shape.channels;
        for (y, t) in y.chunks_exact_mut(n).zip(tanh.chunks_exact(n)) {
            for c in 0..n {
                y[c] = room.gamma[c] * t[c] + room.beta[c];
            }
        }
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        // A norm always stands behind a layer with weights, so its input's gradient is always wanted.
        let Some(dx) = dx else { return };
        let (tanh, room) = cache.split_at_mut(dx.len());
        let room = self.affine.room(room);
        room.dgamma.fill(F::ZERO);
        room.dbeta.fill(F::ZERO);
        let n = self.shape.channels;
        for ((dx, dy), t) in dx.chunks_exact_mut(n).zip(back.dy.chunks_exact(n)).zip(tanh.chunks_exact(n)) {
            for c in 0..n {
                room.dgamma[c] += dy[c] * t[c];
                room.dbeta[c] += dy[c];
                dx[c] = room.gamma[c] * dy[c] * (F::ONE - t[c] * t[c]);
            }
        }
        gradient[self.alpha.start] += reduce::dot(dx, back.x);
        let alpha = pass.params[self.alpha.start];
        for dx in dx.iter_mut() {
            *dx *= alpha;
        }
        self.affine.add(&room, gradient);
    }
}
