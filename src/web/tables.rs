//! The tables of fields, of the view and of the marks, for the page's controls.

use super::js;
use crate::chart::Mark;
use crate::choice::{Choice, Choices};
use crate::config::field::{Field, Kind, Scale};
use crate::config::fields::FIELDS;
use crate::config::view::VIEW;
use crate::nn::norm::Norm;
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct Tables {
    fields: Vec<Row>,
    view: Vec<Row>,
    marks: Vec<Dress>,
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
    choices: Vec<Choice>,
}

/// A normalization's colours.
#[derive(Serialize)]
struct Dress {
    name: &'static str,
    light: String,
    dark: String,
    marker: &'static str,
}

/// `{fields, view, marks}`: lists of rows, see `www/types.d.ts`.
#[wasm_bindgen]
pub fn tables() -> JsValue {
    let marks = Norm::ALL.iter().map(|norm| {
        let name = norm.choice().name;
        let mark = Mark::of(name);
        Dress { name, light: mark.css(false), dark: mark.css(true), marker: mark.marker.name() }
    });
    js(&Tables {
        fields: FIELDS.iter().map(row).collect(),
        view: VIEW.iter().map(row).collect(),
        marks: marks.collect(),
    })
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
    }
}
