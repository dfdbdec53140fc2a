//! The effects that the presets ask about are there, and what is said of them elsewhere agrees.

#![allow(clippy::unwrap_used)] // what is not there fails the test

use normlab::config::Config;
use normlab::run::Run;
use normlab::run::progress::Progress;
use normlab::run::summary::Summary;
use normlab::state::presets::{PRESETS, Preset, named};
use std::collections::BTreeSet;

/// How a run ended.
#[derive(Debug)]
struct End {
    /// On the validation set, as at inference; of a run that diverged there is none.
    accuracy: Option<f64>,
    diverged: bool,
}

impl End {
    fn right(&self) -> f64 {
        self.accuracy.unwrap()
    }
}

fn end(config: Config, steps: usize) -> End {
    let mut run = Run::<f32>::new(config).unwrap();
    while (run.steps() as usize) < steps && run.divergence().is_none() {
        run.step();
    }
    let summary = Summary::of(&run, &Progress::default());
    End { accuracy: summary.json()["val_accuracy"].as_f64(), diverged: run.divergence().is_some() }
}

/// Runs a preset as the page does, and gives how A and B ended.
fn ends(name: &str) -> (End, End) {
    let page = named(name).unwrap().page();
    let ends = (end(page.pair.a, page.view.steps), end(page.pair.b, page.view.steps));
    println!("{name}: {ends:?}");
    ends
}

/// Run `better` is right more often by `margin` at the least, and learns well.
fn apart(name: &str, better: char, margin: f64) {
    let (a, b) = ends(name);
    let (good, bad) = if better == 'a' { (a, b) } else { (b, a) };
    assert!(good.right() > 0.65 && good.right() - bad.right() > margin, "{name}: {good:?}, {bad:?}");
}

/// Both learn well, and neither is right more often by more than `margin`.
fn together(name: &str, margin: f64) {
    let (a, b) = ends(name);
    assert!(a.right().min(b.right()) > 0.85, "{name}: {a:?}, {b:?}");
    assert!((a.right() - b.right()).abs() < margin, "{name}: {a:?}, {b:?}");
}

/// Every preset has its check below.
const CHECKED: [&str; 14] = [
    "two", "depth", "he", "rate", "sigmoid", "noise", "skip", "camera", "devices", "small", "style", "time", "place",
    "mean",
];

#[test]
fn every_preset_is_checked() {
    let presets: BTreeSet<&str> = PRESETS.iter().map(|p| p.name).collect();
    assert_eq!(presets, CHECKED.into_iter().collect());
}

#[test]
fn small_batches_and_devices() {
    apart("two", 'a', 0.5);
    apart("small", 'a', 0.15);
    apart("devices", 'a', 0.3);
}

#[test]
fn depth_and_how_to_do_without_normalization() {
    apart("depth", 'b', 0.7);
    together("he", 0.06);
    together("skip", 0.06);
    apart("sigmoid", 'b', 0.15);
}

#[test]
fn learning_rate_and_noise() {
    let (a, b) = ends("rate");
    assert!(a.diverged && a.accuracy.is_none() && !b.diverged && b.right() > 0.9, "{a:?} {b:?}");
    apart("noise", 'b', 0.5);
}

#[test]
fn other_inputs_at_inference() {
    apart("camera", 'a', 0.3);
    apart("style", 'a', 0.5);
}

#[test]
fn sequences() {
    apart("time", 'a', 0.15);
    apart("place", 'a', 0.5);
    together("mean", 0.05);
}

/// `docs/presets.md` holds the table that the runner prints, and how each ended.
#[test]
fn the_document_agrees_with_the_table() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/presets.md")).unwrap();
    let rows = |name: &str| document.lines().filter(|l| l.starts_with(&format!("| `{name}` |"))).count();
    for Preset { name, title, question, state, source, .. } in PRESETS {
        let row = format!("| `{name}` | **{title}.** {question} | `{state}` | {source} |\n");
        assert!(document.contains(&row), "{row}");
        assert_eq!(rows(name), 2, "{name}: its question, and its outcome");
    }
    assert_eq!(document.lines().filter(|l| l.starts_with("| `")).count(), 2 * PRESETS.len());
}
