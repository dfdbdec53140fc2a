//! What crosses to the page: plain records, see `www/types.d.ts`.

use super::js;
use crate::chart::{self, Mark};
use crate::config::Problem;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What stands in a run's head.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vitals {
    pub verdict: &'static str,
    pub diverged_at: Option<f64>,
    pub moved_at: Option<f64>,
    pub loss: String,
    pub accuracy: String,
    pub fingerprint: String,
    pub fingerprint_step: f64,
}

#[derive(Serialize)]
pub(super) struct Badge {
    pub text: String,
    pub how: &'static str,
}

#[derive(Serialize)]
pub(super) struct Title {
    pub title: String,
    pub lede: String,
}

#[derive(Serialize)]
pub(super) struct Piece {
    pub text: String,
    pub how: Option<String>,
    pub shows: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Finding {
    pub headline: String,
    pub about: &'static str,
    pub text: Vec<Piece>,
}

#[derive(Serialize)]
pub(super) struct Ghost {
    pub name: String,
    pub pinned: bool,
    pub light: String,
    pub dark: String,
    pub marker: &'static str,
}

/// A line of a read-out.
#[derive(Serialize)]
pub(super) struct Value {
    pub name: String,
    pub value: String,
    pub color: Option<String>,
    pub marker: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Reading {
    pub title: String,
    pub rows: Vec<Value>,
    pub dots: Vec<(f64, f64)>,
    /// Place, upper and lower end.
    pub guide: Option<(f64, f64, f64)>,
    /// Along the first and the second direction of a landscape.
    pub place: Option<(f64, f64)>,
}

#[derive(Serialize)]
pub(super) struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A problem, or undefined.
pub(super) fn problem(problem: Option<Problem>) -> JsValue {
    problem.map_or(JsValue::UNDEFINED, |p| js(&p))
}

/// A read-out as the page takes it.
pub(super) fn reading(reading: chart::Reading, dark: bool) -> JsValue {
    let value = |(name, value, mark): (String, String, Option<Mark>)| Value {
        name,
        value,
        color: mark.map(|m| m.css(dark)),
        marker: mark.map(|m| m.marker.name()),
    };
    js(&Reading {
        title: reading.title,
        rows: reading.rows.into_iter().map(value).collect(),
        dots: reading.dots,
        guide: reading.guide.map(|g| (g.x, g.top, g.bottom)),
        place: reading.place,
    })
}

/// A chart's numbers as the page takes them.
pub(super) fn table(table: chart::Table) -> JsValue {
    js(&Table { head: table.head, rows: table.rows })
}
