//! The engine against PyTorch: forward, every gradient, buffers and whole trainings.
//!
//! `make_fixtures.py`, beside this file, made what is compared with. Errors are relative and by
//! tensor: ‖ours − theirs‖ / ‖theirs‖. With `--nocapture` each test prints its largest.

#![allow(clippy::unwrap_used)] // a broken fixture fails the test, as it should

mod adain;
mod cnn;
#[path = "../common/mod.rs"]
mod common;
mod curvature;
mod families;
mod fixture;
mod layers;
mod probes;
mod sequences;
mod weights;

use fixture::{Case, Fixture};
use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::nn::activation::Activation;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::layout::Table;
use normlab::nn::network::{Network, Workspace};
use normlab::optim::{Optimizer, Updater};
use std::collections::BTreeSet;

/// The normalizations that PyTorch has and a fully connected network can hold.
const NORMS: [&str; 5] = ["none", "batch", "layer", "group", "rms"];

/// The largest error so far, and where it was.
#[derive(Default)]
struct Worst {
    error: f64,
    place: String,
}

impl Worst {
    /// Takes in one tensor. Where PyTorch has zeros, nothing else will do.
    fn compare<F: Real>(&mut self, place: &str, ours: &[F], theirs: &[F]) {
        assert_eq!(ours.len(), theirs.len(), "{place}");
        let (mut off, mut size) = (0.0, 0.0);
        for (a, b) in ours.iter().zip(theirs) {
            off += (a.to_f64() - b.to_f64()).powi(2);
            size += b.to_f64().powi(2);
        }
        let error = if off == 0.0 { 0.0 } else { (off / size).sqrt() };
        if error > self.error || error.is_nan() {
            *self = Worst { error, place: place.to_owned() };
        }
    }

    fn compare_each<F: Real>(&mut self, place: &str, table: &Table, ours: &[F], theirs: &[F]) {
        for t in table.tensors() {
            self.compare(&format!("{place}: {}", t.name), &ours[t.range.clone()], &theirs[t.range.clone()]);
        }
    }

    fn assert_below(&self, what: &str, bound: f64) {
        println!("{what}: largest relative error {:.1e} ({})", self.error, self.place);
        assert!(self.error < bound, "{what}: {:e} at {}", self.error, self.place);
    }
}

fn classes(fixture: &Fixture) -> usize {
    fixture.labels.iter().max().map_or(0, |&c| c as usize + 1)
}

fn network<F: Real>(fixture: &Fixture, case: &Case) -> Network<F> {
    case.network(fixture.x.shape[1], classes(fixture))
}

#[test]
fn logits_loss_and_every_gradient_in_double_precision() {
    let fixture = Fixture::read("gradients");
    let (mut forward, mut backward) = (Worst::default(), Worst::default());
    let mut covered = BTreeSet::new();
    for case in &fixture.cases {
        let net = network::<f64>(&fixture, case);
        let state = case.state::<f64>("start", net.layout());
        let (x, labels) = fixture.batch::<f64>(&case.batches()[0]);
        let pass = Pass::training(&state.params, &state.buffers, labels.len(), Draw::default());
        let mut work = Workspace::to_train(&net, labels.len());
        let mut gradient = vec![0.0; state.params.len()];
        let score = net.gradient(&pass, &x, &labels, &mut work, &mut gradient, |_, _| {});
        let logits = net.forward(&pass, &x, &mut work);
        forward.compare(&format!("{case}: logits"), logits, case.values("logits"));
        forward.compare(&format!("{case}: loss"), &[score.loss], case.values("loss"));
        let theirs = case.params("gradient", net.layout());
        backward.compare_each(&case.to_string(), &net.layout().params, &gradient, &theirs);
        covered.insert((case.text("norm").to_owned(), case.text("activation").to_owned(), case.whole("batch")));
    }
    for norm in NORMS {
        for activation in Activation::ALL {
            for batch in [2, 3, 7, 16] {
                let key = (norm.to_owned(), activation.choice().name.to_owned(), batch);
                assert!(covered.contains(&key), "{key:?} has no fixture");
            }
        }
    }
    forward.assert_below("f64 logits and losses", 1e-12);
    backward.assert_below("f64 gradients", 1e-9);
}

