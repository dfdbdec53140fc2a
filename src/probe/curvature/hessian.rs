//! The Hessian of the loss, known by its products with vectors.

use crate::data::Split;
use crate::kernels::{Real, reduce};
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Workspace};

/// How far the gradients of one product are apart, in parts of max(1, ‖θ‖).
const STEP: f64 = 1e-5;

/// H = ∇²L(θ) on a fixed set of samples, with the loss as it is at evaluation: no dropout, no noise.
///
/// H·v ≈ (∇L(θ + hv) − ∇L(θ − hv))/2h with h = 10⁻⁵·max(1, ‖θ‖)/‖v‖ (Pearlmutter 1994 compares the
/// exact product), in double precision whatever the network trains in: six digits or more, for two
/// gradients. Of ReLU's kinks, where there is no second derivative, it sees those that it steps over:
/// claims about curvature are for smooth nonlinearities.
pub struct Hessian {
    network: Network<f64>,
    state: State<f64>,
    statistics: Statistics,
    x: Vec<f64>,
    labels: Vec<u32>,
    work: Workspace<f64>,
    point: Vec<f64>,
    behind: Vec<f64>,
    size: f64,
}

/// Number by number in double precision: each value stays what it is.
pub fn widen<F: Real>(values: &[F]) -> Vec<f64> {
    values.iter().map(|v| v.to_f64()).collect()
}

impl Hessian {
    /// At that state, on the first `samples` of a split (all, if there are fewer). `network` is the
    /// double-precision twin of the one that the state belongs to. With [`Statistics::Batch`] the samples
    /// are one batch, and the loss depends on θ through their statistics too.
    pub fn new<F: Real>(
        network: Network<f64>,
        state: &State<F>,
        split: &Split<F>,
        samples: usize,
        statistics: Statistics,
    ) -> Hessian {
        let n = split.len().min(samples);
        let state = State { params: widen(&state.params), buffers: widen(&state.buffers) };
        Hessian {
            work: Workspace::to_train(&network, n),
            x: widen(&split.x[..n * network.input().len()]),
            labels: split.y[..n].to_vec(),
            point: vec![0.0; state.params.len()],
            behind: vec![0.0; state.params.len()],
            size: reduce::norm(&state.params),
            network,
            state,
            statistics,
        }
    }

    /// Parameters: the length of every vector here.
    pub fn len(&self) -> usize {
        self.point.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.point.is_empty()
    }

    /// Samples in the loss.
    pub fn samples(&self) -> usize {
        self.labels.len()
    }

    /// θ.
    pub fn params(&self) -> &[f64] {
        &self.state.params
    }

    /// The network.
    pub fn network(&self) -> &Network<f64> {
        &self.network
    }

    /// L(θ) and, into `gradient`, ∇L(θ).
    pub fn gradient(&mut self, gradient: &mut [f64]) -> f64 {
        self.point.copy_from_slice(&self.state.params);
        self.slope(gradient)
    }

    /// Loss and gradient at `point`.
    fn slope(&mut self, gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let pass = Pass::evaluation(&self.point, &self.state.buffers, self.labels.len(), self.statistics);
        self.network.gradient(&pass, &self.x, &self.labels, &mut self.work, gradient, |_, _| {}).loss
    }

    /// Into `product`, H·v. Costs two gradients. NaN where the network overflows; 0 for v = 0.
    pub fn times(&mut self, v: &[f64], product: &mut [f64]) {
        let length = reduce::norm(v);
        if length == 0.0 {
            product.fill(0.0);
            return;
        }
        let h = STEP * self.size.max(1.0) / length;
        self.move_by(h, v);
        self.slope(product);
        self.move_by(-h, v);
        let mut behind = std::mem::take(&mut self.behind);
        self.slope(&mut behind);
        for (ahead, behind) in product.iter_mut().zip(&behind) {
            *ahead = (*ahead - behind) / (2.0 * h);
        }
        self.behind = behind;
    }

    fn move_by(&mut self, h: f64, v: &[f64]) {
        self.point.copy_from_slice(&self.state.params);
        reduce::axpy(h, v, &mut self.point);
    }
}
