//! A run's network in dual numbers.

use crate::kernels::{Dual, Real};
use crate::nn::layer::Statistics;
use crate::nn::objective::Objective;
use crate::probe::curvature::hessian::{Hessian, constants};
use crate::run::Run;

/// The Hessian of a run's loss as it stands, on the first `samples` training samples as one batch. Same
/// weights, number by number, computed in double precision and exact derivatives.
pub fn hessian<F: Real>(run: &Run<F>, samples: usize, statistics: Statistics) -> Hessian {
    let network = run.config().architecture().build::<Dual>();
    let network = match &run.data().targets {
        Some(targets) => network.towards(Objective::Values(constants(targets))),
        None => network,
    };
    Hessian::new(network, run.state(), &run.data().train, samples, statistics)
}
