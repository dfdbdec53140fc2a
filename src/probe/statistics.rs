//! How noisy the statistics of mini-batches are, and how far running averages are from them.
//!
//! For the layers that standardize with batch statistics in training and keep running ones for inference.

use super::moments::Moments;
use super::{Batch, finite};
use crate::kernels::Real;
use crate::nn::layer::{Pass, Running, Statistics};
use crate::nn::network::{Network, Node, Source, Workspace};

/// How the statistics of mini-batches scatter, relative to the values' own deviation σ; each number is
/// the root mean square over the channels, of those that are not constant.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNoise {
    /// The layer's name, such as `norm3`.
    pub name: String,
    /// sd(μ_B)/σ over the batches.
    pub mean: Option<f64>,
    /// 1/√m with m values per channel in a batch: what it is if they are independent.
    pub mean_expected: Option<f64>,
    /// sd(σ_B)/σ.
    pub deviation: Option<f64>,
    /// √((κ + 2)/4m) with κ the values' excess kurtosis, to first order in 1/m.
    pub deviation_expected: Option<f64>,
}

/// How far running statistics are from those of one batch; means over the channels that are not constant.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGap {
    /// The layer's name, such as `norm3`.
    pub name: String,
    /// |μ_run − μ_B|/σ_B.
    pub mean: Option<f64>,
    /// |σ_run/σ_B − 1|. σ_run follows the unbiased variance, as PyTorch's does: σ_B is the biased one.
    pub deviation: Option<f64>,
}

/// Room for measuring networks of one architecture.
pub struct StatisticsProbe<F> {
    work: Workspace<F>,
}

impl<F: Real> StatisticsProbe<F> {
    /// Room for mini-batches of that size.
    pub fn new(network: &Network<F>, batch: usize) -> StatisticsProbe<F> {
        StatisticsProbe { work: Workspace::to_train(network, batch) }
    }

    /// The noise over all whole batches of `size` samples in `x`, of samples in random order, each
    /// standardized with its own statistics; nothing is random, and no batch is cut into parts. From the
    /// second layer on, the layers before have standardized with noisy statistics themselves. Missing with
    /// fewer than two batches. Costs a forward pass per batch.
    pub fn noise(
        &mut self,
        network: &Network<F>,
        params: &[F],
        buffers: &[F],
        x: &[F],
        size: usize,
    ) -> Vec<LayerNoise> {
        let pass = Pass::evaluation(params, buffers, size, Statistics::Batch);
        let layers = standardizing(network);
        let mut inputs = vec![Vec::new(); layers.len()];
        for x in x.chunks_exact(size * network.input().len()) {
            network.forward(&pass, x, &mut self.work);
            for (inputs, layer) in inputs.iter_mut().zip(&layers) {
                inputs.extend_from_slice(self.input(network, layer, size));
            }
        }
        layers.iter().zip(inputs).map(|(layer, values)| noise(layer, &values, size * layer.rows)).collect()
    }

    /// The gap on one batch, in its pass: the statistics of the whole batch, in front of each layer.
    pub fn gap(&mut self, network: &Network<F>, batch: &Batch<F>) -> Vec<LayerGap> {
        let Batch { pass, x, .. } = *batch;
        network.forward(&pass, x, &mut self.work);
        let gaps = standardizing(network).into_iter().map(|layer| {
            let here = Moments::of(self.input(network, &layer, pass.batch), layer.columns());
            let means = &pass.buffers[layer.running.mean.clone()];
            let variances = &pass.buffers[layer.running.variance.clone()];
            let over = |f: &dyn Fn(usize, f64) -> f64| {
                let live: Vec<f64> = varying(&here).map(|c| f(c, here.variance[c].sqrt())).collect();
                finite(live.iter().sum::<f64>() / live.len() as f64)
            };
            LayerGap {
                name: layer.node.name.clone(),
                mean: over(&|c, sd| (means[c].to_f64() - here.mean[c]).abs() / sd),
                deviation: over(&|c, sd| (variances[c].to_f64().sqrt() / sd - 1.0).abs()),
            }
        });
        gaps.collect()
    }

    fn input(&self, network: &Network<F>, layer: &Standardizing<F>, batch: usize) -> &[F] {
        &self.work.value(layer.reads)[..batch * network.nodes()[layer.reads].shape.len()]
    }
}

/// A layer that keeps running statistics.
struct Standardizing<'a, F> {
    node: &'a Node<F>,
    running: Running,
    /// The node that it reads.
    reads: usize,
    /// Values per channel in a sample.
    rows: usize,
}

impl<F> Standardizing<'_, F> {
    fn columns(&self) -> usize {
        self.running.mean.len()
    }
}

fn standardizing<F: Real>(network: &Network<F>) -> Vec<Standardizing<'_, F>> {
    let layers = network.nodes().iter().filter_map(|node| match (node.from, node.layer.running_statistics()) {
        (Source::Node(reads), Some(running)) => {
            let rows = node.shape.len() / running.mean.len();
            Some(Standardizing { node, running, reads, rows })
        }
        _ => None,
    });
    layers.collect()
}

/// The channels that are not constant. A NaN varies.
fn varying(moments: &Moments) -> impl Iterator<Item = usize> {
    (0..moments.variance.len()).filter(|&c| moments.variance[c] != 0.0)
}

