//! Training, step by step.

use crate::config::{Config, Problem, Sampling, Shards};
use crate::data::{DataSet, Split};
use crate::kernels::Real;
use crate::kernels::reduce::first_non_finite;
use crate::nn::init::State;
use crate::nn::layer::{Draw, Pass, Statistics};
use crate::nn::layout::{Layout, Role};
use crate::nn::network::{Network, Score, Workspace};
use crate::nn::objective::Objective;
use crate::optim::Updater;
use crate::rng::Stream;
use crate::run::batches::{Batches, by_class};
use crate::run::fingerprint::Fingerprint;
use crate::run::samples::Samples;

/// When and where a run left the finite range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The step that it happened in.
    pub step: u64,
    /// The first layer, from the input on, whose output is not finite; `loss` if all are and the loss is not.
    /// Where the step's update was what overflowed, the first tensor that it left with an infinite value or NaN.
    pub layer: String,
}

/// One configuration in training.
///
/// A pure function of the configuration (and of the states that it is given, by [`Run::start_from`] or
/// [`Run::move_to`]): no clock, no outside randomness. After construction nothing is allocated but matrixmultiply's packing buffers.
pub struct Run<F> {
    config: Config,
    data: DataSet<F>,
    network: Network<F>,
    state: State<F>,
    updater: Updater<F>,
    batches: Batches,
    /// Shifted samples and their batches, for the steps from [`Config::tune_at`] on.
    tuning: Option<(Split<F>, Batches)>,
    work: Workspace<F>,
    gradient: Vec<F>,
    x: Vec<F>,
    y: Vec<u32>,
    indices: Vec<u32>,
    step: u64,
    losses: Fingerprint,
    /// The same without the last step's.
    before: Fingerprint,
    divergence: Option<Divergence>,
    moved: Option<u64>,
    given: bool,
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
        Ok(Run::on(config, Samples::of(&config)))
    }

    /// The same on samples that are there already: of a configuration that can be trained, and as many and
    /// as large as [`Samples::of`] draws for it.
    pub fn on(config: Config, samples: Samples<F>) -> Run<F> {
        let Samples { set: data, tune } = samples;
        let network = network(&config, &data);
        let state = State::initial(network.layout(), config.init, config.init_std, config.seed);
        // Each phase walks its own stream: where the first one stops does not matter to the second.
        let batches = |stream, split: &Split<F>| {
            let batches = Batches::new(Stream::new(config.seed, stream), split.len(), config.batch);
            match config.sampling {
                Sampling::Shuffled => batches,
                Sampling::Sorted => batches.sorted(&split.y, data.classes),
            }
        };
        let parameters = state.params.len();
        let mut run = Run {
            updater: updater(&config, network.layout()),
            batches: batches("batches", &data.train),
            tuning: tune.map(|split| {
                let batches = batches("batches/tune", &split);
                (split, batches)
            }),
            work: Workspace::to_train(&network, config.batch),
            gradient: vec![F::ZERO; parameters],
            x: vec![F::ZERO; config.batch * data.features],
            y: vec![0; config.batch],
            indices: vec![0; config.batch],
            step: 0,
            losses: Fingerprint::default(),
            before: Fingerprint::default(),
            divergence: None,
            moved: None,
            given: false,
            config,
            data,
            network,
            state,
        };
        run.draw();
        run
    }

    /// Fetches the next batch.
    fn draw(&mut self) {
        let tuned = begun(self.config.tune_at, self.step + 1);
        let (split, batches) = match &mut self.tuning {
            Some((split, batches)) if tuned => (&*split, batches),
            _ => (&self.data.train, &mut self.batches),
        };
        let drawn = batches.draw();
        // Whatever the normalization: both runs of a pair are to see the same rows in the same order.
        if self.config.devices > 1 && self.config.shards == Shards::Sorted {
            by_class(drawn, &split.y, self.data.classes, &mut self.indices);
        } else {
            self.indices.copy_from_slice(drawn);
        }
        gather(&split.x, &self.indices, self.data.features, &mut self.x);
        for (y, &i) in self.y.iter_mut().zip(&self.indices) {
            *y = split.y[i as usize];
        }
    }

    /// Starts from that state instead of the drawn one. It must be laid out as the network's.
    pub fn start_from(&mut self, state: State<F>) {
        self.state = state;
        self.given = true;
    }

    /// Whether it started from a state that was given.
    pub fn given(&self) -> bool {
        self.given
    }

    /// Puts the network at other weights, to be trained on from there: what follows depends on them too,
    /// and no longer on the configuration alone. The state must be laid out as the network's.
    ///
    /// Steps and mini-batches go on as they would have. The optimizer starts afresh: its averages of
    /// gradients belong to a place that was left. A step that diverged is taken back, to be taken again from
    /// here.
    pub fn move_to(&mut self, state: State<F>) {
        self.state = state;
        self.updater = updater(&self.config, self.network.layout());
        if self.divergence.take().is_some() {
            self.step -= 1;
            self.losses = self.before;
        }
        self.moved = Some(self.step);
    }

    /// The step after which the network was last moved, if it was.
    pub fn moved(&self) -> Option<u64> {
        self.moved
    }

    /// Takes one step on [`Run::batch`]: computes loss and gradient, moves running statistics and
    /// parameters, draws the next batch. The score is the batch's, in training mode, before the update.
    /// From [`Config::freeze`] on, running statistics are used and stay.
    ///
    /// A number that is not finite ends the run, and no step is taken later: in the loss, and so in whatever it
    /// was computed from, and nothing is updated; or, through gradients, averages and statistics, in what the
    /// update made of parameters and buffers.
    pub fn step(&mut self) -> Score {
        if self.divergence.is_some() {
            return Score { loss: f64::NAN, correct: None, samples: self.config.batch };
        }
        self.gradient.fill(F::ZERO);
        let pass = pass(&self.config, &self.state, self.next_draw());
        let frozen = pass.statistics == Statistics::Running;
        let score = self.network.gradient(&pass, &self.x, &self.y, &mut self.work, &mut self.gradient, |_, _| {});
        self.step += 1;
        self.before = self.losses;
        self.losses.push(score.loss as f32);
        if score.loss.is_finite() {
            if !frozen {
                self.network.update_buffers(&self.work, &mut self.state.buffers, false);
            }
            self.updater.step(&mut self.state.params, &self.gradient);
        }
        let gone = if score.loss.is_finite() { self.non_finite_tensor() } else { Some(self.non_finite_node()) };
        self.divergence = gone.map(|place| Divergence { step: self.step, layer: place.to_owned() });
        if self.divergence.is_none() {
            self.draw();
        }
        score
    }

    /// The first node, from the input on, whose output in this step is not finite.
    fn non_finite_node(&self) -> &str {
        self.network.first_non_finite(&self.work).map_or("loss", |i| &self.network.nodes()[i].name)
    }

    /// The first tensor that is not finite.
    fn non_finite_tensor(&self) -> Option<&str> {
        let Layout { params, buffers } = self.network.layout();
        [(buffers, &self.state.buffers), (params, &self.state.params)]
            .into_iter()
            .find_map(|(table, values)| Some(&*table.holder(first_non_finite(values)?)?.name))
    }

    /// Its configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its data, see [`Samples::set`].
    pub fn data(&self) -> &DataSet<F> {
        &self.data
    }

    /// The samples that [`Run::indices`] speaks of, before [`Config::tune_at`] and from then on.
    pub fn training_samples(&self) -> (&Split<F>, Option<&Split<F>>) {
        (&self.data.train, self.tuning.as_ref().map(|(split, _)| split))
    }

    /// Whether the next step trains on the second of them.
    pub fn tuned(&self) -> bool {
        self.tuning.is_some() && begun(self.config.tune_at, self.step + 1)
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

    /// The next step's sample indices, into the training split or into [`Samples::tune`].
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// What the next step's random layers draw from.
    pub fn next_draw(&self) -> Draw {
        Draw { seed: self.config.seed, step: self.step + 1 }
    }

    /// The pass that the next step will take.
    pub fn next_pass(&self) -> Pass<'_, F> {
        pass(&self.config, &self.state, self.next_draw())
    }

    /// All parameters as the next step would leave them with that gradient. Nothing moves.
    pub fn updated(&self, gradient: &[F]) -> Vec<F> {
        let mut params = self.state.params.clone();
        self.updater.clone().step(&mut params, gradient);
        params
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
        let State { params, buffers } = &self.state;
        self.network.layout().buffers.tensors().iter().fold(self.losses.with(params), |print, tensor| {
            let values = &buffers[tensor.range.clone()];
            // The upper half of a count is 0 as a rule.
            let all = tensor.role != Role::Count || values[1] != F::ZERO;
            print.with(if all { values } else { &values[..1] })
        })
    }
}

