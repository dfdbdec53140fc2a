//! Landscapes of a configuration's network: from what a view names to planes and losses.

use crate::config::{Config, Problem};
use crate::data::DataSet;
use crate::edition::Edition;
use crate::kernels::Real;
use crate::nn::init::State;
use crate::probe::landscape::{Cut, Path, Plane, Policy, SAMPLES, Survey};
use crate::run::network;
use crate::run::samples::Samples;

/// Measures losses on planes through weights of one configuration's network.
pub struct Scan<F> {
    config: Config,
    set: DataSet<F>,
    /// The most samples in a loss.
    samples: usize,
    survey: Survey<F>,
    /// Whether the survey computes population statistics at each point.
    precise: bool,
}

/// What a plane goes through, besides a network's weights.
#[derive(Clone, Copy, Debug)]
pub struct Through<'a, F> {
    /// Which plane.
    pub cut: Cut,
    /// Whose statistics.
    pub policy: Policy,
    /// For [`Cut::Principal`] the parameters along the path, one after the other; for [`Cut::Line`] the
    /// other end, parameters, then buffers; for [`Cut::Gradient`] the gradient, laid out as the parameters,
    /// or nothing, for that on the samples of the losses.
    pub more: &'a [F],
}

impl<F: Real> Scan<F> {
    /// For the network and the data of a configuration: losses on the first [`SAMPLES`] training samples.
    ///
    /// # Errors
    /// Every reason why the configuration cannot be trained.
    pub fn new(config: Config) -> Result<Scan<F>, Vec<Problem>> {
        Scan::on(config, SAMPLES)
    }

    /// The same with losses on the first `samples` training samples, or all.
    ///
    /// # Errors
    /// As of [`Scan::new`].
    pub fn on(config: Config, samples: usize) -> Result<Scan<F>, Vec<Problem>> {
        let problems = config.check();
        if !problems.is_empty() {
            return Err(problems);
        }
        let set = Samples::of(&config).set;
        let survey = Survey::on(network(&config, &set), &set.train, samples);
        Ok(Scan { config, set, samples, survey, precise: false })
    }

    /// Samples in a loss.
    pub fn samples(&self) -> usize {
        self.survey.samples()
    }

    /// The plane through `weights` (parameters, then buffers), and the path in it if it is a path's.
    ///
    /// # Errors
    /// Why there is no such plane, in words.
    pub fn plane(&mut self, weights: &[F], through: Through<F>) -> Result<(Plane<F>, Option<Path>), String> {
        let Through { cut, policy, more } = through;
        self.recompute(policy == Policy::Precise && self.config.norm.has_running_statistics());
        let layout = self.survey.network().layout();
        let state = |values| State::of(layout, values).ok_or("the weights are not those of this network");
        let (origin, seed, statistics) = (state(weights)?, self.config.seed, policy.statistics());
        let placed = match cut {
            Cut::Gradient if Edition::Full.is_here() => {
                let gradient = match more.len() {
                    0 => &self.survey.gradient(&origin),
                    n if n == layout.params.len() => more,
                    _ => return Err("the gradient is not that of this network".into()),
                };
                Plane::gradient(layout, origin, statistics, gradient, self.config.lr, seed).map(|plane| (plane, None))
            }
            Cut::Principal if Edition::Full.is_here() => {
                let mut points: Vec<Vec<F>> = more.chunks_exact(layout.params.len()).map(<[F]>::to_vec).collect();
                if points.last() != Some(&origin.params) {
                    points.push(origin.params.clone());
                }
                Plane::principal(origin, statistics, &points).map(|(plane, path)| (plane, Some(path)))
            }
            Cut::Line if Edition::Full.is_here() => {
                Plane::line(layout, origin, &state(more)?, statistics, seed).map(|plane| (plane, None))
            }
            _ => {
                let plane = Plane::random(layout, origin, statistics, seed);
                plane.check().map(|()| (plane, None))
            }
        };
        placed.map_err(|zero| zero.to_string())
    }

