//! Instance normalization (Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022).
//!
//! Each channel of each sample is standardized over its positions. Where a sample has a single
//! position, as in a fully connected net, there is one value to a statistic and nothing would be left.

use super::per_sample::{PerSample, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "instance",
        label: "InstanceNorm",
        help: "Standardizes each channel of each sample over its pixels or tokens; needs a CNN or a transformer.",
    },
    over: Over::Channel,
    running: false,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &[],
    script: Script::of(&[], PYTORCH),
    mark: mark((168, 62, 146), (224, 138, 202), Some((9, 3)), Marker::Diamond),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

def normalization(channels):
    """InstanceNorm is GroupNorm with a group for each channel."""
    return nn.GroupNorm(channels, channels, eps=EPS, affine=AFFINE)
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    if site.positions() > 1 {
        return Ok(());
    }
    let alone = "InstanceNorm standardizes each channel over its positions in space or time, and";
    let (field, others, where_one): (_, &[_], _) = if site.shape.positions > 1 {
        ("shortest", &["masked", "norm"], "a sequence may have only one")
    } else {
        ("norm", &[], "a fully connected layer, or a recurrent one at each step, has only one")
    };
    Err(Refusal::new(field, others, || format!("{alone} {where_one}: every output would be β")))
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec {
        shape: site.shape,
        rows: site.shape.positions,
        width: 1,
        eps: site.eps(&CARD),
        centred: true,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
