//! What one measurement costs, and how often the page takes it.

use crate::config::Config;
use crate::measure::{Entry, MEASURES, Measure, Monitor, Settings};
use crate::run::Run;
use crate::state::view::View;
use crate::web::js;
use wasm_bindgen::prelude::*;

/// Steps that the run takes before it is measured.
const STEPS: usize = 200;

/// A run and one of the instruments that have anything to measure in it.
#[wasm_bindgen]
pub struct Probe {
    run: Run<f32>,
    monitor: Monitor,
    measures: Vec<&'static Measure>,
    instrument: &'static Entry,
}

#[wasm_bindgen]
impl Probe {
    /// Prepares and trains the run of a configuration in one line, for the `nth` instrument; undefined if there
    /// are fewer.
    pub fn nth(text: &str, nth: usize) -> Result<Option<Probe>, JsValue> {
        let mut run = Config::from_text(text).and_then(Run::new).map_err(|problems| js(&problems))?;
        for _ in 0..STEPS {
            run.step();
        }
        let mut measures: Vec<&Measure> = MEASURES.iter().filter(|m| (m.relevant)(run.config())).collect();
        let all = measures.clone();
        measures.dedup_by(|m, n| m.instrument() == n.instrument());
        let Some(instrument) = measures.get(nth).map(|m| m.instrument()) else { return Ok(None) };
        let measures: Vec<_> = all.into_iter().filter(|m| m.instrument() == instrument).collect();
        let monitor = Monitor::new(&run, measures.clone(), Settings::default());
        Ok(Some(Probe { run, monitor, measures, instrument }))
    }

    /// The first of what it measures.
    pub fn label(&self) -> String {
        self.measures.first().map(|m| m.label.to_owned()).unwrap_or_default()
    }

    /// How many things it measures in one go.
    pub fn count(&self) -> usize {
        self.measures.len()
    }

    /// Steps between two measurements, unless somebody chooses others.
    pub fn every(&self) -> usize {
        View::default().every * self.instrument.rarity as usize
    }

    /// Whether it takes many products with the Hessian.
    pub fn curves(&self) -> bool {
        self.measures.iter().any(|m| m.name == "sharpness")
    }

    /// Takes a training step.
    pub fn step(&mut self) {
        self.run.step();
    }

    /// Measures the run as it stands.
    pub fn measure(&mut self) {
        self.monitor.begin(&[self.instrument]);
        while self.monitor.advance(&self.run).is_none() {}
    }
}
