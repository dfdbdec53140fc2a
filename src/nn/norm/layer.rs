//! Layer normalization (Ba, Kiros & Hinton 2016, arXiv:1607.06450), `torch.nn.LayerNorm`.
//!
//! Each sample (each token, in a sequence; all pixels of an image together) is standardized over its
//! channels with its own mean and biased variance: y = γ·(x − μ)/√(σ² + ε) + β, with γ (`weight`) and β (`bias`) per channel.
//! Training and inference are the same; no sample sees another.

use super::per_sample::{PerSample, Spec};
use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "layer",
        label: "LayerNorm",
        help: "Standardizes each sample by itself: a token over its channels, an image over channels and pixels.",
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
        eps: site.eps.unwrap_or(1e-5),
        centred: true,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
