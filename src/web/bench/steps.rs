//! Training steps without the page's evaluations in between.

use crate::config::Config;
use crate::run::Run;
use crate::web::js;
use wasm_bindgen::prelude::*;

/// A run that trains and does nothing else, as its peer does.
#[wasm_bindgen]
pub struct Steps {
    run: Run<f32>,
}

#[wasm_bindgen]
impl Steps {
    /// Prepares the run of a configuration in one line.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Steps, JsValue> {
        let run = Config::from_text(text).and_then(Run::new).map_err(|problems| js(&problems))?;
        Ok(Steps { run })
    }

    /// Takes one step.
    pub fn step(&mut self) {
        self.run.step();
    }

    /// Whether it can take no further step.
    pub fn diverged(&self) -> bool {
        self.run.divergence().is_some()
    }
}
