//! Training, step by step.

use super::batches::Batches;
use super::fingerprint::Fingerprint;
use crate::config::{Config, Problem};
use crate::data::{DataSet, Split};
use crate::kernels::Real;
use crate::nn::init::State;
use crate::nn::layer::{Draw, Pass};
use crate::nn::network::{Network, Score, Workspace};
use crate::optim::Updater;

/// When and where a run left the finite range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The step whose loss is not a finite number.
    pub step: u64,
    /// The first layer, from the input on, whose output is not finite; `loss` if all are.
    pub layer: String,
}

/// One configuration in training.
///
/// A pure function of the configuration (and of the initial state, if one is given): no clock, no
/// outside randomness. After construction nothing is allocated but matrixmultiply's packing buffers.
pub struct Run<F> {
    config: Config,
    data: DataSet<F>,
    network: Network<F>,
    state: State<F>,
    updater: Updater<F>,
    batches: Batches,
    work: Workspace<F>,
    gradient: Vec<F>,
    x: Vec<F>,
    y: Vec<u32>,
    indices: Vec<u32>,
    step: u64,
    losses: Fingerprint,
    divergence: Option<Divergence>,
}

impl<F: Real> Run<F> {
    /// Prepares the run: draws data and initial weights.
    ///
    /// # Errors
    /// Every reason why the configuration cannot be trained.
    pub fn new(config: Config) -> Result<Run<F>, Vec<Problem>> {
        let problems = config.check();
        if !problems.is_empty() {
            return Err(problems);
        }
        let network = config.architecture().build();
        let state = State::initial(network.layout(), config.init, config.init_std, config.seed);
        let data = config.data.load(&config.recipe());
        let parameters = state.params.len();
        let mut run = Run {
            updater: Updater::new(config.rule(), parameters),
            batches: Batches::new(config.seed, data.train.len(), config.batch),
            work: Workspace::to_train(&network, config.batch),
            gradient: vec![F::ZERO; parameters],
            x: vec![F::ZERO; config.batch * data.features],
            y: vec![0; config.batch],
            indices: vec![0; config.batch],
            step: 0,
            losses: Fingerprint::default(),
            divergence: None,
            config,
            data,
            network,
            state,
        };
        run.draw();
        Ok(run)
    }

    /// Fetches the next batch.
    fn draw(&mut self) {
        self.indices.copy_from_slice(self.batches.draw());
        gather(&self.data.train.x, &self.indices, self.data.features, &mut self.x);
        for (y, &i) in self.y.iter_mut().zip(&self.indices) {
            *y = self.data.train.y[i as usize];
        }
    }

    /// Starts from that state instead of the drawn one. It must be laid out as the network's.
    pub fn start_from(&mut self, state: State<F>) {
        self.state = state;
    }

    /// Takes one step on [`Run::batch`]: computes loss and gradient, moves running statistics and
    /// parameters, draws the next batch. The score is the batch's, in training mode, before the update.
    ///
    /// A loss that is not finite ends the run: nothing is updated then, and no step is taken later.
    pub fn step(&mut self) -> Score {
        if self.divergence.is_some() {
            return Score { loss: f64::NAN, correct: 0, samples: self.config.batch };
        }
        self.gradient.fill(F::ZERO);
        let pass = Pass::training(&self.state.params, &self.state.buffers, self.config.batch, self.next_draw());
        let score = self.network.gradient(&pass, &self.x, &self.y, &mut self.work, &mut self.gradient, |_, _| {});
        self.step += 1;
        self.losses.push(score.loss as f32);
        if score.loss.is_finite() {
            self.network.update_buffers(&self.work, &mut self.state.buffers, false);
            self.updater.step(&mut self.state.params, &self.gradient);
            self.draw();
        } else {
            let node = self.network.first_non_finite(&self.work);
            let layer = node.map_or("loss", |i| &self.network.nodes()[i].name);
            self.divergence = Some(Divergence { step: self.step, layer: layer.to_owned() });
        }
        score
    }

    /// Its configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its data.
    pub fn data(&self) -> &DataSet<F> {
        &self.data
    }

    /// The samples that [`Run::indices`] speaks of.
    pub fn training_samples(&self) -> &Split<F> {
        &self.data.train
    }

    /// Its network.
    pub fn network(&self) -> &Network<F> {
        &self.network
    }

    /// Present parameters and buffers.
    pub fn state(&self) -> &State<F> {
        &self.state
    }

    /// The next step's inputs, `[batch × features]`, and labels.
    pub fn batch(&self) -> (&[F], &[u32]) {
        (&self.x, &self.y)
    }

    /// The next step's sample indices into the training split.
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// What the next step's random layers draw from.
    pub fn next_draw(&self) -> Draw {
        Draw { seed: self.config.seed, step: self.step + 1 }
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// When and where it left the finite range, if it did.
    pub fn divergence(&self) -> Option<&Divergence> {
        self.divergence.as_ref()
    }

    /// The hash over all losses so far and all present parameters and buffers.
    pub fn fingerprint(&self) -> Fingerprint {
        self.losses.with(&self.state.params).with(&self.state.buffers)
    }
}

/// Copies the rows named by `indices`.
fn gather<F: Real>(from: &[F], indices: &[u32], width: usize, to: &mut [F]) {
    for (row, &i) in to.chunks_exact_mut(width).zip(indices) {
        row.copy_from_slice(&from[i as usize * width..][..width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::norm::Norm;

    #[test]
    fn the_same_configuration_gives_the_same_bits() {
        let print = |config: Config| {
            let mut run = Run::<f32>::new(config).unwrap();
            for _ in 0..20 {
                run.step();
            }
            run.fingerprint()
        };
        assert_eq!(print(Config::default()), print(Config::default()));
        assert_ne!(print(Config::default()), print(Config { seed: 2, ..Config::default() }));
    }

    #[test]
    fn pairs_share_weights_and_batches_whatever_the_normalization() {
        let mut a = Run::<f32>::new(Config { norm: Norm::None, ..Config::default() }).unwrap();
        let mut b = Run::<f32>::new(Config { norm: Norm::Layer, ..Config::default() }).unwrap();
        let weights = |run: &Run<f32>| -> Vec<Vec<f32>> {
            let tensors = run.network().layout().params.tensors();
            let linear = tensors.iter().filter(|t| t.name.ends_with(".weight") && !t.name.starts_with("norm"));
            linear.map(|t| run.state().params[t.range.clone()].to_vec()).collect()
        };
        assert_eq!(weights(&a), weights(&b));
        assert_eq!(weights(&a).len(), 6);
        for _ in 0..100 {
            assert_eq!(a.indices(), b.indices());
            a.step();
            b.step();
        }
    }

    #[test]
    fn divergence_stops_the_run_and_names_the_layer() {
        let config = Config { norm: Norm::None, lr: 100.0, ..Config::default() };
        let mut run = Run::<f32>::new(config).unwrap();
        while run.divergence().is_none() {
            assert!(run.steps() < 1000);
            run.step();
        }
        let divergence = run.divergence().unwrap().clone();
        assert_eq!(divergence.step, run.steps());
        assert!(run.network().nodes().iter().any(|n| n.name == divergence.layer), "{divergence:?}");
        let (steps, print) = (run.steps(), run.fingerprint());
        assert!(run.step().loss.is_nan());
        assert_eq!((run.steps(), run.fingerprint()), (steps, print));
    }
}
