//! `docs/sweeps.md`.

use crate::runner::normlab;
use crate::shape::range;
use crate::table::{Row, Table};
use serde_json::Value;

pub fn tables() -> Vec<Table> {
    let section = "Learning rate × normalization";
    let rows: Vec<Row> = (-9..=5).map(row).collect();
    vec![Table { document: "sweeps.md", section, nth: 0, rows, cheapest: 13, few: 3 }]
}

/// One learning rate, a power of two.
fn row(power: i32) -> Row {
    let digit = |d: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(d.to_digit(10).unwrap() as usize).unwrap();
    let small: String = power.abs().to_string().chars().map(digit).collect();
    let label = if power < 0 { format!("2⁻{small}") } else { (1 << power).to_string() };
    ["none", "batch", "layer"].into_iter().fold(Row::new(label), |row, norm| {
        row.cell(move || {
            let command =
                format!("sweep --preset learning-rate --seeds 10 --x lr={} --y norm={norm}", 2f64.powi(power));
            let cells = &normlab(&command, "")[1..];
            let loss = |cell: &Value| cell["recent_loss"].as_f64().filter(|_| cell["diverged_at"].is_null());
            range(&cells.iter().map(loss).collect::<Vec<_>>(), 3)
        })
    })
}
