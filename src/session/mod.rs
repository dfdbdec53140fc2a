//! A run with the records that a page draws.

pub mod frame;
pub mod scan;
pub mod trace;
pub mod trail;

use crate::config::{Config, Problem};
use crate::edition::Edition;
use crate::measure::Measure;
use crate::measure::Watch;
use crate::measure::records::Record;
use crate::nn::init::State;
use crate::run::Run;
use crate::run::evaluate::{Evaluator, Policy};
use crate::run::progress::Progress;
use crate::run::validation::Validation;
use crate::run::verdict::{Evidence, Verdict};
use crate::session::trace::Trace;

/// A run, its losses and accuracies by step, and its validation scores.
pub struct Session {
    run: Run<f32>,
    inference: Evaluator<f32>,
    batch: Evaluator<f32>,
    loss: Trace,
    accuracy: Trace,
    progress: Progress,
    validations: Vec<Validation>,
    milestone: (u64, String),
    watch: Option<Watch>,
}

/// Steps between two fingerprints: screens that train at different speeds can be compared at a step
/// that all of them have passed.
pub const MILESTONE: u64 = 50;

/// Room for the evaluations of a million steps, see [`interval`]: memory stays flat while a run goes on.
const VALIDATIONS: usize = 1200;

/// Steps between two evaluations: a hundredth of the way or so, so that the points stay few.
pub fn interval(step: u64) -> u64 {
    match step {
        0..20 => 2,
        20..200 => 5,
        200..1000 => 20,
        _ => 10u64.pow(step.ilog10()) / 20,
    }
}

impl Session {
    /// Prepares the run and evaluates it before its first step.
    ///
    /// # Errors
    /// Every reason why the configuration cannot be trained.
    pub fn new(config: Config) -> Result<Session, Vec<Problem>> {
        Run::new(config).map(Session::of)
    }

    /// Evaluates a run before its first step.
    pub fn of(run: Run<f32>) -> Session {
        let samples = run.data().validation.len();
        let mut session = Session {
            inference: Evaluator::new(run.network(), samples, Policy::inference(run.config())),
            batch: Evaluator::new(run.network(), samples, Policy::Batch),
            run,
            loss: Trace::default(),
            accuracy: Trace::default(),
            progress: Progress::default(),
            validations: Vec::with_capacity(VALIDATIONS),
            milestone: (0, String::new()),
            watch: None,
        };
        session.milestone = session.present();
        session.validate();
        session
    }

    /// Takes one step and, at the due steps, evaluates. Nothing happens once the run has diverged.
    pub fn step(&mut self) {
        if self.run.divergence().is_some() {
            return;
        }
        let score = self.run.step();
        if self.run.divergence().is_some() || self.run.steps().is_multiple_of(MILESTONE) {
            self.milestone = self.present();
        }
        if self.run.divergence().is_some() {
            return;
        }
        self.loss.push(score.loss as f32);
        self.accuracy.push(score.accuracy().unwrap_or(f64::NAN) as f32);
        self.progress.push(&score);
        if self.run.steps().is_multiple_of(interval(self.run.steps())) {
            self.validate();
        }
    }

    /// Evaluates on the validation split, unless that has been done at this step.
    pub fn validate(&mut self) {
        let step = self.run.steps();
        if self.validations.last().is_some_and(|v| v.step == step) || self.run.divergence().is_some() {
            return;
        }
        let (network, state) = (self.run.network(), self.run.state());
        let split = &self.run.data().validation;
        let inference = self.inference.score(network, state, split);
        // The others do not know the batch: both policies are the same.
        let batch = match self.run.config().norm.has_running_statistics() {
            true => self.batch.score(network, state, split),
            false => inference,
        };
        self.validations.push(Validation::new(step, &inference, &batch));
    }

