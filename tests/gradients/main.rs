//! Every backward pass against central differences of its forward pass, in double precision.
//!
//! A layer's loss is a random projection of its output: a plain sum of a normalized output has
//! gradient zero by construction, and would pass with a wrong backward pass. A network's is its
//! cross-entropy, along random directions through each tensor and through all of them.

#[path = "../common/mod.rs"]
mod common;

mod sequences;

use common::{Alone, FULLY_CONNECTED, normal, random_state, site, small};
use normlab::choice::Choices;
use normlab::nn::activation::{Activation, Nonlinearity};
use normlab::nn::layer::{Pass, Statistics};
use normlab::nn::layout::Layout;
use normlab::nn::linear::Linear;
use normlab::nn::model::{Architecture, Input};
use normlab::nn::network::{Network, Part, Workspace};
use normlab::nn::norm::Norm;
use normlab::rng::Stream;

/// Step of the differences: their error is of order h⁴ on one side and machine epsilon/h on the other,
/// and few kinks of ReLU lie within.
const H: f64 = 1e-4;

/// Distance allowed, relative to the size of the gradient.
const CLOSE: f64 = 1e-7;

/// f′(0) from four points around 0.
fn slope(mut f: impl FnMut(f64) -> f64) -> f64 {
    (8.0 * (f(H) - f(-H)) - (f(2.0 * H) - f(-2.0 * H))) / (12.0 * H)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// a + h·b
fn moved(a: &[f64], h: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + h * b).collect()
}

fn assert_close(got: f64, want: f64, size: f64, place: &str) {
    assert!((got - want).abs() <= CLOSE * size.max(1.0), "{place}: {got} by backward, {want} by differences");
}

/// Checks each component of dx and of the parameters' gradient.
fn check_alone(mut alone: Alone<f64>, inputs: usize, outputs: usize, name: &str, stream: &mut Stream) {
    let x: Vec<f64> = normal(inputs, stream);
    let r: Vec<f64> = normal(outputs, stream);
    // The gradient is added to what is there.
    let before: Vec<f64> = normal(alone.state.params.len(), stream);
    let mut gradient = before.clone();
    let dx = alone.backward(&x, &r, &mut gradient);
    let loss = |alone: &Alone<f64>, x: &[f64]| dot(&alone.forward_to(x, outputs).0, &r);
    for i in 0..inputs {
        let want = slope(|h| {
            let mut x = x.clone();
            x[i] += h;
            loss(&alone, &x)
        });
        assert_close(dx[i], want, want.abs(), &format!("{name}: dx[{i}]"));
    }
    for i in 0..before.len() {
        let value = alone.state.params[i];
        let want = slope(|h| {
            alone.state.params[i] = value + h;
            loss(&alone, &x)
        });
        alone.state.params[i] = value;
        assert_close(gradient[i] - before[i], want, want.abs(), &format!("{name}: gradient[{i}]"));
    }
}

#[test]
fn linear_layers_with_and_without_bias() {
    let mut stream = Stream::new(1, "linear");
    for (bias, inputs, outputs, batch) in [(true, 5, 3, 4), (false, 3, 7, 1), (true, 1, 1, 2), (false, 9, 4, 5)] {
        let mut layout = Layout::default();
        let linear = Linear::new(&mut layout, "linear1", inputs, outputs, bias);
        let alone = Alone::new(Box::new(linear), layout, batch, &mut stream);
        check_alone(alone, batch * inputs, batch * outputs, "linear", &mut stream);
    }
}

#[test]
fn every_nonlinearity() {
    let mut stream = Stream::new(1, "nonlinearity");
    for &activation in Activation::ALL {
        let layer = Box::new(Nonlinearity(activation));
        let alone = Alone::new(layer, Layout::default(), 4, &mut stream);
        check_alone(alone, 60, 60, activation.choice().name, &mut stream);
    }
}

/// Positions, channels, groups, batch: odd and even, and channels that fill every lane width of the
/// kernels (21 = 16 + 4 + 1).
const SHAPES: [(usize, usize, usize, usize); 6] =
    [(1, 12, 3, 5), (1, 21, 7, 2), (1, 7, 1, 3), (3, 6, 2, 4), (5, 4, 4, 3), (2, 9, 3, 7)];

#[test]
fn every_normalization_at_every_shape() {
    let mut stream = Stream::new(1, "norm");
    for &norm in Norm::ALL.iter().filter(|n| **n != Norm::None) {
        for (positions, channels, groups, batch) in SHAPES {
            for statistics in [Statistics::Batch, Statistics::Running] {
                // A large ε too: it takes part in both terms of the gradient.
                for eps in [None, Some(0.3)] {
                    let site = normlab::nn::norm::Site { eps, ..site(positions, channels, groups, batch) };
                    if norm.check(&site).is_err() {
                        continue;
                    }
                    let mut alone = Alone::norm(norm, &site);
                    alone.state = random_state(&alone.layout, &mut stream);
                    alone.statistics = statistics;
                    let n = batch * positions * channels;
                    check_alone(alone, n, n, &format!("{norm:?} {site:?} {statistics:?}"), &mut stream);
                }
            }
        }
    }
}

