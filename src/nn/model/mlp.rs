//! The fully connected network: `depth` times linear, norm, nonlinearity, then a linear head.
//!
//! In PyTorch, an `nn.Sequential` of an ordered dict with these names; with skip connections, each
//! hidden layer from the second on is added to its input.

use super::builder::Builder;
use super::{Architecture, Input};
use crate::kernels::Real;
use crate::nn::layer::Shape;
use crate::nn::network::Network;
use crate::nn::norm::Refusal;

pub(super) fn check(plan: &Architecture) -> Result<(), Refusal> {
    match plan.input {
        Input::Vector(_) => plan.check_norm(Shape::vector(plan.width)),
        _ => {
            let reason = || "a fully connected network reads numbers, and this data set is of tokens".into();
            Err(Refusal::new("model", &["data"], reason))
        }
    }
}

pub(super) fn build<F: Real>(mut b: Builder<F>) -> Network<F> {
    for i in 1..=b.plan.depth {
        let start = b.here();
        b.linear(&format!("linear{i}"), b.plan.width, b.plan.hidden_bias());
        b.hidden(&i.to_string(), true);
        b.skip(&i.to_string(), start);
    }
    b.finish()
}
