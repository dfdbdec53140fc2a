//! A cell in training.

use crate::config::{Config, Problem};
use crate::nn::network::Score;
use crate::run::Run;
use crate::run::progress::Progress;
use crate::run::scores::Scores;
use crate::run::verdict::{Evidence, Verdict};
use crate::sweep::outcome::Outcome;
use std::collections::VecDeque;

/// Mini-batches over which a loss must have come down to the threshold: one lucky batch is not enough.
const WINDOW: usize = 10;

/// One run on its way to its [`Outcome`].
pub struct Trial {
    run: Run<f32>,
    steps: u64,
    /// The loss that counts as learned.
    threshold: f64,
    progress: Progress,
    window: VecDeque<f64>,
    reached: Option<u64>,
}

impl Trial {
    /// Prepares it: so many steps, and the share of the loss of guessing,
    /// [`Config::guessing`], that counts as learned.
    ///
    /// # Errors
    /// Every reason why the configuration cannot be trained.
    pub fn new(config: Config, steps: u64, share: f64) -> Result<Trial, Vec<Problem>> {
        let run = Run::new(config)?;
        let threshold = share * run.config().guessing();
        let window = VecDeque::with_capacity(WINDOW + 1);
        Ok(Trial { run, steps, threshold, progress: Progress::default(), window, reached: None })
    }

    /// Whether it has come to its end.
    pub fn is_over(&self) -> bool {
        self.run.steps() >= self.steps || self.run.divergence().is_some()
    }

    /// Takes a step, unless it is over.
    pub fn step(&mut self) {
        if self.is_over() {
            return;
        }
        let score = self.run.step();
        self.progress.push(&score);
        self.window.push_back(score.loss);
        if self.window.len() > WINDOW {
            self.window.pop_front();
        }
        let mean = self.window.iter().sum::<f64>() / WINDOW as f64;
        if self.reached.is_none() && self.window.len() == WINDOW && mean <= self.threshold {
            self.reached = Some(self.run.steps());
        }
    }

    /// What it gave so far. Evaluates the run on the validation set, unless it left the finite range: such a
    /// network still gives answers, but they mean nothing.
    pub fn outcome(&self) -> Outcome {
        let run = &self.run;
        let gone = run.divergence();
        let recent = self.progress.mean_so_far().filter(|_| gone.is_none());
        let scores = gone.is_none().then(|| Scores::of(run));
        let validation = scores.as_ref().map(|scores| scores.validation(run));
        let verdict = Evidence::of(run, &self.progress, validation).verdict();
        let of = |policy: fn(&Scores) -> Option<&Score>| scores.as_ref().and_then(policy);
        let loss = |score: Option<&Score>| score.map(|s| s.loss).filter(|l| l.is_finite());
        let accuracy = |score: Option<&Score>| score.and_then(Score::accuracy);
        let (inference, batch, precise) =
            (of(|s| Some(&s.inference)), of(|s| Some(&s.batch)), of(|s| s.precise.as_ref()));
        Outcome {
            steps: run.steps(),
            recent_loss: recent.filter(|loss| loss.is_finite()),
            val_loss: loss(inference),
            val_accuracy: accuracy(inference),
            val_loss_batch: loss(batch),
            val_accuracy_batch: accuracy(batch),
            val_loss_precise: loss(precise),
            val_accuracy_precise: accuracy(precise),
            steps_to: self.reached,
            learned: recent.is_some_and(|loss| loss <= self.threshold),
            verdict,
            diverged: verdict == Verdict::Diverged,
            diverged_at: gone.map(|d| d.step),
            diverged_layer: gone.map(|d| d.layer.clone()),
            fingerprint: run.fingerprint().digits(),
        }
    }

