//! How a run is doing: the one rule, for page, runner and sweeps.

use crate::choice::choices;
use crate::kernels::Real;
use crate::run::Run;
use crate::run::chance::is_guessing;
use crate::run::progress::{Progress, RECENT};
use crate::run::validation::Validation;
use serde::{Deserialize, Serialize};

/// From this share of the loss of guessing on, nothing is learned: batches scatter by a percent or two.
pub const ALMOST: f64 = 0.98;

/// From this many times the loss of guessing on, a mean over [`RECENT`] mini-batches is worse than guessing:
/// networks that have just been drawn, or that rush to and fro, lie between 1 and that.
const WORSE: f64 = 1.5;

/// From this many times the loss of guessing on, a validation loss says that inference fails: a network that
/// is sure of all it has learned by heart may come to 1 or 2, though most of its answers are right.
const FAR: f64 = 3.0;

/// By that much less is right at inference where it does worse than training: one answer in five, twice what
/// chance explains on the smallest validation set. In a regression, that share of the targets' variance.
const GAP: f64 = 0.2;

choices! {
    /// How a run is doing. In JSON it is its name.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Verdict {
        NotStarted: "not_started", "not started", "No step was taken yet.";
        Early: "early", "too early to tell", "Fewer than 50 steps were taken.";
        Learning: "learning", "learning", "The mean loss of the last 50 steps, or the validation loss, is below that of guessing.";
        Barely: "barely", "barely learning", "The mean loss of the last 50 steps is still about that of guessing, though more answers are right than by chance.";
        Guessing: "guessing", "still guessing", "The last 50 steps were hardly better than guessing, in loss and in right answers.";
        WorseButFalling: "worse_but_falling", "worse than guessing, but falling", "The mean loss of the last 50 steps is far above that of guessing, but lower than at half of the steps.";
        Worse: "worse", "worse than guessing", "The mean loss of the last 50 steps is far above that of guessing, and no lower than at half of the steps.";
        WorseAtInference: "worse_at_inference", "worse at inference", "Training goes well. But on the validation set, as at inference, the loss is not finite or more than three times that of guessing, or far fewer answers are right than in training mode.";
        Diverged: "diverged", "diverged", "Named is the first layer, from the input on, whose output was infinite or not a number at that step. The run has stopped there.";
    }
}

/// The last [`RECENT`] mini-batches, in training mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recent {
    /// Their mean loss.
    pub loss: f64,
    /// Their mean accuracy; none in a regression.
    pub accuracy: Option<f64>,
    /// See [`Progress::is_falling`].
    pub falling: bool,
}

/// What is known of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Steps taken.
    pub steps: u64,
    /// Whether it left the finite range.
    pub diverged: bool,
    /// None before there are enough steps.
    pub recent: Option<Recent>,
    /// The newest scores on the validation set; none where it was not evaluated.
    pub validation: Option<Validation>,
    /// The loss of guessing, [`crate::config::Config::guessing`].
    pub guessing: f64,
    /// Of the data.
    pub classes: usize,
    /// Different samples among those of the last mini-batches, at most.
    pub samples: u64,
}

impl Evidence {
    /// What is known of that run.
    pub fn of<F: Real>(run: &Run<F>, progress: &Progress, validation: Option<Validation>) -> Evidence {
        let (config, data) = (run.config(), run.data());
        let recent = |loss| Recent { loss, accuracy: progress.accuracy(), falling: progress.is_falling() };
        Evidence {
            steps: run.steps(),
            diverged: run.divergence().is_some(),
            recent: progress.mean().map(recent),
            validation,
            guessing: config.guessing(),
            classes: data.classes,
            samples: (RECENT * config.batch).min(data.train.len()) as u64,
        }
    }

    /// The verdict. What the validation shows is never denied: who answers well there is learning, whatever
    /// training with noise or dropout costs, and who fails there is not simply learning.
    pub fn verdict(&self) -> Verdict {
        if self.diverged {
            return Verdict::Diverged;
        }
        if self.steps == 0 {
            return Verdict::NotStarted;
        }
        let Some(recent) = self.recent else { return Verdict::Early };
        let nothing = ALMOST * self.guessing;
        let chance = self.validation.is_none_or(|v| v.is_chance(self.classes));
        if recent.loss < nothing {
            let fails = self.validation.is_some_and(|v| self.fails(&recent, &v));
            return if fails { Verdict::WorseAtInference } else { Verdict::Learning };
        }
        if self.validation.is_some_and(|v| v.loss < nothing && (v.accuracy.is_nan() || !chance)) {
            return Verdict::Learning;
        }
        if recent.loss > WORSE * self.guessing {
            return if recent.falling { Verdict::WorseButFalling } else { Verdict::Worse };
        }
        let guesses = recent.accuracy.is_none_or(|a| is_guessing(a, self.classes, self.samples));
        if guesses && chance { Verdict::Guessing } else { Verdict::Barely }
    }

