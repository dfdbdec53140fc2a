//! Population statistics: what running averages only follow, computed for weights as they are.

use crate::kernels::Real;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Workspace};

/// Room for computing the population statistics of networks of one architecture.
///
/// The samples pass in batches, each standardized with its own statistics; what is kept are plain means
/// over these batches of the mean and of the unbiased variance (Ioffe & Szegedy 2015, §3.1). An
/// incomplete last batch is left out. Nothing is random, and no batch is cut into parts.
pub struct Population<F> {
    x: Vec<F>,
    batch: usize,
    /// Buffers that have seen nothing.
    fresh: Vec<F>,
    work: Workspace<F>,
}

impl<F: Real> Population<F> {
    /// Of these samples in batches of that size; `fresh` are initial buffers.
    pub fn new(network: &Network<F>, x: &[F], batch: usize, fresh: Vec<F>) -> Population<F> {
        Population { x: x.to_vec(), batch, fresh, work: Workspace::to_evaluate(network, batch) }
    }

    /// Overwrites `buffers` with the statistics under those parameters.
    pub fn measure(&mut self, network: &Network<F>, params: &[F], buffers: &mut [F]) {
        buffers.copy_from_slice(&self.fresh);
        for x in self.x.chunks_exact(self.batch * network.input().len()) {
            let pass = Pass::evaluation(params, buffers, self.batch, Statistics::Batch);
            network.forward(&pass, x, &mut self.work);
            network.update_buffers(&self.work, buffers, true);
        }
    }
}