    /// Trains to the end.
    pub fn finish(mut self) -> Outcome {
        while !self.is_over() {
            self.step();
        }
        self.outcome()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::nn::norm::Norm;
    use crate::nn::objective::Loss;
    use crate::run::summary::Summary;

    fn small(norm: Norm) -> Config {
        Config { data: Data::Xor, width: 8, depth: 2, norm, ..Config::default() }
    }

    fn run(config: Config, steps: u64) -> Run<f32> {
        let mut run = Run::new(config).unwrap();
        for _ in 0..steps {
            run.step();
        }
        run
    }

    #[test]
    fn its_numbers_are_those_of_the_run() {
        for norm in [Norm::Batch, Norm::Layer] {
            let outcome = Trial::new(small(norm), 60, 0.3).unwrap().finish();
            let run = run(small(norm), 60);
            let summary = Summary::of(&run, &Progress::default());
            let json = summary.json();
            assert_eq!((outcome.steps, outcome.fingerprint.as_str()), (60, run.fingerprint().digits().as_str()));
            assert_eq!(outcome.val_accuracy, json["val_accuracy"].as_f64());
            assert_eq!(outcome.val_loss_batch, json["val_loss_batch"].as_f64());
            assert_eq!(outcome.val_loss_precise.is_some(), norm == Norm::Batch);
            assert!(!outcome.diverged);
        }
    }

    #[test]
    fn the_threshold_is_reached_by_the_mean_of_ten_batches() {
        let mut run = Run::<f32>::new(small(Norm::Batch)).unwrap();
        let losses: Vec<f64> = (0..80).map(|_| run.step().loss).collect();
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        for share in [0.9, 0.4, 0.3] {
            let threshold = share * 2f64.ln();
            let want = (10..=80).find(|&n| mean(&losses[n - 10..n]) <= threshold).map(|n| n as u64);
            let outcome = Trial::new(small(Norm::Batch), 80, share).unwrap().finish();
            assert_eq!(outcome.steps_to, want);
            assert_eq!(outcome.learned, mean(&losses[30..]) <= threshold);
            assert!((outcome.recent_loss.unwrap() - mean(&losses[30..])).abs() < 1e-12);
        }
        let few = Trial::new(small(Norm::Batch), 3, 0.3).unwrap().finish();
        assert!((few.recent_loss.unwrap() - mean(&losses[..3])).abs() < 1e-12 && few.steps_to.is_none());
    }

    /// In a regression that is the variance of a target, 10. The logarithm of the ten targets, 2.3, would
    /// say of none of these losses that they are low.
    #[test]
    fn a_regression_has_learned_at_a_share_of_its_own_loss_of_guessing() {
        let config = || Config { data: Data::Linear, loss: Loss::Mse, lr: 0.03, ..small(Norm::Batch) };
        let mut run = Run::<f32>::new(config()).unwrap();
        let losses: Vec<f64> = (0..100).map(|_| run.step().loss).collect();
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        assert!(losses.iter().all(|&loss| loss > 10f64.ln()));
        for (share, learned) in [(0.95, true), (0.8, true), (0.4, false)] {
            let outcome = Trial::new(config(), 100, share).unwrap().finish();
            let want = (10..=100).find(|&n| mean(&losses[n - 10..n]) <= share * 10.0).map(|n| n as u64);
            assert_eq!((outcome.steps_to, want.is_some()), (want, learned), "at {share}");
            assert_eq!((outcome.learned, outcome.diverged), (learned, false), "at {share}: {:?}", outcome.recent_loss);
        }
    }

    #[test]
    fn a_run_that_left_the_finite_range_has_no_numbers() {
        let config = Config { norm: Norm::None, lr: 100.0, ..Config::default() };
        let outcome = Trial::new(config, 500, 1.0).unwrap().finish();
        assert!(outcome.diverged && !outcome.learned && outcome.diverged_layer.is_some());
        assert_eq!(outcome.diverged_at, Some(outcome.steps));
        assert_eq!((outcome.val_loss, outcome.val_accuracy, outcome.recent_loss), (None, None, None));
    }
}
