//! A measuring worker's handle on the landscapes of one architecture.

use super::js;
use crate::config::Config;
use crate::experiment::run::network;
use crate::experiment::samples::Samples;
use crate::nn::init::State;
use crate::nn::layer::Statistics;
use crate::probe::landscape::{Plane, Survey, coordinate};
use wasm_bindgen::prelude::*;

/// Measures losses around given weights.
#[wasm_bindgen]
pub struct Surveyor {
    survey: Survey<f32>,
    seed: u32,
    plane: Option<Plane<f32>>,
}

#[wasm_bindgen]
impl Surveyor {
    /// A surveyor for the network and data of a configuration in one line, `key=value&…`; throws the
    /// list of problems.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Surveyor, JsValue> {
        let config = Config::from_text(text).and_then(|config| {
            let found = config.check();
            if found.is_empty() { Ok(config) } else { Err(found) }
        });
        let config = config.map_err(|problems| js(&problems))?;
        let data = Samples::of(&config).set;
        let network = network(&config, &data);
        Ok(Surveyor { survey: Survey::new(network, &data.train), seed: config.seed, plane: None })
    }

    /// Places the plane through these weights (parameters, then buffers, as a trainer gives them).
    /// `running`: use their running statistics, else those of the samples at each point. False if
    /// there are too few or too many numbers.
    pub fn place(&mut self, weights: &[f32], running: bool) -> bool {
        let layout = self.survey.network().layout();
        if weights.len() != layout.params.len() + layout.buffers.len() {
            return false;
        }
        let (params, buffers) = weights.split_at(layout.params.len());
        let state = State { params: params.to_vec(), buffers: buffers.to_vec() };
        let statistics = if running { Statistics::Running } else { Statistics::Batch };
        self.plane = Some(Plane::random(layout, state, statistics, self.seed));
        true
    }

    /// The losses at points `from` to `to` (excluded) of a square grid of `points × points`, counted
    /// row by row from the bottom left.
    pub fn plane(&mut self, points: usize, from: usize, to: usize) -> Vec<f32> {
        self.losses((from..to).map(|k| (coordinate(k % points, points), coordinate(k / points, points))))
    }

    /// The losses at points `from` to `to` (excluded) of a line of `points`, along the first direction.
    pub fn line(&mut self, points: usize, from: usize, to: usize) -> Vec<f32> {
        self.losses((from..to).map(|k| (coordinate(k, points), 0.0)))
    }
}

impl Surveyor {
    fn losses(&mut self, points: impl Iterator<Item = (f64, f64)>) -> Vec<f32> {
        let Some(plane) = &mut self.plane else {
            return Vec::new();
        };
        points.map(|(a, b)| self.survey.loss(plane, a, b) as f32).collect()
    }
}
