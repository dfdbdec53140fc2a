//! A run's network in double precision.

use super::run::Run;
use crate::kernels::Real;
use crate::nn::layer::Statistics;
use crate::nn::objective::Objective;
use crate::probe::curvature::hessian::Hessian;

/// The Hessian of a run's loss as it stands, on the first `samples` training samples as one batch. Same
/// weights, number by number, computed in double precision.
pub fn hessian<F: Real>(run: &Run<F>, samples: usize, statistics: Statistics) -> Hessian {
    let network = run.config().architecture().build::<f64>();
    let network = match &run.data().targets {
        Some(targets) => network.towards(Objective::Values(targets.iter().map(|v| v.to_f64()).collect())),
        None => network,
    };
    Hessian::new(network, run.state(), &run.data().train, samples, statistics)
}
