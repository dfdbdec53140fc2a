//! Every family with every normalization and both kinds of optimizer; `families.py` made what is compared
//! with, and says what the rows of four numbers are and which zero gradients are kept from AdamW.

use crate::Worst;
use crate::fixture::{self, Case};
use normlab::choice::Choices;
use normlab::config::{Config, fields};
use normlab::data::Split;
use normlab::kernels::Real;
use normlab::nn::init::State;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::layout::{Table, Tensor};
use normlab::nn::model::Family;
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::Norm;
use normlab::nn::objective::Objective;
use normlab::optim::Optimizer;
use normlab::run::evaluate::{Evaluator, Policy};
use normlab::run::{Run, updater};
use std::collections::BTreeMap;

/// Steps between evaluations, and training samples evaluated.
const EVERY: usize = 10;
const EVALUATED: usize = 16;

/// What comes into play besides, each with both optimizers.
const SPECIAL: &[(&str, &str)] = &[
    ("over_time", "step"),
    ("order", "after"),
    ("affine", "off"),
    ("skip", "plain"),
    ("skip", "skipinit"),
    ("dropout", "0.25"),
    ("freeze", "16"),
    ("devices", "2"),
    ("power", "2"),
    ("power", "max"),
    ("stat_momentum", "cumulative"),
    ("padding", "reflect"),
    ("padding", "valid"),
    ("shrink", "keep"),
    ("shrink", "stride"),
    ("placement", "post"),
    ("loss", "mse"),
    ("shortest", "1"),
    ("shortest", "3"),
    ("masked", "off"),
    ("data", "linear"),
    ("activation", "identity"),
];

const OPTIMIZERS: [Optimizer; 2] = [Optimizer::Momentum, Optimizer::AdamW];

/// A file's cases and their configurations, which must be ones that can be trained.
pub fn cases(file: &str) -> Vec<(Case, Config)> {
    let with_configuration = |case: Case| {
        let mut config = Config::default();
        for setting in case.text("settings").split(' ') {
            let (key, value) = setting.split_once('=').unwrap();
            fields::set(&mut config, key, value).unwrap();
        }
        assert_eq!(config.check(), [], "{case}");
        (case, config)
    };
    fixture::read(file).0.into_iter().map(with_configuration).collect()
}

/// The tensors' norms and their products with three directions.
pub fn digest<F: Real>(values: &BTreeMap<&str, &[F]>) -> Vec<f64> {
    let row = |values: &[F]| {
        let product = |k: usize| values.iter().zip(1..).map(|(v, i)| v.to_f64() * ((k * i) as f64).sin()).sum::<f64>();
        let norm = values.iter().map(|v| v.to_f64().powi(2)).sum::<f64>().sqrt();
        [norm, product(1), product(2), product(3)]
    };
    values.values().flat_map(|values| row(values)).collect()
}

/// By name, in whose order the file has them.
pub fn by_name<'a, F>(table: &'a Table, values: &'a [F]) -> impl Iterator<Item = (&'a str, &'a [F])> {
    table.tensors().iter().map(|t: &Tensor| (&*t.name, &values[t.range.clone()]))
}

/// What a training leaves behind.
struct Trained<F> {
    network: Network<F>,
    /// Logits and gradient of the first step.
    logits: Vec<F>,
    gradient: Vec<F>,
    losses: Vec<f64>,
    evaluations: Vec<f64>,
    end: State<F>,
}

/// As many steps as the file has losses, on the first samples of each of the run's batches.
fn train<F: Real>(case: &Case, config: &Config) -> Trained<F> {
    let wide = |values: &[f32]| values.iter().map(|&v| F::of(f64::from(v))).collect::<Vec<F>>();
    // Its weights and its samples are drawn in single precision, as PyTorch was given them; its own steps
    // are taken for the order of the batches alone.
    let mut run = Run::<f32>::new(*config).unwrap();
    let mut state = State { params: wide(&run.state().params), buffers: wide(&run.state().buffers) };
    let data = Split { x: wide(&run.data().train.x), y: run.data().train.y.clone() };
    let features = run.data().features;
    let first = |n: usize| Split { x: data.x[..n * features].to_vec(), y: data.y[..n].to_vec() };

    let mut network = config.architecture().build::<F>();
    if let Some(targets) = &run.data().targets {
        network = network.towards(Objective::Values(wide(targets)));
    }
    let mut updater = updater::<F>(config, network.layout());
    let mut evaluator = Evaluator::new(&network, EVALUATED, Policy::Running);
    let sizes = case.wholes("sizes");
    let mut works: Vec<_> = sizes.iter().map(|&size| Workspace::to_train(&network, size)).collect();
    let (mut first_logits, mut first_gradient) = (vec![], vec![]);
    let (mut losses, mut evaluations) = (vec![], vec![]);
    let mut gradient = vec![F::ZERO; state.params.len()];
    for step in 1..=case.values("losses").len() {
        let turn = (step - 1) % sizes.len();
        let indices = &run.indices()[..sizes[turn]];
        let x: Vec<F> = indices.iter().flat_map(|&i| &data.x[i as usize * features..][..features]).copied().collect();
        let y: Vec<u32> = indices.iter().map(|&i| data.y[i as usize]).collect();
        let frozen = config.freeze > 0 && step >= config.freeze;
        let draw = Draw { seed: config.seed, step: step as u64 };
        let training = Pass::training(&state.params, &state.buffers, y.len(), draw);
        let pass = Pass { statistics: if frozen { Statistics::Running } else { Statistics::Batch }, ..training };
        gradient.fill(F::ZERO);
        let score = network.gradient(&pass, &x, &y, &mut works[turn], &mut gradient, |_, _| {});
        losses.push(score.loss);
        if step == 1 {
            first_gradient = gradient.clone();
            first_logits = works[turn].value(network.nodes().len() - 1)[..y.len() * network.classes()].to_vec();
        }
        if !frozen {
            network.update_buffers(&works[turn], &mut state.buffers, false);
        }
        updater.step(&mut state.params, &gradient);
        if step % EVERY == 0 {
            evaluations.push(evaluator.score(&network, &state, &first(EVALUATED)).loss);
        }
        run.step();
    }
    Trained { network, logits: first_logits, gradient: first_gradient, losses, evaluations, end: state }
}

