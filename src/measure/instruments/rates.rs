//! Effective learning rates: η/‖w‖² of weights that a normalization makes scale-free (van Laarhoven 2017,
//! arXiv:1706.05350; Hoffer et al. 2018, arXiv:1803.01814).
//!
//! Behind such weights, only their direction matters. A gradient step turns it by as much as a step of
//! η/‖w‖² would turn weights of length 1: as the weights grow, learning slows down.

use crate::kernels::Real;
use crate::measure::row::SCALE_FREE;
use crate::measure::value::layers;
use crate::measure::{Form, Instrument, Measure, Moment, Row};
use crate::nn::network::{Network, Part, Source};
use crate::probe::finite;
use crate::probe::vectors::dot;
use crate::run::Run;

/// The instrument. It needs no room.
pub struct Rates;

/// What its measures have in common.
const COMMON: Measure =
    Measure { how: "From the weights.", form: Form::Layers, usual: true, relevant: SCALE_FREE, ..Measure::PLAIN };

impl Instrument for Rates {
    const GROUP: &'static str = "Layer by layer";
    type Found = Vec<LayerRate>;
    const ROWS: &'static [Row<Self::Found>] = &[Row {
        measure: Measure {
            name: "effective_lr",
            label: "Effective learning rate",
            noun: "the effective learning rate",
            help: "The learning rate over the squared length of the weights, whose direction alone counts before a normalization.",
            ..COMMON
        },
        read: |f, _| layers(f, |r| (&r.name, r.rate)),
    }];

    fn new(_run: &Run<f32>) -> Self {
        Rates
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(rates(now.network(), now.batch().pass.params, now.lr()))
    }
}

/// One normalization's weights.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerRate {
    /// The layer with the weights, such as `linear3`.
    pub name: String,
    /// η/‖w‖₂², w all weights of the products that the normalization reads. Missing if they are 0.
    pub rate: Option<f64>,
}

/// Every normalization that reads products and nothing else, in order; the learning rate is `lr`.
///
/// A recurrent layer's two matrices, whose sum is normalized, count as one, and once for all steps in
/// time. What reads a nonlinearity or a sum of branches has no weights to itself.
pub fn rates<F: Real>(network: &Network<F>, params: &[F], lr: f64) -> Vec<LayerRate> {
    let nodes = network.nodes();
    let tensors = network.layout().params.tensors();
    // By normalization. The first step in time has no state to multiply: a later one knows all weights.
    let mut rates: Vec<(&str, LayerRate)> = Vec::new();
    for node in nodes.iter().filter(|node| node.part == Part::Norm) {
        let Source::Node(j) = node.from else { continue };
        let read: Vec<_> = std::iter::once(&nodes[j]).chain(nodes[j].plus.map(|k| &nodes[k])).collect();
        // A sum that goes on from branch to branch has more in it than these products.
        let further = nodes[j].plus.is_some_and(|k| nodes[k].plus.is_some());
        if further || read.iter().any(|n| n.part != Part::Linear) {
            continue;
        }
        let names: Vec<&str> = read.iter().map(|n| timeless(&n.name)).collect();
        let weights = names.iter().filter_map(|name| {
            let own = tensors.iter().find(|t| t.name.strip_suffix(".weight") == Some(name));
            own.map(|t| dot(&params[t.range.clone()], &params[t.range.clone()]))
        });
        let rate = LayerRate { name: names[0].to_owned(), rate: finite(lr / weights.sum::<f64>()) };
        let norm = timeless(&node.name);
        match rates.iter_mut().find(|(of, _)| *of == norm) {
            Some((_, last)) => *last = rate,
            None => rates.push((norm, rate)),
        }
    }
    rates.into_iter().map(|(_, rate)| rate).collect()
}

/// `rnn1.hidden` of `step3.rnn1.hidden`.
fn timeless(name: &str) -> &str {
    match name.split_once('.') {
        Some((step, rest)) if step.strip_prefix("step").is_some_and(|t| t.parse::<usize>().is_ok()) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::{Init, State};
    use crate::nn::model::{Architecture, Family, Input, Order};
    use crate::nn::norm::Norm;

    fn of(change: impl Fn(&mut Architecture)) -> Vec<(String, f64)> {
        let mut plan = Architecture::new(Input::Sequence { length: 4, channels: 3 }, 2, 5);
        (plan.width, plan.norm) = (4, Norm::Batch);
        change(&mut plan);
        let network = plan.build::<f64>();
        let mut state = State::<f64>::initial(network.layout(), Init::He, 0.0, 3);
        state.params.fill(0.5);
        rates(&network, &state.params, 1.0).into_iter().map(|r| (r.name, r.rate.unwrap())).collect()
    }

    /// All weights are ½: the square of n of them is n/4.
    #[test]
    fn weights_in_front_of_a_norm_and_no_others() {
        let named = |name: &str, weights: f64| (name.to_owned(), 4.0 / weights);
        let mlp = |plan: &mut Architecture| plan.input = Input::Vector(3);
        assert_eq!(of(mlp), [named("linear1", 12.0), named("linear2", 16.0)]);
        let after = |plan: &mut Architecture| (plan.input, plan.order) = (Input::Vector(3), Order::After);
        assert_eq!(of(after), []);
        let none = |plan: &mut Architecture| (plan.input, plan.norm) = (Input::Vector(3), Norm::None);
        assert_eq!(of(none), []);
        let rnn = |plan: &mut Architecture| (plan.family, plan.norm) = (Family::Rnn, Norm::Layer);
        assert_eq!(of(rnn), [named("rnn1.hidden", 28.0), named("rnn2.hidden", 32.0)]);
        let transformer = |plan: &mut Architecture| plan.family = Family::Transformer;
        assert_eq!(of(transformer), [], "its norms read sums of branches");
    }

    #[test]
    fn steps_in_time_are_cut_off() {
        assert_eq!(timeless("step12.rnn1.hidden"), "rnn1.hidden");
        assert_eq!(timeless("block1.attention.qkv"), "block1.attention.qkv");
        assert_eq!(timeless("linear1"), "linear1");
    }
}
