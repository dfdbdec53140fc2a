//! Whole experiments: against what PyTorch gave, and whether a data set shows what it is there for.

#![allow(clippy::unwrap_used)] // what is not there fails the test

use normlab::choice::{Choices, Switch};
use normlab::config::{Config, Sampling, Shards};
use normlab::data::Data;
use normlab::nn::activation::Activation;
use normlab::nn::adain::adain;
use normlab::nn::init::{Init, State};
use normlab::nn::layer::{Pass, Statistics};
use normlab::nn::model::{Family, Padding, Placement};
use normlab::nn::network::Workspace;
use normlab::nn::norm::{Norm, OverTime};
use normlab::nn::objective::Loss;
use normlab::optim::Optimizer;
use normlab::run::Run;
use normlab::run::progress::Progress;
use normlab::run::summary::Summary;
use serde_json::Value;

/// Seeds of each cell; PyTorch's cells have ten.
const SEEDS: u32 = 3;

/// Validation accuracy with running statistics, in PyTorch's setting (`tests/pytorch/depth.py`).
fn accuracy(norm: Norm, init: Init, depth: usize, seed: u32) -> f64 {
    after(300, Config { norm, init, depth, seed, width: 32, batch: 128, lr: 0.1, ..Config::default() })
}

/// Validation accuracy after so many steps, with running statistics.
fn after(steps: usize, config: Config) -> f64 {
    accuracies(steps, config)[0]
}

/// The same, and with the validation split's own statistics.
fn accuracies(steps: usize, config: Config) -> [f64; 2] {
    let mut run = Run::<f32>::new(config).unwrap();
    for _ in 0..steps {
        run.step();
    }
    let summary = Summary::of(&run, &Progress::default());
    ["val_accuracy", "val_accuracy_batch"].map(|key| summary.json()[key].as_f64().unwrap())
}

