//! What a network's outputs are to come near, and how far off they are.

use super::score::Score;
use crate::choice::choices;
use crate::edition::Edition;
use crate::kernels::{Real, softmax, square};

choices! {
    /// How far off the outputs are.
    pub enum Loss {
        CrossEntropy: "cross_entropy", "Cross-entropy", "−ln of the probability that softmax gives the right class, in nats.";
        Mse: "mse", "Squared error", "Mean over all outputs of the squared distance from the target; a class's target is 1 at its place and 0 elsewhere.";
    }
}

impl Loss {
    /// The edition that can compute it.
    pub fn edition(self) -> Edition {
        match self {
            Loss::CrossEntropy => Edition::First,
            Loss::Mse => Edition::Full,
        }
    }
}

/// What the labels mean: a class, or a row in a table of targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Objective<F> {
    /// Labels are classes; the loss is `torch.nn.CrossEntropyLoss`.
    CrossEntropy,
    /// Labels are classes, of one-hot targets `[classes × classes]`; the loss is `torch.nn.MSELoss`.
    OneHot(Vec<F>),
    /// Regression: each sample's label is the number of its own row in `[samples × outputs]`; the loss is
    /// `torch.nn.MSELoss`, and there are no right answers to count.
    Values(Vec<F>),
}

impl<F: Real> Objective<F> {
    /// Of a classifier.
    pub fn of(loss: Loss, classes: usize) -> Objective<F> {
        match loss {
            Loss::CrossEntropy => Objective::CrossEntropy,
            Loss::Mse => {
                let one_hot = |i| if i % (classes + 1) == 0 { F::ONE } else { F::ZERO };
                Objective::OneHot((0..classes * classes).map(one_hot).collect())
            }
        }
    }

    /// The score of `outputs`, `[samples × width]`.
    pub fn score(&self, outputs: &[F], labels: &[u32], width: usize) -> Score {
        let (loss, correct) = match self {
            Objective::CrossEntropy => {
                let (loss, correct) = softmax::cross_entropy(outputs, labels, width);
                (loss, Some(correct))
            }
            Objective::OneHot(targets) => {
                (square::mean_square(outputs, labels, targets, width), Some(hits(outputs, labels, width)))
            }
            Objective::Values(targets) => (square::mean_square(outputs, labels, targets, width), None),
        };
        Score { loss, correct, samples: labels.len() }
    }

    /// The same, and the loss's gradient with respect to the outputs.
    pub fn gradient(&self, outputs: &[F], labels: &[u32], width: usize, gradient: &mut [F]) -> Score {
        let (loss, correct) = match self {
            Objective::CrossEntropy => {
                let (loss, correct) = softmax::cross_entropy_gradient(outputs, labels, width, gradient);
                (loss, Some(correct))
            }
            Objective::OneHot(targets) => {
                let loss = square::mean_square_gradient(outputs, labels, targets, width, gradient);
                (loss, Some(hits(outputs, labels, width)))
            }
            Objective::Values(targets) => {
                (square::mean_square_gradient(outputs, labels, targets, width, gradient), None)
            }
        };
        Score { loss, correct, samples: labels.len() }
    }
}

/// How many rows have their largest output at the label; the first of equals wins.
fn hits<F: Real>(outputs: &[F], labels: &[u32], classes: usize) -> usize {
    let rows = outputs.chunks_exact(classes).zip(labels);
    rows.filter(|(row, label)| softmax::best(row) == **label as usize).count()
}
