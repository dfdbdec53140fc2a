//! What a layer is.

use crate::kernels::Real;
use std::ops::Range;

/// The size of one sample's activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Positions in space or time; 1 for a vector.
    pub positions: usize,
    /// Values per position.
    pub channels: usize,
}

impl Shape {
    /// A plain vector.
    pub fn vector(channels: usize) -> Shape {
        Shape { positions: 1, channels }
    }

    /// Values per sample.
    pub fn len(self) -> usize {
        self.positions * self.channels
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Which statistics a batch-dependent normalization uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistics {
    /// The mean and variance of the values at hand: `model.train()` in PyTorch.
    Batch,
    /// The buffers' running averages: `model.eval()`.
    Running,
    /// This share of the batch's mean and variance, the rest of the running averages' (Schneider et al.
    /// 2020, arXiv:2006.16971). For evaluation alone.
    Blended(f64),
}

/// What the random layers of one training step draw from: noise, dropout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draw {
    /// The run's seed.
    pub seed: u32,
    /// The step, so that the same step draws the same numbers however often it is looked at.
    pub step: u64,
}

/// What a layer sees besides its input.
#[derive(Clone, Copy)]
pub struct Pass<'a, F> {
    /// The network's parameters, all in one vector; a layer reads its own ranges.
    pub params: &'a [F],
    /// The network's buffers (running statistics), likewise.
    pub buffers: &'a [F],
    /// Samples in the batch.
    pub batch: usize,
    /// Where sequences may end early: how many positions of each sample are valid, one or more; padding
    /// stands behind them. [`super::network::Network`] sees to it.
    pub lengths: Option<&'a [u32]>,
    /// Where normalization statistics come from.
    pub statistics: Statistics,
    /// Present in training alone: dropout and noise act only then, batches are split over devices only
    /// then.
    pub draw: Option<Draw>,
}

impl<'a, F> Pass<'a, F> {
    /// A training step's pass: the batch's own statistics.
    pub fn training(params: &'a [F], buffers: &'a [F], batch: usize, draw: Draw) -> Pass<'a, F> {
        Pass { draw: Some(draw), ..Pass::evaluation(params, buffers, batch, Statistics::Batch) }
    }

    /// A pass in which nothing is random.
    pub fn evaluation(params: &'a [F], buffers: &'a [F], batch: usize, statistics: Statistics) -> Pass<'a, F> {
        Pass { params, buffers, batch, lengths: None, statistics, draw: None }
    }
}

/// What a layer's backward pass starts from: its input, its output and the loss's gradient with
/// respect to the output.
#[derive(Clone, Copy)]
pub struct Back<'a, F> {
    /// Input, as in the forward pass.
    pub x: &'a [F],
    /// Output of the forward pass.
    pub y: &'a [F],
    /// ∂L/∂y.
    pub dy: &'a [F],
}

/// Where a layer's running statistics lie in the buffers, a value per channel (or per position and
/// channel, where each step in time has its own).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Of the running mean.
    pub mean: Range<usize>,
    /// Of the running variance, which follows the unbiased one.
    pub variance: Range<usize>,
}

/// A differentiable function with parameters.
///
/// All buffers are row-major `[batch·positions × channels]`; their sizes never change between calls
/// with the same batch, so nothing is allocated here.
pub trait Layer<F: Real> {
    /// Values that the forward pass leaves for the backward pass, for a batch of that many samples.
    fn cache_len(&self, _batch: usize) -> usize {
        0
    }

    /// y ← f(x), every value of `y` written.
    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]);

    /// dx ← ∂L/∂x (skipped when nobody needs it) and gradient += ∂L/∂params, in the layer's ranges.
    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]);

    /// Moves running statistics towards those of the forward pass that filled `cache`; with
    /// `cumulative`, as a plain mean over the batches so far.
    fn update_buffers(&self, _batch: usize, _cache: &[F], _buffers: &mut [F], _cumulative: bool) {}

    /// Its running statistics, if it keeps any.
    fn running_statistics(&self) -> Option<Running> {
        None
    }

    /// Values that devices exchange in one training step, forward and backward.
    fn exchanged(&self) -> usize {
        0
    }
}
