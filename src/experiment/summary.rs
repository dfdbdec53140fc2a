//! What is left of a run at its end.

use super::chance::is_guessing;
use super::evaluate::Policy;
use super::run::Run;
use super::scores::{Scores, score};
use crate::kernels::Real;
use crate::nn::network::Score;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Steps whose scores say whether a run is learning.
pub const RECENT: usize = 50;

/// The scores of the last [`RECENT`] mini-batches.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    losses: Vec<f64>,
    accuracies: Vec<f64>,
    next: usize,
}

impl Recent {
    /// Takes in one step's score.
    pub fn push(&mut self, score: &Score) {
        let accuracy = score.accuracy().unwrap_or(f64::NAN);
        if self.losses.len() < RECENT {
            self.losses.push(score.loss);
            self.accuracies.push(accuracy);
        } else {
            self.losses[self.next] = score.loss;
            self.accuracies[self.next] = accuracy;
        }
        self.next = (self.next + 1) % RECENT;
    }

    /// The mean loss; none before there are [`RECENT`] of them.
    pub fn mean(&self) -> Option<f64> {
        mean(&self.losses)
    }

    /// The mean loss of however many there are; none before the first.
    pub fn mean_so_far(&self) -> Option<f64> {
        let n = self.losses.len();
        (n > 0).then(|| self.losses.iter().sum::<f64>() / n as f64)
    }

    /// The mean accuracy, likewise; none in a regression.
    pub fn accuracy(&self) -> Option<f64> {
        mean(&self.accuracies).filter(|mean| !mean.is_nan())
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (values.len() == RECENT).then(|| values.iter().sum::<f64>() / RECENT as f64)
}

/// How training is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The loss is below that of guessing, or it is too early to tell.
    Learning,
    /// The mean recent loss is at or above 98 % of that of guessing,
    /// [`crate::config::Config::guessing`], though more answers
    /// are right than by chance.
    Barely,
    /// The mean recent loss is that of guessing, and the mean recent accuracy too.
    Stuck,
    /// A loss was not finite, or the mean recent loss is above three times that: worse than guessing.
    Diverged,
}

impl Verdict {
    /// The verdict on a run. A loss criterion is needed besides the non-finite one: networks with
    /// normalization may never leave the finite range and still learn nothing.
    pub fn of<F: Real>(run: &Run<F>, recent: &Recent) -> Verdict {
        let guessing = run.config().guessing();
        match recent.mean() {
            _ if run.divergence().is_some() => Verdict::Diverged,
            Some(loss) if loss > 3.0 * guessing => Verdict::Diverged,
            Some(loss) if loss >= 0.98 * guessing && Verdict::guesses(run, recent) => Verdict::Stuck,
            Some(loss) if loss >= 0.98 * guessing => Verdict::Barely,
            _ => Verdict::Learning,
        }
    }

    /// Whether the recent answers are no better than chance; in a regression the loss alone can tell.
    fn guesses<F: Real>(run: &Run<F>, recent: &Recent) -> bool {
        // The same samples come again: there are never more than the training set holds.
        let samples = (RECENT * run.config().batch).min(run.data().train.len());
        recent.accuracy().is_none_or(|accuracy| is_guessing(accuracy, run.data().classes, samples as u64))
    }

    /// `learning`, `barely`, `stuck` or `diverged`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Learning => "learning",
            Verdict::Barely => "barely",
            Verdict::Stuck => "stuck",
            Verdict::Diverged => "diverged",
        }
    }
}

/// Losses and accuracies over the whole splits, and how the run went.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary(Value);

impl Summary {
    /// Evaluates a run as it stands. Numbers that are not finite become null, and so does the
    /// accuracy of a regression.
    ///
    /// | suffix     | statistics |
    /// |------------|------------|
    /// | none       | as at inference: running, for validation [`Policy::inference`] |
    /// | `_batch`   | each split is one batch with its own |
    /// | `_precise` | see [`super::precise`]; null where there are no running ones |
    ///
    /// Validation inputs are shifted as configured, training inputs never. `exchanged` is how many
    /// values devices exchange in one training step.
    pub fn of<F: Real>(run: &Run<F>, recent: &Recent) -> Summary {
        let train = |policy| score(run, run.state(), &run.data().train, policy);
        let (train_batch, train) = (train(Policy::Batch), train(Policy::Running));
        let Scores { inference: val, batch: val_batch, precise } = Scores::of(run);
        Summary(json!({
            "steps": run.steps(),
            "parameters": run.state().params.len(),
            "exchanged": run.network().exchanged(),
            "train_loss": train.loss,
            "train_accuracy": train.accuracy(),
            "train_loss_batch": train_batch.loss,
            "train_accuracy_batch": train_batch.accuracy(),
            "val_loss": val.loss,
            "val_accuracy": val.accuracy(),
            "val_loss_batch": val_batch.loss,
            "val_accuracy_batch": val_batch.accuracy(),
            "val_loss_precise": precise.map(|p| p.loss),
            "val_accuracy_precise": precise.and_then(|p| p.accuracy()),
            "recent_loss": recent.mean(),
            "verdict": Verdict::of(run, recent).name(),
            "diverged": Verdict::of(run, recent) == Verdict::Diverged,
            "diverged_at": run.divergence().map(|d| d.step),
            "diverged_layer": run.divergence().map(|d| d.layer.clone()),
            "fingerprint": run.fingerprint().digits(),
        }))
    }

    /// As JSON.
    pub fn json(&self) -> &Value {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::nn::norm::Norm;

    #[test]
    fn a_run_is_stuck_only_if_its_answers_are_chance_too() {
        let run = Run::<f32>::new(Config { norm: Norm::None, ..Config::default() }).unwrap();
        let verdict = |loss: f64, correct: usize| {
            let mut recent = Recent::default();
            for _ in 0..RECENT {
                assert_eq!(Verdict::of(&run, &recent), Verdict::Learning, "too early to tell");
                recent.push(&Score { loss, correct: Some(correct), samples: 32 });
            }
            Verdict::of(&run, &recent)
        };
        assert_eq!(verdict(2.30, 3), Verdict::Stuck);
        assert_eq!(verdict(2.28, 12), Verdict::Barely);
        assert_eq!(verdict(1.5, 3), Verdict::Learning);
        assert_eq!(verdict(7.0, 3), Verdict::Diverged);
    }
}
