//! The tables of the fields, for the page's controls.

use super::js;
use crate::choice::Choice;
use crate::config::field::{Field, Kind, Scale};
use crate::config::fields::FIELDS;
use crate::measure::{MEASURES, Measure};
#[cfg(feature = "full")]
use crate::state::presets::{PRESETS, Preset};
use crate::state::view::VIEW;
use crate::sweep::plan::PLAN;
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct Tables {
    fields: Vec<Row>,
    view: Vec<Row>,
    plan: Vec<Row>,
    measures: Vec<Measured>,
}

/// What can be measured, as its menu sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    name: &'static str,
    label: &'static str,
    help: &'static str,
    group: &'static str,
    in_panels: bool,
}

/// A field, as its control sees it.
#[derive(Serialize, Default)]
struct Row {
    name: &'static str,
    label: &'static str,
    help: &'static str,
    group: &'static str,
    kind: &'static str,
    min: f64,
    max: f64,
    log: bool,
    absent: Option<&'static str>,
    choices: &'static [Choice],
}

/// A preset, as its card shows it.
#[cfg(feature = "full")]
#[derive(Serialize)]
struct Card {
    name: &'static str,
    title: &'static str,
    question: &'static str,
    source: &'static str,
}

/// `{fields, view, measures, plan}`: lists of rows, see `www/types.d.ts`.
#[wasm_bindgen]
pub fn tables() -> JsValue {
    let measured = |m: &'static Measure| Measured {
        name: m.name,
        label: m.label,
        help: m.help,
        group: m.instrument().group,
        in_panels: m.has_panels(),
    };
    js(&Tables {
        fields: FIELDS.iter().map(row).collect(),
        view: VIEW.iter().map(row).collect(),
        measures: MEASURES.iter().map(measured).collect(),
        plan: PLAN.iter().map(row).collect(),
    })
}

/// The experiments ready to be run: a list of cards, see `www/types.d.ts`.
#[cfg(feature = "full")]
#[wasm_bindgen]
pub fn presets() -> JsValue {
    let card = |&Preset { name, title, question, source, .. }: &Preset| Card { name, title, question, source };
    js(&PRESETS.iter().map(card).collect::<Vec<_>>())
}

fn row<C>(field: &Field<C>) -> Row {
    let row = Row { name: field.name, label: field.label, help: field.help, group: field.group, ..Row::default() };
    match field.kind {
        Kind::Whole { min, max, scale } => {
            Row { kind: "whole", min: min as f64, max: max as f64, log: scale == Scale::Log, ..row }
        }
        Kind::Real { min, max, scale, absent } => {
            Row { kind: "real", min, max, log: scale == Scale::Log, absent, ..row }
        }
        Kind::Choice(all) => Row { kind: "choice", choices: all(), ..row },
        Kind::Names(_) => Row { kind: "names", ..row },
        Kind::Text(_) => Row { kind: "axis", ..row },
    }
}
