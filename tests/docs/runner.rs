//! The headless runner's answers.

use serde_json::Value;
use std::process::Command;

/// What a command printed: JSON lines. `settings` are `key=value`, separated by blanks.
pub fn normlab(command: &str, settings: &str) -> Vec<Value> {
    let mut call = Command::new(env!("CARGO_BIN_EXE_normlab"));
    call.args(command.split_whitespace());
    settings.split_whitespace().for_each(|setting| {
        call.args(["--set", setting]);
    });
    let output = call.output().unwrap();
    assert!(output.status.success(), "{command} {settings}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A number of a run's summary after so many steps; none if it diverged.
pub fn summary(steps: u64, settings: &str, key: &str) -> Option<f64> {
    let summary = normlab(&format!("run --quiet --steps {steps}"), settings).pop().unwrap()["summary"].take();
    if summary["diverged_at"].is_null() { summary[key].as_f64() } else { None }
}

/// The same of seeds 1 to `seeds`.
pub fn summaries(seeds: u32, steps: u64, settings: &str, key: &str) -> Vec<Option<f64>> {
    (1..=seeds).map(|seed| summary(steps, &format!("{settings} seed={seed}"), key)).collect()
}

/// What one probe measured at each step of a run, in the order of steps.
pub fn probed(options: &str, settings: &str, probe: &str) -> Vec<Value> {
    let lines = normlab(&format!("probe --probes {probe} {options}"), settings);
    lines.into_iter().filter(|line| line["probe"] == probe).collect()
}