    /// Whether a run that trains well does much worse at inference: in its loss; on the same samples, than with
    /// the statistics of training; or because nothing that it learned is left.
    fn fails(&self, recent: &Recent, at: &Validation) -> bool {
        // What is right, of all there is: of the answers, or of the targets' variance.
        let right = |loss: f64, accuracy: f64| if accuracy.is_nan() { 1.0 - loss / self.guessing } else { accuracy };
        let inference = right(at.loss, at.accuracy);
        let nothing_left = if at.accuracy.is_nan() { inference <= 1.0 - ALMOST } else { at.is_chance(self.classes) };
        !at.loss.is_finite()
            || at.loss > FAR * self.guessing
            || right(at.loss_batch, at.accuracy_batch) - inference > GAP
            || nothing_left && right(recent.loss, recent.accuracy.unwrap_or(f64::NAN)) - inference > GAP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;

    /// Ten classes, so that guessing costs 2.303; trained well, validated as well.
    fn good() -> Evidence {
        let recent = Recent { loss: 0.1, accuracy: Some(0.97), falling: true };
        let validation =
            Validation { step: 300, loss: 0.2, accuracy: 0.95, loss_batch: 0.2, accuracy_batch: 0.95, samples: 360 };
        Evidence {
            steps: 300,
            diverged: false,
            recent: Some(recent),
            validation: Some(validation),
            guessing: 10f64.ln(),
            classes: 10,
            samples: 1437,
        }
    }

    fn trained(loss: f64, accuracy: f64, falling: bool) -> Evidence {
        let recent = Recent { loss, accuracy: Some(accuracy), falling };
        Evidence { recent: Some(recent), ..good() }
    }

    fn validated(of: Evidence, loss: f64, accuracy: f64) -> Evidence {
        let validation =
            Validation { loss, accuracy, loss_batch: loss, accuracy_batch: accuracy, ..good().validation.unwrap() };
        Evidence { validation: Some(validation), ..of }
    }

    #[test]
    fn training_is_judged_by_its_last_steps() {
        use Verdict::*;
        assert_eq!(Evidence { steps: 0, recent: None, ..good() }.verdict(), NotStarted);
        assert_eq!(Evidence { steps: 49, recent: None, ..good() }.verdict(), Early);
        assert_eq!(Evidence { diverged: true, ..good() }.verdict(), Diverged);
        let nothing = |loss, accuracy, falling| validated(trained(loss, accuracy, falling), 2.31, 0.1).verdict();
        assert_eq!(nothing(2.30, 0.1, false), Guessing);
        assert_eq!(nothing(2.28, 0.4, false), Barely);
        assert_eq!(nothing(7.0, 0.1, false), Worse);
        assert_eq!(nothing(7.0, 0.1, true), WorseButFalling);
        // However many answers are right meanwhile.
        assert_eq!(validated(trained(20_234.0, 0.48, true), 30_000.0, 0.48).verdict(), WorseButFalling);
        let unknown = Evidence { validation: None, ..trained(2.30, 0.1, false) };
        assert_eq!(unknown.verdict(), Guessing);
        assert_eq!(Evidence { validation: None, ..good() }.verdict(), Learning);
    }

    #[test]
    fn what_the_validation_shows_is_not_denied() {
        use Verdict::*;
        assert_eq!(validated(trained(2.31, 0.1, false), 2.29, 0.372).verdict(), Barely);
        // Noise or dropout makes training dear.
        assert_eq!(validated(trained(2.31, 0.1, false), 0.5, 0.9).verdict(), Learning);
        assert_eq!(validated(trained(7.0, 0.1, false), 0.5, 0.9).verdict(), Learning);
        assert_eq!(validated(trained(7.0, 0.1, false), 2.0, 0.1).verdict(), Worse, "no better than chance");
    }

    #[test]
    fn training_well_and_failing_at_inference_is_not_learning() {
        use Verdict::*;
        assert_eq!(good().verdict(), Learning);
        for loss in [f64::NAN, f64::INFINITY] {
            assert_eq!(validated(good(), loss, f64::NAN).verdict(), WorseAtInference);
        }
        assert_eq!(validated(good(), 7.0, 0.6).verdict(), WorseAtInference);
        assert_eq!(validated(good(), 2.2, 0.1).verdict(), WorseAtInference, "nothing is left of it");
        assert_eq!(validated(good(), 2.2, 0.6).verdict(), Learning, "learned by heart");
        assert_eq!(validated(trained(2.2, 0.25, true), 2.24, 0.12).verdict(), Learning, "it has just begun");
        let apart = |accuracy, accuracy_batch| {
            let validation = Validation { accuracy, accuracy_batch, ..good().validation.unwrap() };
            Evidence { validation: Some(validation), ..good() }.verdict()
        };
        assert_eq!((apart(0.43, 0.94), apart(0.8, 0.94), apart(0.94, 0.43)), (WorseAtInference, Learning, Learning));
    }

    #[test]
    fn regressions_are_judged_by_shares_of_the_variance() {
        use Verdict::*;
        let of = |recent: f64, loss: f64, loss_batch: f64| {
            let (accuracy, accuracy_batch) = (f64::NAN, f64::NAN);
            let validation = Validation { loss, accuracy, loss_batch, accuracy_batch, ..good().validation.unwrap() };
            let recent = Recent { loss: recent, accuracy: None, falling: false };
            Evidence { recent: Some(recent), validation: Some(validation), guessing: 10.0, ..good() }.verdict()
        };
        assert_eq!((of(1.0, 1.2, 1.2), of(9.9, 9.9, 9.9), of(20.0, 20.0, 20.0)), (Learning, Guessing, Worse));
        assert_eq!(
            (of(1.0, 4.0, 1.2), of(1.0, 9.9, 9.9), of(1.0, f64::INFINITY, 1.0)),
            (WorseAtInference, WorseAtInference, WorseAtInference)
        );
        assert_eq!((of(9.7, 9.9, 9.9), of(12.0, 5.0, 5.0)), (Learning, Learning));
    }

    #[test]
    fn a_verdict_is_written_as_its_name() {
        for &verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.choice().name);
        }
    }
}
