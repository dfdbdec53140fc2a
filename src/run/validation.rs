//! Scores on the validation split at one moment.

use crate::nn::network::Score;
use crate::run::chance::is_guessing;
use serde::{Deserialize, Serialize};

/// One evaluation on the validation split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// After how many steps.
    pub step: u64,
    /// Mean loss as at inference: with running statistics, or with blended ones, see
    /// [`crate::run::evaluate::Policy::inference`].
    pub loss: f64,
    /// Accuracy, likewise; NaN in a regression, and where the loss is not finite.
    pub accuracy: f64,
    /// Mean loss with the split's own statistics.
    pub loss_batch: f64,
    /// Accuracy with the split's own statistics; NaN likewise.
    pub accuracy_batch: f64,
    /// Samples in the split.
    pub samples: u64,
}

impl Validation {
    /// Of the scores as at inference and with the split's own statistics.
    pub fn new(step: u64, inference: &Score, batch: &Score) -> Validation {
        Validation {
            step,
            loss: inference.loss,
            accuracy: inference.accuracy().unwrap_or(f64::NAN),
            loss_batch: batch.loss,
            accuracy_batch: batch.accuracy().unwrap_or(f64::NAN),
            samples: inference.samples as u64,
        }
    }

    /// Whether its answers, as at inference, are no better than chance among `classes`; without any, as in a
    /// regression, nothing says that they are better.
    pub fn is_chance(&self, classes: usize) -> bool {
        self.accuracy.is_nan() || is_guessing(self.accuracy, classes, self.samples)
    }
}
