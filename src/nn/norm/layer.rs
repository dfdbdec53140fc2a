//! Layer normalization (Ba, Kiros & Hinton 2016, arXiv:1607.06450), `torch.nn.LayerNorm`.
//!
//! Each sample (each token, in a sequence; all pixels of an image together) is standardized over its
//! channels with its own mean and biased variance: y = γ·(x − μ)/√(σ² + ε) + β, with γ (`weight`) and β (`bias`) per channel.
//! Training and inference are the same; no sample sees another.

use super::per_sample::{PerSample, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "layer",
        label: "LayerNorm",
        help: "Standardizes each sample by itself: a token over its channels, an image over channels and pixels.",
    },
    over: Over::Token,
    running: false,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &[],
    script: Script::of(&[], PYTORCH),
    mark: mark((184, 80, 8), (238, 148, 80), Some((12, 4)), Marker::Square),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class ImageLayerNorm(Affine):
    """torch.nn.LayerNorm over all of an image, with γ and β per channel."""

    def forward(self, x):
        return self.affine(functional.layer_norm(x, x.shape[1:], eps=EPS))


def normalization(channels):
    return nn.LayerNorm(channels, eps=EPS, elementwise_affine=AFFINE)  #? vectors
    return ImageLayerNorm(channels)  #? !vectors
"#;

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec {
        shape: site.shape,
        rows: site.sample_rows(),
        width: site.shape.channels,
        eps: site.eps(&CARD),
        centred: true,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
