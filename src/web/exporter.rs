//! What a reader takes away from a run, and the check of what they bring back.

use super::js;
use crate::config::Config;
use crate::experiment::run::Run;
use crate::experiment::weights;
use crate::export::{Export, Failure, Recording};
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

/// What does not fit a configuration's network in a safetensors file, a sentence each: nothing, if it fits.
#[wasm_bindgen]
pub fn misfits(text: &str, bytes: &[u8]) -> Vec<String> {
    let Ok(config) = Config::from_text(text) else { return vec!["the settings cannot be read".into()] };
    if !config.is_trainable() {
        return vec!["with these settings there is no network".into()];
    }
    let network = config.architecture().build::<f32>();
    weights::load(network.layout(), bytes).err().unwrap_or_default()
}

/// Starts a run from a safetensors file's weights; throws what does not fit, a sentence each.
pub(super) fn start_from(run: &mut Run<f32>, bytes: &[u8]) -> Result<(), JsValue> {
    let state = weights::load(run.network().layout(), bytes).map_err(|problems| js(&problems))?;
    run.start_from(state);
    Ok(())
}
