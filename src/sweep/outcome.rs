//! What a cell gave.

use crate::run::verdict::Verdict;
use crate::sweep::plan::Metric;
use serde::{Deserialize, Serialize};

/// The end of one run. Of one that left the finite range, every loss and accuracy is absent.
///
/// Keys and definitions are those of [`crate::run::summary::Summary`], but for `recent_loss`, which
/// is the mean of the last mini-batch losses however few there were (of 50, if there were as many).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Steps taken.
    pub steps: u64,
    /// Mean loss of the last 50 mini-batches, in training mode.
    pub recent_loss: Option<f64>,
    /// On the validation set, as at inference.
    pub val_loss: Option<f64>,
    /// Likewise.
    pub val_accuracy: Option<f64>,
    /// With the validation set's own statistics.
    pub val_loss_batch: Option<f64>,
    /// Likewise.
    pub val_accuracy_batch: Option<f64>,
    /// With precise statistics; absent too where there are no running ones.
    pub val_loss_precise: Option<f64>,
    /// Likewise.
    pub val_accuracy_precise: Option<f64>,
    /// The first step at which the mean loss of the last 10 mini-batches was at the threshold or below.
    pub steps_to: Option<u64>,
    /// Whether the training loss ended at the threshold or below.
    pub learned: bool,
    /// How the run was doing.
    pub verdict: Verdict,
    /// Whether it left the finite range.
    pub diverged: bool,
    /// The step at which it did.
    pub diverged_at: Option<u64>,
    /// The first layer that did.
    pub diverged_layer: Option<String>,
    /// Over all losses, parameters and buffers.
    pub fingerprint: String,
}

impl Outcome {
    /// The number that a metric shows; none where it is absent.
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        let share = |yes: bool| Some(f64::from(u8::from(yes)));
        match metric {
            Metric::ValAccuracy => self.val_accuracy,
            Metric::ValAccuracyBatch => self.val_accuracy_batch,
            Metric::ValAccuracyPrecise => self.val_accuracy_precise,
            Metric::ValLoss => self.val_loss,
            Metric::TrainLoss => self.recent_loss,
            Metric::StepsTo => self.steps_to.map(|steps| steps as f64),
            Metric::Learned => share(self.learned),
            Metric::Diverged => share(self.diverged),
        }
    }
}