/// A network, its state, and a batch.
struct Net {
    network: Network<f64>,
    params: Vec<f64>,
    buffers: Vec<f64>,
    x: Vec<f64>,
    labels: Vec<u32>,
    statistics: Statistics,
}

impl Net {
    fn new(norm: Norm, activation: Activation, statistics: Statistics, stream: &mut Stream) -> Net {
        Net::of(&small(norm, activation, 3, 5), statistics, stream)
    }

    fn of(plan: &Architecture, statistics: Statistics, stream: &mut Stream) -> Net {
        let batch = plan.site.batch;
        let network: Network<f64> = plan.build();
        let state = random_state(network.layout(), stream);
        let values = batch * network.input().len();
        let x = match plan.input {
            Input::Tokens { vocabulary, .. } => (0..values).map(|_| stream.below(vocabulary as u32).into()).collect(),
            _ => normal(values, stream),
        };
        let labels = (0..batch).map(|_| stream.below(network.classes() as u32)).collect();
        Net { network, params: state.params, buffers: state.buffers, x, labels, statistics }
    }

    fn pass<'a>(&'a self, params: &'a [f64]) -> Pass<'a, f64> {
        Pass::evaluation(params, &self.buffers, self.labels.len(), self.statistics)
    }

    fn loss(&self, params: &[f64]) -> f64 {
        let mut work = Workspace::to_evaluate(&self.network, self.labels.len());
        self.network.score(&self.pass(params), &self.x, &self.labels, &mut work).loss
    }

    fn gradient(&self, seen: impl FnMut(usize, &[f64])) -> Vec<f64> {
        let mut work = Workspace::to_train(&self.network, self.labels.len());
        let mut gradient = vec![0.0; self.params.len()];
        let pass = self.pass(&self.params);
        let score = self.network.gradient(&pass, &self.x, &self.labels, &mut work, &mut gradient, seen);
        assert_eq!(score.loss, self.loss(&self.params), "both passes compute the same loss");
        gradient
    }
}

/// Every kind of network, in training and in evaluation.
fn nets(mut f: impl FnMut(&Net, &str, &mut Stream)) {
    for norm in FULLY_CONNECTED {
        for &activation in Activation::ALL {
            for statistics in [Statistics::Batch, Statistics::Running] {
                let mut stream = Stream::new(1, &format!("{norm:?} {activation:?}"));
                let net = Net::new(norm, activation, statistics, &mut stream);
                f(&net, &format!("{norm:?} {activation:?} {statistics:?}"), &mut stream);
            }
        }
    }
}

/// Compares the gradient with differences along a random direction in each tensor, and in all of them.
fn check_directions(net: &Net, name: &str, stream: &mut Stream) {
    let gradient = net.gradient(|_, _| {});
    let tensors = net.network.layout().params.tensors();
    let each = tensors.iter().map(|t| (t.name.as_str(), t.range.clone()));
    let all = std::iter::repeat_n(("all tensors", 0..net.params.len()), 4);
    for (tensor, range) in each.chain(all) {
        let mut direction = vec![0.0; net.params.len()];
        direction[range.clone()].copy_from_slice(&normal::<f64>(range.len(), stream));
        let want = slope(|h| net.loss(&moved(&net.params, h, &direction)));
        let got = dot(&gradient, &direction);
        // Relative to the tensor's own gradient, however small it is beside the others'.
        let size = dot(&direction, &direction).sqrt() * dot(&gradient[range.clone()], &gradient[range]).sqrt();
        assert!((got - want).abs() <= CLOSE * size + 1e-10, "{name}, {tensor}: {got} against {want}");
    }
}

#[test]
fn whole_networks_along_random_directions() {
    nets(check_directions);
}

/// What `seen` is told at a node is the gradient at that node's output: summed over the batch, it is
/// the gradient of the vector that the node adds to every sample.
#[test]
fn gradients_seen_at_each_node_belong_to_its_output() {
    nets(|net, name, _| {
        let nodes = net.network.nodes();
        let mut sums: Vec<(usize, Vec<f64>)> = Vec::new();
        let gradient = net.gradient(|i, dy| {
            let width = nodes[i].shape.len();
            assert_eq!(dy.len(), width * net.labels.len());
            sums.push((i, (0..width).map(|c| dy.iter().skip(c).step_by(width).sum()).collect()));
        });
        assert_eq!(sums.iter().map(|s| s.0).collect::<Vec<_>>(), (0..nodes.len()).rev().collect::<Vec<_>>());
        let mut compared = 0;
        for (i, sum) in sums {
            let name = format!("{name}, {}", nodes[i].name);
            let bias = format!("{}.bias", nodes[i].name);
            if let Some(tensor) = net.network.layout().params.tensors().iter().find(|t| t.name == bias) {
                compared += 1;
                for (a, b) in sum.iter().zip(&gradient[tensor.range.clone()]) {
                    assert!((a - b).abs() < 1e-12, "{name}");
                }
            } else {
                assert_ne!(nodes[i].part, Part::Head, "{name}");
            }
        }
        assert!(compared >= 1);
    });
}
