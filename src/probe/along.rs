//! How loss and gradient change along the gradient (Santurkar et al. 2018, arXiv:1805.11604, §3.1, Fig. 4).
//!
//! On one fixed batch, in the pass of the step itself, with g = ∇L(θ) and step sizes α spread evenly in
//! the logarithm over [½, 4]·η. All parameters move, γ and β too. Nothing is compared across batches or
//! steps: each number belongs to one θ.

use super::vectors::{cosine, distance};
use super::{Batch, finite};
use crate::kernels::{Real, reduce};
use crate::nn::layer::Pass;
use crate::nn::network::{Network, Workspace};

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
    spoiled: bool,
}

impl Extremes {
    fn push(&mut self, value: f64) {
        self.spoiled |= !value.is_finite();
        let [low, high] = self.so_far.unwrap_or([value, value]);
        self.so_far = Some([low.min(value), high.max(value)]);
    }

    fn get(&self) -> Option<[f64; 2]> {
        self.so_far.filter(|_| !self.spoiled)
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
