//! How loss and gradient change along the gradient (Santurkar et al. 2018, arXiv:1805.11604, §3.1, Fig. 4).
//!
//! On one fixed batch, in the pass of the step itself, with g = ∇L(θ) and step sizes α spread evenly in
//! the logarithm over [½, 4]·η. All parameters move, γ and β too. Nothing is compared across batches or
//! steps: each number belongs to one θ.

use crate::kernels::{Real, reduce};
use crate::measure::row::{NEVER, SAME_STEPS, SAME_STEPS_AND_LOSS};
use crate::measure::{Contrast, Form, Instrument, Measure, Moment, Reference, Row, Value};
use crate::nn::layer::Pass;
use crate::nn::network::{Network, Workspace};
use crate::probe::vectors::{cosine, distance};
use crate::probe::{Batch, finite};
use crate::run::Run;

/// What its measures have in common.
const COMMON: Measure = Measure {
    how: "On the next mini-batch, in training mode, at steps of half to four learning rates along the negative gradient.",
    form: Form::Number,
    ranked: SAME_STEPS,
    usual: true,
    ..Measure::PLAIN
};

impl Instrument for AlongProbe<f32> {
    const GROUP: &'static str = "Along the gradient";
    type Found = Along;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "loss_range",
                label: "Loss along the gradient",
                noun: "the variation of the loss along the gradient",
                help: "How far the loss varies when the step along the gradient is made smaller or larger.",
                unit: "nats",
                form: Form::Range,
                ranked: SAME_STEPS_AND_LOSS,
                ..COMMON
            },
            read: |f, _| Value::Range(f.loss),
        },
        Row {
            measure: Measure {
                name: "predictiveness",
                label: "Gradient change along the gradient",
                noun: "the variation of the gradient's change along the gradient",
                help: "How far the gradient after a step is from the one that predicted it; small is predictable.",
                form: Form::Range,
                ranked: NEVER,
                ..COMMON
            },
            read: |f, _| Value::Range(f.predictiveness),
        },
        Row {
            measure: Measure {
                name: "smoothness",
                label: "Effective smoothness β",
                noun: "the effective smoothness β",
                help: "The largest change of the gradient per distance moved along it; small is smooth.",
                ranked: NEVER,
                ..COMMON
            },
            read: |f, _| Value::Number(f.smoothness),
        },
        Row {
            measure: Measure {
                name: "smoothness_lr",
                label: "β · learning rate",
                noun: "β times the learning rate",
                help: "Smoothness in steps of the learning rate: comparable between nets of different weight scale.",
                usual: false,
                ..COMMON
            },
            read: |f, now| Value::Number(f.smoothness.map(|b| b * now.lr())),
        },
        Row {
            measure: Measure {
                name: "gradient_cosine",
                label: "Gradient direction kept",
                noun: "the cosine that the gradient keeps along itself",
                help: "The smallest cosine between the gradient and the one after a step: 1 is the same direction.",
                log: false,
                contrast: Contrast::Cosine,
                reference: Reference::Fixed("0: at right angles", |_| Some(0.0)),
                ..COMMON
            },
            read: |f, _| Value::Number(f.cosine),
        },
        Row {
            measure: Measure {
                name: "gradient_change",
                label: "Relative gradient change",
                noun: "the relative change of the gradient along itself",
                help: "The largest change of the gradient after a step, in lengths of the gradient.",
                usual: false,
                ..COMMON
            },
            read: |f, _| Value::Number(f.change),
        },
    ];

    fn new(run: &Run<f32>) -> Self {
        AlongProbe::new(run.network(), run.config().batch)
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(self.measure(now.network(), &now.batch(), now.lr(), now.settings().points))
    }
}

/// The smallest and the largest step size, in learning rates.
pub const SPAN: [f64; 2] = [0.5, 4.0];

/// Along one gradient. A quantity is missing if it is not finite at some step size: an extreme over the
/// other step sizes would be another quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Along {
    /// Smallest and largest L(θ − αg): the variation of the loss, in nats.
    pub loss: Option<[f64; 2]>,
    /// Smallest and largest ‖∇L(θ − αg) − g‖₂: gradient predictiveness.
    pub predictiveness: Option<[f64; 2]>,
    /// Largest ‖∇L(θ − αg) − g‖₂ / (α‖g‖₂): the effective β-smoothness. Missing if g = 0.
    pub smoothness: Option<f64>,
    /// Smallest cosine of the angle between g and ∇L(θ − αg); like the next, the same for networks that
    /// differ in the scale of their weights alone, if η goes with the square of that scale.
    pub cosine: Option<f64>,
    /// Largest ‖∇L(θ − αg) − g‖₂ / ‖g‖₂.
    pub change: Option<f64>,
}

/// Room for measuring along gradients of networks of one architecture.
pub struct AlongProbe<F> {
    work: Workspace<F>,
    gradient: Vec<F>,
    there: Vec<F>,
    point: Vec<F>,
}

/// Step size `i` of `points`, two or more.
pub fn alpha(lr: f64, i: usize, points: usize) -> f64 {
    let [low, high] = SPAN;
    lr * low * libm::pow(high / low, i as f64 / (points - 1) as f64)
}

impl<F: Real> AlongProbe<F> {
    /// Room for mini-batches of that size.
    pub fn new(network: &Network<F>, batch: usize) -> AlongProbe<F> {
        let zeros = vec![F::ZERO; network.layout().params.len()];
        AlongProbe {
            work: Workspace::to_train(network, batch),
            gradient: zeros.clone(),
            there: zeros.clone(),
            point: zeros,
        }
    }

