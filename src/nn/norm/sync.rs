//! Synchronized batch normalization, `torch.nn.SyncBatchNorm`.
//!
//! Devices exchange their statistics, so that all standardize with those of the whole batch: the numbers
//! are BatchNorm's on one device. What it costs is counted by [`Layer::exchanged`].

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "sync",
        label: "SyncBatchNorm",
        help: "BatchNorm over the whole batch, however many devices share it; they exchange statistics at every layer.",
    },
    running: true,
    shifts: true,
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_cut(site, site.devices)?;
    // A device may hold a single sample: the statistics are the whole batch's.
    per_batch::check_count(site, 1, "batch", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec { exchanged: site.devices > 1, ..Spec::whole() };
    Some(PerBatch::boxed(site, spec, name, layout))
}
