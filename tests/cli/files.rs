//! What goes into files comes back out of them.

use crate::runner::Folder;
use normlab::choice::{Choices, Switch};
use normlab::config::Config;
use normlab::data::Data;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::network::Workspace;
use normlab::run::updater;
use normlab::run::weights;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// The settings of these runs: 400 points, 13 batches of 30 to an epoch.
const SETTINGS: [&str; 6] = ["--set", "data=circles", "--set", "batch=30", "--set", "depth=2"];

fn config() -> Config {
    Config { data: Data::Circles, batch: 30, depth: 2, ..Config::default() }
}

fn run(folder: &Folder, more: &[&str]) -> Vec<Value> {
    folder.lines(&[&["run"], &SETTINGS[..], more].concat())
}

fn indices(folder: &Folder, name: &str) -> Vec<Vec<usize>> {
    let list: Value = serde_json::from_slice(&folder.read(name)).unwrap();
    let row = |row: &Value| row.as_array().unwrap().iter().map(|i| i.as_u64().unwrap() as usize).collect();
    list.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn weights_that_are_loaded_are_those_that_were_saved() {
    let folder = Folder::new("round-trip");
    let drawn = run(&folder, &["--steps", "10", "--initial", "start", "--save", "end"]);
    let loaded = run(&folder, &["--steps", "10", "--load", "start", "--save", "end-again"]);
    assert_eq!(drawn, loaded);
    assert_eq!(folder.read("end"), folder.read("end-again"));
    assert_ne!(folder.read("start"), folder.read("end"));
    run(&folder, &["--steps", "0", "--load", "end", "--initial", "as-loaded", "--save", "untouched"]);
    assert_eq!(folder.read("end"), folder.read("as-loaded"));
    assert_eq!(folder.read("end"), folder.read("untouched"));
    // Loaded weights are trained on, not merely read.
    let further = run(&folder, &["--steps", "10", "--load", "end"]);
    assert_ne!(further[0]["train_loss"], drawn[0]["train_loss"]);
}

/// The file that `change` makes of another's tensors, name by name.
fn changed(folder: &Folder, from: &str, to: &str, change: impl Fn(&str) -> (String, Option<i64>)) {
    let bytes = folder.read(from);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let all: Vec<_> = file
        .iter()
        .map(|(name, view)| {
            let (name, count) = change(name);
            let data = count.map_or_else(|| view.data().to_vec(), |count| count.to_le_bytes().to_vec());
            (name, view.dtype(), view.shape().to_vec(), data)
        })
        .collect();
    let views =
        all.iter().map(|(name, dtype, shape, data)| (name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
    folder.write(to, &safetensors::serialize(views, None).unwrap());
}

/// Single precision would stay at 2²⁴ for good.
#[test]
fn counts_go_on_from_wherever_a_file_has_them() {
    let folder = Folder::new("counts");
    run(&folder, &["--steps", "0", "--initial", "start"]);
    for count in [0, (1 << 24) - 1, 1 << 24, (1 << 40) + 1] {
        changed(&folder, "start", "counted", |name| {
            (name.into(), name.ends_with("num_batches_tracked").then_some(count))
        });
        run(&folder, &["--steps", "3", "--load", "counted", "--save", "end"]);
        let bytes = folder.read("end");
        let file = SafeTensors::deserialize(&bytes).unwrap();
        for norm in ["norm1", "norm2"] {
            let after = file.tensor(&format!("{norm}.num_batches_tracked")).unwrap().data().try_into().unwrap();
            assert_eq!(i64::from_le_bytes(after), count + 3);
        }
    }
}

#[test]
fn weights_from_elsewhere_are_loaded_with_a_note() {
    let folder = Folder::new("elsewhere");
    let drawn = run(&folder, &["--steps", "5", "--initial", "start"]);
    changed(&folder, "start", "wrapped", |name| (format!("module._orig_mod.{name}"), None));
    let answer = folder.call(&[&["run"], &SETTINGS[..], &["--steps", "5", "--load", "wrapped"]].concat());
    assert_eq!(answer.code, 0);
    let note = "Read with changes: the prefix “module._orig_mod.” was taken off its names.";
    assert_eq!(answer.stderr, format!("normlab: wrapped: {note}\n"));
    let lines: Vec<Value> = answer.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, drawn);
}

/// `normlab run --save w | head -1` prints in vain, yet writes its files.
#[test]
fn files_are_written_though_nobody_reads_the_lines() {
    let folder = Folder::new("unread");
    run(&folder, &["--steps", "400", "--save", "read", "--batches", "read.json"]);
    let call = [&["run"], &SETTINGS[..], &["--steps", "400", "--save", "unread", "--batches", "unread.json"]].concat();
    assert_eq!(folder.call_unread(&call).wait().unwrap().code(), Some(0));
    assert!(folder.read("unread") == folder.read("read"));
    assert!(folder.read("unread.json") == folder.read("read.json"));
}

/// Without a file to write, a run that nobody reads ends at once, though millions of steps were asked for.
#[test]
fn a_run_for_nobody_ends() {
    let folder = Folder::new("nobody");
    let mut child = folder.call_unread(&[&["run"], &SETTINGS[..], &["--steps", "10000000"]].concat());
    let ended = (0..600).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        child.try_wait().unwrap()
    });
    if ended.is_none() {
        child.kill().unwrap();
    }
    assert_eq!(ended.map(|status| status.code()), Some(Some(0)));
}

