//! No normalization: the control of every experiment.

use super::{Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CHOICE: Choice =
    Choice { name: "none", label: "No normalization", help: "Each layer's outputs go straight into the nonlinearity." };

pub(super) fn check(_site: &Site) -> Result<(), Refusal> {
    Ok(())
}

pub(super) fn build<F: Real>(_site: &Site, _name: &str, _layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    None
}
