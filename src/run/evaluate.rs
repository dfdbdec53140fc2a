//! Loss and accuracy over a whole split.

use crate::config::Config;
use crate::data::Split;
use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Score, Workspace};

/// Samples that one forward pass takes where the statistics do not tie samples together.
const CHUNK: usize = 512;

/// Where an evaluation takes its normalization statistics from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The running averages: `model.eval()` in PyTorch.
    Running,
    /// The split's own: all of it is one batch.
    Batch,
    /// A blend of the running averages with the statistics of `samples` at a time, taken in the split's
    /// order: n samples count for n, the running averages for N (Schneider et al. 2020,
    /// arXiv:2006.16971). What is left at the end is fewer samples, and counts for as many; without a
    /// prior, a single one left over is its own mean, and every normalized value of it is β.
    Adapted {
        /// n, 1 or more.
        samples: usize,
        /// N; 0: the samples' own statistics alone.
        prior: usize,
    },
}

impl Policy {
    /// At inference on the held-out samples, as configured: running statistics, or blended ones. What
    /// keeps no running statistics has nothing to blend.
    pub fn inference(config: &Config) -> Policy {
        match config.adapt {
            samples if samples > 0 && config.norm.has_running_statistics() => {
                Policy::Adapted { samples, prior: config.prior }
            }
            _ => Policy::Running,
        }
    }

    /// Samples in one forward pass over a split of so many.
    fn chunk(self, split: usize) -> usize {
        match self {
            Policy::Running => split.min(CHUNK),
            Policy::Batch => split,
            Policy::Adapted { samples, .. } => split.min(samples),
        }
    }

    /// The statistics of a pass over so many samples.
    fn statistics(self, batch: usize) -> Statistics {
        match self {
            Policy::Running => Statistics::Running,
            Policy::Batch => Statistics::Batch,
            Policy::Adapted { prior, .. } => Statistics::Blended(batch as f64 / (prior + batch) as f64),
        }
    }
}

/// Evaluates networks of one architecture on splits of one size.
pub struct Evaluator<F> {
    work: Workspace<F>,
    policy: Policy,
}

impl<F: Real> Evaluator<F> {
    /// Room for splits of up to `samples`.
    pub fn new(network: &Network<F>, samples: usize, policy: Policy) -> Evaluator<F> {
        Evaluator { work: Workspace::to_evaluate(network, policy.chunk(samples)), policy }
    }

    /// Mean loss and, for classifiers, number of correct answers over the split.
    pub fn score(&mut self, network: &Network<F>, state: &State<F>, split: &Split<F>) -> Score {
        let features = network.input().len();
        let mut total = Score { loss: 0.0, correct: Some(0), samples: split.len() };
        let chunk = self.work.batch();
        for (x, y) in split.x.chunks(chunk * features).zip(split.y.chunks(chunk)) {
            let pass = Pass::evaluation(&state.params, &state.buffers, y.len(), self.policy.statistics(y.len()));
            let score = network.score(&pass, x, y, &mut self.work);
            total.loss += score.loss * y.len() as f64 / split.len() as f64;
            total.correct = total.correct.zip(score.correct).map(|(a, b)| a + b);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::norm::Norm;
    use crate::run::Run;

    fn trained(config: Config) -> Run<f64> {
        let mut run = Run::new(Config { depth: 2, width: 16, ..config }).unwrap();
        for _ in 0..40 {
            run.step();
        }
        run
    }

    fn score(run: &Run<f64>, policy: Policy, split: &Split<f64>) -> Score {
        Evaluator::new(run.network(), split.len(), policy).score(run.network(), run.state(), split)
    }

    fn part(split: &Split<f64>, from: usize, to: usize) -> Split<f64> {
        let width = split.x.len() / split.len();
        Split { x: split.x[from * width..to * width].to_vec(), y: split.y[from..to].to_vec() }
    }

    #[test]
    fn without_a_prior_each_chunk_is_a_batch_of_its_own() {
        let run = trained(Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() });
        let split = &run.data().validation;
        let adapted = score(&run, Policy::Adapted { samples: 100, prior: 0 }, split);
        // 360 samples: three chunks of 100 and one of 60.
        let chunks = [(0, 100), (100, 200), (200, 300), (300, 360)];
        let batches: Vec<Score> =
            chunks.iter().map(|&(from, to)| score(&run, Policy::Batch, &part(split, from, to))).collect();
        let loss: f64 = batches.iter().map(|s| s.loss * s.samples as f64 / 360.0).sum();
        assert!((adapted.loss - loss).abs() < 1e-12, "{adapted:?} {loss}");
        assert_eq!(adapted.correct, batches.iter().map(|s| s.correct).sum::<Option<usize>>());
        let whole = score(&run, Policy::Adapted { samples: 1000, prior: 0 }, split);
        assert!((whole.loss - score(&run, Policy::Batch, split).loss).abs() < 1e-12);
    }

    #[test]
    fn chunks_count_by_their_size_against_the_prior() {
        let run = trained(Config { shift_scale: 0.3, shift_offset: 0.5, ..Config::default() });
        let split = part(&run.data().validation, 0, 50);
        let with = |share: f64, split: &Split<f64>| {
            let mut work = Workspace::to_evaluate(run.network(), split.len());
            let state = run.state();
            let pass = Pass::evaluation(&state.params, &state.buffers, split.len(), Statistics::Blended(share));
            run.network().score(&pass, &split.x, &split.y, &mut work).loss
        };
        let adapted = score(&run, Policy::Adapted { samples: 32, prior: 16 }, &split).loss;
        // 32 of 48, then the 18 that are left: 18 of 34.
        let want =
            (with(2.0 / 3.0, &part(&split, 0, 32)) * 32.0 + with(18.0 / 34.0, &part(&split, 32, 50)) * 18.0) / 50.0;
        assert!((adapted - want).abs() < 1e-12, "{adapted} {want}");
        // The larger the prior, the closer to running statistics.
        let running = score(&run, Policy::Running, &split).loss;
        let away = |prior| (score(&run, Policy::Adapted { samples: 50, prior }, &split).loss - running).abs();
        assert!(away(0) > away(64) && away(64) > away(1 << 20) && away(1 << 20) < 1e-3);
    }

    #[test]
    fn only_what_keeps_running_statistics_adapts() {
        let of = |norm| Policy::inference(&Config { norm, adapt: 32, prior: 8, ..Config::default() });
        for norm in [Norm::Batch, Norm::Sync, Norm::Ghost] {
            assert_eq!(of(norm), Policy::Adapted { samples: 32, prior: 8 });
        }
        for norm in [Norm::None, Norm::Layer, Norm::Group, Norm::Rms] {
            assert_eq!(of(norm), Policy::Running);
        }
        assert_eq!(Policy::inference(&Config::default()), Policy::Running);
    }
}