#[test]
fn weights_have_the_names_shapes_and_types_of_a_state_dict() {
    let folder = Folder::new("state-dict");
    run(&folder, &["--steps", "3", "--save", "end"]);
    let bytes = folder.read("end");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut names: Vec<&str> = file.names();
    names.sort_unstable();
    let of_norm = |i: usize| {
        ["bias", "num_batches_tracked", "running_mean", "running_var", "weight"].map(|t| format!("norm{i}.{t}"))
    };
    let mut want = vec!["head.bias".into(), "head.weight".into(), "linear1.weight".into(), "linear2.weight".into()];
    want.extend(of_norm(1).into_iter().chain(of_norm(2)));
    assert_eq!(names, want);
    assert_eq!(file.tensor("linear1.weight").unwrap().shape(), [64, 2]);
    assert_eq!(file.tensor("head.weight").unwrap().shape(), [2, 64]);
    for name in names {
        let tensor = file.tensor(name).unwrap();
        if name.ends_with("num_batches_tracked") {
            assert_eq!((tensor.dtype(), tensor.shape(), tensor.data()), (Dtype::I64, &[][..], &3i64.to_le_bytes()[..]));
        } else {
            assert_eq!(tensor.dtype(), Dtype::F32, "{name}");
        }
    }
}

#[test]
fn an_epoch_of_batches_repeats_no_sample() {
    let folder = Folder::new("batches");
    run(&folder, &["--steps", "26", "--quiet", "--batches", "batches"]);
    let batches = indices(&folder, "batches");
    assert_eq!(batches.len(), 26);
    assert!(batches.iter().all(|b| b.len() == 30 && b.iter().all(|&i| i < 400)));
    let epochs: Vec<Vec<usize>> = batches.chunks(13).map(|e| e.concat()).collect();
    for epoch in &epochs {
        let mut once = epoch.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 390);
    }
    assert_ne!(epochs[0], epochs[1]);
    // The other side of a pair would see the same, whatever its normalization.
    run(&folder, &["--steps", "26", "--quiet", "--set", "norm=none", "--batches", "plain"]);
    assert_eq!(batches, indices(&folder, "plain"));
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

fn labels(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|b| u32::try_from(i64::from_le_bytes(*b)).unwrap()).collect()
}

/// Repeats a run from its files with the layers alone, and checks every loss and the final weights.
fn replay(folder: &Folder, config: Config, sets: &[&str]) {
    let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
    let call = [&["--steps", "20", "--initial", "start", "--save", "end", "--batches", "batches"], &sets[..]].concat();
    let lines = run(folder, &call);
    let written = folder.call(&[&["data", "circles", "--out", "data"], &SETTINGS[..], &sets].concat());
    assert_eq!((written.code, written.stdout, written.stderr), (0, String::new(), String::new()));
    let bytes = folder.read("data");
    let data = SafeTensors::deserialize(&bytes).unwrap();
    let samples = |split: &str| {
        let tensor = |name: &str| data.tensor(&format!("{name}_{split}")).unwrap();
        (floats(tensor("x").data()), labels(tensor("y").data()))
    };

    let net = config.architecture().build::<f32>();
    let mut state = weights::load(net.layout(), &folder.read("start")).unwrap().state;
    let mut updater = updater(&config, net.layout());
    let mut work = Workspace::to_train(&net, 30);
    for ((batch, line), step) in indices(folder, "batches").iter().zip(&lines).zip(1..) {
        let (x, y) = samples(if config.tune_at > 0 && step >= config.tune_at { "tune" } else { "train" });
        let inputs: Vec<f32> = batch.iter().flat_map(|&i| x[2 * i..2 * i + 2].to_vec()).collect();
        let classes: Vec<u32> = batch.iter().map(|&i| y[i]).collect();
        let mut gradient = vec![0.0; state.params.len()];
        let mut pass = Pass::training(&state.params, &state.buffers, 30, Draw::default());
        let frozen = config.freeze > 0 && step >= config.freeze;
        if frozen {
            pass.statistics = Statistics::Running;
        }
        let score = net.gradient(&pass, &inputs, &classes, &mut work, &mut gradient, |_, _| {});
        assert!((score.loss - line["train_loss"].as_f64().unwrap()).abs() < 1e-12, "{line}");
        if !frozen {
            net.update_buffers(&work, &mut state.buffers, false);
        }
        updater.step(&mut state.params, &gradient);
    }
    assert_eq!(weights::load(net.layout(), &folder.read("end")).unwrap().state, state);
}

