//! The Hessian of the loss, known by its products with vectors.

use crate::data::Split;
use crate::kernels::{Dual, Real};
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Workspace};

/// H = ∇²L(θ) on a fixed set of samples, with the loss as it is at evaluation: no dropout, no noise.
///
/// H·v is the derivative of ∇L along v, by [`Dual`] numbers (Pearlmutter 1994): exact up to the rounding of
/// double precision, whatever the network trains in. At a kink, as ReLU's, there is no second derivative; H is
/// that of the piece on which θ lies, on which the loss is smooth, and says nothing about a piece beside it.
pub struct Hessian {
    network: Network<Dual>,
    state: State<Dual>,
    statistics: Statistics,
    x: Vec<Dual>,
    labels: Vec<u32>,
    work: Workspace<Dual>,
    gradient: Vec<Dual>,
}

/// Number by number, as constants: each value stays what it is.
pub fn constants<F: Real>(values: &[F]) -> Vec<Dual> {
    values.iter().map(|v| Dual::of(v.to_f64())).collect()
}

impl Hessian {
    /// At that state, on the first `samples` of a split (all, if there are fewer). `network` is the twin, in
    /// dual numbers, of the one that the state belongs to. With [`Statistics::Batch`] the samples are one
    /// batch, and the loss depends on θ through their statistics too.
    pub fn new<F: Real>(
        network: Network<Dual>,
        state: &State<F>,
        split: &Split<F>,
        samples: usize,
        statistics: Statistics,
    ) -> Hessian {
        let n = split.len().min(samples);
        let state = State { params: constants(&state.params), buffers: constants(&state.buffers) };
        Hessian {
            work: Workspace::to_train(&network, n),
            x: constants(&split.x[..n * network.input().len()]),
            labels: split.y[..n].to_vec(),
            gradient: vec![Dual::ZERO; state.params.len()],
            network,
            state,
            statistics,
        }
    }

    /// Parameters: the length of every vector here.
    pub fn len(&self) -> usize {
        self.gradient.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.gradient.is_empty()
    }

    /// Samples in the loss.
    pub fn samples(&self) -> usize {
        self.labels.len()
    }

    /// The network.
    pub fn network(&self) -> &Network<Dual> {
        &self.network
    }

    /// L(θ) and, into `gradient`, ∇L(θ).
    pub fn gradient(&mut self, gradient: &mut [f64]) -> f64 {
        self.state.params.iter_mut().for_each(|p| p.slope = 0.0);
        let loss = self.differentiate();
        gradient.iter_mut().zip(&self.gradient).for_each(|(to, from)| *to = from.value);
        loss
    }

    /// Into `product`, H·v. NaN where the network overflows.
    pub fn times(&mut self, v: &[f64], product: &mut [f64]) {
        self.state.params.iter_mut().zip(v).for_each(|(p, &v)| p.slope = v);
        self.differentiate();
        product.iter_mut().zip(&self.gradient).for_each(|(to, from)| *to = from.slope);
    }

    /// The loss; its gradient, and that one's slope along the parameters', into the buffer.
    fn differentiate(&mut self) -> f64 {
        let Hessian { network, state, statistics, x, labels, work, gradient } = self;
        gradient.fill(Dual::ZERO);
        let pass = Pass::evaluation(&state.params, &state.buffers, labels.len(), *statistics);
        network.gradient(&pass, x, labels, work, gradient, |_, _| {}).loss
    }
}
