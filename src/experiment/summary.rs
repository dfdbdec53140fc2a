//! What is left of a run at its end.

use super::evaluate::{Evaluator, Policy};
use super::precise::precise;
use super::run::Run;
use crate::data::Split;
use crate::kernels::Real;
use crate::nn::init::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Steps whose losses say whether a run is learning.
pub const RECENT: usize = 50;

/// The mean of the last [`RECENT`] losses.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    losses: Vec<f64>,
    next: usize,
}

impl Recent {
    /// Takes in one step's loss.
    pub fn push(&mut self, loss: f64) {
        if self.losses.len() < RECENT {
            self.losses.push(loss);
        } else {
            self.losses[self.next] = loss;
        }
        self.next = (self.next + 1) % RECENT;
    }

    /// The mean; none before there are [`RECENT`] losses.
    pub fn mean(&self) -> Option<f64> {
        (self.losses.len() == RECENT).then(|| self.losses.iter().sum::<f64>() / RECENT as f64)
    }
}

/// How training is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The loss is below that of guessing, or it is too early to tell.
    Learning,
    /// The mean recent loss is at or above 98 % of ln(classes), the loss of guessing.
    Stuck,
    /// A loss was not finite, or the mean recent loss is above 3·ln(classes): worse than guessing.
    Diverged,
}

impl Verdict {
    /// The verdict on a run. A loss criterion is needed besides the non-finite one: networks with
    /// normalization may never leave the finite range and still learn nothing.
    pub fn of<F: Real>(run: &Run<F>, recent: &Recent) -> Verdict {
        let guessing = (run.data().classes as f64).ln();
        match recent.mean() {
            _ if run.divergence().is_some() => Verdict::Diverged,
            Some(loss) if loss > 3.0 * guessing => Verdict::Diverged,
            Some(loss) if loss >= 0.98 * guessing => Verdict::Stuck,
            _ => Verdict::Learning,
        }
    }

    /// `learning`, `stuck` or `diverged`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Learning => "learning",
            Verdict::Stuck => "stuck",
            Verdict::Diverged => "diverged",
        }
    }
}

/// Losses and accuracies over the whole splits, and how the run went.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary(Value);

impl Summary {
    /// Evaluates a run as it stands. Numbers that are not finite become null.
    ///
    /// | suffix     | statistics |
    /// |------------|------------|
    /// | none       | as at inference: running, for validation [`Policy::inference`] |
    /// | `_batch`   | each split is one batch with its own |
    /// | `_precise` | see [`precise`]; null where there are no running ones |
    ///
    /// Validation inputs are shifted as configured, training inputs never. `exchanged` is how many
    /// values devices exchange in one training step.
    pub fn of<F: Real>(run: &Run<F>, recent: &Recent) -> Summary {
        let score = |state: &State<F>, split: &Split<F>, policy| {
            Evaluator::new(run.network(), split.len(), policy).score(run.network(), state, split)
        };
        let (state, train, val) = (run.state(), &run.data().train, &run.data().validation);
        let precise = precise(run).map(|state| score(&state, val, Policy::Running));
        let (train_batch, val_batch) = (score(state, train, Policy::Batch), score(state, val, Policy::Batch));
        let inference = Policy::inference(run.config());
        let (train, val) = (score(state, train, Policy::Running), score(state, val, inference));
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
            "val_accuracy_precise": precise.map(|p| p.accuracy()),
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
