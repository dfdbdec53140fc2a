//! Internal covariate shift in its older sense: how a step moves the distribution of each layer's inputs
//! (Ioffe & Szegedy 2015, arXiv:1502.03167, §2), told by mean and variance.

use crate::kernels::Real;
use crate::measure::row::ANY;
use crate::measure::value::layers;
use crate::measure::{Form, Instrument, Measure, Moment, Row};
use crate::nn::layer::Pass;
use crate::nn::network::{Network, Part, Source, Workspace};
use crate::probe::moments::Moments;
use crate::probe::valid::valid;
use crate::probe::{Batch, finite};
use crate::run::Run;

/// What its measures have in common.
const COMMON: Measure = Measure {
    how: "Before and after the optimizer's next step, on its mini-batch.",
    form: Form::Layers,
    ranked: ANY,
    ..Measure::PLAIN
};

impl Instrument for DriftProbe<f32> {
    const GROUP: &'static str = "Covariate shift";
    type Found = Vec<LayerDrift>;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "mean_drift",
                label: "Drift of input means",
                noun: "the drift of the inputs' means",
                help: "How far one step moves the means of a layer's inputs, in their standard deviations.",
                unit: "σ",
                ..COMMON
            },
            read: |f, _| layers(f, |d| (&d.name, d.mean)),
        },
        Row {
            measure: Measure {
                name: "variance_drift",
                label: "Drift of input variances",
                noun: "the drift of the inputs' variances",
                help: "How much one step changes the variances of a layer's inputs, as a share of them.",
                ..COMMON
            },
            read: |f, _| layers(f, |d| (&d.name, d.variance)),
        },
    ];

    fn new(run: &Run<f32>) -> Self {
        DriftProbe::new(run.network(), run.config().batch)
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(self.measure(now.network(), &now.batch(), now.next()))
    }
}

/// How a step moves the inputs of one layer, on one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerDrift {
    /// The layer's name, such as `linear3`.
    pub name: String,
    /// √(Σ Δμ² / Σ σ²) over the channels: how far means move, in standard deviations. Missing if all
    /// inputs are constant.
    pub mean: Option<f64>,
    /// Σ |Δσ²| / Σ σ² over the channels.
    pub variance: Option<f64>,
}

/// Room for measuring networks of one architecture.
pub struct DriftProbe<F> {
    work: Workspace<F>,
}

impl<F: Real> DriftProbe<F> {
    /// Room for mini-batches of that size.
    pub fn new(network: &Network<F>, batch: usize) -> DriftProbe<F> {
        DriftProbe { work: Workspace::to_train(network, batch) }
    }

    /// Every layer with weights but those that read the data, whole or step by step in time, which training
    /// does not move; `next` are all parameters after the step. The padding behind
    /// sequences that end early is left out. Costs two forward passes.
    pub fn measure(&mut self, network: &Network<F>, batch: &Batch<F>, next: &[F]) -> Vec<LayerDrift> {
        let before = self.inputs(network, batch);
        let after = self.inputs(network, &Batch { pass: Pass { params: next, ..batch.pass }, ..*batch });
        let drifts = before.into_iter().zip(after).map(|((name, before), (_, after))| {
            let over = |f: &dyn Fn(usize) -> f64| (0..before.mean.len()).map(f).sum::<f64>();
            let spread = over(&|c| before.variance[c]);
            let mean = over(&|c| (after.mean[c] - before.mean[c]).powi(2));
            let variance = over(&|c| (after.variance[c] - before.variance[c]).abs());
            LayerDrift { name, mean: finite((mean / spread).sqrt()), variance: finite(variance / spread) }
        });
        drifts.collect()
    }

    fn inputs(&mut self, network: &Network<F>, batch: &Batch<F>) -> Vec<(String, Moments)> {
        network.forward(&batch.pass, batch.x, &mut self.work);
        let nodes = network.nodes();
        let weighted = nodes.iter().filter(|node| matches!(node.part, Part::Linear | Part::Head));
        let inputs = weighted.filter_map(|node| match node.from {
            Source::Input => None,
            Source::Node(j) if reads_data(network, j) => None,
            Source::Node(j) => {
                let values = valid(network, &self.work, j, node.step, batch.pass.batch);
                let channels = nodes[j].shape.channels;
                // At a step in time that hardly a sequence reaches there are no moments to drift.
                let scatters = values.len() > channels;
                scatters.then(|| (node.name.clone(), Moments::of(&values, channels)))
            }
        });
        inputs.collect()
    }
}

/// Whether a node's output is the data itself, cut or rearranged: nothing with weights stands in between.
fn reads_data<F: Real>(network: &Network<F>, i: usize) -> bool {
    let node = &network.nodes()[i];
    node.part == Part::Shuffle
        && match node.from {
            Source::Input => true,
            Source::Node(j) => reads_data(network, j),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::Statistics;
    use crate::nn::model::{Architecture, Input};

    /// sigmoid(x·W₁ᵀ + b) with W₁ = 0 is the same for all samples; the head reads it.
    #[test]
    fn a_moved_bias_moves_the_mean_and_nothing_else() {
        let mut plan = Architecture::new(Input::Vector(3), 2, 8);
        (plan.depth, plan.width, plan.activation) = (1, 4, Activation::Tanh);
        let network = plan.build::<f64>();
        let mut state = State::<f64>::initial(network.layout(), Init::He, 0.0, 3);
        let x: Vec<f64> = (0..24).map(|i| 1e-4 * (f64::from(i) * 1.3).sin()).collect();
        let labels = [0, 1, 0, 1, 0, 1, 0, 1];
        let measure = |state: &State<f64>, next: &[f64]| {
            let pass = Pass::evaluation(&state.params, &state.buffers, 8, Statistics::Batch);
            let batch = Batch { pass, x: &x, labels: &labels };
            DriftProbe::new(&network, 8).measure(&network, &batch, next).remove(0)
        };
        // Near 0, tanh is the identity: the head's inputs are W₁x + b.
        let tensors = network.layout().params.tensors();
        let (weight, bias) = (tensors[0].range.clone(), tensors[1].range.clone());
        let mut next = state.params.clone();
        next[bias.clone()].iter_mut().for_each(|b| *b += 1e-4);
        let drift = measure(&state, &next);
        let values: Vec<f64> =
            (0..32).map(|i| (0..3).map(|k| x[i / 4 * 3 + k] * state.params[i % 4 * 3 + k]).sum()).collect();
        let spread: f64 = Moments::of(&values, 4).variance.iter().sum();
        assert!((drift.mean.unwrap() / (4.0 * 1e-8 / spread).sqrt() - 1.0).abs() < 1e-6, "{drift:?}");
        assert!(drift.variance.unwrap() < 1e-6, "{drift:?}");
        // Twice the weights: four times the variance, three more than there was.
        let mut next = state.params.clone();
        next[weight.clone()].iter_mut().for_each(|w| *w *= 2.0);
        assert!((measure(&state, &next).variance.unwrap() - 3.0).abs() < 1e-6);
        assert_eq!(measure(&state, &state.params).mean, Some(0.0));
        state.params[weight].fill(0.0);
        assert_eq!(measure(&state, &next).mean, None, "constant inputs have no spread to measure by");
    }
}