    /// Measures from here on, every so many steps (1 or more): whatever the instruments of these measures
    /// measure. With none, nothing is measured any more. What was measured before is forgotten, but for what
    /// still is at the same interval.
    pub fn watch(&mut self, measures: &[&'static Measure], every: u64) {
        if Edition::Full.is_here() {
            let old = self.watch.take();
            let watch = (!measures.is_empty()).then(|| Watch::new(&self.run, measures, every));
            self.watch = watch.map(|watch| old.into_iter().fold(watch, Watch::after));
        }
    }

    /// Does one piece of the measurement that is due before the next step; false if none is. See
    /// [`Watch::advance`].
    pub fn measure(&mut self) -> bool {
        Edition::Full.is_here() && self.watch.as_mut().is_some_and(|watch| watch.advance(&self.run))
    }

    /// What has been measured.
    pub fn records(&self) -> &[Record] {
        self.watch.as_ref().map_or(&[], Watch::records)
    }

    /// How far a measurement that takes long has come: pieces done, and all of them.
    pub fn measuring(&self) -> Option<(u64, u64)> {
        self.watch.as_ref().and_then(Watch::progress)
    }

    /// Moves the network, see [`Run::move_to`], and evaluates it there: what was said of its last steps no
    /// longer holds.
    pub fn move_to(&mut self, state: State<f32>) {
        self.run.move_to(state);
        self.progress = Progress::default();
        let step = self.run.steps();
        self.validations.retain(|v| v.step < step);
        if let (true, Some(watch)) = (Edition::Full.is_here(), &mut self.watch) {
            watch.forget(step);
        }
        self.settle();
    }

    /// The run.
    pub fn run(&self) -> &Run<f32> {
        &self.run
    }

    /// Each step's training loss.
    pub fn loss(&self) -> &Trace {
        &self.loss
    }

    /// Each step's training accuracy; NaN in a regression.
    pub fn accuracy(&self) -> &Trace {
        &self.accuracy
    }

    /// Every validation so far, in order.
    pub fn validations(&self) -> &[Validation] {
        &self.validations
    }

    /// The present step and fingerprint.
    fn present(&self) -> (u64, String) {
        (self.run.steps(), self.run.fingerprint().digits())
    }

    /// Brings evaluation and fingerprint up to the present step: for when the run comes to rest.
    pub fn settle(&mut self) {
        self.validate();
        self.milestone = self.present();
    }

    /// The step of the last fingerprint taken, and the fingerprint.
    pub fn fingerprint(&self) -> (u64, String) {
        self.milestone.clone()
    }

    /// How the run is doing, by the newest scores on the validation split.
    pub fn verdict(&self) -> Verdict {
        Evidence::of(&self.run, &self.progress, self.validations.last().copied()).verdict()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::norm::Norm;
    use crate::run::summary::Summary;

    #[test]
    fn evaluations_stay_few_and_change_nothing() {
        let mut watched = Session::new(Config { width: 16, depth: 2, ..Config::default() }).unwrap();
        let mut plain = Run::<f32>::new(*watched.run().config()).unwrap();
        for _ in 0..300 {
            watched.step();
            plain.step();
        }
        assert_eq!(watched.run().fingerprint(), plain.fingerprint());
        let count = (1..=1_000_000).filter(|s: &u64| s.is_multiple_of(interval(*s))).count();
        assert!(count < 1200, "{count}");
    }

    #[test]
    fn a_move_is_evaluated_at_once() {
        let mut session = Session::new(Config { width: 16, depth: 2, ..Config::default() }).unwrap();
        let start = session.run().state().clone();
        let first = session.validations()[0];
        for _ in 0..40 {
            session.step();
        }
        let trained = session.validations().to_vec();
        session.move_to(start);
        let last = session.validations().last().unwrap();
        assert_eq!((last.step, last.loss, last.accuracy), (40, first.loss, first.accuracy));
        assert_eq!(session.validations()[..trained.len() - 1], trained[..trained.len() - 1]);
        assert_eq!(session.fingerprint(), (40, session.run().fingerprint().digits()));
    }

    #[test]
    fn validations_agree_with_the_summary_whatever_the_policy() {
        let shifted = Config { width: 16, depth: 2, shift_scale: 0.3, shift_offset: 0.5, ..Config::default() };
        let of = |config: Config| {
            let mut session = Session::new(config).unwrap();
            for _ in 0..20 {
                session.step();
            }
            let last = *session.validations().last().unwrap();
            let summary = Summary::of(session.run(), &Progress::default()).json().clone();
            for (key, value) in [
                ("val_loss", last.loss),
                ("val_accuracy", last.accuracy),
                ("val_loss_batch", last.loss_batch),
                ("val_accuracy_batch", last.accuracy_batch),
            ] {
                // A summary evaluates batch statistics of any normalization, in one pass over the split.
                assert!((summary[key].as_f64().unwrap() - value).abs() < 1e-6, "{key} of {config:?}");
            }
            last
        };
        for norm in [Norm::Batch, Norm::Sync, Norm::Ghost] {
            let (plain, adapted) = (of(Config { norm, ..shifted }), of(Config { norm, adapt: 60, ..shifted }));
            assert_ne!(plain.loss, plain.loss_batch, "{norm:?}");
            assert_ne!(plain.loss, adapted.loss, "{norm:?}");
            assert_eq!(plain.loss_batch, adapted.loss_batch, "{norm:?}");
        }
        let (plain, adapted) =
            (of(Config { norm: Norm::Layer, ..shifted }), of(Config { norm: Norm::Layer, adapt: 60, ..shifted }));
        assert_eq!((plain, plain.loss), (adapted, plain.loss_batch));
    }
}
