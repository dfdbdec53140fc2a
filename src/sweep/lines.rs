//! A sweep as text: JSON lines as cells come in, one JSON document, or CSV.
//!
//! The first line says everything about the sweep, each further one is a cell: its number and what it gave,
//! or why it cannot be trained. Whatever wrote the lines of a sweep, and in how many parts, together they are
//! the same.

use crate::sweep::outcome::Outcome;
use crate::sweep::record::Record;
use crate::sweep::spec::Spec;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Of the lines' format.
const VERSION: u64 = 1;

/// The version that computed the numbers: each gives the same ones wherever it runs.
const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// The first line.
pub fn head(spec: &Spec) -> Value {
    let mut head = spec.json();
    if let Some(entries) = head.as_object_mut() {
        entries.insert("sweep".into(), VERSION.into());
        entries.insert("engine".into(), ENGINE.into());
        entries.insert("cells".into(), spec.len().into());
    }
    head
}

/// A cell's line; none while it is not known.
pub fn line(record: &Record, index: usize) -> Option<Value> {
    let (cell, plan) = (record.spec().cell(index), &record.spec().plan);
    let mut line = Map::new();
    let end = match cell.impossible() {
        Some(reason) => json!({ "impossible": reason }),
        None => serde_json::to_value(record.outcome(index)?).ok()?,
    };
    line.insert("cell".into(), index.into());
    for (axis, i) in [(&plan.x, cell.x), (&plan.y, cell.y)] {
        line.insert(axis.field.into(), axis.values[i].clone().into());
    }
    line.insert("seed".into(), cell.seed.into());
    if let Value::Object(end) = end {
        line.extend(end);
    }
    Some(Value::Object(line))
}

/// The whole as one JSON document: the first line's entries, `results` with a line each, and `missing`, the
/// numbers of the cells that are not known.
pub fn document(record: &Record) -> Value {
    let mut document = head(record.spec());
    let results: Vec<Value> = (0..record.spec().len()).filter_map(|i| line(record, i)).collect();
    if let Some(entries) = document.as_object_mut() {
        entries.insert("results".into(), results.into());
        entries.insert("missing".into(), record.missing().into());
    }
    document
}

/// Columns of a CSV file behind `cell`, the two axes and `seed`: the state and every number of an outcome.
const COLUMNS: &[&str] = &[
    "state",
    "steps",
    "recent_loss",
    "val_loss",
    "val_accuracy",
    "val_loss_batch",
    "val_accuracy_batch",
    "val_loss_precise",
    "val_accuracy_precise",
    "steps_to",
    "learned",
    "verdict",
    "diverged",
    "diverged_at",
    "diverged_layer",
    "fingerprint",
    "impossible",
];

/// The whole as CSV (RFC 4180), a row for each cell; `state` is `done`, `impossible` or `missing`, and what
/// is absent is empty.
pub fn csv(record: &Record) -> String {
    let (spec, plan) = (record.spec(), &record.spec().plan);
    let head = ["cell", plan.x.field, plan.y.field, "seed"].into_iter().chain(COLUMNS.iter().copied());
    let mut text = row(head.map(str::to_owned));
    for index in 0..spec.len() {
        let cell = spec.cell(index);
        let line = line(record, index);
        let state = match &line {
            None => "missing",
            Some(line) if line.get("impossible").is_some() => "impossible",
            Some(_) => "done",
        };
        let value = |name: &str| match line.as_ref().and_then(|line| line.get(name)) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let place =
            [index.to_string(), plan.x.values[cell.x].clone(), plan.y.values[cell.y].clone(), cell.seed.to_string()];
        let numbers = COLUMNS.iter().map(|name| if *name == "state" { state.to_owned() } else { value(name) });
        text.push_str(&row(place.into_iter().chain(numbers)));
    }
    text
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let quoted = |cell: String| match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    };
    format!("{}\r\n", cells.map(quoted).collect::<Vec<_>>().join(","))
}

