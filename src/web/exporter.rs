//! What a reader takes away from a run, and the check of what they bring back.

use super::js;
use crate::config::Config;
use crate::export::{Export, Failure, Recording};
use crate::run::Run;
use crate::run::weights;
use wasm_bindgen::prelude::*;

/// A run repeated from its first step on, to be exported.
#[wasm_bindgen]
pub struct Exporter {
    recording: Recording,
}

/// A PyTorch script and the safetensors file that it reads.
#[wasm_bindgen(getter_with_clone)]
pub struct Scripted {
    /// The script's text.
    pub script: String,
    /// The file's bytes.
    pub tensors: Vec<u8>,
}

#[wasm_bindgen]
impl Exporter {
    /// Prepares the run of a configuration in one line, from the weights of a safetensors file if there is
    /// one; throws the list of problems.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, start: Option<Vec<u8>>) -> Result<Exporter, JsValue> {
        let mut run = Config::from_text(text).and_then(Run::new).map_err(|problems| js(&problems))?;
        if let Some(bytes) = start {
            start_from(&mut run, &bytes)?;
        }
        Ok(Exporter { recording: Recording::new(run).map_err(|e| JsValue::from_str(&e))? })
    }

    /// Takes that many steps; false once the run can take no more.
    pub fn advance(&mut self, steps: u32) -> bool {
        self.recording.advance(steps as usize);
        self.recording.run().divergence().is_none()
    }

    /// Steps taken.
    pub fn steps(&self) -> f64 {
        self.recording.run().steps() as f64
    }

    /// The steps taken as a PyTorch script that reads the tensors' `file`; throws the list of problems.
    pub fn pytorch(&self, file: &str) -> Result<Scripted, JsValue> {
        match self.recording.pytorch(file) {
            Ok(Export { script, tensors }) => Ok(Scripted { script, tensors }),
            Err(Failure::Config(problems)) => Err(js(&problems)),
            Err(Failure::File(message)) => Err(JsValue::from_str(&message)),
        }
    }

    /// The present weights as a safetensors file, under the names of PyTorch's `state_dict`.
    pub fn weights(&self) -> Result<Vec<u8>, JsValue> {
        self.recording.weights().map_err(|e| JsValue::from_str(&e))
    }

    /// Each step's loss and accuracy as comma-separated values.
    pub fn history(&self) -> String {
        self.recording.history()
    }
}

/// How a file of weights fits a network.
#[wasm_bindgen(getter_with_clone)]
pub struct Fit {
    /// Why it does not, one sentence; none, if it fits.
    pub misfit: Option<String>,
    /// What is done to read it, one sentence; none, if it is as the lab writes it.
    pub note: Option<String>,
}

/// How a safetensors file fits a configuration's network.
#[wasm_bindgen]
pub fn fit(text: &str, bytes: &[u8]) -> Fit {
    let misfit = |sentence: String| Fit { misfit: Some(sentence), note: None };
    let Ok(config) = Config::from_text(text) else { return misfit("the settings cannot be read".into()) };
    if !config.is_trainable() {
        return misfit("with these settings there is no network".into());
    }
    let network = config.architecture().build::<f32>();
    weights::load(network.layout(), bytes).map_or_else(misfit, |loaded| Fit { misfit: None, note: loaded.note })
}

/// Starts a run from a safetensors file's weights; throws a list of one sentence if they do not fit.
pub(super) fn start_from(run: &mut Run<f32>, bytes: &[u8]) -> Result<(), JsValue> {
    let loaded = weights::load(run.network().layout(), bytes).map_err(|sentence| js(&[sentence]))?;
    run.start_from(loaded.state);
    Ok(())
}