/// Each case; what is bounded is the first step and all that follows.
fn compare<F: Real>(what: &str, [first_below, rest_below]: [f64; 2]) {
    let mut forward = Worst::default();
    let mut backward = Worst::default();
    let (mut losses, mut evaluations, mut end) = (Worst::default(), Worst::default(), Worst::default());
    for (case, config) in cases("families") {
        let ours = train::<F>(&case, &config);
        let layout = ours.network.layout();
        let logits: Vec<f64> = ours.logits.iter().map(|v| v.to_f64()).collect();
        forward.compare(&case.to_string(), &logits, case.values("logits"));
        let gradient: BTreeMap<_, _> = by_name(&layout.params, &ours.gradient).collect();
        rows(&mut backward, &case, "gradient", &gradient);
        for (name, worst, ours) in
            [("losses", &mut losses, &ours.losses), ("evaluations", &mut evaluations, &ours.evaluations)]
        {
            let theirs = case.values(name);
            assert_eq!(ours.len(), theirs.len(), "{case}");
            for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
                worst.compare(&format!("{case}: {name} {i}"), &[*a], &[*b]);
            }
        }
        let State { params, buffers } = &ours.end;
        let state = by_name(&layout.params, params).chain(by_name(&layout.buffers, buffers)).collect();
        rows(&mut end, &case, "end", &state);
    }
    forward.assert_below(&format!("{what} logits of all families"), first_below);
    backward.assert_below(&format!("{what} gradients of all families"), first_below);
    losses.assert_below(&format!("{what} losses of all families"), rest_below);
    evaluations.assert_below(&format!("{what} evaluations in between"), rest_below);
    end.assert_below(&format!("{what} parameters and buffers at the end"), rest_below);
}

/// Compares tensor by tensor.
fn rows<F: Real>(worst: &mut Worst, case: &Case, kind: &str, tensors: &BTreeMap<&str, &[F]>) {
    let (ours, theirs) = (digest(tensors), case.values(kind));
    assert_eq!(ours.len(), theirs.len(), "{case}: {kind}");
    for ((name, a), b) in tensors.keys().zip(ours.chunks(4)).zip(theirs.chunks(4)) {
        worst.compare(&format!("{case}: {kind} of {name}"), a, b);
    }
}

#[test]
fn every_family_in_double_precision() {
    compare::<f64>("f64", [1e-12, 1e-12]);
}

#[test]
fn every_family_in_single_precision() {
    compare::<f32>("f32", [2e-5, 1e-4]);
}

#[test]
fn no_combination_is_missing() {
    let cases = cases("families");
    for &optimizer in &OPTIMIZERS {
        let any = |wanted: &dyn Fn(&Config) -> bool| {
            cases.iter().any(|(_, config)| config.optimizer == optimizer && config.weight_decay > 0.0 && wanted(config))
        };
        for &model in Family::ALL {
            for &norm in Norm::ALL {
                // Refused whatever else is set: it cannot stand in that family.
                let mut configs = cases.iter().map(|(_, config)| Config { norm, model, ..*config });
                let possible = configs.any(|config| config.check().is_empty());
                let there = any(&|config| (config.model, config.norm) == (model, norm));
                assert_eq!(there, possible, "{} with {} and {optimizer:?}", model.choice().name, norm.choice().name);
            }
        }
        for (key, value) in SPECIAL {
            let there = any(&|config| fields::get(config, key).as_deref() == Some(value));
            assert!(there, "{key}={value} with {optimizer:?}");
        }
    }
    for (case, _) in &cases {
        let sizes = case.wholes("sizes");
        assert!(sizes.iter().any(|size| *size != sizes[0]), "{case}");
        assert_eq!((case.values("losses").len(), case.values("evaluations").len()), (30, 3), "{case}");
    }
}
