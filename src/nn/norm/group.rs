//! Group normalization (Wu & He 2018, arXiv:1803.08494), `torch.nn.GroupNorm`.
//!
//! The channels of each sample are cut into groups of neighbours; each group, over all positions, is
//! standardized with its own mean and biased variance. γ (`weight`) and β (`bias`) per channel.
//! One group is LayerNorm over channels and positions; as many groups as channels is InstanceNorm.

use super::per_sample::{PerSample, Spec};
use super::{Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CHOICE: Choice = Choice {
    name: "group",
    label: "GroupNorm",
    help: "Standardizes groups of channels within each sample; the batch plays no part.",
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    let Site { groups, shape, .. } = *site;
    if shape.channels.is_multiple_of(groups) {
        return Ok(());
    }
    let divisors: Vec<usize> = (1..=shape.channels).filter(|d| shape.channels.is_multiple_of(*d)).collect();
    let nearest = divisors.iter().min_by_key(|d| d.abs_diff(groups)).copied().unwrap_or(1);
    Err(Refusal {
        field: "groups",
        allowed: divisors.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
        reason: format!("{groups} groups cannot share {} channels evenly", shape.channels),
        fix: nearest.to_string(),
    })
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec {
        shape: site.shape,
        rows: site.shape.positions,
        width: site.shape.channels / site.groups,
        eps: site.eps.unwrap_or(1e-5),
        centred: true,
    };
    Some(PerSample::boxed(spec, name, layout))
}
