//! What is left of a run at its end.

use crate::kernels::Real;
use crate::nn::network::Score;
use crate::run::Run;
use crate::run::evaluate::Policy;
use crate::run::progress::Progress;
use crate::run::scores::{Scores, score};
use crate::run::verdict::{Evidence, Verdict};
use serde_json::{Value, json};

/// Losses and accuracies over the whole splits, and how the run went.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary(Value);

impl Summary {
    /// Evaluates a run as it stands. Numbers that are not finite become null, and so do the accuracies of a
    /// regression. Of a run that left the finite range all of them are null, as in sweeps: such a network still
    /// gives answers, but they mean nothing.
    ///
    /// | suffix     | statistics |
    /// |------------|------------|
    /// | none       | as at inference: running, for validation [`Policy::inference`] |
    /// | `_batch`   | each split is one batch with its own |
    /// | `_precise` | see [`crate::run::precise`]; null where there are no running ones |
    ///
    /// Validation inputs are shifted as configured, training inputs never. `exchanged` is how many
    /// values devices exchange in one training step. `verdict` is the name of a [`Verdict`]; `diverged` is
    /// true for the one of that name.
    pub fn of<F: Real>(run: &Run<F>, progress: &Progress) -> Summary {
        let gone = run.divergence();
        let train = |policy| gone.is_none().then(|| score(run, run.state(), &run.data().train, policy));
        let (train_batch, train) = (train(Policy::Batch), train(Policy::Running));
        let scores = gone.is_none().then(|| Scores::of(run));
        let (val, val_batch) = (scores.as_ref().map(|s| s.inference), scores.as_ref().map(|s| s.batch));
        let precise = scores.as_ref().and_then(|s| s.precise);
        let verdict = Evidence::of(run, progress, scores.as_ref().map(|s| s.validation(run))).verdict();
        let loss = |score: Option<Score>| score.map(|s| s.loss);
        let accuracy = |score: Option<Score>| score.and_then(|s| s.accuracy());
        Summary(json!({
            "steps": run.steps(),
            "parameters": run.state().params.len(),
            "exchanged": run.network().exchanged(),
            "train_loss": loss(train),
            "train_accuracy": accuracy(train),
            "train_loss_batch": loss(train_batch),
            "train_accuracy_batch": accuracy(train_batch),
            "val_loss": loss(val),
            "val_accuracy": accuracy(val),
            "val_loss_batch": loss(val_batch),
            "val_accuracy_batch": accuracy(val_batch),
            "val_loss_precise": loss(precise),
            "val_accuracy_precise": accuracy(precise),
            "recent_loss": progress.mean().filter(|_| gone.is_none()),
            "verdict": verdict,
            "diverged": verdict == Verdict::Diverged,
            "diverged_at": gone.map(|d| d.step),
            "diverged_layer": gone.map(|d| d.layer.clone()),
            "fingerprint": run.fingerprint().digits(),
        }))
    }

    /// As JSON.
    pub fn json(&self) -> &Value {
        &self.0
    }
}
