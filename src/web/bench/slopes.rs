//! Gradients on the Hessian's samples, and the Hessian's products with a vector.

use crate::config::Config;
use crate::experiment::monitor::Settings;
use crate::experiment::run::Run;
use crate::experiment::twin::hessian;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::Workspace;
use crate::probe::curvature::hessian::Hessian;
use crate::web::js;
use wasm_bindgen::prelude::*;

/// Steps that the run takes before its slopes are measured.
const STEPS: usize = 50;

/// The loss of a run on the samples that its Hessian is measured on, in the precision that it trains in and in
/// double precision.
#[wasm_bindgen]
pub struct Slopes {
    run: Run<f32>,
    hessian: Hessian,
    work: Workspace<f32>,
    single: Vec<f32>,
    gradient: Vec<f64>,
    product: Vec<f64>,
}

#[wasm_bindgen]
impl Slopes {
    /// Prepares and trains the run of a configuration in one line.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Slopes, JsValue> {
        let mut run = Config::from_text(text).and_then(Run::new).map_err(|problems| js(&problems))?;
        for _ in 0..STEPS {
            run.step();
        }
        let mut hessian = hessian(&run, Settings::default().samples, Statistics::Batch);
        let mut gradient = vec![0.0; hessian.len()];
        hessian.gradient(&mut gradient);
        Ok(Slopes {
            work: Workspace::to_train(run.network(), hessian.samples()),
            single: vec![0.0; hessian.len()],
            product: vec![0.0; hessian.len()],
            gradient,
            hessian,
            run,
        })
    }

    /// Samples in the loss.
    pub fn samples(&self) -> usize {
        self.hessian.samples()
    }

    /// Its gradient in single precision.
    pub fn single(&mut self) {
        let (train, n) = (&self.run.data().train, self.hessian.samples());
        let state = self.run.state();
        let pass = Pass::evaluation(&state.params, &state.buffers, n, Statistics::Batch);
        self.single.fill(0.0);
        let x = &train.x[..n * self.run.network().input().len()];
        self.run.network().gradient(&pass, x, &train.y[..n], &mut self.work, &mut self.single, |_, _| {});
    }

    /// Its gradient in double precision.
    pub fn double(&mut self) {
        self.hessian.gradient(&mut self.gradient);
    }

    /// The product of its Hessian with its gradient.
    pub fn product(&mut self) {
        self.hessian.times(&self.gradient, &mut self.product);
    }

    /// A training step of the run.
    pub fn step(&mut self) {
        self.run.step();
    }
}
