//! No normalization: the control of every experiment.

use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "none",
        label: "No normalization",
        help: "Each layer's outputs go straight into the nonlinearity.",
    },
    over: Over::Nothing,
    running: false,
    scale_free: false,
    replaces_bias: false,
    learns: Learns::Nothing,
    eps: None,
    parts: Parts::Whole,
    settings: &[],
    script: Script::of(&[], ""),
    mark: mark((105, 101, 94), (169, 165, 157), Some((6, 4)), Marker::Ring),
};

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(_site: &Site, _name: &str, _layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    None
}
