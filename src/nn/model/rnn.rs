//! The recurrent network (Elman 1990), `torch.nn.RNN` with a normalization inside: one set of weights for
//! all steps in time.
//!
//! For step t and layer l, with x the step's values (or its token's vector) or the layer below's h:
//!
//! ```text
//! a = rnn{l}.input(x) + rnn{l}.hidden(h_{t−1}),  h_t = φ(norm{l}(a)),  h_0 = 0
//! ```
//!
//! Of the two products `hidden` has the bias, if there is one; `torch.nn.RNN` has one in each. The top
//! layer's last h goes to the head. A sequence that has ended keeps its h: `kept1` of step t is h_{t−1} of
//! those, `state1` that plus h_t of the others. Nodes are named by step, `step3.rnn1.hidden`; tensors are not,
//! except running statistics that each step has to itself (`norm1.step3.running_mean`). Running
//! statistics in common move at every step in time, in order: one `nn.BatchNorm1d` called once per step.

use super::builder::Builder;
use super::{Architecture, Input};
use crate::choice::Choices;
use crate::kernels::Real;
use crate::nn::embedding::Embedding;
use crate::nn::layer::Shape;
use crate::nn::linear::Linear;
use crate::nn::network::{Network, Part, Source};
use crate::nn::norm::Refusal;
use crate::nn::step::Step;
use crate::nn::until::Until;

/// Most layers: each is a node or more per step in time.
const DEEPEST: usize = 4;

pub(super) fn check(plan: &Architecture) -> Result<(), Refusal> {
    super::check_sequence(plan, DEEPEST, "layers")?;
    plan.check_norm(Shape::vector(plan.width))
}

pub(super) fn build<F: Real>(mut b: Builder<F>) -> Network<F> {
    let sequence = b.here();
    // Each layer's h of the step before.
    let mut states = vec![None; b.plan.depth];
    for t in 0..sequence.1.positions {
        b.go_to(sequence);
        b.at(Some(t));
        read(&mut b, t);
        for (i, state) in states.iter_mut().enumerate() {
            cell(&mut b, t, i + 1, *state);
            if let Some(before) = state.filter(|_| b.padded()) {
                carry(&mut b, t, i + 1, before);
            }
            *state = Some(b.here());
        }
    }
    b.at(None);
    b.dropout("dropout");
    b.finish()
}

/// The values of step t, or the vector of its token.
fn read<F: Real>(b: &mut Builder<F>, t: usize) {
    let (_, sequence) = b.here();
    let picked = Shape::vector(sequence.channels);
    b.push(format!("step{}.input", t + 1), Part::Shuffle, picked, Box::new(Step::new(sequence, t)));
    if let Input::Tokens { vocabulary, .. } = b.plan.input {
        let width = b.plan.width;
        let embedding = Embedding::new(&mut b.layout, "embedding", vocabulary, width);
        b.push(format!("step{}.embedding", t + 1), Part::Linear, Shape::vector(width), Box::new(embedding));
    }
}

/// Layer l's state of before, where a sequence has ended, and its state of step t where not.
fn carry<F: Real>(b: &mut Builder<F>, t: usize, l: usize, before: (Source, Shape)) {
    let (now, shape) = b.here();
    b.go_to(before);
    b.push(format!("step{}.kept{l}", t + 1), Part::Shuffle, shape, Box::new(Until::new(shape, t, true)));
    let (kept, _) = b.here();
    b.go_to((now, shape));
    b.push(format!("step{}.state{l}", t + 1), Part::Shuffle, shape, Box::new(Until::new(shape, t, false)));
    b.plus(kept);
}

/// Layer l at step t.
fn cell<F: Real>(b: &mut Builder<F>, t: usize, l: usize, before: Option<(Source, Shape)>) {
    let width = b.plan.width;
    let shape = Shape::vector(width);
    let bias = b.plan.hidden_bias();
    let inputs = b.here().1.channels;
    let input = Linear::new(&mut b.layout, &format!("rnn{l}.input"), inputs, width, false);
    let hidden = Linear::new(&mut b.layout, &format!("rnn{l}.hidden"), width, width, bias);
    let name = |layer: &str| format!("step{}.{layer}", t + 1);
    match before {
        // Of h = 0, `hidden` makes its bias.
        None => {
            b.push(name(&format!("rnn{l}.input")), Part::Linear, shape, Box::new(input.with_bias_of(&hidden)));
        }
        Some(before) => {
            b.push(name(&format!("rnn{l}.input")), Part::Linear, shape, Box::new(input));
            let below = b.here().0;
            b.go_to(before);
            b.push(name(&format!("rnn{l}.hidden")), Part::Linear, shape, Box::new(hidden));
            b.plus(below);
        }
    }
    let norm = format!("norm{l}");
    if b.normed_first() {
        b.norm(&norm);
    }
    b.activation(&name(&format!("{}{l}", b.plan.activation.choice().name)));
    if !b.normed_first() {
        b.norm(&norm);
    }
}
