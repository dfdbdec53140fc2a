//! The loss on planes through the weights: L(θ + a·u + b·v).
//!
//! | plane | u | v |
//! |---|---|---|
//! | random (Li et al. 2018, arXiv:1712.09913) | random, filter-normalized | another |
//! | gradient | −η∇L(θ): a step of the learning rate | random, as long, at a right angle |
//! | principal (Li et al. 2018, §7) | first principal component of the path to θ | second |
//! | line (Goodfellow et al. 2015, arXiv:1412.6544) | from θ to another point | random, as long, at a right angle |
//!
//! Filter-normalized: each row of a weight matrix (the incoming weights of one unit, or a filter) is
//! rescaled to the norm of the same row of θ, so that a step of 1 is as large as the weights themselves.
//! Biases, γ and β stay where they are.
//!
//! A plane is one cut through a space of thousands of dimensions: it shows no more than that.

mod directions;
mod principal;

pub use directions::{ZeroDirection, direction};
pub use principal::Path;

use super::population::Population;
use super::vectors::{distance, dot};
use crate::choice::choices;
use crate::data::Split;
use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::layout::Layout;
use crate::nn::network::{Network, Workspace};
use directions::across;

/// A random plane's points reach from −1 to 1 in each direction.
pub const REACH: f64 = 1.0;

/// A gradient plane's points reach that many learning rates to each side.
const STEPS: f64 = 4.0;

choices! {
    /// Which plane through the weights.
    pub enum Cut {
        Random: "random", "Random", "Two random directions, each as large as the weights it moves.";
        Gradient: "gradient", "Gradient", "Along the negative gradient, in learning rates, and a random direction across it.";
        Principal: "pca", "Path", "The two directions in which training has moved the weights most; the path is drawn in.";
        Line: "line", "Line A–B", "From one network's weights to another's, and a random direction across.";
    }
}

choices! {
    /// Whose mean and variance standardize at each point of a plane.
    pub enum Policy {
        Batch: "batch", "Batch", "The samples' own under the weights of the point: rescaled weights before a normalization change nothing.";
        Running: "running", "Running", "Running averages of the network in the middle, frozen: the published way, and not invariant.";
        Precise: "precise", "Precise", "Population statistics, computed anew for the weights of each point.";
    }
}

impl Policy {
    /// The statistics of a pass. For [`Policy::Precise`] the survey must be [`Survey::recomputing`].
    pub fn statistics(self) -> Statistics {
        match self {
            Policy::Batch => Statistics::Batch,
            Policy::Running | Policy::Precise => Statistics::Running,
        }
    }
}

/// The coordinate of point `i` of `points` on a side.
pub fn coordinate(i: usize, points: usize) -> f64 {
    super::coordinate(i, points, REACH)
}

/// A plane through a network's weights.
pub struct Plane<F> {
    origin: State<F>,
    u: Vec<F>,
    v: Vec<F>,
    /// The buffers at (1, 0), where they change along the first direction.
    far: Option<Vec<F>>,
    bounds: [[f64; 2]; 2],
    statistics: Statistics,
    /// θ + a·u + b·v of the point last asked for, and its buffers.
    point: State<F>,
}

impl<F: Real> Plane<F> {
    /// The plane of two random directions of that seed through `origin`. They are 0 where the weights are:
    /// see [`Plane::check`].
    ///
    /// `statistics`: with [`Statistics::Batch`] each point uses the statistics of the samples under its
    /// own weights; with [`Statistics::Running`] all use the origin's running averages.
    pub fn random(layout: &Layout, origin: State<F>, statistics: Statistics, seed: u32) -> Plane<F> {
        let draw = |name| direction(&layout.params, &origin.params, name, seed);
        let (u, v) = (draw("u"), draw("v"));
        let bounds = [[-REACH, REACH]; 2];
        Plane { point: origin.clone(), origin, u, v, far: None, bounds, statistics }
    }