/// Trains on the case's batches; the parameters and buffers at the end, and each step's loss.
fn train<F: Real>(fixture: &Fixture, case: &Case, net: &Network<F>) -> (Vec<F>, Vec<F>, Vec<f64>) {
    let mut state = case.state::<F>("start", net.layout());
    let mut updater = Updater::new(case.rule(), state.params.len());
    let mut work = Workspace::to_train(net, case.whole("batch"));
    let mut gradient = vec![F::ZERO; state.params.len()];
    let mut losses = Vec::new();
    for indices in case.batches() {
        let (x, labels) = fixture.batch(&indices);
        gradient.fill(F::ZERO);
        let pass = Pass::training(&state.params, &state.buffers, labels.len(), Draw::default());
        losses.push(net.gradient(&pass, &x, &labels, &mut work, &mut gradient, |_, _| {}).loss);
        net.update_buffers(&work, &mut state.buffers, false);
        updater.step(&mut state.params, &gradient);
    }
    (state.params, state.buffers, losses)
}

#[test]
fn running_statistics_and_evaluation_with_them() {
    let fixture = Fixture::read("buffers");
    let (mut statistics, mut evaluation) = (Worst::default(), Worst::default());
    for case in &fixture.cases {
        let net = network::<f64>(&fixture, case);
        let end = case.state::<f64>("end", net.layout());
        let (params, buffers, _) = train(&fixture, case, &net);
        statistics.compare_each(&case.to_string(), &net.layout().buffers, &buffers, &end.buffers);
        statistics.compare_each(&case.to_string(), &net.layout().params, &params, &end.params);

        let all: Vec<u32> = (0..fixture.labels.len() as u32).collect();
        let (x, labels) = fixture.batch::<f64>(&all);
        let pass = Pass::evaluation(&params, &buffers, labels.len(), Statistics::Running);
        let logits = net.forward(&pass, &x, &mut Workspace::to_evaluate(&net, labels.len())).to_vec();
        let mut gradient = vec![0.0; params.len()];
        let mut work = Workspace::to_train(&net, labels.len());
        let score = net.gradient(&pass, &x, &labels, &mut work, &mut gradient, |_, _| {});
        evaluation.compare(&format!("{case}: logits"), &logits, case.values("eval.logits"));
        evaluation.compare(&format!("{case}: loss"), &[score.loss], case.values("eval.loss"));
        let theirs = case.params("eval.gradient", net.layout());
        evaluation.compare_each(&case.to_string(), &net.layout().params, &gradient, &theirs);
    }
    let momenta: BTreeSet<String> = fixture.cases.iter().map(|c| format!("{:?}", c.maybe("stat_momentum"))).collect();
    assert!(momenta.contains("None") && momenta.contains("Some(0.1)"), "{momenta:?}");
    statistics.assert_below("f64 buffers and parameters after training", 1e-9);
    evaluation.assert_below("f64 evaluation with running statistics", 1e-9);
}

/// Losses, step by step, then parameters and buffers at the end.
fn follow<F: Real>(name: &str, losses_below: f64, end_below: f64) {
    let fixture = Fixture::read("trajectories");
    let (mut losses, mut end) = (Worst::default(), Worst::default());
    for case in &fixture.cases {
        let net = network::<F>(&fixture, case);
        let (params, buffers, ours) = train(&fixture, case, &net);
        let theirs = case.values(&format!("{name}.losses"));
        assert_eq!(ours.len(), theirs.len());
        for (step, (a, b)) in ours.iter().zip(theirs).enumerate() {
            losses.compare(&format!("{case}: step {}", step + 1), &[*a], &[*b]);
        }
        let state = case.state::<F>(&format!("{name}.end"), net.layout());
        end.compare_each(&case.to_string(), &net.layout().params, &params, &state.params);
        end.compare_each(&case.to_string(), &net.layout().buffers, &buffers, &state.buffers);
    }
    losses.assert_below(&format!("{name} losses of whole trainings"), losses_below);
    end.assert_below(&format!("{name} parameters and buffers at their end"), end_below);
}

#[test]
fn whole_trainings_in_single_precision() {
    follow::<f32>("f32", 1e-4, 1e-4);
}

/// Tight enough to see a wrong constant that single precision would hide, Adam's ε for one.
#[test]
fn whole_trainings_in_double_precision() {
    follow::<f64>("f64", 1e-9, 1e-9);
}

#[test]
fn every_normalization_trains_with_every_optimizer() {
    let fixture = Fixture::read("trajectories");
    for norm in NORMS {
        for optimizer in Optimizer::ALL {
            let same = |c: &&Case| c.text("norm") == norm && c.choice::<Optimizer>("optimizer") == *optimizer;
            let decays: Vec<bool> = fixture.cases.iter().filter(same).map(|c| c.real("weight_decay") > 0.0).collect();
            assert!(decays.contains(&true) && decays.contains(&false), "{norm} with {optimizer:?}");
        }
    }
}
