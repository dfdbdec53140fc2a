//! A run's scores on the validation set, by whose statistics standardize.

use crate::data::Split;
use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::network::Score;
use crate::run::Run;
use crate::run::evaluate::{Evaluator, Policy};
use crate::run::precise::precise;
use crate::run::validation::Validation;

/// Loss and accuracy on the validation set, whose inputs are shifted as configured.
pub struct Scores {
    /// As at inference: [`Policy::inference`].
    pub inference: Score,
    /// The set is one batch with its own statistics.
    pub batch: Score,
    /// With statistics computed anew, see [`precise`]; none where there are no running ones.
    pub precise: Option<Score>,
}

impl Scores {
    /// Evaluates a run as it stands.
    pub fn of<F: Real>(run: &Run<F>) -> Scores {
        let validation = &run.data().validation;
        Scores {
            inference: score(run, run.state(), validation, Policy::inference(run.config())),
            batch: score(run, run.state(), validation, Policy::Batch),
            precise: precise(run).map(|state| score(run, &state, validation, Policy::Running)),
        }
    }

    /// Those that a session takes while it trains. Where no statistics are kept, both policies are the same.
    pub fn validation<F: Real>(&self, run: &Run<F>) -> Validation {
        let running = run.config().norm.has_running_statistics();
        Validation::new(run.steps(), &self.inference, if running { &self.batch } else { &self.inference })
    }
}

/// The run's network in that state, on a split.
pub fn score<F: Real>(run: &Run<F>, state: &State<F>, split: &Split<F>, policy: Policy) -> Score {
    Evaluator::new(run.network(), split.len(), policy).score(run.network(), state, split)
}
