//! What a network answers at each point of the plane.

use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Workspace};

/// Points on a side.
pub const POINTS: usize = 48;

/// The square reaches from −REACH to REACH.
pub const REACH: f64 = 2.5;

/// Room for asking one network about every point.
pub struct BoundaryProbe<F> {
    work: Workspace<F>,
    grid: Vec<F>,
}

impl<F: Real> BoundaryProbe<F> {
    /// Room for networks of two inputs and two classes.
    pub fn new(network: &Network<F>) -> BoundaryProbe<F> {
        let at = |i: usize| F::of(super::coordinate(i, POINTS, REACH));
        let grid = (0..POINTS * POINTS).flat_map(|i| [at(i % POINTS), at(i / POINTS)]).collect();
        BoundaryProbe { work: Workspace::to_evaluate(network, POINTS * POINTS), grid }
    }

    /// The probability of class 0 at each point with running statistics, bottom row first.
    pub fn measure(&mut self, network: &Network<F>, state: &State<F>) -> Vec<f32> {
        let pass = Pass::evaluation(&state.params, &state.buffers, POINTS * POINTS, Statistics::Running);
        let logits = network.forward(&pass, &self.grid, &mut self.work);
        logits.chunks_exact(2).map(|z| (F::ONE / (F::ONE + (z[1] - z[0]).exp())).to_f64() as f32).collect()
    }
}
