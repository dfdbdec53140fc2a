//! Noise without any normalization: the control of noisy BatchNorm, see `noisy.rs`.
//!
//! Santurkar et al. 2018 (arXiv:1805.11604), Algorithm 1, in training alone: y = s·x + m. At amplitude a,
//! for each step and channel c: μ_c ~ U(−0.5·a, 0.5·a) and σ_c ~ U(1, 1 + 0.25·a); for each value in it:
//! m ~ U(μ_c − 0.1·a, μ_c + 0.1·a) and s ~ N(σ_c, 0.1·a), the second number a standard deviation. The
//! paper's is a = 1; a = 0 is no noise.
//!
//! The numbers are those of [`Counter`] under the run's seed, the step and the layer's place. With C
//! channels, and i counting the values of `[batch·positions × channels]` row by row, it draws at these
//! positions:
//!
//! | number                     | position                             |
//! |----------------------------|--------------------------------------|
//! | μ_c, uniform               | 2c                                   |
//! | σ_c, uniform               | 2c + 1                               |
//! | s of value i, normal       | 2C + 4i and 2C + 4i + 1, Box–Muller  |
//! | m of value i, uniform      | 2C + 4i + 2                          |
//!
//! x, y: `[rows × channels]`. Cached: s of each value; the gradient is dx = s·dy.

use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::{Back, Layer, Pass, Shape};
use crate::nn::layout::Layout;
use crate::rng::Counter;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "noise",
        label: "Noise only",
        help: "No normalization, but in training the noise that noisy BatchNorm has behind it.",
    },
    over: Over::Nothing,
    running: false,
    scale_free: false,
    replaces_bias: false,
    learns: Learns::Nothing,
    eps: None,
    parts: Parts::Whole,
    settings: &["noise_scale"],
    script: Script::of(&["drawn", "noise", "stepped"], PYTORCH),
    mark: mark((134, 84, 54), (208, 164, 130), Some((3, 5)), Marker::Cross),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

def normalization(channels, place):
    return Noise(place)
"#;

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(site: &Site, _name: &str, _layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(Box::new(Noise::new(site)))
}

/// The noise of one place in the network.
pub(super) struct Noise {
    shape: Shape,
    amplitude: f64,
    place: u64,
}

impl Noise {
    pub fn new(site: &Site) -> Noise {
        Noise { shape: site.shape, amplitude: site.noise, place: site.place }
    }

    /// Values in the activation of a batch.
    pub fn len(&self, batch: usize) -> usize {
        batch * self.shape.len()
    }

    /// y ← s·y + m, and s into `factors`; both `[rows × channels]`.
    pub fn act<F: Real>(&self, pass: &Pass<F>, y: &mut [F], factors: &mut [F]) {
        let Some(draw) = pass.draw else {
            factors.fill(F::ONE);
            return;
        };
        let numbers = Counter::new(draw.seed, draw.step, self.place);
        let (a, channels) = (self.amplitude, self.shape.channels as u64);
        for (i, (y, factor)) in y.iter_mut().zip(factors).enumerate() {
            let (c, at) = (i as u64 % channels, 2 * channels + 4 * i as u64);
            let mu = a * (numbers.uniform(2 * c) - 0.5);
            let sigma = 1.0 + 0.25 * a * numbers.uniform(2 * c + 1);
            let m = mu + 0.2 * a * (numbers.uniform(at + 2) - 0.5);
            *factor = F::of(sigma + 0.1 * a * numbers.normal(at / 2));
            *y = *factor * *y + F::of(m);
        }
    }
}

impl<F: Real> Layer<F> for Noise {
    fn cache_len(&self, batch: usize) -> usize {
        self.len(batch)
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        y.copy_from_slice(x);
        self.act(pass, y, cache);
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        for ((dx, &dy), &factor) in dx.iter_mut().zip(back.dy).zip(cache.iter()) {
            *dx = factor * dy;
        }
    }
}
