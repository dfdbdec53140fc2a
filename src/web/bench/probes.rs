//! What can be measured in a run, and how often the page does.

use crate::config::Config;
use crate::config::measures::{Instrument, MEASURES, Measure};
use crate::config::view::View;
use crate::web::js;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// An instrument, by the first of its measures.
#[derive(Serialize)]
struct Probe {
    name: &'static str,
    /// Steps between two measurements of what is measured most often, unless somebody chooses others.
    every: usize,
    /// Steps between two of its own.
    own: usize,
    /// Whether it takes many products with the Hessian.
    curves: bool,
}

/// `[{name, every, own, curves}]`: a measure of each instrument that has anything to measure in the run of that
/// configuration.
#[wasm_bindgen]
pub fn probes(text: &str) -> Result<JsValue, JsValue> {
    let config = Config::from_text(text).map_err(|problems| js(&problems))?;
    let mut measures: Vec<_> = MEASURES.iter().filter(|m| (m.relevant)(&config)).collect();
    measures.dedup_by_key(|m| m.instrument);
    let every = View::default().every;
    let probe = |m: &Measure| Probe {
        name: m.name,
        every,
        own: every * m.instrument.rarity() as usize,
        curves: m.instrument == Instrument::Curvature,
    };
    Ok(js(&measures.into_iter().map(probe).collect::<Vec<_>>()))
}
