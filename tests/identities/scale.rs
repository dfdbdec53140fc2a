//! What a normalization makes of the scale of its input, and of the weights that feed it.

use crate::cases::{case, config, distance, same_bits, standardizing};
use crate::common::{fully_connected, normal, random_state, small};
use normlab::kernels::{Real, reduce};
use normlab::nn::activation::Activation;
use normlab::nn::init::State;
use normlab::nn::layer::{Draw, Pass};
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::Norm;
use normlab::optim::{Optimizer, Rule, Updater};
use normlab::rng::Stream;
use proptest::prelude::*;
use std::ops::Range;

fn scaled<F: Real>(x: &[F], c: f64) -> Vec<F> {
    x.iter().map(|&v| v * F::of(c)).collect()
}

/// Multiplying by a power of two rounds nothing, so not a bit of the output may change.
fn power_of_two<F: Real>(case: crate::cases::Case, power: i32) {
    let x: Vec<F> = case.input(&mut case.stream());
    for norm in standardizing() {
        if case.sets(norm)[0].len() < 2 {
            continue;
        }
        let Some(alone) = case.norm::<F>(norm, Some(0.0)) else {
            continue;
        };
        assert!(same_bits(&alone.forward(&x).0, &alone.forward(&scaled(&x, 2f64.powi(power))).0), "{norm:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn outputs_forget_the_scale_of_the_input(case in case(), c in 0.01..100.0f64) {
        let x = case.input::<f64>(&mut case.stream());
        for norm in standardizing() {
            if case.sets(norm)[0].len() < 2 {
                continue;
            }
            let Some(exact) = case.norm::<f64>(norm, Some(0.0)) else { continue };
            let want = exact.forward(&x).0;
            assert!(distance(&exact.forward(&scaled(&x, c)).0, &want) < 1e-10, "{norm:?}");
        }
    }

    #[test]
    fn powers_of_two_change_no_bit_in_double_precision(case in case(), power in -20..20i32) {
        power_of_two::<f64>(case, power);
    }

    #[test]
    fn powers_of_two_change_no_bit_in_single_precision(case in case(), power in -20..20i32) {
        power_of_two::<f32>(case, power);
    }
}

/// The normalizations of a fully connected network whose output, at ε = 0, does not depend on the scale of
/// the weights in front. Batch renormalization compares with running averages, which do not scale with the
/// weights; but its gradient, with r and d held fast, is as blind to the scale as theirs.
fn forget_scale() -> impl Iterator<Item = Norm> {
    fully_connected().filter(|norm| norm.card().scale_free && *norm != Norm::Renorm)
}

/// A network at ε = 0, with its weights before a normalization in the smallest parts that may be
/// scaled by themselves.
struct Net {
    network: Network<f64>,
    state: State<f64>,
    parts: Vec<Range<usize>>,
    x: Vec<f64>,
    labels: Vec<u32>,
}

impl Net {
    fn new(norm: Norm, groups: usize, batch: usize, seed: u32) -> Net {
        let mut stream = Stream::new(seed, "scale");
        let mut architecture = small(norm, Activation::Tanh, groups, batch);
        architecture.site.eps = Some(0.0);
        let network = architecture.build::<f64>();
        let state = random_state(network.layout(), &mut stream);
        let linear = network.layout().params.tensors().iter().filter(|t| t.name.starts_with("linear"));
        let parts = linear.flat_map(|tensor| {
            // Rows, one per unit: BatchNorm has a statistic for each, GroupNorm for some together.
            let count = match norm {
                _ if norm.has_running_statistics() => architecture.width,
                Norm::Group => groups,
                _ => 1,
            };
            let len = tensor.range.len() / count;
            (0..count).map(move |i| tensor.range.start + i * len..tensor.range.start + (i + 1) * len)
        });
        let parts = parts.collect();
        let x = normal(batch * network.input().len(), &mut stream);
        let labels = (0..batch).map(|_| stream.below(network.classes() as u32)).collect();
        Net { network, state, parts, x, labels }
    }

    fn loss_and_gradient(&self, params: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; params.len()];
        let pass = Pass::training(params, &self.state.buffers, self.labels.len(), Draw::default());
        let mut work = Workspace::to_train(&self.network, self.labels.len());
        let score = self.network.gradient(&pass, &self.x, &self.labels, &mut work, &mut gradient, |_, _| {});
        (score.loss, gradient)
    }
}

