//! Exported scripts, run by PyTorch: the same losses, step by step.
//!
//! Needs a Python with torch, numpy and safetensors: `python3`, or whatever `NORMLAB_PYTHON` names.
//! Without one the test says so and passes.

#![allow(clippy::unwrap_used)] // what is not there fails the test

use normlab::choice::Choices;
use normlab::config::{Config, fields};
use normlab::experiment::run::Run;
use normlab::export::export;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

const STEPS: usize = 100;

/// Largest distance of a loss, relative to PyTorch's.
const CLOSE: f64 = 1e-4;

/// Settings in which rounding errors do not grow: smooth, small steps.
const CALM: &str =
    "activation=tanh lr=0.02 batch=16 width=16 depth=2 groups=2 ghost=8 heads=2 length=8 head=16 warmup=20";

/// One run of each kind that the test covers besides every family with every normalization.
const SPECIAL: &[&str] = &[
    "norm=batch order=after",
    "norm=layer affine=off",
    "norm=batch bias=on weight_decay=0.1",
    "norm=batch weight_decay=0.1 decay_norm=off optimizer=momentum",
    "norm=batch stat_momentum=cumulative freeze=50",
    "model=rnn norm=batch over_time=step",
    "norm=batch devices=4 shards=sorted",
    "norm=sync devices=4",
    "norm=batch skip=plain",
    "norm=layer skip=skipinit",
    "norm=layer dropout=0.2",
    "norm=none optimizer=adam lr=0.002",
    "norm=none optimizer=adamw lr=0.002 weight_decay=0.1",
    "norm=layer activation=gelu",
    "norm=layer activation=silu",
    "norm=layer activation=sigmoid",
    "norm=none data=spirals",
    "norm=batch loss=mse lr=0.1",
    "model=rnn data=recall norm=batch shortest=6",
    "model=rnn data=recall norm=batch shortest=6 over_time=step",
    "model=transformer data=recall norm=batch shortest=1",
    "model=transformer data=recall norm=batch shortest=1 masked=off",
    "model=transformer data=recall norm=group shortest=1",
    "model=transformer data=recall norm=layer shortest=1",
    "norm=batch data=linear loss=mse activation=identity",
];

fn configuration(text: &str) -> Config {
    let mut config = Config::default();
    for setting in format!("{CALM} {text}").split(' ') {
        let (key, value) = setting.split_once('=').unwrap();
        fields::set(&mut config, key, value).unwrap();
    }
    config
}

/// Every normalization that can stand in every family, and the special cases.
fn configurations() -> Vec<(String, Config)> {
    let mut all = Vec::new();
    for family in Family::ALL {
        for norm in Norm::ALL {
            let text = format!("model={} norm={}", family.choice().name, norm.choice().name);
            let config = configuration(&text);
            if config.check().is_empty() {
                all.push((text, config));
            }
        }
    }
    all.extend(SPECIAL.iter().map(|text| ((*text).to_owned(), configuration(text))));
    all
}

/// A Python that has what the scripts import.
fn python() -> Option<String> {
    let python = std::env::var("NORMLAB_PYTHON").unwrap_or_else(|_| "python3".into());
    let found = Command::new(&python).args(["-c", "import torch, numpy, safetensors"]).output();
    found.is_ok_and(|o| o.status.success()).then_some(python)
}

#[test]
fn pytorch_prints_the_same_losses() {
    let Some(python) = python() else {
        // Past the harness, which would keep it to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: exported scripts are not run, for there is no python3 with torch, numpy and safetensors"
        );
        return;
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("export");
    std::fs::create_dir_all(&folder).unwrap();
    let all = configurations();
    let mut scripts = Vec::new();
    for (i, (text, config)) in all.iter().enumerate() {
        let export = export(*config, STEPS, &format!("run{i}.safetensors")).map_err(|_| text).unwrap();
        std::fs::write(folder.join(format!("run{i}.safetensors")), export.tensors).unwrap();
        std::fs::write(folder.join(format!("run{i}.py")), export.script).unwrap();
        scripts.push(folder.join(format!("run{i}.py")));
    }
    // One process for all, for importing torch takes seconds; each script runs as if called by itself.
    let caller = "import runpy, sys\nfor script in sys.argv[1:]:\n    sys.argv = [script]\n    print('script', script)\n    runpy.run_path(script, run_name='__main__')";
    let called = Command::new(python).arg("-c").arg(caller).args(&scripts).output().unwrap();
    assert!(called.status.success(), "{}", String::from_utf8_lossy(&called.stderr));
    let printed = String::from_utf8(called.stdout).unwrap();
    let mut runs = printed.split("script ").skip(1);
    let mut worst = (0.0, String::new());
    for (text, config) in &all {
        let theirs: Vec<f64> = runs.next().unwrap().lines().skip(1).map(loss).collect();
        let mut run = Run::<f32>::new(*config).unwrap();
        let ours: Vec<f64> = (0..STEPS).map(|_| run.step().loss).collect();
        assert_eq!(theirs.len(), STEPS, "{text}");
        let first = ours[0];
        assert!(ours.iter().any(|l| (l - first).abs() > 0.01), "{text}: nothing happens");
        for (step, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            let off = (ours - theirs).abs() / theirs.abs();
            assert!(off < CLOSE, "{text}, step {}: {ours} here, {theirs} in PyTorch", step + 1);
            if off > worst.0 {
                worst = (off, format!("{text}, step {}", step + 1));
            }
        }
    }
    println!("{} runs; farthest apart: {:.1e} ({})", all.len(), worst.0, worst.1);
}

fn loss(line: &str) -> f64 {
    let line: Value = serde_json::from_str(line).unwrap();
    line["train_loss"].as_f64().unwrap()
}
