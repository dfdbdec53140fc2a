//! Group normalization (Wu & He 2018, arXiv:1803.08494), `torch.nn.GroupNorm`.
//!
//! The channels of each sample are cut into groups of neighbours; each group, over all positions, is
//! standardized with its own mean and biased variance. γ (`weight`) and β (`bias`) per channel.
//! One group is LayerNorm over channels and positions; as many groups as channels is InstanceNorm,
//! which needs more than one position.

use super::per_sample::{PerSample, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::{Layer, Shape};
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "group",
        label: "GroupNorm",
        help: "Standardizes each group of channels of a sample, over all its pixels or tokens.",
    },
    over: Over::Group,
    running: false,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &["groups"],
    script: Script::of(&[], PYTORCH),
    mark: mark((0, 122, 88), (69, 189, 151), Some((3, 3)), Marker::Triangle),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

def normalization(channels):
    return nn.GroupNorm(GROUPS, channels, eps=EPS, affine=AFFINE)
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    let Site { groups, shape: Shape { channels, .. }, .. } = *site;
    let even = channels.is_multiple_of(groups);
    // A single value minus its own mean is 0, whatever the value.
    if even && (channels > groups || site.positions() > 1) {
        return Ok(());
    }
    let reason = || {
        if even {
            format!("{groups} groups of {channels} channels hold one value each, and every output would be β")
        } else {
            format!("{groups} groups cannot share {channels} channels evenly")
        }
    };
    Err(Refusal::new("groups", &["width", "head", "head_norm", "shortest", "masked"], reason))
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec {
        shape: site.shape,
        rows: site.shape.positions,
        width: site.shape.channels / site.groups,
        eps: site.eps(&CARD),
        centred: true,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
