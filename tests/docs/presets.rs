//! `docs/presets.md`.

use crate::runner::normlab;
use crate::shape::each;
use crate::table::{Row, Table};
use normlab::state::presets::PRESETS;
use serde_json::Value;

pub fn tables() -> Vec<Table> {
    let rows: Vec<Row> = PRESETS.iter().map(|preset| row(preset.name)).collect();
    let cheapest = PRESETS.iter().position(|preset| preset.name == "two").unwrap();
    vec![Table { document: "presets.md", section: "How they end", nth: 0, rows, cheapest, few: 2 }]
}

fn row(name: &'static str) -> Row {
    ["a", "b"].into_iter().fold(Row::new(format!("`{name}`")), |row, side| row.cell(move || end(name, side)))
}

/// Accuracies of seeds 1 to 3, or the steps at which they diverged.
fn end(name: &str, side: &str) -> String {
    let run = |seed: u32| -> Value {
        let lines = normlab(&format!("run --quiet --preset {name}"), &format!("seed={seed}"));
        lines[0]["summary"][side].clone()
    };
    let ends: Vec<Value> = (1..=3).map(run).collect();
    let steps: Vec<String> = ends.iter().filter_map(|end| end["diverged_at"].as_u64()).map(|s| s.to_string()).collect();
    if steps.len() == ends.len() {
        return format!("diverged at {}", steps.join(", "));
    }
    let accuracy = |end: &Value| end["val_accuracy"].as_f64().filter(|_| end["diverged_at"].is_null());
    each(&ends.iter().map(accuracy).collect::<Vec<_>>(), 3)
}
