//! Root-mean-square normalization (Zhang & Sennrich 2019, arXiv:1910.07467), `torch.nn.RMSNorm`.
//!
//! LayerNorm without centring and without β: y = γ·x/√(mean(x²) + ε) over the channels of each sample
//! or token. ε, inside the root, is single precision's machine epsilon unless set.

use super::per_sample::{PerSample, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "rms",
        label: "RMSNorm",
        help: "LayerNorm without the mean: divides each token, or each whole image, by its root mean square.",
    },
    over: Over::Token,
    running: false,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::Gain,
    eps: Some(f32::EPSILON as f64),
    parts: Parts::Whole,
    settings: &[],
    script: Script::of(&[], PYTORCH),
    mark: mark((116, 86, 193), (171, 146, 236), Some((5, 2)), Marker::Cross),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class ImageRMSNorm(Affine):
    """torch.nn.RMSNorm over all of an image, with γ per channel."""

    def forward(self, x):
        square = x.square().mean([*range(1, x.dim())], keepdim=True)
        return self.affine(x * (square + EPS).rsqrt())


def normalization(channels):
    return nn.RMSNorm(channels, eps=EPS, elementwise_affine=AFFINE)  #? vectors
    return ImageRMSNorm(channels)  #? !vectors
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
        centred: false,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