fn square(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum()
}

proptest! {
    #![proptest_config(config())]

    /// w·∇L = 0: the loss does not change along the weights' own direction.
    #[test]
    fn gradients_are_orthogonal_to_weights(groups in 1..4usize, batch in 3..8usize, seed in any::<u32>()) {
        for norm in forget_scale().chain([Norm::Renorm]) {
            let net = Net::new(norm, groups, batch, seed);
            let (_, gradient) = net.loss_and_gradient(&net.state.params);
            for part in &net.parts {
                let (w, g) = (&net.state.params[part.clone()], &gradient[part.clone()]);
                assert!(reduce::dot(w, g).abs() <= 1e-9 * (square(w) * square(g)).sqrt(), "{norm:?} {part:?}");
            }
        }
    }

    /// BN(cWu) = BN(Wu), and ∇L(cw) = ∇L(w)/c.
    #[test]
    fn scaled_weights_compute_the_same_with_gradients_scaled_back(
        groups in 1..4usize, batch in 3..8usize, seed in any::<u32>(), c in 0.1..10.0f64,
    ) {
        for norm in forget_scale() {
            let net = Net::new(norm, groups, batch, seed);
            let (loss, gradient) = net.loss_and_gradient(&net.state.params);
            for part in &net.parts {
                let mut params = net.state.params.clone();
                params[part.clone()].iter_mut().for_each(|w| *w *= c);
                let (same, mut back) = net.loss_and_gradient(&params);
                back[part.clone()].iter_mut().for_each(|g| *g *= c);
                assert!((same - loss).abs() <= 1e-10 * loss, "{norm:?} {part:?}: {same} against {loss}");
                assert!(distance(&back, &gradient) < 1e-8, "{norm:?} {part:?}");
                assert!(distance(&back[part.clone()], &gradient[part.clone()]) < 1e-7, "{norm:?} {part:?}");
            }
        }
    }

    /// SGD without decay: ‖w⁺‖² = ‖w‖² + η²‖∇L‖², so weights before a normalization only grow.
    #[test]
    fn plain_steps_lengthen_weights_by_pythagoras(groups in 1..4usize, batch in 3..8usize, seed in any::<u32>()) {
        for norm in forget_scale().chain([Norm::Renorm]) {
            let net = Net::new(norm, groups, batch, seed);
            let rule = Rule { optimizer: Optimizer::Sgd, lr: 0.7, momentum: 0.0, weight_decay: 0.0 };
            let mut params = net.state.params.clone();
            let mut updater = Updater::new(rule, params.len());
            for _ in 0..3 {
                let (_, gradient) = net.loss_and_gradient(&params);
                let before = params.clone();
                updater.step(&mut params, &gradient);
                for part in &net.parts {
                    let was = square(&before[part.clone()]);
                    let growth = rule.lr * rule.lr * square(&gradient[part.clone()]);
                    let got = square(&params[part.clone()]);
                    assert!((got - was - growth).abs() <= 1e-9 * (was + growth), "{norm:?} {part:?}");
                    assert!(got > was * (1.0 - 1e-12));
                }
            }
        }
    }
}

/// The control: of what does not say of itself that it forgets the scale, none of this holds.
#[test]
fn without_normalization_scale_matters() {
    for norm in fully_connected().filter(|norm| !norm.card().scale_free) {
        let net = Net::new(norm, 2, 5, 1);
        let (loss, gradient) = net.loss_and_gradient(&net.state.params);
        let part = &net.parts[0];
        let (w, g) = (&net.state.params[part.clone()], &gradient[part.clone()]);
        assert!(reduce::dot(w, g).abs() > 1e-3 * (square(w) * square(g)).sqrt(), "{norm:?}");
        let doubled: Vec<f64> = net.state.params.iter().map(|w| 2.0 * w).collect();
        assert!((net.loss_and_gradient(&doubled).0 / loss - 1.0).abs() > 1e-3, "{norm:?}");
    }
}