    /// The plane of −η·`gradient` and a random direction: a counts gradient steps of the learning rate `lr`.
    /// The gradient may be a mini-batch's: then its steps are training's, and not the steepest of a survey
    /// on other samples.
    ///
    /// # Errors
    /// If the gradient is 0 or not finite, or all weights are 0.
    pub fn gradient(
        layout: &Layout,
        origin: State<F>,
        statistics: Statistics,
        gradient: &[F],
        lr: f64,
        seed: u32,
    ) -> Result<Plane<F>, ZeroDirection> {
        let u: Vec<F> = gradient.iter().map(|&g| F::of(-lr) * g).collect();
        let v = across(&layout.params, &origin.params, &u, seed, "the gradient")?;
        let bounds = [[-STEPS, STEPS]; 2];
        Ok(Plane { point: origin.clone(), origin, u, v, far: None, bounds, statistics })
    }

    /// The plane in which a path to `origin` moved most, see [`Path`]; its points reach a quarter beyond
    /// the path. Distances are those of the weights.
    ///
    /// # Errors
    /// If the path does not move, or runs along a straight line, or is not finite.
    pub fn principal(
        origin: State<F>,
        statistics: Statistics,
        points: &[Vec<F>],
    ) -> Result<(Plane<F>, Path), ZeroDirection> {
        let (u, v, path) = principal::components(points, &origin.params)?;
        let bounds = path.bounds();
        Ok((Plane { point: origin.clone(), origin, u, v, far: None, bounds, statistics }, path))
    }

    /// The plane of the line from `origin`, at (0, 0), to `end`, at (1, 0), and a random direction.
    /// Running statistics go along from the one's to the other's; beyond the ends they stay, for a
    /// variance may not become negative.
    ///
    /// # Errors
    /// If both ends have the same parameters or all weights are 0, or if anything is not finite.
    pub fn line(
        layout: &Layout,
        origin: State<F>,
        end: &State<F>,
        statistics: Statistics,
        seed: u32,
    ) -> Result<Plane<F>, ZeroDirection> {
        let u: Vec<F> = end.params.iter().zip(&origin.params).map(|(&b, &a)| b - a).collect();
        let v = across(&layout.params, &origin.params, &u, seed, "the line from A to B")?;
        let (bounds, far) = ([[-0.5, 1.5], [-1.0, 1.0]], Some(end.buffers.clone()));
        Ok(Plane { point: origin.clone(), origin, u, v, far, bounds, statistics })
    }

    /// Whether both directions lead somewhere.
    ///
    /// # Errors
    /// If either is 0 or not finite.
    pub fn check(&self) -> Result<(), ZeroDirection> {
        directions::check(&self.u, "the first direction")?;
        directions::check(&self.v, "the second direction")
    }

    /// From where to where the points reach, along each direction.
    pub fn bounds(&self) -> [[f64; 2]; 2] {
        self.bounds
    }

    /// Lengths of the two directions, ‖u‖₂ and ‖v‖₂, and the cosine of the angle between them.
    pub fn shape(&self) -> ([f64; 2], f64) {
        let lengths = [dot(&self.u, &self.u).sqrt(), dot(&self.v, &self.v).sqrt()];
        (lengths, dot(&self.u, &self.v) / (lengths[0] * lengths[1]))
    }

    /// Coordinates of point `k` of a grid of `points × points` (two or more), counted row by row from the
    /// corner of the smallest a and b.
    pub fn place(&self, k: usize, points: usize) -> (f64, f64) {
        let along = |[low, high]: [f64; 2], i: usize| low + (high - low) * i as f64 / (points - 1) as f64;
        (along(self.bounds[0], k % points), along(self.bounds[1], k / points))
    }

    /// The state at (a, b): to go on from there, say.
    pub fn state(&mut self, a: f64, b: f64) -> &State<F> {
        let (x, y) = (F::of(a), F::of(b));
        let from = self.origin.params.iter().zip(&self.u).zip(&self.v);
        for (to, ((&p, &u), &v)) in self.point.params.iter_mut().zip(from) {
            *to = p + x * u + y * v;
        }
        let t = F::of(a.clamp(0.0, 1.0));
        for (i, to) in self.point.buffers.iter_mut().enumerate() {
            let near = self.origin.buffers[i];
            *to = self.far.as_ref().map_or(near, |far| near + t * (far[i] - near));
        }
        &self.point
    }

    /// How far the weights are from the plane's origin at (a, b).
    pub fn distance(&mut self, a: f64, b: f64) -> f64 {
        self.state(a, b);
        distance(&self.point.params, &self.origin.params)
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
    population: Option<Population<F>>,
}

impl<F: Real> Survey<F> {
    /// A survey on the first [`SAMPLES`] samples of a split.
    pub fn new(network: Network<F>, split: &Split<F>) -> Survey<F> {
        Survey::on(network, split, SAMPLES)
    }