    /// The losses at points of a plane's grid of `points × points`, see [`Plane::place`]; not finite where
    /// the network overflows.
    pub fn losses(&mut self, plane: &mut Plane<F>, points: usize, range: impl Iterator<Item = usize>) -> Vec<f64> {
        let at = |k| plane.place(k, points);
        let places: Vec<_> = range.map(at).collect();
        places.into_iter().map(|(a, b)| self.survey.loss(plane, a, b)).collect()
    }

    /// The losses at points of a plane's first direction, which has `points` in all.
    pub fn along(&mut self, plane: &mut Plane<F>, points: usize, range: impl Iterator<Item = usize>) -> Vec<f64> {
        let places: Vec<f64> = range.map(|k| plane.place(k, points).0).collect();
        places.into_iter().map(|a| self.survey.loss(plane, a, 0.0)).collect()
    }

    /// Makes the survey compute population statistics at each point, or not.
    fn recompute(&mut self, precise: bool) {
        if self.precise == precise || !Edition::Full.is_here() {
            return;
        }
        self.precise = precise;
        let (config, train) = (&self.config, &self.set.train);
        // Batches are whole, see `precise`: devices and ghost batches cut them in training alone.
        let whole = Config { devices: 1, ghost: config.batch, ..*config };
        let survey = Survey::on(network(if precise { &whole } else { config }, &self.set), train, self.samples);
        self.survey = if precise {
            let fresh = State::initial(survey.network().layout(), config.init, config.init_std, config.seed).buffers;
            survey.recomputing(train, config.batch, fresh)
        } else {
            survey
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::data::Data;
    use crate::nn::layer::Pass;
    use crate::nn::network::Workspace;
    use crate::nn::norm::Norm;
    use crate::nn::objective::Loss;
    use crate::run::Run;
    use crate::run::precise::precise;
    use crate::session::trail::Trail;

    /// A run with the path that led it there.
    fn trained(config: Config, steps: u64) -> (Run<f64>, Vec<f64>) {
        let mut run = Run::new(Config { depth: 2, width: 8, ..config }).unwrap();
        let mut trail = Trail::new(run.state().params.len());
        for step in 0..=steps {
            trail.see(step, &run.state().params);
            run.step();
        }
        (run, trail.values().to_vec())
    }

    /// Whatever the plane: the network itself, which nothing has changed, is in it.
    #[test]
    fn each_plane_goes_through_the_network() {
        let (run, path) = trained(Config::default(), 40);
        let (other, _) = trained(Config { lr: 0.01, ..Config::default() }, 40);
        let weights = run.state().values();
        let mut scan = Scan::new(*run.config()).unwrap();
        for policy in Policy::ALL {
            let mut here = Vec::new();
            for cut in Cut::ALL {
                let more = match cut {
                    Cut::Principal => path.clone(),
                    Cut::Line => other.state().values(),
                    Cut::Random | Cut::Gradient => Vec::new(),
                };
                let (mut plane, found) =
                    scan.plane(&weights, Through { cut: *cut, policy: *policy, more: &more }).unwrap();
                assert_eq!(plane.state(0.0, 0.0).values(), weights, "{cut:?}");
                assert_eq!(found.is_some(), *cut == Cut::Principal);
                let [across, up] = plane.bounds();
                assert!([across, up].iter().all(|[low, high]| *low <= 0.0 && *high >= 0.0), "{cut:?}");
                let losses = scan.losses(&mut plane, 3, 0..9);
                assert!(losses.iter().all(|v| v.is_finite()) && losses[0] != losses[8], "{cut:?}: {losses:?}");
                // A line is the grid's row through the middle, where it has one.
                if across[0] + across[1] == 0.0 {
                    assert_eq!(scan.along(&mut plane, 3, 0..3), losses[3..6]);
                    here.push(losses[4]);
                }
            }
            assert!(here.len() == 2 && here[0] == here[1], "{here:?}");
        }
    }

    #[test]
    fn precise_statistics_are_those_of_the_run() {
        let (run, _) = trained(Config { batch: 100, ..Config::default() }, 30);
        are_those_of_the_run(&run);
    }

    /// Its network aims at the targets, whatever the statistics.
    #[test]
    fn a_regression_keeps_its_targets() {
        let config = Config { data: Data::Linear, loss: Loss::Mse, norm: Norm::Batch, lr: 0.01, ..Config::default() };
        are_those_of_the_run(&trained(config, 30).0);
    }

    fn are_those_of_the_run(run: &Run<f64>) {
        let mut scan = Scan::new(*run.config()).unwrap();
        let through = Through { cut: Cut::Random, policy: Policy::Precise, more: &[] };
        let (mut plane, _) = scan.plane(&run.state().values(), through).unwrap();
        let centre = scan.losses(&mut plane, 3, 4..5)[0];
        let state = precise(run).unwrap();
        let (x, y) = (&run.data().train.x[..256 * run.data().features], &run.data().train.y[..256]);
        let pass = Pass::evaluation(&state.params, &state.buffers, 256, Policy::Precise.statistics());
        let mut work = Workspace::to_evaluate(run.network(), 256);
        let want = run.network().score(&pass, x, y, &mut work).loss;
        assert!((centre - want).abs() < 1e-12, "{centre} {want}");
    }

    #[test]
    fn a_gradient_that_is_given_leads_the_way() {
        let (run, _) = trained(Config::default(), 5);
        let weights = run.state().values();
        let n = run.state().params.len();
        let mut scan = Scan::on(*run.config(), 40).unwrap();
        assert_eq!((scan.samples(), Scan::<f64>::new(*run.config()).unwrap().samples()), (40, SAMPLES));
        let gradient: Vec<f64> = (0..n).map(|i| (1.7 * i as f64).sin()).collect();
        let through = |more| Through { cut: Cut::Gradient, policy: Policy::Batch, more };
        let (mut plane, _) = scan.plane(&weights, through(&gradient)).unwrap();
        let lr = run.config().lr;
        let step = plane.state(1.0, 0.0).params.iter().zip(&run.state().params).zip(&gradient);
        assert!(step.into_iter().all(|((to, from), g)| (to - from + lr * g).abs() < 1e-12));
        let own = scan.survey.gradient(run.state());
        let there = scan.plane(&weights, through(&own)).unwrap().0.state(0.5, -1.0).values();
        assert_eq!(scan.plane(&weights, through(&[])).unwrap().0.state(0.5, -1.0).values(), there);
    }

    #[test]
    fn what_is_no_plane_is_said_in_words() {
        let (run, _) = trained(Config::default(), 3);
        let weights = run.state().values();
        let mut scan = Scan::new(*run.config()).unwrap();
        let mut why = |weights: &[f64], cut, more: &[f64]| {
            scan.plane(weights, Through { cut, policy: Policy::Batch, more }).err().unwrap_or_default()
        };
        assert!(why(&weights, Cut::Principal, &[]).contains("does not move"));
        assert!(why(&weights, Cut::Line, &weights).contains("is 0"));
        assert!(why(&weights, Cut::Line, &[1.0]).contains("not those of this network"));
        assert!(why(&weights, Cut::Gradient, &[1.0]).contains("not that of this network"));
        assert!(why(&weights[1..], Cut::Random, &[]).contains("not those of this network"));
        let zero = vec![0.0; weights.len()];
        assert!(why(&zero, Cut::Random, &[]).contains("is 0"));
        let mut broken = weights.clone();
        broken[0] = f64::NAN;
        let params = &weights[..run.state().params.len()];
        for (cut, more) in [(Cut::Random, &[][..]), (Cut::Gradient, &[]), (Cut::Principal, params)] {
            assert!(why(&broken, cut, more).contains("not finite"), "{cut:?}");
        }
    }
}