/// Depth: plain nets stop learning, BatchNorm goes on to 20 layers, LayerNorm to 10, and He's
/// initialization does for plain nets much of what normalization does.
///
/// Each cell's mean over three seeds must lie within the range of PyTorch's ten, give or take 4 points:
/// a step of 1/360 of the validation set, and the chance that a range of ten misses.
#[test]
fn depth_is_where_pytorch_is() {
    let text = include_str!("pytorch/depth.json");
    let cells: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!(cells.len(), 20);
    for cell in &cells {
        let norm = Norm::named(cell["norm"].as_str().unwrap()).unwrap();
        let init = Init::named(cell["init"].as_str().unwrap()).unwrap();
        let depth = cell["depth"].as_u64().unwrap() as usize;
        let theirs: Vec<f64> = cell["accuracy"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let ours: Vec<f64> = (1..=SEEDS).map(|seed| accuracy(norm, init, depth, seed)).collect();
        let mean = ours.iter().sum::<f64>() / ours.len() as f64;
        let low = theirs.iter().copied().fold(f64::INFINITY, f64::min) - 0.04;
        let high = theirs.iter().copied().fold(0.0, f64::max) + 0.04;
        println!("{norm:?} {init:?} depth {depth}: ours {ours:.3?}, PyTorch {theirs:.3?}");
        assert!((low..=high).contains(&mean), "{norm:?} {init:?} depth {depth}: {ours:?} against {theirs:?}");
    }
}

/// 25 linear layers: with PyTorch's initialization the plain net stands still where BatchNorm's learns.
///
/// After 300 steps the mean of three seeds must lie within the range of PyTorch's ten, give or take a tenth: a loss there is
/// the sum over ten targets, here their mean, at ten times the learning rate.
#[test]
fn deep_linear_networks_are_where_pytorch_is() {
    let cells: Vec<Value> = serde_json::from_str(include_str!("pytorch/linear.json")).unwrap();
    let mut means = Vec::new();
    for cell in cells.iter().filter(|cell| cell["init"] == "pytorch") {
        let norm = Norm::named(cell["norm"].as_str().unwrap()).unwrap();
        // A row has the losses after 0, 100, 200, … steps.
        let theirs: Vec<f64> = cell["losses"].as_array().unwrap().iter().map(|row| row[3].as_f64().unwrap()).collect();
        let deep =
            Config { data: Data::Linear, loss: Loss::Mse, activation: Activation::Identity, ..Config::default() };
        let deep = Config { depth: 25, width: 10, batch: 1000, lr: 1e-3, norm, ..deep };
        let last = |seed| {
            let mut run = Run::<f32>::new(Config { seed, ..deep }).unwrap();
            for _ in 0..300 {
                run.step();
            }
            10.0 * run.step().loss
        };
        let ours: Vec<f64> = (1..=SEEDS).map(last).collect();
        let mean = ours.iter().sum::<f64>() / ours.len() as f64;
        let low = 0.9 * theirs.iter().copied().fold(f64::INFINITY, f64::min);
        let high = 1.1 * theirs.iter().copied().fold(0.0, f64::max);
        println!("{norm:?}: ours {ours:.1?}, PyTorch {theirs:.1?}");
        assert!((low..=high).contains(&mean), "{norm:?}: {ours:?} against {theirs:?}");
        means.push(mean);
    }
    assert!(means[0] > 90.0 && means[1] < 70.0, "{means:?}");
}

/// The spirals: with all else at its default, BatchNorm learns them in 300 steps, a plain net in 1000.
#[test]
fn spirals_show_what_batch_norm_saves() {
    let mean = |norm, steps| {
        let at = |seed| after(steps, Config { data: Data::Spirals, norm, seed, ..Config::default() });
        (1..=SEEDS).map(at).sum::<f64>() / f64::from(SEEDS)
    };
    let (early, plain) = (mean(Norm::Batch, 300), mean(Norm::None, 300));
    assert!(early > 0.9 && plain < 0.75, "after 300 steps: {early:.3} and {plain:.3}");
    let (late, plain) = (mean(Norm::Batch, 1000), mean(Norm::None, 1000));
    assert!(late > 0.95 && plain > 0.9, "after 1000 steps: {late:.3} and {plain:.3}");
}

/// Validation accuracy at inference, and the mean recent loss in training mode.
fn after_1000(config: Config) -> (f64, f64) {
    let mut run = Run::<f32>::new(config).unwrap();
    let mut progress = Progress::default();
    for _ in 0..1000 {
        progress.push(&run.step());
    }
    let summary = Summary::of(&run, &progress);
    (summary.json()["val_accuracy"].as_f64().unwrap(), progress.mean().unwrap())
}

/// Batches of two classes or so: BatchNorm reads the classes off the batch. It learns its training
/// batches by heart and fails on single samples; LayerNorm, which sees single samples alone, does not.
#[test]
fn sorted_batches_let_batch_norm_cheat() {
    for seed in 1..=SEEDS {
        let sorted = |norm| Config { norm, seed, sampling: Sampling::Sorted, batch: 256, ..Config::default() };
        let ((batch, batch_loss), (layer, layer_loss)) =
            (after_1000(sorted(Norm::Batch)), after_1000(sorted(Norm::Layer)));
        println!("seed {seed}: batch {batch:.3} at loss {batch_loss:.3}, layer {layer:.3} at {layer_loss:.3}");
        assert!(batch_loss < 0.02 && layer_loss < 0.02, "both fit their training batches");
        assert!(batch < 0.92 && layer > 0.95, "{batch} {layer}");
    }
}

/// Eight devices of four samples: each standardizes with its own. Sorted shards leave a device one class
/// or two, whose differences from the others it then takes away; exchanged statistics do not care.
#[test]
fn sorted_shards_break_batch_norm_unless_devices_exchange_statistics() {
    for seed in 1..=SEEDS {
        let over_devices = |norm, shards| after_1000(Config { norm, seed, shards, devices: 8, ..Config::default() }).0;
        let (random, sorted) = (over_devices(Norm::Batch, Shards::Random), over_devices(Norm::Batch, Shards::Sorted));
        let exchanged = over_devices(Norm::Sync, Shards::Sorted);
        println!("seed {seed}: random {random:.3}, sorted {sorted:.3}, exchanged {exchanged:.3}");
        assert!(random > 0.88 && sorted < 0.7 && exchanged > 0.95, "{random} {sorted} {exchanged}");
    }
}

/// Other contrast and brightness: running statistics no longer fit, those of 32 shifted samples do, and so
/// do running statistics that have followed shifted samples for a while.
#[test]
fn a_shift_is_mended_by_statistics_of_shifted_samples() {
    for seed in 1..=SEEDS {
        let usual = Config { seed, ..Config::default() };
        let shifted = Config { shift_scale: 0.3, shift_offset: 0.5, ..usual };
        let (plain, fallen) = (after(1000, usual), after(1000, shifted));
        let adapted = [0, 16, 256].map(|prior| after(1000, Config { adapt: 32, prior, ..shifted }));
        let tuned = after(1050, Config { tune_at: 1001, tune_samples: 200, ..shifted });
        println!("seed {seed}: {plain:.3}, shifted {fallen:.3}, adapted {adapted:.3?}, tuned {tuned:.3}");
        assert!(plain > 0.95 && fallen < 0.7, "{plain} {fallen}");
        assert!(adapted[0] > 0.94 && adapted[1] > 0.94 && adapted[2] < 0.85, "{adapted:?}");
        assert!(tuned > 0.95, "{tuned}");
    }
}

/// Digits read in 32 steps of two pixels: with its batch's statistics BatchNorm is fine, with one running
/// average for all steps in time it is not, since a state's statistics change from step to step. An
/// average for each step mends it (Cooijmans et al. 2017, arXiv:1603.09025); LayerNorm needs none.
#[test]
fn recurrent_batch_norm_fails_at_inference_alone() {
    let mean = |norm, over_time| {
        let at = |seed| {
            let sequence =
                Config { model: Family::Rnn, length: 32, depth: 1, activation: Activation::Tanh, ..Config::default() };
            accuracies(400, Config { norm, over_time, optimizer: Optimizer::Adam, lr: 0.003, seed, ..sequence })
        };
        let each: Vec<[f64; 2]> = (1..=SEEDS).map(at).collect();
        [0, 1].map(|i| each.iter().map(|a| a[i]).sum::<f64>() / f64::from(SEEDS))
    };
    let [running, batch] = mean(Norm::Batch, OverTime::Pooled);
    assert!(batch > 0.85 && running < batch - 0.2, "BatchNorm: {running:.3} against {batch:.3}");
    let [by_step, batch] = mean(Norm::Batch, OverTime::Step);
    assert!(by_step > 0.85 && (by_step - batch).abs() < 0.03, "by step: {by_step:.3} against {batch:.3}");
    let [layer, _] = mean(Norm::Layer, OverTime::Pooled);
    assert!(layer > 0.8, "LayerNorm: {layer:.3}");
}

/// What only a look back can tell: the token tasks are learned, and guessing would get 1 in 16.
#[test]
fn transformers_learn_the_token_tasks() {
    for (data, steps, at_least) in [(Data::Recall, 200, 0.98), (Data::Majority, 400, 0.8)] {
        for placement in [Placement::Pre, Placement::Post] {
            let sequence = Config {
                data,
                length: 8,
                model: Family::Transformer,
                placement,
                depth: 2,
                width: 32,
                ..Config::default()
            };
            let optimizer = Config { optimizer: Optimizer::Adam, lr: 0.003, activation: Activation::Gelu, ..sequence };
            let accuracy = after(steps, Config { norm: Norm::Layer, ..optimizer });
            println!("{data:?} {placement:?}: {accuracy:.3}");
            assert!(accuracy > at_least, "{data:?} {placement:?}: {accuracy:.3}");
        }
    }
}

/// Two textures: stripes, and checks in another contrast and brightness.
fn textures() -> [Vec<f64>; 2] {
    let at = |f: &dyn Fn(f64, f64) -> f64| (0..144).map(|i| f((i % 12) as f64, (i / 12) as f64)).collect();
    let checks = |x: f64, y: f64| 0.8 + 0.25 * (x + 0.5).sin().signum() * (y + 0.5).sin().signum();
    [at(&|x, y| (0.9 * x + 0.4 * y).sin()), at(&checks)]
}

fn mean_and_deviation(x: &[f64]) -> [f64; 2] {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    [mean, (x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt()]
}

/// AdaIN moves mean and deviation and nothing else, which is all that a network with InstanceNorm is blind to.
#[test]
fn what_adain_moves_instance_norm_removes() {
    let [stripes, checks] = textures();
    let mut moved = vec![0.0; 144];
    adain(&stripes, &checks, 1, 0.0, &mut moved);
    for (name, texture) in [("stripes", &stripes), ("checks", &checks), ("stripes as checks", &moved)] {
        let [mean, deviation] = mean_and_deviation(texture);
        println!("{name}: mean {mean:.4}, deviation {deviation:.4}");
    }
    let (want, got) = (mean_and_deviation(&checks), mean_and_deviation(&moved));
    assert!((0..2).all(|i| (want[i] - got[i]).abs() < 1e-12), "{want:?} {got:?}");
    let answers = |norm| {
        let image = Config { data: Data::Shapes, model: Family::Cnn, depth: 2, width: 8, ..Config::default() };
        let config = Config { padding: Padding::Reflect, eps: Some(0.0), head_norm: Switch::Off, norm, ..image };
        let network = config.architecture().build::<f64>();
        let state = State::<f64>::initial(network.layout(), config.init, 0.0, 1);
        [&stripes, &moved].map(|x| {
            let pass = Pass::evaluation(&state.params, &state.buffers, 1, Statistics::Running);
            network.forward(&pass, x, &mut Workspace::to_evaluate(&network, 1)).to_vec()
        })
    };
    let apart = |norm| {
        let [a, b] = answers(norm);
        a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    println!(
        "largest difference of an output: {:.1e}, without InstanceNorm {:.3}",
        apart(Norm::Instance),
        apart(Norm::None)
    );
    assert!(apart(Norm::Instance) < 1e-12 && apart(Norm::None) > 0.01);
}
