//! The loss along random directions through the weights (Li et al. 2018, arXiv:1712.09913).
//!
//! L(θ + a·u + b·v) for directions u and v drawn from a Gaussian and filter-normalized: each row of a
//! weight matrix (the incoming weights of one unit) is rescaled to the norm of the same row of θ, so
//! that a step of 1 is as large as the weights themselves. Biases, γ and β stay where they are.
//!
//! A random plane is one cut through a space of thousands of dimensions: it shows no more than that.

use crate::data::Split;
use crate::kernels::{Real, reduce};
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::layout::{Layout, Role, Table};
use crate::nn::network::{Network, Workspace};
use crate::rng::Stream;

/// The grid's points reach from −1 to 1 in each direction.
pub const REACH: f64 = 1.0;

/// The coordinate of point `i` of `points` on a side.
pub fn coordinate(i: usize, points: usize) -> f64 {
    super::coordinate(i, points, REACH)
}

/// A filter-normalized random direction, laid out as the parameters.
///
/// Each tensor's draws come from a stream of its own, so that networks that differ in their
/// normalization alone are cut along the same directions.
pub fn direction<F: Real>(table: &Table, params: &[F], name: &str, seed: u32) -> Vec<F> {
    let mut direction = vec![F::ZERO; params.len()];
    for tensor in table.tensors() {
        let Role::Weight { fan_in, .. } = tensor.role else {
            continue;
        };
        let mut stream = Stream::new(seed, &format!("landscape/{name}/{}", tensor.name));
        let rows = direction[tensor.range.clone()].chunks_exact_mut(fan_in);
        for (row, weights) in rows.zip(params[tensor.range.clone()].chunks_exact(fan_in)) {
            for value in row.iter_mut() {
                *value = F::of(stream.normal());
            }
            let scale = F::of(reduce::norm(weights) / (reduce::norm(row) + 1e-10));
            for value in row.iter_mut() {
                *value *= scale;
            }
        }
    }
    direction
}

/// A plane through a network's weights.
pub struct Plane<F> {
    origin: State<F>,
    u: Vec<F>,
    v: Vec<F>,
    statistics: Statistics,
    /// θ + a·u + b·v of the point last asked for.
    point: Vec<F>,
}

impl<F: Real> Plane<F> {
    /// The plane of two random directions of that seed through `origin`.
    ///
    /// `statistics`: with [`Statistics::Batch`] each point uses the statistics of the samples under its
    /// own weights; with [`Statistics::Running`] all use the origin's running averages.
    pub fn random(layout: &Layout, origin: State<F>, statistics: Statistics, seed: u32) -> Plane<F> {
        let draw = |name| direction(&layout.params, &origin.params, name, seed);
        let (u, v) = (draw("u"), draw("v"));
        let point = vec![F::ZERO; origin.params.len()];
        Plane { origin, u, v, statistics, point }
    }

    /// The network at θ + a·u + b·v; its running statistics are the origin's.
    pub fn at(&mut self, a: f64, b: f64) -> State<F> {
        self.go(a, b);
        State { params: self.point.clone(), buffers: self.origin.buffers.clone() }
    }

    fn go(&mut self, a: f64, b: f64) {
        let (a, b) = (F::of(a), F::of(b));
        let from = self.origin.params.iter().zip(&self.u).zip(&self.v);
        for (to, ((&p, &u), &v)) in self.point.iter_mut().zip(from) {
            *to = p + a * u + b * v;
        }
    }
}

/// The most samples that the loss is measured on: the first of the training split, which is shuffled.
pub const SAMPLES: usize = 256;

/// A network and the samples on which its loss is measured.
pub struct Survey<F> {
    network: Network<F>,
    x: Vec<F>,
    labels: Vec<u32>,
    work: Workspace<F>,
}

impl<F: Real> Survey<F> {
    /// A survey on the first [`SAMPLES`] samples of a split.
    pub fn new(network: Network<F>, split: &Split<F>) -> Survey<F> {
        let n = split.len().min(SAMPLES);
        Survey {
            work: Workspace::to_evaluate(&network, n),
            x: split.x[..n * network.input().len()].to_vec(),
            labels: split.y[..n].to_vec(),
            network,
        }
    }