fn noise<F: Real>(layer: &Standardizing<F>, values: &[F], m: usize) -> LayerNoise {
    let columns = layer.columns();
    let all = Moments::of(values, columns);
    let batches: Vec<Moments> = values.chunks_exact(m * columns).map(|v| Moments::of(v, columns)).collect();
    let scatter = |f: &dyn Fn(&Moments) -> f64| {
        let n = batches.len() as f64;
        let mean = batches.iter().map(f).sum::<f64>() / n;
        batches.iter().map(|b| (f(b) - mean).powi(2)).sum::<f64>() / (n - 1.0)
    };
    let over = |f: &dyn Fn(usize) -> f64| {
        let live: Vec<f64> = varying(&all).map(f).collect();
        finite((live.iter().sum::<f64>() / live.len() as f64).sqrt())
    };
    let m = m as f64;
    LayerNoise {
        name: layer.node.name.clone(),
        mean: over(&|c| scatter(&|b| b.mean[c]) / all.variance[c]),
        mean_expected: over(&|_| 1.0 / m),
        deviation: over(&|c| scatter(&|b| b.variance[c].sqrt()) / all.variance[c]),
        // κ + 2 = E(x − μ)⁴/σ⁴ − 1
        deviation_expected: over(&|c| (all.fourth[c] / all.variance[c].powi(2) - 1.0) / (4.0 * m)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::{Init, State};
    use crate::nn::model::{Architecture, Input};
    use crate::nn::norm::Norm;
    use crate::rng::Stream;

    fn network(norm: Norm) -> (Network<f64>, State<f64>) {
        let mut plan = Architecture::new(Input::Vector(4), 2, 32);
        (plan.depth, plan.width, plan.norm) = (2, 8, norm);
        let network = plan.build();
        let state = State::initial(network.layout(), Init::He, 0.0, 3);
        (network, state)
    }

    fn gaussian(n: usize) -> Vec<f64> {
        let mut stream = Stream::new(5, "test");
        (0..n).map(|_| stream.normal()).collect()
    }

    /// The first layer reads sums of Gaussians, which are Gaussian: 17.7 % and 12.5 % at m = 32.
    #[test]
    fn independent_gaussians_scatter_as_predicted() {
        let (network, state) = network(Norm::Batch);
        let x = gaussian(4 * 32 * 400);
        let noise = StatisticsProbe::new(&network, 32).noise(&network, &state.params, &state.buffers, &x, 32);
        assert_eq!(noise.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["norm1", "norm2"]);
        let first = &noise[0];
        assert!((first.mean_expected.unwrap() - 0.1768).abs() < 1e-4);
        assert!((first.deviation_expected.unwrap() - 0.125).abs() < 0.003, "{first:?}");
        assert!((first.mean.unwrap() / 0.1768 - 1.0).abs() < 0.05, "{first:?}");
        assert!((first.deviation.unwrap() / 0.125 - 1.0).abs() < 0.06, "{first:?}");
    }

    #[test]
    fn one_batch_has_no_scatter_and_others_no_statistics() {
        let (network, state) = network(Norm::Batch);
        let x = gaussian(4 * 32);
        let noise = StatisticsProbe::new(&network, 32).noise(&network, &state.params, &state.buffers, &x, 32);
        assert_eq!((noise[0].mean, noise[0].deviation), (None, None));
        let (network, state) = super::tests::network(Norm::Layer);
        let noise = StatisticsProbe::new(&network, 32).noise(&network, &state.params, &state.buffers, &x, 32);
        assert_eq!(noise, []);
    }

    #[test]
    fn the_gap_is_told_in_deviations_of_the_batch() {
        let (network, mut state) = network(Norm::Batch);
        let x = gaussian(4 * 32);
        // The exact statistics of this batch, then 2σ to the side and three times as wide.
        let mut work = Workspace::to_train(&network, 32);
        let layers = network.layout().buffers.tensors();
        let range = |name: &str| layers.iter().find(|t| t.name == name).unwrap().range.clone();
        let (mean, variance) = (range("norm1.running_mean"), range("norm1.running_var"));
        let pass = Pass::evaluation(&state.params, &state.buffers, 32, Statistics::Batch);
        network.forward(&pass, &x, &mut work);
        let exact = Moments::of(&work.value(0)[..32 * 8], 8);
        for c in 0..8 {
            state.buffers[mean.start + c] = exact.mean[c] + 2.0 * exact.variance[c].sqrt();
            state.buffers[variance.start + c] = 9.0 * exact.variance[c];
        }
        let pass = Pass::evaluation(&state.params, &state.buffers, 32, Statistics::Batch);
        let gap = StatisticsProbe::new(&network, 32).gap(&network, &Batch { pass, x: &x, labels: &[0; 32] });
        assert!((gap[0].mean.unwrap() - 2.0).abs() < 1e-9 && (gap[0].deviation.unwrap() - 2.0).abs() < 1e-9);
        // One channel without variance is left out; without any that varies there is no gap.
        for (silent, want) in [(1, Some(2.0)), (8, None)] {
            let mut params = state.params.clone();
            params[..4 * silent].fill(0.0);
            let batch = Batch { pass: Pass { params: &params, ..pass }, x: &x, labels: &[0; 32] };
            let gap = StatisticsProbe::new(&network, 32).gap(&network, &batch);
            for found in [gap[0].mean, gap[0].deviation] {
                assert_eq!(found.map(|g| (g * 1e9).round() / 1e9), want);
            }
        }
    }
}
