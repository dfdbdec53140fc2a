//! How well a network did on some samples.

/// A loss and how often the largest output was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The [`super::objective::Objective`]'s mean loss.
    pub loss: f64,
    /// Samples classified correctly; none in a regression, where nothing is right or wrong.
    pub correct: Option<usize>,
    /// Samples in all.
    pub samples: usize,
}
impl Score {
    /// The share of samples classified correctly, 0 to 1. None in a regression, and where the loss is not
    /// finite: where no output is a number the first class wins, which is an accuracy of nothing.
    pub fn accuracy(&self) -> Option<f64> {
        self.correct.filter(|_| self.loss.is_finite()).map(|correct| correct as f64 / self.samples as f64)
    }
}
