//! Convolutional networks against PyTorch's; `cnn.py` made what is compared with.

use crate::fixture::{Case, Fixture};
use crate::{Worst, classes};
use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::nn::layer::{Pass, Statistics};
use normlab::nn::model::{Architecture, Bias, Family, Input, Padding, Shrink};
use normlab::nn::network::{Network, Workspace};
use std::collections::BTreeSet;

pub fn network<F: Real>(fixture: &Fixture, case: &Case) -> Network<F> {
    let input = Input::Image { side: case.whole("side"), channels: 1 };
    let mut plan = Architecture::new(input, classes(fixture), case.whole("batch"));
    (plan.family, plan.head_norm) = (Family::Cnn, true);
    (plan.depth, plan.width, plan.head) = (case.whole("depth"), case.whole("width"), case.whole("head"));
    (plan.padding, plan.shrink) = (case.choice("padding"), case.choice("shrink"));
    (plan.activation, plan.norm, plan.order) = (case.choice("activation"), case.choice("norm"), case.choice("order"));
    if case.text("order") == "after" {
        plan.bias = Bias::On;
    }
    plan.site.groups = case.whole("groups");
    assert_eq!(plan.check(), Ok(()), "{case}");
    plan.build()
}

/// Logits, loss, every gradient and running statistics of a training pass, then of an evaluation with them.
#[test]
fn convolutional_networks_in_double_precision() {
    let fixture = Fixture::read("cnn");
    let (mut forward, mut backward, mut statistics) = (Worst::default(), Worst::default(), Worst::default());
    let mut covered = BTreeSet::new();
    for case in &fixture.cases {
        let net = network::<f64>(&fixture, case);
        let layout = net.layout();
        let start = case.state::<f64>("start", layout);
        let running = case.text("norm") == "batch";
        let end = if running { case.state::<f64>("end", layout) } else { start.clone() };
        let (images, labels) = fixture.batch::<f64>(&case.batches()[0]);
        // Smaller images are the first pixels of larger ones.
        let pixels = net.input().len();
        let x: Vec<f64> = images.chunks(fixture.x.shape[1]).flat_map(|i| i[..pixels].to_vec()).collect();
        let mut work = Workspace::to_train(&net, labels.len());
        let passes = [("train", &start.buffers, Statistics::Batch), ("eval", &end.buffers, Statistics::Running)];
        for (mode, buffers, used) in passes.into_iter().take(if running { 2 } else { 1 }) {
            let pass = Pass::evaluation(&start.params, buffers, labels.len(), used);
            let mut gradient = vec![0.0; start.params.len()];
            let score = net.gradient(&pass, &x, &labels, &mut work, &mut gradient, |_, _| {});
            if used == Statistics::Batch {
                let mut buffers = start.buffers.clone();
                net.update_buffers(&work, &mut buffers, false);
                statistics.compare_each(&case.to_string(), &layout.buffers, &buffers, &end.buffers);
            }
            let logits = net.forward(&pass, &x, &mut work);
            let name = format!("{case}, {mode}");
            forward.compare(&format!("{name}: logits"), logits, case.values(&format!("{mode}.logits")));
            forward.compare(&format!("{name}: loss"), &[score.loss], case.values(&format!("{mode}.loss")));
            let theirs = case.params(&format!("{mode}.gradient"), layout);
            backward.compare_each(&name, &layout.params, &gradient, &theirs);
        }
        covered.insert(["norm", "padding", "shrink"].map(|key| case.text(key).to_owned()));
    }
    for norm in ["none", "batch", "layer", "group", "instance", "rms"] {
        for padding in Padding::ALL {
            for shrink in Shrink::ALL {
                let key = [norm, padding.choice().name, shrink.choice().name].map(str::to_owned);
                assert!(covered.contains(&key), "{key:?} has no fixture");
            }
        }
    }
    forward.assert_below("f64 logits and losses of convolutional networks", 1e-12);
    backward.assert_below("f64 gradients of convolutional networks", 1e-9);
    statistics.assert_below("f64 running statistics of convolutional networks", 1e-12);
}