/// Data, initial weights and batches, each from its file, give every loss and the final weights again:
/// what is needed to repeat a run elsewhere.
#[test]
fn files_hold_all_that_repeating_a_run_takes() {
    let folder = Folder::new("replay");
    replay(&folder, config(), &[]);
    let shifted = ["subset=100", "sampling=sorted", "shift_scale=0.3", "shift_offset=0.5", "shift_noise=0.1"];
    let phases = ["tune_at=8", "tune_samples=60", "freeze=14", "weight_decay=0.1", "decay_norm=off"];
    let over_devices = ["devices=5", "shards=sorted"];
    let config = Config { tune_at: 8, freeze: 14, weight_decay: 0.1, decay_norm: Switch::Off, devices: 5, ..config() };
    replay(&folder, config, &[&shifted[..], &phases, &over_devices].concat());
}

/// What a run is judged by is in the file as the run sees it.
#[test]
fn data_is_written_as_a_run_takes_it() {
    let folder = Folder::new("shifted-data");
    let write = |name: &str, sets: &[&str]| {
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        folder.lines(&[&["data", "xor", "--out", name], &sets[..]].concat());
        let bytes = folder.read(name);
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let tensors = file.tensors();
        let values = |(name, view): &(String, safetensors::tensor::TensorView)| (name.clone(), view.data().to_vec());
        tensors.iter().map(values).collect::<std::collections::BTreeMap<_, _>>()
    };
    let plain = write("plain", &[]);
    let shifted = write(
        "shifted",
        &["shift_scale=2", "shift_offset=-1", "batch=10", "subset=30", "tune_at=1", "tune_samples=10"],
    );
    let names: Vec<&str> = shifted.keys().map(String::as_str).collect();
    assert_eq!(names, ["x_train", "x_tune", "x_val", "y_train", "y_tune", "y_val"]);
    assert_eq!(shifted["x_train"], plain["x_train"][..30 * 2 * 4]);
    assert_eq!((&shifted["y_val"], &shifted["y_tune"][..]), (&plain["y_val"], &plain["y_train"][..10 * 8]));
    for (moved, still, n) in [("x_val", "x_val", 200), ("x_tune", "x_train", 10)] {
        let (moved, still) = (floats(&shifted[moved]), floats(&plain[still]));
        assert_eq!(moved.len(), n * 2);
        assert!(moved.iter().zip(&still).all(|(m, s)| (m - (2.0 * s - 1.0)).abs() < 1e-6));
    }
}

#[test]
fn every_data_set_can_be_written() {
    let folder = Folder::new("data");
    for &data in Data::ALL {
        let name = data.choice().name;
        folder.lines(&["data", name, "--out", name, "--set", "seed=3", "--set", "noise=0.2"]);
        let bytes = folder.read(name);
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let mut names = file.names();
        names.sort_unstable();
        assert_eq!(names, ["x_train", "x_val", "y_train", "y_val"]);
        let set = data.load::<f32>(&Config { noise: 0.2, seed: 3, ..Config::default() }.recipe());
        for (split, x, y) in [(&set.train, "x_train", "y_train"), (&set.validation, "x_val", "y_val")] {
            let (x, y) = (file.tensor(x).unwrap(), file.tensor(y).unwrap());
            assert_eq!((x.dtype(), x.shape()), (Dtype::F32, &[split.len(), set.features][..]), "{name}");
            if let Some(targets) = &set.targets {
                let row = |&i: &u32| &targets[i as usize * set.classes..][..set.classes];
                let want: Vec<f32> = split.y.iter().flat_map(row).copied().collect();
                assert_eq!((y.dtype(), y.shape()), (Dtype::F32, &[split.len(), set.classes][..]), "{name}");
                assert_eq!(floats(y.data()), want, "{name}");
                assert_eq!(floats(x.data()), split.x, "{name}");
                continue;
            }
            assert_eq!((y.dtype(), y.shape()), (Dtype::I64, &[split.len()][..]), "{name}");
            assert_eq!(floats(x.data()), split.x, "{name}");
            assert_eq!(labels(y.data()), split.y, "{name}");
        }
        folder.lines(&["data", name, "--out", "other", "--set", "seed=4", "--set", "noise=0.2"]);
        assert_ne!(bytes, folder.read("other"), "the seed decides");
    }
}
