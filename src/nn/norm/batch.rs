//! Batch normalization (Ioffe & Szegedy 2015, arXiv:1502.03167), `torch.nn.BatchNorm1d` and `2d`.
//!
//! Statistics over samples and positions; see `per_batch.rs`. On several devices each has statistics of
//! its own share of the batch, and the running averages are the first device's.

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "batch",
        label: "BatchNorm",
        help: "Standardizes each channel over the mini-batch, all pixels or tokens included; at inference with running averages.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Devices,
    settings: &["devices"],
    script: Script::of(&[], per_batch::PYTORCH),
    mark: mark((0, 99, 184), (90, 169, 238), None, Marker::Disc),
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_cut(site, site.devices)?;
    per_batch::check_count(site, site.devices, "batch", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(PerBatch::boxed(site, Spec::of(&CARD, site), name, layout))
}
