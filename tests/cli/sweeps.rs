//! Sweeps: in parts, at once, cut off and taken up again, they are the same.

use crate::runner::Folder;
use serde_json::{Value, json};

/// 12 cells of a fraction of a second; BatchNorm cannot train on single samples.
const QUICK: [&str; 17] = [
    "sweep",
    "--x",
    "batch=1,4,8",
    "--y",
    "norm=none,batch",
    "--seeds",
    "2",
    "--steps",
    "20",
    "--set",
    "data=xor",
    "--set",
    "width=4",
    "--set",
    "depth=1",
    "--threshold",
    "0.9",
];

fn quick<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&QUICK[..], more].concat()
}

fn refused(folder: &Folder, arguments: &[&str], words: &[&str]) {
    let before = folder.content();
    let answer = folder.call(arguments);
    assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{arguments:?}: {}", answer.stderr);
    for word in words {
        assert!(answer.stderr.contains(word), "{arguments:?}: {:?} without {word}", answer.stderr);
    }
    assert!(folder.content() == before, "{arguments:?} left something behind");
}

#[test]
fn a_line_for_each_cell_says_what_it_gave_or_why_it_cannot() {
    let folder = Folder::new("sweep-lines");
    let lines = folder.lines(&quick(&[]));
    assert_eq!(lines.len(), 13);
    assert_eq!((&lines[0]["sweep"], &lines[0]["cells"]), (&json!(1), &json!(12)));
    for (i, line) in lines[1..].iter().enumerate() {
        assert_eq!(line["cell"], i);
        assert_eq!(line["batch"], ["1", "4", "8"][i % 3]);
        assert_eq!(line["norm"], ["none", "batch"][i / 3 % 2]);
        assert_eq!(line["seed"], 1 + i / 6);
        let impossible = i % 6 == 3;
        assert_eq!(line["impossible"].is_string(), impossible, "{line}");
        assert_eq!(line["val_loss"].is_f64(), !impossible, "{line}");
    }
    assert_ne!(lines[1]["fingerprint"], lines[7]["fingerprint"], "two seeds");
}

/// A cell is the run that `normlab run` makes of the same settings.
#[test]
fn a_cell_is_a_run() {
    let folder = Folder::new("sweep-cell");
    let cell = &folder.lines(&quick(&[]))[12];
    let sets = ["data=xor", "width=4", "depth=1", "batch=8", "norm=batch", "seed=2"].map(|s| ["--set", s]);
    let run = folder.summary(&[&["run", "--quiet", "--steps", "20"], sets.as_flattened()].concat());
    for key in ["fingerprint", "val_loss", "val_accuracy_batch", "val_loss_precise", "steps", "verdict", "diverged"] {
        assert_eq!(cell[key], run[key], "{key}");
    }
}

#[test]
fn neither_the_number_of_jobs_nor_of_parts_changes_a_byte() {
    let folder = Folder::new("sweep-parts");
    let whole = folder.call(&quick(&["--jobs", "1"])).stdout;
    assert_eq!(folder.call(&quick(&["--jobs", "5"])).stdout, whole);
    folder.write("whole", whole.as_bytes());
    for part in ["1/3", "2/3", "3/3"] {
        folder.lines(&quick(&["--shard", part, "--out", &part[..1]]));
    }
    for format in ["json", "csv"] {
        let merged = |files: &[&str]| folder.call(&[&["sweep", "--format", format, "--merge"], files].concat());
        let want = merged(&["whole"]);
        assert_eq!((want.code, want.stderr.as_str()), (0, ""));
        assert_eq!(merged(&["3", "1", "2", "1", "whole"]).stdout, want.stdout);
        let part = merged(&["1", "3"]);
        assert_eq!((part.code, part.stderr.as_str()), (0, "normlab: 4 of 12 cells are missing\n"));
        assert_ne!(part.stdout, want.stdout);
    }
    let merge = ["sweep", "--merge", "1", "3"];
    let document: Value = serde_json::from_str(&folder.call(&merge).stdout).unwrap();
    assert_eq!(document["missing"], json!([1, 4, 7, 10]));
    let csv = folder.call(&["sweep", "--merge", "1", "3", "--format", "csv"]).stdout;
    assert_eq!(csv.matches(",missing,").count(), 4);
}