    /// A survey on the first `samples` samples of a split, or all.
    pub fn on(network: Network<F>, split: &Split<F>, samples: usize) -> Survey<F> {
        let n = split.len().min(samples);
        Survey {
            work: Workspace::to_evaluate(&network, n),
            x: split.x[..n * network.input().len()].to_vec(),
            labels: split.y[..n].to_vec(),
            population: None,
            network,
        }
    }

    /// The same, with population statistics computed anew at each point from all of `split` in batches of
    /// that size; `fresh` are initial buffers. For planes with [`Statistics::Running`].
    #[must_use]
    pub fn recomputing(self, split: &Split<F>, batch: usize, fresh: Vec<F>) -> Survey<F> {
        let population = Some(Population::new(&self.network, &split.x, batch, fresh));
        Survey { population, ..self }
    }

    /// The network.
    pub fn network(&self) -> &Network<F> {
        &self.network
    }

    /// Samples in the loss.
    pub fn samples(&self) -> usize {
        self.labels.len()
    }

    /// The loss's gradient at a state, on the survey's samples with their own statistics, as in training
    /// but without anything random; laid out as the parameters.
    pub fn gradient(&self, state: &State<F>) -> Vec<F> {
        let pass = Pass::evaluation(&state.params, &state.buffers, self.labels.len(), Statistics::Batch);
        let mut gradient = vec![F::ZERO; state.params.len()];
        let mut work = Workspace::to_train(&self.network, self.labels.len());
        self.network.gradient(&pass, &self.x, &self.labels, &mut work, &mut gradient, |_, _| {});
        gradient
    }

