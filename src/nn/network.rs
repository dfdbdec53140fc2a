//! Layers in a row: forward, backward and the loss.

use super::layer::{Back, Layer, Pass, Shape, Statistics};
use super::layout::Layout;
use crate::kernels::{Real, softmax};

/// What a node of a network is for, so that probes can pick the ones they measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A matrix product.
    Linear,
    /// A normalization.
    Norm,
    /// A nonlinearity: its input is the layer's pre-activation, its output the layer's activation.
    Activation,
    /// The last product, whose outputs are the logits.
    Head,
}

/// A layer at its place in the network.
pub struct Node<F> {
    /// `linear1`, `norm1`, `relu1`, … `head`: the names that PyTorch's `state_dict()` has too.
    pub name: String,
    /// What it is for.
    pub part: Part,
    /// Size of one sample's output.
    pub shape: Shape,
    /// What it computes.
    pub layer: Box<dyn Layer<F>>,
}

/// A feed-forward network. Immutable: parameters, buffers and workspaces live with the caller.
pub struct Network<F> {
    input: Shape,
    nodes: Vec<Node<F>>,
    layout: Layout,
}

/// A loss and how often the largest logit was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Mean cross-entropy in nats.
    pub loss: f64,
    /// Samples classified correctly.
    pub correct: usize,
    /// Samples in all.
    pub samples: usize,
}

impl Score {
    /// The share of samples classified correctly, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.samples as f64
    }
}

/// Room for one batch's activations and whatever the layers cache.
pub struct Workspace<F> {
    batch: usize,
    /// Which of `values` holds each node's output: its own to train, one of two in turn to evaluate.
    slots: Vec<usize>,
    values: Vec<Vec<F>>,
    caches: Vec<Vec<F>>,
    /// ∂L/∂value of the node being differentiated, and of the one before. Empty to evaluate.
    gradients: [Vec<F>; 2],
}

impl<F: Real> Workspace<F> {
    /// Room to train on batches of that size: every node's output is kept for the backward pass.
    pub fn to_train(network: &Network<F>, batch: usize) -> Workspace<F> {
        let sizes: Vec<usize> = network.nodes.iter().map(|n| batch * n.shape.len()).collect();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        Workspace {
            batch,
            slots: (0..sizes.len()).collect(),
            values: sizes.into_iter().map(|n| vec![F::ZERO; n]).collect(),
            caches: caches(network, batch),
            gradients: [vec![F::ZERO; largest], vec![F::ZERO; largest]],
        }
    }

    /// Room to evaluate batches of that size: two buffers, written in turn.
    pub fn to_evaluate(network: &Network<F>, batch: usize) -> Workspace<F> {
        let largest = network.nodes.iter().map(|n| batch * n.shape.len()).max().unwrap_or(0);
        Workspace {
            batch,
            slots: (0..network.nodes.len()).map(|i| i % 2).collect(),
            values: vec![vec![F::ZERO; largest]; 2],
            caches: caches(network, batch),
            gradients: [Vec::new(), Vec::new()],
        }
    }

    /// Samples per batch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Node `i`'s output in the last pass; only in a workspace [`Workspace::to_train`].
    pub fn value(&self, i: usize) -> &[F] {
        &self.values[self.slots[i]]
    }
}

fn caches<F: Real>(network: &Network<F>, batch: usize) -> Vec<Vec<F>> {
    network.nodes.iter().map(|n| vec![F::ZERO; n.layer.cache_len(batch)]).collect()
}

impl<F: Real> Network<F> {
    /// Joins nodes; each one's output is the next one's input, the last one's are the logits.
    pub fn new(input: Shape, nodes: Vec<Node<F>>, layout: Layout) -> Network<F> {
        Network { input, nodes, layout }
    }

    /// Size of one input sample.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// The nodes, from input to output.
    pub fn nodes(&self) -> &[Node<F>] {
        &self.nodes
    }

    /// Where its tensors lie.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.nodes.last().map_or(0, |n| n.shape.len())
    }

    /// The logits of `pass.batch` samples, `[batch × classes]`.
    pub fn forward<'w>(&self, pass: &Pass<F>, x: &[F], work: &'w mut Workspace<F>) -> &'w [F] {
        let mut before: Option<(usize, usize)> = None;
        for (i, node) in self.nodes.iter().enumerate() {
            let (slot, len) = (work.slots[i], pass.batch * node.shape.len());
            // Taken out for the call: a node reads one buffer of the list and writes another.
            let mut y = std::mem::take(&mut work.values[slot]);
            let input = before.map_or(x, |(slot, len)| &work.values[slot][..len]);
            node.layer.forward(pass, input, &mut y[..len], &mut work.caches[i]);
            work.values[slot] = y;
            before = Some((slot, len));
        }
        before.map_or(&[], |(slot, len)| &work.values[slot][..len])
    }

    /// The mean cross-entropy over `labels` and how many were right.
    pub fn score(&self, pass: &Pass<F>, x: &[F], labels: &[u32], work: &mut Workspace<F>) -> Score {
        let logits = self.forward(pass, x, work);
        let (loss, correct) = softmax::cross_entropy(logits, labels, self.classes());
        Score { loss, correct, samples: labels.len() }
    }

    /// The score, and its loss's gradient added to `gradient` (laid out as the parameters).
    ///
    /// `work` must be [`Workspace::to_train`]. `seen(i, ∂L/∂output of node i)` is called from the last
    /// node to the first.
    pub fn gradient(
        &self,
        pass: &Pass<F>,
        x: &[F],
        labels: &[u32],
        work: &mut Workspace<F>,
        gradient: &mut [F],
        mut seen: impl FnMut(usize, &[F]),
    ) -> Score {
        let [mut here, mut below] = std::mem::take(&mut work.gradients);
        let logits = self.forward(pass, x, work);
        let (loss, correct) = softmax::cross_entropy_gradient(logits, labels, self.classes(), &mut here);
        for (i, node) in self.nodes.iter().enumerate().rev() {
            let len = pass.batch * node.shape.len();
            seen(i, &here[..len]);
            let (x, below_len) = match i.checked_sub(1) {
                Some(j) => (&work.values[j][..], pass.batch * self.nodes[j].shape.len()),
                None => (x, 0),
            };
            let back = Back { x, y: &work.values[i], dy: &here[..len] };
            // The data's own gradient is wanted by nobody.
            let dx = (i > 0).then_some(&mut below[..below_len]);
            node.layer.backward(pass, back, &mut work.caches[i], dx, gradient);
            std::mem::swap(&mut here, &mut below);
        }
        work.gradients = [here, below];
        Score { loss, correct, samples: labels.len() }
    }

    /// Moves running statistics towards those of the last forward pass through `work`.
    pub fn update_buffers(&self, work: &Workspace<F>, buffers: &mut [F]) {
        for (node, cache) in self.nodes.iter().zip(&work.caches) {
            node.layer.update_buffers(work.batch, cache, buffers);
        }
    }

    /// The first node, in forward order, whose output in the last training pass is not finite.
    pub fn first_non_finite(&self, work: &Workspace<F>) -> Option<usize> {
        work.values.iter().position(|v| v.iter().any(|x| !x.is_finite()))
    }

    /// A pass in which normalizations use the batch's own statistics.
    pub fn training_pass<'a>(&self, params: &'a [F], buffers: &'a [F], batch: usize) -> Pass<'a, F> {
        Pass { params, buffers, batch, statistics: Statistics::Batch }
    }
}
