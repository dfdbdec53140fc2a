//! Layers joined into a network: forward and backward.

use super::layer::{Back, Layer, Pass, Shape};
use super::layout::Layout;
use super::objective::Objective;
pub use super::score::Score;
use super::slots::share;
use crate::kernels::{Real, reduce};

/// What a node of a network is for, so that probes can pick the ones they measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A product with weights: linear, convolution, embedding.
    Linear,
    /// A normalization.
    Norm,
    /// A nonlinearity: its input is the layer's pre-activation, its output the layer's activation.
    Activation,
    /// Anything without weights of its own: pooling, attention's core, a change of layout.
    Shuffle,
    /// The last product, whose outputs are the logits.
    Head,
}

/// Where a node's input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The network's own input.
    Input,
    /// The output of an earlier node.
    Node(usize),
}

/// A layer at its place in the network.
pub struct Node<F> {
    /// `linear1`, `norm1`, `relu1`, … `head`, or `block2.attention`: the names that PyTorch's
    /// `state_dict()` has too, where the layer has parameters.
    pub name: String,
    /// What it is for.
    pub part: Part,
    /// Size of one sample's output.
    pub shape: Shape,
    /// What it computes.
    pub layer: Box<dyn Layer<F>>,
    /// The step in time that it belongs to, counted from 0, in a network that takes them one by one.
    pub step: Option<usize>,
    /// What it reads.
    pub from: Source,
    /// An earlier node whose output, of the same shape, is added to the layer's: a skip connection. The
    /// layer's backward pass must not read its own output ([`Back::y`]), which is then the sum.
    pub plus: Option<usize>,
}

/// A network: nodes in an order in which each reads only earlier ones. Immutable: parameters, buffers
/// and workspaces live with the caller.
pub struct Network<F> {
    input: Shape,
    nodes: Vec<Node<F>>,
    layout: Layout,
    objective: Objective<F>,
    padded: bool,
}

/// Room for one batch's activations and whatever the layers cache.
pub struct Workspace<F> {
    batch: usize,
    /// Which of `values` holds each node's output: its own to train, shared over time to evaluate.
    slots: Vec<usize>,
    values: Vec<Vec<F>>,
    caches: Vec<Vec<F>>,
    /// Valid positions of each sample, where sequences may end early.
    lengths: Vec<u32>,
    backward: Option<Backward<F>>,
}

/// Room for the gradients of one backward pass.
struct Backward<F> {
    /// Which of `values` holds ∂L/∂output of each node, shared over time.
    slots: Vec<usize>,
    values: Vec<Vec<F>>,
    /// Whether a node's gradient has received its first term.
    begun: Vec<bool>,
    /// A later term of a gradient, on its way to being added.
    term: Vec<F>,
}

impl<F: Real> Workspace<F> {
    /// Room to train on batches of that size: every node's output is kept for the backward pass.
    pub fn to_train(network: &Network<F>, batch: usize) -> Workspace<F> {
        let sizes = network.sizes(batch);
        let uses = network.uses();
        // Moments count backward: node i is passed at n − i, its gradient begins with its last reader.
        let n = sizes.len();
        let alive: Vec<_> = (0..n).map(|i| (n - uses[i].last.unwrap_or(i), n - i)).collect();
        let slots = share(&alive);
        let shared = uses.iter().zip(&sizes).filter(|(u, _)| u.readers > 1).map(|(_, &size)| size).max();
        Workspace {
            batch,
            slots: (0..n).collect(),
            values: sizes.iter().map(|&n| vec![F::ZERO; n]).collect(),
            caches: caches(network, batch),
            lengths: vec![0; if network.padded { batch } else { 0 }],
            backward: Some(Backward {
                values: rooms(&slots, &sizes),
                slots,
                begun: vec![false; n],
                term: vec![F::ZERO; shared.unwrap_or(0)],
            }),
        }
    }

