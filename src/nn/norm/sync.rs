//! Synchronized batch normalization, `torch.nn.SyncBatchNorm`.
//!
//! Devices exchange their statistics, so that all standardize with those of the whole batch: the numbers
//! are BatchNorm's on one device. What it costs is counted by [`Layer::exchanged`].

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "sync",
        label: "SyncBatchNorm",
        help: "BatchNorm over the whole batch, however many devices share it; they exchange statistics at every layer.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Exchanged,
    settings: &["devices"],
    script: Script::of(&[], per_batch::PYTORCH),
    mark: mark((0, 113, 130), (84, 190, 206), Some((14, 3)), Marker::Ring),
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_cut(site, site.devices)?;
    // A device may hold a single sample: the statistics are the whole batch's.
    per_batch::check_count(site, 1, "batch", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(PerBatch::boxed(site, Spec::of(&CARD, site), name, layout))
}
