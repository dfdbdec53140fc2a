//! Layer by layer: what enters each nonlinearity, and how much gradient comes back.

use super::valid::valid;
use crate::kernels::{Real, reduce};
use crate::nn::layer::Pass;
use crate::nn::network::{Network, Part, Source, Workspace};
use serde::{Deserialize, Serialize};

/// Bins of each histogram.
pub const BINS: usize = 64;

/// One hidden layer on one mini-batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// The nonlinearity's name, such as `relu3`.
    pub name: String,
    /// How many of the values that enter the nonlinearity fall into each of [`BINS`] equal bins
    /// from −range to range.
    pub counts: Vec<u32>,
    /// Values below −range and above range.
    pub beyond: [u32; 2],
    /// Values that are NaN or infinite.
    pub not_finite: u32,
    /// Mean of the finite values; NaN of none.
    pub mean: f32,
    /// Standard deviation of the finite values, likewise.
    pub deviation: f32,
    /// ‖∂L/∂h‖₂ over the batch, h the nonlinearity's output and L the batch's mean loss.
    pub gradient: f32,
}

/// Room for measuring networks of one architecture.
pub struct LayerProbe<F> {
    work: Workspace<F>,
    gradient: Vec<F>,
}

impl<F: Real> LayerProbe<F> {
    /// Room for mini-batches of that size.
    pub fn new(network: &Network<F>, batch: usize) -> LayerProbe<F> {
        LayerProbe { work: Workspace::to_train(network, batch), gradient: vec![F::ZERO; network.layout().params.len()] }
    }

    /// Passes one mini-batch forward and backward. Histograms span ±`range`. The padding behind sequences
    /// that end early is in none of them; no gradient comes back to it unless a normalization reads it.
    pub fn measure(&mut self, network: &Network<F>, pass: &Pass<F>, x: &[F], labels: &[u32], range: f64) -> Vec<Layer> {
        let nodes = network.nodes();
        let mut norms = vec![0.0; nodes.len()];
        self.gradient.fill(F::ZERO);
        network.gradient(pass, x, labels, &mut self.work, &mut self.gradient, |i, dy| {
            norms[i] = reduce::norm(dy);
        });
        let hidden = nodes.iter().enumerate().filter(|(_, node)| node.part == Part::Activation);
        let histograms = hidden.filter_map(|(i, node)| match node.from {
            Source::Node(j) => {
                Some(histogram(&node.name, &valid(network, &self.work, j, node.step, pass.batch), norms[i], range))
            }
            Source::Input => None,
        });
        histograms.collect()
    }
}

fn histogram<F: Real>(name: &str, values: &[F], gradient: f64, range: f64) -> Layer {
    let mut counts = vec![0u32; BINS];
    let (mut beyond, mut not_finite) = ([0, 0], 0);
    let (mut sum, mut square, mut n) = (0.0, 0.0, 0.0);
    let scale = BINS as f64 / (2.0 * range);
    for value in values {
        let v = value.to_f64();
        if !v.is_finite() {
            not_finite += 1;
            continue;
        }
        n += 1.0;
        sum += v;
        square += v * v;
        let bin = ((v + range) * scale).floor();
        if bin < 0.0 {
            beyond[0] += 1;
        } else if bin >= BINS as f64 {
            beyond[1] += 1;
        } else {
            counts[bin as usize] += 1;
        }
    }
    // NaN of no values at all. A maximum would make that 0.
    let mean = sum / n;
    let variance = square / n - mean * mean;
    let variance = if variance < 0.0 { 0.0 } else { variance };
    Layer {
        name: name.to_owned(),
        counts,
        beyond,
        not_finite,
        mean: mean as f32,
        deviation: variance.sqrt() as f32,
        gradient: gradient as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::Draw;
    use crate::nn::model::{Architecture, Input};
    use crate::nn::norm::Norm;

    #[test]
    fn every_value_is_counted_once() {
        let values = [-5.0f32, -1.0, -0.99, 0.0, 0.5, 0.999, 1.0, f32::NAN, f32::INFINITY];
        let layer = histogram("relu1", &values, 0.0, 1.0);
        assert_eq!((layer.beyond, layer.not_finite), ([1, 1], 2));
        assert_eq!(layer.counts.iter().sum::<u32>(), 5);
        assert_eq!((layer.counts[0], layer.counts[32], layer.counts[48], layer.counts[63]), (2, 1, 1, 1));
    }

    #[test]
    fn a_batch_of_two_behind_batchnorm_is_plus_or_minus_one_and_gets_no_gradient() {
        let mut plan = Architecture::new(Input::Vector(5), 3, 2);
        (plan.depth, plan.width, plan.activation) = (3, 9, Activation::Tanh);
        (plan.norm, plan.site.eps) = (Norm::Batch, Some(0.0));
        let network = plan.build::<f64>();
        let state = State::initial(network.layout(), Init::He, 0.0, 1);
        let x: Vec<f64> = (0..10).map(|i| (i as f64 * 1.3).sin()).collect();
        let pass = Pass::training(&state.params, &state.buffers, 2, Draw { seed: 1, step: 0 });
        let layers = LayerProbe::new(&network, 2).measure(&network, &pass, &x, &[0, 2], 2.1);
        assert_eq!(layers.len(), 3);
        for layer in &layers {
            assert_eq!(layer.counts.iter().filter(|&&c| c > 0).count(), 2);
            assert!((layer.deviation - 1.0).abs() < 1e-6 && layer.mean.abs() < 1e-6);
        }
        // What comes back through the next layer's BatchNorm is nothing; the head's reaches the last layer.
        assert!(layers[0].gradient < 1e-12 && layers[1].gradient < 1e-12);
        assert!(layers[2].gradient > 0.1);
    }
}
