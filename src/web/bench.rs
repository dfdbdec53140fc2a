//! Exports that only the benches use: training steps without the page's evaluations in between, and the
//! matrix products of a step or of an evaluation alone, the limit that no trainer on this stack can beat.

use crate::config::Config;
use crate::experiment::run::Run;
use crate::kernels::matmul;
use crate::probe::landscape::SAMPLES;
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
        let run = Config::from_text(text).and_then(Run::new).map_err(|problems| super::js(&problems))?;
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

/// One fully connected layer's matrices.
struct Layer {
    inputs: usize,
    outputs: usize,
    x: Vec<f32>,
    w: Vec<f32>,
    y: Vec<f32>,
    dx: Vec<f32>,
    dw: Vec<f32>,
}

/// The products of a network of that configuration.
#[wasm_bindgen]
pub struct Products {
    layers: Vec<Layer>,
    operations: f64,
}

fn matrix(rows: usize, columns: usize) -> Vec<f32> {
    (0..rows * columns).map(|i| (i % 17) as f32 * 0.1 - 0.8).collect()
}

#[wasm_bindgen]
impl Products {
    /// The products for a configuration in one line: of a training step, or with `landscape` of an
    /// evaluation on as many samples as a landscape uses.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, landscape: bool) -> Result<Products, JsValue> {
        let config = Config::from_text(text).map_err(|problems| super::js(&problems))?;
        let rows = if landscape { config.data.train_len().min(SAMPLES) } else { config.batch };
        let hidden = std::iter::repeat_n(config.width, config.depth);
        let ins = std::iter::once(config.input().shape().len()).chain(hidden.clone());
        let outs = hidden.chain([config.data.classes()]);
        let layers: Vec<Layer> = ins
            .zip(outs)
            .map(|(inputs, outputs)| Layer {
                inputs,
                outputs,
                x: matrix(rows, inputs),
                w: matrix(outputs, inputs),
                y: matrix(rows, outputs),
                dx: matrix(rows, inputs),
                dw: matrix(outputs, inputs),
            })
            .collect();
        let forward: f64 = layers.iter().map(|l| 2.0 * (rows * l.inputs * l.outputs) as f64).sum();
        let first = 2.0 * (rows * layers[0].inputs * layers[0].outputs) as f64;
        let operations = if landscape { forward } else { 3.0 * forward - first };
        Ok(Products { layers, operations })
    }

    /// Floating-point operations of one round.
    pub fn operations(&self) -> f64 {
        self.operations
    }

    /// The forward products, `rounds` times.
    pub fn forward(&mut self, rounds: u32) {
        for _ in 0..rounds {
            for l in &mut self.layers {
                matmul::forward(&l.x, &l.w, &mut l.y, l.inputs, l.outputs);
            }
        }
    }

    /// The products of a training step, `rounds` times: the first layer's input needs no gradient.
    pub fn step(&mut self, rounds: u32) {
        for _ in 0..rounds {
            self.forward(1);
            for (i, l) in self.layers.iter_mut().enumerate().rev() {
                matmul::weight_gradient(&l.y, &l.x, &mut l.dw, l.inputs, l.outputs);
                if i > 0 {
                    matmul::input_gradient(&l.y, &l.w, &mut l.dx, l.inputs, l.outputs);
                }
            }
        }
    }
}
