//! Root-mean-square normalization (Zhang & Sennrich 2019, arXiv:1910.07467), `torch.nn.RMSNorm`.
//!
//! LayerNorm without centring and without β: y = γ·x/√(mean(x²) + ε) over the channels of each sample
//! or token. ε, inside the root, is single precision's machine epsilon unless set.

use super::per_sample::{PerSample, Spec};
use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "rms",
        label: "RMSNorm",
        help: "LayerNorm without the mean: divides each token, or each whole image, by its root mean square.",
    },
    running: false,
    shifts: true,
};

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec {
        shape: site.shape,
        rows: site.sample_rows(),
        width: site.shape.channels,
        eps: site.eps.unwrap_or(f64::from(f32::EPSILON)),
        centred: false,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
