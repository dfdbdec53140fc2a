//! Layer normalization (Ba, Kiros & Hinton 2016, arXiv:1607.06450), `torch.nn.LayerNorm`.
//!
//! Each sample (each token, in a sequence) is standardized over its channels with its own mean and
//! biased variance: y = γ·(x − μ)/√(σ² + ε) + β, with γ (`weight`) and β (`bias`) per channel.
//! Training and inference are the same; no sample sees another.

use super::per_sample::{PerSample, Spec};
use super::{Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CHOICE: Choice = Choice {
    name: "layer",
    label: "LayerNorm",
    help: "Standardizes each sample over its own channels; the batch plays no part.",
};

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec =
        Spec { shape: site.shape, rows: 1, width: site.shape.channels, eps: site.eps.unwrap_or(1e-5), centred: true };
    Some(PerSample::boxed(spec, name, layout))
}
