//! Every backward pass against central differences of its forward pass, in double precision.
//!
//! A layer's loss is a random projection of its output: a plain sum of a normalized output has
//! gradient zero by construction, and would pass with a wrong backward pass. A network's is its
//! cross-entropy, along random directions through each tensor and through all of them.

#[path = "../common/mod.rs"]
mod common;

mod cnn;
mod sequences;

use common::{Alone, fully_connected, normal, norms, random_state, site, small, variants};
use normlab::choice::Choices;
use normlab::nn::activation::{Activation, Nonlinearity};
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::layout::Layout;
use normlab::nn::linear::Linear;
use normlab::nn::model::{Architecture, Input, Skip};
use normlab::nn::network::{Network, Part, Source, Workspace};
use normlab::nn::norm::{Norm, OverTime, Power, Site};
use normlab::nn::objective::{Loss, Objective};
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

/// Checks each component of dx and of the parameters' gradient, at random values.
fn check_alone(alone: Alone<f64>, inputs: usize, outputs: usize, name: &str, stream: &mut Stream) {
    let x: Vec<f64> = normal(inputs, stream);
    check_against(alone, &x, outputs, |alone, x| alone.forward_to(x, outputs).0, name, stream);
}

/// The same, of a function that has this value and this gradient at `x`.
fn check_against(
    mut alone: Alone<f64>,
    x: &[f64],
    outputs: usize,
    f: impl Fn(&Alone<f64>, &[f64]) -> Vec<f64>,
    name: &str,
    stream: &mut Stream,
) {
    let inputs = x.len();
    let r: Vec<f64> = normal(outputs, stream);
    // The gradient is added to what is there.
    let before: Vec<f64> = normal(alone.state.params.len(), stream);
    let mut gradient = before.clone();
    let dx = alone.backward(x, &r, &mut gradient);
    let loss = |alone: &Alone<f64>, x: &[f64]| dot(&f(alone, x), &r);
    for i in 0..inputs {
        let want = slope(|h| {
            let mut x = x.to_vec();
            x[i] += h;
            loss(&alone, &x)
        });
        assert_close(dx[i], want, want.abs(), &format!("{name}: dx[{i}]"));
    }
    for i in 0..before.len() {
        let value = alone.state.params[i];
        let want = slope(|h| {
            alone.state.params[i] = value + h;
            loss(&alone, x)
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
        let layer = Box::new(Nonlinearity::new(activation, 15));
        let alone = Alone::new(layer, Layout::default(), 4, &mut stream);
        check_alone(alone, 60, 60, activation.choice().name, &mut stream);
    }
}

/// Positions, channels, groups, batch: odd and even, and channels that fill every lane width of the
/// kernels (21 = 16 + 4 + 1).
const SHAPES: [(usize, usize, usize, usize); 7] =
    [(1, 12, 3, 5), (1, 21, 7, 2), (1, 7, 1, 3), (3, 6, 2, 4), (5, 4, 4, 3), (2, 9, 3, 7), (1, 5, 1, 8)];

/// Whether a value lies near its channel's mean, or two near the largest distance from it: there |x − μ|
/// and the largest of them have no derivative, and differences say nothing.
fn has_kinks_near(x: &[f64], site: &Site) -> bool {
    let columns = if site.over_time == OverTime::Step { site.shape.len() } else { site.shape.channels };
    (0..columns).any(|c| {
        let column = || x.iter().skip(c).step_by(columns);
        let mean = column().sum::<f64>() / column().count() as f64;
        let mut distances: Vec<f64> = column().map(|x| (x - mean).abs()).collect();
        distances.sort_by(f64::total_cmp);
        let farthest = distances[distances.len() - 1];
        let rival = if distances.len() > 2 { distances[distances.len() - 2] } else { 0.0 };
        distances[0] < 10.0 * H || farthest - rival < 10.0 * H
    })
}

#[test]
fn every_normalization_at_every_shape() {
    let mut stream = Stream::new(1, "norm");
    for norm in norms() {
        for (positions, channels, groups, batch) in SHAPES {
            // A large ε too: it takes part in both terms of the gradient.
            for eps in [None, Some(0.3)] {
                for (site, draw) in variants(norm, Site { eps, ..site(positions, channels, groups, batch) }) {
                    for statistics in [Statistics::Batch, Statistics::Running] {
                        let mut alone = Alone::norm(norm, &site);
                        alone.state = random_state(&alone.layout, &mut stream);
                        (alone.statistics, alone.draw) = (statistics, draw);
                        let n = batch * positions * channels;
                        let mut x: Vec<f64> = normal(n, &mut stream);
                        while norm == Norm::Lp && has_kinks_near(&x, &site) {
                            x = normal(n, &mut stream);
                        }
                        let name = format!("{norm:?} {site:?} {statistics:?} {draw:?}");
                        check_against(alone, &x, n, |alone, x| alone.forward(x).0, &name, &mut stream);
                    }
                }
            }
        }
    }
}

/// Batch renormalization before, while and after its limits rise. Its r and d, which do depend on the
/// input, are held fast: they are written down here from their definition, at the one input.
#[test]
fn renorm_takes_its_corrections_for_constants() {
    let mut stream = Stream::new(1, "renorm");
    let (r_max, d_max) = (1.6, 0.8);
    let (mut clipped, mut free) = (0, 0);
    for (positions, channels, groups, batch) in SHAPES {
        // The share of the way from no correction to the limits.
        for (warmup, step, share) in
            [(10, 1, 0.0), (10, 10, 0.0), (10, 11, 0.1), (10, 15, 0.5), (10, 20, 1.0), (10, 99, 1.0), (0, 1, 1.0)]
        {
            for affine in [true, false] {
                let site = Site { r_max, d_max, warmup, affine, ..site(positions, channels, groups, batch) };
                let mut alone = Alone::<f64>::norm(Norm::Renorm, &site);
                alone.state = random_state(&alone.layout, &mut stream);
                alone.draw = Some(Draw { seed: 1, step });
                let x: Vec<f64> = normal(batch * positions * channels, &mut stream);
                let (r_most, d_most): (f64, f64) = (1.0 + (r_max - 1.0) * share, d_max * share);
                let correction: Vec<(f64, f64)> = (0..channels)
                    .map(|c| {
                        let column = || x.iter().skip(c).step_by(channels);
                        let m = column().count() as f64;
                        let mean = column().sum::<f64>() / m;
                        let variance = column().map(|x| (x - mean).powi(2)).sum::<f64>() / m;
                        let run = (alone.state.buffers[channels + c] + 1e-5).sqrt();
                        let r = (variance + 1e-5).sqrt() / run;
                        let d = (mean - alone.state.buffers[c]) / run;
                        clipped += usize::from(r > r_most) + usize::from(r < 1.0 / r_most);
                        free += usize::from(r < r_most && r > 1.0 / r_most);
                        (r.clamp(1.0 / r_most, r_most), d.clamp(-d_most, d_most))
                    })
                    .collect();
                let plain = Alone::<f64>::norm(Norm::Batch, &Site { affine: false, ..site });
                let held = |alone: &Alone<f64>, x: &[f64]| {
                    let mut y = plain.forward(x).0;
                    for (i, y) in y.iter_mut().enumerate() {
                        let (r, d) = correction[i % channels];
                        let (gamma, beta) = match affine {
                            true => (alone.state.params[i % channels], alone.state.params[channels + i % channels]),
                            false => (1.0, 0.0),
                        };
                        *y = gamma * (*y * r + d) + beta;
                    }
                    y
                };
                let name = format!("{site:?} step {step}");
                for (a, b) in alone.forward(&x).0.iter().zip(held(&alone, &x)) {
                    assert!((a - b).abs() < 1e-12, "{name}: {a} against {b}");
                }
                check_against(alone, &x, x.len(), held, &name, &mut stream);
            }
        }
    }
    assert!(clipped > 100 && free > 100, "{clipped} clipped, {free} free");
}

/// Of equally distant values the first carries the gradient of the largest distance, as it is documented.
#[test]
fn of_equal_distances_the_first_counts() {
    let site = Site { power: Power::Max, eps: Some(0.0), ..site(1, 1, 1, 4) };
    let alone = Alone::<f64>::norm(Norm::Lp, &site);
    // μ = 0 and s = 2: both ends are as far away. g = (1, 0, 0, 0), Σ g·x̂ = 1, t = (1, 0, 0, 0).
    let dx = alone.backward(&[2.0, 1.0, -1.0, -2.0], &[1.0, 0.0, 0.0, 0.0], &mut [0.0; 2]);
    assert_eq!(dx, [0.0; 4]);
    let dx = alone.backward(&[-2.0, 1.0, -1.0, 2.0], &[1.0, 0.0, 0.0, 0.0], &mut [0.0; 2]);
    assert_eq!(dx, [0.0; 4]);
    // By the first end again: Σ g·x̂ = −1, t = (1, 0, 0, 0), so dx = ½·(g − ¼ + t − ¼).
    let dx = alone.backward(&[2.0, 1.0, -1.0, -2.0], &[0.0, 0.0, 0.0, 1.0], &mut [0.0; 2]);
    assert_eq!(dx, [0.25, -0.25, -0.25, 0.25]);
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
        let mut net = Net::of(&small(norm, activation, 3, 5), statistics, stream);
        while net.has_kinks_near(norm, activation) {
            net.x = normal(net.x.len(), stream);
        }
        net
    }

    /// With a random state and a random batch.
    fn of(plan: &Architecture, statistics: Statistics, stream: &mut Stream) -> Net {
        let batch = plan.site.batch;
        let network: Network<f64> = plan.build();
        let state = random_state(network.layout(), stream);
        let values = batch * network.input().len();
        let x = match plan.input {
            Input::Tokens { vocabulary, length, padded } => {
                let token = |i: usize, token: u32| match padded && i % length > i / length {
                    true => -1.0 - f64::from(token),
                    false => token.into(),
                };
                (0..values).map(|i| token(i, stream.below(vocabulary as u32))).collect()
            }
            _ => normal(values, stream),
        };
        let labels = (0..batch).map(|_| stream.below(network.classes() as u32)).collect();
        Net { network, params: state.params, buffers: state.buffers, x, labels, statistics }
    }

    /// Whether a nonlinearity or a normalization stands near a point without a derivative.
    fn has_kinks_near(&self, norm: Norm, activation: Activation) -> bool {
        let mut work = Workspace::to_train(&self.network, self.labels.len());
        self.network.forward(&self.pass(&self.params), &self.x, &mut work);
        self.network.nodes().iter().any(|node| {
            let Source::Node(input) = node.from else { return false };
            let x = work.value(input);
            match node.part {
                Part::Activation => activation == Activation::Relu && x.iter().any(|x| x.abs() < 10.0 * H),
                Part::Norm => norm == Norm::Lp && has_kinks_near(x, &site(1, node.shape.channels, 1, 5)),
                _ => false,
            }
        })
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
    for norm in fully_connected() {
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

#[test]
fn squared_error() {
    for norm in fully_connected() {
        let name = format!("squared error {norm:?}");
        let mut stream = Stream::new(1, &name);
        let plan = Architecture { loss: Loss::Mse, ..small(norm, Activation::Tanh, 2, 5) };
        let mut net = Net::of(&plan, Statistics::Batch, &mut stream);
        while net.has_kinks_near(norm, Activation::Tanh) {
            net.x = normal(net.x.len(), &mut stream);
        }
        check_directions(&net, &name, &mut stream);
        // The same towards targets of each sample's own.
        net.labels = (0..5).collect();
        net.network = net.network.towards(Objective::Values(normal(5 * 3, &mut stream)));
        check_directions(&net, &name, &mut stream);
    }
}

#[test]
fn skip_connections() {
    for &skip in Skip::ALL {
        for &activation in Activation::ALL {
            let name = format!("{skip:?} {activation:?}");
            let mut stream = Stream::new(1, &name);
            let plan = Architecture { skip, depth: 3, ..small(Norm::Layer, activation, 2, 5) };
            check_directions(&Net::of(&plan, Statistics::Batch, &mut stream), &name, &mut stream);
        }
    }
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
