//! A training worker's handle on its run.

use super::js;
use crate::config::Config;
#[cfg(feature = "full")]
use crate::measure::named;
use crate::nn::init::State;
#[cfg(feature = "full")]
use crate::run::Run;
use crate::session::Session;
use crate::session::frame::Camera;
use crate::session::trail::Trail;
use wasm_bindgen::prelude::*;

/// One run in training.
#[wasm_bindgen]
pub struct Trainer {
    session: Session,
    camera: Camera,
    trail: Trail<f32>,
}

#[wasm_bindgen]
impl Trainer {
    /// Prepares the run of a configuration in one line, `key=value&…`; throws the list of problems.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Trainer, JsValue> {
        let session = Config::from_text(text).and_then(Session::new);
        Ok(Trainer::of(session.map_err(|problems| js(&problems))?))
    }

    /// As [`Trainer::new`], but from the weights of a safetensors file; throws what does not fit, a sentence
    /// each, or the list of problems.
    #[cfg(feature = "full")]
    pub fn start_from(text: &str, bytes: &[u8]) -> Result<Trainer, JsValue> {
        let mut run = Config::from_text(text).and_then(Run::new).map_err(|problems| js(&problems))?;
        super::exporter::start_from(&mut run, bytes)?;
        Ok(Trainer::of(Session::of(run)))
    }

    /// Takes one step, unless the run has diverged.
    pub fn step(&mut self) {
        self.session.step();
        let run = self.session.run();
        if run.divergence().is_none() {
            self.trail.see(run.steps(), &run.state().params);
        }
    }

    /// Steps taken.
    pub fn steps(&self) -> f64 {
        self.session.run().steps() as f64
    }

    /// Whether it can take no further step.
    pub fn diverged(&self) -> bool {
        self.session.run().divergence().is_some()
    }

    /// Brings evaluation and fingerprint up to the present step.
    pub fn settle(&mut self) {
        self.session.settle();
    }

    /// Measures from here on, every so many steps: whatever belongs to these measures, their names separated
    /// by commas; with none, nothing any more.
    #[cfg(feature = "full")]
    pub fn watch(&mut self, names: &str, every: u32) {
        let wanted: Vec<_> = names.split(',').filter_map(named).collect();
        self.session.watch(&wanted, u64::from(every.max(1)));
    }

    /// Does one piece of the measurement that is due before the next step; false if none is.
    #[cfg(feature = "full")]
    pub fn measure(&mut self) -> bool {
        self.session.measure()
    }

    /// The run as it stands, encoded; histograms span ±`range`. Without `inside`, histograms, gradients
    /// and boundary are those of the last frame that looked.
    pub fn frame(&mut self, range: f64, inside: bool) -> Result<Vec<u8>, JsValue> {
        self.camera.take(&self.session, range, inside).encode().map_err(|e| JsValue::from_str(&e))
    }

    /// Parameters, then buffers: what a surveyor needs to measure the landscape around them.
    pub fn weights(&self) -> Vec<f32> {
        self.session.run().state().values()
    }

    /// Puts the network at other weights (parameters, then buffers), to be trained on from there; false if
    /// there are too few or too many numbers.
    pub fn move_to(&mut self, weights: &[f32]) -> bool {
        let state = State::of(self.session.run().network().layout(), weights);
        // Where it was before, training did not lead here.
        state.map(|state| (self.trail = Trail::new(state.params.len()), self.session.move_to(state))).is_some()
    }

    /// The parameters at evenly spaced steps so far, one after the other.
    pub fn trail(&self) -> Vec<f32> {
        self.trail.values().to_vec()
    }

    /// All 16 digits of the present fingerprint.
    pub fn fingerprint(&self) -> String {
        self.session.run().fingerprint().digits()
    }
}

impl Trainer {
    fn of(session: Session) -> Trainer {
        let state = session.run().state();
        let mut trail = Trail::new(state.params.len());
        trail.see(0, &state.params);
        Trainer { camera: Camera::new(&session), session, trail }
    }
}