    /// Room to evaluate batches of that size.
    pub fn to_evaluate(network: &Network<F>, batch: usize) -> Workspace<F> {
        let uses = network.uses();
        let alive: Vec<_> = uses.iter().enumerate().map(|(i, u)| (i, u.last.unwrap_or(i))).collect();
        let slots = share(&alive);
        Workspace {
            batch,
            values: rooms(&slots, &network.sizes(batch)),
            slots,
            caches: caches(network, batch),
            lengths: vec![0; if network.padded { batch } else { 0 }],
            backward: None,
        }
    }

    /// Samples per batch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// How many positions of each sample of the last pass were valid, where sequences may end early.
    pub fn lengths(&self) -> Option<&[u32]> {
        Some(&self.lengths[..]).filter(|lengths| !lengths.is_empty())
    }

    /// Node `i`'s output in the last pass; only in a workspace [`Workspace::to_train`].
    pub fn value(&self, i: usize) -> &[F] {
        &self.values[self.slots[i]]
    }
}

/// A buffer per slot, as large as its largest value.
fn rooms<F: Real>(slots: &[usize], sizes: &[usize]) -> Vec<Vec<F>> {
    let mut rooms = vec![0; slots.iter().max().map_or(0, |s| s + 1)];
    for (&slot, &size) in slots.iter().zip(sizes) {
        rooms[slot] = size.max(rooms[slot]);
    }
    rooms.into_iter().map(|n| vec![F::ZERO; n]).collect()
}

fn caches<F: Real>(network: &Network<F>, batch: usize) -> Vec<Vec<F>> {
    network.nodes.iter().map(|n| vec![F::ZERO; n.layer.cache_len(batch)]).collect()
}

/// Who reads a node's output.
#[derive(Clone, Copy, Default)]
struct Uses {
    readers: usize,
    last: Option<usize>,
}

impl<F: Real> Network<F> {
    /// Joins nodes; the last one's outputs are the logits of a classifier.
    pub fn new(input: Shape, nodes: Vec<Node<F>>, layout: Layout) -> Network<F> {
        Network { input, nodes, layout, objective: Objective::CrossEntropy, padded: false }
    }

    /// The same network with something else to aim at.
    pub fn towards(self, objective: Objective<F>) -> Network<F> {
        Network { objective, ..self }
    }

    /// The same network for sequences of tokens that may end early: in each sample, all from the first
    /// negative number on is padding. Then each pass has [`Pass::lengths`].
    pub fn padded(self) -> Network<F> {
        Network { padded: true, ..self }
    }

