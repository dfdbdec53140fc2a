//! The layers of sequence models, and whole ones.

use super::{Net, assert_close, check_alone, check_directions, dot, slope};
use crate::common::{Alone, normal};
use normlab::choice::Choices;
use normlab::nn::activation::Activation;
use normlab::nn::attention::Attention;
use normlab::nn::embedding::Embedding;
use normlab::nn::layer::{Shape, Statistics};
use normlab::nn::layout::Layout;
use normlab::nn::linear::Linear;
use normlab::nn::model::{Architecture, Bias, Family, Input, Order, Placement};
use normlab::nn::norm::{Norm, OverTime};
use normlab::nn::position::Positions;
use normlab::nn::step::Step;
use normlab::rng::Stream;

/// Positions, channels, batch.
const SHAPES: [(usize, usize, usize); 4] = [(1, 3, 4), (4, 1, 3), (5, 6, 2), (3, 9, 1)];

#[test]
fn one_step_of_a_sequence() {
    let mut stream = Stream::new(1, "step");
    for (positions, channels, batch) in SHAPES {
        for t in 0..positions {
            let step = Step::new(Shape { positions, channels }, t);
            let alone = Alone::new(Box::new(step), Layout::default(), batch, &mut stream);
            check_alone(alone, batch * positions * channels, batch * channels, &format!("step {t}"), &mut stream);
        }
    }
}

#[test]
fn positions() {
    let mut stream = Stream::new(1, "positions");
    for (positions, channels, batch) in SHAPES {
        let mut layout = Layout::default();
        let layer = Positions::new(&mut layout, "positions", Shape { positions, channels });
        let n = batch * positions * channels;
        check_alone(Alone::new(Box::new(layer), layout, batch, &mut stream), n, n, "positions", &mut stream);
    }
}

#[test]
fn attention() {
    let mut stream = Stream::new(1, "attention");
    for (length, width, heads, batch) in [(1, 3, 1, 2), (4, 6, 2, 3), (5, 4, 4, 1), (3, 9, 1, 2), (7, 20, 2, 1)] {
        let layer = Attention::new(length, width, heads);
        let alone = Alone::new(Box::new(layer), Layout::default(), batch, &mut stream);
        let n = batch * length * width;
        check_alone(alone, 3 * n, n, &format!("{heads} heads of {length} × {width}"), &mut stream);
    }
}

/// Tokens cannot be moved a little, so only the table is; some tokens come twice, one never.
#[test]
fn embeddings() {
    let mut stream = Stream::new(1, "embedding");
    let mut layout = Layout::default();
    let layer = Embedding::new(&mut layout, "embedding", 5, 3);
    let mut alone = Alone::<f64>::new(Box::new(layer), layout, 3, &mut stream);
    let (x, r) = ([0.0, 4.0, 2.0, 2.0, 1.0, 4.0], normal::<f64>(18, &mut stream));
    let before: Vec<f64> = normal(15, &mut stream);
    let mut gradient = before.clone();
    assert_eq!(alone.backward(&x, &r, &mut gradient), [0.0; 6]);
    for i in 0..15 {
        let value = alone.state.params[i];
        let want = slope(|h| {
            alone.state.params[i] = value + h;
            dot(&alone.forward_to(&x, 18).0, &r)
        });
        alone.state.params[i] = value;
        assert_close(gradient[i] - before[i], want, want.abs(), &format!("gradient[{i}]"));
        assert_eq!(want == 0.0, (9..12).contains(&i), "token 3 never comes");
    }
}

/// The bias of another product, and names of its own.
#[test]
fn linear_layers_with_borrowed_parts() {
    let mut stream = Stream::new(1, "borrowed");
    let mut layout = Layout::default();
    let other = Linear::new(&mut layout, "hidden", 4, 3, true);
    let layer = Linear::named(&mut layout, "in_weight".into(), None, 2, 3).with_bias_of(&other);
    let names: Vec<&str> = layout.params.tensors().iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["hidden.weight", "hidden.bias", "in_weight"]);
    check_alone(Alone::new(Box::new(layer), layout, 5, &mut stream), 10, 15, "borrowed bias", &mut stream);
}

const TOKENS: Input = Input::Tokens { length: 4, vocabulary: 5, padded: false };
const ENDING_EARLY: Input = Input::Tokens { length: 4, vocabulary: 5, padded: true };
const PIXELS: Input = Input::Sequence { length: 4, channels: 3 };

/// Three classes, six channels, and what else is given.
fn plan(family: Family, input: Input, depth: usize, norm: Norm) -> Architecture {
    let mut plan = Architecture::new(input, 3, 5);
    (plan.family, plan.depth, plan.width, plan.heads) = (family, depth, 6, 2);
    (plan.norm, plan.activation) = (norm, Activation::Tanh);
    (plan.site.groups, plan.site.eps) = (2, Some(0.01));
    plan.site.masked = input == ENDING_EARLY;
    plan
}

/// Every plan that can be built, in training and in evaluation.
fn check_plans(plans: impl Iterator<Item = Architecture>) {
    let mut checked = std::collections::BTreeSet::new();
    for plan in plans.filter(|plan| plan.check().is_ok()) {
        for statistics in [Statistics::Batch, Statistics::Running] {
            let name = format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {statistics:?}",
                plan.family, plan.norm, plan.order, plan.placement, plan.bias, plan.site.over_time, plan.input
            );
            let mut stream = Stream::new(1, &name);
            check_directions(&Net::of(&plan, statistics, &mut stream), &name, &mut stream);
        }
        checked.insert(plan.norm.choice().name);
    }
    for norm in ["none", "batch", "layer", "group", "rms"] {
        assert!(checked.contains(norm), "{norm} was never built");
    }
}

#[test]
fn recurrent_networks() {
    let plans = Norm::ALL.iter().flat_map(|&norm| {
        let cases = [
            (TOKENS, Order::Before, 1),
            (ENDING_EARLY, Order::Before, 2),
            (PIXELS, Order::Before, 2),
            (PIXELS, Order::After, 1),
        ];
        cases.into_iter().flat_map(move |(input, order, depth)| {
            OverTime::ALL.iter().map(move |&over_time| {
                let mut plan = plan(Family::Rnn, input, depth, norm);
                (plan.order, plan.site.over_time) = (order, over_time);
                plan
            })
        })
    });
    check_plans(plans);
}

#[test]
fn transformers() {
    let plans = Norm::ALL.iter().flat_map(|&norm| {
        Placement::ALL.iter().flat_map(move |&placement| {
            let cases = [
                (TOKENS, OverTime::Pooled, Bias::Auto),
                (ENDING_EARLY, OverTime::Pooled, Bias::Auto),
                (PIXELS, OverTime::Step, Bias::Off),
            ];
            cases.into_iter().map(move |(input, over_time, bias)| {
                let mut plan = plan(Family::Transformer, input, 2, norm);
                (plan.placement, plan.bias, plan.site.over_time) = (placement, bias, over_time);
                plan.activation = Activation::Gelu;
                plan
            })
        })
    });
    check_plans(plans);
}
