//! Whatever leaves the finite range is noticed at the step where it does, at its place.
//!
//! The judge is the same step in double precision, where nothing overflows: what does not fit single
//! precision there must have ended the run here, and what is far from its limits must not.

use crate::cases::standardizing;
use crate::common::combinations::{combinations, small};
use crate::common::{Alone, site};
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::kernels::Real;
use normlab::nn::activation::Activation;
use normlab::nn::init::State;
use normlab::nn::layer::Statistics;
use normlab::nn::layout::{Layout, Role, Tensor};
use normlab::nn::model::Order;
use normlab::nn::network::{Part, Workspace};
use normlab::nn::norm::{Norm, Site};
use normlab::optim::Optimizer;
use normlab::rng::Stream;
use normlab::run::Run;

/// Every family with every normalization that can stand in it.
fn configurations() -> Vec<Config> {
    combinations(Config { lr: 0.01, warmup: 2, ..small() })
}

fn started(config: Config, steps: usize) -> Run<f32> {
    let mut run = Run::new(config).expect("a run");
    for _ in 0..steps {
        run.step();
        assert_eq!(run.divergence(), None, "{config:?}");
    }
    run
}

/// The run goes on from the state that `change` makes of its own; the place at which the next step ends it.
fn next_step(run: &mut Run<f32>, change: impl FnOnce(&Layout, &mut State<f32>)) -> Option<String> {
    let mut state = run.state().clone();
    change(run.network().layout(), &mut state);
    run.start_from(state);
    let step = run.steps() + 1;
    run.step();
    let gone = run.divergence().cloned();
    assert!(gone.as_ref().is_none_or(|gone| gone.step == step));
    gone.map(|gone| gone.layer)
}

fn weights(layout: &Layout) -> Vec<Tensor> {
    let product = |t: &&Tensor| matches!(t.role, Role::Weight { .. } | Role::Embedding);
    layout.params.tensors().iter().filter(product).cloned().collect()
}

fn largest<F: Real>(values: &[F]) -> f64 {
    values.iter().map(|v| v.to_f64().abs()).fold(0.0, f64::max)
}

/// The largest number that a step meets in double precision, and the same without the optimizer's squares.
struct Met {
    activation: f64,
    update: f64,
    square: f64,
}

fn in_double_precision(config: Config, steps: usize, state: &State<f32>) -> Met {
    let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
    let mut run = Run::<f64>::new(config).expect("a run");
    for _ in 0..steps {
        run.step();
    }
    run.start_from(State { params: wide(&state.params), buffers: wide(&state.buffers) });
    let network = run.network();
    let mut work = Workspace::to_train(network, config.batch);
    let mut gradient = vec![0.0; state.params.len()];
    let (x, y) = run.batch();
    network.gradient(&run.next_pass(), x, y, &mut work, &mut gradient, |_, _| {});
    let activation = (0..network.nodes().len()).map(|i| largest(work.value(i))).fold(0.0, f64::max);
    run.step();
    let update = largest(&run.state().params).max(largest(&run.state().buffers)).max(largest(&gradient));
    Met { activation, update, square: largest(&gradient).powi(2) }
}

#[test]
fn what_does_not_fit_ends_the_run_at_that_step_and_nothing_else_does() {
    let mut stream = Stream::new(9, "overflow");
    let (mut overflows, mut squares, mut healthy) = (0, 0, 0);
    for config in configurations() {
        for &optimizer in Optimizer::ALL {
            for _ in 0..4 {
                let at = |n: usize, stream: &mut Stream| stream.between(0.0, n as f64) as usize;
                let activation = Activation::ALL[at(Activation::ALL.len(), &mut stream)];
                let config = Config { optimizer, activation, ..config };
                let steps = at(3, &mut stream);
                let mut run = started(config, steps);
                let scales: Vec<f32> = (0..100).map(|_| 10f32.powf(stream.between(-3.0, 14.0) as f32)).collect();
                let mut planted = run.state().clone();
                let place = next_step(&mut run, |layout, state| {
                    for (tensor, scale) in weights(layout).into_iter().zip(scales) {
                        state.params[tensor.range].iter_mut().for_each(|w| *w *= scale);
                    }
                    planted = state.clone();
                });
                let met = in_double_precision(config, steps, &planted);
                let moments = matches!(optimizer, Optimizer::Adam | Optimizer::AdamW);
                // A running average takes a thousandth of a square in.
                let square = moments && met.square > 1e42;
                if met.activation.max(met.update) > 1e39 || square {
                    assert!(place.is_some(), "{config:?}: {:e} {:e} {:e}", met.activation, met.update, met.square);
                    overflows += 1;
                    squares += usize::from(square && met.activation.max(met.update) < 1e38);
                } else if met.activation.max(met.update) < 1e15 {
                    assert_eq!(place, None, "{config:?}");
                    healthy += 1;
                }
                if place.is_none() {
                    assert!(largest(&run.state().values()).is_finite(), "{config:?}");
                }
            }
        }
    }
    println!("{overflows} overflows, {squares} of squares alone, {healthy} healthy");
    assert!(overflows > 50 && squares > 5 && healthy > 100, "{overflows} {squares} {healthy}");
}