    /// The loss at θ + a·u + b·v; not finite where the network overflows.
    pub fn loss(&mut self, plane: &mut Plane<F>, a: f64, b: f64) -> f64 {
        plane.state(a, b);
        let State { params, buffers } = &mut plane.point;
        if let Some(population) = &mut self.population {
            population.measure(&self.network, params, buffers);
        }
        let pass = Pass::evaluation(params, buffers, self.labels.len(), plane.statistics);
        self.network.score(&pass, &self.x, &self.labels, &mut self.work).loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::reduce;
    use crate::nn::activation::Activation;
    use crate::nn::init::Init;
    use crate::nn::layout::Role;
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
    #[test]
    fn a_step_along_the_gradient_is_a_step_of_training() {
        let (mut survey, state) = survey(Norm::Batch);
        let gradient = survey.gradient(&state);
        let layout = survey.network().layout();
        let lr = 0.01;
        let mut plane = Plane::gradient(layout, state.clone(), Statistics::Batch, &gradient, lr, 1).unwrap();
        let after: Vec<f64> = state.params.iter().zip(&gradient).map(|(p, g)| p - lr * g).collect();
        let off = distance(&plane.state(1.0, 0.0).params, &after);
        assert!(off < 1e-15, "{off}");
        let (lengths, cosine) = plane.shape();
        assert!((lengths[0] / lengths[1] - 1.0).abs() < 1e-12 && cosine.abs() < 1e-12);
        assert!((lengths[0] - lr * reduce::norm(&gradient)).abs() < 1e-12);
        assert!((plane.distance(0.0, 2.0) - 2.0 * lengths[0]).abs() < 1e-12);
        // Downhill, by η‖g‖² to first order; across, to first order not at all.
        let (here, down) = (survey.loss(&mut plane, 0.0, 0.0), survey.loss(&mut plane, 0.01, 0.0));
        let slope = (here - down) / (0.01 * lr * reduce::dot(&gradient, &gradient));
        assert!((slope - 1.0).abs() < 0.01, "{slope}");
        assert_eq!((plane.place(0, 5), plane.place(24, 5)), ((-4.0, -4.0), (4.0, 4.0)));
        assert_eq!((plane.place(1, 5), plane.place(5, 5)), ((-2.0, -4.0), (-4.0, -2.0)));
    }

    #[test]
    fn a_line_carries_the_running_statistics_along() {
        let (mut survey, start) = survey(Norm::Batch);
        let mut end = start.clone();
        end.params.iter_mut().enumerate().for_each(|(i, p)| *p += 0.1 * (i as f64).sin());
        end.buffers.iter_mut().for_each(|b| *b += 2.0);
        let layout = survey.network().layout();
        let mut plane = Plane::line(layout, start.clone(), &end, Statistics::Running, 1).unwrap();
        assert_eq!(*plane.state(0.0, 0.0), start);
        assert!(distance(&plane.state(1.0, 0.0).params, &end.params) < 1e-14);
        assert_eq!(plane.state(1.0, 0.0).buffers, end.buffers);
        assert_eq!(plane.state(1.5, 0.0).buffers, end.buffers, "a variance must not be extrapolated");
        assert_eq!(plane.state(-0.5, 0.0).buffers, start.buffers);
        assert!(plane.state(0.5, 0.3).buffers.iter().zip(&start.buffers).all(|(m, s)| (m - s - 1.0).abs() < 1e-12));
        let mut at = |state: &State<f64>| {
            let pass = Pass::evaluation(&state.params, &state.buffers, 7, Statistics::Running);
            let (x, labels) = (survey.x.clone(), survey.labels.clone());
            survey.network.score(&pass, &x, &labels, &mut survey.work).loss
        };
        let (first, last) = (at(&start), at(&end));
        assert!((survey.loss(&mut plane, 0.0, 0.0) - first).abs() < 1e-12);
        assert!((survey.loss(&mut plane, 1.0, 0.0) - last).abs() < 1e-12);
        assert!((first - last).abs() > 1e-3);
    }

    /// All samples as one batch: up to the unbiased variance, precise statistics are the batch's.
    #[test]
    fn precise_statistics_are_computed_anew_at_each_point() {
        let (survey, state) = survey(Norm::Batch);
        let split = Split { x: survey.x.clone(), y: survey.labels.clone() };
        let fresh = State::initial(survey.network().layout(), Init::He, 0.0, 3).buffers;
        let layout = survey.network().layout();
        let plane = |statistics| Plane::random(layout, state.clone(), statistics, 1);
        let (mut own, mut running) = (plane(Statistics::Batch), plane(Policy::Precise.statistics()));
        let mut batch = Survey::new(network(Norm::Batch), &split);
        let mut precise = Survey::new(network(Norm::Batch), &split).recomputing(&split, 7, fresh);
        for (a, b) in [(0.0, 0.0), (0.7, -0.4)] {
            let frozen = batch.loss(&mut running, a, b);
            let recomputed = precise.loss(&mut running, a, b);
            assert_eq!(frozen, batch.loss(&mut running, a, b), "nothing is left behind");
            // √(7/6) is what the unbiased variance makes of the deviation.
            let measured = batch.loss(&mut own, a, b);
            assert!((recomputed - measured).abs() < 0.1 && (recomputed - frozen).abs() > 0.1, "{recomputed}");
        }
    }

    #[test]
    fn directions_of_no_length_are_refused_in_words() {
        let (survey, state) = survey(Norm::Batch);
        let layout = survey.network().layout();
        let zero = vec![0.0; state.params.len()];
        let of = |gradient: &[f64], state: &State<f64>| {
            let plane = Plane::gradient(layout, state.clone(), Statistics::Batch, gradient, 0.1, 1);
            plane.err().map(|e| e.to_string())
        };
        assert_eq!(of(&zero, &state).unwrap(), "the gradient is 0: it spans no plane");
        assert_eq!(of(&vec![f64::NAN; zero.len()], &state).unwrap(), "the gradient is not finite: it spans no plane");
        let silent = State { params: zero.clone(), buffers: state.buffers.clone() };
        let ones = vec![1.0; zero.len()];
        assert_eq!(of(&ones, &silent).unwrap(), "the random direction across is 0: it spans no plane");
        assert_eq!(of(&ones, &state), None);
        let line = Plane::line(layout, state.clone(), &state, Statistics::Batch, 1).err().unwrap();
        assert_eq!(line.to_string(), "the line from A to B is 0: it spans no plane");
        let random = Plane::random(layout, silent, Statistics::Batch, 1).check().unwrap_err();
        assert_eq!(random.to_string(), "the first direction is 0: it spans no plane");
        assert_eq!(Plane::random(layout, state, Statistics::Batch, 1).check(), Ok(()));
    }
}