/// The network of a configuration that can be trained, which aims at what its data set asks for.
pub fn network<F: Real>(config: &Config, data: &DataSet<F>) -> Network<F> {
    let network = config.architecture().build();
    match &data.targets {
        Some(targets) => network.towards(Objective::Values(targets.clone())),
        None => network,
    }
}

/// Whether what begins at step `first` has begun by that step; 0: it never does.
fn begun(first: usize, step: u64) -> bool {
    first > 0 && step >= first as u64
}

/// A training step's pass.
fn pass<'a, F>(config: &Config, state: &'a State<F>, draw: Draw) -> Pass<'a, F> {
    let statistics = if begun(config.freeze, draw.step) { Statistics::Running } else { Statistics::Batch };
    Pass { statistics, ..Pass::training(&state.params, &state.buffers, config.batch, draw) }
}

/// The update rule over a network's parameters. Without [`Config::decay_norm`], weight decay spares what
/// scales and shifts: γ and β, and SkipInit's factors.
pub fn updater<F: Real>(config: &Config, layout: &Layout) -> Updater<F> {
    let updater = Updater::new(config.rule(), layout.params.len());
    if config.decay_norm.is_on() {
        return updater;
    }
    updater.sparing(layout.params.tensors().iter().filter(|t| scales_or_shifts(t.role)).map(|t| t.range.clone()))
}