/// What lines said.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The sweep, with all outcomes that were known before or are now.
    pub record: Record,
    /// The cells that have a line, impossible ones too.
    pub cells: BTreeSet<usize>,
    /// Bytes of the text that are whole lines: a last one that was cut off, as when whoever wrote it was
    /// stopped, is left out.
    pub bytes: usize,
}

/// Reads lines into a record, or begins one with the first.
///
/// # Errors
/// In words: text that is no sweep's, another sweep than `known`, a cell that was computed twice with
/// different outcomes.
pub fn read(text: &str, known: Option<Record>) -> Result<Reading, String> {
    let (mut record, mut cells, mut bytes) = (known, BTreeSet::new(), 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if !line.ends_with('\n') && (number > 0 || record.as_ref().is_some_and(|r| begins(r.spec(), line))) {
            break;
        }
        let value: Value = serde_json::from_str(line).map_err(|e| format!("line {}: not JSON: {e}", number + 1))?;
        match &mut record {
            Some(record) if number > 0 => {
                cells.insert(take(record, &value).map_err(|why| format!("line {}: {why}", number + 1))?);
            }
            _ => record = Some(begin(&value, record)?),
        }
        bytes += line.len();
    }
    let record = record.ok_or_else(|| "empty".to_owned())?;
    Ok(Reading { record, cells, bytes })
}

/// Whether a text is how that sweep's first line begins.
fn begins(spec: &Spec, text: &str) -> bool {
    head(spec).to_string().starts_with(text)
}

/// The record that a first line speaks of.
fn begin(value: &Value, known: Option<Record>) -> Result<Record, String> {
    if value.get("sweep") != Some(&VERSION.into()) {
        return Err("its first line is not a sweep's".into());
    }
    let spec = Spec::from_json(value)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    if value.get("engine") != Some(&ENGINE.into()) {
        let theirs = value.get("engine").map(Value::to_string).unwrap_or_default();
        return Err(format!("it was computed by version {theirs}, this is \"{ENGINE}\": their numbers may differ"));
    }
    match known {
        Some(known) if *known.spec() != spec => Err("it is of another sweep".into()),
        Some(known) => Ok(known),
        None => Ok(Record::new(spec)),
    }
}