    /// How many positions of each sample are valid; `lengths` has room for one per sample.
    fn measure(&self, x: &[F], lengths: &mut [u32]) {
        for (x, length) in x.chunks_exact(self.input.len()).zip(lengths) {
            *length = x.iter().position(|v| *v < F::ZERO).unwrap_or(x.len()).max(1) as u32;
        }
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

    /// Number of classes, or of a regression's outputs.
    pub fn classes(&self) -> usize {
        self.nodes.last().map_or(0, |n| n.shape.len())
    }

    /// Values in each node's output for a batch of that size.
    fn sizes(&self, batch: usize) -> Vec<usize> {
        self.nodes.iter().map(|n| batch * n.shape.len()).collect()
    }

    fn uses(&self) -> Vec<Uses> {
        let mut uses = vec![Uses::default(); self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            let read = match node.from {
                Source::Input => None,
                Source::Node(j) => Some(j),
            };
            for j in read.into_iter().chain(node.plus) {
                uses[j] = Uses { readers: uses[j].readers + 1, last: Some(i) };
            }
        }
        uses
    }

    /// The logits of `pass.batch` samples, `[batch × classes]`.
    pub fn forward<'w>(&self, pass: &Pass<F>, x: &[F], work: &'w mut Workspace<F>) -> &'w [F] {
        if self.padded {
            self.measure(x, &mut work.lengths);
        }
        let pass = &Pass { lengths: self.padded.then_some(&work.lengths[..]), ..*pass };
        for (i, node) in self.nodes.iter().enumerate() {
            let len = pass.batch * node.shape.len();
            // Taken out for the call: a node reads one buffer of the list and writes another.
            let mut y = std::mem::take(&mut work.values[work.slots[i]]);
            let input = match node.from {
                Source::Input => x,
                Source::Node(j) => &work.values[work.slots[j]][..pass.batch * self.nodes[j].shape.len()],
            };
            node.layer.forward(pass, input, &mut y[..len], &mut work.caches[i]);
            if let Some(j) = node.plus {
                reduce::axpy(F::ONE, &work.values[work.slots[j]][..len], &mut y[..len]);
            }
            work.values[work.slots[i]] = y;
        }
        let last = self.nodes.len() - 1;
        &work.values[work.slots[last]][..pass.batch * self.classes()]
    }

    /// How far the outputs are from what `labels` stand for, see [`Objective`].
    pub fn score(&self, pass: &Pass<F>, x: &[F], labels: &[u32], work: &mut Workspace<F>) -> Score {
        let logits = self.forward(pass, x, work);
        self.objective.score(logits, labels, self.classes())
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
        let Some(mut back) = work.backward.take() else {
            return self.score(pass, x, labels, work);
        };
        back.begun.fill(false);
        let last = self.nodes.len() - 1;
        let logits = self.forward(pass, x, work);
        let outputs = pass.batch * self.classes();
        let dy = &mut back.values[back.slots[last]][..outputs];
        let score = self.objective.gradient(logits, labels, self.classes(), dy);
        let pass = &Pass { lengths: self.padded.then_some(&work.lengths[..]), ..*pass };
        for (i, node) in self.nodes.iter().enumerate().rev() {
            // Nobody read it: the loss does not depend on it.
            if i != last && !back.begun[i] {
                continue;
            }
            let len = pass.batch * node.shape.len();
            let dy = std::mem::take(&mut back.values[back.slots[i]]);
            seen(i, &dy[..len]);
            if let Some(j) = node.plus {
                back.add(j, &dy[..len]);
            }
            let x = match node.from {
                Source::Input => x,
                Source::Node(j) => &work.values[j][..pass.batch * self.nodes[j].shape.len()],
            };
            let here = Back { x, y: &work.values[i][..len], dy: &dy[..len] };
            match node.from {
                // The data's own gradient is wanted by nobody.
                Source::Input => node.layer.backward(pass, here, &mut work.caches[i], None, gradient),
                Source::Node(j) if back.begun[j] => {
                    let mut term = std::mem::take(&mut back.term);
                    node.layer.backward(pass, here, &mut work.caches[i], Some(&mut term[..x.len()]), gradient);
                    back.add(j, &term[..x.len()]);
                    back.term = term;
                }
                Source::Node(j) => {
                    back.begun[j] = true;
                    let dx = &mut back.values[back.slots[j]][..x.len()];
                    node.layer.backward(pass, here, &mut work.caches[i], Some(dx), gradient);
                }
            }
            back.values[back.slots[i]] = dy;
        }
        work.backward = Some(back);
        score
    }

    /// Values that devices would exchange in one training step.
    pub fn exchanged(&self) -> usize {
        self.nodes.iter().map(|n| n.layer.exchanged()).sum()
    }

    /// Moves running statistics towards those of the last forward pass through `work`.
    ///
    /// With `cumulative` they become plain means over the batches so far, whatever the momentum.
    pub fn update_buffers(&self, work: &Workspace<F>, buffers: &mut [F], cumulative: bool) {
        for (node, cache) in self.nodes.iter().zip(&work.caches) {
            node.layer.update_buffers(work.batch, cache, buffers, cumulative);
        }
    }

    /// The first node, in forward order, whose output in the last training pass is not finite.
    pub fn first_non_finite(&self, work: &Workspace<F>) -> Option<usize> {
        work.values.iter().position(|v| reduce::first_non_finite(v).is_some())
    }
}

impl<F: Real> Backward<F> {
    /// Adds a term to the gradient of node `j`'s output.
    fn add(&mut self, j: usize, term: &[F]) {
        let sum = &mut self.values[self.slots[j]][..term.len()];
        if self.begun[j] {
            reduce::axpy(F::ONE, term, sum);
        } else {
            sum.copy_from_slice(term);
            self.begun[j] = true;
        }
    }
}