/// Inputs of 10²⁵ fit; their squares do not, and 1/√∞ = 0 would make β of every one.
#[test]
fn a_statistic_that_overflows_is_named_at_its_layer() {
    let mut seen = 0;
    for config in configurations().into_iter().filter(|c| standardizing().contains(&c.norm)) {
        for order in [Order::Before, Order::After] {
            let config = Config { order, ..config };
            if !config.check().is_empty() {
                continue;
            }
            let mut run = started(config, 2);
            let first = run.network().nodes().iter().find(|n| n.part == Part::Norm).map(|n| n.name.clone());
            let place = next_step(&mut run, |layout, state| {
                for tensor in weights(layout).into_iter().take(1) {
                    state.params[tensor.range].iter_mut().for_each(|w| *w *= 1e25);
                }
            });
            assert_eq!(place, first, "{config:?}");
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn a_parameter_or_statistic_that_is_not_finite_ends_the_run_at_once() {
    let mut stream = Stream::new(4, "planted");
    for config in configurations() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut run = started(config, 1);
            let place = next_step(&mut run, |_, state| {
                let i = stream.between(0.0, state.params.len() as f64) as usize;
                state.params[i] = value;
            });
            assert!(place.is_some(), "{config:?}");

            let kept = run.network().layout().buffers.clone();
            let statistics: Vec<&Tensor> = kept.tensors().iter().filter(|t| t.role != Role::Count).collect();
            let Some(&tensor) = statistics.get(stream.between(0.0, statistics.len() as f64) as usize) else { continue };
            let plant = |state: &mut State<f32>| state.buffers[tensor.range.end - 1] = value;
            // Batch renormalization looks at them before they are updated.
            let place = next_step(&mut started(config, 2), |_, state| plant(state)).unwrap_or_default();
            assert!(place == tensor.name || config.norm == Norm::Renorm && !place.is_empty(), "{config:?}: {place}");
            let frozen = next_step(&mut started(Config { freeze: 3, ..config }, 2), |_, state| plant(state));
            let (place, node) = (frozen.unwrap_or_default(), tensor.name.rsplit_once('.').map_or("", |n| n.0));
            assert!(place == node || place.ends_with(&format!(".{node}")), "{config:?}: {place} for {node}");
        }
    }
}

/// With ε = 0 a constant has no standardized value, and PyTorch gives NaN: so does every layer here, and the
/// run ends at it.
#[test]
fn without_epsilon_a_constant_is_named_at_its_layer() {
    for norm in standardizing() {
        let site = Site { eps: Some(0.0), ..site(3, 8, 2, 4) };
        if norm.check(&site).is_err() {
            continue;
        }
        let constant = if norm == Norm::Rms { 0.0 } else { 5.0 };
        let (y, _) = Alone::<f32>::norm(norm, &site).forward(&[constant; 3 * 8 * 4]);
        assert!(y.iter().all(|y| y.is_nan()), "{norm:?}: {y:?}");
    }
    for config in configurations().into_iter().filter(|c| standardizing().contains(&c.norm)) {
        let mut run = started(Config { eps: Some(0.0), activation: Activation::Tanh, ..config }, 0);
        let first = run.network().nodes().iter().find(|n| n.part == Part::Norm).map(|n| n.name.clone());
        let place = next_step(&mut run, |_, state| state.params.fill(0.0));
        assert_eq!(place, first, "{config:?}");
    }
}

/// At inference, on a landscape, in a probe: what has no finite variance has no output that looks like one.
#[test]
fn no_layer_makes_shifts_of_an_overflow() {
    for norm in standardizing() {
        let mut stream = Stream::new(2, "huge");
        let mut alone = Alone::<f32>::norm(norm, &site(3, 8, 2, 4));
        let x: Vec<f32> = (0..3 * 8 * 4).map(|_| (stream.normal() * 1e25) as f32).collect();
        assert!(alone.forward(&x).0.iter().all(|y| y.is_nan()), "{norm:?}");
        for statistics in [Statistics::Running, Statistics::Blended(0.5)] {
            let Some(running) = alone.layer.running_statistics() else { continue };
            alone.state.buffers[running.variance].fill(f32::INFINITY);
            alone.statistics = statistics;
            assert!(alone.forward(&[1.0; 3 * 8 * 4]).0.iter().all(|y| y.is_nan()), "{norm:?}");
        }
    }
    for &activation in Activation::ALL {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let layer = Box::new(normlab::nn::activation::Nonlinearity::new(activation, 1));
            let alone = Alone::<f32>::new(layer, Layout::default(), 1, &mut Stream::new(1, ""));
            assert!(!alone.forward(&[value]).0[0].is_finite(), "{activation:?} of {value}");
        }
    }
}
