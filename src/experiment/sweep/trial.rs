//! A cell in training.

use super::outcome::Outcome;
use crate::config::{Config, Problem};
use crate::experiment::run::Run;
use crate::experiment::summary::{Recent, Summary};
use std::collections::VecDeque;

/// Mini-batches over which a loss must have come down to the threshold: one lucky batch is not enough.
const WINDOW: usize = 10;

/// One run on its way to its [`Outcome`].
pub struct Trial {
    run: Run<f32>,
    steps: u64,
    /// The loss that counts as learned.
    threshold: f64,
    recent: Recent,
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
        Ok(Trial { run, steps, threshold, recent: Recent::default(), window, reached: None })
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
        self.recent.push(&score);
        self.window.push_back(score.loss);
        if self.window.len() > WINDOW {
            self.window.pop_front();
        }
        let mean = self.window.iter().sum::<f64>() / WINDOW as f64;
        if self.reached.is_none() && self.window.len() == WINDOW && mean <= self.threshold {
            self.reached = Some(self.run.steps());
        }
    }

    /// What it gave so far. Evaluates the run, on all splits.
    ///
    /// # Errors
    /// The library's, in words. None is expected.
    pub fn outcome(&self) -> Result<Outcome, String> {
        let mut summary = Summary::of(&self.run, &self.recent).json().clone();
        let recent = self.recent.mean_so_far();
        if let Some(entries) = summary.as_object_mut() {
            let learned =
                !entries.get("diverged").is_some_and(|d| d == true) && recent.is_some_and(|r| r <= self.threshold);
            entries.insert("recent_loss".into(), recent.into());
            entries.insert("steps_to".into(), self.reached.into());
            entries.insert("learned".into(), learned.into());
        }
        let outcome: Outcome = serde_json::from_value(summary).map_err(|e| e.to_string())?;
        Ok(if outcome.diverged_at.is_some() { without_numbers(outcome) } else { outcome })
    }

    /// Trains to the end.
    ///
    /// # Errors
    /// As of [`Trial::outcome`].
    pub fn finish(mut self) -> Result<Outcome, String> {
        while !self.is_over() {
            self.step();
        }
        self.outcome()
    }
}

/// A network that left the finite range still gives answers; they mean nothing.
fn without_numbers(outcome: Outcome) -> Outcome {
    Outcome {
        recent_loss: None,
        val_loss: None,
        val_accuracy: None,
        val_loss_batch: None,
        val_accuracy_batch: None,
        val_loss_precise: None,
        val_accuracy_precise: None,
        ..outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::nn::norm::Norm;
    use crate::nn::objective::Loss;

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
            let outcome = Trial::new(small(norm), 60, 0.3).unwrap().finish().unwrap();
            let run = run(small(norm), 60);
            let summary = Summary::of(&run, &Recent::default());
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
            let outcome = Trial::new(small(Norm::Batch), 80, share).unwrap().finish().unwrap();
            assert_eq!(outcome.steps_to, want);
            assert_eq!(outcome.learned, mean(&losses[30..]) <= threshold);
            assert!((outcome.recent_loss.unwrap() - mean(&losses[30..])).abs() < 1e-12);
        }
        let few = Trial::new(small(Norm::Batch), 3, 0.3).unwrap().finish().unwrap();
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
            let outcome = Trial::new(config(), 100, share).unwrap().finish().unwrap();
            let want = (10..=100).find(|&n| mean(&losses[n - 10..n]) <= share * 10.0).map(|n| n as u64);
            assert_eq!((outcome.steps_to, want.is_some()), (want, learned), "at {share}");
            assert_eq!((outcome.learned, outcome.diverged), (learned, false), "at {share}: {:?}", outcome.recent_loss);
        }
    }

    #[test]
    fn a_run_that_left_the_finite_range_has_no_numbers() {
        let config = Config { norm: Norm::None, lr: 100.0, ..Config::default() };
        let outcome = Trial::new(config, 500, 1.0).unwrap().finish().unwrap();
        assert!(outcome.diverged && !outcome.learned && outcome.diverged_layer.is_some());
        assert_eq!(outcome.diverged_at, Some(outcome.steps));
        assert_eq!((outcome.val_loss, outcome.val_accuracy, outcome.recent_loss), (None, None, None));
    }
}
