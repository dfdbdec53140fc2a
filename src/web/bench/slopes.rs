//! Gradients on the Hessian's samples, and the Hessian's products with a vector.

use crate::config::Config;
use crate::kernels::Real;
use crate::measure::Settings;
use crate::nn::init::State;
use crate::nn::layer::{Pass, Statistics};
use crate::nn::network::{Network, Workspace};
use crate::probe::curvature::hessian::Hessian;
use crate::run::Run;
use crate::run::twin::hessian;
use crate::web::js;
use wasm_bindgen::prelude::*;

/// Steps that the run takes before its slopes are measured.
const STEPS: usize = 50;

/// The loss of a classifier's run, in whatever precision.
struct Loss<F> {
    network: Network<F>,
    state: State<F>,
    x: Vec<F>,
    labels: Vec<u32>,
    work: Workspace<F>,
    gradient: Vec<F>,
}

impl<F: Real> Loss<F> {
    fn of(run: &Run<f32>, samples: usize) -> Loss<F> {
        let network = run.config().architecture().build::<F>();
        let converted = |values: &[f32]| values.iter().map(|v| F::of(v.to_f64())).collect::<Vec<F>>();
        let (state, train) = (run.state(), &run.data().train);
        Loss {
            work: Workspace::to_train(&network, samples),
            x: converted(&train.x[..samples * network.input().len()]),
            labels: train.y[..samples].to_vec(),
            gradient: vec![F::ZERO; state.params.len()],
            state: State { params: converted(&state.params), buffers: converted(&state.buffers) },
            network,
        }
    }

    fn differentiate(&mut self) {
        let Loss { network, state, x, labels, work, gradient } = self;
        let pass = Pass::evaluation(&state.params, &state.buffers, labels.len(), Statistics::Batch);
        gradient.fill(F::ZERO);
        network.gradient(&pass, x, labels, work, gradient, |_, _| {});
    }
}

/// The loss of a run on the samples that its Hessian is measured on, in the precision that it trains in and in
/// double precision.
#[wasm_bindgen]
pub struct Slopes {
    run: Run<f32>,
    hessian: Hessian,
    single: Loss<f32>,
    double: Loss<f64>,
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
        let hessian = hessian(&run, Settings::default().samples, Statistics::Batch);
        let mut double = Loss::of(&run, hessian.samples());
        double.differentiate();
        let single = Loss::of(&run, hessian.samples());
        Ok(Slopes { product: vec![0.0; hessian.len()], single, double, hessian, run })
    }

    /// Samples in the loss.
    pub fn samples(&self) -> usize {
        self.hessian.samples()
    }

    /// Its gradient in single precision.
    pub fn single(&mut self) {
        self.single.differentiate();
    }

    /// Its gradient in double precision.
    pub fn double(&mut self) {
        self.double.differentiate();
    }

    /// The product of its Hessian with its gradient.
    pub fn product(&mut self) {
        self.hessian.times(&self.double.gradient, &mut self.product);
    }

    /// A training step of the run.
    pub fn step(&mut self) {
        self.run.step();
    }
}