/// No role is left to a default: whoever adds one says whether it decays.
fn scales_or_shifts(role: Role) -> bool {
    match role {
        Role::Gain | Role::Shift | Role::Slope => true,
        Role::Weight { .. } | Role::Bias { .. } | Role::Embedding | Role::Position => false,
        Role::Zero | Role::One | Role::Count => false,
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
    use crate::choice::Switch;
    use crate::data::Data;
    use crate::nn::model::Skip;
    use crate::nn::norm::Norm;
    use crate::optim::Optimizer;

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

    /// To where it is: as if nothing had happened, but for an optimizer with a memory.
    #[test]
    fn a_moved_run_goes_on_with_its_batches_from_other_weights() {
        let train = |config, moves: &dyn Fn(&mut Run<f32>)| {
            let mut run = Run::<f32>::new(config).unwrap();
            for step in 0..20 {
                if step == 10 {
                    moves(&mut run);
                }
                run.step();
            }
            run
        };
        let here = |run: &mut Run<f32>| run.move_to(run.state().clone());
        let aside = |run: &mut Run<f32>| {
            let mut state = run.state().clone();
            state.params[0] += 0.1;
            run.move_to(state);
        };
        let sgd = Config { optimizer: Optimizer::Sgd, ..Config::default() };
        let adam = Config { optimizer: Optimizer::Adam, lr: 0.001, ..Config::default() };
        let plain = train(sgd, &|_| {});
        assert_eq!((plain.moved(), plain.fingerprint()), (None, train(sgd, &here).fingerprint()));
        assert_ne!(train(adam, &|_| {}).fingerprint(), train(adam, &here).fingerprint());
        let moved = train(sgd, &aside);
        assert_eq!((moved.moved(), moved.steps(), moved.indices()), (Some(10), 20, plain.indices()));
        assert_ne!(moved.fingerprint(), plain.fingerprint());
    }

    #[test]
    fn a_diverged_run_that_is_moved_takes_its_last_step_again() {
        let mut run = Run::<f32>::new(Config { norm: Norm::None, lr: 100.0, ..Config::default() }).unwrap();
        let start = run.state().clone();
        let mut batches = Vec::new();
        while run.divergence().is_none() {
            batches.push(run.indices().to_vec());
            run.step();
        }
        run.move_to(start.clone());
        assert_eq!((run.divergence(), run.steps() + 1), (None, batches.len() as u64));
        assert_eq!(run.indices(), batches.last().unwrap());
        assert!(run.step().loss.is_finite());
        // As if it had been moved one step before.
        let mut earlier = Run::<f32>::new(*run.config()).unwrap();
        while earlier.steps() + 1 < batches.len() as u64 {
            earlier.step();
        }
        earlier.move_to(start);
        earlier.step();
        assert_eq!(earlier.fingerprint(), run.fingerprint());
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

    fn after(steps: usize, config: Config) -> Run<f32> {
        let mut run = Run::new(config).unwrap();
        for _ in 0..steps {
            run.step();
        }
        run
    }

    fn print(steps: usize, config: Config) -> Fingerprint {
        after(steps, config).fingerprint()
    }

    /// Whatever is at its neutral value does nothing, down to the last bit.
    #[test]
    fn neutral_settings_change_no_bit() {
        for usual in [
            Config::default(),
            Config {
                norm: Norm::Layer,
                optimizer: Optimizer::AdamW,
                weight_decay: 0.01,
                lr: 0.01,
                ..Config::default()
            },
            Config { data: Data::Spirals, norm: Norm::Ghost, dropout: 0.2, ..Config::default() },
            Config { norm: Norm::Batch, devices: 4, optimizer: Optimizer::Momentum, ..Config::default() },
        ] {
            let want = print(30, usual);
            for config in [
                Config { subset: usual.data.train_len(), ..usual },
                Config { subset: 2000, ..usual },
                Config { freeze: 31, ..usual },
                Config { tune_at: 32, ..usual },
                Config { tune_samples: 100, ..usual },
                Config { adapt: 32, prior: 3, ..usual },
                // Evaluation alone is shifted.
                Config { shift_scale: 0.3, shift_offset: 1.0, shift_noise: 0.5, ..usual },
            ] {
                assert_eq!(print(30, config), want, "{config:?}");
            }
            let shards = Config { shards: Shards::Sorted, devices: 1, ..usual };
            assert_eq!(print(30, shards), print(30, Config { devices: 1, ..usual }));
        }
        let no_decay = Config { decay_norm: Switch::Off, ..Config::default() };
        assert_eq!(print(30, no_decay), print(30, Config::default()));
    }

    #[test]
    fn a_subset_is_all_that_is_ever_drawn() {
        let mut run = Run::<f32>::new(Config { subset: 50, batch: 20, ..Config::default() }).unwrap();
        let mut seen = [false; 50];
        for _ in 0..60 {
            run.indices().iter().for_each(|&i| seen[i as usize] = true);
            run.step();
        }
        assert!(seen.iter().all(|&s| s));
    }

    fn labels(run: &Run<f32>) -> Vec<u32> {
        run.batch().1.to_vec()
    }

    #[test]
    fn sorted_sampling_goes_from_class_to_class() {
        let config = Config { sampling: Sampling::Sorted, ..Config::default() };
        let (mut run, mut shuffled) = (Run::<f32>::new(config).unwrap(), Run::<f32>::new(Config::default()).unwrap());
        assert_eq!(run.state(), shuffled.state(), "weights are drawn from another stream");
        // 44 batches of 32 make an epoch of 1437.
        let epochs: Vec<Vec<u32>> = (0..2)
            .map(|_| {
                (0..44)
                    .flat_map(|_| {
                        let now = labels(&run);
                        run.step();
                        now
                    })
                    .collect()
            })
            .collect();
        assert!(epochs.iter().all(|epoch| epoch.is_sorted() && epoch[0] == 0 && epoch[44 * 32 - 1] == 9));
        assert!(
            !(0..44)
                .flat_map(|_| {
                    shuffled.step();
                    labels(&shuffled)
                })
                .is_sorted()
        );
    }

    #[test]
    fn sorted_shards_hold_the_same_samples_in_another_order() {
        let config = Config { devices: 4, ..Config::default() };
        let mut random = Run::<f32>::new(config).unwrap();
        let mut sorted = Run::<f32>::new(Config { shards: Shards::Sorted, ..config }).unwrap();
        for _ in 0..50 {
            let mut want = random.indices().to_vec();
            let y = random.data().train.y.clone();
            want.sort_by_key(|&i| y[i as usize]);
            assert_eq!(sorted.indices(), want);
            assert!(labels(&sorted).is_sorted());
            assert_eq!(labels(&sorted), want.iter().map(|&i| y[i as usize]).collect::<Vec<_>>());
            random.step();
            sorted.step();
        }
        assert_ne!(random.fingerprint(), sorted.fingerprint());
    }

    #[test]
    fn frozen_statistics_are_used_and_stay() {
        let usual = Config { width: 16, depth: 2, ..Config::default() };
        let (mut free, mut frozen) = (after(9, usual), after(9, Config { freeze: 10, ..usual }));
        assert_eq!(free.fingerprint(), frozen.fingerprint());
        assert_eq!(
            (free.next_pass().statistics, frozen.next_pass().statistics),
            (Statistics::Batch, Statistics::Running)
        );
        let before = frozen.state().clone();
        // The tenth step's loss is that of the network as at inference.
        let mut work = Workspace::to_evaluate(frozen.network(), 32);
        let pass = Pass::evaluation(&before.params, &before.buffers, 32, Statistics::Running);
        let want = frozen.network().score(&pass, frozen.batch().0, frozen.batch().1, &mut work);
        assert_eq!(frozen.step(), want);
        assert_ne!(free.step(), want);
        frozen.step();
        assert_eq!(frozen.state().buffers, before.buffers);
        assert_ne!(frozen.state().params, before.params);
        assert_ne!(free.state().buffers, before.buffers);
    }

    #[test]
    fn fine_tuning_takes_shifted_samples_from_a_stream_of_its_own() {
        let usual = Config { batch: 16, shift_scale: 0.3, shift_offset: 0.5, ..Config::default() };
        let tuned = |at| Config { tune_at: at, tune_samples: 40, ..usual };
        let (plain, mut run) = (after(9, usual), after(8, tuned(10)));
        assert!(run.indices().iter().any(|&i| i >= 40));
        run.step();
        assert_eq!(plain.fingerprint(), run.fingerprint());
        assert_ne!(plain.indices(), run.indices(), "the tenth step's batch");
        // Whenever it begins, it begins with the same batches.
        let mut at_once = Run::<f32>::new(tuned(1)).unwrap();
        for _ in 0..20 {
            assert_eq!((at_once.indices(), at_once.batch()), (run.indices(), run.batch()));
            let train = &run.data().train;
            for (row, (&i, &y)) in run.indices().iter().zip(run.batch().1).enumerate() {
                assert!(i < 40);
                assert_eq!(y, train.y[i as usize]);
                let (x, plain) = (&run.batch().0[row * 64..][..64], &train.x[i as usize * 64..][..64]);
                assert!(x.iter().zip(plain).all(|(x, p)| (x - (0.3 * p + 0.5)).abs() < 1e-6));
            }
            at_once.step();
            run.step();
        }
    }

    #[test]
    fn weight_decay_can_spare_what_belongs_to_the_normalization() {
        let config =
            |decay_norm, weight_decay| Config { decay_norm, weight_decay, skip: Skip::Init, ..Config::default() };
        let one = |config| after(1, config).state().params.clone();
        let with = one(config(Switch::On, 0.5));
        let spared = one(config(Switch::Off, 0.5));
        let without = one(config(Switch::On, 0.0));
        let run = Run::<f32>::new(config(Switch::Off, 0.5)).unwrap();
        for tensor in run.network().layout().params.tensors() {
            let product = tensor.name.starts_with("linear") || tensor.name.starts_with("head");
            let like = if product { &with } else { &without };
            assert_eq!(spared[tensor.range.clone()], like[tensor.range.clone()], "{}", tensor.name);
        }
        assert_ne!(spared, with);
        assert_ne!(spared, without);
    }
}
