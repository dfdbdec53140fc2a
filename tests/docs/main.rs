//! The tables of `docs/` are what the runner measures, to the printed digit.
//!
//! Each table's rows are written down here as the commands that make them. Every test run repeats the cheapest
//! row of each. To measure all of them anew and write them into `docs/` (half an hour on two cores):
//!
//! ```sh
//! NORMLAB_DOCS=write cargo test --test docs
//! ```

#![allow(clippy::unwrap_used)] // what is not there fails the test

mod experiments;
mod markdown;
mod presets;
mod probes;
mod runner;
mod shape;
mod sweeps;
mod table;

use markdown::Document;
use table::Table;

/// Sections whose tables hold no figures of a run: document, heading, and where else they are checked.
const OTHERS: [(&str, &str, &str); 8] = [
    ("experiments.md", "Style", "AdaIN's textures: tests/experiments.rs"),
    ("landscapes.md", "Where it is cut", "words"),
    ("normalization.md", "The tests", "words"),
    ("presets.md", "Experiments ready to be run", "tests/presets.rs"),
    ("probes.md", "What it costs", "times: `./build.sh bench`"),
    ("sweeps.md", "Axes", "words"),
    ("sweeps.md", "Measured in each cell", "words"),
    ("sweeps.md", "Verdicts", "words"),
];

/// Whether all rows are to be measured and written, instead of one being compared.
fn writes() -> bool {
    std::env::var("NORMLAB_DOCS").is_ok_and(|v| v == "write")
}

/// Compares a row of each table, or writes all.
fn check(tables: Vec<Table>) {
    let mut wrong = Vec::new();
    for table in tables {
        let mut document = Document::read(table.document);
        let lines = document.table(table.section, table.nth);
        if writes() {
            for (row, cells) in table.rows.iter().zip(table.measured()) {
                let line = document.row(&lines, &row.label);
                document.write(line, row.label.len(), &cells);
            }
            document.save();
            continue;
        }
        // All rows must be there, one must agree.
        let at: Vec<usize> = table.rows.iter().map(|row| document.row(&lines, &row.label)).collect();
        let row = &table.rows[table.cheapest];
        let printed = document.cells(at[table.cheapest], row.label.len());
        for (printed, measured) in printed.iter().zip(row.measured_few(table.few)) {
            if *printed != measured {
                wrong.push(format!("{} {:?}: {printed}, and is {measured}", table.name(), row.label));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn experiments_are_what_the_runner_measures() {
    check(experiments::tables());
}

#[test]
fn presets_end_as_they_are_said_to() {
    check(presets::tables());
}

#[test]
fn probes_are_what_the_runner_measures() {
    check(probes::tables());
}

#[test]
fn sweeps_are_what_the_runner_measures() {
    check(sweeps::tables());
}

/// Whoever adds a table says here how it is made.
#[test]
fn every_table_with_figures_is_measured() {
    let all = [experiments::tables(), presets::tables(), probes::tables(), sweeps::tables()];
    let known: Vec<Table> = all.into_iter().flatten().collect();
    let mut unknown = Vec::new();
    for name in markdown::names() {
        let document = Document::read(&name);
        for (section, nth, figures) in document.tables() {
            let measured = known.iter().any(|t| (t.document, t.section, t.nth) == (&*name, &*section, nth));
            let other = OTHERS.iter().any(|(document, heading, _)| (*document, *heading) == (&*name, &*section));
            if figures && !measured && !other {
                unknown.push(format!("docs/{name}, {section:?}, table {nth}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
