//! Weights before a normalization where they act at several places: kernels at each pixel, a recurrent
//! layer's two products at each step. What `scale.rs` says of plain layers holds of them too.

use crate::cases::config;
use crate::common::{normal, norms, random_state};
use normlab::nn::activation::Activation;
use normlab::nn::init::State;
use normlab::nn::layer::{Draw, Pass};
use normlab::nn::layout::Layout;
use normlab::nn::model::{Architecture, Bias, Family, Input, Shrink};
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::{Norm, Over};
use normlab::rng::Stream;
use proptest::prelude::*;
use std::ops::Range;

const WIDTH: usize = 6;
const GROUPS: usize = 2;

/// What standardizes by itself, at ε = 0; batch renormalization leans on running averages.
fn alone() -> impl Iterator<Item = Norm> {
    norms().filter(|norm| norm.card().scale_free && *norm != Norm::Renorm)
}

/// Weights that may be scaled together, and by themselves no fewer.
type Part = Vec<Range<usize>>;

/// The parts of tensors `[WIDTH × …]` whose outputs are added up and then normalized.
fn parts(norm: Norm, layout: &Layout, names: &[&str]) -> Vec<Part> {
    let count = match norm.card().over {
        Over::Token => 1,
        Over::Group => GROUPS,
        _ => WIDTH,
    };
    let tensor = |name: &&str| layout.params.tensors().iter().find(|t| t.name == *name).expect("a weight of that name");
    let part = |i: usize| {
        let ranges = names.iter().map(|name| {
            let range = tensor(name).range.clone();
            let len = range.len() / count;
            range.start + i * len..range.start + (i + 1) * len
        });
        ranges.collect()
    };
    (0..count).map(part).collect()
}

struct Net {
    network: Network<f64>,
    state: State<f64>,
    parts: Vec<Part>,
    x: Vec<f64>,
    labels: Vec<u32>,
}

/// Two layers, if the normalization can stand in them.
fn net(family: Family, norm: Norm, seed: u32) -> Option<Net> {
    let batch = 6;
    let (input, layers): (_, [&[&str]; 2]) = match family {
        Family::Cnn => (Input::Image { side: 4, channels: 1 }, [&["conv1.weight"], &["conv2.weight"]]),
        _ => (
            Input::Sequence { length: 3, channels: 5 },
            [&["rnn1.input.weight", "rnn1.hidden.weight"], &["rnn2.input.weight", "rnn2.hidden.weight"]],
        ),
    };
    let mut plan = Architecture::new(input, 3, batch);
    (plan.family, plan.norm, plan.width, plan.bias) = (family, norm, WIDTH, Bias::Off);
    (plan.shrink, plan.activation) = (Shrink::Keep, Activation::Tanh);
    (plan.site.groups, plan.site.ghost, plan.site.eps) = (GROUPS, 3, Some(0.0));
    plan.check().ok()?;
    let mut stream = Stream::new(seed, "shared");
    let network = plan.build::<f64>();
    let state = random_state(network.layout(), &mut stream);
    let parts = layers.iter().flat_map(|names| parts(norm, network.layout(), names)).collect();
    let x = normal(batch * network.input().len(), &mut stream);
    let labels = (0..batch).map(|_| stream.below(3)).collect();
    Some(Net { network, state, parts, x, labels })
}

impl Net {
    fn loss_and_gradient(&self, params: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; params.len()];
        let pass = Pass::training(params, &self.state.buffers, self.labels.len(), Draw::default());
        let mut work = Workspace::to_train(&self.network, self.labels.len());
        let score = self.network.gradient(&pass, &self.x, &self.labels, &mut work, &mut gradient, |_, _| {});
        (score.loss, gradient)
    }

    /// w·∇L/(‖w‖·‖∇L‖) over some of the weights.
    fn along(&self, gradient: &[f64], part: &[Range<usize>]) -> f64 {
        let (mut product, mut w2, mut g2) = (0.0, 0.0, 0.0);
        for i in part.iter().flat_map(Range::clone) {
            let (w, g) = (self.state.params[i], gradient[i]);
            (product, w2, g2) = (product + w * g, w2 + w * w, g2 + g * g);
        }
        product / (w2 * g2).sqrt()
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 50, ..config() })]

    /// w·∇L = 0 and ∇L(cw) = ∇L(w)/c, for the weights of all products that are added up in front.
    #[test]
    fn shared_weights_are_as_blind_to_their_scale(seed in any::<u32>(), c in 0.2..5.0f64) {
        for (family, norm) in [Family::Cnn, Family::Rnn].into_iter().flat_map(|f| alone().map(move |norm| (f, norm))) {
            let Some(net) = net(family, norm, seed) else {
                assert_eq!((family, norm.card().over), (Family::Rnn, Over::Channel));
                continue;
            };
            let (loss, gradient) = net.loss_and_gradient(&net.state.params);
            for part in &net.parts {
                assert!(net.along(&gradient, part).abs() < 1e-9, "{family:?} {norm:?} {part:?}");
                let mut params = net.state.params.clone();
                part.iter().flat_map(Range::clone).for_each(|i| params[i] *= c);
                let (same, back) = net.loss_and_gradient(&params);
                assert!((same - loss).abs() <= 1e-9 * loss, "{family:?} {norm:?} {part:?}: {same} against {loss}");
                let places = || part.iter().flat_map(Range::clone);
                let size = places().map(|i| gradient[i].powi(2)).sum::<f64>().sqrt();
                let off = places().map(|i| (c * back[i] - gradient[i]).powi(2)).sum::<f64>().sqrt();
                assert!(off < 1e-7 * size, "{family:?} {norm:?} {part:?}: {off} of {size}");
            }
        }
    }
}

/// The control: of the two products of a recurrent layer, neither may be scaled without the other, nor
/// anything without a normalization.
#[test]
fn half_of_what_is_added_up_has_a_scale() {
    let recurrent = net(Family::Rnn, Norm::Batch, 1).expect("BatchNorm over time");
    let (_, gradient) = recurrent.loss_and_gradient(&recurrent.state.params);
    let half = |part: &Part| recurrent.along(&gradient, &part[..1]).abs();
    assert!(recurrent.parts.iter().all(|part| half(part) > 1e-4));
    for family in [Family::Cnn, Family::Rnn] {
        let plain = net(family, Norm::None, 1).expect("nothing to refuse");
        let (_, gradient) = plain.loss_and_gradient(&plain.state.params);
        assert!(plain.parts.iter().all(|part| plain.along(&gradient, part).abs() > 1e-4), "{family:?}");
    }
}