/// Takes a cell's line, and says which cell it is.
fn take(record: &mut Record, value: &Value) -> Result<usize, String> {
    let index = value.get("cell").and_then(Value::as_u64).ok_or("no cell")? as usize;
    if index >= record.spec().len() {
        return Err(format!("there is no cell {index}"));
    }
    if record.spec().cell(index).config.is_err() {
        return Ok(index);
    }
    let outcome: Outcome = serde_json::from_value(value.clone()).map_err(|e| format!("cell {index}: {e}"))?;
    match record.take(index, outcome) {
        true => Ok(index),
        false => Err(format!("cell {index} is there twice, with different outcomes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::config::fields::FIELDS;
    use crate::data::Data;
    use crate::sweep::plan::Plan;
    use crate::sweep::spec::set_plan;
    use crate::sweep::trial::Trial;

    /// Two batch sizes × two normalizations × two seeds; BatchNorm cannot train on single samples.
    fn spec() -> Spec {
        let mut plan = Plan::default();
        for (name, text) in
            [("sweep_x", "batch=1,8"), ("sweep_y", "norm=none,batch"), ("sweep_seeds", "2"), ("sweep_amount", "12")]
        {
            set_plan(&mut plan, name, text).unwrap();
        }
        Spec::new(Config { data: Data::Xor, width: 4, depth: 1, ..Config::default() }, plan).unwrap()
    }

    fn trained(cells: impl Iterator<Item = usize>) -> Record {
        let mut record = Record::new(spec());
        for i in cells {
            let cell = record.spec().cell(i);
            if let Ok(config) = cell.config {
                let outcome = Trial::new(config, cell.steps, 1.0).unwrap().finish();
                assert!(record.take(i, outcome));
            }
        }
        record
    }

    fn written(record: &Record, cells: impl Iterator<Item = usize>) -> String {
        let lines = cells.filter_map(|i| line(record, i));
        std::iter::once(head(record.spec())).chain(lines).map(|l| format!("{l}\n")).collect()
    }

    #[test]
    fn parts_put_together_are_the_whole_bit_for_bit() {
        let whole = trained(0..8);
        assert!(whole.missing().is_empty());
        let parts = [0, 1, 2].map(|part| written(&trained((part..8).step_by(3)), (part..8).step_by(3)));
        let mut record = None;
        for part in [&parts[2], &parts[0], &parts[1], &parts[0]] {
            record = Some(read(part, record).unwrap().record);
        }
        assert_eq!(record.as_ref(), Some(&whole));
        assert_eq!(document(&record.unwrap()).to_string(), document(&whole).to_string());
    }

    #[test]
    fn a_missing_cell_is_shown_as_missing_and_an_impossible_one_with_its_reason() {
        let record = trained([0, 3].into_iter());
        assert_eq!(record.missing(), [1, 4, 5, 7]);
        let table = csv(&record);
        let rows: Vec<Vec<&str>> = table.trim_end().split("\r\n").map(|r| r.split(',').collect()).collect();
        assert_eq!(rows.len(), 9);
        assert_eq!(rows[0][..6], ["cell", "batch", "norm", "seed", "state", "steps"]);
        let states: Vec<&str> = rows[1..].iter().map(|r| r[4]).collect();
        let want = ["done", "missing", "impossible", "done", "missing", "missing", "impossible", "missing"];
        assert_eq!(states, want);
        assert!(rows[3][20].contains("BatchNorm") && rows[1][20].is_empty(), "{rows:?}");
        assert!(rows.iter().all(|r| r.len() >= 21), "{rows:?}");
        let document = document(&record);
        assert_eq!(document["missing"], json!([1, 4, 5, 7]));
        assert_eq!(document["results"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn what_was_cut_off_is_left_out_and_what_is_wrong_is_named() {
        let record = trained(0..4);
        let text = written(&record, 0..4);
        let last = text.trim_end().rfind('\n').unwrap() + 1;
        for end in [last, last + 1, text.len() - 1] {
            let read = read(&text[..end], None).unwrap();
            assert_eq!((read.record.missing().contains(&3), read.bytes), (true, last));
            assert_eq!(read.cells, BTreeSet::from([0, 1, 2]), "2 is impossible");
        }
        let other = text.replacen("\"sweep_amount\":\"12\"", "\"sweep_amount\":\"13\"", 1);
        let digit = text.replacen("\"fingerprint\":\"", "\"fingerprint\":\"0", 1);
        for (wrong, known, word) in [
            ("", None, "empty"),
            ("[1]\n", None, "first line"),
            ("{\"sweep\":1}\n", None, "base"),
            (&text.replacen("\"engine\":\"", "\"engine\":\"x", 1), None, "computed by"),
            (&other, Some(record.clone()), "another sweep"),
            (&digit, Some(record.clone()), "cell 0 is there twice"),
            (&text.replacen("\"cell\":3", "\"cell\":8", 1), None, "no cell 8"),
            (&text.replacen("\"cell\":3", "\"cell\":-1", 1), None, "no cell"),
            (&text.replacen("\"learned\":", "\"learnt\":", 1), None, "learned"),
            (&text.replacen("{\"batch\"", "{{\"batch\"", 1), None, "not JSON"),
        ] {
            let why = read(wrong, known).unwrap_err();
            assert!(why.contains(word), "{why}");
        }
    }

    /// A line has the axes' fields and an outcome's numbers side by side.
    #[test]
    fn no_setting_is_called_as_a_number_of_an_outcome() {
        let record = trained(0..1);
        let line = line(&record, 0).unwrap();
        let own = ["batch", "norm", "seed"];
        let numbers: Vec<&String> = line.as_object().unwrap().keys().filter(|k| !own.contains(&k.as_str())).collect();
        assert!(numbers.len() > 12);
        assert!(FIELDS.iter().all(|f| numbers.iter().all(|n| *n != f.name)));
        assert!(numbers.iter().all(|n| *n == "cell" || COLUMNS.contains(&n.as_str())), "{numbers:?}");
    }
}
