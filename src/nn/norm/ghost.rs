//! Ghost batch normalization (Hoffer, Hubara & Soudry 2017, arXiv:1705.08741).
//!
//! BatchNorm over small parts of a large batch: the noise of small batches at the speed of large ones.
//! The running averages follow the mean of the parts' statistics.

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "ghost",
        label: "Ghost BatchNorm",
        help: "BatchNorm over small parts of the batch, as if the batch were small.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Ghosts,
    settings: &["ghost"],
    script: Script::of(&["ghost"], per_batch::PYTORCH),
    mark: mark((70, 96, 140), (140, 172, 220), Some((2, 4)), Marker::Square),
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_count(site, 1, "batch", CARD.choice.label)?;
    if !site.batch.is_multiple_of(site.ghost) {
        let reason = || format!("a batch of {} cannot be cut into ghost batches of {}", site.batch, site.ghost);
        return Err(Refusal::new("ghost", &["batch"], reason));
    }
    per_batch::check_count(site, site.batch / site.ghost, "ghost", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(PerBatch::boxed(site, Spec::of(&CARD, site), name, layout))
}
