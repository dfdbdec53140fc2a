//! What a good call prints.

use crate::runner::Folder;
use normlab::config::Config;
use normlab::config::fields::FIELDS;
use normlab::state::presets::PRESETS;
use serde_json::{Value, json};

/// A run of a fraction of a second.
const QUICK: [&str; 7] = ["run", "--set", "data=xor", "--set", "width=8", "--set", "depth=2"];

fn quick(more: &[&'static str]) -> Vec<&'static str> {
    [&QUICK[..], more].concat()
}

const KEYS: [&str; 20] = [
    "config",
    "diverged",
    "diverged_at",
    "diverged_layer",
    "exchanged",
    "fingerprint",
    "parameters",
    "recent_loss",
    "steps",
    "train_accuracy",
    "train_accuracy_batch",
    "train_loss",
    "train_loss_batch",
    "val_accuracy",
    "val_accuracy_batch",
    "val_accuracy_precise",
    "val_loss",
    "val_loss_batch",
    "val_loss_precise",
    "verdict",
];

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_run_prints_a_line_per_step_and_a_summary() {
    let folder = Folder::new("lines");
    let lines = folder.lines(&quick(&["--steps", "60"]));
    assert_eq!(lines.len(), 61);
    for (i, line) in lines[..60].iter().enumerate() {
        assert_eq!(keys(line), ["step", "train_loss"]);
        assert_eq!(line["step"], i + 1);
        assert!(line["train_loss"].as_f64().unwrap().is_finite());
    }
    let summary = &lines[60]["summary"];
    assert_eq!(keys(summary), KEYS);
    assert_eq!(summary["steps"], 60);
    // 2·8 + 8·8 weights, twice γ and β, a head of 8·2 + 2.
    assert_eq!(summary["parameters"], 16 + 64 + 32 + 18);
    assert_eq!((&summary["verdict"], &summary["diverged"]), (&json!("learning"), &json!(false)));
    assert_eq!((&summary["diverged_at"], &summary["diverged_layer"]), (&Value::Null, &Value::Null));
    assert!(summary["val_accuracy"].as_f64().unwrap() > 0.9, "XOR is learned in 60 steps");
    let recent: f64 = lines[10..60].iter().map(|l| l["train_loss"].as_f64().unwrap()).sum::<f64>() / 50.0;
    assert!((summary["recent_loss"].as_f64().unwrap() - recent).abs() < 1e-12);
    assert_eq!(folder.content(), [], "nothing is written unasked");
}

#[test]
fn a_summary_repeats_the_whole_configuration() {
    let folder = Folder::new("configuration");
    folder.write(
        "given.json",
        br#"{"data": "circles", "lr": 0.25, "depth": 3, "eps": "auto", "stat_momentum": "cumulative"}"#,
    );
    let call = ["run", "--steps", "1", "--quiet", "--config", "given.json", "--set", "depth=1", "--set", "width=6"];
    let summary = folder.summary(&call);
    let config = &summary["config"];
    assert_eq!(config.as_object().unwrap().len(), FIELDS.len());
    for field in FIELDS {
        let want = match field.name {
            "data" => "circles".to_owned(),
            "lr" => "0.25".to_owned(),
            "depth" => "1".to_owned(),
            "width" => "6".to_owned(),
            "stat_momentum" => "cumulative".to_owned(),
            _ => field.get(&Config::default()),
        };
        assert_eq!(config[field.name], want, "{}", field.name);
    }
    // Given back as settings, it is the same run.
    let sets: Vec<String> =
        config.as_object().unwrap().iter().map(|(k, v)| format!("{k}={}", v.as_str().unwrap())).collect();
    let mut again = vec!["run", "--steps", "1", "--quiet"];
    again.extend(sets.iter().flat_map(|s| ["--set", s.as_str()]));
    assert_eq!(folder.summary(&again), summary);
    // And as a file.
    folder.write("again.json", config.to_string().as_bytes());
    assert_eq!(folder.summary(&["run", "--steps", "1", "--quiet", "--config", "again.json"]), summary);
}

/// In a regression nothing is right or wrong.
#[test]
fn accuracies_of_a_regression_are_null() {
    let sets = ["--set", "data=linear", "--set", "loss=mse", "--set", "batch=1000", "--set", "depth=1"];
    let summary = Folder::new("regression").summary(&[&["run", "--quiet", "--steps", "60"][..], &sets].concat());
    for key in ["train_accuracy", "train_accuracy_batch", "val_accuracy", "val_accuracy_batch", "val_accuracy_precise"]
    {
        assert_eq!(summary[key], Value::Null, "{key}");
    }
    for key in ["train_loss", "train_loss_batch", "val_loss", "val_loss_batch", "val_loss_precise", "recent_loss"] {
        assert!(summary[key].as_f64().unwrap() < 10.0, "{key}: {} after 60 steps", summary[key]);
    }
    assert_eq!(summary["verdict"], "learning");
}

#[test]
fn quiet_leaves_the_summary_alone() {
    let folder = Folder::new("quiet");
    let loud = folder.lines(&quick(&["--steps", "5"]));
    let quiet = folder.lines(&quick(&["--steps", "5", "--quiet"]));
    assert_eq!(quiet.len(), 1);
    assert_eq!(quiet[0], loud[5]);
}

#[test]
fn no_steps_are_a_run_too() {
    let summary = Folder::new("no-steps").summary(&quick(&["--steps", "0"]));
    assert_eq!((&summary["steps"], &summary["recent_loss"]), (&json!(0), &Value::Null));
}

#[test]
fn the_same_configuration_prints_the_same_bytes() {
    let folder = Folder::new("determinism");
    let print = |more: &[&'static str]| folder.call(&quick(&[&["--steps", "20"], more].concat())).stdout;
    let fingerprint = |more: &[&'static str]| {
        let summary = folder.summary(&quick(&[&["--steps", "20", "--quiet"], more].concat()));
        summary["fingerprint"].as_str().unwrap().to_owned()
    };
    assert_eq!(print(&[]), print(&[]));
    assert_eq!(fingerprint(&[]).len(), 16);
    // Every setting that changes the numbers changes the fingerprint.
    for other in ["seed=2", "lr=0.11", "batch=31", "norm=layer", "noise=0.11", "eps=2e-5", "stat_momentum=0.2"] {
        assert_ne!(fingerprint(&[]), fingerprint(&["--set", other]), "{other}");
    }
}

#[test]
fn a_pair_trains_both_sides() {
    let folder = Folder::new("pair");
    let lines = folder.lines(&quick(&["--steps", "4", "--set", "b.norm=layer", "--set", "a.lr=0.2"]));
    let sides: Vec<&str> = lines[..8].iter().map(|l| l["run"].as_str().unwrap()).collect();
    assert_eq!(sides, ["a", "a", "a", "a", "b", "b", "b", "b"]);
    assert_eq!(lines.len(), 9);
    assert_eq!(keys(&lines[0]), ["run", "step", "train_loss"]);
    let summary = &lines[8]["summary"];
    assert_eq!(keys(summary), ["a", "b"]);
    for (side, norm, lr) in [("a", "none", "0.2"), ("b", "layer", "0.1")] {
        assert_eq!(keys(&summary[side]), KEYS);
        assert_eq!((&summary[side]["config"]["norm"], &summary[side]["config"]["lr"]), (&json!(norm), &json!(lr)));
        // Each side is the run that it would be by itself.
        let (norm, lr) = (format!("norm={norm}"), format!("lr={lr}"));
        let alone = [&quick(&["--steps", "4"])[..], &["--set", &norm, "--set", &lr]].concat();
        assert_eq!(folder.summary(&alone), summary[side]);
    }
}

/// Settings that change what training does, each against the run without it.
#[test]
fn what_changes_training_changes_the_fingerprint_and_nothing_else_does() {
    let folder = Folder::new("training-settings");
    let fingerprint = |sets: &[&str]| {
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        folder.summary(&[&quick(&["--steps", "12", "--quiet"]), &sets[..]].concat())["fingerprint"].clone()
    };
    let usual = fingerprint(&[]);
    for neutral in [
        &["subset=0"][..],
        &["subset=400"],
        &["sampling=shuffled"],
        &["freeze=13"],
        &["tune_at=14"],
        &["tune_samples=40"],
        &["shards=sorted"],
        &["decay_norm=off"],
        &["adapt=16", "prior=4"],
        &["shift_scale=0.3", "shift_offset=0.5", "shift_noise=0.1"],
    ] {
        assert_eq!(fingerprint(neutral), usual, "{neutral:?}");
    }
    for other in [
        &["subset=399"][..],
        &["sampling=sorted"],
        &["freeze=12"],
        &["tune_at=12"],
        &["tune_at=12", "tune_samples=40"],
        &["tune_at=12", "shift_noise=0.1"],
        &["devices=4"],
        &["devices=4", "shards=sorted"],
        &["weight_decay=0.01"],
        &["weight_decay=0.01", "decay_norm=off"],
    ] {
        assert_ne!(fingerprint(other), usual, "{other:?}");
    }
    assert_ne!(fingerprint(&["weight_decay=0.01"]), fingerprint(&["weight_decay=0.01", "decay_norm=off"]));
    assert_ne!(fingerprint(&["devices=4"]), fingerprint(&["devices=4", "shards=sorted"]));
}

/// Shift and adaptation change validation, and the numbers of training stay.
#[test]
fn shift_and_adaptation_are_of_evaluation_alone() {
    let folder = Folder::new("shift");
    let of = |sets: &[&'static str]| {
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        folder.summary(&[&["run", "--quiet", "--steps", "100", "--set", "depth=2"], &sets[..]].concat())
    };
    let plain = of(&[]);
    let shifted = of(&["shift_scale=0.3", "shift_offset=0.5"]);
    let adapted = of(&["shift_scale=0.3", "shift_offset=0.5", "adapt=60", "prior=0"]);
    for key in keys(&plain) {
        // Standardized with its own statistics, a shifted split is what it was, up to ε.
        let differs = ["val_loss", "val_accuracy", "val_loss_precise", "val_accuracy_precise", "verdict", "config"]
            .contains(&key);
        assert!((plain[key] == shifted[key]) != differs || key == "val_loss_batch", "{key}");
        let inference = ["val_loss", "val_accuracy", "verdict", "config"].contains(&key);
        assert_eq!(adapted[key] == shifted[key], !inference, "{key}");
    }
    let loss = |summary: &Value| summary["val_loss_batch"].as_f64().unwrap();
    assert!((loss(&shifted) - loss(&plain)).abs() < 0.02, "{} {}", loss(&shifted), loss(&plain));
    let accuracy = |summary: &Value| summary["val_accuracy"].as_f64().unwrap();
    assert!(accuracy(&shifted) < accuracy(&plain) - 0.1, "{} {}", accuracy(&shifted), accuracy(&plain));
    assert!(accuracy(&adapted) > accuracy(&shifted) + 0.1, "{} {}", accuracy(&adapted), accuracy(&shifted));
}

#[test]
fn precise_statistics_and_traffic_are_those_of_the_normalization() {
    let folder = Folder::new("precise");
    let of = |sets: &[&'static str]| {
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        folder.summary(&[&quick(&["--steps", "3", "--quiet"]), &sets[..]].concat())
    };
    for (norm, exchanged) in [("norm=batch", 0), ("norm=layer", 0), ("norm=sync", 2 * (4 * 8 + 1))] {
        let summary = of(&[norm, "devices=4"]);
        assert_eq!(summary["exchanged"], exchanged, "{norm}");
        assert_eq!(summary["val_loss_precise"].is_null(), norm == "norm=layer", "{norm}");
        assert_eq!(summary["val_accuracy_precise"].is_null(), norm == "norm=layer", "{norm}");
        assert_ne!(summary["val_loss_precise"], summary["val_loss"], "after three steps averages are far behind");
    }
}

#[test]
fn divergence_is_an_answer_not_a_failure() {
    let folder = Folder::new("divergence");
    let lines = folder.lines(&["run", "--set", "norm=none", "--set", "lr=100", "--steps", "500"]);
    let summary = &lines.last().unwrap()["summary"];
    assert_eq!((&summary["diverged"], &summary["verdict"]), (&json!(true), &json!("diverged")));
    let at = summary["diverged_at"].as_u64().unwrap() as usize;
    assert_eq!((lines.len(), summary["steps"].as_u64().unwrap() as usize), (at + 1, at));
    assert_eq!(lines[at - 1]["train_loss"], Value::Null);
    assert!(lines[..at - 1].iter().all(|l| l["train_loss"].is_f64()));
    assert!(summary["diverged_layer"].is_string());
    // Such a network still gives answers, but they mean nothing.
    for (key, value) in summary.as_object().unwrap() {
        assert!(value.is_null() || !(key.contains("loss") || key.contains("accuracy")), "{key} {value}");
    }
}

/// Far above guessing is not beyond the finite range.
#[test]
fn a_loss_that_falls_from_far_above_is_said_to_fall() {
    let sets = ["subset=1000", "depth=7", "width=50", "init=normal", "init_std=1", "optimizer=adam", "lr=0.001"];
    let sets: Vec<&str> = sets.iter().chain(&["batch=50", "norm=none"]).flat_map(|s| ["--set", s]).collect();
    let summary = Folder::new("falling").summary(&[&["run", "--quiet", "--steps", "300"][..], &sets].concat());
    assert_eq!((&summary["verdict"], &summary["diverged"]), (&json!("worse_but_falling"), &json!(false)));
    assert!(summary["recent_loss"].as_f64().unwrap() > 1000.0, "{summary}");
    assert!(summary["val_accuracy"].as_f64().unwrap() > 0.3, "{summary}");
}

/// Training goes well, and of the validation images, in other contrast, half are wrong.
#[test]
fn who_fails_at_inference_is_not_said_to_learn() {
    let sets = ["--set", "shift_scale=0.3", "--set", "shift_offset=0.5"];
    let summary = Folder::new("failing").summary(&[&["run", "--quiet", "--steps", "300"][..], &sets].concat());
    assert_eq!(summary["verdict"], "worse_at_inference");
    assert!(summary["recent_loss"].as_f64().unwrap() < 0.5, "{summary}");
}

#[test]
fn the_table_of_fields_has_a_row_for_each() {
    let answer = Folder::new("fields").call(&["fields"]);
    let rows: Vec<Vec<&str>> =
        answer.stdout.lines().map(|l| l.trim_matches('|').split(" | ").map(str::trim).collect()).collect();
    assert_eq!(answer.code, 0);
    assert_eq!(rows[0], ["key", "default", "allowed", "meaning"]);
    assert_eq!(rows.len(), FIELDS.len() + 2);
    for (row, field) in rows[2..].iter().zip(FIELDS) {
        assert_eq!(row.len(), 4, "{row:?}");
        assert_eq!(row[0], format!("`{}`", field.name));
        assert_eq!(row[1], field.get(&Config::default()));
    }
}

#[test]
fn a_preset_is_a_pair_that_settings_change() {
    let folder = Folder::new("preset");
    let answer = folder.call(&["presets"]);
    assert_eq!((answer.code, answer.stdout.lines().count()), (0, PRESETS.len() + 2));
    let few = folder.summary(&["run", "--quiet", "--preset", "two", "--set", "width=8", "--steps", "3"]);
    for (side, norm) in [("a", "layer"), ("b", "batch")] {
        assert_eq!(few[side]["steps"], 3);
        let config = &few[side]["config"];
        assert_eq!((&config["norm"], &config["batch"], &config["width"]), (&json!(norm), &json!("2"), &json!("8")));
    }
    let whole = folder.summary(&["run", "--quiet", "--preset", "depth", "--set", "depth=1", "--set", "width=8"]);
    assert_eq!(whole["a"]["steps"], 300, "as many as the preset says");
    let refused = folder.call(&["run", "--preset", "tow"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.starts_with("normlab: --preset tow: there is none of that name; there are two, depth"));
}

/// `normlab … | head` must not end in a panic.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_normlab"))
        .args(quick(&["--steps", "3000"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
}
