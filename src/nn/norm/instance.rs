//! Instance normalization (Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022).
//!
//! Each channel of each sample is standardized over its positions. Where a sample has a single
//! position, as in a fully connected net, there is one value to a statistic and nothing would be left.

use super::per_sample::{PerSample, Spec};
use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "instance",
        label: "InstanceNorm",
        help: "Standardizes each channel of each sample over its pixels or tokens; needs a CNN or a transformer.",
    },
    running: false,
    shifts: true,
};

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
        eps: site.eps.unwrap_or(1e-5),
        centred: true,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}