    /// Measures at `points` step sizes, two or more, around the learning rate `lr`. Costs `points` + 1
    /// gradients.
    pub fn measure(&mut self, network: &Network<F>, batch: &Batch<F>, lr: f64, points: usize) -> Along {
        let Batch { pass, x, labels } = *batch;
        self.gradient.fill(F::ZERO);
        network.gradient(&pass, x, labels, &mut self.work, &mut self.gradient, |_, _| {});
        let size = reduce::norm(&self.gradient);
        let (mut loss, mut moved) = (Extremes::default(), Extremes::default());
        let (mut smoothness, mut angle) = (Extremes::default(), Extremes::default());
        for i in 0..points {
            let alpha = alpha(lr, i, points);
            self.point.copy_from_slice(pass.params);
            reduce::axpy(F::of(-alpha), &self.gradient, &mut self.point);
            self.there.fill(F::ZERO);
            let there = Pass { params: &self.point, ..pass };
            let score = network.gradient(&there, x, labels, &mut self.work, &mut self.there, |_, _| {});
            let change = distance(&self.there, &self.gradient);
            loss.push(score.loss);
            moved.push(change);
            smoothness.push(change / (alpha * size));
            angle.push(cosine(&self.there, &self.gradient));
        }
        Along {
            loss: loss.get(),
            predictiveness: moved.get(),
            smoothness: smoothness.get().map(|[_, most]| most),
            cosine: angle.get().map(|[least, _]| least),
            change: moved.get().and_then(|[_, most]| finite(most / size)),
        }
    }
}

/// The smallest and the largest of some numbers, if all are finite.
#[derive(Default)]
struct Extremes {
    so_far: Option<[f64; 2]>,
    not_finite: bool,
}

impl Extremes {
    fn push(&mut self, value: f64) {
        self.not_finite |= !value.is_finite();
        let [low, high] = self.so_far.unwrap_or([value, value]);
        self.so_far = Some([low.min(value), high.max(value)]);
    }

    fn get(&self) -> Option<[f64; 2]> {
        self.so_far.filter(|_| !self.not_finite)
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

    fn network(norm: Norm) -> (Network<f64>, State<f64>) {
        let mut plan = Architecture::new(Input::Vector(5), 3, 7);
        (plan.activation, plan.norm, plan.site.eps) = (Activation::Tanh, norm, Some(0.0));
        let network = plan.build();
        let state = State::initial(network.layout(), Init::He, 0.0, 3);
        (network, state)
    }

    fn measure(network: &Network<f64>, state: &State<f64>, lr: f64) -> Along {
        let x: Vec<f64> = (0..35).map(|i| (f64::from(i) * 1.3).sin()).collect();
        let labels: Vec<u32> = (0..7).map(|i| i % 3).collect();
        let pass = Pass::evaluation(&state.params, &state.buffers, 7, Statistics::Batch);
        let batch = Batch { pass, x: &x, labels: &labels };
        AlongProbe::new(network, 7).measure(network, &batch, lr, 8)
    }

    #[test]
    fn step_sizes_reach_from_half_to_four_learning_rates() {
        assert!((alpha(0.1, 0, 4) - 0.05).abs() < 1e-15);
        assert!((alpha(0.1, 1, 4) - 0.1).abs() < 1e-15);
        assert!((alpha(0.1, 3, 4) - 0.4).abs() < 1e-15);
    }

    /// For a vanishing step the loss changes by −α‖g‖², and the gradient hardly turns.
    #[test]
    fn small_steps_follow_the_gradient() {
        let (network, state) = network(Norm::Layer);
        let along = measure(&network, &state, 1e-6);
        let (loss, [least, most]) = (measure(&network, &state, 1e-12).loss.unwrap()[0], along.loss.unwrap());
        // g from the change of gradient and its share: ‖Δg‖ / (‖Δg‖/‖g‖).
        let size = along.predictiveness.unwrap()[1] / along.change.unwrap();
        assert!(((loss - least) / (4e-6 * size * size) - 1.0).abs() < 1e-3, "{along:?}");
        assert!(((loss - most) / (0.5e-6 * size * size) - 1.0).abs() < 1e-3, "{along:?}");
        assert!(along.cosine.unwrap() > 1.0 - 1e-9);
        let [first, last] = along.predictiveness.unwrap();
        assert!((last / first - 8.0).abs() < 1e-3, "linear in α: {along:?}");
    }

    #[test]
    fn what_overflows_is_missing() {
        let (network, mut state) = network(Norm::None);
        let along = measure(&network, &state, 1e308);
        assert_eq!((along.loss, along.predictiveness, along.smoothness), (None, None, None));
        state.params.fill(0.0);
        let last = network.layout().params.tensors().last().unwrap().range.clone();
        state.params[last].fill(f64::NAN);
        assert_eq!(measure(&network, &state, 0.1), Along::default());
    }

    #[test]
    fn extremes_of_nothing_and_of_infinity_are_missing() {
        let of = |values: &[f64]| {
            let mut all = Extremes::default();
            values.iter().for_each(|&v| all.push(v));
            all.get()
        };
        assert_eq!((of(&[]), of(&[2.0, -1.0, 0.5])), (None, Some([-1.0, 2.0])));
        assert_eq!((of(&[1.0, f64::INFINITY]), of(&[f64::NAN, 1.0])), (None, None));
    }
}
