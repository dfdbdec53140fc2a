//! No normalization: the control of every experiment.

use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "none",
        label: "No normalization",
        help: "Each layer's outputs go straight into the nonlinearity.",
    },
    running: false,
    shifts: false,
};

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(_site: &Site, _name: &str, _layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    None
}