#[test]
fn a_sweep_goes_on_where_it_was_stopped() {
    let folder = Folder::new("sweep-resume");
    let whole = folder.call(&quick(&[])).stdout;
    let ends: Vec<usize> = whole.match_indices('\n').map(|(i, _)| i + 1).collect();
    for cut in [0, 10, ends[0], ends[4], ends[4] + 30, ends[11] - 1, ends[12]] {
        folder.write("part", &whole.as_bytes()[..cut]);
        folder.lines(&quick(&["--resume", "part"]));
        assert!(folder.read("part") == whole.as_bytes(), "cut at {cut}");
    }
    // The file says which sweep it is.
    folder.write("alone", &whole.as_bytes()[..ends[2]]);
    folder.lines(&["sweep", "--resume", "alone"]);
    assert!(folder.read("alone") == whole.as_bytes());
    folder.lines(&quick(&["--resume", "fresh"]));
    assert!(folder.read("fresh") == whole.as_bytes());
}

#[test]
fn presets_are_what_they_say_and_can_be_changed() {
    let folder = Folder::new("sweep-presets");
    let quick = ["--steps", "1", "--seeds", "1", "--set", "width=4"];
    for (preset, cells) in [("learning-rate", 45), ("depth", 15), ("batch-size", 15), ("regularization", 18)] {
        let lines = folder.lines(&[&["sweep", "--preset", preset, "--set", "subset=200"], &quick[..]].concat());
        assert_eq!(lines.len(), cells + 1, "{preset}");
        assert!(lines[1..].iter().all(|l| l["steps"] == 1 && l["fingerprint"].is_string()), "{preset}");
        assert_eq!(lines[0]["base"]["width"], "4");
    }
}

#[test]
fn what_is_no_sweep_is_refused_with_every_reason() {
    let folder = Folder::new("sweep-refusals");
    folder.write("there", b"something");
    let other = folder.call(&quick(&["--seeds", "1"]));
    assert_eq!(other.code, 2, "an option given twice");
    for (more, words) in [
        (&["--x", "depth=1..50"][..], &["cannot be used multiple times"][..]),
        (&["--shard", "0/3"], &["I/N"]),
        (&["--shard", "4/3"], &["I/N"]),
        (&["--out", "there"], &["there: it is there already"]),
        (&["--resume", "there"], &["there: line 1: not JSON"]),
        (&["--set", "a.norm=none"], &["leave out the a. and b."]),
        (&["--set", "width=1", "--epochs", "2"], &["cannot be used with"]),
    ] {
        refused(&folder, &quick(more), words);
    }
    for (call, words) in [
        (&["sweep"][..], &["needs --preset"][..]),
        (&["sweep", "--x", "lr=1"], &["both --x and --y"]),
        (&["sweep", "--preset", "rates"], &["--preset: ", "learning-rate"]),
        (&["sweep", "--x", "lr=1", "--y", "lr=2"], &["--y: ", "the other axis has it"]),
        (
            &["sweep", "--x", "lr=0.1..1", "--y", "seed=1", "--seeds", "0", "--set", "depth=99"],
            &["--x: ", "--y: ", "--seeds: ", "depth: "],
        ),
        (&["sweep", "--resume", "absent"], &["needs --preset"]),
        (&["sweep", "--merge", "absent"], &["absent: "]),
        (&["sweep", "--merge", "there"], &["there: line 1: not JSON"]),
        (&["sweep", "--merge", "there", "--x", "lr=1"], &["cannot be used with"]),
        (&["sweep", "--format", "csv"], &["--merge"]),
    ] {
        refused(&folder, call, words);
    }
}

#[test]
fn another_sweep_is_neither_merged_nor_resumed() {
    let folder = Folder::new("sweep-others");
    folder.lines(&quick(&["--out", "one"]));
    folder.lines(&[&quick(&["--out", "two"])[..], &["--set", "seed=2"]].concat());
    refused(&folder, &["sweep", "--merge", "one", "two"], &["two: it is of another sweep"]);
    refused(&folder, &quick(&["--resume", "two"]), &["two: it is of another sweep"]);
    let text = String::from_utf8(folder.read("one")).unwrap().replace("\"steps\":20", "\"steps\":21");
    folder.write("wrong", text.as_bytes());
    refused(&folder, &["sweep", "--merge", "one", "wrong"], &["wrong: line 2: cell 0 is there twice"]);
}

/// Before hours of work somebody is asked; a part of it, or a yes, is taken as it is.
#[test]
fn ten_thousand_cells_are_asked_back_with_the_time() {
    let folder = Folder::new("sweep-many");
    let many =
        ["--x", "subset=1..100", "--y", "freeze=1..100", "--steps", "1", "--set", "data=xor", "--set", "width=2"];
    let call =
        [&["sweep", "--seeds", "1", "--set", "depth=1", "--set", "norm=none", "--set", "batch=1"], &many[..]].concat();
    refused(&folder, &call, &["10000 cells would take about ", "--yes"]);
    let part = folder.lines(&[&call[..], &["--shard", "1/100"]].concat());
    assert_eq!(part.len(), 101);
}
