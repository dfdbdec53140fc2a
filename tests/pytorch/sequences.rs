//! The recurrent network and the transformer: `sequences.py`, beside this file, made what is compared with.

use crate::Worst;
use crate::fixture::{Case, Fixture};
use normlab::kernels::Real;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::model::{Architecture, Family, Input};
use normlab::nn::network::{Network, Workspace};
use normlab::optim::{Optimizer, Rule, Updater};
use std::collections::BTreeSet;

pub fn network<F: Real>(case: &Case, input: Input) -> Network<F> {
    let mut plan = Architecture::new(input, 3, case.whole("batch"));
    plan.family = case.choice("model");
    (plan.depth, plan.width, plan.heads) = (case.whole("depth"), case.whole("width"), case.whole("heads"));
    (plan.activation, plan.norm) = (case.choice("activation"), case.choice("norm"));
    (plan.order, plan.placement) = (case.choice("order"), case.choice("placement"));
    (plan.site.groups, plan.site.over_time) = (case.whole("groups"), case.choice("over_time"));
    assert_eq!(plan.check(), Ok(()), "{case}");
    plan.build()
}

/// A bias in front of BatchNorm has gradient 0, of which each engine makes rounding errors of its own.
fn without_noise(gradient: &[f64]) -> Vec<f64> {
    gradient.iter().map(|&g| if g.abs() < 1e-14 { 0.0 } else { g }).collect()
}

/// First gradient, losses, parameters and buffers after training, then evaluation.
fn compare(name: &str, input: Input) {
    let fixture = Fixture::read(name);
    let [mut gradients, mut training, mut evaluation] = [(); 3].map(|()| Worst::default());
    let mut covered = BTreeSet::new();
    for case in &fixture.cases {
        let net = network::<f64>(case, input);
        let layout = net.layout();
        let mut state = case.state::<f64>("start", layout);
        let mut work = Workspace::to_train(&net, case.whole("batch"));
        let rule = Rule { optimizer: Optimizer::Sgd, lr: 0.1, momentum: 0.0, weight_decay: 0.0 };
        let mut updater = Updater::new(rule, state.params.len());
        let mut losses = Vec::new();
        for (step, indices) in case.batches().iter().enumerate() {
            let (x, labels) = fixture.batch(indices);
            let mut gradient = vec![0.0; state.params.len()];
            let pass = Pass::training(&state.params, &state.buffers, labels.len(), Draw::default());
            losses.push(net.gradient(&pass, &x, &labels, &mut work, &mut gradient, |_, _| {}).loss);
            if step == 0 {
                let theirs = without_noise(&case.params("gradient", layout));
                gradients.compare_each(&case.to_string(), &layout.params, &without_noise(&gradient), &theirs);
            }
            net.update_buffers(&work, &mut state.buffers, false);
            updater.step(&mut state.params, &gradient);
        }
        training.compare(&format!("{case}: losses"), &losses, case.values("losses"));
        let end = case.state::<f64>("end", layout);
        training.compare_each(&case.to_string(), &layout.params, &state.params, &end.params);
        training.compare_each(&case.to_string(), &layout.buffers, &state.buffers, &end.buffers);

        let all: Vec<u32> = (0..fixture.labels.len() as u32).collect();
        let (x, _) = fixture.batch::<f64>(&all);
        let pass = Pass::evaluation(&state.params, &state.buffers, all.len(), Statistics::Running);
        let mut work = Workspace::to_evaluate(&net, all.len());
        evaluation.compare(&case.to_string(), net.forward(&pass, &x, &mut work), case.values("eval.logits"));
        let side = if case.choice::<Family>("model") == Family::Rnn { "order" } else { "placement" };
        covered.insert(["model", "norm", "over_time", side].map(|key| case.text(key).to_owned()));
    }
    for family in ["rnn", "transformer"] {
        for side in if family == "rnn" { ["before", "after"] } else { ["pre", "post"] } {
            for (norm, over_time) in [("none", "pooled"), ("batch", "pooled"), ("batch", "step"), ("layer", "pooled")] {
                let key = [family, norm, over_time, side].map(str::to_owned);
                assert!(covered.contains(&key), "{key:?} has no fixture in {name}");
            }
        }
    }
    gradients.assert_below(&format!("{name}: gradients"), 1e-9);
    training.assert_below(&format!("{name}: losses, parameters and buffers"), 1e-9);
    evaluation.assert_below(&format!("{name}: evaluation"), 1e-9);
}

#[test]
fn sequences_of_pixels() {
    compare("pixels", Input::Sequence { length: 5, channels: 3 });
}

#[test]
fn sequences_of_tokens() {
    compare("tokens", Input::Tokens { length: 5, vocabulary: 6, padded: false });
}
