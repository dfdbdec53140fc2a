//! Loss and accuracy over a whole split.

use crate::data::Split;
use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Score, Workspace};

/// Samples that one forward pass takes where the statistics do not tie samples together.
const CHUNK: usize = 512;

/// Evaluates networks of one architecture on splits of one size.
pub struct Evaluator<F> {
    work: Workspace<F>,
    statistics: Statistics,
}

impl<F: Real> Evaluator<F> {
    /// Room for splits of up to `samples`. With [`Statistics::Batch`] the whole split is one batch;
    /// with [`Statistics::Running`] the result does not depend on how it is cut.
    pub fn new(network: &Network<F>, samples: usize, statistics: Statistics) -> Evaluator<F> {
        let chunk = match statistics {
            Statistics::Batch => samples,
            Statistics::Running | Statistics::Blended(_) => samples.min(CHUNK),
        };
        Evaluator { work: Workspace::to_evaluate(network, chunk), statistics }
    }

    /// Mean loss and number of correct answers over the split.
    pub fn score(&mut self, network: &Network<F>, state: &State<F>, split: &Split<F>) -> Score {
        let features = network.input().len();
        let mut total = Score { loss: 0.0, correct: 0, samples: split.len() };
        let chunk = self.work.batch();
        for (x, y) in split.x.chunks(chunk * features).zip(split.y.chunks(chunk)) {
            let pass = Pass::evaluation(&state.params, &state.buffers, y.len(), self.statistics);
            let score = network.score(&pass, x, y, &mut self.work);
            total.loss += score.loss * y.len() as f64 / split.len() as f64;
            total.correct += score.correct;
        }
        total
    }
}