    /// The network.
    pub fn network(&self) -> &Network<F> {
        &self.network
    }

    /// The loss at θ + a·u + b·v; not finite where the network overflows.
    pub fn loss(&mut self, plane: &mut Plane<F>, a: f64, b: f64) -> f64 {
        plane.go(a, b);
        let pass = Pass::evaluation(&plane.point, &plane.origin.buffers, self.labels.len(), plane.statistics);
        self.network.score(&pass, &self.x, &self.labels, &mut self.work).loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::init::Init;
    use crate::nn::model::{Architecture, Input};
    use crate::nn::norm::Norm;

    fn network(norm: Norm) -> Network<f64> {
        let mut plan = Architecture::new(Input::Vector(5), 3, 7);
        (plan.activation, plan.norm, plan.site.eps) = (Activation::Tanh, norm, Some(0.0));
        plan.build()
    }

    fn survey(norm: Norm) -> (Survey<f64>, State<f64>) {
        let network = network(norm);
        let state = State::initial(network.layout(), Init::He, 0.0, 3);
        let x = (0..35).map(|i| (f64::from(i) * 1.3).sin()).collect();
        (Survey::new(network, &Split { x, y: (0..7).map(|i| i % 3).collect() }), state)
    }

    #[test]
    fn each_row_is_as_long_as_the_weights_it_moves() {
        let network = network(Norm::None);
        let state = State::<f64>::initial(network.layout(), Init::PyTorch, 0.0, 3);
        let d = direction(&network.layout().params, &state.params, "u", 1);
        for tensor in network.layout().params.tensors() {
            let (w, d) = (&state.params[tensor.range.clone()], &d[tensor.range.clone()]);
            match tensor.role {
                Role::Weight { fan_in, .. } => {
                    for (w, d) in w.chunks(fan_in).zip(d.chunks(fan_in)) {
                        assert!((reduce::norm(d) / reduce::norm(w) - 1.0).abs() < 1e-9);
                    }
                }
                _ => assert!(d.iter().all(|&v| v == 0.0)),
            }
        }
    }

    #[test]
    fn the_centre_is_the_loss_itself() {
        let (mut survey, state) = survey(Norm::Batch);
        let mut plane = Plane::random(survey.network().layout(), state.clone(), Statistics::Batch, 1);
        let centre = survey.loss(&mut plane, 0.0, 0.0);
        assert_ne!(survey.loss(&mut plane, 0.3, -0.2), centre);
        let pass = Pass::evaluation(&state.params, &state.buffers, 7, Statistics::Batch);
        let (x, labels) = (survey.x.clone(), survey.labels.clone());
        assert_eq!(centre, survey.network.score(&pass, &x, &labels, &mut survey.work).loss);
        assert_eq!(plane.origin, state);
    }

    /// Rescaling the weights in front of a BatchNorm rescales the directions with them: with batch
    /// statistics and ε = 0 the whole landscape is the same.
    #[test]
    fn batch_statistics_make_the_landscape_invariant_to_the_scale_of_the_weights() {
        let (mut survey, state) = survey(Norm::Batch);
        let mut scaled = state.clone();
        for tensor in survey.network().layout().params.tensors().iter().filter(|t| t.name.starts_with("linear")) {
            scaled.params[tensor.range.clone()].iter_mut().for_each(|w| *w *= 7.0);
        }
        let mut loss = |state: &State<f64>, statistics| {
            let mut plane = Plane::random(survey.network().layout(), state.clone(), statistics, 1);
            survey.loss(&mut plane, 0.6, -0.4)
        };
        let same = (loss(&state, Statistics::Batch), loss(&scaled, Statistics::Batch));
        assert!((same.0 - same.1).abs() < 1e-9, "{same:?}");
        let other = (loss(&state, Statistics::Running), loss(&scaled, Statistics::Running));
        assert!((other.0 - other.1).abs() > 1e-3, "{other:?}");
    }
}
