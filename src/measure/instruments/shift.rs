//! Internal covariate shift, as the change of a layer's gradient when the layers before it move
//! (Santurkar et al. 2018, arXiv:1805.11604, Definition 2.1).
//!
//! For the weights Wᵢ of layer i: G = ∇_{Wᵢ} L(θᵗ), and G′ is the same on the same batch with everything
//! before layer i as the step leaves it, θᵗ⁺¹, and Wᵢ and everything behind it still at θᵗ.

use crate::kernels::Real;
use crate::measure::row::ANY;
use crate::measure::value::layers;
use crate::measure::{Contrast, Form, Instrument, Measure, Moment, Reference, Row};
use crate::nn::layer::Pass;
use crate::nn::layout::Role;
use crate::nn::network::{Network, Workspace};
use crate::probe::vectors::{cosine, distance};
use crate::probe::{Batch, finite};
use crate::run::Run;

/// What its measures have in common.
const COMMON: Measure = Measure {
    how: "Before and after the optimizer's next step, on its mini-batch.",
    form: Form::Layers,
    usual: true,
    ..Measure::PLAIN
};

impl Instrument for ShiftProbe<f32> {
    const GROUP: &'static str = "Covariate shift";
    type Found = Vec<LayerShift>;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "shift",
                label: "Covariate shift of gradients",
                noun: "the covariate shift ‖G − G′‖",
                help: "How far a layer's gradient moves when the layers before it take their step.",
                skipped: 1,
                ..COMMON
            },
            read: |f, _| layers(f, |s| (&s.name, s.distance)),
        },
        Row {
            measure: Measure {
                name: "shift_cosine",
                label: "Gradient direction kept by layer",
                noun: "the cosine between a layer's gradients before and after the earlier layers' step",
                help: "Cosine between a layer's gradient before and after the earlier layers take their step.",
                log: false,
                contrast: Contrast::Cosine,
                ranked: ANY,
                reference: Reference::Fixed("0: at right angles", |_| Some(0.0)),
                skipped: 1,
                ..COMMON
            },
            read: |f, _| layers(f, |s| (&s.name, s.cosine)),
        },
    ];

    fn new(run: &Run<f32>) -> Self {
        ShiftProbe::new(run.network(), run.config().batch)
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(self.measure(now.network(), &now.batch(), now.next()))
    }
}

/// How a step of the layers before one layer changes its gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerShift {
    /// The name of the layer's weights, such as `linear3.weight`.
    pub name: String,
    /// ‖G − G′‖₂; 0 for the first layer, which has none before it.
    pub distance: Option<f64>,
    /// The cosine of the angle between G and G′. Missing if either is 0.
    pub cosine: Option<f64>,
}

/// Room for measuring networks of one architecture.
pub struct ShiftProbe<F> {
    work: Workspace<F>,
    now: Vec<F>,
    then: Vec<F>,
    mixed: Vec<F>,
}

impl<F: Real> ShiftProbe<F> {
    /// Room for mini-batches of that size.
    pub fn new(network: &Network<F>, batch: usize) -> ShiftProbe<F> {
        let zeros = vec![F::ZERO; network.layout().params.len()];
        ShiftProbe { work: Workspace::to_train(network, batch), now: zeros.clone(), then: zeros.clone(), mixed: zeros }
    }

    /// Every matrix of weights, from input to output; `next` are all parameters after the step, θᵗ⁺¹.
    /// Biases, γ and β count to the layer that they stand behind. Weights shared over time are one layer.
    /// Costs a gradient per layer.
    pub fn measure(&mut self, network: &Network<F>, batch: &Batch<F>, next: &[F]) -> Vec<LayerShift> {
        let Batch { pass, x, labels } = *batch;
        self.now.fill(F::ZERO);
        let here = network.gradient(&pass, x, labels, &mut self.work, &mut self.now, |_, _| {}).loss;
        let tensors = network.layout().params.tensors().iter();
        let mut shifts = Vec::new();
        for tensor in tensors.filter(|t| matches!(t.role, Role::Weight { .. })) {
            let (at, range) = (tensor.range.start, tensor.range.clone());
            self.then.fill(F::ZERO);
            let mut there = here;
            if at == 0 {
                self.then.copy_from_slice(&self.now);
            } else {
                self.mixed[..at].copy_from_slice(&next[..at]);
                self.mixed[at..].copy_from_slice(&pass.params[at..]);
                let mixed = Pass { params: &self.mixed, ..pass };
                there = network.gradient(&mixed, x, labels, &mut self.work, &mut self.then, |_, _| {}).loss;
            }
            // ReLU stops a NaN on its way back: a gradient may be 0 where the loss is no number.
            let known = |value: f64| finite(value).filter(|_| here.is_finite() && there.is_finite());
            let (now, then) = (&self.now[range.clone()], &self.then[range]);
            shifts.push(LayerShift {
                name: tensor.name.clone(),
                distance: known(distance(now, then)),
                cosine: known(cosine(now, then)),
            });
        }
        shifts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::Statistics;
    use crate::nn::model::{Architecture, Input};
    use crate::nn::norm::Norm;

    fn setting() -> (Network<f64>, State<f64>, Vec<f64>, Vec<u32>) {
        let mut plan = Architecture::new(Input::Vector(5), 3, 7);
        (plan.depth, plan.activation, plan.norm) = (3, Activation::Tanh, Norm::Batch);
        let network = plan.build();
        let state = State::initial(network.layout(), Init::He, 0.0, 3);
        let x = (0..35).map(|i| (f64::from(i) * 1.3).sin()).collect();
        (network, state, x, (0..7).map(|i| i % 3).collect())
    }

    fn measure(next: impl Fn(&Network<f64>, &[f64]) -> Vec<f64>) -> Vec<LayerShift> {
        let (network, state, x, labels) = setting();
        let pass = Pass::evaluation(&state.params, &state.buffers, 7, Statistics::Batch);
        let next = next(&network, &state.params);
        ShiftProbe::new(&network, 7).measure(&network, &Batch { pass, x: &x, labels: &labels }, &next)
    }

    #[test]
    fn nothing_moved_is_no_shift() {
        let shifts = measure(|_, params| params.to_vec());
        let names: Vec<&str> = shifts.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["linear1.weight", "linear2.weight", "linear3.weight", "head.weight"]);
        for shift in shifts {
            assert_eq!(shift.distance, Some(0.0));
            assert!(shift.cosine.unwrap() > 1.0 - 1e-12);
        }
    }

    /// What moves from layer 2's own weights on cannot shift layers 1 and 2.
    #[test]
    fn only_the_layers_before_matter() {
        let shifts = measure(|network, params| {
            let mut next = params.to_vec();
            let from = network.layout().params.tensors().iter().find(|t| t.name == "linear2.weight").unwrap();
            next[from.range.start..].iter_mut().for_each(|w| *w += 0.1);
            next
        });
        let moved: Vec<bool> = shifts.iter().map(|s| s.distance.unwrap() > 0.0).collect();
        assert_eq!(moved, [false, false, true, true]);
        assert!(shifts[2].cosine.unwrap() < 0.999);
    }

    #[test]
    fn overflow_is_missing() {
        let shifts = measure(|_, params| vec![f64::NAN; params.len()]);
        assert_eq!(shifts[0].distance, Some(0.0));
        assert!(shifts[1..].iter().all(|s| s.distance.is_none() && s.cosine.is_none()));
    }
}
